"""A draft read again: in its form, on its own page, by nobody else; and thrown away."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessments.actions.drafts import SeenDraft, keep_draft, rescue_draft
from assessments.models import Answer, Assessment, Draft
from assessments.workflow import State
from signatories.models import Membership, Partner, User
from tests.assessment_factories import bring_to, save
from tests.assessments.drafting import (
    autosave,
    draft_of,
    half_typed,
    keep,
    said,
    statements,
    submit,
    token,
)
from tests.assessments.posting import fields_in, text_of

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]


@pytest.fixture
def answer(assessment: Assessment) -> Answer:
    """The first one."""
    return assessment.answers.in_order()[0]


def page_of(client: Client, answer: Answer) -> str:
    """The indicator's page as it reads, with single spaces."""
    response = client.get(reverse("assessments:answer-edit", args=[answer.pk]))
    assert response.status_code == 200
    return " ".join(text_of(response).split())


def end_role(person: User) -> None:
    Membership.objects.filter(person=person).update(ended_at=timezone.now())


# --- In its form ---------------------------------------------------------------------------------


def test_the_form_says_when_it_was_typed_and_that_nobody_else_sees_it(
    answer: Answer, lead: User, contributor: User, client_of: ClientOf
) -> None:
    autosave(client_of(lead), answer, narrative="Half a thought")
    kept_at = timezone.localtime(draft_of(answer, lead).kept_at)
    page = page_of(client_of(lead), answer)
    assert (
        f"You typed this on {kept_at:%-d %B %Y} at {kept_at:%H:%M} and have not saved it." in page
    )
    assert "Colleagues do not see it yet." in page
    assert "Half a thought" in page
    other = page_of(client_of(contributor), answer)
    assert "have not saved" not in other
    assert "Half a thought" not in other


def test_the_form_says_who_saved_the_answer_after_one_had_begun(
    answer: Answer, lead: User, contributor: User, client_of: ClientOf
) -> None:
    autosave(client_of(lead), answer)
    assert "saved this indicator" not in page_of(client_of(lead), answer)
    save(answer, contributor)
    page = page_of(client_of(lead), answer)
    assert "Connie Contributor saved this indicator on" in page
    assert "after you had begun" in page
    save(answer, lead)
    assert "You saved this indicator in another tab" in page_of(client_of(lead), answer)


def test_a_form_filled_from_a_draft_goes_on_with_it(
    answer: Answer, lead: User, client_of: ClientOf
) -> None:
    client = client_of(lead)
    autosave(client, answer, page="first")
    path = reverse("assessments:answer-edit", args=[answer.pk])
    form = client.get(path).context["form"]
    sent = {name: form[name].value() for name in ("page", "revision", "version")}
    assert sent["page"] not in {"", "first"}
    assert autosave(client, answer, **sent, narrative="More").status_code == 200
    assert said(draft_of(answer, lead)) == "More"


def test_a_draft_is_thrown_away_with_a_button_of_the_form(
    answer: Answer, lead: User, client_of: ClientOf
) -> None:
    client = client_of(lead)
    sent = {"page": "p", "revision": autosave(client, answer, page="p").json()["revision"]}
    path = reverse("assessments:draft-discard", args=[answer.pk])
    response = client.post(path, half_typed(answer, **sent), follow=True)
    assert "has been thrown away" in text_of(response)
    assert "have not saved it" not in text_of(response)
    assert not Draft.objects.exists()


def test_what_another_tab_typed_since_is_not_thrown_away(
    answer: Answer, lead: User, client_of: ClientOf
) -> None:
    client = client_of(lead)
    autosave(client, answer, page="other", narrative="In the other tab")
    path = reverse("assessments:draft-discard", args=[answer.pk])
    response = client.post(path, half_typed(answer, page="p"), follow=True)
    assert "nothing was thrown away" in text_of(response)
    assert "In the other tab" in text_of(response)
    assert Draft.objects.exists()


def test_where_the_assessment_is_closed_by_now_the_page_leads_to_the_draft(
    assessment: Assessment, answer: Answer, leader: User, staff: User, client_of: ClientOf
) -> None:
    bring_to(assessment, State.AWAITING, leader=leader, staff=staff)
    draft = keep(answer, leader, "Too late")
    page = page_of(client_of(leader), answer)
    assert f'href="/drafts/{draft.pk}/"' in page
    assert "Too late" in text_of(client_of(leader).get(f"/drafts/{draft.pk}/"))


def test_a_conflict_page_that_is_sent_without_a_session_is_kept_as_it_was_typed(
    answer: Answer, lead: User, contributor: User, client_of: ClientOf
) -> None:
    """It comes back as the form, and what both changed is asked again when it is saved."""
    save(answer, contributor, narrative="Theirs")
    sent = {"version": 1, "writer": token(lead, answer), "links-0-url": ""}
    conflict = submit(client_of(lead), answer, **sent, narrative="Mine")
    assert conflict.status_code == 409
    path = reverse("assessments:answer-save", args=[answer.pk])
    decided = fields_in(conflict, "conflict-form") | {"keep-narrative": ["theirs"]}
    assert Client().post(path, decided).status_code == 302
    draft = draft_of(answer, lead)
    assert (said(draft), draft.version) == ("Mine", 1)
    client = client_of(lead)
    page = client.get(reverse("assessments:answer-edit", args=[answer.pk]))
    again = fields_in(page, "answer-form")
    assert (again["narrative"], again["version"]) == (["Mine"], ["1"])
    assert client.post(path, again).status_code == 409


# --- On its own page -----------------------------------------------------------------------------


EVERY_FIELD = {
    "version": ["1"],
    "completed_for": [""],
    "rating": ["na"],
    "reason": ["Because\r\nof this"],
    "narrative": ["What we do"],
    "willing_to_share": ["on"],
    "support": ["other", "gone-since"],
    "support_words": ["Somebody to talk to"],
    "plan_what": ["Ask them"],
    "plan_due-day": ["3"],
    "plan_due-month": [""],
    "plan_due-year": ["2027"],
    "links-0-url": ["https://a.example/half"],
    "links-1-title": ["The second"],
    "completed": ["no"],
    "keep-narrative": ["mine"],
    "shown_version": ["1"],
    "shown_support": ['[[], ""]'],
    "a_field_of_tomorrow": ["Still here"],
}


def test_its_own_page_shows_every_word_under_its_label(
    answer: Answer, lead: User, client_of: ClientOf
) -> None:
    seen = SeenDraft("p")
    draft = keep_draft(answer=answer, person=lead, version=1, typed=EVERY_FIELD, seen=seen)
    response = client_of(lead).get(f"/drafts/{draft.pk}/")
    words = {text.label: text.words for text in response.context["texts"]}
    assert words["Your rating"] == "Not applicable"
    assert words["Why is this indicator not applicable?"] == "Because\nof this"
    assert words["Narrative"] == "What we do"
    assert words["We are willing to share this as good practice"] == "Yes"
    assert words["What will you do?"] == "Ask them"
    assert words["When is it due?"] == "3 2027"
    assert words["Have you completed this indicator?"].startswith("No")
    assert words["a_field_of_tomorrow"] == "Still here"
    assert "Somebody to talk to" in words.values()
    assert [w for label, w in words.items() if label.startswith("Link 1")] == [
        "https://a.example/half"
    ]
    assert [w for label, w in words.items() if label.startswith("Link 2")] == ["The second"]
    assert (
        not {"version", "shown_version", "shown_support", "keep-narrative", "completed_for"}
        & words.keys()
    )
    for text in words.values():
        assert text in text_of(response)


def test_a_choice_that_is_none_is_shown_as_it_was_sent(
    answer: Answer, lead: User, client_of: ClientOf
) -> None:
    typed = {"rating": ["7"], "support": ["gone-since"], "completed": ["maybe"]}
    draft = keep_draft(answer=answer, person=lead, version=1, typed=typed, seen=SeenDraft("p"))
    texts = client_of(lead).get(f"/drafts/{draft.pk}/").context["texts"]
    assert {text.words for text in texts} == {"7", "gone-since", "maybe"}


def test_texts_put_aside_are_on_its_page_with_their_time(
    answer: Answer, lead: User, client_of: ClientOf
) -> None:
    before = keep(answer, lead, "Aside", page="a")
    typed = {"narrative": ["On top"]}
    rescue_draft(answer=answer, person=lead, version=1, typed=typed, seen=SeenDraft("b"))
    page = text_of(client_of(lead).get(f"/drafts/{before.pk}/"))
    when = timezone.localtime(before.kept_at)
    assert page.index("On top") < page.index("Another text of yours") < page.index("Aside")
    assert f"{when:%-d %B %Y} at {when:%H:%M}" in page


@pytest.mark.parametrize(
    "persona", ["contributor", "leader", "stranger", "former", "staff", "administrator"]
)
def test_nobody_else_sees_it_or_throws_it_away(
    persona: str, answer: Answer, lead: User, client_of: ClientOf, request: pytest.FixtureRequest
) -> None:
    draft = keep(answer, lead, "Mine alone")
    client = client_of(request.getfixturevalue(persona))
    for response in (
        client.get(f"/drafts/{draft.pk}/"),
        client.post(f"/drafts/{draft.pk}/discard", {"revision": draft.revision}),
    ):
        assert response.status_code == 404
        assert "Mine alone" not in text_of(response)
    assert Draft.objects.filter(pk=draft.pk).exists()


def test_it_is_thrown_away_on_its_own_page(answer: Answer, lead: User, client_of: ClientOf) -> None:
    client = client_of(lead)
    draft = keep(answer, lead)
    path = f"/drafts/{draft.pk}/discard"
    response = client.post(path, {"revision": draft.revision - 1})
    assert response.headers["Location"] == f"/drafts/{draft.pk}/"
    assert Draft.objects.exists()
    response = client.post(path, {"revision": draft.revision})
    assert response.headers["Location"] == f"/answers/{answer.pk}/"
    assert not Draft.objects.exists()
    assert client.post(path, {"revision": draft.revision}).status_code == 404


# --- When the role has ended ---------------------------------------------------------------------


def test_the_page_of_the_answer_leads_to_the_draft_when_the_role_has_ended(
    answer: Answer, lead: User, client_of: ClientOf
) -> None:
    draft = keep(answer, lead, "Mine still")
    end_role(lead)
    client = client_of(lead)
    response = client.get(f"/answers/{answer.pk}/")
    assert response.headers["Location"] == f"/drafts/{draft.pk}/"
    page = text_of(client.get(f"/drafts/{draft.pk}/"))
    assert "Mine still" in page
    assert "has ended" in page
    assert f'href="/answers/{answer.pk}/"' not in page
    response = client.post(f"/drafts/{draft.pk}/discard", {"revision": draft.revision})
    assert response.headers["Location"] == "/start/"
    assert client.get(f"/answers/{answer.pk}/").status_code == 404


def test_the_start_page_lists_what_was_left_behind(
    answer: Answer, lead: User, other_partner: Partner, client_of: ClientOf
) -> None:
    client = client_of(lead)
    draft = keep(answer, lead)
    assert client.get("/start/").headers["Location"].startswith("/partners/")
    end_role(lead)
    page = text_of(client.get("/start/"))
    assert f'href="/drafts/{draft.pk}/"' in page
    assert answer.indicator.code in page
    Membership.objects.create(person=lead, partner=other_partner, role="lead")
    page = text_of(client.get("/start/"))
    assert f'href="/drafts/{draft.pk}/"' in page
    assert f'href="/partners/{other_partner.slug}/"' in page
    assert "more than one partner" not in page
    Draft.objects.all().delete()
    assert client.get("/start/").headers["Location"] == f"/partners/{other_partner.slug}/"


def test_staff_who_left_a_partner_find_their_words_too(
    answer: Answer, staff_member: User, client_of: ClientOf
) -> None:
    client = client_of(staff_member)
    draft = keep(answer, staff_member)
    assert client.get("/start/").headers["Location"] == "/overview/"
    end_role(staff_member)
    page = text_of(client.get("/start/"))
    assert f'href="/drafts/{draft.pk}/"' in page
    assert 'href="/overview/"' in page
    assert "nothing for you to do here" not in page


def test_a_role_that_comes_back_brings_the_draft_back_into_its_form(
    answer: Answer, lead: User, client_of: ClientOf
) -> None:
    keep(answer, lead, "Mine again")
    end_role(lead)
    with time_machine.travel(timezone.now() + timedelta(minutes=1)):
        Membership.objects.create(
            person=lead, partner=answer.assessment.partner, role="contributor"
        )
        assert "Mine again" in page_of(client_of(lead), answer)


# --- What it costs -------------------------------------------------------------------------------


def test_the_pages_take_as_many_queries_for_one_draft_as_for_ten(
    assessment: Assessment, lead: User, client_of: ClientOf
) -> None:
    client = client_of(lead)
    client.get("/start/")
    end_role(lead)
    counts = []
    for many in (1, 10):
        kept = [keep(answer, lead, page="p") for answer in assessment.answers.in_order()[:many]]
        paths = ["/start/", f"/drafts/{kept[0].pk}/"]
        counts.append([statements(partial(client.get, path)) for path in paths])
    assert counts[0] == counts[1] == [5, 4]
