"""What a person types is kept to the character, once for each answer, never over other words."""

import json
from collections.abc import Callable
from datetime import datetime

import pytest
from django.db import connection

from assessments.actions.answering import save_answer
from assessments.actions.drafts import (
    WRAPPING_BYTES,
    OtherTabError,
    SeenDraft,
    discard_all,
    discard_draft,
    forget,
    keep_draft,
    rescue_draft,
)
from assessments.models import Answer, Assessment, Draft
from assessments.models.drafts import MAX_DRAFT_BYTES
from declaration.actions import RefusedError
from signatories.models import User
from tests.assessments.drafting import HOURS, draft_of, keep, said, statements

pytestmark = pytest.mark.django_db


@pytest.fixture
def answer(assessment: Assessment) -> Answer:
    """The first one."""
    return assessment.answers.in_order()[0]


def rescue(answer: Answer, person: User, text: str, page: str = "", seen: int = 0) -> Draft:
    return rescue_draft(
        answer=answer,
        person=person,
        version=1,
        typed={"narrative": [text]},
        seen=SeenDraft(page, seen),
    )


# --- To the character ----------------------------------------------------------------------------


@pytest.mark.parametrize("name", HOURS)
def test_what_is_typed_is_kept_to_the_character(name: str, answer: Answer, lead: User) -> None:
    text = HOURS[name]
    typed = {"narrative": [text], text[:40]: [""]}
    keep_draft(answer=answer, person=lead, version=1, typed=typed, seen=SeenDraft("p"))
    lost = sum(a != b for a, b in zip(said(draft_of(answer, lead)), text, strict=True))
    assert lost == 0
    assert text[:40] in draft_of(answer, lead).typed


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ("a\0b", "a\N{REPLACEMENT CHARACTER}b"),
        ("\ud83d alone", "\N{REPLACEMENT CHARACTER} alone"),
        ("\udc00\ud800", "\N{REPLACEMENT CHARACTER}" * 2),
    ],
)
def test_only_what_no_column_can_hold_is_replaced(
    sent: str, stored: str, answer: Answer, lead: User
) -> None:
    long = "kept " * 1000
    typed = {"narrative": [long + sent + long], f"x{sent}": [sent]}
    returned = keep_draft(
        answer=answer, person=lead, version=1, typed=typed, seen=SeenDraft(f"p{sent}")
    )
    draft = draft_of(answer, lead)
    assert said(draft) == long + stored + long
    assert draft.typed[f"x{stored}"] == [stored]
    assert (draft.typed, draft.page) == (returned.typed, returned.page)


def test_what_is_returned_is_what_is_stored(answer: Answer, lead: User) -> None:
    for page, seen in [("a", 0), ("a", 0)]:
        returned = keep(answer, lead, "Text", page, seen)
        stored = draft_of(answer, lead)
        names = [field.attname for field in Draft._meta.concrete_fields]
        assert {n: getattr(returned, n) for n in names} == {n: getattr(stored, n) for n in names}


def test_a_text_that_is_too_long_is_refused_in_words_and_the_older_one_stays(
    answer: Answer, lead: User
) -> None:
    keep(answer, lead, "Before")
    for write in (keep_draft, rescue_draft):
        with pytest.raises(RefusedError, match="too long to be kept"):
            write(
                answer=answer,
                person=lead,
                version=1,
                typed={"narrative": ["é" * MAX_DRAFT_BYTES]},
                seen=SeenDraft("p"),
            )
    assert said(draft_of(answer, lead)) == "Before"


@pytest.mark.parametrize("sign", ["x", "é", "\n", '"', "\\", "\x01", "👨‍👩‍👧‍👦", "\x7f", "\u2028"])
def test_the_limit_counts_what_the_database_counts(sign: str, answer: Answer, lead: User) -> None:
    typed = {"narrative": [""], "other": ["a", "b"]}
    room = MAX_DRAFT_BYTES - WRAPPING_BYTES - len(json.dumps(typed))
    size = len(json.dumps(sign, ensure_ascii=False).encode()) - 2
    for number in range(4):
        full = {**typed, "narrative": [f"{number}"[:1] + sign * ((room - 1) // size)]}
        rescue_draft(answer=answer, person=lead, version=1, typed=full, seen=SeenDraft())
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT octet_length(typed::text), octet_length(aside::text) FROM assessments_draft"
        )
        [(typed_bytes, aside_bytes)] = cursor.fetchall()
    assert MAX_DRAFT_BYTES - WRAPPING_BYTES - size < typed_bytes
    assert typed_bytes <= MAX_DRAFT_BYTES - WRAPPING_BYTES
    assert 2.9 * MAX_DRAFT_BYTES < aside_bytes <= 3 * MAX_DRAFT_BYTES


# --- Once for each answer, and never over other words --------------------------------------------


def test_a_page_goes_on_with_its_own_draft(answer: Answer, lead: User) -> None:
    first = keep(answer, lead, "One", page="a")
    second = keep(answer, lead, "Two", page="a")
    assert (second.pk, second.revision) == (first.pk, first.revision + 1)
    assert second.kept_at > first.kept_at
    assert said(draft_of(answer, lead)) == "Two"


def test_a_page_that_shows_the_draft_goes_on_with_it(answer: Answer, lead: User) -> None:
    shown = keep(answer, lead, "One", page="a").revision
    keep(answer, lead, "Two", page="b", seen=shown)
    assert said(draft_of(answer, lead)) == "Two"


def test_two_tabs_never_write_over_each_other(answer: Answer, lead: User) -> None:
    shown = keep(answer, lead, "One", page="a").revision
    keep(answer, lead, "Two", page="b", seen=shown)
    for page, seen in [("a", shown), ("c", 0), ("", 0), ("c", shown)]:
        with pytest.raises(OtherTabError, match="another tab"):
            keep(answer, lead, "Lost otherwise", page=page, seen=seen)
    assert said(draft_of(answer, lead)) == "Two"


def test_a_page_without_a_name_is_not_every_page_without_one(answer: Answer, lead: User) -> None:
    kept = keep(answer, lead, "One", page="")
    with pytest.raises(OtherTabError):
        keep(answer, lead, "Two", page="")
    assert keep(answer, lead, "Two", page="", seen=kept.revision).revision == kept.revision + 1


def test_a_page_that_knew_an_earlier_draft_does_not_know_this_one(
    answer: Answer, lead: User
) -> None:
    """Revisions do not begin with 1 again once a draft was saved or thrown away."""
    for _ in range(20):
        knew = keep(answer, lead, "Old", page="old")
        forget(answer, lead, SeenDraft("old"))
        keep(answer, lead, "New", page="new")
        with pytest.raises(OtherTabError):
            keep(answer, lead, "Old again", page="third", seen=knew.revision)
        forget(answer, lead, SeenDraft("new"))


def test_people_do_not_share_a_draft(answer: Answer, lead: User, contributor: User) -> None:
    keep(answer, lead, "The lead’s")
    keep(answer, contributor, "The contributor’s")
    assert said(draft_of(answer, lead)) == "The lead’s"
    assert said(draft_of(answer, contributor)) == "The contributor’s"


# --- What would be lost is rescued ---------------------------------------------------------------


def test_a_rescue_puts_the_words_of_another_tab_aside(answer: Answer, lead: User) -> None:
    before = keep(answer, lead, "In the other tab", page="a")
    after = rescue(answer, lead, "In this one", page="b")
    stored = draft_of(answer, lead)
    assert said(stored) == "In this one"
    [text] = stored.aside
    assert text["typed"] == before.typed
    assert datetime.fromisoformat(text["kept_at"]) == before.kept_at
    assert stored.aside == after.aside


def test_a_rescue_of_the_page_that_wrote_the_draft_puts_nothing_aside(
    answer: Answer, lead: User
) -> None:
    kept = keep(answer, lead, "One", page="a")
    rescue(answer, lead, "Two", page="a")
    rescue(answer, lead, "Three", page="b", seen=kept.revision + 1)
    assert draft_of(answer, lead).aside == []


def test_the_same_words_are_not_put_aside(answer: Answer, lead: User) -> None:
    rescue(answer, lead, "Same", page="a")
    rescue(answer, lead, "Same", page="b")
    assert draft_of(answer, lead).aside == []


def test_the_last_ten_texts_stay_aside_the_latest_first(answer: Answer, lead: User) -> None:
    for number in range(12):
        rescue(answer, lead, f"Text {number}", page=f"page {number}")
    assert asides(answer, lead) == [f"Text {number}" for number in range(10, 0, -1)]


def asides(answer: Answer, person: User) -> list[str]:
    return [text["typed"]["narrative"][0] for text in draft_of(answer, person).aside]


def test_of_very_long_texts_only_what_does_not_fit_is_dropped(answer: Answer, lead: User) -> None:
    long = "x" * (MAX_DRAFT_BYTES - 1000)
    for number in range(5):
        rescue(answer, lead, f"{number}{long}", page=f"page {number}")
    rescue(answer, lead, "A short one", page="short")
    assert [text[0] for text in asides(answer, lead)] == ["4", "3", "2"]
    rescue(answer, lead, "The last", page="last")
    assert [text[0] for text in asides(answer, lead)] == ["A", "4", "3", "2"]


def test_what_is_aside_stays_there_while_the_page_goes_on(answer: Answer, lead: User) -> None:
    rescue(answer, lead, "One", page="a")
    rescue(answer, lead, "Two", page="b")
    keep(answer, lead, "Three", page="b")
    assert len(draft_of(answer, lead).aside) == 1


# --- Forgotten, or thrown away -------------------------------------------------------------------


def test_a_save_forgets_the_draft_of_its_page(answer: Answer, lead: User) -> None:
    keep(answer, lead, "Kept", page="a")
    saved(answer, lead, SeenDraft("a"))
    assert not Draft.objects.exists()


def test_a_save_leaves_what_another_tab_wrote_since(answer: Answer, lead: User) -> None:
    shown = keep(answer, lead, "One", page="a").revision
    keep(answer, lead, "Two", page="b", seen=shown)
    saved(answer, lead, SeenDraft("a", shown))
    assert said(draft_of(answer, lead)) == "Two"


def saved(answer: Answer, by: User, seen: SeenDraft) -> None:
    save_answer(
        answer=answer,
        version=answer.version,
        rating=2,
        not_applicable=False,
        reason="",
        narrative="Saved",
        completed=True,
        by=by,
        draft=seen,
    )


def test_a_draft_is_thrown_away_by_its_own_page_only(answer: Answer, lead: User) -> None:
    kept = keep(answer, lead, "One", page="a")
    for seen in (SeenDraft("b"), SeenDraft("b", kept.revision - 1), SeenDraft()):
        with pytest.raises(OtherTabError):
            discard_draft(answer=answer, by=lead, seen=seen)
    discard_draft(answer=answer, by=lead, seen=SeenDraft("b", kept.revision))
    assert not Draft.objects.exists()
    discard_draft(answer=answer, by=lead, seen=SeenDraft("b", kept.revision))


def two_texts(answer: Answer, lead: User) -> Draft:
    """An hour in one tab, begun from the version 7, then a word in another tab."""
    typed = {"narrative": ["An hour"]}
    hour = keep_draft(answer=answer, person=lead, version=7, typed=typed, seen=SeenDraft("a"))
    rescue(answer, lead, "A word", page="b")
    return hour


def saving(answer: Answer, lead: User) -> None:
    saved(answer, lead, SeenDraft("b"))


def dropping(answer: Answer, lead: User) -> None:
    assert discard_draft(answer=answer, by=lead, seen=SeenDraft("b"))


@pytest.mark.parametrize("end", [saving, dropping])
def test_a_text_put_aside_becomes_the_draft_when_the_draft_ends(
    end: Callable[[Answer, User], None], answer: Answer, lead: User
) -> None:
    hour = two_texts(answer, lead)
    before = draft_of(answer, lead)
    end(answer, lead)
    now = draft_of(answer, lead)
    assert (said(now), now.version, now.kept_at) == ("An hour", 7, hour.kept_at)
    assert (now.aside, now.page, now.revision) == ([], "", before.revision + 1)
    for seen in (SeenDraft("b"), SeenDraft(), SeenDraft("b", before.revision)):
        with pytest.raises(OtherTabError):
            discard_draft(answer=answer, by=lead, seen=seen)
    assert not discard_draft(answer=answer, by=lead, seen=SeenDraft("c", now.revision))
    assert not Draft.objects.exists()


def test_texts_put_aside_follow_one_by_one(answer: Answer, lead: User) -> None:
    for number in range(4):
        rescue(answer, lead, f"Text {number}", page=f"page {number}")
    found = []
    while Draft.objects.exists():
        draft = draft_of(answer, lead)
        found.append(said(draft))
        forget(answer, lead, SeenDraft("", draft.revision))
    assert found == ["Text 3", "Text 2", "Text 1", "Text 0"]


def test_a_text_whose_version_is_not_known_began_from_none(answer: Answer, lead: User) -> None:
    two_texts(answer, lead)
    aside = [{"kept_at": "2026-05-01T10:00:00+00:00", "typed": {"narrative": ["Old"]}}]
    Draft.objects.update(aside=aside)
    forget(answer, lead, SeenDraft("b"))
    assert (said(draft_of(answer, lead)), draft_of(answer, lead).version) == ("Old", 0)


def test_a_page_that_shows_every_text_throws_all_of_them_away(answer: Answer, lead: User) -> None:
    two_texts(answer, lead)
    draft = draft_of(answer, lead)
    with pytest.raises(OtherTabError):
        discard_all(draft=draft, by=lead, seen=SeenDraft("", draft.revision - 1))
    discard_all(draft=draft, by=lead, seen=SeenDraft("", draft.revision))
    assert not Draft.objects.exists()


def test_ending_a_draft_is_one_statement(answer: Answer, lead: User) -> None:
    two_texts(answer, lead)
    assert statements(lambda: forget(answer, lead, SeenDraft("b"))) == 1


def test_nobody_throws_away_what_somebody_else_typed(
    answer: Answer, lead: User, contributor: User
) -> None:
    kept = keep(answer, lead, "One", page="a")
    discard_draft(answer=answer, by=contributor, seen=SeenDraft("a", kept.revision))
    assert said(draft_of(answer, lead)) == "One"


def test_keeping_is_one_statement(answer: Answer, lead: User) -> None:
    assert statements(lambda: keep(answer, lead)) == 1
    assert statements(lambda: keep(answer, lead)) == 1
    assert statements(lambda: rescue(answer, lead, "x" * 100_000)) == 1
