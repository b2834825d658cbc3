"""What waits to be told is told to whom it still concerns, and who still wants it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from signatories.actions.events import Entry, record, record_each
from signatories.actions.messages import gather_notices
from signatories.actions.people import close_account
from signatories.actions.subscribing import choose_emails
from signatories.models import Event, Membership, Message, Notice, Partner, User
from signatories.verbs import ECDA, LEADS, Audience, Topic, Verb
from tests.signatories.telling import ask, happen, make_due, move_back

pytestmark = pytest.mark.django_db

ToldAs = Notice.ToldAs
TO_ECDA = {Verb.SIGNED: Audience("{note}", offices=ECDA)}
TO_LEADERS_EVERYWHERE = {Verb.SIGNED: Audience("{note}", everywhere=LEADS)}
TO_NOBODY = {Verb.SIGNED: Audience("{note}")}
REMINDER = {Verb.SIGNED: Audience("{note}", topic=Topic.REMINDERS)}
ESSENTIAL = {Verb.SIGNED: Audience("{note}", roles=LEADS, topic=Topic.ESSENTIAL)}


def leave(person: User) -> None:
    Membership.objects.filter(person=person).update(ended_at=timezone.now())


def gathered() -> dict[User, str]:
    """Everybody who is written to now, and what they read."""
    make_due()
    return {message.person: message.body for message in gather_notices() if message.person}


def test_who_has_left_is_told_nothing_of_the_partner_any_more(
    partner: Partner, lead: User, leader: User
) -> None:
    ask(partner, leader, "their telephone is 01234")
    happen(partner, leader)
    leave(lead)
    assert gathered() == {}
    assert not Notice.objects.filter(person=lead).exists()
    assert Event.objects.filter(partner=partner, note="their telephone is 01234").exists()


def test_of_two_partners_the_other_one_is_still_told(
    partner: Partner, other_partner: Partner, lead: User, leader: User
) -> None:
    Membership.objects.create(person=lead, partner=other_partner, role="lead")
    happen(partner, leader, "here")
    happen(other_partner, leader, "there")
    Membership.objects.filter(person=lead, partner=partner).update(ended_at=timezone.now())
    [body] = gathered().values()
    assert "did there" in body
    assert "did here" not in body


def test_who_came_back_is_told(partner: Partner, lead: User, leader: User) -> None:
    happen(partner, leader)
    leave(lead)
    Membership.objects.create(person=lead, partner=partner, role="contributor")
    assert set(gathered()) == {lead}


@pytest.mark.parametrize("about_a_partner", [True, False])
def test_what_is_for_ecda_is_not_told_to_somebody_who_works_there_no_more(
    about_a_partner: bool, partner: Partner, lead: User, staff: User, administrator: User
) -> None:
    about = partner if about_a_partner else None
    Membership.objects.create(person=staff, partner=partner, role="lead")
    record(verb=Verb.SIGNED, by=None, partner=about, note="internal", notices=TO_ECDA)
    User.objects.filter(pk=staff.pk).update(office="")
    assert set(gathered()) == {administrator}


def test_what_every_lead_is_told_is_not_told_to_somebody_who_leads_no_more(
    partner: Partner, lead: User, leader: User
) -> None:
    record(verb=Verb.SIGNED, by=None, note="new", notices=TO_LEADERS_EVERYWHERE)
    leave(lead)
    assert set(gathered()) == {leader}


@pytest.mark.parametrize("about_a_partner", [True, False])
def test_who_is_named_is_told_of_a_partner_only_while_they_belong_there(
    about_a_partner: bool, partner: Partner, lead: User, contributor: User, staff: User
) -> None:
    about = partner if about_a_partner else None
    named = [lead, contributor, staff]
    record(verb=Verb.SIGNED, by=None, partner=about, note="x", notices=TO_NOBODY, also=named)
    leave(lead)
    assert set(gathered()) == ({contributor, staff} if about_a_partner else set(named))


def turn_off(person: User) -> None:
    choose_emails(person=person, reminders=False, news=False, by=person)


def test_what_is_turned_off_while_it_waits_is_not_sent(
    partner: Partner, lead: User, leader: User
) -> None:
    happen(partner, leader, "news")
    record(verb=Verb.SIGNED, by=leader, partner=partner, note="essential", notices=ESSENTIAL)
    record_each(
        verb=Verb.SIGNED,
        by=None,
        entries=[Entry(partner, None, "reminder", also=(lead,))],
        notices=REMINDER,
    )
    turn_off(lead)
    body = gathered()[lead]
    assert "essential" in body
    assert "did news" not in body
    assert "reminder" not in body


def test_news_that_somebody_asked_for_come_whatever_they_turned_off(
    partner: Partner, lead: User, leader: User
) -> None:
    record(verb=Verb.SIGNED, by=leader, partner=partner, note="x", notices=TO_NOBODY, also=[lead])
    turn_off(lead)
    assert set(gathered()) == {lead}


def test_nothing_waits_for_ever(partner: Partner, lead: User, leader: User) -> None:
    happen(partner, leader, times=3)
    turn_off(lead)
    assert gathered() == {}
    assert not Notice.objects.filter(message=None).exists()


Record = Callable[[Any, Partner, list[User]], object]


def _one(notices: Any, partner: Partner, also: list[User]) -> object:
    return record(verb=Verb.SIGNED, by=None, partner=partner, notices=notices, also=also)


def _each(notices: Any, partner: Partner, also: list[User]) -> object:
    entries = [Entry(partner, None, also=tuple(also))]
    return record_each(verb=Verb.SIGNED, by=None, entries=entries, notices=notices)


@pytest.mark.parametrize("how", [_one, _each])
def test_a_notice_keeps_its_topic_and_as_what_somebody_is_told(
    how: Record, partner: Partner, lead: User, leader: User, staff: User
) -> None:
    Membership.objects.create(person=staff, partner=partner, role="lead")
    both = {Verb.SIGNED: Audience("x", roles=LEADS, offices=ECDA, topic=Topic.ESSENTIAL)}
    stranger = User.objects.create_user("s@x.example", name="S", office="staff")
    how(both, partner, [leader])
    found = {notice.person: (notice.told_as, notice.topic) for notice in Notice.objects.all()}
    assert found == {
        lead: ("member", "essential"),
        leader: ("named", "essential"),
        # Whose member and whose colleague they are: as a member.
        staff: ("member", "essential"),
        stranger: ("ecda", "essential"),
    }


def test_closing_an_account_drops_what_waits_and_keeps_the_events(
    partner: Partner, lead: User, leader: User, administrator: User
) -> None:
    happen(partner, leader, times=2)
    [told] = Notice.objects.filter(person=lead)[:1]
    message = Message.objects.create(key="d", person=lead, to=lead.email, message_id="<d@x>")
    Notice.objects.filter(pk=told.pk).update(message=message)
    close_account(person=lead, by=administrator)
    assert list(Notice.objects.filter(person=lead)) == [told]
    assert Event.objects.filter(partner=partner, verb=Verb.SIGNED).count() == 2


@pytest.mark.parametrize(
    ("state", "sent", "waits"),
    [("queued", False, True), ("running", False, True), ("failed", True, False)],
)
def test_who_waits_after_a_digest_that_is_on_its_way_but_not_after_one_that_failed(
    state: str, sent: bool, waits: bool, partner: Partner, lead: User, leader: User
) -> None:
    ask(partner, leader)
    [digest] = gather_notices()
    lease = timezone.now() if state == "running" else None
    ended = timezone.now() if sent else None
    Message.objects.filter(pk=digest.pk).update(state=state, lease_until=lease, finished_at=ended)
    ask(partner, leader)
    assert bool(gather_notices()) is not waits


def test_who_has_a_digest_that_was_put_off_for_hours_gets_no_second_one(
    partner: Partner, lead: User, leader: User
) -> None:
    ask(partner, leader)
    gather_notices()
    move_back(hours=3)
    ask(partner, leader)
    assert gather_notices() == []
    assert Notice.objects.filter(person=lead, message=None).count() == 1


def test_the_gap_begins_when_the_digest_is_handed_over(
    partner: Partner, lead: User, leader: User
) -> None:
    ask(partner, leader)
    gather_notices()
    move_back(hours=3)
    Message.objects.update(state="done", finished_at=timezone.now())
    ask(partner, leader)
    assert gather_notices() == []
    move_back(hours=1)
    assert len(gather_notices()) == 1
