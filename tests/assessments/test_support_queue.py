"""ecda sees to requests: every move by the right side, refused in words to everybody else."""

from collections.abc import Callable
from itertools import product

import pytest
from django.test import Client

from assessments import helping
from assessments.actions import support_queue, supporting
from assessments.actions.connecting import connect
from assessments.models import Assessment, Connection, SupportReply, SupportRequest
from assessments.verbs import Verb
from declaration.actions import RefusedError
from signatories.models import Event, Notice, Partner, User
from tests.assessments.helping import agree, make_request

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]
State = SupportRequest.State
MOVES = sorted({step.move for step in helping.SUPPORT})


@pytest.fixture
def support(assessment: Assessment, contributor: User, lead: User) -> SupportRequest:
    """What a contributor asked for."""
    indicator = assessment.answers.in_order()[0].indicator
    return make_request(assessment.partner, indicator, contributor)


def told(verb: Verb) -> set[User]:
    return {notice.person for notice in Notice.objects.filter(event__verb=verb.value)}


def stored(support: SupportRequest) -> SupportRequest:
    return SupportRequest.objects.get(pk=support.pk)


def make(move: str, support: SupportRequest, by: User, helper: Partner) -> object:
    """Make the move, whatever else it needs."""
    if move == "withdraw":
        return supporting.withdraw(request=support, by=by)
    if move == "connect":
        return connect(request=support, helper=helper, note="", by=by)
    if move == "decline":
        return support_queue.decline(request=support, reason="We cannot.", by=by)
    return getattr(support_queue, move)(request=support, by=by)


def bring_to(state: str, support: SupportRequest, staff: User, member: User) -> None:
    """Take a new request to the state, by the moves that people would make."""
    if state in {State.WITH_ECDA, State.CONNECTED, State.DONE}:
        support_queue.take(request=support, by=staff)
    if state == State.CONNECTED:
        SupportRequest.objects.filter(pk=support.pk).update(state=state)
    if state == State.DONE:
        support_queue.finish(request=support, by=staff)
    if state == State.DECLINED:
        support_queue.decline(request=support, reason="We cannot.", by=staff)
    if state == State.WITHDRAWN:
        supporting.withdraw(request=support, by=member)


PERSONAS = (
    "contributor", "lead", "leader", "stranger", "former", "disabled", "staff", "staff_member",
    "administrator",
)  # fmt: skip
SIDES = {
    "contributor": "partner",
    "lead": "partner",
    "leader": "partner",
    "staff_member": "partner",
    "staff": "ecda",
    "administrator": "ecda",
}


@pytest.mark.parametrize(("state", "persona"), list(product(State.values, PERSONAS)))
def test_each_move_is_possible_exactly_where_the_table_says(
    state: str,
    persona: str,
    support: SupportRequest,
    other_partner: Partner,
    staff: User,
    contributor: User,
    request: pytest.FixtureRequest,
) -> None:
    agree(support.partner)
    agree(other_partner)
    bring_to(state, support, staff, contributor)
    person = request.getfixturevalue(persona)
    [before] = SupportRequest.objects.filter(pk=support.pk).values()
    for move in MOVES:
        step = next((s for s in helping.SUPPORT if (s.move, s.source) == (move, state)), None)
        allowed = step is not None and SIDES.get(persona) == step.side
        if allowed:
            continue
        with pytest.raises(RefusedError) as refused:
            make(move, support, person, other_partner)
        assert str(refused.value).endswith(".")
        assert SupportRequest.objects.filter(pk=support.pk).values().get() == before


@pytest.mark.parametrize("step", helping.SUPPORT, ids=lambda step: f"{step.move}-{step.source}")
def test_every_move_of_the_table_can_be_made(
    step: helping.Step,
    support: SupportRequest,
    other_partner: Partner,
    staff: User,
    contributor: User,
) -> None:
    agree(support.partner)
    agree(other_partner)
    bring_to(step.source, support, staff, contributor)
    by = staff if step.side == "ecda" else contributor
    make(step.move, support, by, other_partner)
    assert stored(support).state == step.target


def test_who_takes_it_has_it_and_the_partner_is_told(
    support: SupportRequest, staff: User, contributor: User, lead: User
) -> None:
    support_queue.take(request=support, by=staff)
    assert (stored(support).state, stored(support).owner) == (State.WITH_ECDA, staff)
    assert told(Verb.SUPPORT_TAKEN) == {lead, contributor}


def test_the_second_who_takes_it_is_told_who_has_it(
    support: SupportRequest, staff: User, administrator: User
) -> None:
    support_queue.take(request=support, by=staff)
    with pytest.raises(RefusedError, match="Sam Staff has taken on this request already"):
        support_queue.take(request=support, by=administrator)
    assert stored(support).owner == staff


def test_given_back_it_is_new_and_nobody_has_it(
    support: SupportRequest, staff: User, administrator: User
) -> None:
    support_queue.take(request=support, by=staff)
    support_queue.give_back(request=support, by=administrator)
    assert (stored(support).state, stored(support).owner) == (State.NEW, None)


def test_a_first_reply_of_ecda_takes_the_request_on(
    support: SupportRequest, staff: User, contributor: User, lead: User
) -> None:
    support_queue.reply(request=support, words="We can help.", by=staff)
    assert (stored(support).state, stored(support).owner) == (State.WITH_ECDA, staff)
    assert told(Verb.SUPPORT_REPLIED) == {lead, contributor}
    assert not told(Verb.SUPPORT_TAKEN)


def test_what_the_partner_writes_goes_to_who_has_it(
    support: SupportRequest, staff: User, administrator: User, contributor: User
) -> None:
    support_queue.take(request=support, by=staff)
    support_queue.reply(request=support, words="Any news?", by=contributor)
    assert told(Verb.SUPPORT_REPLIED) == {staff}


def test_what_the_partner_writes_goes_to_all_at_ecda_while_nobody_has_it(
    support: SupportRequest, staff: User, administrator: User, contributor: User
) -> None:
    support_queue.reply(request=support, words="It is urgent now.", by=contributor)
    assert told(Verb.SUPPORT_REPLIED) == {staff, administrator}
    assert stored(support).state == State.NEW


def test_the_same_reply_sent_twice_is_one(support: SupportRequest, staff: User) -> None:
    for _ in range(2):
        support_queue.reply(request=support, words="We can help.", by=staff)
    assert SupportReply.objects.count() == 1
    assert Event.objects.filter(verb=Verb.SUPPORT_REPLIED.value).count() == 1


def test_a_reply_needs_words_and_somebody_concerned(
    support: SupportRequest, staff: User, stranger: User, former: User
) -> None:
    with pytest.raises(RefusedError, match="Write what you want to say"):
        support_queue.reply(request=support, words=" \n", by=staff)
    for outsider in (stranger, former):
        with pytest.raises(RefusedError, match="Only people of the partner"):
            support_queue.reply(request=support, words="Hello", by=outsider)
    assert not SupportReply.objects.exists()


def test_nobody_writes_about_what_was_withdrawn(
    support: SupportRequest, staff: User, contributor: User
) -> None:
    supporting.withdraw(request=support, by=contributor)
    with pytest.raises(RefusedError, match="has withdrawn this request"):
        support_queue.reply(request=support, words="Hello", by=staff)


def test_who_declines_says_why_and_the_partner_reads_it(
    support: SupportRequest, staff: User, contributor: User, lead: User
) -> None:
    with pytest.raises(RefusedError, match="Say why"):
        support_queue.decline(request=support, reason=" ", by=staff)
    support_queue.decline(request=support, reason="The course is full.", by=staff)
    ended = stored(support)
    assert (ended.state, ended.ended_by, ended.owner) == (State.DECLINED, staff, staff)
    assert [reply.words for reply in ended.replies.all()] == ["The course is full."]
    assert told(Verb.SUPPORT_DECLINED) == {lead, contributor}


def test_opened_again_it_has_not_ended(support: SupportRequest, staff: User) -> None:
    support_queue.finish(request=support, by=staff)
    support_queue.reopen(request=support, by=staff)
    again = stored(support)
    assert (again.state, again.ended_at, again.ended_by) == (State.WITH_ECDA, None, None)


def test_it_is_not_opened_again_when_the_partner_has_asked_anew(
    support: SupportRequest, staff: User, contributor: User
) -> None:
    support_queue.finish(request=support, by=staff)
    make_request(support.partner, support.indicator, contributor)
    with pytest.raises(RefusedError, match="has asked for the same again"):
        support_queue.reopen(request=support, by=staff)
    assert stored(support).state == State.DONE


def test_who_asked_and_left_is_not_told_any_more(
    support: SupportRequest, staff: User, contributor: User, lead: User
) -> None:
    contributor.memberships.update(ended_at=support.asked_at)
    support_queue.take(request=support, by=staff)
    assert told(Verb.SUPPORT_TAKEN) == {lead}


def test_withdrawing_tells_who_has_it_and_nobody_else(
    support: SupportRequest, staff: User, administrator: User, contributor: User
) -> None:
    support_queue.take(request=support, by=staff)
    supporting.withdraw(request=support, by=contributor)
    assert told(Verb.SUPPORT_WITHDRAWN) == {staff}
    assert stored(support).ended_by == contributor


def test_connections_do_not_stop_a_partner_from_withdrawing(
    support: SupportRequest, other_partner: Partner, staff: User, contributor: User
) -> None:
    agree(support.partner)
    agree(other_partner)
    connect(request=support, helper=other_partner, note="", by=staff)
    supporting.withdraw(request=support, by=contributor)
    assert Connection.objects.count() == 1
