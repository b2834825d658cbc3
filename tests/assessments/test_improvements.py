"""Improvements: added and changed by anybody at the partner, whatever becomes of the rounds."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessments.actions.improving import StaleImprovementError, change_improvement
from assessments.models import Assessment, Improvement, Round
from assessments.verbs import Verb
from assessments.workflow import State
from commitments.models import Edition, Indicator
from declaration.actions import RefusedError
from signatories.models import Event, Partner, User
from tests.assessment_factories import bring_to
from tests.assessments.improving import (
    WHAT,
    boxes,
    change,
    current,
    in_days,
    make_improvement,
    path_of,
    post_improvement,
)
from tests.assessments.posting import text_of

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]


@pytest.fixture
def improvement(edition: Edition, partner: Partner, lead: User) -> Improvement:
    """Planned by the lead, overdue by three days."""
    return make_improvement(partner, lead, owner="Data manager", due_on=in_days(-3))


def list_path(partner: Partner) -> str:
    return reverse("assessments:improvement-list", args=[partner.slug])


def add_path(partner: Partner) -> str:
    return reverse("assessments:improvement-add", args=[partner.slug])


# --- The action ----------------------------------------------------------------------------------


def test_a_change_is_saved_under_a_new_version_with_who_made_it_and_one_event(
    improvement: Improvement, contributor: User
) -> None:
    change(improvement, contributor, state="done", owner="Somebody else")
    saved = current(improvement)
    assert (saved.state, saved.owner, saved.version) == ("done", "Somebody else", 2)
    assert saved.updated_by == contributor
    event = Event.objects.about(improvement).get(verb=Verb.IMPROVEMENT_CHANGED.value)
    assert event.note == f"1.1: {WHAT} (owner, status)"
    assert event.partner == improvement.partner


def test_what_says_the_same_is_not_saved_again(improvement: Improvement, contributor: User) -> None:
    change(improvement, contributor)
    assert current(improvement).version == 1
    assert not Event.objects.filter(verb=Verb.IMPROVEMENT_CHANGED.value).exists()


@pytest.mark.parametrize("version", [0, 2, 99])
def test_another_version_is_stale_and_changes_nothing(
    version: int, improvement: Improvement, contributor: User
) -> None:
    with pytest.raises(StaleImprovementError) as caught:
        change(improvement, contributor, version=version, state="done")
    assert caught.value.current == improvement
    assert current(improvement).state == "planned"


@pytest.mark.parametrize("wrong", [{"what": " \n"}, {"state": "lost"}])
def test_what_says_nothing_or_has_no_known_status_is_refused(
    wrong: dict[str, str], improvement: Improvement, contributor: User
) -> None:
    with pytest.raises(RefusedError):
        change(improvement, contributor, **wrong)
    assert current(improvement).version == 1


def test_an_improvement_can_be_changed_when_no_round_is_open(
    assessment: Assessment, improvement: Improvement, leader: User, staff: User
) -> None:
    bring_to(assessment, State.ACCEPTED, leader=leader, staff=staff)
    past = timezone.localdate() - timedelta(days=1)
    Round.objects.update(opens_on=past, due_on=past, closes_on=past)
    assert change(improvement, leader, state="under_way").version == 2


def test_every_change_is_kept_with_who_made_it(
    improvement: Improvement, lead: User, contributor: User
) -> None:
    change(improvement, contributor, state="under_way")
    kept = improvement.history.order_by("pgh_id").select_related("pgh_context")  # type: ignore[attr-defined]  # pghistory
    assert [(row.state, row.version) for row in kept] == [("planned", 1), ("under_way", 2)]
    assert [row.pgh_context.metadata["by"] for row in kept] == [lead.pk, contributor.pk]


def test_change_needs_every_value_by_name(improvement: Improvement, lead: User) -> None:
    """A value left out would be a value lost."""
    with pytest.raises(TypeError):
        change_improvement(improvement=improvement, version=1, what="x", by=lead)  # type: ignore[call-arg]  # on purpose


# --- The list ------------------------------------------------------------------------------------


def test_the_list_has_the_overdue_first_and_says_when_each_is_due(
    improvement: Improvement, partner: Partner, lead: User, client_of: ClientOf
) -> None:
    second = Indicator.objects.all()[1]
    make_improvement(partner, lead, "No date", indicator=second)
    make_improvement(partner, lead, "Later", due_on=in_days(2), indicator=second)
    done = make_improvement(partner, lead, "Was late, is done", due_on=in_days(-9))
    change(done, lead, state="done")
    page = text_of(client_of(lead).get(list_path(partner)))
    names = [WHAT, "Later", "No date", "Was late, is done"]
    assert sorted(names, key=page.index) == names
    assert f"Overdue by 3 days ({in_days(-3):%-d %B %Y})" in page
    assert "Due in 2 days" in page
    assert "No due date" in page
    assert "Overdue by 9 days" not in page
    assert "Data manager" in page
    assert "Nobody yet" in page


def test_the_list_can_be_narrowed_to_a_status(
    improvement: Improvement, partner: Partner, lead: User, client_of: ClientOf
) -> None:
    done = make_improvement(partner, lead, "Is done")
    change(done, lead, state="done")
    shown = {
        "": {WHAT, "Is done"},
        "unfinished": {WHAT},
        "overdue": {WHAT},
        "planned": {WHAT},
        "done": {"Is done"},
        "dropped": set(),
        "nonsense": {WHAT, "Is done"},
    }
    client = client_of(lead)
    for status, expected in shown.items():
        page = text_of(client.get(list_path(partner), {"status": status}))
        assert {name for name in (WHAT, "Is done") if f">{name}<" in page} == expected, status
    assert "There is no such status. All are shown." in text_of(
        client.get(list_path(partner), {"status": "nonsense"})
    )
    assert "No improvements with this status" in text_of(
        client.get(list_path(partner), {"status": "dropped"})
    )


def test_an_empty_list_says_what_an_improvement_is(
    edition: Edition, partner: Partner, lead: User, client_of: ClientOf
) -> None:
    page = text_of(client_of(lead).get(list_path(partner)))
    assert "No improvements yet" in page
    assert add_path(partner) in page


def test_ecda_reads_and_is_offered_no_change(
    improvement: Improvement, partner: Partner, staff: User, client_of: ClientOf
) -> None:
    client = client_of(staff)
    page = text_of(client.get(list_path(partner)))
    assert WHAT in page
    assert add_path(partner) not in page
    page = text_of(client.get(path_of(improvement)))
    assert WHAT in page
    assert "History" in page
    assert 'id="improvement-form"' not in page
    assert post_improvement(client, improvement, state="done").status_code == 403
    assert current(improvement).state == "planned"


def test_another_partner_sees_nothing(
    improvement: Improvement, partner: Partner, stranger: User, client_of: ClientOf
) -> None:
    client = client_of(stranger)
    for path in (list_path(partner), add_path(partner), path_of(improvement)):
        assert client.get(path).status_code == 404
    assert post_improvement(client, improvement, state="done").status_code == 404
    assert current(improvement).state == "planned"


# --- Adding one ----------------------------------------------------------------------------------


def filled(**changed: str) -> dict[str, str]:
    first = Indicator.objects.all()[0]
    return {"indicator": str(first.pk), "what": WHAT, "owner": "", **boxes(None)} | changed


def test_a_contributor_adds_one_for_an_indicator_of_the_newest_edition(
    edition: Edition, partner: Partner, contributor: User, client_of: ClientOf
) -> None:
    second = Indicator.objects.all()[1]
    client = client_of(contributor)
    page = text_of(client.get(add_path(partner), {"indicator": second.pk}))
    assert f'value="{second.pk}" selected' in page
    typed = filled(indicator=str(second.pk), owner=" Data manager ", **boxes(in_days(5)))
    response = client.post(add_path(partner), typed)
    assert response.status_code == 302
    added = Improvement.objects.get()
    assert (added.partner, added.indicator, added.what) == (partner, second, WHAT)
    assert (added.owner, added.due_on) == ("Data manager", in_days(5))
    assert (added.state, added.version, added.added_by) == ("planned", 1, contributor)
    assert "Improvement added for 1.2" in text_of(client.get(response["Location"]))


def test_what_is_planned_already_is_not_added_twice(
    improvement: Improvement, partner: Partner, contributor: User, client_of: ClientOf
) -> None:
    page = text_of(client_of(contributor).post(add_path(partner), filled()))
    assert "This is planned already for 1.1" in page
    assert WHAT in page
    assert Improvement.objects.count() == 1


@pytest.mark.parametrize("indicator", ["", "0", "-1", "x", "9" * 30, "1 OR 1=1", "\u0663"])
def test_an_indicator_that_is_none_is_refused_and_what_was_typed_stays(
    indicator: str, edition: Edition, partner: Partner, contributor: User, client_of: ClientOf
) -> None:
    response = client_of(contributor).post(add_path(partner), filled(indicator=indicator))
    page = text_of(response)
    assert response.status_code == 200
    assert "Select an indicator" in page or "Select one of the options" in page
    assert WHAT in page
    assert not Improvement.objects.exists()


# --- Changing one --------------------------------------------------------------------------------


def test_a_change_is_saved_and_leads_back_to_the_list(
    improvement: Improvement, partner: Partner, contributor: User, client_of: ClientOf
) -> None:
    client = client_of(contributor)
    response = post_improvement(client, improvement, state="done", due_on=in_days(1))
    assert response["Location"] == list_path(partner)
    saved = current(improvement)
    assert (saved.state, saved.due_on, saved.version) == ("done", in_days(1), 2)
    assert "Improvement for 1.1 saved" in text_of(client.get(list_path(partner)))


def test_the_page_shows_who_changed_what_and_when(
    improvement: Improvement, contributor: User, client_of: ClientOf
) -> None:
    change(improvement, contributor, what="Publish the catalogue of all data.", state="under_way")
    page = text_of(client_of(contributor).get(path_of(improvement)))
    history = page.split("History</h2>")[1]
    assert history.index("Connie Contributor") < history.index("Lee Lead")
    assert "from <bdi>Planned</bdi> to <bdi>Under way</bdi>" in history
    assert "<del" in history
    assert "<ins" in history
    assert "Added" in history


TEXTS = {
    "emoji family": "👨‍👩‍👧‍👦 and 🏴󠁧󠁢󠁷󠁬󠁳󠁿",
    "Arabic": "نشارك البيانات",
    "right-to-left override": "abc\u202edef\u202c",
    "markup": "<script>alert(1)</script><b>bold</b>",
    "template": "{{ 7*7 }} {% load x %} ${7*7} {note}",
    "SQL": "'); DROP TABLE assessments_improvement; --",
    "line breaks": "\none\n\ntwo\n",
    "two thousand": "é" * 2000,
}


@pytest.mark.parametrize("name", TEXTS)
def test_text_is_kept_exactly_and_shown_as_text(
    name: str, improvement: Improvement, partner: Partner, lead: User, client_of: ClientOf
) -> None:
    text, client = TEXTS[name], client_of(lead)
    assert post_improvement(client, improvement, what=text).status_code == 302
    assert current(improvement).what == text
    response = client.get(path_of(improvement))
    assert text in text_of(response)
    for path in (path_of(improvement), list_path(partner)):
        assert "<script>alert" not in client.get(path).content.decode()


REFUSED = {
    "one too many": ({"what": "x" * 2001}, "must be 2000 characters or fewer"),
    "a megabyte": ({"what": "word " * 200_000}, "must be 2000 characters or fewer"),
    "blank": ({"what": " \n "}, "Say what you will do"),
    "NUL": ({"what": "a\0b"}, "null character"),
    "unreadable": ({"what": "a\ufffdb"}, "could not be read"),
    "a long owner": ({"owner": "x" * 201}, "must be 200 characters or fewer"),
    "no such status": ({"state": "lost"}, "Select one of the options"),
    "no status": ({"state": ""}, "Select how far it is"),
    "no such day": ({"due_on-day": "31", "due_on-month": "2"}, "Due date must be a real date"),
    "half a date": ({"due_on-year": ""}, "Due date must include a year"),
    "a short year": ({"due_on-year": "27"}, "Year must include 4 numbers"),
    "a slip": ({"due_on-year": "0202"}, "Due date must be between 2000 and 2100"),
    "too far": ({"due_on-year": "9999"}, "Due date must be between 2000 and 2100"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_kept_is_refused_in_words_and_everything_typed_stays(
    name: str, improvement: Improvement, lead: User, client_of: ClientOf
) -> None:
    typed, words = REFUSED[name]
    sent = {"owner": "Also typed"} | typed
    page = text_of(post_improvement(client_of(lead), improvement, **sent))
    assert words in page
    assert current(improvement).version == 1
    for name in sent.keys() - {"state"}:
        assert sent[name] in page
