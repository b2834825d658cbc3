"""Evidence: upload files, add rows for links, change, remove, download."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import FileResponse, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments import access
from assessments.actions.evidence import (
    StaleEvidenceError,
    remove_evidence,
    unpublish_evidence,
)
from assessments.actions.files import download_file, replace_file, retry_scan
from assessments.dashboards import Piece, newest_number, read_desk, read_piece, turn_of
from assessments.forms import AnswerForm, EvidenceForm
from assessments.models import Answer, Evidence
from assessments.views import drafts, parts
from assessments.views.keeping import give, keeps_words
from assessments.views.saving_evidence import REPLACED, ClashError, Saved, save_or_merge
from assessments.views.storing import store
from declaration.actions import RefusedError
from declaration.uploads import Checked, check
from signatories.access import Request, Role, has_role
from signatories.models import User

CLOSED = "The assessment is not open to this indicator now."
NOT_SAVED = "What you typed here is not saved yet."
NO_FILE = "No file was chosen."
HIDDEN = "The public does not see it any more, until a lead at your organisation shows it again"
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
        drafts.keep_sent(request, answer)
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
        drafts.keep_sent(request, answer)
        desk = read_desk(answer, request.user)
        return parts.closed_page(request, desk, form, role, CLOSED)
    if stored.refused:
        form.errors["files"] = form.error_class(stored.refused)
    return parts.form_page(request, desk, role, form)


# --- One link or file ----------------------------------------------------------------------------


def _sent_form(sent: QueryDict, pk: int) -> EvidenceForm | None:
    """What was typed, whoever typed it: whether they may publish is asked when it is saved."""
    evidence = Evidence.objects.filter(pk=pk).first()
    if evidence is None:
        return None
    return EvidenceForm(sent, evidence=evidence, may_publish="public" in sent)


@keeps_words(form=_sent_form, page="evidence-detail", button="Save")
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
    """Save all that was sent; of a form with a mistake the file, not to be chosen again."""
    if not piece.is_open:
        form.add_error(None, CLOSED)
        return _page(request, piece, role, form, status=409)
    file = _checked(request, form)
    if not form.is_valid():
        return _keep_file(request, piece, role, form, file)
    try:
        saved = save_or_merge(piece.evidence, form, file, request.user)
    except ClashError as clash:
        again = EvidenceForm.asking(request.POST, clash.current, clash.values, clash.asked, form)
        return _page(request, read_piece(clash.current), role, again, status=409, is_stale=True)
    except RefusedError as error:
        form.add_error("file" if file else None, str(error))
        return _page(request, piece, role, form, status=200 if file else 409)
    messages.success(request, _said_of(saved, piece.evidence))
    return redirect(parts.answer_path(piece.evidence.answer))


def _said_of(saved: Saved, before: Evidence) -> str:
    words = f"Saved: {saved.evidence.title}"
    if saved.taken:
        labels = ", ".join(EvidenceForm.labels(saved.taken))
        words += f". What a colleague changed meanwhile is kept too: {labels}"
    if before.public and not saved.evidence.public:
        words += f". {HIDDEN}"
    return words


def _checked(request: Request, form: EvidenceForm) -> Checked | None:
    upload = request.FILES.get("file") if "file" in form.fields else None
    if upload is None:
        return None
    try:
        return check(upload)
    except RefusedError as error:
        form.add_error("file", str(error))
    return None


def _keep_file(
    request: Request, piece: Piece, role: Role | None, form: EvidenceForm, file: Checked | None
) -> HttpResponse:
    """The form with its mistakes; a fit file is kept unless somebody was quicker."""
    evidence, status = piece.evidence, 200
    if file is not None:
        try:
            replace_file(evidence=evidence, file=file, seen=form["seen"].value(), by=request.user)
            form = form.with_number(newest_number(evidence))
        except StaleEvidenceError:
            form.add_error("file", REPLACED.format(name=read_piece(evidence).revisions[0].name))
            status = 409
        except RefusedError as error:
            form.add_error("file", str(error))
    was_public = evidence.public
    evidence.refresh_from_db(fields=["public"])
    note = HIDDEN if was_public and not evidence.public else ""
    return _page(request, read_piece(evidence), role, form, status=status, note=note)


@require_POST
def evidence_unpublish(request: Request, pk: int) -> HttpResponse:
    """Show the public a link or file no longer, also when nothing else can be changed."""
    evidence, role = access.evidence_or_404(request, pk)
    access.require_at_least(role, Role.LEAD)
    unpublish_evidence(evidence=evidence, by=request.user)
    messages.success(request, f"Not shown to the public any more: {evidence.title}")
    return redirect("assessments:evidence-detail", pk)


def _page(
    request: Request, piece: Piece, role: Role | None, form: EvidenceForm, **more: Any
) -> HttpResponse:
    """The page of one link or file; `more` is its status, a note, and whether it is stale."""
    answer = piece.evidence.answer
    may_change = role is not None and piece.is_open
    give(request, form, "evidence-detail", piece.evidence.pk)
    context = {
        "piece": piece,
        "evidence": piece.evidence,
        "answer": answer,
        # What was typed is shown also when it is too late.
        "form": form if may_change or form.is_bound else None,
        "may_change": may_change,
        "may_publish": has_role(role, Role.LEAD),
        "is_stale": more.pop("is_stale", False),
        "note": more.pop("note", ""),
        "turn": turn_of(answer.assessment, request.user, role),
        "back_url": parts.answer_path(answer),
    }
    return render(request, "assessments/evidence_detail.html", context, **more)


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
