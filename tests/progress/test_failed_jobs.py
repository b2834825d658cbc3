"""What could not be made or sent is shown to ecda with its reason, and can be tried again."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assessments.models import Round
from declaration.jobs import Job
from progress.models import Report
from signatories.actions.messages import RUNG, retry_messages
from signatories.models import Event, Message, Partner, User
from signatories.verbs import Verb

pytestmark = pytest.mark.django_db
Clients = Callable[[User], Client]


@pytest.fixture
def parked(lead: User) -> Message:
    return Message.objects.create(
        key="m",
        person=lead,
        to=lead.email,
        subject="News",
        body="News",
        message_id="<m@x.example>",
        state=Job.State.FAILED,
        attempt=5,
        finished_at=timezone.now(),
        error="Mailbox unavailable",
    )


def test_the_overview_counts_what_failed(staff: User, client_of: Clients, parked: Message) -> None:
    assert "1 document or e-mail could not be" in client_of(staff).get("/overview/").text


def test_the_overview_is_silent_when_nothing_failed(staff: User, client_of: Clients) -> None:
    assert "could not be made" not in client_of(staff).get("/overview/").text
    assert "Nothing has failed" in client_of(staff).get("/failed/").text


def test_each_failure_shows_its_reason_and_a_way_to_try_again(
    staff: User, client_of: Clients, parked: Message
) -> None:
    page = client_of(staff).get("/failed/").text
    for words in [parked.to, "Mailbox unavailable", f"/messages/{parked.pk}/retry"]:
        assert words in page


def test_an_email_is_tried_again(staff: User, client_of: Clients, parked: Message) -> None:
    response = client_of(staff).post(f"/messages/{parked.pk}/retry")
    assert response.headers["Location"] == "/failed/"
    parked.refresh_from_db()
    assert (parked.state, parked.attempt, parked.error) == (Job.State.QUEUED, 0, "")
    assert Event.objects.about(parked).get().verb == Verb.MESSAGE_RETRIED


def test_an_email_that_has_not_failed_is_left_alone(
    staff: User, client_of: Clients, parked: Message
) -> None:
    client = client_of(staff)
    client.post(f"/messages/{parked.pk}/retry")
    assert client.post(f"/messages/{parked.pk}/retry").status_code == 409
    assert Event.objects.about(parked).count() == 1


def test_every_kind_of_job_is_counted(
    staff: User, client_of: Clients, parked: Message, round: Round, partner: Partner
) -> None:
    Report.objects.create(
        key="r",
        partner=partner,
        round=round,
        requested_by=staff,
        state=Job.State.FAILED,
        finished_at=timezone.now(),
        error="No fonts",
    )
    page = client_of(staff).get("/failed/").text
    assert page.index("No fonts") < page.index("Mailbox unavailable")


def test_all_emails_are_tried_again_at_once(
    staff: User, lead: User, disabled: User, client_of: Clients, parked: Message
) -> None:
    client = client_of(staff)
    assert "Try all e-mails again" not in client.get("/failed/").text
    for key, person in (("n", lead), ("o", disabled)):
        Message.objects.create(
            key=key, person=person, to=person.email, message_id=key, state=Job.State.FAILED
        )
    page = client.get("/failed/").text
    assert "Try all e-mails again" in page
    response = client.post("/messages/retry", follow=True)
    assert "2 e-mails wait to be sent again." in response.text
    states = dict(Message.objects.values_list("key", "state"))
    # Whose account is closed gets nothing anyway.
    assert states == {"m": Job.State.QUEUED, "n": Job.State.QUEUED, "o": Job.State.FAILED}
    assert Event.objects.get(verb=Verb.MESSAGE_RETRIED).note == "all 2 that had failed"


def test_many_emails_are_queued_again_in_one_go_and_left_to_the_sweep(
    staff: User, lead: User, disabled: User, django_capture_on_commit_callbacks: Any
) -> None:
    people = [lead] * (RUNG + 1) + [disabled]
    failed = {"state": Job.State.FAILED, "attempt": 5, "error": "Away"}
    Message.objects.bulk_create(
        Message(key=str(n), person=each, to=each.email, message_id=str(n), **failed)
        for n, each in enumerate(people)
    )
    with (
        CaptureQueriesContext(connection) as queries,
        django_capture_on_commit_callbacks() as rung,
    ):
        assert retry_messages(by=staff) == RUNG + 1
    assert len(queries) < 10
    assert rung == []
    again = Message.objects.filter(person=lead).values_list("state", "attempt", "error")
    assert set(again) == {(Job.State.QUEUED, 0, "")}
    assert Message.objects.get(person=disabled).state == Job.State.FAILED


def test_without_a_failed_email_there_is_nothing_to_try(staff: User, client_of: Clients) -> None:
    response = client_of(staff).post("/messages/retry")
    assert response.status_code == 409
    assert "No e-mail has failed that can be sent" in response.text
