"""The demonstration shows life: three rounds, movement both ways, people with work to do."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import override_settings
from django.utils import timezone

from assessments.dashboards import questions_of, read_sheet
from assessments.models import (
    Answer,
    Assessment,
    Assignment,
    Improvement,
    Release,
    ReleaseEntry,
    Review,
    Round,
    SupportRequest,
)
from assessments.quality import Kind
from assessments.workflow import State
from progress.dashboards.figures import read_live
from signatories.models import Event, Message, Notice, Partner, Signature
from tests.factories import make_edition

# One telling of the story for all of them: each looks at it and leaves it as it is.
pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("demo_story")]


@pytest.fixture(scope="module", autouse=True)
def told(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """The demonstration, loaded once and undone at the end."""
    files = tmp_path_factory.mktemp("files")
    with django_db_blocker.unblock(), transaction.atomic():
        make_edition()
        with override_settings(DEMO=True, MEDIA_ROOT=files):
            call_command("load_demo", verbosity=0)
        yield
        transaction.set_rollback(True)


@pytest.fixture
def rounds() -> list[Round]:
    """The three rounds that have opened, the oldest first."""
    return list(Round.objects.opened().order_by("opens_on").select_related("edition"))


@pytest.fixture
def braintree(rounds: list[Round]) -> Assessment:
    """This year's assessment of the partner whose sign-ins are printed."""
    return Assessment.objects.select_related("round", "partner").get(
        partner__slug="braintree-district-council", round=rounds[-1]
    )


def test_braintree_has_work_to_do_and_others_share(braintree: Assessment) -> None:
    assigned = Assignment.objects.get()
    assert assigned.answer.assessment == braintree
    assert assigned.person.email == "contributor@braintree.example"
    assert not assigned.answer.is_started
    improvements = Improvement.objects.filter(partner=braintree.partner)
    assert improvements.overdue().count() == 1
    assert improvements.filter(owner="").count() == 1
    kinds = {
        question.kind
        for asked in questions_of(read_sheet(braintree)).values()
        for question in asked
    }
    assert {Kind.IMPROVEMENT_OVERDUE, Kind.IMPROVEMENT_WITHOUT_OWNER} <= kinds
    # And some are willing to share what they are good at.
    shared = Answer.objects.filter(willing_to_share=True, updated_at__isnull=False)
    assert shared.exists()
    assert not shared.exclude(rating__gte=3).exists()


def test_signatures_of_every_kind_are_there(braintree: Assessment) -> None:
    [paper] = Signature.objects.filter(recorded_by__isnull=False)
    assert paper.partner.kind == "fire"
    [withdrawn] = Signature.objects.filter(withdrawn_at__isnull=False)
    assert withdrawn.withdrawal_reason
    assert not Signature.objects.live().filter(partner=withdrawn.partner).exists()
    assert not Signature.objects.filter(partner=braintree.partner).exists()


def test_no_two_partners_write_the_same_or_ask_the_same_at_once() -> None:
    said = Answer.objects.exclude(narrative="").values_list(
        "assessment__round", "indicator", "narrative"
    )
    assert len(said) > 500
    assert [found for found, times in Counter(said).items() if times > 1] == []
    assert not Answer.objects.filter(narrative__contains="{").exists()
    waiting = SupportRequest.objects.waiting().exclude(words="")
    urgent = waiting.filter(urgency=SupportRequest.Urgency.NOW)
    assert urgent.exists()
    words = list(waiting.values_list("words", flat=True))
    assert all(words.count(each) == 1 for each in urgent.values_list("words", flat=True))


def test_what_many_do_is_spread_over_days(rounds: list[Round]) -> None:
    online = Signature.objects.filter(recorded_by__isnull=True)
    assert len({each.signed_at.date() for each in online}) >= 4
    for each in rounds:
        days = {
            timezone.localdate(found.at) for found in Review.objects.filter(assessment__round=each)
        }
        assert len(days) >= 2
    asked = {timezone.localdate(each.asked_at) for each in SupportRequest.objects.waiting()}
    assert len(asked) >= 3


def test_three_rounds_follow_one_another_and_two_are_released(rounds: list[Round]) -> None:
    first, second, now = rounds
    years = [int(each.name) for each in rounds]
    assert years == [years[0], years[0] + 1, years[0] + 2]
    assert [each.opens_on - now.opens_on for each in rounds] == [
        timedelta(days=days) for days in (-730, -365, 0)
    ]
    assert first.closed_at
    assert second.closed_at
    assert now.is_open
    counted = ReleaseEntry.objects.filter(snapshot__isnull=False)
    assert [counted.filter(release__round=each).count() for each in rounds] == [14, 16, 0]
    states = Counter(now.assessments.values_list("state", flat=True))
    assert states == {"accepted": 6, "submitted": 3, "awaiting": 2, "changes": 1, "draft": 4}


def test_ratings_move_both_ways_each_year(rounds: list[Round]) -> None:
    for before, now in pairwise(rounds):
        years = read_live(now, before)
        moves = Counter(
            said[0] - earlier[0]
            for _, _, earlier, said in years.moves(*years.now.indicators)
            if said[0] is not None and earlier[0] is not None
        )
        up = sum(count for step, count in moves.items() if step > 0)
        down = sum(count for step, count in moves.items() if step < 0)
        assert up > down > 0
        assert moves[0] > 0


def test_two_districts_publish_and_nobody_else_can_be_told_from_the_rest(
    rounds: list[Round],
) -> None:
    entries = ReleaseEntry.objects.filter(release__round=rounds[1])
    published = entries.filter(published=True)
    assert {each.kind for each in published} == {Partner.Kind.DISTRICT}
    assert published.count() == 2
    assert entries.filter(published=False, kind=Partner.Kind.DISTRICT).count() >= 6
    assert entries.exclude(kind=Partner.Kind.DISTRICT).count() >= 5
    assert not ReleaseEntry.objects.filter(release__round=rounds[0], published=True).exists()


def test_ecda_asked_for_changes_and_accepted_what_came_back(rounds: list[Round]) -> None:
    for each in rounds[:2]:
        asked = each.assessments.filter(reviews__decision=Review.Decision.CHANGES)
        assert asked.filter(state=State.ACCEPTED).count() == 3
    assert set(Improvement.objects.values_list("state", flat=True)) == set(Improvement.State.values)
    assert Improvement.objects.overdue().values("partner").distinct().count() > 1
    ended = SupportRequest.objects.filter(ended_at__lt=rounds[-1].opened_at)
    assert ended.filter(state="done").exists()
    waiting = SupportRequest.objects.waiting()
    assert not waiting.filter(asked_at__lt=rounds[-1].opened_at).exists()


def test_all_that_happened_lies_behind_and_in_order(braintree: Assessment) -> None:
    now = timezone.now()
    assert not Event.objects.filter(at__gt=now).exists()
    days = {each.at.date() for each in Event.objects.filter(partner=braintree.partner)}
    assert len(days) > 10
    assert min(days) < (now - timedelta(days=760)).date()
    in_order = Event.objects.order_by("pk").values_list("at", flat=True)
    assert list(in_order) == sorted(in_order)
    assert not Answer.objects.filter(
        updated_at__gt=now, assessment__round__closed_at__isnull=False
    ).exists()


def test_no_email_about_the_past_waits(rounds: list[Round]) -> None:
    today = timezone.localdate()
    waiting = Notice.objects.filter(message__isnull=True).select_related("event")
    assert waiting.exists()
    assert {timezone.localdate(each.event.at) for each in waiting} == {today}
    assert {timezone.localdate(each.queued_at) for each in Message.objects.all()} == {today}


def test_copies_and_releases_have_the_hash_of_what_they_say() -> None:
    call_command("verify_snapshots", verbosity=0)
    release = Release.objects.select_related("round").earliest("pk")
    [entry] = release.entries.filter(partner__slug="basildon-council")
    assert entry.snapshot is not None
    assert entry.snapshot.content["round"]["opens_on"] == release.round.opens_on.isoformat()
    assert entry.snapshot.content["sent_at"][:4] == str(release.round.opens_on.year)
