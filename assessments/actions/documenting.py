"""Ask for a document of the answers or the questions, make it, try it again, take it away."""

from collections.abc import Callable

from django.core.files import File

from assessments import documents
from assessments.documents import TEMPLATE_VERSION, Answers
from assessments.models import Assessment, Document, Round
from assessments.models.documents import NOT_SIGNED_OFF
from assessments.verbs import Verb
from declaration import files, jobs
from declaration.actions import RefusedError, action
from signatories.actions.events import record
from signatories.models import User

Kind = Document.Kind


@action
def request_document(*, assessment: Assessment, key: str, by: User) -> Document:
    """Ask for the answers of an assessment as a PDF, and ring for it.

    The same person, assessment and key mean the same document, however often it is sent.
    """
    document, created = Document.objects.get_or_create(
        key=f"answers-{by.pk}-{assessment.pk}-{key}",
        defaults={
            "kind": Kind.ASSESSMENT,
            "assessment": assessment,
            "round": assessment.round,
            "requested_by": by,
        },
    )
    if created:
        _note(Verb.DOCUMENT_REQUESTED, document, by)
        jobs.ring(document)
    return document


@action
def request_questions(*, round: Round, by: User) -> Document:
    """Ask for the blank questions of a round: one document for all who ask, while it is good.

    It is made anew when what is printed on it has changed or its file is lost, and tried again
    when it could not be made.
    """
    digest = documents.read_questions(round).digest
    key = f"questions-{round.pk}-{TEMPLATE_VERSION}-{digest}"
    earlier = Document.objects.filter(key__startswith=f"{key}-").order_by("pk")
    latest = earlier.last()
    if latest is None or _is_lost(latest):
        latest, created = Document.objects.get_or_create(
            key=f"{key}-{earlier.count() + 1}",
            defaults={"kind": Kind.QUESTIONS, "round": round, "requested_by": by},
        )
        if created:
            _note(Verb.DOCUMENT_REQUESTED, latest, by)
            jobs.ring(latest)
    elif jobs.retry(latest):
        _note(Verb.DOCUMENT_RETRIED, latest, by)
    return latest


def make_document(document: Document, *, render: Callable[[str], bytes]) -> dict[str, str | int]:
    """Make the PDF and keep it; return the fields to store when the job is finished.

    `render` turns the document's HTML into the bytes of a PDF. Raises JobFailedError for a
    document that can never be made, whatever `render` raises for trouble that may pass.
    """
    jobs.tell(document, 10, "gathering what it says")
    said = documents.read(document)
    html = documents.write(said)
    jobs.tell(document, 30, "laying out the pages")
    try:
        content = render(html)
    except ValueError as error:
        raise jobs.JobFailedError(f"The pages could not be laid out: {error}.") from error
    jobs.tell(document, 90, "keeping the file")
    is_marked = isinstance(said, Answers) and not said.is_signed_off
    suffix = f"{NOT_SIGNED_OFF if is_marked else ''}.pdf"
    kept = files.keep(content, "documents", suffix)
    return {"file": kept.name, "sha256": kept.sha256, "template_version": TEMPLATE_VERSION}


@action
def retry_document(*, document: Document, by: User) -> None:
    """Try a document again that could not be made."""
    if not jobs.retry(document):
        raise RefusedError("This document has not failed, so there is nothing to try again.")
    _note(Verb.DOCUMENT_RETRIED, document, by)


@action
def download_document(*, document: Document, by: User) -> File[bytes]:
    """Open the file of a document that is ready, and note who took it."""
    if document.state != Document.State.DONE:
        raise RefusedError("This document is not ready yet. It is the turn of the portal.")
    lost = "The file of this document is lost. Ask for the document again."
    file = files.open_kept(document.file, lost)
    _note(Verb.DOCUMENT_DOWNLOADED, document, by)
    return file


def _is_lost(document: Document) -> bool:
    name = str(document.file.name)
    return document.state == Document.State.DONE and not document.file.storage.exists(name)


def _note(verb: Verb, document: Document, by: User) -> None:
    partner = document.assessment.partner if document.assessment else None
    note = f"{document.get_kind_display()}, {document.round}"
    record(verb=verb, by=by, partner=partner, subject=document, note=note)
