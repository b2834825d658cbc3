"""Plan a round, change the plan, drop it: nothing that partners see until it opens."""

from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.text import slugify

from assessments.models import Round
from assessments.verbs import Verb
from commitments.models import Edition
from declaration.actions import RefusedError, action
from signatories.actions.events import record
from signatories.models import User

# A round's address must not be the one of a page about rounds.
TAKEN = frozenset({"plan"})


class RoundRefusedError(RefusedError):
    """A round cannot be like this; `field` is the part of it that has to change."""

    def __init__(self, field: str, words: str) -> None:
        super().__init__(words)
        self.field = field


@action
def plan_round(
    *, edition: Edition, name: str, opens_on: date, due_on: date, closes_on: date, by: User
) -> Round:
    """Plan a round of a published edition, to open by itself on a day from today on.

    RoundRefusedError, with the field, for dates out of order, a name in use, or days that another
    round of the same edition has; rounds of other editions may stand beside it.
    """
    if opens_on < timezone.localdate():
        raise RoundRefusedError("opens_on", "Opening date must be today or in the future")
    return make_plan(
        edition=edition,
        name=name,
        opens_on=opens_on,
        due_on=due_on,
        closes_on=closes_on,
        by=by,
    )


def make_plan(
    *, edition: Edition, name: str, opens_on: date, due_on: date, closes_on: date, by: User
) -> Round:
    """Keep a round that has not opened, on any days; call it inside an action.

    Refuses as `plan_round` does, but for an opening in the past.
    """
    locked = published_edition(edition.pk)
    check_dates(opens_on, due_on, closes_on)
    check_neighbours(locked, opens_on, closes_on)
    planned = Round.objects.create(
        edition=locked,
        name=name,
        slug=_slug(name, locked),
        opens_on=opens_on,
        due_on=due_on,
        closes_on=closes_on,
        planned_by=by,
    )
    note_round(Verb.ROUND_PLANNED, planned, by, f"{name}: {days_of(planned)}")
    return planned


@action
def change_plan(
    *,
    round: Round,
    edition: Edition,
    name: str,
    opens_on: date,
    due_on: date,
    closes_on: date,
    by: User,
) -> Round:
    """Change anything about a round that has not opened; refuses what `plan_round` refuses."""
    found = lock_plan(round)
    if opens_on < timezone.localdate():
        raise RoundRefusedError("opens_on", "Opening date must be today or in the future")
    locked = published_edition(edition.pk)
    check_dates(opens_on, due_on, closes_on)
    check_neighbours(locked, opens_on, closes_on, besides=found.pk)
    found.slug = _slug(name, locked, besides=found.pk)
    wanted: dict[str, Any] = {
        "edition": locked,
        "name": name,
        "opens_on": opens_on,
        "due_on": due_on,
        "closes_on": closes_on,
    }
    for field, value in wanted.items():
        setattr(found, field, value)
    found.save(update_fields=[*wanted, "slug"])
    note_round(Verb.PLAN_CHANGED, found, by, f"{name}: {days_of(found)}")
    return found


@action
def drop_plan(*, round: Round, by: User) -> None:
    """Delete a round that has not opened; RefusedError once it has."""
    found = lock_plan(round)
    note_round(Verb.PLAN_DROPPED, found, by, f"{found}: {days_of(found)}")
    found.delete()


def lock_plan(round: Round) -> Round:
    """Lock a round that has not opened; RefusedError when it has, or is not planned any more."""
    found = Round.objects.select_for_update().filter(pk=round.pk).first()
    if found is None:
        raise RefusedError(f"The round {round} is not planned any more: somebody dropped its plan.")
    if found.opened_at is not None:
        opened = timezone.localtime(found.opened_at)
        raise RefusedError(f"The round {found} has been open since {opened:%-d %B %Y, %H:%M}.")
    return found


def published_edition(pk: int) -> Edition:
    """Lock the edition that a round is of; RoundRefusedError when it is not published."""
    locked = Edition.objects.select_for_update(no_key=True).filter(pk=pk).first()
    if locked is None:
        raise RoundRefusedError("edition", "Select an edition that exists")
    if not locked.is_published:
        raise RoundRefusedError("edition", f"Publish “{locked}” before you plan a round of it")
    return locked


def check_dates(opens_on: date, due_on: date, closes_on: date) -> None:
    """Refuse dates that are out of order, or a round that nobody could write in any more."""
    if due_on < opens_on:
        raise RoundRefusedError("due_on", "Due date must be the same as or after the opening date")
    if closes_on < due_on:
        raise RoundRefusedError(
            "closes_on", "Closing date must be the same as or after the due date"
        )
    if closes_on < timezone.localdate():
        raise RoundRefusedError("closes_on", "Closing date must be today or in the future")


def check_neighbours(
    edition: Edition,
    opens_on: date,
    closes_on: date,
    *,
    besides: int = 0,
    field: str = "opens_on",
) -> None:
    """Refuse days that another round of the edition has, besides the one with that id."""
    others = edition.rounds.exclude(pk=besides)
    other = others.filter(opens_on__lte=closes_on, closes_on__gte=opens_on).first()
    if other is not None:
        raise RoundRefusedError(
            field,
            f"Dates must not overlap with the round {other}, which runs from "
            f"{other.opens_on:%-d %B %Y} to {other.closes_on:%-d %B %Y}",
        )


def note_round(verb: Verb, round: Round, by: User | None, note: str) -> None:
    """Append an event about the round itself; nobody is told."""
    record(verb=verb, by=by, subject=round, note=note, notices={})


def days_of(round: Round) -> str:
    """The round's three dates, in words."""
    return (
        f"opens on {round.opens_on:%-d %B %Y}, due on {round.due_on:%-d %B %Y}, "
        f"closes on {round.closes_on:%-d %B %Y}"
    )


def _slug(name: str, edition: Edition, *, besides: int = 0) -> str:
    """The round's address: its name, with the edition's before it where that is taken."""
    if not slugify(name):
        raise RoundRefusedError("name", "Name must include a letter or a number, like 2026")
    if edition.rounds.exclude(pk=besides).filter(name__iexact=name).exists():
        raise RoundRefusedError("name", f"There is already a round called {name}")
    rounds = Round.objects.exclude(pk=besides)
    for slug in (slugify(name)[:60], slugify(f"{edition.slug} {name}")[:60]):
        if slug not in TAKEN and not rounds.filter(slug=slug).exists():
            return slug
    raise RoundRefusedError("name", f"There is already a round with a name like {name}")
