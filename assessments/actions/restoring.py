"""Bring back what an answer said in an earlier version, as a new version."""

from typing import Any

import pghistory

from assessments.actions.answering import StaleAnswerError, save_answer
from assessments.dashboards import as_arguments, values_of
from assessments.models import Answer
from assessments.verbs import NOTICES, Verb
from declaration.actions import RefusedError, action
from signatories.actions.events import record
from signatories.models import User


@action
def restore_answer(*, answer: Answer, earlier: Any, version: int, by: User) -> Answer:
    """Save what the row of history says, under the version that the person saw; nothing is lost.

    `earlier` is a row of `answer.history`. Rating, reason, narrative and willingness to share come
    back; evidence, improvements and support stay. A completed answer stays so only when the rating
    is the one it has. Raises what `save_answer` raises, and RefusedError when the answer says the
    same already.
    """
    if earlier.pgh_obj_id != answer.pk:
        raise RefusedError("This is no version of that answer.")
    if answer.version != version:
        raise StaleAnswerError(answer)
    now, then = values_of(answer), values_of(earlier)
    if now == then | {"completed": now["completed"]}:
        raise RefusedError("The answer says the same as that version. Nothing was changed.")
    then["completed"] = now["completed"] and now["rating"] == then["rating"]
    with pghistory.context(restored=earlier.version):
        saved = save_answer(answer=answer, version=version, **as_arguments(then), by=by)
    record(
        verb=Verb.RESTORED,
        by=by,
        partner=answer.assessment.partner,
        subject=answer.assessment,
        note=f"{answer.indicator.code}: version {earlier.version}",
        notices=NOTICES,
    )
    return saved
