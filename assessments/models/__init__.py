"""The facts about how partners keep their promise, a module for each aggregate."""

from assessments.models.assessments import Answer, Assessment
from assessments.models.assignments import Assignment
from assessments.models.documents import Document
from assessments.models.drafts import Draft, Presence
from assessments.models.evidence import Evidence, EvidenceFile
from assessments.models.improvements import Improvement
from assessments.models.reviews import Review, ReviewComment, Snapshot
from assessments.models.rounds import Round
from assessments.models.support import SupportRequest
from assessments.models.uploads import SheetUpload

__all__ = [
    "Answer",
    "Assessment",
    "Assignment",
    "Document",
    "Draft",
    "Evidence",
    "EvidenceFile",
    "Improvement",
    "Presence",
    "Review",
    "ReviewComment",
    "Round",
    "SheetUpload",
    "Snapshot",
    "SupportRequest",
]
