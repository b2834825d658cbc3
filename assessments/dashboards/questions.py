"""What a reviewer may ask about the answers of an assessment."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from assessments import quality
from assessments.dashboards.sheets import Row, Sheet
from assessments.models import Evidence, EvidenceFile, Improvement
from assessments.quality import Planned, Question, Said


@dataclass(frozen=True)
class Asked:
    """A question that ecda asked: of what kind, about which improvement, by whom and when.

    In a reviewer's own draft it has been asked by nobody yet.
    """

    kind: str
    improvement_id: int | None
    words: str
    by: str = ""
    at: datetime | None = None


def questions_of(sheet: Sheet, today: date | None = None) -> Mapping[int, list[Question]]:
    """The questions about each answer, by the answer's id; those without are not in it.

    Takes no query: all that is asked about has been read with the sheet.
    """
    today = today or timezone.localdate()
    asked = {row.answer.pk: quality.questions(said_in(row), today) for row in sheet.rows}
    return {pk: found for pk, found in asked.items() if found}


def said_in(row: Row) -> Said:
    """What counts of the row: the words of an earlier round only once somebody saved them."""
    answer = row.answer
    counts = answer.is_answered
    return Said(
        rating=answer.rating if counts else None,
        not_applicable=answer.not_applicable and counts,
        has_words=bool(answer.narrative.strip()),
        evidence=sum(not _is_refused(one) for one in row.evidence),
        previous=row.earlier.rating if row.earlier else None,
        asks_support=bool(row.support),
        improvements=tuple(map(planned_in, row.improvements)),
    )


def _is_refused(evidence: Evidence) -> bool:
    """Whether it is a file that the virus scanner refused: nobody can open it."""
    newest = getattr(evidence, "newest", None)
    return newest is not None and newest["verdict"] == EvidenceFile.Verdict.INFECTED


def planned_in(improvement: Improvement) -> Planned:
    """The improvement as questions look at it."""
    return Planned(
        what=improvement.what,
        owner=improvement.owner,
        due_on=improvement.due_on,
        finished=improvement.state not in Improvement.UNFINISHED,
        key=improvement.pk,
    )
