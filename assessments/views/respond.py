"""Pages of those who answer: the task list, an indicator, check answers."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from assessments import access
from assessments.dashboards import Desk, next_answer, read_desk, read_sheet
from assessments.forms import AnswerForm, DecisionForm, Sent, labels_of
from assessments.models import Answer
from assessments.views import conflicts, drafts, evidence, parts
from assessments.views.checking import sending
from assessments.views.saving import ConflictError, Saved, decided, save_or_merge
from assessments.views.task_list import task_list_context
from declaration.actions import RefusedError
from signatories.access import Request, Role

ASIDE = "Another text of yours, typed in another tab, is not saved. It is kept as your draft of {}."


@require_safe
def assessment_detail(request: Request, pk: int) -> HttpResponse:
    """The task list: thirteen indicators under five commitments, and what comes next."""
    assessment, role = access.assessment_or_404(request, pk)
    context = task_list_context(request, assessment, role)
    return render(request, "assessments/assessment_detail.html", context)


@require_safe
def assessment_check(request: Request, pk: int) -> HttpResponse:
    """All answers on one page, what is missing, and the button that sends them for sign-off."""
    assessment, role = access.assessment_or_404(request, pk)
    sheet = read_sheet(assessment)
    context = parts.sheet_context(sheet, request, role) | sending(sheet, role, request.user)
    return render(request, "assessments/assessment_check.html", context)


@require_safe
def answer_edit(request: Request, pk: int) -> HttpResponse:
    """The indicator's form, or its answer to read for those who cannot write it now."""
    try:
        answer, role = access.answer_or_404(request, pk)
    except Http404:
        return drafts.redirect_or_404(request, pk)
    desk = read_desk(answer, request.user)
    if role is None or not desk.is_open:
        context = parts.desk_context(request, desk, role)
        return render(request, "assessments/answer_read.html", context)
    return parts.form_page(request, desk, role, parts.form_of(desk))


@drafts.keeps_typing
@require_POST
def answer_save(request: Request, pk: int) -> HttpResponse:
    """Save what was typed, or bring it back with the reason why it was not saved."""
    answer, role = access.answer_or_404(request, pk)
    access.require_at_least(role, Role.CONTRIBUTOR)
    desk = read_desk(answer, request.user, whole=False)
    decisions = DecisionForm.of(request.POST)
    if decisions is not None and not decisions.is_valid():
        return conflicts.decide_again(request, desk, role, decisions)
    sent = decided(request.POST, desk, decisions)
    form = AnswerForm.sent(desk, sent)
    if request.FILES:
        form.add_files_errors(evidence.store_files(request, answer))
    if not form.is_valid():
        return _mend(request, answer, role, form, sent)
    try:
        saved = save_or_merge(desk, form, request.user)
    except ConflictError as conflict:
        draft = drafts.keep_sent(request, answer, sent)
        return conflicts.conflict_page(request, conflict, role, form, sent, draft)
    except RefusedError as error:
        return _refused(request, pk, str(error))
    if desk.draft and desk.draft.aside:
        messages.info(request, ASIDE.format(answer.indicator.code))
    return _onwards(request, saved, form)


def _mend(
    request: Request, answer: Answer, role: Role | None, form: AnswerForm, sent: Sent
) -> HttpResponse:
    """Show the form with what is wrong with it; when it is closed by now, that comes first."""
    drafts.keep_sent(request, answer, sent)
    desk = read_desk(answer, request.user)
    if desk.is_open:
        return parts.form_page(request, desk, role, form)
    return _refused(request, answer.pk, "The assessment is not open to this indicator now.")


def _refused(request: Request, pk: int, message: str) -> HttpResponse:
    """Read the answer again, for it may have been another one when it was refused."""
    answer, role = access.answer_or_404(request, pk)
    drafts.keep_sent(request, answer)
    desk: Desk = read_desk(answer, request.user)
    form = AnswerForm.again(desk, request.POST)
    return parts.closed_page(request, desk, form, role, message)


def _onwards(request: Request, saved: Saved, form: AnswerForm) -> HttpResponse:
    """Lead to the next indicator or back to the list, or ask once more what changed meaning."""
    answer = saved.answer
    if form.asks_again:
        words = "Saved. You changed the rating, so say again whether the indicator is completed."
        messages.info(request, words, extra_tags=f"saved-answer={answer.pk}")
        return redirect("assessments:answer-edit", answer.pk)
    words = f"Indicator {answer.indicator.code} saved"
    if saved.taken:
        kept = ", ".join(labels_of(form, saved.taken))
        words += f". What a colleague changed meanwhile is kept too: {kept}"
    messages.success(request, words, extra_tags=f"saved-answer={answer.pk}")
    if request.POST.get("next") == "return":
        return redirect("assessments:assessment-detail", answer.assessment_id)
    following = next_answer(answer)
    if following is None:
        return redirect("assessments:assessment-check", answer.assessment_id)
    return redirect("assessments:answer-edit", following.pk)
