"""Open a round for every partner, and let a partner who came later start."""

from collections.abc import Mapping
from datetime import date

from django.db.models import QuerySet
from django.utils import timezone

from assessments.actions.announcing import announce
from assessments.actions.carrying import carry_into
from assessments.actions.planning import (
    RoundRefusedError,
    check_dates,
    check_neighbours,
    lock_editions,
    lock_plan,
    make_plan,
    note_round,
    published_edition,
)
from assessments.models import Assessment, Round
from assessments.verbs import Verb
from commitments.models import Edition
from declaration.actions import RefusedError, action
from signatories.actions.events import Entry, record_each
from signatories.models import Partner, User


@action
def begin_round(
    *, edition: Edition, name: str, opens_on: date, due_on: date, closes_on: date, by: User
) -> Round:
    """Plan a round and open it in one go, today or, as it was agreed elsewhere, in the past.

    Refuses what `plan_round` and `open_round` refuse.
    """
    if opens_on > timezone.localdate():
        raise RoundRefusedError("opens_on", "Plan a round that is to open later")
    planned = make_plan(
        edition=edition, name=name, opens_on=opens_on, due_on=due_on, closes_on=closes_on, by=by
    )
    return open_round(round=planned, by=by)


@action
def open_round(*, round: Round, by: User | None, seen: str = "") -> Round:
    """Open a planned round with an assessment for every active partner; the clock has no `by`.

    Each begins from what the partner said before. Opened before its day, it opens today; the
    edition's level descriptions are frozen when it is its first. RefusedError when it is open
    already, when its days have passed, or another round of the edition has them; PlanChangedError
    when it is not as the person saw it.
    """
    lock_editions()
    found = lock_plan(round, seen=seen)
    today = timezone.localdate()
    opens_on = min(found.opens_on, today)
    found.edition = edition = published_edition(found.edition_id)
    check_dates(opens_on, found.due_on, found.closes_on)
    check_neighbours(edition, opens_on, found.closes_on, besides=found.pk)
    if edition.levels_frozen_at is None:
        edition.levels_frozen_at = timezone.now()
        edition.save(update_fields=["levels_frozen_at"])
    found.opens_on, found.opened_at, found.opened_by = opens_on, timezone.now(), by
    found.save(update_fields=["opens_on", "opened_at", "opened_by"])
    assessments, carried = _begin(found, Partner.objects.active())
    announce(Verb.ROUND_OPENED, assessments, by=by, note=found.name)
    note_round(Verb.ROUND_OPENED, found, by, f"{found}: {len(assessments)} partners")
    _note_carried(assessments, carried, by)
    return found


@action
def start_assessment(*, partner: Partner, round: Round, by: User) -> Assessment:
    """Give a partner who came after the round had opened its assessment; twice is once."""
    locked = Partner.objects.select_for_update(no_key=True).get(pk=partner.pk)
    found = Assessment.objects.filter(round=round, partner=locked).first()
    if found is not None:
        return found
    if round.opened_at is None:
        raise RefusedError(f"The round {round} opens on {round.opens_on:%-d %B %Y}.")
    if round.is_closed():
        closed = Assessment(round=round, partner=locked).closed_on
        raise RefusedError(f"The round {round} closed on {closed:%-d %B %Y}.")
    mine = Partner.objects.active().filter(pk=locked.pk)
    if not mine.exists():
        raise RefusedError(f"{locked} is not an active partner today.")
    assessments, carried = _begin(round, mine)
    announce(Verb.JOINED, assessments, by=by, note=round.name)
    _note_carried(assessments, carried, by)
    return assessments[0]


def _begin(
    opened: Round, partners: QuerySet[Partner]
) -> tuple[list[Assessment], Mapping[int, str]]:
    """Make the partners' assessments with all answers; more partners, no more queries.

    Returns them, and by their ids what was brought forward into each, in words.
    """
    assessments = Assessment.objects.bulk_create(
        Assessment(round=opened, partner=partner) for partner in partners
    )
    return assessments, carry_into(opened, assessments)


def _note_carried(
    assessments: list[Assessment], carried: Mapping[int, str], by: User | None
) -> None:
    """Append to the timelines what was brought forward; that the round is open says the rest."""
    entries = [
        Entry(assessment.partner, assessment, carried[assessment.pk])
        for assessment in assessments
        if assessment.pk in carried
    ]
    record_each(verb=Verb.CARRIED_FORWARD, by=by, entries=entries, notices={})
