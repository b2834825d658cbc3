"""Good practice is offered by its partner, edited and decided by ecda, and withdrawn at will."""

from collections.abc import Callable

import pytest
from django.test import Client

from assessments import helping
from assessments.actions import practices
from assessments.actions.practices import (
    OfferedAlreadyError,
    StalePracticeError,
    Words,
)
from assessments.models import Assessment, GoodPractice
from assessments.workflow import State as AssessmentState
from declaration.actions import RefusedError
from signatories.models import Event, Notice, User
from tests.assessment_factories import bring_to, save
from tests.assessments.practising import WORDS, first_answer, offered, published

pytestmark = pytest.mark.django_db

State = GoodPractice.State
NEWER = Words("Sharing data about rough sleeping, in a day", "We agreed once.\n\nIt takes a day.")


def told(verb: str) -> set[str]:
    """The names of those who are told of the last event with the verb."""
    event = Event.objects.filter(verb=verb).order_by("pk").last()
    found = Notice.objects.filter(event=event).values_list("person__name", flat=True)
    return set(found)


def notice_words(verb: str) -> str:
    return Notice.objects.filter(event__verb=verb).order_by("-pk")[0].words


def test_an_offer_keeps_what_was_typed_and_tells_ecda(
    assessment: Assessment, lead: User, leader: User, staff: User
) -> None:
    practice = offered(assessment, lead)
    assert (practice.title, practice.body) == (WORDS.title, WORDS.body)
    assert practice.state == State.OFFERED
    assert practice.partner == assessment.partner
    assert practice.slug == "sharing-data-about-rough-sleeping-braintree-district-council"
    assert told("offered good practice") == {staff.name}
    assert practice.slug in Notice.objects.get(event__verb="offered good practice").path


def test_it_is_offered_in_whatever_state_the_assessment_is(
    assessment: Assessment, leader: User, lead: User, staff: User
) -> None:
    accepted = bring_to(assessment, AssessmentState.ACCEPTED, leader=leader, staff=staff)
    assert offered(accepted, lead).state == State.OFFERED


def test_an_answer_that_nobody_saved_is_not_offered(assessment: Assessment, lead: User) -> None:
    with pytest.raises(RefusedError, match="Save the answer first"):
        practices.offer(answer=first_answer(assessment), words=WORDS, by=lead)
    assert not GoodPractice.objects.exists()


@pytest.mark.parametrize("words", [Words(" ", "Text"), Words("Title", " \n ")])
def test_an_offer_says_something(assessment: Assessment, lead: User, words: Words) -> None:
    answer = save(first_answer(assessment), lead)
    with pytest.raises(RefusedError):
        practices.offer(answer=answer, words=words, by=lead)


def test_a_second_offer_about_an_indicator_waits_for_the_first(
    assessment: Assessment, lead: User, staff: User
) -> None:
    first = offered(assessment, lead)
    with pytest.raises(OfferedAlreadyError):
        offered(assessment, lead, NEWER)
    practices.withdraw(practice=first, reason="", by=lead)
    assert offered(assessment, lead, NEWER).state == State.OFFERED


def test_an_address_that_is_taken_gets_an_end_of_its_own_and_never_changes(
    assessment: Assessment, lead: User, staff: User
) -> None:
    first = published(assessment, lead, staff)
    second = offered(assessment, lead)
    assert second.slug.startswith(f"{first.slug}-")
    edited = practices.edit(practice=second, version=1, words=NEWER, by=staff)
    assert edited.slug == second.slug


def test_a_title_without_latin_letters_has_an_address(assessment: Assessment, lead: User) -> None:
    practice = offered(assessment, lead, Words("مشاركة البيانات", "نص"))
    assert practice.slug == "good-practice-braintree-district-council"


def test_publishing_saves_what_is_on_the_screen_and_tells_the_leads(
    assessment: Assessment, lead: User, leader: User, contributor: User, staff: User
) -> None:
    practice = offered(assessment, lead)
    done = practices.publish(practice=practice, version=1, words=NEWER, by=staff)
    stored = GoodPractice.objects.get()
    assert (stored.title, stored.body, stored.version) == (NEWER.title, NEWER.body, 2)
    assert (stored.state, stored.published_by, stored.edited_by) == (State.PUBLISHED, staff, staff)
    assert done.published_at is not None
    assert told("published good practice") == {lead.name, leader.name}
    assert "You can withdraw it" in notice_words("published good practice")


def test_the_same_words_are_not_saved_again(
    assessment: Assessment, lead: User, staff: User
) -> None:
    practice = offered(assessment, lead)
    practices.edit(practice=practice, version=7, words=WORDS, by=staff)
    assert GoodPractice.objects.get().version == 1
    assert not Event.objects.filter(verb="edited good practice").exists()


def test_leads_are_told_of_a_change_to_what_everybody_reads_and_not_before(
    assessment: Assessment, lead: User, leader: User, staff: User
) -> None:
    practice = offered(assessment, lead)
    practices.edit(practice=practice, version=1, words=NEWER, by=staff)
    assert told("edited good practice") == set()
    practices.publish(practice=practice, version=2, words=NEWER, by=staff)
    practices.edit(practice=practice, version=2, words=WORDS, by=staff)
    assert told("edited good practice") == {lead.name, leader.name}


@pytest.mark.parametrize("act", [practices.edit, practices.publish])
def test_who_saves_second_is_refused_and_nothing_is_overwritten(
    assessment: Assessment,
    lead: User,
    staff: User,
    administrator: User,
    act: Callable[..., GoodPractice],
) -> None:
    practice = offered(assessment, lead)
    practices.edit(practice=practice, version=1, words=NEWER, by=administrator)
    with pytest.raises(StalePracticeError, match="Ada Administrator changed these words") as stale:
        act(practice=practice, version=1, words=Words("Mine", "Mine"), by=staff)
    assert stale.value.current.title == NEWER.title
    stored = GoodPractice.objects.get()
    assert (stored.title, stored.version, stored.state) == (NEWER.title, 2, State.OFFERED)


@pytest.mark.parametrize("reason", ["", " \n"])
def test_declining_and_taking_down_need_a_reason(
    assessment: Assessment, lead: User, staff: User, reason: str
) -> None:
    practice = offered(assessment, lead)
    for act in (practices.decline, practices.unpublish):
        with pytest.raises(RefusedError, match="Enter a reason"):
            act(practice=practice, reason=reason, by=staff)


def test_leads_read_why_it_was_declined_or_taken_down(
    assessment: Assessment, lead: User, leader: User, staff: User
) -> None:
    practice = offered(assessment, lead)
    practices.decline(practice=practice, reason="Too short", by=staff)
    assert told("declined good practice") == {lead.name, leader.name}
    assert "Too short" in notice_words("declined good practice")
    practices.reconsider(practice=practice, by=staff)
    assert GoodPractice.objects.get().reason == ""
    practices.publish(practice=practice, version=1, words=WORDS, by=staff)
    practices.unpublish(practice=practice, reason="Out of date", by=staff)
    assert "is no longer published: Out of date" in notice_words("declined good practice")


def test_a_partner_withdraws_what_is_published_and_ecda_is_told(
    assessment: Assessment, lead: User, staff: User
) -> None:
    practice = published(assessment, lead, staff)
    practices.withdraw(practice=practice, reason="We do it otherwise now", by=lead)
    stored = GoodPractice.objects.get()
    assert (stored.state, stored.reason) == (State.WITHDRAWN, "We do it otherwise now")
    assert told("withdrew good practice") == {staff.name}


def test_what_was_declined_is_not_taken_up_while_another_offer_waits(
    assessment: Assessment, lead: User, staff: User
) -> None:
    first = offered(assessment, lead)
    practices.decline(practice=first, reason="Too short", by=staff)
    offered(assessment, lead, NEWER)
    with pytest.raises(RefusedError, match="has made another offer"):
        practices.reconsider(practice=first, by=staff)
    assert GoodPractice.objects.get(pk=first.pk).state == State.DECLINED


def moves(practice: GoodPractice, lead: User, staff: User) -> dict[str, Callable[[], object]]:
    """Every move as an action."""
    return {
        "publish": lambda: practices.publish(
            practice=practice, version=practice.version, words=WORDS, by=staff
        ),
        "decline": lambda: practices.decline(practice=practice, reason="Why", by=staff),
        "unpublish": lambda: practices.unpublish(practice=practice, reason="Why", by=staff),
        "reconsider": lambda: practices.reconsider(practice=practice, by=staff),
        "withdraw": lambda: practices.withdraw(practice=practice, reason="", by=lead),
    }


WAYS = {
    State.OFFERED: (),
    State.PUBLISHED: ("publish",),
    State.DECLINED: ("decline",),
    State.WITHDRAWN: ("withdraw",),
}


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("move", ["publish", "decline", "unpublish", "reconsider", "withdraw"])
def test_every_move_is_possible_exactly_where_the_table_says(
    assessment: Assessment, lead: User, staff: User, state: GoodPractice.State, move: str
) -> None:
    practice = offered(assessment, lead)
    for step in WAYS[state]:
        moves(practice, lead, staff)[step]()
    events = Event.objects.count()
    target = helping.target(helping.PRACTICES, move, state)
    if target is None:
        with pytest.raises(RefusedError, match=f"because it is “{state.label}”"):
            moves(practice, lead, staff)[move]()
        assert (GoodPractice.objects.get().state, Event.objects.count()) == (state, events)
    else:
        moves(practice, lead, staff)[move]()
        assert (GoodPractice.objects.get().state, Event.objects.count()) == (target, events + 1)


@pytest.mark.parametrize("state", [State.DECLINED, State.WITHDRAWN])
def test_what_is_over_is_not_edited(
    assessment: Assessment, lead: User, staff: User, state: GoodPractice.State
) -> None:
    practice = offered(assessment, lead)
    for step in WAYS[state]:
        moves(practice, lead, staff)[step]()
    with pytest.raises(RefusedError, match="You cannot edit this now"):
        practices.edit(practice=practice, version=1, words=NEWER, by=staff)


def test_a_lead_withdraws_what_was_declined_from_its_page(
    assessment: Assessment, lead: User, staff: User, client_of: Callable[[User], Client]
) -> None:
    practice = offered(assessment, lead)
    practices.decline(practice=practice, reason="Why", by=staff)
    client = client_of(lead)
    page = client.get(f"/good-practice/{practice.slug}/").content.decode()
    path = f"/good-practice/{practice.slug}/withdraw/"
    assert path in page
    assert client.get(path).status_code == 200
    assert client.post(f"{path}confirm", {"reason": ""}).status_code == 302
    assert GoodPractice.objects.get().state == State.WITHDRAWN
    with pytest.raises(RefusedError):
        practices.reconsider(practice=practice, by=staff)
