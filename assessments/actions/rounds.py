"""Open a round for every partner, and let a partner who came later start."""

from datetime import date, timedelta

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify

from assessments.models import Answer, Assessment, Round
from assessments.verbs import NOTICES, Verb
from commitments.models import Edition, Indicator
from declaration.actions import RefusedError, action
from signatories.models import Event, Membership, Notice, Partner, User


class RoundRefusedError(RefusedError):
    """A round cannot be opened like this; `field` is the part of it that has to change."""

    def __init__(self, field: str, words: str) -> None:
        super().__init__(words)
        self.field = field


@action
def open_round(
    *, edition: Edition, name: str, opens_on: date, due_on: date, closes_on: date, by: User
) -> Round:
    """Open a round of a published edition with an empty assessment for every active partner.

    Freezes the edition's level descriptions when it is the edition's first.
    """
    locked = Edition.objects.select_for_update(no_key=True).get(pk=edition.pk)
    if not locked.is_published:
        raise RoundRefusedError("edition", f"Publish “{locked}” before you open a round of it.")
    _check_dates(opens_on, due_on, closes_on)
    _check_neighbours(locked, name, opens_on, closes_on)
    if locked.levels_frozen_at is None:
        locked.levels_frozen_at = timezone.now()
        locked.save(update_fields=["levels_frozen_at"])
    opened = Round.objects.create(
        edition=locked,
        name=name,
        slug=_slug(name, locked),
        opens_on=opens_on,
        due_on=due_on,
        closes_on=closes_on,
        opened_at=timezone.now(),
        opened_by=by,
    )
    assessments = _begin(opened, Partner.objects.active())
    _announce(Verb.ROUND_OPENED, opened, assessments, by)
    return opened


@action
def start_assessment(*, partner: Partner, round: Round, by: User) -> Assessment:
    """Give a partner who came after the round had opened its assessment; twice is once."""
    locked = Partner.objects.select_for_update(no_key=True).get(pk=partner.pk)
    found = Assessment.objects.filter(round=round, partner=locked).first()
    if found is not None:
        return found
    if round.is_closed():
        raise RefusedError(f"The round {round} closed on {round.closes_on:%-d %B %Y}.")
    mine = Partner.objects.active().filter(pk=locked.pk)
    if not mine.exists():
        raise RefusedError(f"{locked} is not an active partner today.")
    [assessment] = _begin(round, mine)
    _announce(Verb.JOINED, round, [assessment], by)
    return assessment


def _check_dates(opens_on: date, due_on: date, closes_on: date) -> None:
    if due_on < opens_on:
        raise RoundRefusedError("due_on", "Due date must be the same as or after the opening date")
    if closes_on < due_on:
        raise RoundRefusedError(
            "closes_on", "Closing date must be the same as or after the due date"
        )
    if closes_on < timezone.localdate():
        raise RoundRefusedError("closes_on", "Closing date must be today or in the future")


def _check_neighbours(edition: Edition, name: str, opens_on: date, closes_on: date) -> None:
    if not slugify(name):
        raise RoundRefusedError("name", "Name must include a letter or a number, like 2026")
    if edition.rounds.filter(name__iexact=name).exists():
        raise RoundRefusedError("name", f"There is already a round called {name}")
    overlapping = edition.rounds.filter(opens_on__lte=closes_on, closes_on__gte=opens_on)
    other = overlapping.first()
    if other is not None:
        raise RoundRefusedError(
            "opens_on",
            f"Dates must not overlap with the round {other}, which runs from "
            f"{other.opens_on:%-d %B %Y} to {other.closes_on:%-d %B %Y}",
        )


def _slug(name: str, edition: Edition) -> str:
    slug = slugify(name)[:60]
    if not Round.objects.filter(slug=slug).exists():
        return slug
    other = slugify(f"{edition.slug} {name}")[:60]
    if not Round.objects.filter(slug=other).exists():
        return other
    raise RoundRefusedError("name", f"There is already a round with a name like {name}")


def _begin(opened: Round, partners: QuerySet[Partner]) -> list[Assessment]:
    """Make the partners' assessments with all answers; more partners, no more queries."""
    assessments = Assessment.objects.bulk_create(
        Assessment(round=opened, partner=partner) for partner in partners
    )
    indicators = list(Indicator.objects.filter(commitment__edition=opened.edition_id))
    Answer.objects.bulk_create(
        Answer(assessment=assessment, indicator=indicator)
        for assessment in assessments
        for indicator in indicators
    )
    return assessments


def _announce(verb: Verb, opened: Round, assessments: list[Assessment], by: User) -> None:
    """Append an event for each partner, and a notice with its own link for each lead and leader.

    In bulk, where `record` would take some queries for each partner.
    """
    audience = NOTICES[verb]
    events = Event.objects.bulk_create(
        Event(
            partner=assessment.partner,
            subject_kind=assessment._meta.label_lower,
            subject_id=assessment.pk,
            verb=verb.value,
            by=by,
            note=opened.name,
        )
        for assessment in assessments
    )
    told = Membership.objects.current().filter(
        partner__in=[assessment.partner_id for assessment in assessments],
        role__in=audience.roles,
    )
    by_partner = {event.partner_id: event for event in events}
    due_at = timezone.now() + timedelta(seconds=settings.GATHER_SECONDS)
    notices = []
    for membership in told.exclude(person=by):
        event = by_partner[membership.partner_id]
        words = audience.words.format(partner=event.partner, by=by, note=event.note)
        path = reverse("assessments:assessment-detail", args=[event.subject_id])
        notices.append(
            Notice(
                person_id=membership.person_id,
                event=event,
                words=words[:300],
                path=path,
                due_at=due_at,
            )
        )
    Notice.objects.bulk_create(notices)
