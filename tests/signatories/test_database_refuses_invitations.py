"""Each constraint of invitations, broken once by its name and once by its words."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from signatories.models import Invitation, Partner, User
from tests.signatories.inviting import invited

pytestmark = pytest.mark.django_db


@pytest.fixture
def invitation(partner: Partner, lead: User) -> Invitation:
    return invited(partner, lead)


CHECKS: dict[str, tuple[str, dict[str, Any]]] = {
    "invitation_role_known": ("A role is contributor, lead or leader.", {"role": "king"}),
    "invitation_accepted_by_and_at": (
        "An accepted invitation says by whom and when.",
        {"accepted_at": "now"},
    ),
    "invitation_revoked_by_and_at": (
        "A revoked invitation says by whom and when.",
        {"revoked_by": "somebody"},
    ),
    "invitation_ends_once": (
        "An invitation is accepted or revoked, not both.",
        {
            "accepted_at": "now",
            "accepted_by": "somebody",
            "revoked_at": "now",
            "revoked_by": "somebody",
        },
    ),
}
ONCE = "invitation_waiting_once"
ONCE_WORDS = "This address has an invitation of this partner already."


@pytest.mark.parametrize("name", CHECKS)
def test_an_invitation_is_whole(name: str, invitation: Invitation, lead: User) -> None:
    message, fields = CHECKS[name]
    meant = {"now": timezone.now(), "somebody": lead}
    for field, value in fields.items():
        setattr(invitation, field, meant.get(value, value))
    with pytest.raises(ValidationError) as caught:
        invitation.validate_constraints()
    assert caught.value.messages == [message]
    with pytest.raises(IntegrityError, match=f'"{name}"'), transaction.atomic():
        invitation.save()


def second(invitation: Invitation, **change: Any) -> Invitation:
    given = {
        "partner": invitation.partner,
        "email": "Nia@Example.org",
        "role": "lead",
        "invited_by": invitation.invited_by,
        "expires_at": timezone.now(),
    }
    return Invitation(**(given | change))


def test_an_address_waits_for_one_invitation_of_a_partner(invitation: Invitation) -> None:
    again = second(invitation)
    with pytest.raises(ValidationError) as caught:
        again.validate_constraints()
    assert caught.value.messages == [ONCE_WORDS]
    with pytest.raises(IntegrityError, match=f'"{ONCE}"'), transaction.atomic():
        again.save()


def test_the_next_one_waits_after_the_first_has_ended(invitation: Invitation, lead: User) -> None:
    here = Invitation.objects.filter(pk=invitation.pk)
    here.update(revoked_at=timezone.now(), revoked_by=lead)
    second(invitation).save()
    assert Invitation.objects.count() == 2


def test_a_code_means_one_invitation(invitation: Invitation) -> None:
    same = second(invitation, email="other@example.org", code=invitation.code)
    with pytest.raises(IntegrityError, match="code"), transaction.atomic():
        same.save()


def test_every_constraint_is_broken_here() -> None:
    words = {name: message for name, (message, _) in CHECKS.items()} | {ONCE: ONCE_WORDS}
    assert words == {
        constraint.name: constraint.violation_error_message
        for constraint in Invitation._meta.constraints
    }
