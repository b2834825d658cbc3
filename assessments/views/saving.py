"""Save an answer, also when somebody else saved it since: what can be merged is, silently."""

from dataclasses import dataclass

from assessments.actions.answering import StaleAnswerError, save_answer
from assessments.actions.drafts import forget
from assessments.dashboards import Desk, as_arguments, read_base, read_desk, values_of
from assessments.forms import (
    SHOWN_SUPPORT,
    SHOWN_VERSION,
    AnswerForm,
    DecisionForm,
    HiddenNumber,
    Sent,
    encode,
    raw_values,
    read_seen_support,
    stored_support,
    without_decisions,
)
from assessments.merging import Merge, Values, decide, merge
from assessments.models import Answer
from signatories.models import User

# How often somebody else may be quicker before the person is told to try again.
TRIES = 5


@dataclass(frozen=True)
class Saved:
    """The answer as it is now, and the fields taken from somebody else's save."""

    answer: Answer
    taken: tuple[str, ...] = ()


@dataclass(frozen=True)
class Version:
    """What is compared, and the answer's version that said it."""

    version: int
    values: Values


class ConflictError(Exception):
    """Both changed the same fields: `merge` says which, `desk` is what is stored now."""

    def __init__(self, desk: Desk, merge: Merge) -> None:
        super().__init__("Two people changed the same fields.")
        self.desk = desk
        self.merge = merge


def save_or_merge(desk: Desk, form: AnswerForm, by: User) -> Saved:
    """Save what the valid form says, under the version stored now.

    When that is not the version the person began from, fields that only one side changed are
    merged. ConflictError when both changed the same one, RefusedError as `save_answer` says;
    nothing is written then.
    """
    for left in reversed(range(TRIES)):
        merged = merge_with(desk, form)
        if merged.conflicts:
            raise ConflictError(desk, merged)
        if _is_there_already(desk, form, merged):
            forget(desk.answer, by, form.more["draft"])
            return Saved(desk.answer)
        try:
            return Saved(_save(desk, form, merged.values, by), merged.taken)
        except StaleAnswerError as error:
            if not left:
                raise
            desk = read_desk(error.current, by, whole=False)
    raise AssertionError("the last try returns or raises")


def _is_there_already(desk: Desk, form: AnswerForm, merged: Merge) -> bool:
    """Whether a late save, such as a form sent twice, would change nothing."""
    is_late = form.began_from != desk.answer.version
    adds = form.more["links"] or form.more["planned"]
    return is_late and not adds and merged.values == stored_now(desk)


def merge_with(desk: Desk, form: AnswerForm) -> Merge:
    """Compare what was typed with what is stored, by what both began from."""
    now = Version(desk.answer.version, stored_now(desk))
    return _merge(desk.answer, form.began_from, form.seen_support, form.mine, now)


def _merge(
    answer: Answer, began_from: int, seen: Values | None, mine: Values, now: Version
) -> Merge:
    # Support has no version, and ecda ends requests too: what the page had seen says who did what.
    if began_from == now.version:
        return merge({**now.values, **(seen or {})}, mine, now.values)
    base = read_base(answer, began_from)
    # Support that the page did not say it had seen equals nothing: where it differs, it is asked.
    unseen = {"support": None, "support_words": None}
    return merge(None if base is None else {**base, **(seen or unseen)}, mine, now.values)


def stored_now(desk: Desk) -> Values:
    """What is stored, by the names that are compared."""
    return values_of(desk.answer) | stored_support(desk)


def seen_then(desk: Desk, sent: Sent) -> Version:
    """What a conflict page showed as the other's: the version it was made of.

    A version that never was counts as what is stored now.
    """
    version = HiddenNumber(required=False).clean(sent.get(SHOWN_VERSION))
    base = read_base(desk.answer, version) or values_of(desk.answer)
    support = read_seen_support(sent.get(SHOWN_SUPPORT, ""))
    return Version(version, base | (support or stored_support(desk)))


def decided(sent: Sent, desk: Desk, decisions: DecisionForm | None) -> Sent:
    """What was sent, with the decisions of a conflict page applied and their marks taken off.

    It is then a change of the version that the page showed. Should a field be in conflict that the
    page did not ask about, it is a change of no version, so that all that differs is asked.
    """
    if decisions is None:
        return sent
    mine, shown = raw_values(sent), seen_then(desk, sent)
    began_from = HiddenNumber(required=False).clean(sent.get("version"))
    seen = read_seen_support(sent.get("support_seen", ""))
    merged = _merge(desk.answer, began_from, seen, mine, shown)
    is_asked = set(merged.conflicts) <= decisions.choices.keys()
    again = encode(decide(merged.values, shown.values, decisions.choices), sent)
    again.setlist("version", [str(shown.version) if is_asked else ""])
    again.setlist("support_seen", [sent.get(SHOWN_SUPPORT, "")])
    return without_decisions(again)


def _save(desk: Desk, form: AnswerForm, values: Values, by: User) -> Answer:
    arguments = as_arguments(values) | form.more
    if desk.draft is None:
        arguments["draft"] = None
    answered = arguments["rating"] is not None or arguments["not_applicable"]
    arguments["completed"] = arguments["completed"] and answered
    return save_answer(
        answer=desk.answer,
        version=desk.answer.version,
        **arguments,
        wanted=form.wanted(values, stored_support(desk)),
        by=by,
    )
