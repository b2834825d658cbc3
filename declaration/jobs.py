"""The durable job: a row in PostgreSQL is the truth, Celery and Redis only ring the bell.

A job is claimed by one UPDATE that raises its attempt and takes a lease; whoever holds the
attempt may finish it. A worker that died lets its lease run out, and the sweep rings again.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum
from functools import partial
from typing import Any, ClassVar, TypeVar

from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, connection, models, transaction
from django.db.models.functions import Now
from django.dispatch import Signal
from kombu.connection import Connection
from kombu.pools import producers

from declaration.celery import app

logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 5
# How long a job may wait, once rung, before the sweep rings again.
RING_AGAIN_SECONDS = 10
# How long work is tried again whose needs are away: see LaterError.
GIVEN_UP_AFTER = timedelta(hours=24)
# What a broker that is down or frozen may cost a request, and how long it is then left alone.
BELL_SECONDS = 0.5
QUIET_SECONDS = 5
# Sent with the `job` in the transaction that parks it as failed: for good, until a person tries it
# again. Who listens may write, and ring for others.
failed = Signal()


class Urgency(IntEnum):
    """Which work a worker takes first; the clock's own tasks are as urgent as the first.

    They are the broker's priorities: what is asked for by the hundred keeps nothing else waiting.
    """

    FIRST = 0
    SHORT_STEP = 1
    AWAITED = 2
    ONE_OF_MANY = 3


class JobFailedError(Exception):
    """The work cannot succeed however often it is tried; the message says why, in words."""


class LaterError(Exception):
    """What the work needs is away for a while: it is tried again after so many seconds.

    That counts as no attempt, until GIVEN_UP_AFTER has passed since the job was queued; the message
    says in words what is away.
    """

    def __init__(self, words: str, seconds: float) -> None:
        super().__init__(words)
        self.seconds = seconds


class MoreError(Exception):
    """One short task of the work is done, and more is to come: the job waits for the next.

    That counts as no attempt. `percent` (0 to 100) and the message say how far it is; the next task
    begins when somebody rings for the job, or the sweep does. With `soon` it is rung at once.
    """

    def __init__(self, percent: int, words: str, *, soon: bool = True) -> None:
        super().__init__(words)
        self.percent, self.soon = percent, soon


class Job(models.Model):
    """Work asked for in a request and done by a worker, once."""

    class State(models.TextChoices):
        """Where the work stands."""

        QUEUED = "queued", "Waiting"
        RUNNING = "running", "Being made"
        DONE = "done", "Ready"
        FAILED = "failed", "Failed"

    task: ClassVar[str]

    key = models.CharField(max_length=200, unique=True, editable=False)
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    attempt = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    queued_at = models.DateTimeField(db_default=Now())
    rung_at = models.DateTimeField(db_default=Now())
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    percent = models.PositiveSmallIntegerField(default=0)
    step = models.CharField(max_length=200, blank=True)
    error = models.TextField(blank=True)

    class Meta:
        """What the database refuses of every job."""

        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["queued", "running", "done", "failed"]),
                name="%(app_label)s_%(class)s_state_known",
                violation_error_message="A job waits, runs, is ready or failed.",
            ),
            models.CheckConstraint(
                condition=models.Q(state="running", lease_until__isnull=False)
                | (~models.Q(state="running") & models.Q(lease_until__isnull=True)),
                name="%(app_label)s_%(class)s_running_has_lease",
                violation_error_message="A job that runs has a lease, and no other has one.",
            ),
            models.CheckConstraint(
                condition=models.Q(percent__lte=100),
                name="%(app_label)s_%(class)s_percent_to_100",
                violation_error_message="Progress ends at 100 percent.",
            ),
        ]
        # What the sweep looks through every few seconds: few rows, however many have ended.
        indexes = [
            models.Index(
                fields=["rung_at"],
                condition=models.Q(state__in=["queued", "running"]),
                name="%(app_label)s_%(class)s_sweep",
            )
        ]

    @property
    def urgency(self) -> Urgency:
        """Which work a worker takes first."""
        return Urgency.FIRST

    @property
    def is_waiting(self) -> bool:
        """Whether a page should look again for this job soon."""
        return self.state in {Job.State.QUEUED, Job.State.RUNNING}


J = TypeVar("J", bound=Job)


# --- Ringing -----------------------------------------------------------------------------------


class Bell:
    """Sends a task's name, a row's id and how urgent it is; after a failure it is quiet a while."""

    def __init__(self) -> None:
        self.quiet_until = 0.0

    def ring(self, task: str, pk: int, urgency: Urgency = Urgency.FIRST) -> None:
        """Ring, or leave it to the sweep; costs at most BELL_SECONDS and raises nothing."""
        if time.monotonic() < self.quiet_until:
            return
        try:
            with producers[_broker()].acquire(block=True, timeout=BELL_SECONDS) as producer:
                app.send_task(task, args=[pk], producer=producer, retry=False, priority=urgency)
        except Exception as error:  # whatever the broker's client raises: the row is safe
            self.quiet_until = time.monotonic() + QUIET_SECONDS
            logger.warning("no broker, the sweep will ring for %s: %s", task, error)


bell = Bell()


def _broker() -> Connection:
    options: dict[str, Any] = {**settings.CELERY_BROKER_TRANSPORT_OPTIONS, "max_retries": 0}
    options |= {"socket_timeout": BELL_SECONDS, "socket_connect_timeout": BELL_SECONDS}
    return Connection(settings.CELERY_BROKER_URL, transport_options=options)


def ring(job: Job) -> None:
    """Ring for the job once the transaction has committed; a broker that is down is no error."""
    transaction.on_commit(partial(bell.ring, type(job).task, job.pk, job.urgency), robust=True)


# --- Working -----------------------------------------------------------------------------------


def claim(model: type[J], pk: int) -> J | None:
    """Take the job if it waits or its lease ran out.

    None when somebody else has it, when it ended, and before the time it was put off to.
    """
    claimed = model._default_manager.raw(
        f"""
        UPDATE {model._meta.db_table}
        SET state = 'running', attempt = attempt + 1, started_at = now(), error = '',
            percent = CASE WHEN step = '' THEN 0 ELSE percent END,
            lease_until = now() + %s
        WHERE id = %s AND attempt < %s AND rung_at <= statement_timestamp()
          AND (state = 'queued' OR (state = 'running' AND lease_until < now()))
        RETURNING *
        """,  # noqa: S608  the table's name is the model's own
        [timedelta(seconds=settings.LEASE_SECONDS), pk, MAX_ATTEMPTS],
    )
    return next(iter(claimed), None)


def run(
    model: type[J],
    pk: int,
    work: Callable[[J], dict[str, Any]],
    then: Callable[[J], None] | None = None,
) -> None:
    """Claim the job, do the work under a renewed lease and finish it.

    `work` gets the job and returns the fields to store with it; `then` runs in the finishing
    transaction. Safe to call twice: the second call finds nothing to claim.
    """
    job = claim(model, pk)
    if job is None:
        return
    try:
        with _leased(job):
            fields = work(job)
        finish(job, fields, then)
    except JobFailedError as error:
        fail(job, str(error), final=True)
    except MoreError as more:
        go_on(job, more)
    except LaterError as error:
        logger.warning("%s %s is put off: %s", model.__name__, pk, error)
        put_off(job, str(error)[:1000], error.seconds)
    except Exception as error:
        logger.exception("%s %s failed in attempt %s", model.__name__, pk, job.attempt)
        fail(job, f"{type(error).__name__}: {error}"[:1000])


@contextmanager
def _leased(job: Job) -> Iterator[None]:
    """Renew the job's lease from a thread of its own while the work goes on."""
    stop = threading.Event()
    thread = threading.Thread(target=_renew_until, args=(job, stop), daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _renew_until(job: Job, stop: threading.Event) -> None:
    try:
        while not stop.wait(settings.LEASE_SECONDS / 3):
            try:
                _mine(job).update(lease_until=Now() + timedelta(seconds=settings.LEASE_SECONDS))
            except DatabaseError as error:
                logger.warning("lease of %s not renewed: %s", job.pk, error)
    finally:
        connection.close()


def _mine(job: J) -> models.QuerySet[J]:
    """The job's row, as long as no later attempt has taken it.

    Attempts begin at 1 again after a retry; when they began tells those apart.
    """
    same = type(job)._default_manager.filter(pk=job.pk, attempt=job.attempt)
    return same.filter(state=Job.State.RUNNING, started_at=job.started_at)


def hold(job: Job) -> bool:
    """Lock the job's row, and say whether this attempt still has it.

    Call it inside a transaction that writes what only one attempt may write.
    """
    return _mine(job).select_for_update(no_key=True).exists()


def tell(job: Job, percent: int, step: str) -> None:
    """Say how far the work is: 0 to 100 percent, and in words."""
    _mine(job).update(percent=percent, step=step)


def finish(job: J, fields: dict[str, Any], then: Callable[[J], None] | None = None) -> bool:
    """Store the result; False when the attempt is no longer the latest and is dropped."""
    ended = {"state": Job.State.DONE, "percent": 100, "step": "", "error": "", "lease_until": None}
    with transaction.atomic():
        if not _mine(job).update(**ended, finished_at=Now(), **fields):
            logger.warning("%s %s was finished by another attempt", type(job).__name__, job.pk)
            return False
        if then is not None:
            job.refresh_from_db()
            then(job)
    return True


def fail(job: Job, error: str, *, final: bool = False) -> None:
    """Put the job back for the sweep to ring again, or park it after the last attempt."""
    if not final and job.attempt < MAX_ATTEMPTS:
        queued = {"state": Job.State.QUEUED, "lease_until": None, "finished_at": None}
        _mine(job).update(**queued, error=error, rung_at=Now(), step="")
        return
    ended = {"state": Job.State.FAILED, "lease_until": None, "finished_at": Now()}
    with transaction.atomic():
        if _mine(job).update(**ended, error=error, rung_at=Now(), step=""):
            _tell_failed(job)


def _tell_failed(job: Job) -> None:
    """Tell those who listen; that they stumble keeps no job from being parked."""
    job.refresh_from_db()
    try:
        with transaction.atomic():
            failed.send(type(job), job=job)
    except Exception:
        logger.exception("nobody was told that %s %s failed", type(job).__name__, job.pk)


def put_off(job: Job, error: str, seconds: float) -> None:
    """Put the job back for the sweep to ring so much later, without counting the attempt.

    It is parked when it was queued so long ago that nobody waits for it any more.
    """
    # The sweep leaves what was rung alone for RING_AGAIN_SECONDS.
    rung_at = Now() + timedelta(seconds=max(0, seconds - RING_AGAIN_SECONDS))
    queued = {"state": Job.State.QUEUED, "attempt": job.attempt - 1, "lease_until": None}
    young = _mine(job).filter(queued_at__gt=Now() - GIVEN_UP_AFTER)
    if not young.update(**queued, error=error, rung_at=rung_at, step=""):
        hours = GIVEN_UP_AFTER // timedelta(hours=1)
        fail(job, f"It has waited for more than {hours} hours. {error}", final=True)


def go_on(job: Job, more: MoreError) -> None:
    """Put the job back for its next task, without counting the attempt."""
    told = {"percent": more.percent, "step": str(more)[:200], "error": ""}
    queued = {"state": Job.State.QUEUED, "attempt": job.attempt - 1, "lease_until": None}
    with transaction.atomic():
        if _mine(job).update(**queued, **told, rung_at=Now()) and more.soon:
            ring(job)


def retry(job: Job) -> bool:
    """Queue a parked job again with its attempts reset; False when it is not parked."""
    if not retry_all(type(job)._default_manager.filter(pk=job.pk)):
        return False
    ring(job)
    return True


def retry_all(jobs: models.QuerySet[J]) -> int:
    """Queue those again that are parked, for the sweep to ring; return how many."""
    again = {"state": Job.State.QUEUED, "attempt": 0, "percent": 0, "error": ""}
    parked = jobs.filter(state=Job.State.FAILED)
    return parked.update(**again, finished_at=None, queued_at=Now(), rung_at=Now())


# --- Sweeping ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Swept:
    """How many jobs one sweep rang for again, and how many it parked as failed."""

    rung: int
    parked: int


def sweep() -> Swept:
    """Ring again for jobs that wait too long or were abandoned; park those tried five times."""
    kinds = [model for model in apps.get_models() if issubclass(model, Job)]
    return Swept(sum(map(_ring_again, kinds)), sum(map(_park, kinds)))


def _park(model: type[Job]) -> int:
    spent = model._default_manager.filter(
        state=Job.State.RUNNING, lease_until__lt=Now(), attempt__gte=MAX_ATTEMPTS
    )
    reason = f"The worker stopped {MAX_ATTEMPTS} times before this was finished."
    found = list(spent)
    for job in found:
        fail(job, reason)
    return len(found)


def _ring_again(model: type[Job]) -> int:
    rung_before = Now() - timedelta(seconds=RING_AGAIN_SECONDS)
    waiting = models.Q(state=Job.State.QUEUED, rung_at__lt=rung_before)
    abandoned = models.Q(state=Job.State.RUNNING, lease_until__lt=Now(), attempt__lt=MAX_ATTEMPTS)
    with transaction.atomic():
        due = model._default_manager.select_for_update(skip_locked=True).order_by("queued_at")
        found = list(due.filter(waiting | abandoned)[:500])
        model._default_manager.filter(pk__in=[job.pk for job in found]).update(rung_at=Now())
        for job in found:
            ring(job)
    return len(found)
