"""What every move of a request for support shares: the lock, the table, whose move it is."""

from textwrap import shorten

from assessments import helping
from assessments.helping import Side
from assessments.models import SupportRequest
from declaration.actions import RefusedError
from signatories.models import Membership, Partner, User

State = SupportRequest.State
# In the timeline and in e-mails: the whole is on the request’s page.
LONGEST_NOTE = 200

NOT_YOURS = {
    Side.PARTNER: "Only people of the partner that asked can do this.",
    Side.ECDA: (
        "Only people at ecda can do this, and nobody sees to what a partner of their own asked for."
    ),
}


def side_of(person: User, partner: Partner) -> Side | None:
    """For whom the person acts in what the partner asked for; None for nobody.

    People of ecda who belong to the partner act for the partner.
    """
    if not person.is_active:
        return None
    if Membership.objects.current().filter(person=person, partner=partner).exists():
        return Side.PARTNER
    return Side.ECDA if person.is_ecda else None


def at_ecda(request: SupportRequest) -> list[User]:
    """Who sees to the request at ecda, as long as they may; nobody where nobody does any more."""
    owner = request.owner
    return [owner] if owner and side_of(owner, request.partner) == Side.ECDA else []


def lock_partner(partner: Partner) -> None:
    """Let nobody else ask for support for the partner until the transaction has ended."""
    Partner.objects.select_for_update(no_key=True).get(pk=partner.pk)


def lock_request(request: SupportRequest) -> SupportRequest:
    """The request as it is stored now; nobody else moves it until the transaction has ended."""
    rows = SupportRequest.objects.select_for_update(of=("self",))
    related = rows.select_related("partner", "indicator__commitment", "offer", "owner")
    return related.get(pk=request.pk)


def lock(request: SupportRequest, move: str, by: User) -> tuple[SupportRequest, State]:
    """Lock the request and return it with the state that the move leads to.

    RefusedError when the move is not this person's, or not possible in the stored state.
    """
    locked = lock_request(request)
    [side] = {step.side for step in helping.SUPPORT if step.move == move}
    if side_of(by, locked.partner) != side:
        raise RefusedError(NOT_YOURS[side])
    target = helping.target(helping.SUPPORT, move, locked.state)
    if target is None:
        raise RefusedError(refusal(locked))
    return locked, State(target)


def refusal(request: SupportRequest) -> str:
    """What is said of the state to somebody who came too late."""
    if request.state == State.WITH_ECDA:
        return f"{request.owner} has taken on this request already."
    if request.ended_at is not None:
        return f"This request has ended: it is {request.get_state_display().lower()}."
    words = {
        State.NEW: "Nobody has taken on this request yet.",
        State.CONNECTED: "Partners have been connected about this request already.",
    }
    return f"{words[State(request.state)]} Load the page again to see what can be done now."


def about(request: SupportRequest) -> str:
    """The indicator and what is asked for, short enough for a line of the timeline."""
    return shorten(f"{request.indicator}: {request}", LONGEST_NOTE, placeholder=" …")


def reachable(*people: User | None) -> list[User]:
    """Those of them who are somebody and may sign in."""
    return [person for person in people if person is not None and person.is_active]
