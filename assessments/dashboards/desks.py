"""One indicator with all that is needed to answer it, read in few queries."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import JSONObject
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from assessments.dashboards.earlier import Earlier, earlier_facts, earlier_of
from assessments.dashboards.improvements import Line, lines_of
from assessments.dashboards.questions import Asked
from assessments.dashboards.sheets import Opening, Row, read_opening, row_of
from assessments.dashboards.words import due_and_date
from assessments.models import (
    Answer,
    Assignment,
    Draft,
    Evidence,
    Improvement,
    QualityRequest,
    SupportRequest,
)
from commitments.models import LevelDescription, SupportOffer
from signatories.models import User


@dataclass(frozen=True)
class KeptDraft:
    """What the person who looks has typed here and not saved; see the model `Draft`."""

    pk: int
    version: int
    typed: Mapping[str, list[str]]
    aside: list[dict[str, Any]]
    revision: int
    kept_at: datetime


@dataclass(frozen=True)
class Assigned:
    """Who has been asked to answer the indicator, and until when."""

    person: str
    person_id: int
    due_on: date | None

    @property
    def due(self) -> str:
        """When it is due: "due in 3 days (3 May 2026)"; empty without a date."""
        return due_and_date(self.due_on, timezone.localdate()) if self.due_on else ""


@dataclass(frozen=True)
class Desk:
    """All that is needed to answer one indicator."""

    answer: Answer
    opening: Opening
    levels: tuple[LevelDescription, ...]
    offers: tuple[SupportOffer, ...]
    asked: tuple[SupportRequest, ...]
    evidence: tuple[Evidence, ...]
    improvements: tuple[Improvement, ...]
    earlier: Earlier | None = None
    carried: str = ""
    draft: KeptDraft | None = None
    assigned: Assigned | None = None
    quality: tuple[Asked, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether the partner may write this answer now."""
        return self.opening.includes(self.answer.indicator_id)

    @property
    def row(self) -> Row:
        """The answer as other pages show it."""
        return row_of(
            self.answer,
            self.opening,
            evidence=self.evidence,
            support=self.asked,
            improvements=self.improvements,
            earlier=self.earlier,
            carried=self.carried,
        )

    @property
    def improvement_lines(self) -> tuple[Line, ...]:
        """The improvements with their dates in words."""
        return lines_of(self.improvements)

    @property
    def next_step(self) -> str:
        """What the level above the saved rating would need; empty without one."""
        steps = {level.rating: level.next_step for level in self.levels}
        return "" if self.answer.rating is None else steps.get(self.answer.rating, "")


def read_desk(answer: Answer, person: User | None = None, *, whole: bool = True) -> Desk:
    """Read the indicator's desk, with the draft of `person`: four queries at most.

    All that hangs on the answer comes as JSON in one query; evidence and improvements are rows,
    which a save does not need: without `whole` they are left out.
    """
    hanging = _hanging(answer, person)
    improvements = Improvement.objects.filter(partner=answer.assessment.partner_id)
    planned = improvements.about(answer.indicator).order_by("due_on", "pk")
    return Desk(
        answer=answer,
        opening=read_opening(answer.assessment),
        levels=tuple(LevelDescription(**facts) for facts in hanging["levels"]),
        offers=tuple(SupportOffer(**facts) for facts in hanging["offers"]),
        asked=tuple(_asked(facts) for facts in hanging["asked"]),
        evidence=tuple(answer.evidence.current().with_file()) if whole else (),
        improvements=tuple(planned) if whole else (),
        earlier=earlier_of(hanging["earlier"]),
        carried=hanging["carried"] or "",
        draft=_draft(hanging["draft"]),
        assigned=_assigned(hanging["assigned"]),
        quality=tuple(_quality(facts) for facts in hanging["quality"]),
    )


def _json(*names: str, **others: str) -> JSONObject:
    return JSONObject(**{name: name for name in names}, **others)


def _hanging(answer: Answer, person: User | None) -> dict[str, Any]:
    indicator = OuterRef("indicator")
    levels = LevelDescription.objects.filter(indicator=indicator).order_by("rating")
    offers = SupportOffer.objects.filter(indicators=indicator).order_by("name")
    asked = SupportRequest.objects.waiting().filter(
        partner=OuterRef("assessment__partner"), indicator=indicator
    )
    drafts = Draft.objects.filter(answer=OuterRef("pk"), person=person)
    assigned = Assignment.objects.filter(answer=OuterRef("pk"))
    quality = QualityRequest.objects.filter(answer=OuterRef("pk")).order_by("asked_at", "pk")
    row = Answer.objects.filter(pk=answer.pk).values(
        levels=ArraySubquery(levels.values(facts=_json("rating", "description", "next_step"))),
        offers=ArraySubquery(offers.values(facts=_json("id", "slug", "name", "description"))),
        asked=ArraySubquery(
            asked.order_by("asked_at", "pk").values(
                facts=_json("id", "words", "state", "offer_id", "offer__slug", "offer__name")
            )
        ),
        earlier=earlier_facts(),
        carried=F("carried_from__assessment__round__name"),
        draft=Subquery(
            drafts.values(facts=_json("pk", "version", "typed", "aside", "revision", "kept_at"))
        ),
        assigned=Subquery(
            assigned.values(facts=_json("person_id", "due_on", person="person__name"))
        ),
        quality=ArraySubquery(
            quality.values(
                facts=_json("kind", "improvement_id", "words", by="asked_by__name", at="asked_at")
            )
        ),
    )
    return dict(row.get())


def _asked(facts: dict[str, Any]) -> SupportRequest:
    slug, name = facts.pop("offer__slug"), facts.pop("offer__name")
    offer_id = facts.pop("offer_id")
    offer = SupportOffer(id=offer_id, slug=slug, name=name) if offer_id else None
    return SupportRequest(**facts, offer=offer)


def _draft(facts: dict[str, Any] | None) -> KeptDraft | None:
    if facts is None:
        return None
    kept_at = parse_datetime(facts.pop("kept_at"))
    return KeptDraft(**facts, kept_at=kept_at) if kept_at else None


def _assigned(facts: dict[str, Any] | None) -> Assigned | None:
    if facts is None:
        return None
    due_on = parse_date(facts["due_on"]) if facts["due_on"] else None
    return Assigned(facts["person"], facts["person_id"], due_on)


def _quality(facts: dict[str, Any]) -> Asked:
    return Asked(**facts | {"at": parse_datetime(facts["at"])})


def next_answer(answer: Answer) -> Answer | None:
    """The next answer in the Declaration's order that is open to writing; None after the last."""
    opening = read_opening(answer.assessment)
    indicator = answer.indicator
    place = (indicator.commitment.number, indicator.number)
    for other in Answer.objects.filter(assessment=answer.assessment_id).in_order():
        here = (other.indicator.commitment.number, other.indicator.number)
        if here > place and opening.includes(other.indicator_id):
            return other
    return None
