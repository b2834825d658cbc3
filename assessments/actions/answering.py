"""Answer an indicator: one UPDATE under the version the person saw, with what belongs to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import F
from django.utils import timezone

from assessments.actions.drafts import SeenDraft, forget
from assessments.actions.evidence import Link, add_links
from assessments.actions.improving import Planned, plan
from assessments.actions.opening import closed_by_trigger, open_assessment
from assessments.actions.supporting import ask_for
from assessments.models import Answer, Assessment
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
    willing_to_share: bool | None = None,
    links: Sequence[Link] = (),
    planned: Sequence[Planned] = (),
    wanted: Wanted | None = None,
    draft: SeenDraft | None = None,
) -> Answer:
    """Save the answer if it still has the version, with new links and improvements and the support.

    Nothing is cleared: a reason stays when a rating takes its place. None leaves the willingness to
    share and the support as they are. `draft` is the person's draft that this save makes needless.
    StaleAnswerError when another version is stored, ClosedToWritingError when the assessment is not
    open to this indicator; in both cases nothing is written.
    """
    _check(rating, not_applicable, reason, completed)
    assessment = open_assessment(answer)
    values = {
        "rating": rating,
        "not_applicable": not_applicable,
        "reason": reason,
        "narrative": narrative,
        "completed": completed,
        "updated_at": timezone.now(),
        "updated_by": by,
    }
    if willing_to_share is not None:
        values["willing_to_share"] = willing_to_share
    starts = _starts(assessment)
    _write(answer, version, values)
    add_links(answer, links, by)
    plan(assessment.partner, answer.indicator, planned, by)
    if draft is not None:
        forget(answer, by, draft)
    if wanted is not None:
        ask_for(assessment.partner, answer.indicator, wanted.offers, wanted.words, by)
    if starts:
        _note_start(assessment, by)
    return answer


def _check(rating: int | None, not_applicable: bool, reason: str, completed: bool) -> None:
    if rating is not None and rating not in Rating.values:
        raise RefusedError("Ratings go from 0 to 4.")
    if not_applicable and rating is not None:
        raise RefusedError("Choose a rating or not applicable, not both.")
    if not_applicable and not reason.strip():
        raise RefusedError("Say why this indicator is not applicable.")
    if completed and rating is None and not not_applicable:
        raise RefusedError("Choose a rating or not applicable before you complete the indicator.")


def _write(answer: Answer, version: int, values: Mapping[str, object]) -> None:
    with closed_by_trigger():
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


def _starts(assessment: Assessment) -> bool:
    """Whether this save is the first: for one of those who save at the same time, the others wait.

    To be asked before any answer is written: whoever held a row while waiting here would be waited
    for by one who has started the assessment and goes on to that row, as a spreadsheet does.
    """
    started = Event.objects.about(assessment).filter(verb=Verb.STARTED.value)
    if started.exists():
        return False
    with connection.cursor() as cursor:
        # Held until the transaction ends.
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, %s))",
            [Verb.STARTED.value, assessment.pk],
        )
    return not started.exists()


def _note_start(assessment: Assessment, by: User) -> None:
    record(
        verb=Verb.STARTED,
        by=by,
        partner=assessment.partner,
        subject=assessment,
        notices=NOTICES,
    )
