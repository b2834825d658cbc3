"""A report says when what it was made from has changed since, whatever it was."""

from collections.abc import Callable
from datetime import timedelta

import pgtrigger
import pytest
from django.utils import timezone

from assessments.actions import supporting
from assessments.actions.evidence import Link, remove_evidence
from assessments.actions.improving import Planned, add_improvement, change_improvement
from assessments.actions.submitting import send, sign_off
from assessments.models import Assessment, Evidence, Improvement, SupportRequest
from progress.dashboards.report_list import marks_of
from progress.models import Report
from signatories.models import Event, Partner, User
from tests.assessment_factories import answer_all, save
from tests.factories import make_member
from tests.progress.bundling import end

pytestmark = pytest.mark.django_db
Do = Callable[[Assessment, User], object]
PARTNER, SYSTEM, ALL = "partner", "system", "all"


def nothing(assessment: Assessment, by: User) -> None:
    """What needs no preparation."""


def add_link(assessment: Assessment, by: User) -> None:
    save(assessment.answers.all()[0], by, links=(Link("Plan", "https://plan.example"),))


def remove_link(assessment: Assessment, by: User) -> None:
    remove_evidence(evidence=Evidence.objects.get(), by=by)


def plan(assessment: Assessment, by: User) -> None:
    indicator = assessment.answers.all()[0].indicator
    planned = Planned("Train all")
    add_improvement(partner=assessment.partner, indicator=indicator, planned=planned, by=by)


def change_plan(assessment: Assessment, by: User) -> None:
    change_improvement(
        improvement=Improvement.objects.get(),
        version=Improvement.objects.get().version,
        what="Train some",
        owner="",
        due_on=None,
        state="planned",
        by=by,
    )


def ask(assessment: Assessment, by: User) -> None:
    supporting.ask(
        partner=assessment.partner,
        indicator=assessment.answers.all()[0].indicator,
        offer=None,
        words="Somebody to talk to",
        urgency="normal",
        by=by,
    )


def withdraw(assessment: Assessment, by: User) -> None:
    supporting.withdraw(request=SupportRequest.objects.get(), by=by)


def send_all(assessment: Assessment, by: User) -> None:
    answer_all(assessment, by)
    send(assessment=assessment, by=by)


def sign(assessment: Assessment, by: User) -> None:
    sign_off(assessment=Assessment.objects.get(pk=assessment.pk), by=by)


def made(kind: str, assessment: Assessment, by: User) -> Report:
    """A report that was made a minute ago, of what was there an hour ago."""
    ago = timezone.now() - timedelta(hours=1)
    with pgtrigger.ignore():
        assessment.answers.filter(updated_at__isnull=False).update(updated_at=ago)
        Assessment.objects.filter(moved_at__isnull=False).update(moved_at=ago)
        Evidence.objects.update(added_at=ago)
        Improvement.objects.update(added_at=ago)
        SupportRequest.objects.update(asked_at=ago)
        Event.objects.update(at=ago)
    about = {"round": assessment.round} | (
        {"partner": assessment.partner} if kind == PARTNER else {}
    )
    report = end(Report.objects.create(key=kind, kind=kind, requested_by=by, **about))
    read_at = timezone.now() - timedelta(minutes=1)
    Report.objects.filter(pk=report.pk).update(started_at=read_at, queued_at=read_at)
    return report


def is_changed(report: Report) -> bool:
    return any("changed since" in mark for mark in marks_of(report))


@pytest.mark.parametrize("kind", [PARTNER, SYSTEM, ALL])
@pytest.mark.parametrize(
    ("before", "then"),
    [
        (nothing, add_link),
        (add_link, remove_link),
        (nothing, ask),
        (ask, withdraw),
        (nothing, plan),
        (plan, change_plan),
        (send_all, sign),
    ],
)
def test_a_report_is_marked_when_it_would_say_something_else(
    before: Do, then: Do, kind: str, assessment: Assessment, leader: User, staff: User
) -> None:
    before(assessment, leader)
    report = made(kind, assessment, staff)
    assert not is_changed(report)
    then(assessment, leader)
    # A system report says nothing of improvements.
    assert is_changed(report) == (kind != SYSTEM or then not in {plan, change_plan})


def test_what_happens_elsewhere_changes_nothing(
    other_partner: Partner, assessment: Assessment, leader: User, staff: User
) -> None:
    report = made(PARTNER, assessment, staff)
    other = Assessment.objects.get(partner=other_partner, round=assessment.round)
    theirs = make_member(other_partner, "leader", "Their leader")
    for do in (add_link, ask, plan, send_all):
        do(other, theirs)
    assert not is_changed(report)
