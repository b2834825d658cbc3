"""The partners as administrators look through them, and the lists they were last imported from."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from signatories.models import Partner, PartnerImport, Signature

LAST_IMPORTS = 5


@dataclass(frozen=True)
class Filters:
    """Which partners: `q` is a part of the name or the beginning of a GSS code."""

    q: str = ""
    kind: str = ""


@dataclass(frozen=True)
class LastImport:
    """One uploaded list, and what has become of it in words."""

    pk: int
    file_name: str
    uploaded_by: str
    uploaded_at: datetime
    outcome: str


def matching(filters: Filters) -> QuerySet[Partner]:
    """The partners that fit, by name."""
    found = Partner.objects.order_by("name")
    if filters.q:
        code = filters.q.replace(" ", "")
        found = found.filter(Q(name__icontains=filters.q) | Q(gss_code__istartswith=code))
    return found.filter(kind=filters.kind) if filters.kind else found


def with_figures(partners: QuerySet[Partner]) -> QuerySet[Partner]:
    """Each with `member_count` and `has_signed`."""
    current = Q(memberships__ended_at__isnull=True, memberships__person__is_active=True)
    return partners.annotate(
        member_count=Count("memberships", filter=current),
        has_signed=Exists(Signature.objects.live().filter(partner=OuterRef("pk"))),
    )


def last_imports() -> list[LastImport]:
    """The lists that were uploaded last, without their content."""
    found = PartnerImport.objects.select_related("uploaded_by").defer("content", "remarks")
    return [
        LastImport(
            pk=one.pk,
            file_name=one.file_name,
            uploaded_by=str(one.uploaded_by),
            uploaded_at=one.uploaded_at,
            outcome=_outcome(one),
        )
        for one in found.order_by("-uploaded_at", "-pk")[:LAST_IMPORTS]
    ]


def _outcome(one: PartnerImport) -> str:
    if one.undone_at:
        return "Undone"
    if one.confirmed_at:
        return "Imported"
    if one.state == PartnerImport.State.FAILED:
        return "Could not be finished"
    if one.state != PartnerImport.State.DONE:
        return "Being read"
    if one.trouble:
        return "Cannot be read"
    return "Has refused rows" if one.refused_count else "Waits to be confirmed"
