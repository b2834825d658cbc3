"""Good practice for tests, made through the actions only."""

from assessments.actions.practices import Words, offer, publish
from assessments.models import Answer, Assessment, GoodPractice
from assessments.models import Round as AssessmentRound
from signatories.models import Partner, User
from tests.assessment_factories import save
from tests.factories import make_member

WORDS = Words("Sharing data about rough sleeping", "We agreed once.\n\nNow it takes a day.")


def first_answer(assessment: Assessment, place: int = 0) -> Answer:
    """An answer in the Declaration’s order."""
    return assessment.answers.in_order()[place]


def offered(
    assessment: Assessment, lead: User, words: Words = WORDS, *, place: int = 0
) -> GoodPractice:
    """An offer that began from a saved answer."""
    answer = first_answer(assessment, place)
    saved = answer if answer.is_started else save(answer, lead)
    return offer(answer=saved, words=words, by=lead)


def published(
    assessment: Assessment, lead: User, staff: User, words: Words = WORDS, *, place: int = 0
) -> GoodPractice:
    """One that everybody can read."""
    practice = offered(assessment, lead, words, place=place)
    return publish(practice=practice, version=practice.version, words=words, by=staff)


def published_by(
    partner: Partner, round: AssessmentRound, staff: User, words: Words = WORDS, *, place: int = 0
) -> GoodPractice:
    """One of a partner that takes part in the round, with a new lead."""
    assessment = Assessment.objects.get(round=round, partner=partner)
    return published(assessment, make_member(partner, "lead"), staff, words, place=place)
