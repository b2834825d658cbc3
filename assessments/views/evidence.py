"""Evidence: upload files, add rows for links, change, remove, download."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments import access
from assessments.actions.evidence import StaleEvidenceError, change_evidence, remove_evidence
from assessments.actions.files import download_file, replace_file, retry_scan
from assessments.dashboards import Piece, read_desk, read_piece, stamp, turn_of
from assessments.forms import AnswerForm, EvidenceForm
from assessments.models import Answer, Evidence
from assessments.views import drafts, parts
from assessments.views.storing import store
from declaration.actions import RefusedError
from declaration.uploads import check
from signatories.access import Request, Role, has_role
from signatories.models import User

CLOSED = "The assessment is not open to this indicator now."
NOT_SAVED = "What you typed here is not saved yet."
NO_FILE = "No file was chosen."
STALE = (
    "Somebody else changed this while you were writing. Their version stands below. "
    "Save again to put yours in its place"
)
# Whatever a file turns out to be, a browser that shows it runs nothing and loads nothing.
HARMLESS = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
}

# --- Beside the answer ---------------------------------------------------------------------------


def store_files(request: Request, answer: Answer) -> list[str]:
    """Put the files of a request behind the answer, and say of each that was refused why."""
    return store(request, answer).refused


@drafts.keeps_typing
@require_POST
def evidence_upload(request: Request, pk: int) -> HttpResponse:
    """Keep the files that are fit to be kept, and show the form with what was typed, unsaved."""
    answer, role = access.answer_or_404(request, pk)
    access.require_at_least(role, Role.CONTRIBUTOR)
    said = "" if request.FILES.getlist("files") else NO_FILE
    return _form_again(request, answer, role, said=said)


@drafts.keeps_typing
@require_POST
def answer_add_link(request: Request, pk: int) -> HttpResponse:
    """Show the form with one more row for a link; without scripts this is how rows are added."""
    answer, role = access.answer_or_404(request, pk)
    access.require_at_least(role, Role.CONTRIBUTOR)
    return _form_again(request, answer, role, more_rows=1)


def _answer_of(arguments: Mapping[str, Any]) -> int | None:
    found = Evidence.objects.filter(pk=arguments["pk"])
    return found.values_list("answer_id", flat=True).first()


@drafts.keeps_typing_around(_answer_of)
@require_POST
def evidence_remove(request: Request, pk: int) -> HttpResponse:
    """Remove a link or a file; what was typed in the form around the button stays, unsaved."""
    evidence, role = access.evidence_or_404(request, pk)
    access.require_at_least(role, Role.CONTRIBUTOR)
    answer = evidence.answer
    try:
        remove_evidence(evidence=evidence, by=request.user)
    except RefusedError as error:
        desk = read_desk(answer, request.user)
        form = AnswerForm.again(desk, request.POST)
        return parts.closed_page(request, desk, form, role, str(error))
    kind = "File" if evidence.is_file else "Link"
    return _form_again(request, answer, role, said=f"{kind} removed: {evidence.title}.")


def _form_again(
    request: Request, answer: Answer, role: Role | None, *, said: str = "", more_rows: int = 0
) -> HttpResponse:
    """The indicator's form with all that was typed; files that came along with it are kept."""
    stored = store(request, answer)
    typed = "version" in request.POST
    if not stored.refused:
        # Beside an error no message is shown; the list of the evidence then says what is there.
        said = " ".join(filter(None, [said, stored.words, NOT_SAVED if typed else ""]))
    if said and said != NOT_SAVED:
        messages.success(request, said)
    if not typed and not stored.refused:
        return redirect(parts.answer_path(answer))
    desk = read_desk(answer, request.user)
    blank = {"files_date": ("", "", ""), "files_note": ""}
    changed: dict[str, Any] = blank if stored.added and not stored.refused else {}
    form = AnswerForm.again(desk, request.POST, more_rows=more_rows, **changed)
    if not desk.is_open:
        return parts.closed_page(request, desk, form, role, CLOSED)
    if stored.refused:
        form.errors["files"] = form.error_class(stored.refused)
    return parts.form_page(request, desk, role, form)


# --- One link or file ----------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def evidence_detail(request: Request, pk: int) -> HttpResponse:
    """What is said of a link or file, its earlier revisions, and the form that changes it."""
    evidence, role = access.evidence_or_404(request, pk)
    if request.method == "POST":
        access.require_at_least(role, Role.CONTRIBUTOR)
    if evidence.removed_at is not None:
        messages.info(request, f"This has been removed: {evidence.title}")
        return redirect(parts.answer_path(evidence.answer))
    piece = read_piece(evidence)
    may_publish = has_role(role, Role.LEAD)
    if request.method == "POST":
        sent = EvidenceForm(request.POST, request.FILES, evidence=evidence, may_publish=may_publish)
        return _change(request, piece, role, sent)
    form = EvidenceForm(evidence=evidence, may_publish=may_publish)
    return _page(request, piece, role, form)


def _change(request: Request, piece: Piece, role: Role | None, form: EvidenceForm) -> HttpResponse:
    """Replace the file first: should anything else be wrong, it need not be chosen again."""
    if not piece.is_open:
        form.add_error(None, CLOSED)
        return _page(request, piece, role, form, status=409)
    _replace(request, piece.evidence, form)
    if not form.is_valid():
        return _page(request, read_piece(piece.evidence), role, form)
    try:
        changed = change_evidence(evidence=piece.evidence, **form.values, by=request.user)
    except StaleEvidenceError as error:
        stale = _stale_form(request, error.current, role)
        return _page(request, read_piece(error.current), role, stale, status=409, is_stale=True)
    except RefusedError as error:
        form.add_error(None, str(error))
        return _page(request, piece, role, form, status=409)
    messages.success(request, f"Saved: {changed.title}")
    return redirect(parts.answer_path(piece.evidence.answer))


def _stale_form(request: Request, current: Evidence, role: Role | None) -> EvidenceForm:
    """What was typed, as a change of what is stored now."""
    sent = request.POST.copy()
    sent["seen"] = stamp(current)
    form = EvidenceForm(sent, evidence=current, may_publish=has_role(role, Role.LEAD))
    form.add_error(None, STALE)
    return form


def _replace(request: Request, evidence: Evidence, form: EvidenceForm) -> None:
    upload = request.FILES.get("file") if "file" in form.fields else None
    if upload is None:
        return
    try:
        replace_file(evidence=evidence, file=check(upload), by=request.user)
    except RefusedError as error:
        form.add_error("file", str(error))


def _page(
    request: Request,
    piece: Piece,
    role: Role | None,
    form: EvidenceForm,
    *,
    status: int = 200,
    is_stale: bool = False,
) -> HttpResponse:
    answer = piece.evidence.answer
    may_change = role is not None and piece.is_open
    context = {
        "piece": piece,
        "evidence": piece.evidence,
        "answer": answer,
        # What was typed is shown also when it is too late.
        "form": form if may_change or form.is_bound else None,
        "may_change": may_change,
        "is_stale": is_stale,
        "turn": turn_of(answer.assessment, request.user, role),
        "back_url": parts.answer_path(answer),
    }
    return render(request, "assessments/evidence_detail.html", context, status=status)


# --- Files ---------------------------------------------------------------------------------------


@login_not_required
@never_cache
@require_safe
def evidence_download(request: HttpRequest, code: str) -> HttpResponseBase:
    """Send a file: to its partner's people and ecda, and to all where its partner says so."""
    person = request.user if isinstance(request.user, User) else None
    file = access.public_file(code)
    if file is None:
        if person is None:
            return redirect_to_login(request.get_full_path())
        file = access.file_or_404(person, code)
    content = download_file(file=file, by=person)
    return FileResponse(
        content,
        as_attachment=True,
        filename=file.name,
        content_type=file.media_type,
        headers=HARMLESS,
    )


@require_POST
def evidence_retry(request: Request, code: str) -> HttpResponse:
    """Have a file scanned again that could not be."""
    file = access.file_or_404(request.user, code)
    retry_scan(file=file, by=request.user)
    return redirect("assessments:evidence-detail", file.evidence_id)
