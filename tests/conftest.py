"""The personas, and the world they live in."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from commitments.models import Edition
from signatories.models import Membership, Partner, User
from tests.factories import make_edition, make_member, make_partner, make_user, note_sign_in


@pytest.fixture(autouse=True)
def files_root(tmp_path_factory: pytest.TempPathFactory, settings: object) -> None:
    """Keep each test's files to itself."""
    settings.MEDIA_ROOT = tmp_path_factory.mktemp("files")  # type: ignore[attr-defined]  # pytest-django's settings


@pytest.fixture
def client_of() -> Callable[[User], Client]:
    """Give a person, get a client that has just signed in as them."""

    def signed_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        note_sign_in(client, user)
        return client

    return signed_in


@pytest.fixture
def edition(db: None) -> Edition:
    """The Essex Data Declaration, published."""
    return make_edition()


@pytest.fixture
def partner(db: None) -> Partner:
    """The partner whose people most personas are."""
    return make_partner("Braintree District Council", slug="braintree-district-council")


@pytest.fixture
def other_partner(db: None) -> Partner:
    """A partner that is none of their business."""
    return make_partner("Maldon District Council", slug="maldon-district-council")


@pytest.fixture
def contributor(partner: Partner) -> User:
    """Contributes to the partner's answers."""
    return make_member(partner, "contributor", "Connie Contributor")


@pytest.fixture
def lead(partner: Partner) -> User:
    """Leads the partner's work."""
    return make_member(partner, "lead", "Lee Lead")


@pytest.fixture
def leader(partner: Partner) -> User:
    """Signs for the partner."""
    return make_member(partner, "leader", "Lara Leader")


@pytest.fixture
def stranger(other_partner: Partner) -> User:
    """Leads another partner's work."""
    return make_member(other_partner, "lead", "Stan Stranger")


@pytest.fixture
def former(partner: Partner) -> User:
    """Was a lead of the partner once."""
    person = make_member(partner, "lead", "Fay Former")
    Membership.objects.filter(person=person).update(ended_at=timezone.now())
    return person


@pytest.fixture
def disabled(partner: Partner) -> User:
    """A lead who may not sign in any more."""
    person = make_member(partner, "lead", "Dee Disabled")
    User.objects.filter(pk=person.pk).update(is_active=False)
    person.refresh_from_db()
    return person


@pytest.fixture
def staff(db: None) -> User:
    """Works for ecda."""
    return make_user("Sam Staff", office="staff")


@pytest.fixture
def staff_member(partner: Partner) -> User:
    """Works for ecda and belongs to the partner."""
    person = make_member(partner, "contributor", "Sasha Staffmember")
    User.objects.filter(pk=person.pk).update(office="staff")
    person.refresh_from_db()
    return person


@pytest.fixture
def administrator(db: None) -> User:
    """Runs the portal."""
    return make_user("Ada Administrator", office="administrator")
