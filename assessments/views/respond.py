"""Pages of those who answer: the task list, an indicator, check answers."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from assessments import access
from assessments.actions.answering import StaleAnswerError, remove_evidence, save_answer
from assessments.dashboards import Desk, next_answer, read_desk, read_sheet
from assessments.forms import AnswerForm, differences
from assessments.models import Answer
from assessments.views import parts
from declaration.actions import RefusedError
from signatories.access import Request, Role


@require_safe
def assessment_detail(request: Request, pk: int) -> HttpResponse:
    """The task list: thirteen indicators under five commitments, and what comes next."""
    assessment, role = access.assessment_or_404(request, pk)
    context = parts.task_list_context(request, assessment, role)
    return render(request, "assessments/assessment_detail.html", context)


@require_safe
def assessment_check(request: Request, pk: int) -> HttpResponse:
    """All answers on one page, what is missing, and the button that sends them for sign-off."""
    assessment, role = access.assessment_or_404(request, pk)
    sheet = read_sheet(assessment)
    context = parts.sheet_context(sheet, request, role) | parts.sending(sheet, role)
    return render(request, "assessments/assessment_check.html", context)


@require_safe
def answer_edit(request: Request, pk: int) -> HttpResponse:
    """The indicator's form, or its answer to read for those who cannot write it now."""
    answer, role = access.answer_or_404(request, pk)
    desk = read_desk(answer)
    if role is None or not desk.is_open:
        context = parts.desk_context(request, desk, role)
        return render(request, "assessments/answer_read.html", context)
    return _form_page(request, desk, role, AnswerForm.of(desk))


@require_POST
def answer_save(request: Request, pk: int) -> HttpResponse:
    """Save what was typed, or bring it back with the reason why it was not saved."""
    answer, role = access.answer_or_404(request, pk)
    access.require_at_least(role, Role.CONTRIBUTOR)
    offers = answer.indicator.support_offers.order_by("name")
    form = AnswerForm(request.POST, answer=answer, offers=offers)
    if not form.is_valid():
        return _mend(request, answer, role, form)
    try:
        save_answer(answer=answer, **form.values, by=request.user)
    except StaleAnswerError as error:
        return _conflict(request, error.current, role)
    except RefusedError as error:
        return _refused(request, pk, str(error))
    return _onwards(request, answer, form)


@require_POST
def evidence_remove(request: Request, pk: int) -> HttpResponse:
    """Remove a link; what was typed in the form around the button stays in it, unsaved."""
    evidence, role = access.evidence_or_404(request, pk)
    access.require_at_least(role, Role.CONTRIBUTOR)
    answer = evidence.answer
    try:
        remove_evidence(evidence=evidence, by=request.user)
    except RefusedError as error:
        return _refused(request, answer.pk, str(error))
    if "version" not in request.POST:
        messages.success(request, f"Link removed: {evidence.title}")
        return redirect("assessments:answer-edit", answer.pk)
    messages.success(
        request, f"Link removed: {evidence.title}. What you typed here is not saved yet."
    )
    desk = read_desk(answer)
    return _form_page(request, desk, role, AnswerForm.again(desk, request.POST))


def _form_page(
    request: Request, desk: Desk, role: Role | None, form: AnswerForm, status: int = 200
) -> HttpResponse:
    context = parts.desk_context(request, desk, role) | {"form": form}
    return render(request, "assessments/answer_edit.html", context, status=status)


def _mend(request: Request, answer: Answer, role: Role | None, form: AnswerForm) -> HttpResponse:
    """Show the form with what is wrong with it; when it is closed by now, that comes first."""
    desk = read_desk(answer)
    if desk.is_open:
        return _form_page(request, desk, role, form.hint(desk))
    return _refused(request, answer.pk, "The assessment is not open to this indicator now.")


def _refused(request: Request, pk: int, message: str) -> HttpResponse:
    """Read the answer again, for it may have been another one when it was refused."""
    answer, role = access.answer_or_404(request, pk)
    desk = read_desk(answer)
    form = AnswerForm.again(desk, request.POST)
    return parts.closed_page(request, desk, form, role, message)


def _conflict(request: Request, current: Answer, role: Role | None) -> HttpResponse:
    """Show both texts; the form holds the person's own, under the version stored now."""
    desk = read_desk(current)
    form = AnswerForm.again(desk, request.POST, version=current.version, completed_for="")
    context = parts.desk_context(request, desk, role)
    context |= {"form": form, "differences": differences(form, desk)}
    return render(request, "assessments/answer_conflict.html", context, status=409)


def _onwards(request: Request, answer: Answer, form: AnswerForm) -> HttpResponse:
    """Lead to the next indicator or back to the list, or ask once more what changed meaning."""
    code = answer.indicator.code
    if form.asks_again:
        words = "Saved. You changed the rating, so say again whether the indicator is completed."
        messages.info(request, words)
        return redirect("assessments:answer-edit", answer.pk)
    messages.success(request, f"Indicator {code} saved")
    if request.POST.get("next") == "return":
        return redirect("assessments:assessment-detail", answer.assessment_id)
    following = next_answer(answer)
    if following is None:
        return redirect("assessments:assessment-check", answer.assessment_id)
    return redirect("assessments:answer-edit", following.pk)
