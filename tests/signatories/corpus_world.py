"""The partners and people that the verdicts of the corpus speak of."""

from datetime import timedelta

from django.utils import timezone

from signatories.models import Invitation, Membership, Partner
from signatories.resources import open_list
from tests.factories import FIXTURES, make_user


def make_world() -> None:
    """The sixteen partners; at Essex Police people in each role, held, offered and lost."""
    partners = (FIXTURES / "partners.csv").read_bytes()
    for _ in open_list(partners, "partners.csv").rows(save=True):
        pass
    police = Partner.objects.get(name="Essex Police")
    for held in Membership.Role.LEAD, Membership.Role.CONTRIBUTOR:
        person = make_user(email=f"{held}@essex.example")
        Membership.objects.create(person=person, partner=police, role=held)
    make_user(email="closed@essex.example", is_active=False)
    for name, role in [("invited", "lead"), ("half", "contributor")]:
        Invitation.objects.create(
            partner=police,
            email=f"{name}@essex.example",
            role=role,
            invited_by=make_user(),
            expires_at=timezone.now() + timedelta(days=14),
        )
