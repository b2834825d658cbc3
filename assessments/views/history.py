"""What an answer said before: who wrote it, what changed, and how to bring it back."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from assessments import access
from assessments.actions.answering import StaleAnswerError
from assessments.actions.restoring import restore_answer
from assessments.dashboards import (
    Version,
    compare_with_present,
    read_history,
    read_opening,
    read_version,
    turn_of,
)
from assessments.forms import HiddenNumber
from assessments.forms.restoring import RestoreForm
from assessments.models import Answer
from assessments.views import parts
from assessments.views.paging import pagination
from declaration.actions import RefusedError
from signatories.access import Request, Role


@require_safe
def answer_history(request: Request, pk: int) -> HttpResponse:
    """Every version of an answer, newest first; or one of them beside the present answer."""
    answer, role = access.answer_or_404(request, pk)
    role = access.require_at_least(role, Role.CONTRIBUTOR)
    if "version" in request.GET:
        _, version = _version_or_404(answer, request.GET["version"])
        return _beside(request, answer, role, version)
    history = read_history(answer, request.GET.get("page"))
    context = {
        "answer": answer,
        "indicator": answer.indicator,
        "history": history,
        "pages": pagination(history.page, "Later versions", "Earlier versions"),
        "back_url": parts.answer_path(answer),
    }
    return render(request, "assessments/answer_history.html", context)


@require_POST
def answer_restore(request: Request, pk: int) -> HttpResponse:
    """Bring back an earlier version as a new one, unless somebody saved meanwhile."""
    answer, role = access.answer_or_404(request, pk)
    role = access.require_at_least(role, Role.CONTRIBUTOR)
    if not request.POST.get("restored"):
        return redirect("assessments:answer-history", pk)
    earlier, version = _version_or_404(answer, request.POST["restored"])
    seen = HiddenNumber().clean(request.POST.get("version"))
    try:
        saved = restore_answer(answer=answer, earlier=earlier, version=seen, by=request.user)
    except StaleAnswerError as error:
        return _beside(request, error.current, role, version, stale=str(error))
    except RefusedError as error:
        return _refused(request, answer, role, error)
    words = f"Version {version.number} of indicator {answer.indicator.code} restored"
    if not saved.completed:
        words += ". It is not marked as completed"
    messages.success(request, words)
    return redirect("assessments:answer-history", pk)


def _version_or_404(answer: Answer, key: str) -> tuple[Any, Version]:
    found = read_version(answer, key)
    if found is None:
        raise Http404("No such version.")
    return found


def _beside(
    request: Request, answer: Answer, role: Role, version: Version, *, stale: str = ""
) -> HttpResponse:
    """The version and the present answer side by side, with the button that restores it."""
    opening = read_opening(answer.assessment)
    context = {
        "answer": answer,
        "indicator": answer.indicator,
        "version": version,
        "comparison": compare_with_present(version, answer),
        "form": RestoreForm(initial={"restored": version.key, "version": answer.version}),
        "is_open": opening.includes(answer.indicator_id),
        "turn": turn_of(answer.assessment, request.user, role),
        "stale": stale,
    }
    status = 409 if stale else 200
    return render(request, "assessments/answer_version.html", context, status=status)


def _refused(request: Request, answer: Answer, role: Role, error: RefusedError) -> HttpResponse:
    context = {
        "title": "This version was not restored",
        "message": str(error),
        "turn": turn_of(answer.assessment, request.user, role),
        "back_url": parts.answer_path(answer),
    }
    return render(request, "409.html", context, status=409)
