"""What the clock does with rounds: open those whose day has come, close those whose has passed."""

import logging
from collections.abc import Callable, Iterable

from django.utils import timezone

from assessments.actions.closing import close_round
from assessments.actions.rounds import open_round
from assessments.dashboards import read_running
from assessments.models import Round
from declaration.actions import RefusedError
from signatories.models import User

logger = logging.getLogger(__name__)


def open_and_close_due(by: User | None = None) -> list[Round]:
    """Open and close what is due today in Essex; returns the rounds that this call has turned.

    Each in a transaction of its own, so that one that is refused holds up no other. Two clocks at
    once turn each round once: the later one finds it done under the lock, and leaves it.
    """
    today = timezone.localdate()
    past = Round.objects.opened().filter(closed_at__isnull=True, closes_on__lt=today)
    # Closed first: the days of the one are free for the other.
    over = [each for each in past.order_by("closes_on") if not read_running(each, today)]
    due = Round.objects.planned().filter(opens_on__lte=today, closes_on__gte=today)
    return [
        *_turn(over, lambda each: close_round(round=each, by=by)),
        *_turn(due.order_by("opens_on"), lambda each: open_round(round=each, by=by)),
    ]


def _turn(rounds: Iterable[Round], turn: Callable[[Round], Round]) -> Iterable[Round]:
    for each in rounds:
        try:
            yield turn(each)
        except RefusedError as refused:
            logger.warning("Round %s stays as it is: %s", each, refused)
