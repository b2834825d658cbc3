"""What can be seen of rounds and assessments: reads as frozen dataclasses."""

from assessments.dashboards.queues import Waiting, read_accepted, read_queue, read_rounds
from assessments.dashboards.sheets import (
    Desk,
    Group,
    Opening,
    Row,
    Sheet,
    next_answer,
    rating_words,
    read_desk,
    read_opening,
    read_sheet,
    read_tasks,
)
from assessments.dashboards.turns import Turn, age_words, due_sentence, read_sent_back, turn_of
from assessments.dashboards.words import due_words

__all__ = [
    "Desk",
    "Group",
    "Opening",
    "Row",
    "Sheet",
    "Turn",
    "Waiting",
    "age_words",
    "due_sentence",
    "due_words",
    "next_answer",
    "rating_words",
    "read_accepted",
    "read_desk",
    "read_opening",
    "read_queue",
    "read_rounds",
    "read_sent_back",
    "read_sheet",
    "read_tasks",
    "turn_of",
]
