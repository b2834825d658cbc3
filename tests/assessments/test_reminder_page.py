"""The page of reminders: who would get what before it goes, and what went."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assessments.actions.reminders import remind
from assessments.models import Assessment, Round
from assessments.tasks import remind as remind_task
from commitments.models import Edition
from signatories.actions.messages import gather_notices
from signatories.models import Message, Notice, User
from tests.assessment_factories import make_round
from tests.assessments.posting import text_of
from tests.factories import make_member, make_partner

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]


@pytest.fixture(autouse=True)
def digest_at_once(settings: Any) -> None:
    """A digest goes as soon as there is something to tell."""
    settings.DIGEST_AT = None


def opened_long_ago(round: Round, due_in: int) -> None:
    """Let the round have opened two months ago, due in so many days."""
    today = timezone.localdate()
    Round.objects.filter(pk=round.pk).update(
        opens_on=today - timedelta(days=60),
        due_on=today + timedelta(days=due_in),
        closes_on=today + timedelta(days=due_in + 30),
    )


def tomorrow() -> Any:
    """Be at nine tomorrow."""
    day = timezone.localdate() + timedelta(days=1)
    return time_machine.travel(
        datetime.combine(day, time(9), timezone.get_current_timezone()), tick=False
    )


def test_it_says_who_gets_what_on_which_day_before_it_goes(
    assessment: Assessment, lead: User, leader: User, staff: User, client_of: ClientOf
) -> None:
    opened_long_ago(assessment.round, 9)
    User.objects.filter(pk=leader.pk).update(gets_reminders=False)
    page = text_of(client_of(staff).get("/reminders/"))
    due = timezone.localdate() + timedelta(days=9)
    for words in (
        f"{due - timedelta(days=7):%A %-d %B %Y}",
        "7 days before",
        f"{lead.name}, {lead.email}",
        f"{leader.name}, {leader.email}: <strong>turned off</strong>",
        f"is due in 7 days ({due:%-d %B %Y}). 0 of 13 indicators are completed.",
        "is due tomorrow",
        "15 days overdue",
    ):
        assert words in " ".join(page.split()), words


def test_a_partner_without_anybody_is_named(
    assessment: Assessment, staff: User, client_of: ClientOf
) -> None:
    opened_long_ago(assessment.round, 9)
    assert "Nobody gets it" in client_of(staff).get("/reminders/").text


def test_what_went_is_listed_with_the_e_mail_it_is_in(
    assessment: Assessment, lead: User, staff: User, client_of: ClientOf, settings: Any
) -> None:
    settings.GATHER_SECONDS = 0
    opened_long_ago(assessment.round, 8)
    gather_notices()
    with tomorrow():
        remind()
        client = client_of(staff)
        assert "goes with the next e-mail" in client.get("/reminders/").text
    Notice.objects.update(due_at=timezone.now() - timedelta(minutes=1))
    Message.objects.update(state="done", finished_at=timezone.now() - timedelta(days=2))
    gather_notices()
    message = Notice.objects.get(event__verb="reminded of a due date").message
    assert message is not None
    page = client_of(staff).get("/reminders/").text
    assert f'href="/messages/{message.pk}/"' in page
    assert "is due in 7 days" in message.body


def test_reminders_and_news_of_a_day_are_one_e_mail(
    lead: User, assessment: Assessment, settings: Any
) -> None:
    settings.GATHER_SECONDS = 0
    opened_long_ago(assessment.round, 8)
    with tomorrow():
        remind_task()
    Notice.objects.update(due_at=timezone.now() - timedelta(minutes=1))
    gather_notices()
    [message] = Message.objects.filter(person=lead)
    assert "is due in 7 days" in message.body
    assert "round of self-assessment is open" in message.body


def test_empty_lists_say_so(staff: User, client_of: ClientOf) -> None:
    page = client_of(staff).get("/reminders/").text
    assert "No reminder is to go" in page
    assert "No reminder has gone yet" in page


@pytest.mark.parametrize("asked", ["0", "-1", "abc", "999"])
def test_a_page_that_is_not_there_is_the_nearest_one(
    asked: str, assessment: Assessment, staff: User, client_of: ClientOf
) -> None:
    assert client_of(staff).get(f"/reminders/?page={asked}").status_code == 200


@pytest.mark.parametrize("size", [3, 30])
def test_it_takes_seven_queries_however_many_partners_there_are(
    size: int, edition: Edition, staff: User, client_of: ClientOf, settings: Any
) -> None:
    for _ in range(size):
        make_member(make_partner(), "lead")
    opened_long_ago(make_round(edition, staff), 8)
    with tomorrow():
        remind()
    client = client_of(staff)
    client.get("/reminders/")
    with CaptureQueriesContext(connection) as found:
        assert client.get("/reminders/").status_code == 200
    assert len(found) == 7
