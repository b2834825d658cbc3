"""The page for two people who changed the same fields: mine, theirs or both, nothing retyped."""

from django.http import HttpResponse
from django.shortcuts import render

from assessments.dashboards import Desk
from assessments.forms import (
    SHOWN_SUPPORT,
    AnswerForm,
    DecisionForm,
    Sent,
    carried,
    conflicts_in,
    labels_of,
    raw_values,
    seen_support,
)
from assessments.merging import Values
from assessments.models import Draft
from assessments.views import parts
from assessments.views.saving import ConflictError, seen_then, stored_now
from signatories.access import Request, Role


def conflict_page(
    request: Request,
    conflict: ConflictError,
    role: Role | None,
    form: AnswerForm,
    sent: Sent,
    draft: Draft | None,
) -> HttpResponse:
    """Answer 409 with each field that both changed, and all that was typed carried along.

    `draft` is what has been kept of it, with the texts that were put aside for it.
    """
    desk, merge = conflict.desk, conflict.merge
    decisions = DecisionForm(names=merge.conflicts)
    context = parts.desk_context(request, desk, role) | {
        "carried": carried(
            form.mine, merge.conflicts, sent, desk.answer.version, seen_support(desk)
        ),
        "decisions": decisions,
        "conflicts": _shown(form, decisions, form.mine, stored_now(desk)),
        "taken": labels_of(form, merge.taken),
        "along": _along(form),
        "aside": parts.aside_of(desk, draft),
        "is_own": desk.answer.updated_by_id == request.user.pk,
    }
    return render(request, "assessments/answer_conflict.html", context, status=409)


def decide_again(
    request: Request, desk: Desk, role: Role | None, decisions: DecisionForm
) -> HttpResponse:
    """The same page once more, because something is not decided yet."""
    sent: Sent = request.POST
    mine, shown = raw_values(sent), seen_then(desk, sent)
    form = AnswerForm.again(desk, sent)
    support = sent.get(SHOWN_SUPPORT, "")
    context = parts.desk_context(request, desk, role) | {
        "carried": carried(mine, decisions.names, sent, shown.version, support),
        "decisions": decisions,
        "conflicts": _shown(form, decisions, mine, shown.values),
        "form": decisions,
        "aside": parts.aside_of(desk),
        "is_own": desk.answer.updated_by_id == request.user.pk,
    }
    return render(request, "assessments/answer_conflict.html", context, status=409)


def _along(form: AnswerForm) -> list[str]:
    """What else was typed and is saved whatever is chosen, in words."""
    links, planned = len(form.more["links"]), len(form.more["planned"])
    found = [f"{links} new link{'s' if links > 1 else ''}"] if links else []
    return [*found, *(["1 new improvement"] if planned else [])]


def _shown(form: AnswerForm, decisions: DecisionForm, mine: Values, theirs: Values) -> list[object]:
    return list(conflicts_in(form, decisions, mine, theirs))
