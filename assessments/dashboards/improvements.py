"""A partner's improvements as pages show them: what, by whom, by when, how far."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone

from assessments.dashboards.words import due_and_date
from assessments.models import Improvement
from signatories.models import Partner

State = Improvement.State
UNFINISHED, OVERDUE = "unfinished", "overdue"


@dataclass(frozen=True)
class Line:
    """One improvement, with its dates in words."""

    improvement: Improvement
    today: date

    @property
    def is_overdue(self) -> bool:
        """Whether its due date has passed and it is not finished."""
        return self.improvement.is_overdue(self.today)

    @property
    def is_finished(self) -> bool:
        """Whether it is done or dropped."""
        return self.improvement.state not in Improvement.UNFINISHED

    @property
    def owner(self) -> str:
        """Who sees to it, or that nobody does yet."""
        return self.improvement.owner or "Nobody yet"

    @property
    def due(self) -> str:
        """When it is due, in words as long as that matters."""
        due_on = self.improvement.due_on
        if due_on is None:
            return "No due date"
        if self.is_finished:
            return f"{due_on:%-d %B %Y}"
        words = due_and_date(due_on, self.today)
        return words[0].upper() + words[1:]


def lines_of(improvements: tuple[Improvement, ...]) -> tuple[Line, ...]:
    """The improvements as lists show them today."""
    today = timezone.localdate()
    return tuple(Line(improvement, today) for improvement in improvements)


def read_improvements(partner: Partner, status: str = "") -> list[Line]:
    """A partner's improvements, those of one status where it is named: one query.

    Overdue ones first, then those with a due date, then those without, then those finished.
    `status` is a state, "unfinished", "overdue" or nothing for all.
    """
    found = Improvement.objects.filter(partner=partner)
    if status == UNFINISHED:
        found = found.unfinished()
    elif status == OVERDUE:
        found = found.overdue()
    elif status:
        found = found.filter(state=status)
    rows = found.select_related("indicator__commitment").order_by("pk")
    return sorted(lines_of(tuple(rows)), key=_urgency)


def _urgency(line: Line) -> tuple[bool, date, str]:
    due_on = line.improvement.due_on or date.max
    return line.is_finished, due_on, line.improvement.indicator.code


def values_of_improvement(said: Any) -> dict[str, object]:
    """What an improvement says, or one row of its history, by the names of the form."""
    return {name: getattr(said, name) for name in ("what", "owner", "due_on", "state")}


def read_improvement_base(improvement: Improvement, version: int) -> Mapping[str, object] | None:
    """What the improvement said in that version; None when it never had it."""
    history: Any = improvement.history  # type: ignore[attr-defined]  # pghistory's related name
    said = history.filter(version=version).order_by("-pgh_id").first()
    return None if said is None else values_of_improvement(said)
