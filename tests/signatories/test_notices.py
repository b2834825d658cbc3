"""One event, its notices: the right people, never the one who did it."""

import pytest

from commitments.models import Edition
from signatories.actions.events import record
from signatories.models import Event, Membership, Notice, Partner, User
from signatories.verbs import NOTICES, Verb
from tests.factories import make_signature

pytestmark = pytest.mark.django_db


def told(event: Event) -> set[User]:
    return {notice.person for notice in Notice.objects.filter(event=event)}


def test_a_signature_is_told_to_leads_and_to_ecda(
    partner: Partner,
    edition: Edition,
    contributor: User,
    lead: User,
    leader: User,
    stranger: User,
    former: User,
    disabled: User,
    staff: User,
    administrator: User,
) -> None:
    signature = make_signature(partner, edition, leader)
    event = Event.objects.about(signature).get()
    assert told(event) == {lead, staff, administrator}
    notice = Notice.objects.get(event=event, person=lead)
    assert notice.words == (
        "Lara Leader signed The Essex Data Declaration for Braintree District Council."
    )
    assert notice.path == f"/partners/braintree-district-council/signatures/{signature.pk}/"


def test_somebody_with_two_reasons_is_told_once(
    partner: Partner, edition: Edition, leader: User, staff_member: User
) -> None:
    Membership.objects.filter(person=staff_member).update(role="lead")
    signature = make_signature(partner, edition, leader)
    assert told(Event.objects.about(signature).get()) == {staff_member}


def test_a_verb_outside_the_table_tells_nobody(
    partner: Partner, lead: User, leader: User, administrator: User
) -> None:
    assert Verb.ROLE_CHANGED not in NOTICES
    event = record(verb=Verb.ROLE_CHANGED, by=leader, partner=partner)
    assert told(event) == set()


def test_words_are_cut_to_what_a_notice_holds(partner: Partner, lead: User, leader: User) -> None:
    partner.name = "x" * 1100
    record(verb=Verb.SIGNED, by=leader, partner=partner)
    words = Notice.objects.get(person=lead).words
    assert len(words) == 1000
    assert words.endswith("x…")


def test_names_with_braces_are_only_text(partner: Partner, lead: User, leader: User) -> None:
    leader.name = "{partner.pk} {{ 7*7 }}"
    record(verb=Verb.SIGNED, by=leader, partner=partner)
    assert Notice.objects.get(person=lead).words.startswith("{partner.pk} {{ 7*7 }} signed")


@pytest.mark.parametrize("verb", list(Verb))
def test_every_verb_can_be_recorded(verb: Verb, partner: Partner, leader: User) -> None:
    event = record(verb=verb, by=leader, partner=partner, note="lead")
    assert (event.verb, event.by, event.note) == (verb, leader, "lead")
