"""The assessment's states, moves and turns as tables: no ORM, tested complete and disjoint.

The database trigger, the refusals of the actions and the diagram in the documentation are all
made from these tables.
"""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """Where an assessment stands."""

    DRAFT = "draft"
    AWAITING = "awaiting"
    SUBMITTED = "submitted"
    CHANGES = "changes"
    ACCEPTED = "accepted"


class Move(StrEnum):
    """What can be done to an assessment as a whole."""

    SEND = "send"
    TAKE_BACK = "take_back"
    DECLINE = "decline"
    SIGN_OFF = "sign_off"
    REQUEST_CHANGES = "request_changes"
    ACCEPT = "accept"
    REOPEN = "reopen"


class Who(StrEnum):
    """Who may make a move: a role at the partner, or ecda."""

    LEAD = "lead"
    LEADER = "leader"
    ECDA = "ecda"


LABELS = {
    State.DRAFT: "Draft",
    State.AWAITING: "Awaiting sign-off",
    State.SUBMITTED: "Submitted",
    State.CHANGES: "Changes requested",
    State.ACCEPTED: "Accepted",
}

# Whose turn it is, in words that finish "It is the turn of …".
TURNS = {
    State.DRAFT: "the partner",
    State.AWAITING: "the partner’s leader",
    State.SUBMITTED: "ecda",
    State.CHANGES: "the partner",
    State.ACCEPTED: "nobody",
}

NEXT = {
    State.DRAFT: "The partner’s lead answers the indicators and sends them for sign-off.",
    State.AWAITING: "The partner’s leader signs off the assessment or sends it back.",
    State.SUBMITTED: "ecda reviews the assessment.",
    State.CHANGES: "The partner answers the indicators that ecda named and sends them again.",
    State.ACCEPTED: "The assessment is complete.",
}

# How somebody brought it to the state it is in, in words that go on after their name.
ARRIVED = {
    State.DRAFT: "brought it back",
    State.AWAITING: "sent it for sign-off",
    State.SUBMITTED: "signed it off",
    State.CHANGES: "opened it for changes",
    State.ACCEPTED: "accepted it",
}

# A lead's moves are a leader's too, as in the roles' table.
WHO = {
    Move.SEND: Who.LEAD,
    Move.TAKE_BACK: Who.LEAD,
    Move.DECLINE: Who.LEADER,
    Move.SIGN_OFF: Who.LEADER,
    Move.REQUEST_CHANGES: Who.ECDA,
    Move.ACCEPT: Who.ECDA,
    Move.REOPEN: Who.ECDA,
}

PEOPLE = {
    Who.LEAD: "a lead or leader of the partner",
    Who.LEADER: "a leader of the partner",
    Who.ECDA: "ecda’s staff who do not belong to the partner",
}

WORDS = {
    Move.SEND: "send for sign-off",
    Move.TAKE_BACK: "take back",
    Move.DECLINE: "send back to the lead",
    Move.SIGN_OFF: "sign off",
    Move.REQUEST_CHANGES: "request changes",
    Move.ACCEPT: "accept",
    Move.REOPEN: "reopen",
}


@dataclass(frozen=True)
class Step:
    """One move from one state to another."""

    move: Move
    source: State
    target: State


# Declined or taken back, an assessment returns to where it came from.
STEPS = [
    Step(Move.SEND, State.DRAFT, State.AWAITING),
    Step(Move.SEND, State.CHANGES, State.AWAITING),
    Step(Move.TAKE_BACK, State.AWAITING, State.DRAFT),
    Step(Move.TAKE_BACK, State.AWAITING, State.CHANGES),
    Step(Move.DECLINE, State.AWAITING, State.DRAFT),
    Step(Move.DECLINE, State.AWAITING, State.CHANGES),
    Step(Move.SIGN_OFF, State.AWAITING, State.SUBMITTED),
    Step(Move.REQUEST_CHANGES, State.SUBMITTED, State.CHANGES),
    Step(Move.ACCEPT, State.SUBMITTED, State.ACCEPTED),
    Step(Move.REOPEN, State.ACCEPTED, State.CHANGES),
]

OPEN_TO_ANSWERS = {State.DRAFT, State.CHANGES}
# What has yet to reach ecda, or has gone back from it.
WITH_PARTNER = frozenset({State.DRAFT, State.AWAITING, State.CHANGES})


def transitions() -> list[tuple[str, str]]:
    """Each pair of states that some move connects, for the database trigger."""
    return sorted({(step.source.value, step.target.value) for step in STEPS})


def movers() -> dict[tuple[str, str], list[str]]:
    """Who may bring an assessment from one state to another, by pair of states, for the trigger."""
    found: dict[tuple[str, str], set[str]] = {}
    for step in STEPS:
        pair = (step.source.value, step.target.value)
        found.setdefault(pair, set()).add(WHO[step.move].value)
    return {pair: sorted(who) for pair, who in sorted(found.items())}


def target(move: Move, state: State, *, came_from: State | None = None) -> State | None:
    """Where the move leads from the state; None when it is not possible there.

    `came_from` is the state before Awaiting sign-off, to which declining and taking back return.
    """
    found = [step.target for step in STEPS if step.move == move and step.source == state]
    if len(found) > 1:
        return came_from if came_from in found else None
    return found[0] if found else None


def whose_turn(state: State) -> str:
    """Say in a sentence whose turn it is in the state."""
    who = TURNS[state]
    return "It is nobody’s turn." if who == "nobody" else f"It is the turn of {who}."


def refusal(move: Move, state: State) -> str:
    """Say why the move is not possible in the state, and whose turn it is."""
    return (
        f"You cannot {WORDS[move]} this assessment now, because it is "
        f"“{LABELS[state]}”. {whose_turn(state)} {NEXT[state]}"
    )


def arrival(state: State, who: str, when: str) -> str:
    """Say who brought the assessment to the state, and when, both given in words."""
    return f"{who} {ARRIVED[state]} on {when}."


def not_yours(move: Move) -> str:
    """Say to whom the move belongs, to somebody who may not make it."""
    return f"You cannot {WORDS[move]} this assessment: only {PEOPLE[WHO[move]]} can."


def diagram() -> str:
    """The states and moves as a Mermaid diagram, for the documentation."""
    names = {state: state.value for state in State}
    lines = ["stateDiagram-v2", f"    [*] --> {names[State.DRAFT]}"]
    lines += [f"    {names[state]}: {LABELS[state]} ({TURNS[state]})" for state in State]
    lines += [
        f"    {names[step.source]} --> {names[step.target]}: {WORDS[step.move]}" for step in STEPS
    ]
    return "\n".join(lines) + "\n"
