"""Every move × every person × every state: the action, the database and the page say the same."""

import hashlib
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessments import workflow
from assessments.models import Assessment, Review, Round, Snapshot
from assessments.workflow import Move, State, Who
from declaration.actions import RefusedError
from signatories.models import Event, Membership, Notice, Partner, User
from tests.assessments.moving import (
    MAY,
    PAGES,
    PERSONAS,
    STANDINGS,
    Standing,
    bring,
    make,
    may_bring,
)
from tests.factories import make_member, make_user

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]
People = dict[str, User]
REFUSALS = (
    "Invalid transition",
    "this person may not make this move",
    "an assessment returns to where it came from",
)
WRITE = """
    UPDATE assessments_assessment
    SET state = %s, came_from = %s, snapshot_id = %s, moved_by_id = %s, moved_at = now(),
        sent_at = now(), sent_by_id = %s, submitted_at = now(), submitted_by_id = %s
    WHERE id = %s
"""


@pytest.fixture
def former_leader(partner: Partner) -> User:
    """Led the partner once."""
    person = make_member(partner, "leader", "Flo Formerleader")
    Membership.objects.filter(person=person).update(ended_at=timezone.now())
    return person


@pytest.fixture
def disabled_staff(db: None) -> User:
    """Worked for ecda and may not sign in any more."""
    person = make_user("Dan Disabledstaff", office="staff")
    User.objects.filter(pk=person.pk).update(is_active=False)
    return person


@pytest.fixture
def former_staff(db: None) -> User:
    """Worked for ecda until a moment ago: the object still says so."""
    person = make_user("Fred Formerstaff", office="staff")
    User.objects.filter(pk=person.pk).update(office="")
    return person


@pytest.fixture
def people(request: pytest.FixtureRequest) -> People:
    return {name: request.getfixturevalue(name) for name in PERSONAS}


@pytest.fixture(params=STANDINGS, ids=str)
def standing(request: pytest.FixtureRequest) -> Standing:
    found: Standing = request.param
    return found


@pytest.fixture
def standing_there(assessment: Assessment, standing: Standing, people: People) -> Assessment:
    """The assessment in that standing."""
    leader, staff = people["leader"], people["staff"]
    return bring(assessment, standing, leader=leader, staff=staff)


def everything(assessment: Assessment) -> list[object]:
    """All that a move changes."""
    row = Assessment.objects.filter(pk=assessment.pk).values_list().get()
    counted = [kind.objects.count() for kind in (Review, Snapshot, Event, Notice)]
    return [row, *counted]


def test_there_are_standings_for_every_state_and_every_place_to_return_to() -> None:
    assert {one.state for one in STANDINGS} == set(State)
    sources = {step.source for step in workflow.STEPS if step.target == State.AWAITING}
    assert {one.came_from for one in STANDINGS if one.came_from} == sources
    assert set(MAY) == set(Who)
    assert set(PAGES) == set(Move)


def test_the_action_makes_exactly_what_the_table_allows(
    standing: Standing, standing_there: Assessment, people: People
) -> None:
    wrong = []
    for persona, person in people.items():
        for move in Move:
            before = everything(standing_there)
            target = workflow.target(move, standing.state, came_from=standing.came_from)
            is_theirs = persona in MAY[workflow.WHO[move]]
            expected = workflow.refusal(move, standing.state)
            if not is_theirs:
                expected = workflow.not_yours(move)
            with transaction.atomic():
                found = ""
                try:
                    make(move, standing_there, person)
                except RefusedError as error:
                    found = str(error)
                    if everything(standing_there) != before:
                        wrong.append(f"{move} by {persona}: refused, and yet changed")
                now = Assessment.objects.get(pk=standing_there.pk).state
                transaction.set_rollback(True)
            if is_theirs and target is not None:
                if (found, now) != ("", target):
                    wrong.append(f"{move} by {persona}: {found or now}")
            elif not found.startswith(expected) or now != standing.state:
                wrong.append(f"{move} by {persona}: {found or now}, not “{expected}”")
    assert wrong == []


def test_a_refusal_out_of_turn_says_who_brought_it_there_and_when(
    standing: Standing, standing_there: Assessment, people: People
) -> None:
    impossible = next(
        move
        for move in Move
        if workflow.target(move, standing.state, came_from=standing.came_from) is None
    )
    person = people["staff" if workflow.WHO[impossible] == Who.ECDA else "leader"]
    with pytest.raises(RefusedError) as refused:
        make(impossible, standing_there, person)
    if standing.state == State.DRAFT:
        assert str(refused.value) == workflow.refusal(impossible, standing.state)
    else:
        mover = "Sam Staff" if standing_there.moved_by == people["staff"] else "Lara Leader"
        assert f" {mover} {workflow.ARRIVED[standing.state]} on " in str(refused.value)


def test_the_database_lets_each_person_make_exactly_what_the_table_allows(
    standing: Standing, standing_there: Assessment, people: People
) -> None:
    """The same moves as bare SQL, with all that the other constraints ask for."""
    leader = people["leader"]
    snapshot = Snapshot.objects.create(
        assessment=standing_there,
        number=99,
        partner_name="B",
        content={},
        sha256=hashlib.sha256(b"").hexdigest(),
        accepted_by=people["staff"],
    )
    wrong = []
    for persona, person in [*people.items(), ("nobody", None)]:
        for target in State:
            if target == standing.state:
                continue
            came_from = standing.state if target == State.AWAITING else ""
            kept = snapshot.pk if target == State.ACCEPTED else None
            mover = person.pk if person else None
            values = [target, came_from, kept, mover, leader.pk, leader.pk, standing_there.pk]
            refused = ""
            try:
                with transaction.atomic(), connection.cursor() as cursor:
                    cursor.execute(WRITE, values)
                    transaction.set_rollback(True)
            except DatabaseError as error:
                refused = str(error)
            if may_bring(persona, standing, target) != (refused == ""):
                wrong.append(f"{standing} to {target} by {persona}: {refused or 'let through'}")
            if refused and not any(words in refused for words in REFUSALS):
                wrong.append(f"{standing} to {target} by {persona}: {refused}")
    assert wrong == []


def test_the_pages_let_each_person_make_exactly_their_moves(
    standing: Standing, standing_there: Assessment, people: People, client_of: ClientOf
) -> None:
    comment = f"comment-{standing_there.answers.in_order()[0].indicator_id}"
    data = {"note": "Why", "confirm": "on", "remarks": "1", comment: "Say more."}
    clients = {name: client_of(person) for name, person in people.items()} | {"": Client()}
    wrong = []
    for persona, client in clients.items():
        for move in Move:
            path = reverse(f"assessments:{PAGES[move]}", args=[standing_there.pk])
            with transaction.atomic():
                response = client.post(path, data)
                now = Assessment.objects.get(pk=standing_there.pk).state
                transaction.set_rollback(True)
            status = str(response.status_code)
            if status == "302" and response["Location"].startswith("/accounts/login/"):
                status = "sign in"
            expected, state = _expected(persona, move, standing)
            if (status, now) != (expected, state):
                wrong.append(f"{move} by {persona}: {status} and {now}, not {expected}")
    assert wrong == []


def _expected(persona: str, move: Move, standing: Standing) -> tuple[str, str]:
    """What the page answers, and the state afterwards."""
    if persona in {"", "disabled", "disabled_staff"}:
        return "sign in", standing.state
    if persona in {"stranger", "former", "former_leader", "former_staff"}:
        return "404", standing.state
    if persona not in MAY[workflow.WHO[move]]:
        return "403", standing.state
    target = workflow.target(move, standing.state, came_from=standing.came_from)
    return ("409", standing.state) if target is None else ("302", target)


@pytest.mark.parametrize("move", Move)
def test_after_closing_partners_move_nothing_and_ecda_goes_on(
    move: Move, assessment: Assessment, leader: User, staff: User, lead: User
) -> None:
    source = next(step.source for step in workflow.STEPS if step.move == move)
    came_from = State.DRAFT if source == State.AWAITING else None
    bring(assessment, Standing(source, came_from), leader=leader, staff=staff)
    yesterday = timezone.localdate() - timedelta(days=1)
    Round.objects.update(opens_on=yesterday, due_on=yesterday, closes_on=yesterday)
    assessment = Assessment.objects.get(pk=assessment.pk)
    if workflow.WHO[move] == Who.ECDA:
        make(move, assessment, staff)
        assert Assessment.objects.get().state != source
        return
    before = everything(assessment)
    with pytest.raises(RefusedError, match=f"closed on {yesterday:%-d %B %Y}"):
        make(move, assessment, leader)
    assert everything(assessment) == before
