"""An assessment as it goes into a spreadsheet, and what its answers said when they did."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q
from django.db.models.functions import JSONObject

from assessments.dashboards.earlier import Earlier, earlier_facts, earlier_of
from assessments.dashboards.sheets import read_opening
from assessments.dashboards.values import values_of
from assessments.models import Answer, Assessment
from commitments.models import LevelDescription


@dataclass(frozen=True)
class OfflineRow:
    """One indicator: its answer, what the levels mean, and what was said of it before."""

    answer: Answer
    is_open: bool
    comment: str
    levels: Mapping[int, str]
    earlier: Earlier | None = None


def read_offline(assessment: Assessment) -> tuple[OfflineRow, ...]:
    """Read the answers in the Declaration's order with all that goes beside them.

    Two queries at most.
    """
    opening = read_opening(assessment)
    levels = LevelDescription.objects.filter(indicator=OuterRef("indicator")).order_by("rating")
    facts = JSONObject(rating="rating", description="description")
    answers: Any = assessment.answers.in_order().annotate(
        earlier_facts=earlier_facts(), level_facts=ArraySubquery(levels.values(facts=facts))
    )
    return tuple(
        OfflineRow(
            answer=answer,
            is_open=opening.includes(answer.indicator_id),
            comment=opening.comments.get(answer.indicator_id, ""),
            levels={level["rating"]: level["description"] for level in answer.level_facts},
            earlier=earlier_of(answer.earlier_facts),
        )
        for answer in answers
    )


def read_bases(versions: Mapping[int, int]) -> dict[int, dict[str, object]]:
    """What answers said in the versions given, by the answer's id: one query.

    A version that an answer never had is left out.
    """
    if not versions:
        return {}
    history: Any = Answer._meta.get_field("history").related_model
    wanted = reduce(or_, (Q(pgh_obj=pk, version=number) for pk, number in versions.items()))
    found = history.objects.filter(wanted).order_by("pgh_obj_id", "-pgh_id")
    return {said.pgh_obj_id: values_of(said) for said in found.distinct("pgh_obj_id")}
