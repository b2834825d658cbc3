"""What every action is: one transaction, and history that knows who did it."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

import pghistory
from django.db import transaction

P = ParamSpec("P")
R = TypeVar("R")


class RefusedError(Exception):
    """An action may not happen now; the message says why, in words for the person who asked."""


def action(function: Callable[P, R]) -> Callable[P, R]:
    """Run the function in one transaction, with its `by` in the context of the history."""

    @wraps(function)
    def atomic(*args: P.args, **kwargs: P.kwargs) -> R:
        by = getattr(kwargs.get("by"), "pk", None)
        with transaction.atomic(), pghistory.context(by=by, action=function.__name__):
            return function(*args, **kwargs)

    return atomic
