"""An import is undone as a whole, as long as nothing else has touched what it wrote."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from commitments.models import Edition
from declaration.actions import RefusedError
from signatories.actions.invitations import accept, invite
from signatories.actions.undoing import FIELDS, TouchedError, undo_import
from signatories.models import Event, Invitation, Membership, Message, Partner, PartnerImport, User
from signatories.resources import COLUMNS
from signatories.verbs import Verb
from tests.factories import make_member, make_partner, make_signature, make_user
from tests.signatories.importing import SIXTEEN, imported, preview
from tests.signatories.inviting import move_back

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


def test_every_column_of_a_partner_is_looked_at_before_a_new_one_is_deleted() -> None:
    """But for its key and its slug: nobody can change those."""
    columns = {field.name for field in Partner._meta.concrete_fields}
    assert columns - {"id", "slug"} == {*FIELDS, "succeeded_by"}


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


def test_a_first_lead_goes_back_too(
    administrator: User, partner: Partner, contributor: User
) -> None:
    """The partner had no lead before the list, so it has none after it was undone."""
    content = f"name,kind,leads\n{partner.name},other,{contributor.email}\n".encode()
    found = imported(content, administrator, [(2, f"lead {contributor.email}")])
    undo(found, administrator)
    partner.refresh_from_db()
    assert partner.kind == "district"
    assert Membership.objects.get(person=contributor).role == "contributor"


def test_an_offered_role_goes_back_though_nobody_answered_in_time(
    administrator: User, partner: Partner
) -> None:
    by = administrator
    invite(partner=partner, email="ada@b.example", name="", role="contributor", by=by)
    content = f"name,kind,leads\n{partner.name},district,ada@b.example\n".encode()
    found = imported(content, by, [(2, "lead ada@b.example")])
    move_back(Invitation.objects.get(), days=20)
    undo(found, by)
    assert Invitation.objects.get().role == "contributor"


def test_a_role_that_was_changed_again_keeps_all_as_it_is(
    administrator: User, partner: Partner, contributor: User
) -> None:
    content = f"name,kind,leads\n{partner.name},other,{contributor.email}\n".encode()
    found = imported(content, administrator, [(2, f"lead {contributor.email}")])
    Membership.objects.filter(person=contributor).update(role="leader")
    with pytest.raises(TouchedError, match=r"used since.*\(line 2\)"):
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


def succeed(partner: Partner) -> None:
    Partner.objects.filter(pk=partner.pk).update(succeeded_by=make_partner())


@pytest.mark.parametrize(
    "touch",
    [
        edit,
        succeed,
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


TAKEN = [
    # A name that another partner has taken, a code likewise, and dates that would cross.
    (
        b"name,kind,gss_code\nBeta,other,E00000001\n",
        b"name,kind,gss_code\nAlpha,other,E00000002\n",
        r"does not fit any more.*: Beta \(line 2\)",
    ),
    (
        b"name,kind,gss_code\nAlpha,other,E00000009\n",
        b"name,kind,gss_code\nGamma,other,E00000001\n",
        r"does not fit any more.*: Alpha \(line 2\)",
    ),
    (
        b"name,kind,active_from\nAlpha,other,2010-01-01\n",
        b"name,kind,active_to\nAlpha,other,2015-01-01\n",
        r"does not fit any more.*: Alpha \(line 2\)",
    ),
]


@pytest.mark.parametrize(("list_", "later", "words"), TAKEN)
def test_what_cannot_come_back_is_said_and_all_stays(
    administrator: User, client_of: Callable[[User], Client], list_: bytes, later: bytes, words: str
) -> None:
    before = b"name,kind,gss_code,active_from\nAlpha,other,E00000001,2020-01-01\n"
    imported(before, administrator)
    found = imported(list_, administrator, [(2, "name")] if b"Beta" in list_ else [])
    imported(later, administrator)
    kept = values()
    with pytest.raises(TouchedError, match=words):
        undo(found, administrator)
    response = client_of(administrator).post(reverse("signatories:import-undo", args=[found.pk]))
    assert response.status_code == 409
    assert "does not fit any more" in response.content.decode()
    assert values() == kept
