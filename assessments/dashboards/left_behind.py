"""Drafts that might be left behind: whose they are and where, never what they say."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef

from assessments.models import Assessment, Draft
from signatories.models import Membership, User


@dataclass(frozen=True)
class LeftBehind:
    """A draft that can be saved no more, by what it is about."""

    pk: int
    partner: str
    code: str
    title: str
    kept_at: datetime


@dataclass(frozen=True)
class Unsaved:
    """Somebody has words in an indicator that are not saved; what they are is theirs alone."""

    person: str
    is_own: bool
    code: str
    title: str
    answer_id: int


def read_unsaved(assessment: Assessment, person: User) -> list[Unsaved]:
    """Who has unsaved words in the assessment, and where, for one who may send it: one query."""
    drafts = Draft.objects.filter(answer__assessment=assessment).select_related(
        "person", "answer__indicator__commitment"
    )
    in_order = drafts.order_by(
        "answer__indicator__commitment__number", "answer__indicator__number", "person__name"
    )
    return [
        Unsaved(
            person=draft.person.name,
            is_own=draft.person_id == person.pk,
            code=draft.answer.indicator.code,
            title=draft.answer.indicator.title,
            answer_id=draft.answer_id,
        )
        for draft in in_order.defer("typed", "aside")
    ]


def read_left_behind(person: User) -> list[LeftBehind]:
    """The person's drafts at partners they do not belong to any more, latest first: one query."""
    belongs = Membership.objects.current().filter(
        person=person, partner=OuterRef("answer__assessment__partner")
    )
    drafts = Draft.objects.visible_to(person).filter(~Exists(belongs))
    related = drafts.select_related("answer__assessment__partner", "answer__indicator__commitment")
    return [
        LeftBehind(
            pk=draft.pk,
            partner=draft.answer.assessment.partner.name,
            code=draft.answer.indicator.code,
            title=draft.answer.indicator.title,
            kept_at=draft.kept_at,
        )
        for draft in related.defer("typed", "aside")
    ]
