"""Partners who ask for support, and others who are strong and have agreed to be contacted."""

from assessments.actions.contacts import give_contact
from assessments.actions.reviewing import accept
from assessments.actions.submitting import send, sign_off
from assessments.actions.supporting import ask
from assessments.models import Answer, Assessment, Contact, Round, SupportRequest
from commitments.models import Indicator
from signatories.models import Partner, User
from tests.assessment_factories import answer_all
from tests.factories import make_member


def make_request(
    partner: Partner,
    indicator: Indicator,
    by: User,
    words: str = "Somebody to talk to",
    urgency: str = "normal",
) -> SupportRequest:
    """A request in the partner's own words."""
    return ask(
        partner=partner, indicator=indicator, offer=None, words=words, urgency=urgency, by=by
    )


def agree(partner: Partner, name: str = "Con Tact") -> Contact:
    """A contact that a lead of the partner has agreed."""
    return give_contact(
        partner=partner,
        name=name,
        job_title="Data manager",
        email=f"{name.split()[0].lower()}@{partner.slug}.example",
        phone="01245 555 0100",
        by=make_member(partner, "lead"),
    )


def make_strong(
    round: Round, partner: Partner, staff: User, *, rating: int = 4, shares: bool = True
) -> Assessment:
    """The partner's assessment of the round, accepted with that rating everywhere."""
    leader = make_member(partner, "leader", f"Leader of {partner}")
    assessment = Assessment.objects.get(round=round, partner=partner)
    answer_all(assessment, leader, rating)
    Answer.objects.filter(assessment=assessment).update(
        willing_to_share=shares, narrative="We hold an open session every month."
    )
    send(assessment=assessment, by=leader)
    sign_off(assessment=assessment, by=leader)
    assessment.refresh_from_db()
    accept(assessment=assessment, note="", by=staff)
    return Assessment.objects.get(pk=assessment.pk)
