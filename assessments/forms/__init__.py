"""Is the input well-formed? A module for each thing that people type about."""

from assessments.forms.answers import AnswerForm, differences, typed_texts
from assessments.forms.decisions import NoteForm, ReviewForm, SignOffForm
from assessments.forms.rounds import RoundForm, round_defaults

__all__ = [
    "AnswerForm",
    "NoteForm",
    "ReviewForm",
    "RoundForm",
    "SignOffForm",
    "differences",
    "round_defaults",
    "typed_texts",
]
