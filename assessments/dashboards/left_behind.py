"""Drafts of people whose role has ended: their own words, which they may still copy out."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef

from assessments.models import Draft
from signatories.models import Membership, User


@dataclass(frozen=True)
class LeftBehind:
    """A draft that can be saved no more, by what it is about."""

    pk: int
    partner: str
    code: str
    title: str
    kept_at: datetime


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
