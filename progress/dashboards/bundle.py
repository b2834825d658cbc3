"""What belongs into a bundle: a file for each partner, or the reason why there is none."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Coalesce
from django.urls import reverse

from progress.models import SERVICE, Report
from signatories.models import Certificate, Signature

State, ALL = Report.State, Report.Kind.ALL
TOO_LATE = "It was ready only after this file was put together."


@dataclass(frozen=True)
class Member:
    """One partner's file: its name in the ZIP, where it is kept, its hash, and when it was made.

    `why` says in a sentence why there is no file; it is empty where there is one. `at` names
    the page where it can be tried again.
    """

    partner: str
    name: str
    file: str
    sha256: str
    made_at: datetime | None
    why: str
    has_failed: bool
    at: tuple[str, ...]

    @property
    def link(self) -> str:
        """The page where it can be tried again."""
        name, *its = self.at
        return reverse(name, args=its)

    @property
    def is_ready(self) -> bool:
        """Whether there is a file."""
        return not self.why


def count_members(report: Report) -> tuple[int, int]:
    """How many files belong into a bundle, and how many of them are there; one query."""
    rows: QuerySet[Any] = _children(report) if report.kind == ALL else _certificates(report)
    found = rows.aggregate(all=Count("pk"), ready=Count("pk", filter=Q(state=State.DONE)))
    return found["all"], found["ready"]


def members_of(report: Report, first: int = 0, many: int | None = None) -> list[Member]:
    """What belongs into a bundle, or `many` from the one numbered `first` on; one query.

    Always in the same order. Nothing for a report that is no bundle.
    """
    some = slice(first, None if many is None else first + many)
    if report.kind == ALL:
        return [_report(child, report) for child in _children(report)[some]]
    if report.kind == Report.Kind.CERTIFICATES:
        return [_certificate(each, each.signature) for each in _certificates(report)[some]]
    return []


def missing_from(report: Report) -> list[Member]:
    """What is not in the bundle, or cannot be made for it, each with the reason; one query."""
    done = report.finished_at if report.state == State.DONE else None
    members = [
        replace(member, why=TOO_LATE)
        if done and member.made_at and member.made_at > done
        else member
        for member in members_of(report)
    ]
    if done:
        return [member for member in members if not member.is_ready]
    return [member for member in members if member.has_failed]


def _children(report: Report) -> QuerySet[Report]:
    return report.children.select_related("partner").order_by("pk")


def _report(child: Report, parent: Report) -> Member:
    # The same for all of them: it is read once.
    child.round = parent.round
    return Member(
        partner=child.about,
        name=child.file_name,
        file=str(child.file.name or ""),
        sha256=child.sha256,
        made_at=child.finished_at if child.state == State.DONE else None,
        why=_why("report", child.state, child.error),
        at=("progress:report-detail", child.code),
        has_failed=child.state == State.FAILED,
    )


def _certificates(report: Report) -> QuerySet[Certificate]:
    """Those of the signatures that stood when it was asked for: later ones move none of them."""
    asked = report.queued_at
    stood = Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gt=asked)
    given = Signature.objects.alias(given=Coalesce("recorded_at", "signed_at"))
    signatures = given.filter(stood, edition=report.edition_id, given__lte=asked)
    found = Certificate.objects.filter(signature__in=signatures.order_by().values("pk"))
    return found.select_related("signature__partner").order_by(
        "signature__partner_name", "signature_id"
    )


def _certificate(certificate: Certificate, signature: Signature) -> Member:
    slug = signature.partner.slug
    return Member(
        partner=signature.partner_name,
        name=f"{SERVICE}-{slug}-certificate-{certificate.number}.pdf",
        file=str(certificate.file.name or ""),
        sha256=certificate.sha256,
        made_at=certificate.finished_at,
        why=_why("certificate", certificate.state, certificate.error),
        at=("signatories:signature-detail", slug, str(signature.pk)),
        has_failed=certificate.state == State.FAILED,
    )


def _why(what: str, state: str, error: str) -> str:
    """Why there is no file; empty where there is one."""
    if state == State.DONE:
        return ""
    if state == State.FAILED:
        return f"The {what} could not be made: {error}"
    return f"The {what} was not ready when this file was put together."
