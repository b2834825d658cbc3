"""What became of an answer or an improvement, version by version, with the words that changed."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Page, Paginator

from assessments.dashboards.improvements import values_of_improvement
from assessments.dashboards.values import NOT_APPLICABLE, values_of
from assessments.models import Answer, Improvement
from assessments.wording import Kind, Segment, compare, shorten
from commitments.models import Rating
from signatories.models import User

PER_PAGE = 20
Words = Mapping[str, str]
ANSWER_LABELS = {
    "rating": "Rating",
    "reason": "Why it is not applicable",
    "narrative": "Narrative",
    "willing_to_share": "Willing to share as good practice",
    "completed": "Completed",
}
IMPROVEMENT_LABELS = {
    "what": "What will be done",
    "owner": "Who will see to it",
    "due_on": "Due date",
    "state": "Status",
}
# Compared word by word; anything else changes as a whole.
PROSE = frozenset({"reason", "narrative", "what"})
# What an answer says that says nothing.
UNSAID = dict.fromkeys(ANSWER_LABELS, "") | {"willing_to_share": "No", "completed": "No"}


@dataclass(frozen=True)
class FieldChange:
    """One field that changed: from what to what; of prose, the segments around what changed."""

    label: str
    before: str
    after: str
    segments: tuple[Segment, ...]


@dataclass(frozen=True)
class Version:
    """One row of the history: who made it, when, and what it said.

    `key` names the row. `number` is the version; a change that was made outside the portal's pages
    has that of the row before. `note` says what is special about it.
    """

    key: int
    number: int
    at: datetime
    who: str
    note: str
    words: Words


@dataclass(frozen=True)
class Entry:
    """A version with what changed against the one before."""

    version: Version
    changes: tuple[FieldChange, ...]
    is_present: bool


@dataclass(frozen=True)
class History:
    """The versions of one page, the newest first."""

    entries: tuple[Entry, ...]
    page: Page[Any]


@dataclass(frozen=True)
class Beside:
    """One field in which an earlier version and the present one differ, side by side."""

    label: str
    earlier: tuple[Segment, ...]
    present: tuple[Segment, ...]


@dataclass(frozen=True)
class Comparison:
    """An earlier version and the present answer: where they differ, and the labels of the rest."""

    differing: tuple[Beside, ...]
    same: tuple[str, ...]


def read_history(answer: Answer, page: str | int | None = None) -> History:
    """The versions of an answer, newest first, `PER_PAGE` of them: three queries.

    A page that there is not becomes the nearest that there is.
    """
    return _read(_rows(answer), page, ANSWER)


def read_improvement_history(improvement: Improvement, page: str | int | None = None) -> History:
    """The versions of an improvement, like those of an answer."""
    return _read(_rows(improvement), page, IMPROVEMENT)


def read_version(answer: Answer, key: object) -> tuple[Any, Version] | None:
    """A row of the answer's history and what it says; None when the answer never had it."""
    text = str(key)
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        return None
    row = _rows(answer).filter(pgh_id=int(text)).first()
    return None if row is None else (row, _version(row, ANSWER, _people([row])))


def compare_with_present(version: Version, answer: Answer) -> Comparison:
    """The version beside what the answer says now; fields that neither says anything in are left
    out.
    """
    then, now = version.words, answer_in_words(answer)
    differing = []
    for name, label in ANSWER_LABELS.items():
        if then[name] != now[name]:
            segments = _segments(name, then[name], now[name])
            earlier = tuple(one for one in segments if one.kind is not Kind.ADDED)
            present = tuple(one for one in segments if one.kind is not Kind.REMOVED)
            differing.append(Beside(label, earlier, present))
    same = [label for name, label in ANSWER_LABELS.items() if then[name] == now[name] != ""]
    return Comparison(tuple(differing), tuple(same))


# --- In words ------------------------------------------------------------------------------------


def answer_in_words(said: Any) -> dict[str, str]:
    """What an answer says, or a row of its history, as people read it."""
    values = values_of(said)
    rating = str(values["rating"])
    if rating == NOT_APPLICABLE:
        rating = "Not applicable"
    elif rating:
        rating = f"{rating} {Rating(int(rating)).label}"
    return {
        "rating": rating,
        "reason": str(values["reason"]),
        "narrative": str(values["narrative"]),
        "willing_to_share": "Yes" if values["willing_to_share"] else "No",
        "completed": "Yes" if values["completed"] else "No",
    }


def improvement_in_words(said: Any) -> dict[str, str]:
    """What an improvement says, or a row of its history, as people read it."""
    values = values_of_improvement(said)
    due_on: Any = values["due_on"]
    return {
        "what": str(values["what"]),
        "owner": str(values["owner"]),
        "due_on": f"{due_on:%-d %B %Y}" if due_on else "",
        "state": str(Improvement.State(str(values["state"])).label),
    }


def _note_on_answer(row: Any) -> str:
    metadata = row.pgh_context.metadata if row.pgh_context else {}
    if restored := metadata.get("restored"):
        return f"Version {restored} restored"
    if row.updated_at is None and row.carried_from is not None:
        return f"Brought forward from the {row.carried_from.assessment.round} round, to be reviewed"
    return "The round began, with no answer yet" if row.pgh_label == "insert" else ""


def _note_on_improvement(row: Any) -> str:
    return "Added" if row.pgh_label == "insert" else ""


def _segments(name: str, before: str, after: str) -> list[Segment]:
    """What changed in one field: prose by words, anything else as a whole."""
    if name in PROSE:
        return compare(before, after)
    pairs = ((Kind.REMOVED, before), (Kind.ADDED, after))
    return [Segment(kind, text) for kind, text in pairs if text]


# --- Reading -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sort:
    """How a sort of history is put into words."""

    labels: Words
    unsaid: Words
    words_of: Callable[[Any], dict[str, str]]
    note_on: Callable[[Any], str]


ANSWER = Sort(ANSWER_LABELS, UNSAID, answer_in_words, _note_on_answer)
IMPROVEMENT = Sort(
    IMPROVEMENT_LABELS,
    dict.fromkeys(IMPROVEMENT_LABELS, ""),
    improvement_in_words,
    _note_on_improvement,
)


def _rows(of: Any) -> Any:
    """The history, newest first, with all that is told of it."""
    rows = of.history.select_related("pgh_context").order_by("-pgh_id")
    is_answer = isinstance(of, Answer)
    return rows.select_related("carried_from__assessment__round") if is_answer else rows


def _read(rows: Any, page: str | int | None, sort: Sort) -> History:
    here = Paginator(rows, PER_PAGE).get_page(page)
    start = (here.number - 1) * PER_PAGE
    # One more than is shown, to compare the last one with.
    found = list(rows[start : start + PER_PAGE + 1])
    people = _people(found)
    versions = [_version(row, sort, people) for row in found]
    said = [*(version.words for version in versions), sort.unsaid]
    entries = tuple(
        Entry(version, _changes(sort.labels, said[place + 1], said[place]), start + place == 0)
        for place, version in enumerate(versions[:PER_PAGE])
    )
    return History(entries, here)


def _changes(labels: Words, before: Words, after: Words) -> tuple[FieldChange, ...]:
    """The fields that differ, in the order of the labels."""
    return tuple(
        FieldChange(
            label=label,
            before=before[name],
            after=after[name],
            segments=tuple(shorten(compare(before[name], after[name]))) if name in PROSE else (),
        )
        for name, label in labels.items()
        if before[name] != after[name]
    )


def _version(row: Any, sort: Sort, people: Mapping[int | None, str]) -> Version:
    return Version(
        key=row.pgh_id,
        number=row.version,
        at=row.pgh_created_at,
        who=people.get(_by(row), "The portal"),
        note=sort.note_on(row),
        words=sort.words_of(row),
    )


def _by(row: Any) -> int | None:
    """Who made the row; None when it was made outside the portal's pages."""
    by: int | None = row.pgh_context.metadata.get("by") if row.pgh_context else None
    return by


def _people(rows: Iterable[Any]) -> dict[int | None, str]:
    """The names of those who made the rows, by id: one query."""
    ids = {by for row in rows if (by := _by(row)) is not None}
    return {person.pk: str(person) for person in User.objects.filter(pk__in=ids)}
