"""Time passes in a demonstration: all that is kept moves back, and its hashes hold."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, models, transaction
from django.utils import timezone

from assessments.actions import releasing, snapshots
from assessments.actions.closing import close_round
from assessments.actions.releasing import release
from assessments.models import Answer, Assessment, Release, Round, Snapshot
from assessments.workflow import State
from commitments.models import Edition
from declaration.actions import RefusedError
from progress.management.ageing import NO_MOMENTS, let_pass, moments, shift
from signatories.models import Event, Message, Notice, Partner, User
from tests.assessment_factories import bring_to, make_round

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def demo_mode(settings: Any) -> None:
    """DEMO=on, whatever the tests were started with."""
    settings.DEMO = True


@pytest.fixture
def accepted(edition: Edition, partner: Partner, leader: User, staff: User) -> Assessment:
    """An accepted assessment of a round whose figures have been released."""
    found = make_round(edition, staff)
    mine = bring_to(
        Assessment.objects.get(partner=partner, round=found),
        State.ACCEPTED,
        leader=leader,
        staff=staff,
    )
    closed = close_round(round=found, by=staff)
    release(round=closed, by=staff, confirmed_left_out=True)
    return Assessment.objects.select_related("round", "snapshot").get(pk=mine.pk)


def test_every_moment_moves_by_the_same_days(accepted: Assessment) -> None:
    def all_moments() -> dict[str, list[Any]]:
        return {
            f"{model._meta.label}.{name}": list(
                model._default_manager.order_by("pk").values_list(name, flat=True)
            )
            for model, names in moments().items()
            if model not in {Notice, Message}
            for name in names
        }

    before = all_moments()
    let_pass(400)
    gone = timedelta(days=400)
    # What waits to be made was asked for now.
    expected = {
        name: values
        if name.startswith("signatories.Certificate.")
        else [value and value - gone for value in values]
        for name, values in before.items()
    }
    assert all_moments() == expected
    assert sum(any(values) for values in before.values()) > 20


def test_no_field_is_forgotten() -> None:
    """Whatever is called a day or a time is one, or says why not."""
    known = {(model, name) for model, names in moments().items() for name in names}
    named = {
        (model, field.name)
        for model in moments()
        for field in model._meta.local_concrete_fields
        if field.name.endswith(("_at", "_on")) and not isinstance(field, models.ForeignKey)
    }
    assert named <= known
    assert {"active_from", "active_to"} == NO_MOMENTS


def test_hashes_hold_and_words_name_the_days(accepted: Assessment) -> None:
    opened = accepted.round.opens_on
    let_pass(100)
    [copy], [made] = Snapshot.objects.all(), Release.objects.all()
    assert snapshots.is_intact(copy)
    assert releasing.is_intact(made)
    earlier = opened - timedelta(days=100)
    assert copy.content["round"]["opens_on"] == earlier.isoformat()
    assert copy.content["sent_at"].startswith(str((timezone.now() - timedelta(days=100)).date()))
    notes = " ".join(Event.objects.values_list("note", flat=True))
    assert f"{earlier:%-d %B %Y}" in notes
    assert f"{opened:%-d %B %Y}" not in notes


def test_a_copy_that_moves_without_its_hash_is_found(accepted: Assessment) -> None:
    """The control of the test above: the hash is taken of the dates, too."""
    assert accepted.snapshot is not None
    copy = accepted.snapshot
    copy.content = shift(copy.content, timedelta(days=1))
    assert not snapshots.is_intact(copy)


def test_the_past_is_kept_again_afterwards(accepted: Assessment) -> None:
    let_pass(1)
    for rows in (Event.objects.all(), Snapshot.objects.all(), Answer.objects.all()):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.delete()
    with pytest.raises(DatabaseError), transaction.atomic():
        Release.objects.update(number=7)


def test_rounds_that_follow_closely_move_together(
    edition: Edition, partner: Partner, staff: User
) -> None:
    first = make_round(edition, staff)
    close_round(round=first, by=staff)
    let_pass(1)
    make_round(edition, staff)
    before = dict(Round.objects.values_list("pk", "opens_on"))
    let_pass(20)
    after = dict(Round.objects.values_list("pk", "opens_on"))
    assert {pk: day - timedelta(days=20) for pk, day in before.items()} == after


def test_nobody_is_told_of_what_is_long_past(accepted: Assessment) -> None:
    assert Notice.objects.filter(message__isnull=True).exists()
    let_pass(1)
    assert not Notice.objects.exists()
    assert Event.objects.exists()


def test_histories_get_no_entry_of_it(accepted: Assessment) -> None:
    history = apps.get_model("assessments", "AnswerHistory")._default_manager
    before = history.count()
    let_pass(5)
    assert history.count() == before > 0


def test_councils_exist_in_law_as_before(partner: Partner) -> None:
    partner.active_from = date(1974, 4, 1)
    partner.save(update_fields=["active_from"])
    let_pass(30)
    partner.refresh_from_db()
    assert partner.active_from == date(1974, 4, 1)


def test_time_passes_in_demonstrations_only(accepted: Assessment, settings: Any) -> None:
    settings.DEMO = False
    with pytest.raises(RefusedError, match="DEMO=on"):
        let_pass(1)
    assert Round.objects.get().opens_on == accepted.round.opens_on


def test_texts_stay_whatever_they_look_like() -> None:
    content = {
        "narrative": "2026-01-31",
        "due_on": "2026-01-31",
        "sent_at": "2026-01-31T10:00:00+00:00",
        "updated_at": "",
        "answers": [{"dated_on": None, "reason": "2026-01-31"}],
    }
    assert shift(content, timedelta(days=31)) == {
        "narrative": "2026-01-31",
        "due_on": "2025-12-31",
        "sent_at": "2025-12-31T10:00:00+00:00",
        "updated_at": "",
        "answers": [{"dated_on": None, "reason": "2026-01-31"}],
    }
