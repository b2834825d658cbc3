"""The tables of states: complete, and the references in the documentation made from them."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from assessments import helping, workflow
from assessments.management.commands.write_reference import PAGES as WRITTEN
from assessments.management.commands.write_reference import reference, support_reference
from assessments.models import Assessment
from assessments.workflow import Move, State
from signatories.models import User
from tests.assessment_factories import bring_to
from tests.assessments.moving import PAGES

pytestmark = pytest.mark.django_db

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "reference"


# --- The tables alone ----------------------------------------------------------------------------


def test_every_state_has_its_words_and_every_move_its_person() -> None:
    for by_state in (workflow.LABELS, workflow.TURNS, workflow.NEXT):
        assert set(by_state) == set(State)
    assert set(workflow.WHO) == set(workflow.WORDS) == set(Move)


def test_every_state_can_be_reached_and_every_move_is_possible_somewhere() -> None:
    assert {step.target for step in workflow.STEPS} == set(State)
    assert {step.source for step in workflow.STEPS} == set(State)
    assert {step.move for step in workflow.STEPS} == set(Move)


def test_no_step_is_listed_twice_and_none_stays_where_it_is() -> None:
    assert len(set(workflow.STEPS)) == len(workflow.STEPS)
    assert all(step.source != step.target for step in workflow.STEPS)


def test_only_going_back_depends_on_where_the_assessment_came_from() -> None:
    for move in Move:
        for state in State:
            targets = {s.target for s in workflow.STEPS if (s.move, s.source) == (move, state)}
            if len(targets) > 1:
                assert move in {Move.TAKE_BACK, Move.DECLINE}
                assert {workflow.target(move, state, came_from=t) for t in targets} == targets
                assert workflow.target(move, state) is None
                assert workflow.target(move, state, came_from=State.ACCEPTED) is None
            else:
                assert workflow.target(move, state) == next(iter(targets), None)


def test_a_refusal_says_the_state_and_whose_turn_it_is() -> None:
    for move in Move:
        for state in State:
            words = workflow.refusal(move, state)
            assert workflow.LABELS[state] in words
            assert workflow.whose_turn(state) in words


def test_every_state_says_how_somebody_brings_an_assessment_there() -> None:
    assert set(workflow.ARRIVED) == set(State)


def test_every_pair_of_states_has_its_movers_and_no_other_pair_has() -> None:
    movers = workflow.movers()
    assert sorted(movers) == workflow.transitions()
    for step in workflow.STEPS:
        assert workflow.WHO[step.move].value in movers[step.source.value, step.target.value]


@pytest.mark.parametrize("name", sorted(WRITTEN))
def test_the_documented_tables_are_the_tables(name: str) -> None:
    assert (FOLDER / name).read_text(encoding="utf-8") == WRITTEN[name]()


def test_the_references_hold_every_move_and_who_makes_it() -> None:
    assert workflow.diagram().rstrip() in reference()
    for (source, target), who in workflow.movers().items():
        assert f"| {source} | {target} | {', '.join(who)} |" in reference()
    for step in (*helping.SUPPORT, *helping.PRACTICES):
        assert f"    {step.source} --> {step.target}: " in support_reference()


def test_the_references_are_written_and_a_stale_one_is_noticed(tmp_path: Path) -> None:
    folder = tmp_path / "reference"
    call_command("write_reference", folder=folder, verbosity=0)
    call_command("write_reference", folder=folder, check=True)
    for name in WRITTEN:
        kept = (folder / name).read_text()
        (folder / name).write_text(kept + "| extra |\n")
        with pytest.raises(CommandError, match=f"{name} is out of date"):
            call_command("write_reference", folder=folder, check=True)
        (folder / name).write_text(kept)


# --- Pages ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("move", Move)
def test_a_move_is_never_made_by_get(
    move: Move, assessment: Assessment, leader: User, client_of: Callable[[User], Client]
) -> None:
    path = reverse(f"assessments:{PAGES[move]}", args=[assessment.pk])
    assert client_of(leader).get(path).status_code == 405


def test_a_refused_move_is_a_page_that_says_whose_turn_it_is(
    assessment: Assessment, leader: User, staff: User, client_of: Callable[[User], Client]
) -> None:
    assessment = bring_to(assessment, State.SUBMITTED, leader=leader, staff=staff)
    path = reverse("assessments:assessment-send", args=[assessment.pk])
    response = client_of(leader).post(path)
    assert response.status_code == 409
    assert "It is the turn of ecda" in response.content.decode()
