"""What quality checks look at in the answers of many partners, read in a fixed number of queries.

What counts of an answer is what `questions_of` says of one assessment.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, Upper

from assessments.dashboards.questions import planned_in
from assessments.models import (
    Answer,
    Assessment,
    Evidence,
    EvidenceFile,
    Improvement,
    Round,
    SupportRequest,
)
from assessments.quality import Planned, Said
from commitments.models import Indicator

# A sign that is no blank, as Python's `strip` counts them.
SEEN = r"[^\s\u001c-\u001f\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]"


@dataclass(frozen=True)
class AnswerRow:
    """What is asked about of one answer: its texts only by whether there is one."""

    pk: int
    assessment: int
    indicator: int
    rating: int | None
    not_applicable: bool
    counts: bool
    has_words: bool
    has_evidence: bool


@dataclass(frozen=True)
class Facts:
    """What belongs to the answers: by partner and the indicator's title, or its id."""

    indicators: Mapping[int, Indicator]
    previous: Mapping[tuple[int, str], int | None]
    planned: Mapping[tuple[int, str], list[Planned]]
    support: frozenset[tuple[int, int]]

    def said(self, row: AnswerRow, assessment: Assessment, indicator: Indicator) -> Said:
        """The answer as questions look at it."""
        place = (assessment.partner_id, indicator.title.upper())
        return Said(
            rating=row.rating if row.counts else None,
            not_applicable=row.not_applicable and row.counts,
            has_words=row.has_words,
            evidence=int(row.has_evidence),
            previous=self.previous.get(place),
            asks_support=(assessment.partner_id, indicator.pk) in self.support,
            improvements=tuple(self.planned.get(place, ())),
        )


def read_rows(assessments: Iterable[int]) -> list[AnswerRow]:
    """The answers: one query."""
    files = EvidenceFile.objects.filter(evidence=OuterRef("pk")).order_by("-number")
    standing = (
        Evidence.objects.filter(answer=OuterRef("pk"), removed_at__isnull=True)
        .annotate(verdict=Coalesce(Subquery(files.values("verdict")[:1]), Value("")))
        .exclude(verdict=EvidenceFile.Verdict.INFECTED)
    )
    answers = Answer.objects.filter(assessment__in=list(assessments)).annotate(
        has_words=Q(narrative__regex=SEEN), has_evidence=Exists(standing)
    )
    names = (
        "pk", "assessment_id", "indicator_id", "rating", "not_applicable", "updated_at",
        "carried_from_id", "has_words", "has_evidence",
    )  # fmt: skip
    found = []
    for pk, assessment, indicator, rating, na, updated, carried, words, evidence in (
        answers.values_list(*names)
    ):  # fmt: skip
        counts = (rating is not None or na) and not (carried is not None and updated is None)
        found.append(AnswerRow(pk, assessment, indicator, rating, na, counts, words, evidence))
    return found


def read_facts(assessments: list[Assessment], round: Round) -> Facts:
    """The indicators, earlier ratings, unfinished improvements and wishes: four queries."""
    partners = [one.partner_id for one in assessments]
    earlier = Answer.objects.filter(
        assessment__partner__in=partners,
        assessment__round__opens_on__lt=round.opens_on,
        updated_at__isnull=False,
    ).annotate(about=Upper("indicator__title"))
    latest = earlier.order_by(
        "assessment__partner_id", "about", "-assessment__round__opens_on", "-pk"
    ).distinct("assessment__partner_id", "about")
    previous = latest.values_list("assessment__partner_id", "about", "rating")
    planned: dict[tuple[int, str], list[Planned]] = defaultdict(list)
    unfinished = Improvement.objects.unfinished().filter(partner__in=partners)
    for one in unfinished.annotate(about=Upper("indicator__title")).order_by("due_on", "pk"):
        planned[one.partner_id, vars(one)["about"]].append(planned_in(one))
    support = SupportRequest.objects.waiting().filter(partner__in=partners)
    edition = Indicator.objects.filter(commitment__edition=round.edition_id)
    return Facts(
        indicators={one.pk: one for one in edition.select_related("commitment")},
        previous={(partner, about): rating for partner, about, rating in previous},
        planned=planned,
        support=frozenset(support.values_list("partner_id", "indicator_id")),
    )
