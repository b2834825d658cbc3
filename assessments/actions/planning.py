"""Plan a round, change the plan, drop it: nothing that partners see until it opens."""

import hashlib
from datetime import date, timedelta
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
LONGEST = timedelta(days=3 * 366)
FURTHEST = timedelta(days=5 * 366)


class RoundRefusedError(RefusedError):
    """A round cannot be like this; `field` is the part of it that has to change."""

    def __init__(self, field: str, words: str) -> None:
        super().__init__(words)
        self.field = field


class PlanChangedError(RefusedError):
    """Somebody else changed the plan after the person had looked at it; `seen` is it as it is."""

    def __init__(self, words: str, seen: str) -> None:
        super().__init__(words)
        self.seen = seen


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
    _check_name(name)
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
    seen: str = "",
) -> Round:
    """Change anything about a round that has not opened; refuses what `plan_round` refuses.

    PlanChangedError when it is not as the person saw it; see `plan_as_seen`.
    """
    locked = published_edition(edition.pk)
    found = lock_plan(round, seen=seen)
    if opens_on < timezone.localdate():
        raise RoundRefusedError("opens_on", "Opening date must be today or in the future")
    check_dates(opens_on, due_on, closes_on)
    check_neighbours(locked, opens_on, closes_on, besides=found.pk)
    if name.casefold() != found.name.casefold():
        _check_name(name)
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
def drop_plan(*, round: Round, by: User, seen: str = "") -> None:
    """Delete a round that has not opened; RefusedError once it has, or was changed meanwhile."""
    found = lock_plan(round, seen=seen)
    note_round(Verb.PLAN_DROPPED, found, by, f"{found}: {days_of(found)}")
    found.delete()


def plan_as_seen(round: Round) -> str:
    """A short sign for all that a plan says, so that a change of it meanwhile is noticed."""
    plan = f"{round.edition_id} {round.opens_on} {round.due_on} {round.closes_on} {round.name}"
    return hashlib.sha256(plan.encode()).hexdigest()[:20]


def lock_plan(round: Round, *, seen: str = "") -> Round:
    """Lock a round that has not opened; RefusedError when it has, or is not planned any more.

    PlanChangedError when it is not as it was seen. Whoever needs the edition's lock too takes
    that one first.
    """
    found = Round.objects.select_for_update().filter(pk=round.pk).first()
    if found is None:
        raise dropped(round)
    if found.opened_at is not None:
        opened = timezone.localtime(found.opened_at)
        raise RefusedError(f"The round {found} has been open since {opened:%-d %B %Y, %H:%M}.")
    if seen and seen != plan_as_seen(found):
        raise PlanChangedError(
            f"Somebody changed the plan after you had opened this page. It is now: {found}, of "
            f"{found.edition}; {days_of(found)}.",
            plan_as_seen(found),
        )
    return found


def dropped(round: Round) -> RefusedError:
    """What is said about a plan that somebody has dropped meanwhile."""
    return RefusedError(f"The round {round} is not planned any more: somebody dropped its plan.")


def published_edition(pk: int) -> Edition:
    """Lock every edition, and return that one; RoundRefusedError when it is not published.

    All of them, in one order and before any round: names are unique across editions, and nobody
    who plans, opens or moves a round finds another one put on its days meanwhile.
    """
    editions = lock_editions()
    locked = editions.get(pk)
    if locked is None:
        raise RoundRefusedError("edition", "Select an edition that exists")
    if not locked.is_published:
        raise RoundRefusedError("edition", f"Publish “{locked}” before you plan a round of it")
    return locked


def lock_editions() -> dict[int, Edition]:
    """Lock every edition; whoever locks rounds too does this first."""
    locked = Edition.objects.select_for_update(no_key=True).order_by("pk")
    return {each.pk: each for each in locked}


def check_dates(opens_on: date, due_on: date, closes_on: date) -> None:
    """Refuse dates that are out of order or far away, or a round that nobody could write in."""
    today = timezone.localdate()
    if opens_on > today + FURTHEST:
        raise RoundRefusedError("opens_on", "Opening date must be within 5 years from today")
    if due_on < opens_on:
        raise RoundRefusedError("due_on", "Due date must be the same as or after the opening date")
    if closes_on < due_on:
        raise RoundRefusedError(
            "closes_on", "Closing date must be the same as or after the due date"
        )
    if closes_on < today:
        raise RoundRefusedError("closes_on", "Closing date must be today or in the future")
    if closes_on > opens_on + LONGEST:
        raise RoundRefusedError(
            "closes_on", "Closing date must be within 3 years of the opening date"
        )
    if closes_on > today + FURTHEST:
        raise RoundRefusedError("closes_on", "Closing date must be within 5 years from today")


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


def _check_name(name: str) -> None:
    """Refuse a name that another round has, of any edition."""
    other = Round.objects.filter(name__iexact=name).select_related("edition").first()
    if other is not None:
        raise RoundRefusedError(
            "name", f"There is already a round called {other}, of “{other.edition}”"
        )


def _slug(name: str, edition: Edition, *, besides: int = 0) -> str:
    """The round's address: its name, with the edition's before it where that is taken."""
    if not slugify(name):
        raise RoundRefusedError("name", "Name must include a letter or a number, like 2026")
    rounds = Round.objects.exclude(pk=besides)
    for slug in (slugify(name)[:60], slugify(f"{edition.slug} {name}")[:60]):
        if slug not in TAKEN and not rounds.filter(slug=slug).exists():
            return slug
    raise RoundRefusedError("name", f"There is already a round with a name like {name}")
