"""What reviewers tell one another about an assessment; partners never see it."""

from datetime import timedelta

from django.utils import timezone

from assessments.actions import moves
from assessments.models import Assessment, ReviewNote
from assessments.verbs import Verb
from declaration.actions import action
from signatories.models import User

# A form that is sent twice by a double press says the same within so long.
DOUBLE_PRESS = timedelta(minutes=1)


@action
def add_note(*, assessment: Assessment, words: str, by: User) -> ReviewNote:
    """Keep a note for the reviewers of the assessment and return it; a double press is one note.

    RefusedError when it says nothing, or when `by` may not review the assessment.
    """
    locked = moves.lock_row(assessment)
    moves.refuse_all_but_reviewers(locked, by)
    words = moves.note_needed(words, "Enter the note for other reviewers.")
    return write(locked, words, by)


def write(locked: Assessment, words: str, by: User) -> ReviewNote:
    """Keep the note under the assessment's lock; the event says that there is one, and no more."""
    latest = locked.review_notes.order_by("pk").last()
    now = timezone.now()
    if latest and (latest.by_id, latest.words) == (by.pk, words) and latest.at > now - DOUBLE_PRESS:
        return latest
    note = ReviewNote.objects.create(assessment=locked, words=words, by=by)
    moves.tell(locked, Verb.NOTE_ADDED, by, page="review-detail")
    note.refresh_from_db(fields=["at"])
    return note
