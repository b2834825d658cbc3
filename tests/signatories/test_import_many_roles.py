"""Many people get another role by one list, with an event for each, and it can be undone."""

import time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from signatories.actions.events import record_many
from signatories.actions.moving import Move, move_roles
from signatories.actions.undoing import undo_import
from signatories.models import Event, Invitation, Membership, Partner, PartnerImport, User
from signatories.verbs import Verb
from tests.signatories.importing import confirm, preview

pytestmark = pytest.mark.django_db


def contributors(many: int, by: User) -> tuple[PartnerImport, list[tuple[int, str]]]:
    """A list that makes leads of so many contributors, half of them invited only, and its ticks."""
    partners = Partner.objects.bulk_create(
        Partner(name=f"P{many} {n}", slug=f"p{many}-{n}", kind="other") for n in range(many)
    )
    people = User.objects.bulk_create(User(email=f"l{n}@p{many}.example") for n in range(many))
    half = many // 2
    Membership.objects.bulk_create(
        Membership(person=person, partner=partner, role="contributor")
        for person, partner in list(zip(people, partners, strict=True))[:half]
    )
    Invitation.objects.bulk_create(
        Invitation(
            partner=partner,
            email=person.email,
            role="contributor",
            invited_by=by,
            expires_at="2999-01-01T00:00Z",
        )
        for person, partner in list(zip(people, partners, strict=True))[half:]
    )
    rows = "".join(f"P{many} {n},other,l{n}@p{many}.example\n" for n in range(many))
    ticks = [(n + 2, f"lead l{n}@p{many}.example") for n in range(many)]
    return preview(f"name,kind,leads\n{rows}".encode(), by), ticks


def test_a_hundred_roles_cost_as_many_queries_as_four(administrator: User) -> None:
    def queries(many: int) -> tuple[int, int]:
        found, ticks = contributors(many, administrator)
        with CaptureQueriesContext(connection) as confirming:
            confirm(found, administrator, *ticks)
        assert not Membership.objects.exclude(role="lead").exists()
        assert not Invitation.objects.exclude(role="lead").exists()
        with CaptureQueriesContext(connection) as undoing:
            undo_import(partner_import=found, by=administrator)
        assert not Membership.objects.exclude(role="contributor").exists()
        assert not Invitation.objects.exclude(role="contributor").exists()
        Membership.objects.all().delete()
        Invitation.objects.all().delete()
        return len(confirming), len(undoing)

    assert queries(4) == queries(100)


def test_each_has_an_event_with_the_words_of_a_change_by_hand(administrator: User) -> None:
    found, ticks = contributors(2, administrator)
    confirm(found, administrator, *ticks)
    role, offer = Event.objects.filter(partner__isnull=False).order_by("pk")
    assert (role.verb, role.by) == (Verb.ROLE_CHANGED, administrator)
    assert role.note == f"{Membership.objects.get().person}: from contributor to lead"
    assert role.partner == Membership.objects.get().partner
    assert role in Event.objects.about(Membership.objects.get())
    assert (offer.verb, offer.note) == (Verb.INVITATION_CHANGED, "l1@p2.example, lead")
    assert offer in Event.objects.about(Invitation.objects.get())


def test_what_is_not_there_is_handed_back(administrator: User, partner: Partner) -> None:
    move = Move(partner, "nobody@b.example", "contributor", "lead")
    assert move_roles(moves=[move], by=administrator) == [move]
    assert not Event.objects.exists()


def test_events_that_somebody_is_told_of_are_recorded_one_by_one(administrator: User) -> None:
    with pytest.raises(ValueError, match="record each by itself"):
        record_many(verb=Verb.SIGNED, by=administrator, entries=[])


def test_a_thousand_roles_change_in_seconds(administrator: User) -> None:
    found, ticks = contributors(1000, administrator)
    began = time.process_time()
    confirm(found, administrator, *ticks)
    spent = time.process_time() - began
    print(f"1,000 roles: {spent:.1f} s of this process")
    assert spent < 3
