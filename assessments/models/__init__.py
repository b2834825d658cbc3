"""The facts about how partners keep their promise, a module for each aggregate."""

from assessments.models.assessments import Answer, Assessment
from assessments.models.evidence import Evidence
from assessments.models.reviews import Review, ReviewComment, Snapshot
from assessments.models.rounds import Round
from assessments.models.support import SupportRequest

__all__ = [
    "Answer",
    "Assessment",
    "Evidence",
    "Review",
    "ReviewComment",
    "Round",
    "Snapshot",
    "SupportRequest",
]
