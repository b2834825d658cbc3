"""Two leads bring last year's answers forward at once, or a colleague saves meanwhile."""

from functools import partial

import pytest

from assessments.actions.answering import StaleAnswerError
from assessments.actions.carrying import carry_forward
from assessments.actions.evidence import Link
from assessments.models import Answer, Assessment, Evidence
from assessments.verbs import Verb
from commitments.models import Edition
from signatories.models import Event, Partner, User
from tests.assessment_factories import save
from tests.assessments.test_races import at_once, writing
from tests.assessments.years import empty_next_year, move_to_the_past

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 20


@pytest.fixture
def before(edition: Edition, partner: Partner, lead: User, staff: User) -> Assessment:
    """Last year's assessment, all completed, with a link each."""
    found = empty_next_year(edition, staff, partner)
    for answer in found.answers.all():
        save(answer, lead, links=(Link("Plan", "https://a.example/plan"),))
    move_to_the_past(found.round)
    return found


def test_two_at_once_are_once(
    before: Assessment, lead: User, contributor: User, staff: User
) -> None:
    for number in range(2, ROUNDS + 2):
        now = empty_next_year(before.round.edition, staff, before.partner)
        copied = at_once(
            partial(carry_forward, assessment=now, by=lead),
            partial(carry_forward, assessment=now, by=contributor),
        )
        assert sorted(copied) == [0, 13], copied  # type: ignore[type-var]  # numbers, or it fails
        assert Evidence.objects.filter(answer__assessment=now).count() == 13
        assert set(now.answers.values_list("version", flat=True)) == {2}
        events = Event.objects.about(now).filter(verb=Verb.CARRIED_FORWARD.value)
        assert events.count() == 1
        move_to_the_past(now.round, years=number)


def test_a_save_at_the_same_moment_is_never_overwritten(
    before: Assessment, lead: User, contributor: User, staff: User
) -> None:
    for number in range(2, ROUNDS + 2):
        now = empty_next_year(before.round.edition, staff, before.partner)
        answer = now.answers.in_order()[0]
        saved, copied = at_once(
            writing(answer, 1, f"Mine {number}", contributor),
            partial(carry_forward, assessment=now, by=lead),
        )
        stored = now.answers.get(pk=answer.pk)
        if isinstance(saved, Answer):
            assert (stored.narrative, copied) == (f"Mine {number}", 12)
        else:
            # The colleague is told, and has both texts to choose from.
            assert isinstance(saved, StaleAnswerError), saved
            assert (stored.narrative, copied) == ("We do.", 13)
        move_to_the_past(now.round, years=number)
