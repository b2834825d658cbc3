"""The durable job: claimed once, fenced, tried again, parked; the row is the truth."""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone

from declaration import jobs
from signatories.models import Message, User
from tests.factories import make_user

pytestmark = pytest.mark.django_db

State = Message.State


def make_job(person: User | None = None, key: str = "one") -> Message:
    """A job of the plainest kind: an e-mail that waits."""
    person = person or make_user()
    return Message.objects.create(
        key=key, person=person, to=person.email, subject="News", body="…", message_id=f"<{key}@x>"
    )


def let_lease_run_out(job: Message) -> None:
    Message.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(minutes=1))


def claimed(job: Message) -> Message:
    found = jobs.claim(Message, job.pk)
    assert found is not None
    return found


def test_a_claim_takes_a_lease_and_counts_the_attempt() -> None:
    job = claimed(make_job())
    assert (job.state, job.attempt) == (State.RUNNING, 1)
    assert job.lease_until is not None
    assert job.lease_until > timezone.now()


def test_a_job_that_is_being_done_cannot_be_claimed() -> None:
    job = claimed(make_job())
    assert jobs.claim(Message, job.pk) is None


def test_an_ended_or_unknown_job_cannot_be_claimed() -> None:
    job = claimed(make_job())
    assert jobs.finish(job, {})
    assert jobs.claim(Message, job.pk) is None
    assert jobs.claim(Message, 0) is None


def test_a_job_whose_lease_ran_out_is_claimed_anew() -> None:
    first = claimed(make_job())
    let_lease_run_out(first)
    second = claimed(first)
    assert second.attempt == 2


def test_the_result_of_a_stale_attempt_is_dropped() -> None:
    stale = claimed(make_job())
    let_lease_run_out(stale)
    claimed(stale)
    told: list[Message] = []
    assert not jobs.finish(stale, {"subject": "from the stale attempt"}, told.append)
    jobs.tell(stale, 90, "nearly done")
    jobs.fail(stale, "too late", final=True)
    now = Message.objects.get()
    assert (now.state, now.subject, now.percent, now.error) == (State.RUNNING, "News", 0, "")
    assert told == []


def test_without_fencing_the_stale_result_would_win(monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control of the test above: the same story with the protection off."""
    monkeypatch.setattr(jobs, "_mine", lambda job: Message.objects.filter(pk=job.pk))
    stale = claimed(make_job())
    let_lease_run_out(stale)
    claimed(stale)
    assert jobs.finish(stale, {"subject": "from the stale attempt"})
    assert Message.objects.get().subject == "from the stale attempt"


@pytest.mark.django_db(transaction=True)
def test_an_attempt_from_before_a_retry_is_stale_too() -> None:
    stale = claimed(make_job())
    jobs.fail(stale, "no hope", final=True)
    assert jobs.retry(stale)
    again = claimed(stale)
    assert again.attempt == stale.attempt
    assert not jobs.finish(stale, {"subject": "from the stale attempt"})
    assert jobs.finish(again, {})
    assert Message.objects.get().subject == "News"


def test_finishing_runs_what_comes_with_it_in_one_transaction() -> None:
    job = claimed(make_job())

    def stumble(job: Message) -> None:
        assert job.state == State.DONE
        raise RuntimeError("the notice cannot be written")

    with pytest.raises(RuntimeError):
        jobs.finish(job, {"subject": "ready"}, stumble)
    now = Message.objects.get()
    assert (now.state, now.subject) == (State.RUNNING, "News")


def test_run_does_the_work_once() -> None:
    done: list[int] = []

    def work(job: Message) -> dict[str, str]:
        done.append(job.attempt)
        return {"subject": "ready"}

    job = make_job()
    for _ in range(3):
        jobs.run(Message, job.pk, work)
    now = Message.objects.get()
    assert done == [1]
    assert (now.state, now.subject, now.percent) == (State.DONE, "ready", 100)
    assert now.finished_at is not None


def test_a_stumble_is_tried_again_and_parked_after_five_attempts() -> None:
    def work(job: Message) -> dict[str, str]:
        raise OSError("mail server is down")

    job = make_job()
    for attempt in range(1, 6):
        assert Message.objects.get().state == State.QUEUED
        jobs.run(Message, job.pk, work)
        assert Message.objects.get().attempt == attempt
    parked = Message.objects.get()
    assert (parked.state, parked.error) == (State.FAILED, "OSError: mail server is down")
    assert jobs.claim(Message, job.pk) is None


@pytest.fixture
def told() -> Iterator[list[str]]:
    """The states of e-mails that were told to have failed, in order."""
    heard: list[str] = []

    def hear(job: Message, **_kwargs: Any) -> None:
        heard.append(job.state)

    jobs.failed.connect(hear, sender=Message)
    yield heard
    jobs.failed.disconnect(hear, sender=Message)


def test_who_listens_is_told_once_when_a_job_is_parked(told: list[str]) -> None:
    def work(job: Message) -> dict[str, str]:
        raise OSError("mail server is down")

    job = make_job()
    for _ in range(jobs.MAX_ATTEMPTS):
        assert told == []
        jobs.run(Message, job.pk, work)
    assert told == [State.FAILED]
    stale = job
    jobs.fail(stale, "too late", final=True)
    assert told == [State.FAILED]


def test_who_listens_is_told_when_the_sweep_parks_it(told: list[str]) -> None:
    job = claimed(make_job())
    Message.objects.update(attempt=jobs.MAX_ATTEMPTS)
    let_lease_run_out(job)
    assert jobs.sweep() == jobs.Swept(rung=0, parked=1)
    assert told == [State.FAILED]


def test_a_listener_that_stumbles_keeps_no_job_from_being_parked(told: list[str]) -> None:
    def stumble(**_kwargs: Any) -> None:
        Message.objects.update(state="nonsense")

    jobs.failed.connect(stumble, sender=Message)
    try:
        jobs.fail(claimed(make_job()), "no hope", final=True)
    finally:
        jobs.failed.disconnect(stumble, sender=Message)
    assert (Message.objects.get().state, told) == (State.FAILED, [State.FAILED])


def test_hopeless_work_is_parked_at_once_in_its_own_words() -> None:
    def work(job: Message) -> dict[str, str]:
        raise jobs.JobFailedError("There is no such address.")

    job = make_job()
    jobs.run(Message, job.pk, work)
    parked = Message.objects.get()
    assert (parked.state, parked.attempt) == (State.FAILED, 1)
    assert parked.error == "There is no such address."


def away(job: Message) -> dict[str, str]:
    raise jobs.LaterError("The mail server is away.", 60)


def let_time_pass(**by: float) -> None:
    gone = timedelta(**by)
    Message.objects.update(rung_at=F("rung_at") - gone, queued_at=F("queued_at") - gone)


def test_what_is_away_for_a_while_costs_no_attempt() -> None:
    job = make_job()
    for _ in range(jobs.MAX_ATTEMPTS * 2):
        jobs.run(Message, job.pk, away)
        let_time_pass(minutes=1)
    later = Message.objects.get()
    assert (later.state, later.attempt, later.lease_until) == (State.QUEUED, 0, None)
    assert later.error == "The mail server is away."
    jobs.run(Message, job.pk, lambda job: {"subject": "sent"})
    assert Message.objects.get().state == State.DONE


def test_what_is_put_off_is_neither_rung_for_nor_taken_before_its_time() -> None:
    job = make_job()
    jobs.run(Message, job.pk, away)
    assert Message.objects.get().rung_at > timezone.now() + timedelta(seconds=45)
    let_time_pass(seconds=45)
    assert jobs.sweep() == jobs.Swept(rung=0, parked=0)
    assert jobs.claim(Message, job.pk) is None
    let_time_pass(seconds=16)
    assert jobs.sweep() == jobs.Swept(rung=1, parked=0)
    assert claimed(job).attempt == 1


def test_what_is_away_for_a_day_is_given_up_in_words_and_can_be_tried_again() -> None:
    job = make_job()
    let_time_pass(hours=23, minutes=59)
    jobs.run(Message, job.pk, away)
    assert Message.objects.get().state == State.QUEUED
    let_time_pass(minutes=2)
    jobs.run(Message, job.pk, away)
    parked = Message.objects.get()
    assert (parked.state, parked.error) == (
        State.FAILED,
        "It has waited for more than 24 hours. The mail server is away.",
    )
    assert parked.finished_at is not None
    assert jobs.retry(parked)
    jobs.run(Message, job.pk, away)
    assert Message.objects.get().state == State.QUEUED


def test_a_stale_attempt_puts_nothing_off() -> None:
    stale = claimed(make_job())
    let_lease_run_out(stale)
    claimed(stale)
    jobs.put_off(stale, "too late", 60)
    assert Message.objects.get().state == State.RUNNING


def one_of_many(job: Message) -> dict[str, str]:
    raise jobs.MoreError(40, "4 of 10 are done")


def test_work_in_many_short_tasks_costs_no_attempt_and_says_how_far_it_is() -> None:
    job = make_job()
    for _ in range(jobs.MAX_ATTEMPTS * 2):
        jobs.run(Message, job.pk, one_of_many)
    waiting = Message.objects.get()
    assert (waiting.state, waiting.attempt, waiting.lease_until) == (State.QUEUED, 0, None)
    assert (waiting.percent, waiting.step) == (40, "4 of 10 are done")
    # The next task begins where the one before ended.
    assert claimed(job).percent == 40


def test_the_next_task_is_rung_for_at_once_or_left_to_who_knows_when(
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:
    job = make_job()
    with django_capture_on_commit_callbacks() as rung:
        jobs.run(Message, job.pk, one_of_many)
    assert len(rung) == 1

    def waits(job: Message) -> dict[str, str]:
        raise jobs.MoreError(40, "waits for the others", soon=False)

    with django_capture_on_commit_callbacks() as rung:
        jobs.run(Message, job.pk, waits)
    assert rung == []
    let_time_pass(seconds=11)
    assert jobs.sweep() == jobs.Swept(rung=1, parked=0)


def test_a_stale_attempt_does_not_go_on() -> None:
    stale = claimed(make_job())
    let_lease_run_out(stale)
    claimed(stale)
    jobs.go_on(stale, jobs.MoreError(90, "too late"))
    found = Message.objects.get()
    assert (found.state, found.percent) == (State.RUNNING, 0)


def test_a_parked_job_can_be_tried_again_with_all_attempts() -> None:
    job = claimed(make_job())
    assert not jobs.retry(job)
    jobs.fail(job, "no hope", final=True)
    assert jobs.retry(job)
    again = Message.objects.get()
    assert (again.state, again.attempt, again.error) == (State.QUEUED, 0, "")
    assert claimed(again).attempt == 1


def test_progress_is_told_in_percent_and_words() -> None:
    job = claimed(make_job())
    jobs.tell(job, 45, "laying out the pages")
    now = Message.objects.get()
    assert (now.percent, now.step) == (45, "laying out the pages")


def test_the_sweep_parks_what_five_dead_workers_left() -> None:
    job = make_job()
    Message.objects.update(
        state=State.RUNNING, attempt=5, lease_until=timezone.now() - timedelta(minutes=1)
    )
    assert jobs.sweep() == jobs.Swept(rung=0, parked=1)
    parked = Message.objects.get(pk=job.pk)
    assert parked.state == State.FAILED
    assert parked.error == "The worker stopped 5 times before this was finished."


def test_the_sweep_leaves_alone_what_is_fresh_running_or_ended() -> None:
    person = make_user()
    make_job(person, "fresh")
    claimed(make_job(person, "running"))
    assert jobs.finish(claimed(make_job(person, "ended")), {})
    assert jobs.sweep() == jobs.Swept(rung=0, parked=0)


@pytest.mark.django_db(transaction=True)
def test_of_many_workers_one_gets_the_job() -> None:
    job = make_job()
    start, won = threading.Barrier(8), []

    def worker() -> None:
        try:
            start.wait()
            found = jobs.claim(Message, job.pk)
            if found is not None:
                won.append(found.attempt)
        finally:
            connection.close()

    in_threads(worker, 8)
    assert won == [1]


@pytest.mark.django_db(transaction=True)
def test_the_lease_is_renewed_while_the_work_goes_on(settings: object) -> None:
    settings.LEASE_SECONDS = 0.3  # type: ignore[attr-defined]  # pytest-django's settings
    job = make_job()
    found: list[bool] = []

    def work(job: Message) -> dict[str, str]:
        time.sleep(0.9)
        found.append(Message.objects.filter(pk=job.pk, lease_until__gt=Now()).exists())
        found.append(jobs.claim(Message, job.pk) is None)
        return {}

    jobs.run(Message, job.pk, work)
    assert found == [True, True]
    assert Message.objects.get().attempt == 1


def in_threads(function: Callable[[], None], number: int) -> None:
    threads = [threading.Thread(target=function) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
