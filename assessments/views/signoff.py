"""Pages of leads and leaders: send for sign-off, take back, sign off, send back."""

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from assessments import access, workflow
from assessments.actions import submitting
from assessments.dashboards import read_sheet, read_told, turn_of
from assessments.forms import NoteForm, SignOffForm
from assessments.models import Assessment
from assessments.views import parts
from assessments.views.checking import sending
from assessments.views.keeping import give, keeps_words
from assessments.views.task_list import task_list_context
from assessments.workflow import Move, State
from declaration.actions import RefusedError
from signatories.access import Request, Role, has_role

DECLINE = "What has to change before you can sign off?"


def _take_back_note(sent: QueryDict, pk: int) -> NoteForm:
    return NoteForm(sent, label=parts.TAKE_BACK)


def _decline_note(sent: QueryDict, pk: int) -> NoteForm:
    return NoteForm(sent, label=DECLINE)


@require_POST
def assessment_send(request: Request, pk: int) -> HttpResponse:
    """Send for sign-off, or say which indicators are missing."""
    assessment, role = access.assessment_or_404(request, pk)
    access.require_at_least(role, Role.LEAD)
    try:
        submitting.send(assessment=assessment, by=request.user)
    except submitting.IncompleteError:
        sheet = read_sheet(assessment)
        context = parts.sheet_context(sheet, request, role) | sending(sheet, role, request.user)
        context["refused"] = True
        return render(request, "assessments/assessment_check.html", context, status=409)
    return redirect("assessments:assessment-sent", pk)


@require_safe
def assessment_sent(request: Request, pk: int) -> HttpResponse:
    """The confirmation, with what happens next and a record to keep, until ecda has decided."""
    assessment, role = access.assessment_or_404(request, pk)
    names = {State.AWAITING: "assessment_sent", State.SUBMITTED: "assessment_signed_off"}
    if assessment.status not in names:
        return redirect("assessments:assessment-detail", pk)
    context = {
        "assessment": assessment,
        "turn": turn_of(assessment, request.user, role),
        "told": read_told(assessment),
        "may_take_back": has_role(role, Role.LEAD) and not assessment.is_closed(),
    }
    return render(request, f"assessments/{names[assessment.status]}.html", context)


@keeps_words(form=_take_back_note, page="assessment-detail", button="Take back")
@require_POST
def assessment_take_back(request: Request, pk: int) -> HttpResponse:
    """Take back from sign-off with a note."""
    assessment, role = access.assessment_or_404(request, pk)
    access.require_at_least(role, Role.LEAD)
    note_form = NoteForm(request.POST, label=parts.TAKE_BACK)
    if not note_form.is_valid():
        _refuse_unless_awaiting(assessment, Move.TAKE_BACK)
        context = task_list_context(request, assessment, role, note_form)
        return render(request, "assessments/assessment_detail.html", context)
    note = note_form.cleaned_data["note"]
    submitting.take_back(assessment=assessment, note=note, by=request.user)
    messages.success(request, "Taken back. You can change the answers again.")
    return redirect("assessments:assessment-detail", pk)


@require_safe
def assessment_sign_off(request: Request, pk: int) -> HttpResponse:
    """The answers to read, with the leader's decision; afterwards the confirmation."""
    assessment, role = access.assessment_or_404(request, pk)
    access.require_at_least(role, Role.LEADER)
    return _page(request, assessment, role)


@require_POST
def assessment_sign_off_confirm(request: Request, pk: int) -> HttpResponse:
    """Sign off for the partner; leads to the confirmation."""
    assessment, role = access.assessment_or_404(request, pk)
    access.require_at_least(role, Role.LEADER)
    form = SignOffForm(request.POST)
    if not form.is_valid():
        _refuse_unless_awaiting(assessment, Move.SIGN_OFF)
        return _page(request, assessment, role, form=form)
    seen = form.cleaned_data["seen"]
    submitting.sign_off(assessment=assessment, by=request.user, seen=seen)
    return redirect("assessments:assessment-sign-off", pk)


@keeps_words(form=_decline_note, page="assessment-sign-off", button="Send back")
@require_POST
def assessment_decline(request: Request, pk: int) -> HttpResponse:
    """Send back to the leads with a note."""
    assessment, role = access.assessment_or_404(request, pk)
    access.require_at_least(role, Role.LEADER)
    note_form = NoteForm(request.POST, label=DECLINE)
    if not note_form.is_valid():
        _refuse_unless_awaiting(assessment, Move.DECLINE)
        return _page(request, assessment, role, note_form=note_form)
    note = note_form.cleaned_data["note"]
    submitting.decline(assessment=assessment, note=note, by=request.user)
    messages.success(request, "Sent back. Your leads have been told.")
    return redirect("assessments:assessment-detail", pk)


def _refuse_unless_awaiting(assessment: Assessment, move: Move) -> None:
    """Before anything is said of the form: a move that is not possible by now is refused."""
    if assessment.status != State.AWAITING:
        raise RefusedError(workflow.refusal(move, assessment.status))


def _page(
    request: Request,
    assessment: Assessment,
    role: Role | None,
    form: SignOffForm | None = None,
    note_form: NoteForm | None = None,
) -> HttpResponse:
    """The page for the state: to be signed off, signed off, or neither."""
    seen = assessment.sent_at.isoformat() if assessment.sent_at else ""
    note_form = note_form or NoteForm(label=DECLINE)
    give(request, note_form, "assessment-sign-off", assessment.pk)
    context = parts.sheet_context(read_sheet(assessment), request, role) | {
        "form": form or SignOffForm(initial={"seen": seen}),
        "note_form": note_form,
    }
    names = {State.AWAITING: "assessment_sign_off", State.SUBMITTED: "assessment_signed_off"}
    name = names.get(assessment.status, "assessment_not_sent")
    return render(request, f"assessments/{name}.html", context)
