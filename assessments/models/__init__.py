"""The facts about how partners keep their promise, a module for each aggregate."""

from assessments.models.answers import Answer
from assessments.models.assessments import Assessment
from assessments.models.assignments import Assignment
from assessments.models.connecting import Connection, Contact
from assessments.models.documents import Document
from assessments.models.drafts import Draft, Presence
from assessments.models.evidence import Evidence, EvidenceFile
from assessments.models.extensions import Extension
from assessments.models.improvements import Improvement
from assessments.models.practices import GoodPractice
from assessments.models.publishing import Publication
from assessments.models.releases import Release, ReleasedRating, ReleaseEntry
from assessments.models.reminders import Reminder
from assessments.models.reviewing import QualityRequest, ReviewDraft, ReviewNote
from assessments.models.reviews import Review, ReviewComment, Snapshot
from assessments.models.rounds import Round
from assessments.models.support import SupportReply, SupportRequest
from assessments.models.uploads import SheetUpload

__all__ = [
    "Answer",
    "Assessment",
    "Assignment",
    "Connection",
    "Contact",
    "Document",
    "Draft",
    "Evidence",
    "EvidenceFile",
    "Extension",
    "GoodPractice",
    "Improvement",
    "Presence",
    "Publication",
    "QualityRequest",
    "Release",
    "ReleaseEntry",
    "ReleasedRating",
    "Reminder",
    "Review",
    "ReviewComment",
    "ReviewDraft",
    "ReviewNote",
    "Round",
    "SheetUpload",
    "Snapshot",
    "SupportReply",
    "SupportRequest",
]
