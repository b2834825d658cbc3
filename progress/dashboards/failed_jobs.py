"""Work that was parked after its last attempt, of every kind, to be tried again by a person."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from assessments.models import Document, EvidenceFile
from declaration.jobs import Job
from progress.models import Report
from signatories.models import Certificate, Message, PartnerImport

SHOWN = 100
KINDS: tuple[type[Job], ...] = (
    Report,
    Document,
    EvidenceFile,
    Certificate,
    Message,
    PartnerImport,
)


@dataclass(frozen=True)
class Failure:
    """One parked job: what it was to make, for whom, why it failed, and where to try it again."""

    kind: str
    subject: str
    error: str
    failed_at: datetime | None
    retry_url: str


def failed_jobs() -> list[Failure]:
    """The newest failures of each kind, newest first; one query for each kind."""
    found = [
        *_reports(),
        *_documents(),
        *_files(),
        *_certificates(),
        *_messages(),
        *_imports(),
    ]
    return sorted(found, key=lambda failure: str(failure.failed_at), reverse=True)


def count_failed_messages() -> int:
    """How many e-mails are parked that can be tried again; one query."""
    parked = Message.objects.filter(state=Job.State.FAILED)
    return parked.exclude(person__is_active=False).count()


def count_failed() -> int:
    """How many jobs of all kinds are parked; one query for all."""
    first, *others = map(_parked, KINDS)
    return first.union(*others, all=True).count()


def _parked(model: type[Job]) -> QuerySet[Job, dict[str, Any]]:
    parked: QuerySet[Any] = model._default_manager.filter(state=Job.State.FAILED)
    if model is EvidenceFile:
        # Nobody waits for what has been removed.
        parked = parked.filter(evidence__removed_at__isnull=True)
    return parked.order_by().values("pk")


def _reports() -> Iterator[Failure]:
    parked = Report.objects.filter(state=Job.State.FAILED)
    related = parked.select_related("partner", "round", "edition")
    for job in related.order_by("-finished_at")[:SHOWN]:
        kind = f"{job.get_kind_display()}{' (for a ZIP of all)' if job.parent_id else ''}"
        yield _failure(job, kind, str(job), "progress:report-retry", job.code)


def _documents() -> Iterator[Failure]:
    parked = Document.objects.filter(state=Job.State.FAILED)
    related = parked.select_related("assessment__partner", "round")
    for job in related.order_by("-finished_at")[:SHOWN]:
        kind, retry = f"{job.get_kind_display()} as PDF", "assessments:document-retry"
        subject = job.assessment.partner.name if job.assessment else f"Round {job.round}"
        yield _failure(job, kind, subject, retry, job.code)


def _files() -> Iterator[Failure]:
    parked = EvidenceFile.objects.filter(state=Job.State.FAILED, evidence__removed_at__isnull=True)
    related = parked.select_related("evidence__answer__assessment__partner")
    for job in related.order_by("-finished_at")[:SHOWN]:
        partner = job.evidence.answer.assessment.partner.name
        yield _failure(job, "Check for viruses", partner, "assessments:evidence-retry", job.code)


def _certificates() -> Iterator[Failure]:
    parked = Certificate.objects.filter(state=Job.State.FAILED)
    related = parked.select_related("signature__partner")
    for job in related.order_by("-finished_at")[:SHOWN]:
        signature, retry = job.signature, "signatories:certificate-retry"
        its = (signature.partner.slug, str(signature.pk))
        yield _failure(job, "Certificate", signature.partner_name, retry, *its)


def _messages() -> Iterator[Failure]:
    parked = Message.objects.filter(state=Job.State.FAILED)
    for job in parked.order_by("-finished_at")[:SHOWN]:
        yield _failure(job, "E-mail", job.to, "signatories:message-retry", str(job.pk))


def _imports() -> Iterator[Failure]:
    parked = PartnerImport.objects.filter(state=Job.State.FAILED).defer("content")
    for job in parked.order_by("-finished_at")[:SHOWN]:
        yield _failure(job, "Partner list", job.file_name, "signatories:import-retry", str(job.pk))


def _failure(job: Job, kind: str, subject: str, retry: str, *its: str) -> Failure:
    return Failure(kind, subject, job.error, job.finished_at, reverse(retry, args=its))
