"""An import is undone as a whole, as long as nothing else has touched what it wrote."""

from collections.abc import Callable
from typing import Any

import pytest

from commitments.models import Edition
from declaration.actions import RefusedError
from signatories.actions.invitations import accept, invite
from signatories.actions.undoing import FIELDS, TouchedError, undo_import
from signatories.models import Event, Invitation, Membership, Message, Partner, PartnerImport, User
from signatories.resources import COLUMNS
from signatories.verbs import Verb
from tests.factories import make_member, make_partner, make_signature, make_user
from tests.signatories.importing import SIXTEEN, imported, preview

pytestmark = pytest.mark.django_db

CHANGE = (
    b"name,kind,gss_code,website,email_domains,active_from,active_to,leads\n"
    b"West Essex,unitary,E07000067,https://w.example,a.example b.example,2026-04-01,2030-01-01,"
    b"ada@b.example\n"
    b"New Council,district,,,,,,grace@n.example\n"
)


@pytest.fixture
def braintree() -> Partner:
    return Partner.objects.create(
        name="Braintree",
        slug="braintree",
        kind="district",
        gss_code="E07000067",
        website="https://b.example",
        email_domains=["b.example"],
        active_from="1974-04-01",
    )


def values() -> list[dict[str, Any]]:
    return [{**row} for row in Partner.objects.order_by("pk").values()]


def undo(found: PartnerImport, by: User) -> PartnerImport:
    return undo_import(partner_import=found, by=by)


def test_every_column_that_is_written_can_be_given_back() -> None:
    assert set(FIELDS) == set(COLUMNS) - {"leads"}


def test_undoing_gives_back_every_value_and_deletes_new_partners(
    administrator: User, braintree: Partner
) -> None:
    before = values()
    found = imported(CHANGE, administrator, [(2, "name")])
    assert Partner.objects.count() == 2
    assert Invitation.objects.count() == Message.objects.count() == 2
    undone = undo(found, administrator)
    assert values() == before
    assert undone.undone_by == administrator
    event = Event.objects.get(verb=Verb.IMPORT_UNDONE)
    assert (event.by, event.note) == (administrator, "1 deleted, 1 given back")


def test_invitations_go_with_new_partners_and_are_revoked_at_others(
    administrator: User, braintree: Partner
) -> None:
    undo(imported(CHANGE, administrator), administrator)
    left = Invitation.objects.get()
    assert (left.email, left.revoked_by) == ("ada@b.example", administrator)
    # Letters that had not left yet do not leave.
    assert not Message.objects.exists()


def test_a_letter_that_has_left_is_kept(administrator: User, braintree: Partner) -> None:
    found = imported(CHANGE, administrator)
    Message.objects.update(state="done")
    undo(found, administrator)
    assert Message.objects.count() == 2


def test_sixteen_new_partners_go_again(administrator: User) -> None:
    undo(imported(SIXTEEN, administrator), administrator)
    assert not Partner.objects.exists()


def test_a_role_goes_back(
    administrator: User, partner: Partner, contributor: User, lead: User
) -> None:
    content = f"name,kind,leads\n{partner.name},district,{contributor.email}\n".encode()
    found = imported(content, administrator, [(2, f"lead {contributor.email}")])
    undo(found, administrator)
    assert Membership.objects.get(person=contributor).role == "contributor"


def test_an_offered_role_goes_back(administrator: User, partner: Partner) -> None:
    by = administrator
    invite(partner=partner, email="ada@b.example", name="", role="contributor", by=by)
    content = f"name,kind,leads\n{partner.name},district,ada@b.example\n".encode()
    undo(imported(content, by, [(2, "lead ada@b.example")]), by)
    left = Invitation.objects.get()
    assert (left.role, left.revoked_at) == ("contributor", None)


def test_the_last_lead_of_a_partner_stays_and_so_does_all(
    administrator: User, partner: Partner, contributor: User
) -> None:
    content = f"name,kind,leads\n{partner.name},other,{contributor.email}\n".encode()
    found = imported(content, administrator, [(2, f"lead {contributor.email}")])
    with pytest.raises(RefusedError, match="last lead"):
        undo(found, administrator)
    partner.refresh_from_db()
    assert partner.kind == "other"


def edit(partner: Partner) -> None:
    Partner.objects.filter(pk=partner.pk).update(website="https://other.example")


def delete(partner: Partner) -> None:
    Invitation.objects.filter(partner=partner).delete()
    partner.delete()


def sign(partner: Partner) -> None:
    make_signature(partner, Edition.objects.get(), make_user())


def come_in(partner: Partner) -> None:
    invitation = Invitation.objects.get(partner=partner)
    accept(invitation=invitation, by=make_user(email=invitation.email))


def name_as_successor(partner: Partner) -> None:
    old = make_partner()
    Partner.objects.filter(pk=old.pk).update(succeeded_by=partner)


@pytest.mark.parametrize(
    "touch",
    [
        edit,
        delete,
        sign,
        come_in,
        name_as_successor,
        lambda partner: make_member(partner, "contributor"),
    ],
)
def test_a_new_partner_that_was_touched_keeps_all_as_it_is(
    administrator: User, braintree: Partner, edition: Edition, touch: Callable[[Partner], object]
) -> None:
    found = imported(CHANGE, administrator)
    touch(Partner.objects.get(name="New Council"))
    before = values()
    with pytest.raises(TouchedError, match=r"Nothing was undone.*New Council \(line 3\)"):
        undo(found, administrator)
    assert values() == before
    found.refresh_from_db()
    assert found.undone_at is None


def test_a_changed_partner_that_was_changed_again_keeps_all_as_it_is(
    administrator: User, braintree: Partner
) -> None:
    found = imported(CHANGE, administrator)
    edit(braintree)
    with pytest.raises(TouchedError, match=r"changed since: West Essex \(line 2\)"):
        undo(found, administrator)
    assert Partner.objects.count() == 2


def test_what_the_import_did_not_write_may_have_changed(administrator: User) -> None:
    partner = make_partner("Essex Police", kind="other")
    found = imported(b"name,kind\nEssex Police,police\n", administrator)
    edit(partner)
    undo(found, administrator)
    partner.refresh_from_db()
    assert (partner.kind, partner.website) == ("other", "https://other.example")


def test_only_what_was_imported_is_undone_and_once(administrator: User) -> None:
    found = preview(SIXTEEN, administrator)
    with pytest.raises(RefusedError, match="never imported"):
        undo(found, administrator)
    done = imported(SIXTEEN, administrator)
    undo(done, administrator)
    with pytest.raises(RefusedError, match="undone this import already"):
        undo(done, administrator)


def test_many_touched_rows_are_named_in_short(administrator: User) -> None:
    found = imported(SIXTEEN, administrator)
    Partner.objects.update(website="https://other.example")
    with pytest.raises(TouchedError, match=", 11 more"):
        undo(found, administrator)
