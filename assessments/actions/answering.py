"""Answer an indicator: one UPDATE under the version the person saw, with what belongs to it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, connection
from django.db.models import F
from django.utils import timezone
from psycopg import errors

from assessments.actions import moves
from assessments.actions.supporting import ask_for
from assessments.dashboards import read_opening
from assessments.models import Answer, Assessment, Evidence
from assessments.verbs import NOTICES, Verb
from commitments.models import Rating, SupportOffer
from declaration.actions import RefusedError, action
from signatories.actions.events import record
from signatories.models import Event, User


class StaleAnswerError(RefusedError):
    """Somebody saved the answer since the person read it; `current` is what is stored now."""

    def __init__(self, current: Answer) -> None:
        who = current.updated_by or "Somebody else"
        super().__init__(f"{who} saved this indicator while you were writing.")
        self.current = current


class ClosedToWritingError(RefusedError):
    """The assessment is not open to this indicator, or not any more."""


@dataclass(frozen=True)
class Link:
    """A new link to evidence."""

    title: str
    url: str
    dated_on: date | None = None


@dataclass(frozen=True)
class Wanted:
    """All the support that is wanted for an indicator: offers, and help in the partner's words."""

    offers: tuple[SupportOffer, ...] = ()
    words: str = ""


@action
def save_answer(
    *,
    answer: Answer,
    version: int,
    rating: int | None,
    not_applicable: bool,
    reason: str,
    narrative: str,
    completed: bool,
    by: User,
    link: Link | None = None,
    wanted: Wanted | None = None,
) -> Answer:
    """Save the answer if it still has the version; with it a new link and the support wanted.

    Nothing is cleared: a reason stays when a rating takes its place. `wanted` of None leaves the
    support as it is. StaleAnswerError when another version is stored, ClosedToWritingError when
    the assessment is not open to this indicator; in both cases nothing is written.
    """
    _check(rating, not_applicable, reason, completed)
    assessment = _open(answer)
    values = {
        "rating": rating,
        "not_applicable": not_applicable,
        "reason": reason,
        "narrative": narrative,
        "completed": completed,
        "updated_at": timezone.now(),
        "updated_by": by,
    }
    _write(answer, version, values)
    if link is not None:
        _add(answer, link, by)
    if wanted is not None:
        ask_for(assessment.partner, answer.indicator, wanted.offers, wanted.words, by)
    _note_start(assessment, by)
    return answer


@action
def remove_evidence(*, evidence: Evidence, by: User) -> None:
    """Take a link away again; the timeline keeps its title and address."""
    assessment = _open(evidence.answer)
    note = f"{evidence.answer.indicator.code}: {evidence.title}, {evidence.url}"
    with _closed_by_trigger():
        gone, _ = Evidence.objects.filter(pk=evidence.pk).delete()
    if not gone:
        return
    record(
        verb=Verb.EVIDENCE_REMOVED,
        by=by,
        partner=assessment.partner,
        subject=assessment,
        note=note,
        notices=NOTICES,
    )


def _check(rating: int | None, not_applicable: bool, reason: str, completed: bool) -> None:
    if rating is not None and rating not in Rating.values:
        raise RefusedError("Ratings go from 0 to 4.")
    if not_applicable and rating is not None:
        raise RefusedError("Choose a rating or not applicable, not both.")
    if not_applicable and not reason.strip():
        raise RefusedError("Say why this indicator is not applicable.")
    if completed and rating is None and not not_applicable:
        raise RefusedError("Choose a rating or not applicable before you complete the indicator.")


def _open(answer: Answer) -> Assessment:
    """The answer's assessment as it is; refused in words when it is closed to the indicator.

    Reads without a lock: what happens between here and the write is for the trigger to see.
    """
    related = Assessment.objects.select_related("round", "partner")
    assessment = related.get(pk=answer.assessment_id)
    try:
        moves.refuse_when_closed(assessment)
    except RefusedError as error:
        raise ClosedToWritingError(str(error)) from error
    if not read_opening(assessment).includes(answer.indicator_id):
        state = assessment.get_state_display()
        raise ClosedToWritingError(
            f"You cannot write here now, because the assessment is “{state}” and not open to "
            f"indicator {answer.indicator.code}. It is the turn of {assessment.turn}."
        )
    return assessment


@contextmanager
def _closed_by_trigger() -> Iterator[None]:
    """Turn the database's own refusal, which sees what we could not, into words."""
    try:
        yield
    except IntegrityError as error:
        if not isinstance(error.__cause__, errors.RestrictViolation):
            raise
        raise ClosedToWritingError(
            "The assessment was closed to this indicator while you were writing."
        ) from error


def _write(answer: Answer, version: int, values: Mapping[str, object]) -> None:
    with _closed_by_trigger():
        mine = Answer.objects.filter(pk=answer.pk, version=version)
        saved = mine.update(**values, version=F("version") + 1)
    if not saved:
        stored = Answer.objects.select_related(
            "assessment__round", "assessment__partner", "indicator__commitment", "updated_by"
        )
        raise StaleAnswerError(stored.get(pk=answer.pk))
    for name, value in values.items():
        setattr(answer, name, value)
    answer.version = version + 1


def _add(answer: Answer, link: Link, by: User) -> Evidence:
    """Add the link; the answer's row is locked, so nobody adds the same one meanwhile."""
    if answer.evidence.filter(url=link.url).exists():
        raise RefusedError("This indicator already has that link.")
    evidence = Evidence(
        answer=answer, title=link.title, url=link.url, dated_on=link.dated_on, added_by=by
    )
    evidence.save(force_insert=True)
    return evidence


def _note_start(assessment: Assessment, by: User) -> None:
    """Append "started" once for each assessment, also when two people save at the same time."""
    started = Event.objects.about(assessment).filter(verb=Verb.STARTED.value)
    if started.exists():
        return
    with connection.cursor() as cursor:
        # Held until the transaction ends, and by nothing that waits for us: no row is locked.
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, %s))",
            [Verb.STARTED.value, assessment.pk],
        )
    if not started.exists():
        record(
            verb=Verb.STARTED,
            by=by,
            partner=assessment.partner,
            subject=assessment,
            notices=NOTICES,
        )
