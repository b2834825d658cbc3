"""Plan improvements, and say how far they are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import F
from django.utils import timezone

from assessments.models import Improvement
from assessments.verbs import NOTICES, Verb
from commitments.models import Indicator
from declaration.actions import RefusedError, action
from signatories.actions.events import record
from signatories.models import Partner, User

# What can be changed, and what an event calls it.
CHANGEABLE = {
    "what": "what will be done",
    "owner": "owner",
    "due_on": "due date",
    "state": "status",
}


class StaleImprovementError(RefusedError):
    """Somebody saved the improvement since the person read it; `current` is what is stored now."""

    def __init__(self, current: Improvement) -> None:
        who = current.updated_by or "Somebody else"
        super().__init__(f"{who} saved this improvement while you were writing.")
        self.current = current


@dataclass(frozen=True)
class Planned:
    """A new improvement: what will be done, who sees to it, by when."""

    what: str
    owner: str = ""
    due_on: date | None = None


def plan(
    partner: Partner, indicator: Indicator, planned: Sequence[Planned], by: User
) -> list[Improvement]:
    """Add the improvements, each with its event, in the caller's transaction.

    One that is planned already in the same words is not added again: a form may be sent twice.
    """
    if not planned:
        return []
    unfinished = Improvement.objects.filter(partner=partner).about(indicator).unfinished()
    there = set(unfinished.values_list("what", flat=True))
    added = []
    for new in planned:
        if new.what in there:
            continue
        improvement = Improvement(
            partner=partner,
            indicator=indicator,
            what=new.what,
            owner=new.owner,
            due_on=new.due_on,
            added_by=by,
        )
        improvement.save(force_insert=True)
        record(
            verb=Verb.IMPROVEMENT_ADDED,
            by=by,
            partner=partner,
            subject=improvement,
            note=f"{indicator.code}: {new.what}",
            notices=NOTICES,
        )
        added.append(improvement)
    return added


@action
def add_improvement(
    *, partner: Partner, indicator: Indicator, planned: Planned, by: User
) -> Improvement:
    """Add one improvement; RefusedError when it says nothing, or is planned already."""
    _say_what(planned.what)
    added = plan(partner, indicator, [planned], by)
    if not added:
        raise RefusedError(
            f"This is planned already for {indicator.code}. Change that improvement instead."
        )
    return added[0]


@action
def change_improvement(
    *,
    improvement: Improvement,
    version: int,
    what: str,
    owner: str,
    due_on: date | None,
    state: str,
    by: User,
) -> Improvement:
    """Save the improvement if it still has the version; whether a round is open is no matter.

    What says the same as is stored is not saved again. StaleImprovementError when another version
    is stored, RefusedError when it says nothing or the state is none; nothing is written then.
    """
    _say_what(what)
    if state not in Improvement.State.values:
        raise RefusedError("Select one of the statuses.")
    current = _with_all(improvement)
    if current.version != version:
        raise StaleImprovementError(current)
    values: dict[str, object] = {"what": what, "owner": owner, "due_on": due_on, "state": state}
    changed = [name for name, value in values.items() if getattr(current, name) != value]
    if not changed:
        return current
    mine = Improvement.objects.filter(pk=improvement.pk, version=version)
    if not mine.update(
        **values, version=F("version") + 1, updated_at=timezone.now(), updated_by=by
    ):
        raise StaleImprovementError(_with_all(improvement))
    saved = _with_all(improvement)
    names = ", ".join(CHANGEABLE[name] for name in changed)
    record(
        verb=Verb.IMPROVEMENT_CHANGED,
        by=by,
        partner=saved.partner,
        subject=saved,
        note=f"{saved.indicator.code}: {what} ({names})",
        notices=NOTICES,
    )
    return saved


def _say_what(what: str) -> None:
    if not what.strip():
        raise RefusedError("Say what you will do.")


def _with_all(improvement: Improvement) -> Improvement:
    """The improvement as it is stored now, with all that pages show of it."""
    related = Improvement.objects.select_related(
        "partner", "indicator__commitment", "updated_by", "added_by"
    )
    return related.get(pk=improvement.pk)
