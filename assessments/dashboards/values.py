"""Answers as the fields that a person fills in, to be compared and merged."""

from collections.abc import Mapping
from typing import Any

from assessments.models import Answer

NOT_APPLICABLE = "na"


def values_of(said: Any) -> dict[str, object]:
    """What an answer says, or one row of its history, by the names of the form.

    `rating` is "0" to "4", "na" or "", as in the form; the other values are text or yes and no.
    """
    rating = "" if said.rating is None else str(said.rating)
    return {
        "rating": NOT_APPLICABLE if said.not_applicable else rating,
        "reason": said.reason,
        "narrative": said.narrative,
        "willing_to_share": said.willing_to_share,
        "completed": said.completed,
    }


def read_base(answer: Answer, version: int) -> dict[str, object] | None:
    """What the answer said in that version; None when it never had it."""
    history: Any = answer.history  # type: ignore[attr-defined]  # pghistory's related name
    said = history.filter(version=version).order_by("-pgh_id").first()
    return None if said is None else values_of(said)


def as_arguments(values: Mapping[str, object]) -> dict[str, Any]:
    """The values as `save_answer` takes them."""
    rating = str(values["rating"])
    is_rated = rating not in {"", NOT_APPLICABLE}
    return {
        "rating": int(rating) if is_rated else None,
        "not_applicable": rating == NOT_APPLICABLE,
        "reason": values["reason"],
        "narrative": values["narrative"],
        "willing_to_share": values["willing_to_share"],
        "completed": values["completed"],
    }
