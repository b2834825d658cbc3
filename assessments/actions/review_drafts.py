"""Keep what a reviewer has written of a review and not decided, and forget it afterwards.

One statement each, as for the drafts of answers: it has no history and tells nobody.
"""

import json
from collections.abc import Mapping
from datetime import datetime

from django.db import connection

from assessments.actions.drafts import BROKEN
from assessments.models import Assessment, ReviewDraft
from declaration.actions import RefusedError
from signatories.models import User

# Every field of the form filled up, in letters of four bytes, is less.
MAX_BYTES = 500_000

# A page goes on with the draft that it has seen; the same words again are no other draft.
KEEP = """
    INSERT INTO assessments_reviewdraft AS kept (assessment_id, person_id, typed, kept_at)
    VALUES (%(assessment)s, %(person)s, %(typed)s::jsonb, statement_timestamp())
    ON CONFLICT (assessment_id, person_id) DO UPDATE SET
        typed = excluded.typed,
        kept_at = excluded.kept_at
    WHERE kept.kept_at = %(seen)s::timestamptz OR kept.typed = excluded.typed
    RETURNING kept.id, kept.kept_at
"""


class OtherDraftError(RefusedError):
    """The draft has been written since the page was made; `draft` is what it says now."""

    def __init__(self, draft: ReviewDraft) -> None:
        super().__init__(
            "This review has been kept for you from another tab or page since you opened this one. "
            "What was kept there is below. Your fields hold what you typed here: put the two "
            "together, then press the button again."
        )
        self.draft = draft


def keep_draft(
    *,
    assessment: Assessment,
    person: User,
    typed: Mapping[str, list[str]],
    seen: datetime | None,
) -> ReviewDraft:
    """Keep the form as this person's draft of the review, in place of the one the page has seen.

    `typed` is field name to texts, as the browser sent them; what JSONB cannot hold is replaced
    character by character. `seen` is `kept_at` of the draft that the page shows, None for none.
    OtherDraftError when there is another one by now; RefusedError when it is too long.
    """
    clean = {
        name.translate(BROKEN): [text.translate(BROKEN) for text in texts]
        for name, texts in typed.items()
    }
    text = json.dumps(clean, ensure_ascii=False)
    if len(text.encode()) > MAX_BYTES:
        raise RefusedError("This is too long to be kept: longer than a review can be. Shorten it.")
    values: dict[str, int | str | datetime | None] = {"typed": text, "seen": seen}
    values |= {"assessment": assessment.pk, "person": person.pk}
    with connection.cursor() as cursor:
        cursor.execute(KEEP, values)
        row = cursor.fetchone()
    if row is None:
        raise OtherDraftError(ReviewDraft.objects.get(assessment=assessment, person=person))
    pk, kept_at = row
    return ReviewDraft(pk=pk, assessment=assessment, person=person, typed=clean, kept_at=kept_at)


def discard_draft(*, assessment: Assessment, by: User, seen: datetime | None) -> None:
    """Throw the person's draft away, if there is one.

    OtherDraftError when it has been written since the page that asks was made.
    """
    if not forget(assessment, by, seen):
        left = ReviewDraft.objects.filter(assessment=assessment, person=by).first()
        if left is not None:
            raise OtherDraftError(left)


def end_with(
    assessment: Assessment, person: User, *, seen: datetime | None, decided: Mapping[str, str]
) -> None:
    """Delete the person's draft with the decision that it has become, in its transaction.

    `decided` is field name to words. OtherDraftError when the draft is not the one that the page
    has `seen` and says something that was not decided.
    """
    mine = ReviewDraft.objects.filter(assessment=assessment, person=person)
    draft = mine.select_for_update().first()
    if draft is None:
        return
    if draft.kept_at != seen and not _words(draft.typed) <= _words(
        {name: [words] for name, words in decided.items()}
    ):
        raise OtherDraftError(draft)
    draft.delete()


def _words(typed: Mapping[str, list[str]]) -> set[tuple[str, str]]:
    """What the fields say, whatever a browser makes of the ends of lines."""
    said = ((name, "".join(texts).replace("\r\n", "\n").strip()) for name, texts in typed.items())
    return {(name, words) for name, words in said if words}


def forget(assessment: Assessment, person: User, seen: datetime | None) -> bool:
    """Delete the draft that the page has seen; one written since stays. Whether it was deleted."""
    if seen is None:
        return False
    mine = ReviewDraft.objects.filter(assessment=assessment, person=person)
    deleted, _ = mine.filter(kept_at=seen).delete()
    return bool(deleted)
