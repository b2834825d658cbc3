"""Real threads on real PostgreSQL: what two people do at the same moment, and what is left."""

import re
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import pgtrigger
import pytest
from django.db import connection, transaction

from assessments.actions import reviewing, submitting
from assessments.actions.answering import StaleAnswerError, save_answer
from assessments.actions.opening import ClosedToWritingError
from assessments.models import Answer, Assessment
from assessments.verbs import Verb
from assessments.workflow import State
from declaration.actions import RefusedError
from signatories.models import Event, User
from tests.assessment_factories import answer_all, bring_to, save
from tests.factories import make_member

pytestmark = pytest.mark.django_db(transaction=True)

RACES = 300
SIGN_OFFS = 200


def at_once(*works: Callable[[], object]) -> list[object]:
    """Run each in a thread of its own from the same moment; return results and exceptions."""
    start = threading.Barrier(len(works), timeout=10)
    results: list[object] = [None] * len(works)

    def run(place: int, work: Callable[[], object]) -> None:
        try:
            start.wait()
            results[place] = work()
        except Exception as error:  # The caller looks at it.
            results[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    assert not any(thread.is_alive() for thread in threads)
    return results


def writing(answer: Answer, version: int, text: str, by: User) -> Callable[[], Answer]:
    """Save this text under that version, on an answer of one's own reading."""

    def work() -> Answer:
        return save_answer(
            answer=Answer.objects.select_related("indicator").get(pk=answer.pk),
            version=version,
            rating=2,
            not_applicable=False,
            reason="",
            narrative=text,
            completed=True,
            by=by,
        )

    return work


def careless(
    answer: Answer, version: int, text: str, read: threading.Barrier
) -> Callable[[], object]:
    """How it would be done without care: read, compare the version, save."""

    def work() -> None:
        row = Answer.objects.get(pk=answer.pk)
        read.wait()
        if row.version != version:
            raise RefusedError("stale")
        row.narrative, row.version = text, version + 1
        row.save(update_fields=["narrative", "version"])

    return work


def test_of_two_saves_of_one_answer_exactly_one_wins(
    assessment: Assessment, contributor: User, lead: User
) -> None:
    answer = assessment.answers.in_order()[0]
    for number in range(RACES):
        version = number + 1
        results = at_once(
            writing(answer, version, f"one {number}", contributor),
            writing(answer, version, f"two {number}", lead),
        )
        won = [result for result in results if isinstance(result, Answer)]
        lost = [result for result in results if isinstance(result, StaleAnswerError)]
        assert (len(won), len(lost)) == (1, 1), results
        row = Answer.objects.get(pk=answer.pk)
        assert (row.narrative, row.version) == (won[0].narrative, version + 1)
        assert lost[0].current.narrative == row.narrative
    print(f"\n{RACES} races on one answer: {RACES} winners, 0 silent overwrites")


def test_reading_comparing_and_saving_would_lose_texts(assessment: Assessment) -> None:
    """The negative control."""
    answer = assessment.answers.in_order()[0]
    lost = 0
    for number in range(10):
        version = number + 1
        read = threading.Barrier(2, timeout=10)
        results = at_once(
            careless(answer, version, "one", read), careless(answer, version, "two", read)
        )
        lost += results == [None, None]
    assert lost == 10


def test_saves_of_different_answers_never_lose_one(
    assessment: Assessment, contributor: User, lead: User
) -> None:
    first, second = assessment.answers.in_order()[:2]
    for number in range(RACES):
        results = at_once(
            writing(first, number + 1, f"first {number}", contributor),
            writing(second, number + 1, f"second {number}", lead),
        )
        assert all(isinstance(result, Answer) for result in results), results
        texts = [Answer.objects.get(pk=answer.pk).narrative for answer in (first, second)]
        assert texts == [f"first {number}", f"second {number}"]
    print(f"\n{RACES} races on different answers: 0 lost")


def test_writing_the_whole_sheet_would_lose_the_other_answer(assessment: Assessment) -> None:
    """The negative control: everything read, one text changed, everything written back."""
    read = threading.Barrier(2, timeout=10)

    def whole(place: int) -> Callable[[], object]:
        def work() -> None:
            answers = list(assessment.answers.in_order())
            read.wait()
            answers[place].narrative = f"text {place}"
            with transaction.atomic():
                for answer in sorted(answers, key=lambda answer: answer.pk):
                    answer.save(update_fields=["narrative"])

        return work

    assert at_once(whole(0), whole(1)) == [None, None]
    kept = [answer.narrative for answer in assessment.answers.in_order()[:2]]
    assert kept.count("") == 1


def test_two_first_saves_start_the_assessment_once(
    assessment: Assessment, contributor: User, lead: User
) -> None:
    first, second = assessment.answers.in_order()[:2]
    results = at_once(writing(first, 1, "a", contributor), writing(second, 1, "b", lead))
    assert all(isinstance(result, Answer) for result in results), results
    started = Event.objects.about(assessment).filter(verb=Verb.STARTED.value)
    assert started.count() == 1


def test_what_is_signed_off_is_what_is_stored(
    assessment: Assessment, contributor: User, leader: User, staff: User
) -> None:
    bring_to(assessment, State.CHANGES, leader=leader, staff=staff)
    answer = assessment.answers.in_order()[0]
    written = 0

    def send_and_sign(pause: float) -> str:
        time.sleep(pause)
        submitting.send(assessment=assessment, by=leader)
        submitting.sign_off(assessment=assessment, by=leader)
        return Answer.objects.get(pk=answer.pk).narrative

    for number in range(SIGN_OFFS):
        version = Answer.objects.get(pk=answer.pk).version
        edit, signed = at_once(
            writing(answer, version, f"edit {number}", contributor),
            partial(send_and_sign, (number % 3) / 100),
        )
        stored = Answer.objects.get(pk=answer.pk)
        assert signed == stored.narrative, (edit, signed)
        if isinstance(edit, Answer):
            written += 1
            assert stored.narrative == f"edit {number}"
        else:
            assert isinstance(edit, ClosedToWritingError), edit
        comments = {answer.indicator_id: "Again."}
        reviewing.request_changes(assessment=assessment, note="Why", comments=comments, by=staff)
    refused = SIGN_OFFS - written
    counted = f"{written} edits before, {refused} refused, 0 after"
    print(f"\n{SIGN_OFFS} sign-offs racing an edit: {counted}")


def edit_that_began_before(
    answer: Answer, assessment: Assessment, leader: User
) -> tuple[object, str]:
    """An edit that found the assessment open, and writes after it has been signed off."""
    with transaction.atomic():
        assert Assessment.objects.get(pk=assessment.pk).state == "draft"
        [signed] = at_once(lambda: sign(assessment, leader))
        try:
            with transaction.atomic():
                row = Answer.objects.filter(pk=answer.pk)
                result: object = row.update(narrative="Slipped in")
        except Exception as error:  # The caller looks at it.
            result = error
    assert signed == "signed"
    return result, Answer.objects.get(pk=answer.pk).narrative


def sign(assessment: Assessment, leader: User) -> str:
    submitting.send(assessment=assessment, by=leader)
    submitting.sign_off(assessment=assessment, by=leader)
    return "signed"


def test_an_edit_that_began_before_the_sign_off_cannot_slip_in(
    assessment: Assessment, leader: User
) -> None:
    answer_all(assessment, leader)
    answer = assessment.answers.in_order()[0]
    result, narrative = edit_that_began_before(answer, assessment, leader)
    assert "not open to this indicator" in str(result)
    assert narrative == "We do."


def test_without_the_trigger_it_would_slip_in(assessment: Assessment, leader: User) -> None:
    """The negative control."""
    answer_all(assessment, leader)
    answer = assessment.answers.in_order()[0]
    with pgtrigger.ignore("assessments.Answer:answer_open_to_writing"):
        result, narrative = edit_that_began_before(answer, assessment, leader)
    assert (result, narrative) == (1, "Slipped in")


def test_of_two_reviewers_one_decides(
    assessment: Assessment, leader: User, staff: User, administrator: User
) -> None:
    bring_to(assessment, State.SUBMITTED, leader=leader, staff=staff)
    comments = {assessment.answers.in_order()[0].indicator_id: "Say more."}
    results: list[Any] = at_once(
        lambda: reviewing.accept(assessment=assessment, note="", by=staff),
        lambda: reviewing.request_changes(
            assessment=assessment, note="Why", comments=comments, by=administrator
        ),
    )
    refused = [result for result in results if isinstance(result, RefusedError)]
    assert len(refused) == 1
    # Whichever was first, the other is told how it stands now.
    assert re.search("It is (the turn of the partner|nobody’s turn)", str(refused[0]))
    assert assessment.reviews.count() == 1


def test_two_leaders_sign_off_once(assessment: Assessment, leader: User, staff: User) -> None:
    other = make_member(assessment.partner, "leader")
    bring_to(assessment, State.AWAITING, leader=leader, staff=staff)
    results = at_once(
        lambda: submitting.sign_off(assessment=assessment, by=leader),
        lambda: submitting.sign_off(assessment=assessment, by=other),
    )
    assert sum(isinstance(result, RefusedError) for result in results) == 1
    signed = Event.objects.about(assessment).filter(verb=Verb.SIGNED_OFF.value)
    assert signed.count() == 1


def test_a_save_and_its_retry_do_not_wait_for_each_other(
    assessment: Assessment, lead: User
) -> None:
    """Thirteen people save thirteen answers at once, and all of them are kept."""
    answers = list(assessment.answers.in_order())
    results = at_once(*(writing(a, 1, a.indicator.code, lead) for a in answers))
    assert all(isinstance(result, Answer) for result in results), results
    kept = [answer.narrative for answer in assessment.answers.in_order()]
    assert kept == [answer.indicator.code for answer in answers]
    assert save(assessment.answers.in_order()[0], lead).version == 3
