"""Two at the same moment: an invitation gives one role, an address gets one invitation."""

from collections.abc import Callable, Iterator

import pytest
from django.db import connection, transaction

from declaration.actions import RefusedError
from signatories.actions.invitations import EndedError, accept, revoke, start
from signatories.models import Invitation, Membership, Partner, User
from tests.factories import make_user
from tests.signatories.inviting import ADDRESS, invited, letters
from tests.signatories.test_signing_race import in_a_thread, until_somebody_waits_for_a_lock

pytestmark = pytest.mark.django_db(transaction=True)

Work = Callable[[], object]
ONE_ROLE = next(c for c in Membership._meta.constraints if c.name == "membership_once_at_a_time")


class Outcome:
    """What became of a piece of work in another thread."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self.error: Exception | None = None

    def __call__(self) -> None:
        try:
            self.work()
        except RefusedError as error:
            self.error = error


def while_open(first: Work, second: Work) -> Exception | None:
    """Run `second` between the writes of `first` and their commit; its refusal, if any."""
    outcome = Outcome(second)
    with transaction.atomic():
        first()
        thread = in_a_thread(outcome)
        until_somebody_waits_for_a_lock(thread)
    thread.join(timeout=30)
    assert not thread.is_alive()
    return outcome.error


@pytest.fixture
def invitation(partner: Partner, lead: User) -> Invitation:
    return invited(partner, lead)


@pytest.fixture
def nia(db: None) -> User:
    return make_user("Nia Newcomer", email=ADDRESS)


def test_accepted_twice_at_once_is_one_membership(invitation: Invitation, nia: User) -> None:
    def press() -> Membership:
        return accept(invitation=Invitation.objects.get(), by=nia)

    assert while_open(press, press) is None
    assert Membership.objects.filter(person=nia).count() == 1


def test_revoked_a_moment_before_it_is_not_accepted(
    invitation: Invitation, nia: User, lead: User
) -> None:
    seen = Invitation.objects.get()
    error = while_open(
        lambda: revoke(invitation=invitation, by=lead), lambda: accept(invitation=seen, by=nia)
    )
    assert isinstance(error, EndedError)
    assert not nia.memberships.exists()


def test_accepted_a_moment_before_it_is_not_revoked(
    invitation: Invitation, nia: User, lead: User
) -> None:
    seen = Invitation.objects.get()
    error = while_open(
        lambda: accept(invitation=invitation, by=nia), lambda: revoke(invitation=seen, by=lead)
    )
    assert isinstance(error, EndedError)
    assert Invitation.objects.get().state == "accepted"
    assert nia.memberships.count() == 1


def test_invited_by_two_leads_at_once_it_is_one_invitation_and_one_email(
    partner: Partner, lead: User, leader: User
) -> None:
    error = while_open(lambda: invited(partner, lead), lambda: invited(partner, leader))
    assert error is not None
    assert "You can send it again at" in str(error)
    assert Invitation.objects.count() == len(letters()) == 1


def test_begun_twice_at_once_is_one_person(invitation: Invitation) -> None:
    def begin() -> User:
        return start(invitation=Invitation.objects.get())

    assert while_open(begin, begin) is None
    assert User.objects.filter(email=ADDRESS).count() == 1


@pytest.fixture
def without_the_constraint() -> Iterator[None]:
    with connection.schema_editor() as editor:
        editor.remove_constraint(Membership, ONE_ROLE)
    yield
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE signatories_membership CASCADE")
    with connection.schema_editor() as editor:
        editor.add_constraint(Membership, ONE_ROLE)


@pytest.mark.usefixtures("without_the_constraint")
def test_with_neither_lock_nor_constraint_there_would_be_two_roles(
    partner: Partner, nia: User
) -> None:
    """The negative control: the two do run at once."""

    def give_without_a_lock() -> None:
        if not Membership.objects.filter(person=nia, partner=partner).exists():
            Membership.objects.create(person=nia, partner=partner, role="lead")

    assert while_open(give_without_a_lock, give_without_a_lock) is None
    assert Membership.objects.filter(person=nia).count() == 2


@pytest.mark.usefixtures("without_the_constraint")
def test_the_lock_alone_keeps_it_at_one_role(invitation: Invitation, nia: User) -> None:
    def press() -> Membership:
        return accept(invitation=Invitation.objects.get(), by=nia)

    assert while_open(press, press) is None
    assert Membership.objects.filter(person=nia).count() == 1
