"""The documents of an assessment: its answers as they stand now, and a round's blank questions."""

from django.template.loader import render_to_string

from assessments.documents.answers import Answers, read_answers
from assessments.documents.questions import Questions, read_questions
from assessments.models import Document

# Raise it when words or layout change: what was made before stays as it was.
TEMPLATE_VERSION = 1

__all__ = ["TEMPLATE_VERSION", "Answers", "Questions", "read", "read_questions", "write"]


def read(document: Document) -> Answers | Questions:
    """Read all that the document says, as it stands now."""
    if document.assessment is None:
        return read_questions(document.round)
    return read_answers(document, document.assessment)


def write(said: Answers | Questions) -> str:
    """The document as HTML for paper."""
    if isinstance(said, Questions):
        return render_to_string("documents/questions.html", {"questions": said})
    return render_to_string("documents/answers.html", {"answers": said})
