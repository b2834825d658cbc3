"""Documents: ask for the answers or the blank questions, watch them being made, take them away."""

from typing import Any

from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from assessments import access
from assessments.actions import documenting
from assessments.models import Assessment, Document
from declaration.keys import key_of
from signatories.access import Request

NAMES = {
    Document.Kind.ASSESSMENT.value: ("Answers as PDF", "Download the answers (PDF)"),
    Document.Kind.QUESTIONS.value: ("Blank questions as PDF", "Download the questions (PDF)"),
}


@require_POST
def document_request(request: Request, pk: int) -> HttpResponse:
    """Ask for the answers as they stand now, and go to the page that shows how far they are."""
    assessment, _ = access.assessment_or_404(request, pk)
    key = key_of(request.POST.get("key", ""))
    document = documenting.request_document(assessment=assessment, key=key, by=request.user)
    return redirect("assessments:document-detail", code=document.code)


@require_POST
def questions_request(request: Request, slug: str) -> HttpResponse:
    """Ask for the blank questions of a round, and go to the page that shows how far they are."""
    round = access.round_or_404(slug)
    document = documenting.request_questions(round=round, by=request.user)
    return redirect("assessments:document-detail", code=document.code)


@require_safe
def document_detail(request: Request, code: str) -> HttpResponse:
    """Show how far a document is, and its file when it is ready."""
    document = access.document_or_404(request, code)
    context = _status(document) | {"back": _back(request, document)}
    return render(request, "assessments/document_detail.html", context)


@require_safe
def document_status(request: Request, code: str) -> HttpResponse:
    """Show how far a document is as a fragment, for a page that asks again and again."""
    document = access.document_or_404(request, code)
    return render(request, "components/_job.html", _status(document))


@require_safe
def document_download(request: Request, code: str) -> FileResponse:
    """Send the file of a document that is ready."""
    document = access.document_or_404(request, code)
    file = documenting.download_document(document=document, by=request.user)
    return FileResponse(
        file, as_attachment=True, filename=document.file_name, content_type="application/pdf"
    )


@require_POST
def document_retry(request: Request, code: str) -> HttpResponse:
    """Try a document again that could not be made."""
    document = access.document_or_404(request, code)
    documenting.retry_document(document=document, by=request.user)
    return redirect("assessments:document-detail", code=document.code)


def _status(document: Document) -> dict[str, Any]:
    """What the page and its fragment show of a document."""
    name, download_text = NAMES[document.kind]
    return {
        "document": document,
        "job": document,
        "name": name,
        "status_url": reverse("assessments:document-status", args=[document.code]),
        "download_url": reverse("assessments:document-download", args=[document.code]),
        "download_text": download_text,
        "retry_url": reverse("assessments:document-retry", args=[document.code]),
    }


def _back(request: Request, document: Document) -> dict[str, str]:
    """Where the person most likely came from: the task list, when there is one such."""
    found = document.assessment
    if found is None:
        mine = Assessment.objects.visible_to(request.user).filter(round=document.round)
        some = list(mine[:2])
        found = some[0] if len(some) == 1 else None
    if found is None:
        return {"text": "Start", "href": reverse("progress:start")}
    task_list = reverse("assessments:assessment-detail", args=[found.pk])
    return {"text": "All indicators", "href": task_list}
