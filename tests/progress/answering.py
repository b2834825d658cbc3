"""Assessments that were answered, signed off and accepted, with few statements."""

from django.utils import timezone

from assessments.actions.reviewing import accept
from assessments.actions.submitting import send, sign_off
from assessments.models import Assessment, Review, Round
from signatories.models import Partner, User
from tests.factories import make_member


def say(
    round: Round,
    partner: Partner,
    staff: User,
    rating: int | None,
    *,
    code: str = "1.1",
    narrative: str = "We do.",
    others: int = 2,
) -> Review:
    """Accept the partner's assessment: one indicator as told (None: not applicable), all others 2.

    A rating of 3 or 4 is one that the partner is willing to share.
    """
    leader = make_member(partner, "leader")
    found = Assessment.objects.get(partner=partner, round=round)
    saved = {"completed": True, "updated_at": timezone.now(), "updated_by": leader}
    found.answers.update(rating=others, narrative="We do.", **saved)
    commitment, _, number = code.partition(".")
    found.answers.filter(indicator__commitment__number=commitment, indicator__number=number).update(
        rating=rating,
        not_applicable=rating is None,
        reason="We have no projects." if rating is None else "",
        narrative=narrative,
        willing_to_share=rating is not None and rating > 2,
    )
    send(assessment=found, by=leader)
    sign_off(assessment=found, by=leader)
    return accept(assessment=found, note="", by=staff)
