"""What the review page holds: last round beside, what may be asked, decisions, snapshots."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from assessments.actions.reviewing import accept, request_changes
from assessments.actions.submitting import send, sign_off
from assessments.models import Assessment, Snapshot
from assessments.workflow import State
from commitments.models import Edition
from signatories.models import Partner, User
from tests.assessment_factories import answer_all, bring_to, save
from tests.assessments.posting import text_of
from tests.assessments.years import move_to_the_past, next_year

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]


def path(assessment: Assessment) -> str:
    return reverse("assessments:review-detail", args=[assessment.pk])


def test_last_round_is_folded_where_nothing_changed_and_open_where_something_did(
    assessment: Assessment,
    edition: Edition,
    partner: Partner,
    leader: User,
    staff: User,
    client_of: ClientOf,
) -> None:
    answer_all(assessment, leader)
    earlier = move_to_the_past(assessment.round)
    now = next_year(edition, staff, partner)
    answer_all(now, leader)
    first = now.answers.in_order()[0]
    save(first, leader, rating=4, narrative="We do more.")
    send_and_sign(now, leader)
    page = text_of(client_of(staff).get(path(now)))
    assert f"1.1 in {earlier}: 2 Developing</span>" in page
    assert page.count(": 2 Developing, unchanged</span>") == 12
    assert page.count("What changed in the narrative") == 1
    assert '<ins class="app-added">' in page
    assert "What you may ask about 1.1" in page
    assert "Last round this was 2 Developing, now it is 4 Leading. What has changed?" in page
    assert "The quality checks raise 2 questions." in page


def send_and_sign(assessment: Assessment, leader: User) -> None:
    send(assessment=assessment, by=leader)
    sign_off(assessment=assessment, by=leader)


def test_earlier_decisions_are_shown_with_their_comments(
    assessment: Assessment, leader: User, staff: User, client_of: ClientOf
) -> None:
    bring_to(assessment, State.SUBMITTED, leader=leader, staff=staff)
    second = assessment.answers.in_order()[1].indicator_id
    comments = {second: "Who <else>?"}
    request_changes(assessment=assessment, note="Nearly there.", comments=comments, by=staff)
    send_and_sign(assessment, leader)
    page = text_of(client_of(staff).get(path(assessment)))
    assert "Changes requested by Sam Staff on" in page
    assert "Nearly there." in page
    assert page.count("Who <else>?") == 2


def test_an_acceptance_is_shown_with_its_number_and_hash(
    assessment: Assessment, leader: User, staff: User, client_of: ClientOf
) -> None:
    bring_to(assessment, State.SUBMITTED, leader=leader, staff=staff)
    accept(assessment=assessment, note="", by=staff)
    page = text_of(client_of(staff).get(path(assessment)))
    assert "Snapshot 1" in page
    assert "which counts now" in page
    assert Snapshot.objects.get().sha256 in page
    assert "Reopen" in page
