"""Offer good practice, and edit, publish, decline and withdraw it."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify

from assessments import helping
from assessments.models import Answer, GoodPractice
from assessments.verbs import NOTICES, Verb
from declaration.actions import RefusedError, action
from signatories.actions.events import record
from signatories.models import User

State = GoodPractice.State
# What a move is called after “You cannot”.
MOVES = {
    "edit": "edit this",
    "publish": "publish this",
    "decline": "decline this",
    "withdraw": "withdraw this",
    "unpublish": "take this down",
    "reconsider": "take this up again",
}
EDITABLE = frozenset({State.OFFERED, State.PUBLISHED})
# Parts of an address: the title’s, and the partner’s.
TITLE_SIGNS, PARTNER_SIGNS = 40, 32


@dataclass(frozen=True)
class Words:
    """What a good practice says."""

    title: str
    body: str


class StalePracticeError(RefusedError):
    """Somebody saved it since the person read it; `current` is what is stored now."""

    def __init__(self, current: GoodPractice) -> None:
        who = current.edited_by or "Somebody else"
        super().__init__(f"{who} changed these words after you had opened the page.")
        self.current = current


class OfferedAlreadyError(RefusedError):
    """The partner has an offer about that indicator which ecda has not decided yet."""

    def __init__(self) -> None:
        super().__init__(
            "Your partner has already offered good practice about this indicator. "
            "ecda decides about that first. You can withdraw it and offer another."
        )


@action
def offer(*, answer: Answer, words: Words, by: User) -> GoodPractice:
    """Offer words that began from the answer, in whatever state its assessment is; tells ecda.

    RefusedError when nobody has saved the answer, when nothing is said, and (OfferedAlreadyError)
    while another offer about that indicator waits.
    """
    if not answer.is_started:
        raise RefusedError("Save the answer first: nobody has said anything there yet.")
    _say_something(words)
    practice = _create(answer, words, by)
    _note(practice, Verb.PRACTICE_OFFERED, by, f"“{practice.title}”", "practice-edit")
    return practice


@action
def edit(*, practice: GoodPractice, version: int, words: Words, by: User) -> GoodPractice:
    """Save ecda’s words while it is offered or published; the same words are not saved again.

    Leads are told when everybody could read it before. StalePracticeError when another version is
    stored, RefusedError when nothing is said or it is declined or withdrawn; nothing is written.
    """
    current = _locked(practice)
    if current.state not in EDITABLE:
        raise RefusedError(_refusal("edit", current))
    if not _save_words(current, version, words, by):
        return current
    if current.state == State.PUBLISHED:
        _note(current, Verb.PRACTICE_EDITED, by, f"“{current.title}”")
    else:
        _note(current, Verb.PRACTICE_EDITED, by, f"“{current.title}”", told=False)
    return current


@action
def publish(*, practice: GoodPractice, version: int, words: Words, by: User) -> GoodPractice:
    """Save these words and show them to everybody; leads are told.

    StalePracticeError when another version is stored, RefusedError as for `edit` and unless it is
    offered; nothing is written then.
    """
    current = _moved(practice, "publish")
    _save_words(current, version, words, by)
    current.reason = ""
    current.published_by, current.published_at = by, timezone.now()
    current.save(update_fields=["state", "reason", "published_by", "published_at"])
    _note(current, Verb.PRACTICE_PUBLISHED, by, f"“{current.title}”")
    return current


@action
def decline(*, practice: GoodPractice, reason: str, by: User) -> GoodPractice:
    """Say why it is not published; leads are told. RefusedError unless offered, or without why."""
    return _ended(practice, "decline", reason, by)


@action
def unpublish(*, practice: GoodPractice, reason: str, by: User) -> GoodPractice:
    """Take it down and say why; leads are told. RefusedError unless published, or without why."""
    return _ended(practice, "unpublish", reason, by)


@action
def reconsider(*, practice: GoodPractice, by: User) -> GoodPractice:
    """Make what was declined or taken down an offer again; leads are told.

    RefusedError unless it is declined, or while another offer about that indicator waits.
    """
    current = _moved(practice, "reconsider")
    current.reason = ""
    try:
        with transaction.atomic():
            current.save(update_fields=["state", "reason"])
    except IntegrityError as error:
        words = f"{current.partner} has made another offer about this indicator. Decide that first."
        raise RefusedError(words) from error
    _note(current, Verb.PRACTICE_RECONSIDERED, by, f"“{current.title}”")
    return current


@action
def withdraw(*, practice: GoodPractice, reason: str, by: User) -> GoodPractice:
    """Take it back for the partner, published or not, with or without a reason; tells ecda.

    RefusedError when it is declined or withdrawn already.
    """
    current = _moved(practice, "withdraw")
    current.reason = reason.strip()
    current.save(update_fields=["state", "reason"])
    note = f"“{current.title}”" + (f": {current.reason}" if current.reason else "")
    _note(current, Verb.PRACTICE_WITHDRAWN, by, note)
    return current


# --- What they share -----------------------------------------------------------------------------


def _create(answer: Answer, words: Words, by: User) -> GoodPractice:
    """One attempt with a plain address; a second one with a random end where that is taken."""
    partner, indicator = answer.assessment.partner, answer.indicator
    plain = _address(words.title, partner.slug)
    for slug in (plain, f"{plain}-{secrets.token_hex(2)}"):
        try:
            with transaction.atomic():
                return GoodPractice.objects.create(
                    partner=partner,
                    indicator=indicator,
                    answer=answer,
                    slug=slug,
                    title=words.title.strip(),
                    body=words.body,
                    offered_by=by,
                )
        except IntegrityError:
            waiting = GoodPractice.objects.filter(partner=partner, indicator=indicator)
            if waiting.filter(state=State.OFFERED).exists():
                raise OfferedAlreadyError from None
    raise RefusedError("This could not be offered. Try again.")


def _address(title: str, partner: str) -> str:
    """What an address says: the title as offered, and whose it is. It never changes."""
    name = slugify(title)[:TITLE_SIGNS].strip("-") or "good-practice"
    return f"{name}-{partner[:PARTNER_SIGNS].strip('-')}"


def _say_something(words: Words) -> None:
    if not words.title.strip():
        raise RefusedError("Enter a title.")
    if not words.body.strip():
        raise RefusedError("Say what others can learn from it.")


def _locked(practice: GoodPractice) -> GoodPractice:
    """It as it is stored now, with all that is shown of it; nobody else changes it meanwhile."""
    related = ("partner", "indicator__commitment", "edited_by")
    found = GoodPractice.objects.select_related(*related).select_for_update(of=("self",))
    return found.get(pk=practice.pk)


def _moved(practice: GoodPractice, move: str) -> GoodPractice:
    """It in the state that the move leads to, still to be saved."""
    current = _locked(practice)
    state = helping.target(helping.PRACTICES, move, current.state)
    if state is None:
        raise RefusedError(_refusal(move, current))
    current.state = State(state)
    return current


def _refusal(move: str, current: GoodPractice) -> str:
    return f"You cannot {MOVES[move]} now, because it is “{State(current.state).label}”."


def _save_words(current: GoodPractice, version: int, words: Words, by: User) -> bool:
    """Whether the words were others than those stored."""
    _say_something(words)
    title = words.title.strip()
    same = (title, words.body) == (current.title, current.body)
    if current.version != version and not same:
        raise StalePracticeError(_locked(current))
    if same:
        return False
    current.title, current.body, current.version = title, words.body, current.version + 1
    current.edited_by, current.edited_at = by, timezone.now()
    current.save(update_fields=["title", "body", "version", "edited_by", "edited_at"])
    return True


def _ended(practice: GoodPractice, move: str, reason: str, by: User) -> GoodPractice:
    if not reason.strip():
        raise RefusedError("Enter a reason: the partner reads it.")
    current = _moved(practice, move)
    current.reason = reason.strip()
    current.save(update_fields=["state", "reason"])
    down = " is no longer published" if move == "unpublish" else ""
    note = f"“{current.title}”{down}: {current.reason}"
    _note(current, Verb.PRACTICE_DECLINED, by, note)
    return current


def _note(
    practice: GoodPractice,
    verb: Verb,
    by: User,
    note: str,
    page: str = "practice-detail",
    *,
    told: bool = True,
) -> None:
    notices: Mapping[Any, Any] = NOTICES if told else {}
    record(
        verb=verb,
        by=by,
        partner=practice.partner,
        subject=practice,
        note=f"{practice.indicator.code}: {note}",
        path=reverse(f"assessments:{page}", args=[practice.slug]),
        notices=notices,
    )
