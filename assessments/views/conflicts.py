"""The page for two people who changed the same fields: mine, theirs or both, nothing retyped."""

from django.http import HttpResponse
from django.shortcuts import render

from assessments.dashboards import Desk
from assessments.forms import (
    AnswerForm,
    DecisionForm,
    HiddenNumber,
    Sent,
    carried,
    conflicts_in,
    labels_of,
    raw_values,
    seen_support,
)
from assessments.merging import Merge, Values
from assessments.views import parts
from assessments.views.saving import ConflictError, seen_then, stored_now
from signatories.access import Request, Role


def conflict_page(
    request: Request, conflict: ConflictError, role: Role | None, form: AnswerForm, sent: Sent
) -> HttpResponse:
    """Answer 409 with each field that both changed, and all that was typed carried along."""
    desk, merge = conflict.desk, conflict.merge
    decisions = DecisionForm(names=merge.conflicts)
    context = parts.desk_context(request, desk, role) | {
        "carried": carried(merge, sent, desk.answer.version, seen_support(desk)),
        "decisions": decisions,
        "conflicts": _shown(form, decisions, form.mine, stored_now(desk)),
        "taken": labels_of(form, merge.taken),
    }
    return render(request, "assessments/answer_conflict.html", context, status=409)


def decide_again(
    request: Request, desk: Desk, role: Role | None, decisions: DecisionForm
) -> HttpResponse:
    """The same page once more, because something is not decided yet."""
    sent: Sent = request.POST
    mine = raw_values(sent)
    form = AnswerForm.again(desk, sent)
    version, support = (
        HiddenNumber(required=False).clean(sent.get("version")),
        sent.get("support_seen", ""),
    )
    context = parts.desk_context(request, desk, role) | {
        "carried": carried(Merge(mine, decisions.names, ()), sent, version, support),
        "decisions": decisions,
        "conflicts": _shown(form, decisions, mine, seen_then(desk, sent)),
        "form": decisions,
    }
    return render(request, "assessments/answer_conflict.html", context, status=409)


def _shown(form: AnswerForm, decisions: DecisionForm, mine: Values, theirs: Values) -> list[object]:
    return list(conflicts_in(form, decisions, mine, theirs))
