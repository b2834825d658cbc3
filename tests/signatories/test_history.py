"""Who changed a partner, a membership or a signature, and when, is kept by the database."""

from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from commitments.models import Edition
from signatories.actions.members import add_member, change_role, end_membership
from signatories.models import Membership, Partner, Signature, User
from tests.factories import make_signature
from tests.signatories.importing import imported

pytestmark = pytest.mark.django_db


def history_of(row: Any) -> list[tuple[str, object]]:
    """Each kept change of a row: what kind of change, and the id of who made it."""
    kept = row.history.order_by("pgh_id").select_related("pgh_context")
    return [(h.pgh_label, h.pgh_context and h.pgh_context.metadata.get("by")) for h in kept]


def test_the_history_of_a_membership_knows_who(partner: Partner, lead: User) -> None:
    member = add_member(partner=partner, email="n@example.org", name="N", role="lead", by=lead)
    member = change_role(membership=member, role="contributor", by=lead)
    end_membership(membership=member, by=lead)
    assert history_of(member) == [("insert", lead.pk), ("update", lead.pk), ("update", lead.pk)]
    roles = member.history.order_by("pgh_id").values_list("role", flat=True)  # type: ignore[attr-defined]  # pghistory's relation
    assert list(roles) == ["lead", "contributor", "contributor"]


def test_the_history_names_the_action(partner: Partner, edition: Edition, leader: User) -> None:
    signature = make_signature(partner, edition, leader)
    kept = signature.history.select_related("pgh_context").get()  # type: ignore[attr-defined]  # pghistory's relation
    assert kept.pgh_context.metadata == {"by": leader.pk, "action": "sign"}


def test_an_import_leaves_a_history_of_each_partner(administrator: User) -> None:
    for kind in ("district", "unitary"):
        imported(f"name,kind\nBraintree,{kind}\n".encode(), administrator)
    partner = Partner.objects.get()
    assert history_of(partner) == [("insert", administrator.pk), ("update", administrator.pk)]


def test_bulk_updates_and_plain_sql_are_kept_too(partner: Partner) -> None:
    Partner.objects.filter(pk=partner.pk).update(website="https://a.example")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE signatories_partner SET website = '' WHERE id = %s", [partner.pk])
    assert [label for label, _ in history_of(partner)] == ["insert", "update", "update"]


def test_a_withdrawal_is_kept(partner: Partner, edition: Edition, leader: User) -> None:
    signature = make_signature(partner, edition, leader)
    Signature.objects.filter(pk=signature.pk).update(
        withdrawn_at=timezone.now(), withdrawn_by=leader, withdrawal_reason="Mistake"
    )
    assert [label for label, _ in history_of(signature)] == ["insert", "update"]


def test_a_deleted_membership_leaves_its_history(partner: Partner, contributor: User) -> None:
    member = Membership.objects.get(person=contributor)
    kept = member.history  # type: ignore[attr-defined]  # pghistory's relation
    Membership.objects.filter(pk=member.pk).delete()
    model = kept.model
    labels = model.objects.filter(pgh_obj_id=member.pk).order_by("pgh_id")
    assert list(labels.values_list("pgh_label", flat=True)) == ["insert", "delete"]
