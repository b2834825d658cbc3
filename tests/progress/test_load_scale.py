"""Made-up partners come in any number, through rounds that obey every rule."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from assessments.models import Assessment, Publication, Release, Round
from assessments.workflow import State
from commitments.models import Edition
from progress.dashboards.figures import read_live
from progress.management.scale import UNFINISHED
from signatories.models import Event, Partner, Signature

pytestmark = pytest.mark.django_db

# What the first made-up partner says of each indicator in its first round.
RATINGS = [2, 3, 0, 2, 2, 2, 2, 2, 0, 0, 0, 3, 1]


@pytest.fixture(autouse=True)
def demo_mode(settings: Any) -> None:
    """DEMO=on, whatever the tests were started with."""
    settings.DEMO = True


def load(partners: int, rounds: int) -> str:
    out = StringIO()
    call_command("load_scale", partners=partners, rounds=rounds, stdout=out)
    return out.getvalue()


def test_partners_go_through_rounds_a_year_apart(edition: Edition) -> None:
    assert load(UNFINISHED + 1, 2).startswith(f"  {UNFINISHED + 1} partners\n")
    now, before = Round.objects.opened().latest_first().select_related("edition")
    assert (now.opens_on - before.opens_on).days == 365
    assert now.is_open
    assert before.closed_at
    # One never finishes; all others are accepted, with the copies that their release counts.
    assert Assessment.objects.filter(state=State.DRAFT).count() == 2
    assert Release.objects.get(round=before).entries.filter(left_out="").count() == UNFINISHED
    call_command("verify_snapshots", verbosity=0, stdout=StringIO())
    years = read_live(now, before)
    assert years.now.roll_up(*years.now.indicators).rated > 80
    assert any(said != earlier for _, _, earlier, said in years.moves(*years.now.indicators))
    assert Signature.objects.live().count() == UNFINISHED + 1
    assert Publication.objects.live().exists()
    assert Event.objects.filter(verb="accepted the self-assessment").count() == 2 * UNFINISHED


def test_the_same_ratings_come_each_time(edition: Edition) -> None:
    load(3, 1)
    [first] = Round.objects.select_related("edition")
    figures = read_live(first).now
    [alpha, *_] = figures.partners
    assert [figures.answer(alpha.pk, each.pk)[0] for each in figures.indicators] == RATINGS


def test_more_come_only_between_rounds(edition: Edition) -> None:
    load(2, 1)
    with pytest.raises(CommandError, match="open or planned"):
        load(2, 1)
    assert Partner.objects.count() == 2


@pytest.mark.parametrize(("partners", "rounds"), [(0, 1), (1, 0)])
def test_nothing_is_asked_for_by_mistake(edition: Edition, partners: int, rounds: int) -> None:
    with pytest.raises(CommandError, match="at least one"):
        load(partners, rounds)


def test_there_are_none_outside_demo_mode(edition: Edition, settings: Any) -> None:
    settings.DEMO = False
    with pytest.raises(CommandError, match="DEMO=on"):
        load(2, 1)
    assert not Partner.objects.exists()
