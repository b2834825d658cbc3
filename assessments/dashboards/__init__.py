"""What can be seen of rounds and assessments: reads as frozen dataclasses."""

from assessments.dashboards.assigned import read_assigned
from assessments.dashboards.desks import (
    Assigned,
    Desk,
    KeptDraft,
    next_answer,
    read_desk,
)
from assessments.dashboards.earlier import (
    Change,
    Earlier,
    carryable,
    earlier_answers,
    read_carryable,
    rounds_in_words,
    source_of,
)
from assessments.dashboards.evidence import Piece, read_piece, stamp
from assessments.dashboards.history import (
    Version,
    compare_with_present,
    read_history,
    read_improvement_history,
    read_version,
)
from assessments.dashboards.improvements import (
    OVERDUE,
    UNFINISHED,
    Line,
    lines_of,
    read_improvement_base,
    read_improvements,
    values_of_improvement,
)
from assessments.dashboards.left_behind import LeftBehind, read_left_behind
from assessments.dashboards.offline import OfflineRow, read_bases, read_offline
from assessments.dashboards.questions import questions_of
from assessments.dashboards.queues import Waiting, read_accepted, read_queue, read_rounds
from assessments.dashboards.sheets import (
    Group,
    Opening,
    Row,
    Sheet,
    current_evidence,
    rating_words,
    read_opening,
    read_own_drafts,
    read_sheet,
    read_tasks,
)
from assessments.dashboards.turns import (
    Turn,
    age_words,
    due_sentence,
    read_sent_back,
    read_told,
    turn_of,
)
from assessments.dashboards.values import NOT_APPLICABLE, as_arguments, read_base, values_of
from assessments.dashboards.words import due_and_date, due_words

__all__ = [
    "NOT_APPLICABLE",
    "OVERDUE",
    "UNFINISHED",
    "Assigned",
    "Change",
    "Desk",
    "Earlier",
    "Group",
    "KeptDraft",
    "LeftBehind",
    "Line",
    "OfflineRow",
    "Opening",
    "Piece",
    "Row",
    "Sheet",
    "Turn",
    "Version",
    "Waiting",
    "age_words",
    "as_arguments",
    "carryable",
    "compare_with_present",
    "current_evidence",
    "due_and_date",
    "due_sentence",
    "due_words",
    "earlier_answers",
    "lines_of",
    "next_answer",
    "questions_of",
    "rating_words",
    "read_accepted",
    "read_assigned",
    "read_base",
    "read_bases",
    "read_carryable",
    "read_desk",
    "read_history",
    "read_improvement_base",
    "read_improvement_history",
    "read_improvements",
    "read_left_behind",
    "read_offline",
    "read_opening",
    "read_own_drafts",
    "read_piece",
    "read_queue",
    "read_rounds",
    "read_sent_back",
    "read_sheet",
    "read_tasks",
    "read_told",
    "read_version",
    "rounds_in_words",
    "source_of",
    "stamp",
    "turn_of",
    "values_of",
    "values_of_improvement",
]
