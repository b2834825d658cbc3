"""Why an assessment does not count in figures, in words: only accepted ones do; pure."""

from assessments.workflow import State

REASONS = {
    State.DRAFT: "still being answered",
    State.AWAITING: "waiting for the leader’s sign-off",
    State.SUBMITTED: "waiting for ecda’s review",
    State.CHANGES: "sent back for changes",
    State.ACCEPTED: "",
}
REOPENED = "accepted before, and reopened by ecda"
NO_ASSESSMENT = "no assessment in this round"


def why_left_out(state: State | None, *, was_accepted: bool) -> str:
    """Say why an assessment in the state is not in the figures; empty when it is."""
    if state is None:
        return NO_ASSESSMENT
    is_reopened = was_accepted and state is not State.ACCEPTED
    return REOPENED if is_reopened else REASONS[state]
