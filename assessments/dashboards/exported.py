"""The rows of the staff's lists as files have them."""

from collections.abc import Iterable
from datetime import date, datetime

from django.utils import timezone

from assessments.dashboards.queues import Waiting
from assessments.dashboards.rounds import Place
from assessments.models import GoodPractice
from assessments.workflow import WITH_PARTNER

Row = tuple[str | int | date | None, ...]
REVIEWS = ("partner", "kind", "round", "signed_off_on", "signed_off_by", "reviewed_before", "with")
PLACES = (
    "partner", "kind", "round", "state", "due_on", "closed_on", "more_time_until",
    "leads_and_leaders",
)  # fmt: skip
PRACTICES = (
    "title", "partner", "kind", "indicator", "indicator_title", "offered_on", "offered_by", "state",
)  # fmt: skip


def review_rows(waiting: Iterable[Waiting]) -> Iterable[Row]:
    """A row for each assessment that waits for review, in the order of REVIEWS."""
    for each in waiting:
        found = each.assessment
        yield (
            found.partner.name,
            found.partner.get_kind_display(),
            found.round.name,
            _day(found.submitted_at),
            found.submitted_by.name if found.submitted_by else "",
            "yes" if each.was_returned else "no",
            each.holder.name if each.holder else "",
        )


def place_rows(places: Iterable[Place]) -> Iterable[Row]:
    """A row for each partner of a round, in the order of PLACES."""
    for each in places:
        found = each.assessment
        unfinished = found.state in WITH_PARTNER and found.is_closed(each.today)
        last = found.extended_to
        yield (
            found.partner.name,
            found.partner.get_kind_display(),
            found.round.name,
            each.label,
            found.due_on,
            found.closed_on if unfinished else None,
            last if last and last > found.round.closes_on else None,
            each.leads,
        )


def practice_rows(practices: Iterable[GoodPractice]) -> Iterable[Row]:
    """A row for each good practice, in the order of PRACTICES."""
    for each in practices:
        yield (
            each.title,
            each.partner.name,
            each.partner.get_kind_display(),
            each.indicator.code,
            each.indicator.title,
            _day(each.offered_at),
            each.offered_by.name,
            each.get_state_display(),
        )


def _day(at: datetime | None) -> date | None:
    return timezone.localdate(at) if at else None
