"""Who let an invitation expire is invited by a list like somebody new, with the same link."""

import pytest

from declaration.actions import RefusedError
from signatories.actions.invitations import accept
from signatories.actions.undoing import undo_import
from signatories.models import Invitation, Partner, User
from tests.factories import make_user
from tests.signatories.importing import confirm, imported, preview
from tests.signatories.inviting import ADDRESS, invited, letters, move_back

pytestmark = pytest.mark.django_db


def naming(partner: Partner) -> bytes:
    return f"name,kind,leads\n{partner.name},district,{ADDRESS}\n".encode()


@pytest.mark.parametrize("role", ["contributor", "lead", "leader"])
def test_an_expired_invitation_is_shown_as_none_and_renewed(
    administrator: User, partner: Partner, role: str
) -> None:
    old = move_back(invited(partner, administrator, role=role), days=20)
    found = preview(naming(partner), administrator)
    assert found.rows.get().changes == [
        {"column": f"lead {ADDRESS}", "old": "", "new": "invited as lead", "tick": ""}
    ]
    confirm(found, administrator)
    new = Invitation.objects.get()
    assert (new.pk, new.code, new.role, new.sent_count) == (old.pk, old.code, "lead", 2)
    assert (new.partner_import, new.invited_by, new.name) == (found, administrator, "Nia N")
    assert (new.state, new.invited_at) == (Invitation.State.WAITING, old.invited_at)
    assert new.sent_at > old.sent_at
    assert [letter.key for letter in letters()] == [f"invitation-{old.pk}-{n}" for n in (1, 2)]
    assert new.code in letters()[1].body
    assert "as lead" in letters()[1].body


def test_a_renewed_invitation_can_be_accepted(administrator: User, partner: Partner) -> None:
    move_back(invited(partner, administrator), days=20)
    imported(naming(partner), administrator)
    person = make_user(email=ADDRESS)
    assert accept(invitation=Invitation.objects.get(), by=person).role == "lead"


def test_undoing_revokes_what_was_renewed(administrator: User, partner: Partner) -> None:
    move_back(invited(partner, administrator), days=20)
    found = imported(naming(partner), administrator)
    undo_import(partner_import=found, by=administrator)
    assert Invitation.objects.get().revoked_by == administrator
    assert len(letters()) == 1


def test_who_has_a_role_is_not_asked_again(administrator: User, partner: Partner) -> None:
    """An old invitation of somebody who was then added by hand stays as it is."""
    old = move_back(invited(partner, administrator), days=20)
    partner.memberships.create(person=make_user(email=ADDRESS), role="lead")
    found = imported(naming(partner), administrator)
    assert found.unchanged_count == 1
    assert Invitation.objects.get().sent_count == old.sent_count


def test_an_invitation_that_expires_before_confirming_makes_the_preview_old(
    administrator: User, partner: Partner
) -> None:
    waiting = invited(partner, administrator)
    found = preview(naming(partner), administrator)
    move_back(waiting, days=20)
    with pytest.raises(RefusedError, match="Make a new preview"):
        confirm(found, administrator, (2, f"lead {ADDRESS}"))
