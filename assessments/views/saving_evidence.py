"""Save what is said of a link or file, also when somebody else changed it since: merged, or asked.

Its new file goes along: both are saved, or nothing.
"""

from dataclasses import dataclass
from typing import Any

from assessments.actions.evidence import StaleEvidenceError, change_evidence
from assessments.actions.files import replace_file
from assessments.dashboards import (
    newest_number,
    number_in,
    read_evidence_base,
    stamp,
    values_of_evidence,
)
from assessments.forms import EvidenceForm
from assessments.merging import Merge, Values, merge
from assessments.models import Evidence
from declaration.uploads import Checked
from signatories.models import User

# How often somebody else may be quicker before the person is told to try again.
TRIES = 5
LOOK_FIRST = (
    "Somebody else changed what this shows while you were writing. Look at it, and save again if "
    "the public should see it"
)
REPLACED = (
    "Somebody else replaced this file while you were writing, by “{name}”, so yours was not kept. "
    "Choose it again to put it in its place"
)


@dataclass(frozen=True)
class Saved:
    """The evidence as it is now, and the fields taken from somebody else's save."""

    evidence: Evidence
    taken: tuple[str, ...]


class ClashError(Exception):
    """Both changed the same, and nothing was saved.

    `current` is what is stored now, `values` what comes of both with mine where `asked` says, in
    words by field, what the other made of it.
    """

    def __init__(self, current: Evidence, values: Values, asked: dict[str, str]) -> None:
        super().__init__("Two people changed the same fields.")
        self.current = current
        self.values = values
        self.asked = asked


def save_or_merge(evidence: Evidence, form: EvidenceForm, file: Checked | None, by: User) -> Saved:
    """Save what the valid form says, and the file in the place of the one there is.

    Fields that only one side changed since the person's page was made are merged. ClashError when
    both changed the same, RefusedError as the actions say; nothing is written then.
    """
    seen = form.cleaned_data["seen"]
    current = evidence
    tries = TRIES
    while True:
        now = stamp(current)
        merged, asked = _merge_with(current, form, file, is_stale=seen != now)
        if asked:
            raise ClashError(current, merged.values, asked)
        said: dict[str, Any] = {**merged.values, "seen": now}
        try:
            if file is None:
                change_evidence(evidence=current, **said, by=by)
            else:
                replace_file(evidence=current, file=file, seen=now, said=said, by=by)
        except StaleEvidenceError as error:
            tries -= 1
            if not tries:
                raise
            current = error.current
        else:
            return Saved(Evidence.objects.get(pk=evidence.pk), merged.taken)


def _merge_with(
    current: Evidence, form: EvidenceForm, file: Checked | None, *, is_stale: bool
) -> tuple[Merge, dict[str, str]]:
    """What comes of mine and what is stored now, and what is to be asked, in words by field."""
    theirs, seen = values_of_evidence(current), form.cleaned_data["seen"]
    if not is_stale:
        return Merge(form.said(theirs), (), ()), {}
    base = read_evidence_base(current, seen)
    mine = form.said(base or theirs)
    merged = merge(base, mine, theirs)
    asked = {name: _in_words(theirs[name]) for name in merged.conflicts}
    is_replaced = number_in(seen) != str(newest_number(current))
    if is_replaced and file is not None:
        newest = current.files.order_by("-number")[0]
        asked["file"] = REPLACED.format(name=newest.name)
    other = is_replaced or base is None or base["url"] != theirs["url"]
    if other and merged.values["public"] and not theirs["public"]:
        asked["public"] = LOOK_FIRST
    return merged, asked


def _in_words(theirs: Any) -> str:
    if isinstance(theirs, bool):
        theirs = "Yes" if theirs else "No"
    elif theirs and not isinstance(theirs, str):
        theirs = f"{theirs:%-d %B %Y}"
    if not theirs:
        return "Somebody else emptied this while you were writing. Save again to keep yours"
    return f"Somebody else changed this to “{theirs}”. Save again to keep yours"
