"""Two people at the same moment: one withdrawal counts, and a paper does not sign twice."""

from collections.abc import Callable

import pytest
from django.db import DatabaseError, transaction

from commitments.models import Edition
from signatories.actions.signing import AlreadySignedError
from signatories.actions.withdrawing import AlreadyWithdrawnError, withdraw
from signatories.models import Event, Partner, Signature, User
from signatories.verbs import Verb
from tests.factories import make_member, make_signature
from tests.signatories.test_paper_signatures import on_disk, record
from tests.signatories.test_signing_race import (
    in_a_thread,
    sign_while_another_signature_is_being_written,
    until_somebody_waits_for_a_lock,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def signature(partner: Partner, edition: Edition, leader: User) -> Signature:
    return make_signature(partner, edition, leader)


def during_a_withdrawal(signature: Signature, second: Callable[[], object]) -> None:
    """Run `second` in a thread between the first withdrawal's write and its commit."""
    leader = signature.signed_by
    assert leader is not None
    with transaction.atomic():
        withdraw(signature=signature, reason="First", by=leader)
        thread = in_a_thread(second)
        until_somebody_waits_for_a_lock(thread)
    thread.join(timeout=30)
    assert not thread.is_alive()


def test_the_second_of_two_withdrawals_is_told_who_was_first(signature: Signature) -> None:
    other = make_member(signature.partner, "leader")
    refused: list[str] = []

    def second() -> None:
        try:
            withdraw(signature=signature, reason="Second", by=other)
        except AlreadyWithdrawnError as error:
            refused.append(str(error))

    during_a_withdrawal(signature, second)
    assert refused == ["Lara Leader has withdrawn this signature already."]
    assert Signature.objects.get().withdrawal_reason == "First"
    assert Event.objects.filter(verb=Verb.SIGNATURE_WITHDRAWN).count() == 1


def test_without_the_lock_the_database_would_refuse_without_words(signature: Signature) -> None:
    """The negative control: whoever read before the first commit writes and is stopped late."""
    refused: list[str] = []
    stale = Signature.objects.get()
    other = make_member(signature.partner, "leader")

    def careless() -> None:
        assert stale.withdrawn_at is None
        stale.withdrawn_at, stale.withdrawn_by = stale.signed_at, other
        stale.withdrawal_reason = "Second"
        try:
            stale.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawal_reason"])
        except DatabaseError as error:
            refused.append(str(error))

    during_a_withdrawal(signature, careless)
    assert "a signature is never edited, only withdrawn" in refused[0]


def test_a_paper_is_refused_while_the_leader_signs_here(
    partner: Partner, edition: Edition, leader: User, administrator: User
) -> None:
    refused: list[str] = []

    def second() -> None:
        try:
            record(partner, edition, administrator)
        except AlreadySignedError as error:
            refused.append(str(error))

    sign_while_another_signature_is_being_written(partner, edition, leader, second)
    assert len(refused) == 1
    assert "Lara Leader signed" in refused[0]
    assert Signature.objects.get().signed_by == leader
    assert on_disk() == []
