"""One piece of evidence with the revisions of its file, and how to tell that it has changed."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assessments.dashboards.sheets import read_opening
from assessments.models import Evidence, EvidenceFile

SAID = ("title", "url", "dated_on", "note", "public")


@dataclass(frozen=True)
class Piece:
    """A link or a file, whether it can be changed now, and its revisions, the newest first."""

    evidence: Evidence
    is_open: bool
    revisions: tuple[EvidenceFile, ...]

    @property
    def newest(self) -> EvidenceFile | None:
        """The revision that counts; a link has none."""
        return self.revisions[0] if self.revisions else None


def read_piece(evidence: Evidence) -> Piece:
    """Read what its page shows: three queries at most."""
    answer = evidence.answer
    revisions = evidence.files.select_related("uploaded_by").order_by("-number")
    return Piece(
        evidence=evidence,
        is_open=read_opening(answer.assessment).includes(answer.indicator_id),
        revisions=tuple(revisions) if evidence.is_file else (),
    )


def values_of_evidence(evidence: Any) -> dict[str, Any]:
    """What is said of the evidence, or was in a row of its history, by the names of its fields."""
    return {name: getattr(evidence, name) for name in SAID}


def stamp(evidence: Evidence) -> str:
    """A short text that is another one when what is said of the evidence, or its file, is."""
    return f"{_hash(values_of_evidence(evidence))}.{newest_number(evidence)}"


def newest_number(evidence: Evidence) -> int:
    """The number of the file's last revision; 0 for a link."""
    if not evidence.is_file:
        return 0
    numbers = evidence.files.order_by("-number").values_list("number", flat=True)
    return numbers.first() or 0


def number_in(seen: str) -> str:
    """The number of the revision in a stamp, as it was sent; empty when there is none."""
    return seen.partition(".")[2]


def read_evidence_base(evidence: Evidence, seen: str) -> dict[str, Any] | None:
    """What was said of the evidence when it had that stamp; None when it never had."""
    history: Any = evidence.history  # type: ignore[attr-defined]  # pghistory's related name
    said = (values_of_evidence(row) for row in history.order_by("-pgh_id"))
    return next((one for one in said if _hash(one) == seen.partition(".")[0]), None)


def _hash(said: Mapping[str, Any]) -> str:
    text = json.dumps(list(said.values()), default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:32]
