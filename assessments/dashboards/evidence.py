"""One piece of evidence with the revisions of its file, and how to tell that it has changed."""

import hashlib
import json
from dataclasses import dataclass

from assessments.dashboards.sheets import read_opening
from assessments.models import Evidence, EvidenceFile


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


def stamp(evidence: Evidence) -> str:
    """A short text that is another one as soon as anything that is said of the evidence is."""
    said = [
        evidence.title,
        evidence.url,
        evidence.dated_on.isoformat() if evidence.dated_on else "",
        evidence.note,
        evidence.public,
    ]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:32]
