"""Every standing of an assessment, every move by every person: what the tables say of each."""

from collections.abc import Callable
from dataclasses import dataclass

from assessments import workflow
from assessments.actions import reviewing, submitting
from assessments.models import Assessment
from assessments.workflow import Move, State, Who
from signatories.models import User
from tests.assessment_factories import answer_all, bring_to

PAGES = {
    Move.SEND: "assessment-send",
    Move.TAKE_BACK: "assessment-take-back",
    Move.DECLINE: "assessment-decline",
    Move.SIGN_OFF: "assessment-sign-off-confirm",
    Move.REQUEST_CHANGES: "review-request-changes",
    Move.ACCEPT: "review-accept",
    Move.REOPEN: "review-reopen",
}
# Everybody there is, by the names of the fixtures.
PERSONAS = (
    "contributor",
    "lead",
    "leader",
    "stranger",
    "former",
    "disabled",
    "staff",
    "staff_member",
    "administrator",
    "former_leader",
    "disabled_staff",
    "former_staff",
)
MAY = {
    Who.LEAD: {"lead", "leader"},
    Who.LEADER: {"leader"},
    Who.ECDA: {"staff", "administrator"},
}


@dataclass(frozen=True)
class Standing:
    """A state, and the one that an assessment awaiting sign-off came from."""

    state: State
    came_from: State | None = None

    def __str__(self) -> str:
        return f"{self.state}-from-{self.came_from}" if self.came_from else self.state


STANDINGS = [
    Standing(State.DRAFT),
    Standing(State.AWAITING, State.DRAFT),
    Standing(State.SUBMITTED),
    Standing(State.CHANGES),
    Standing(State.AWAITING, State.CHANGES),
    Standing(State.ACCEPTED),
]


def bring(assessment: Assessment, standing: Standing, *, leader: User, staff: User) -> Assessment:
    """Take a draft there, its answers complete, by the moves that people would make."""
    if standing.state == State.DRAFT:
        answer_all(assessment, leader)
        return assessment
    if standing.came_from == State.CHANGES:
        bring_to(assessment, State.CHANGES, leader=leader, staff=staff)
        submitting.send(assessment=assessment, by=leader)
        return Assessment.objects.get(pk=assessment.pk)
    return bring_to(assessment, standing.state, leader=leader, staff=staff)


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


def may_bring(persona: str, standing: Standing, target: State) -> bool:
    """Whether the tables let the person bring an assessment from this standing to the target."""
    return any(
        persona in MAY[workflow.WHO[step.move]]
        for step in workflow.STEPS
        if step.source == standing.state
        and step.target == target
        and workflow.target(step.move, standing.state, came_from=standing.came_from) == target
    )
