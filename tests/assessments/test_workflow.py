"""The table of states: complete, obeyed by the actions, by the database and by the pages."""

from collections.abc import Callable
from pathlib import Path

import pgtrigger
import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from assessments import workflow
from assessments.actions import reviewing, submitting
from assessments.management.commands.write_reference import reference
from assessments.models import Assessment
from assessments.workflow import Move, State, Who
from declaration.actions import RefusedError
from signatories.models import User
from tests.assessment_factories import bring_to

pytestmark = pytest.mark.django_db

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "reference" / "assessment-states.md"


def make(move: Move, assessment: Assessment, by: User) -> None:
    """Make the move through its action, with all that the action needs."""
    comments = {assessment.answers.in_order()[0].indicator_id: "Say more."}
    actions: dict[Move, Callable[[], object]] = {
        Move.SEND: lambda: submitting.send(assessment=assessment, by=by),
        Move.TAKE_BACK: lambda: submitting.take_back(assessment=assessment, note="Why", by=by),
        Move.DECLINE: lambda: submitting.decline(assessment=assessment, note="Why", by=by),
        Move.SIGN_OFF: lambda: submitting.sign_off(assessment=assessment, by=by),
        Move.REQUEST_CHANGES: lambda: reviewing.request_changes(
            assessment=assessment, note="Why", comments=comments, by=by
        ),
        Move.ACCEPT: lambda: reviewing.accept(assessment=assessment, note="", by=by),
        Move.REOPEN: lambda: reviewing.reopen(
            assessment=assessment, note="Why", comments=comments, by=by
        ),
    }
    actions[move]()


PAGES = {
    Move.SEND: "assessment-send",
    Move.TAKE_BACK: "assessment-take-back",
    Move.DECLINE: "assessment-decline",
    Move.SIGN_OFF: "assessment-sign-off-confirm",
    Move.REQUEST_CHANGES: "review-request-changes",
    Move.ACCEPT: "review-accept",
    Move.REOPEN: "review-reopen",
}
PERSONAS = ["contributor", "lead", "leader", "stranger", "staff", "staff_member", "administrator"]
MAY = {
    Who.LEAD: {"lead", "leader"},
    Who.LEADER: {"leader"},
    Who.ECDA: {"staff", "administrator"},
}


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
            assert f"the turn of {workflow.TURNS[state]}" in words


def test_the_documented_diagram_is_the_table() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == reference()
    assert workflow.diagram().rstrip() in reference()


def test_the_reference_is_written_and_a_stale_one_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "reference" / "states.md"
    call_command("write_reference", path=path, verbosity=0)
    call_command("write_reference", path=path, check=True)
    path.write_text(path.read_text() + "| extra |\n")
    with pytest.raises(CommandError, match="out of date"):
        call_command("write_reference", path=path, check=True)


# --- Actions, database and pages -----------------------------------------------------------------


@pytest.mark.parametrize("state", State)
def test_the_actions_make_exactly_the_moves_of_the_table(
    state: State, assessment: Assessment, leader: User, staff: User
) -> None:
    assessment = bring_to(assessment, state, leader=leader, staff=staff)
    came_from = State(assessment.came_from) if assessment.came_from else None
    for move in Move:
        target = workflow.target(move, state, came_from=came_from)
        if move == Move.SEND and state == State.DRAFT:
            continue  # Needs every answer first: see the tests of sending.
        with transaction.atomic():
            if target is None:
                with pytest.raises(RefusedError) as refused:
                    make(move, assessment, leader)
                assert str(refused.value) == workflow.refusal(move, state)
            else:
                make(move, assessment, leader)
            now = Assessment.objects.get(pk=assessment.pk).state
            assert now == (target or state).value
            transaction.set_rollback(True)


@pytest.mark.parametrize("state", State)
def test_the_database_makes_exactly_the_moves_of_the_table(
    state: State, assessment: Assessment, leader: User, staff: User
) -> None:
    kept = bring_to(assessment, State.ACCEPTED, leader=leader, staff=staff)
    comments = {kept.answers.in_order()[0].indicator_id: "Say more."}
    _go_on_to(state, kept, comments, leader, staff)
    row = Assessment.objects.filter(pk=kept.pk)
    now = row.get()
    assert now.state == state.value
    for target in State:
        if target == state:
            continue
        came_from = state.value if target == State.AWAITING else ""
        snapshot = kept.snapshots.first() if target == State.ACCEPTED else None
        back = state == State.AWAITING and target in {State.DRAFT, State.CHANGES}
        allowed = (state.value, target.value) in workflow.transitions()
        if back:
            allowed = now.came_from == target.value
        with transaction.atomic():
            change = {"state": target.value, "came_from": came_from, "snapshot": snapshot}
            if allowed:
                assert row.update(**change) == 1
            else:
                refusal = "Invalid transition|returns to where it came from"
                with pytest.raises(DatabaseError, match=refusal):
                    row.update(**change)
            transaction.set_rollback(True)


def _go_on_to(
    state: State, kept: Assessment, comments: dict[int, str], leader: User, staff: User
) -> None:
    """From accepted, by the shortest way; a draft can only be a new one."""
    if state == State.DRAFT:
        with pgtrigger.ignore("assessments.Assessment:assessment_moves"):
            Assessment.objects.filter(pk=kept.pk).update(state="draft", snapshot=None)
        return
    if state == State.ACCEPTED:
        return
    reviewing.reopen(assessment=kept, note="Why", comments=comments, by=staff)
    if state in {State.AWAITING, State.SUBMITTED}:
        submitting.send(assessment=kept, by=leader)
    if state == State.SUBMITTED:
        submitting.sign_off(assessment=kept, by=leader)


@pytest.mark.parametrize("state", State)
def test_the_pages_let_each_role_make_exactly_its_moves(
    state: State,
    assessment: Assessment,
    staff: User,
    leader: User,
    request: pytest.FixtureRequest,
    client_of: Callable[[User], Client],
) -> None:
    assessment = bring_to(assessment, state, leader=leader, staff=staff)
    came_from = State(assessment.came_from) if assessment.came_from else None
    comment = f"comment-{assessment.answers.in_order()[0].indicator_id}"
    data = {"note": "Why", "confirm": "on", comment: "Say more."}
    wrong = []
    for persona in PERSONAS:
        client = client_of(request.getfixturevalue(persona))
        for move in Move:
            path = reverse(f"assessments:{PAGES[move]}", args=[assessment.pk])
            with transaction.atomic():
                status = client.post(path, data).status_code
                transaction.set_rollback(True)
            if persona == "stranger":
                expected = 404
            elif persona not in MAY[workflow.WHO[move]]:
                expected = 403
            else:
                target = workflow.target(move, state, came_from=came_from)
                is_empty = move == Move.SEND and state == State.DRAFT
                expected = 409 if target is None or is_empty else 302
            if status != expected:
                wrong.append(f"{move} by {persona} in {state}: {status}, not {expected}")
    assert wrong == []


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
