"""Is the input well-formed? A module for each thing that people type about."""

from assessments.forms.answers import (
    AnswerForm,
    HiddenNumber,
    read_seen_support,
    seen_support,
    stored_support,
    typed_texts,
)
from assessments.forms.conflicts import (
    SHOWN_SUPPORT,
    SHOWN_VERSION,
    CarriedForm,
    Conflict,
    DecisionForm,
    Sent,
    carried,
    conflicts_in,
    encode,
    labels_of,
    raw_values,
    without_decisions,
)
from assessments.forms.decisions import NoteForm, QueueForm, ReviewForm, SignOffForm
from assessments.forms.evidence import AboutFilesForm, EvidenceForm
from assessments.forms.rounds import (
    ChangeDatesForm,
    ExtensionForm,
    PlanForm,
    ReleaseForm,
    RoundForm,
    extension_default,
    plan_of,
    round_defaults,
)
from assessments.forms.sheets import SheetFileForm, SheetForm
from assessments.forms.typed import Typed, in_words, lists_of, sent_again
from assessments.forms.written import WrittenForm

__all__ = [
    "SHOWN_SUPPORT",
    "SHOWN_VERSION",
    "AboutFilesForm",
    "AnswerForm",
    "CarriedForm",
    "ChangeDatesForm",
    "Conflict",
    "DecisionForm",
    "EvidenceForm",
    "ExtensionForm",
    "HiddenNumber",
    "NoteForm",
    "PlanForm",
    "QueueForm",
    "ReleaseForm",
    "ReviewForm",
    "RoundForm",
    "Sent",
    "SheetFileForm",
    "SheetForm",
    "SignOffForm",
    "Typed",
    "WrittenForm",
    "carried",
    "conflicts_in",
    "encode",
    "extension_default",
    "in_words",
    "labels_of",
    "lists_of",
    "plan_of",
    "raw_values",
    "read_seen_support",
    "round_defaults",
    "seen_support",
    "sent_again",
    "stored_support",
    "typed_texts",
    "without_decisions",
]
