"""Save an improvement, also when somebody else saved it since, and ask what cannot be merged."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from assessments.actions.improving import StaleImprovementError, change_improvement
from assessments.dashboards import read_improvement_base, values_of_improvement
from assessments.forms import Sent
from assessments.forms.improvements import (
    ImprovementDecisionForm,
    ImprovementForm,
    carried_improvement,
    encode_improvement,
    improvement_conflicts,
    improvement_labels,
)
from assessments.merging import Merge, Values, decide, merge
from assessments.models import Improvement
from signatories.access import Request
from signatories.models import User

# How often somebody else may be quicker before the person is told to try again.
TRIES = 5


@dataclass(frozen=True)
class Clash:
    """Both changed the same fields: what I say, what they say under which version, and the rest."""

    improvement: Improvement
    version: int
    mine: Values
    theirs: Values
    merge: Merge


class ClashError(Exception):
    """Nothing was saved, because of a clash."""

    def __init__(self, clash: Clash) -> None:
        super().__init__("Two people changed the same fields.")
        self.clash = clash


def save_or_merge(
    improvement: Improvement, form: ImprovementForm, by: User
) -> tuple[Improvement, tuple[str, ...]]:
    """Save what the valid form says; return it with the fields taken from somebody else's save.

    When the person began from another version than is stored, fields that only one side changed
    are merged. ClashError when both changed the same one; nothing is written then.
    """
    current, tries = improvement, TRIES
    while True:
        merged = _merge_with(current, form)
        values: dict[str, Any] = dict(merged.values)
        try:
            saved = change_improvement(
                improvement=current, version=current.version, **values, by=by
            )
        except StaleImprovementError as error:
            tries -= 1
            if not tries:
                raise
            current = error.current
        else:
            return saved, merged.taken


def _merge_with(current: Improvement, form: ImprovementForm) -> Merge:
    version = form.cleaned_data["version"]
    if version == current.version:
        return Merge(form.mine, (), ())
    theirs = values_of_improvement(current)
    merged = merge(read_improvement_base(current, version), form.mine, theirs)
    if merged.conflicts:
        raise ClashError(Clash(current, current.version, form.mine, theirs, merged))
    return merged


def decisions_in(sent: Sent) -> ImprovementDecisionForm | None:
    """What was decided on a conflict page; None for any other page."""
    return ImprovementDecisionForm.of(sent)


def undecided(
    improvement: Improvement, form: ImprovementForm, decisions: ImprovementDecisionForm
) -> Clash:
    """The clash that a conflict page was about, as it was shown there."""
    version, mine = form.cleaned_data["version"], form.mine
    merged = Merge(mine, decisions.names, ())
    return Clash(improvement, version, mine, _seen_then(improvement, version), merged)


def decided(
    improvement: Improvement,
    form: ImprovementForm,
    decisions: ImprovementDecisionForm,
    sent: Sent,
) -> ImprovementForm:
    """The form with the decisions of a conflict page applied, to be checked and saved."""
    theirs = _seen_then(improvement, form.cleaned_data["version"])
    values = decide(form.mine, theirs, decisions.choices)
    return ImprovementForm(encode_improvement(values, sent))


def _seen_then(improvement: Improvement, version: int) -> Values:
    """What a conflict page showed as the other's; a version that never was is what is stored."""
    return read_improvement_base(improvement, version) or values_of_improvement(improvement)


def clash_page(
    request: Request, clash: Clash, decisions: ImprovementDecisionForm | None = None
) -> HttpResponse:
    """Answer 409 with each field that both changed, and all that was typed carried along."""
    merged = clash.merge
    asked = decisions or ImprovementDecisionForm(names=merged.conflicts)
    carried = carried_improvement(merged.values, merged.conflicts, request.POST, clash.version)
    context = {
        "improvement": clash.improvement,
        "carried": carried,
        "decisions": asked,
        "conflicts": list(improvement_conflicts(asked, clash.mine, clash.theirs)),
        "taken": improvement_labels(merged.taken),
    }
    return render(request, "assessments/improvement_conflict.html", context, status=409)
