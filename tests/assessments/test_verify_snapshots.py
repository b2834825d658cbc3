"""The command that checks every snapshot and every release against its hash."""

import pgtrigger
import pytest
from django.core.management import CommandError, call_command

from assessments.actions.closing import close_round
from assessments.actions.releasing import release
from assessments.models import Assessment, ReleasedRating, Snapshot
from assessments.workflow import State
from signatories.models import User
from tests.assessment_factories import bring_to

pytestmark = pytest.mark.django_db


@pytest.fixture
def snapshot(assessment: Assessment, leader: User, staff: User) -> Snapshot:
    """One that an acceptance took."""
    bring_to(assessment, State.ACCEPTED, leader=leader, staff=staff)
    return Snapshot.objects.get()


def test_intact_snapshots_are_counted(
    snapshot: Snapshot, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("verify_snapshots")
    assert capsys.readouterr().out == "Intact snapshots: 1\nIntact releases: 0\n"


def test_a_changed_snapshot_is_named_and_the_command_fails(
    snapshot: Snapshot, capsys: pytest.CaptureFixture[str]
) -> None:
    changed = snapshot.content | {"partner": {"name": "Another"}}
    with pgtrigger.ignore("assessments.Snapshot:snapshot_immutable"):
        Snapshot.objects.filter(pk=snapshot.pk).update(content=changed)
    words = rf"Not intact: Snapshot 1 of Braintree District Council, \d+ \(id {snapshot.pk}\)"
    with pytest.raises(CommandError, match=words):
        call_command("verify_snapshots")
    assert capsys.readouterr().out == "Intact snapshots: 0\nIntact releases: 0\n"


def test_before_any_acceptance_there_is_nothing_to_complain_of(
    db: None, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("verify_snapshots")
    assert capsys.readouterr().out == "Intact snapshots: 0\nIntact releases: 0\n"


def test_a_changed_release_is_named_and_the_command_fails(
    snapshot: Snapshot, staff: User, capsys: pytest.CaptureFixture[str]
) -> None:
    closed = close_round(round=snapshot.assessment.round, by=staff)
    made = release(round=closed, by=staff, confirmed_left_out=True)
    call_command("verify_snapshots")
    assert capsys.readouterr().out == "Intact snapshots: 1\nIntact releases: 1\n"
    with pgtrigger.ignore("assessments.ReleasedRating:released_rating_kept"):
        ReleasedRating.objects.update(rating=4)
    with pytest.raises(CommandError, match=rf"Not intact: {made} \(id {made.pk}\)"):
        call_command("verify_snapshots")
