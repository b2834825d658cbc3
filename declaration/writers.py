"""Whose words a form holds: a signed token that outlives the session, and views that keep them."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.core import signing
from django.http import HttpRequest, HttpResponse

SALT = "declaration.writers"
# As long as a browser keeps its own copy: a page that is older than this keeps nothing.
MAX_AGE_SECONDS = 7 * 24 * 60 * 60
LONGEST_TOKEN = 500

# Called with the refused request and the view's own arguments; None means the usual refusal.
Keeper = Callable[..., HttpResponse | None]
View = TypeVar("View", bound=Callable[..., Any])


def sign_writer(person_pk: int, subject: str) -> str:
    """A token for a form, saying that this person was given it to write about the subject."""
    return signing.dumps([person_pk, subject], salt=SALT)


def read_writer(token: str, subject: str) -> int | None:
    """The person the token names; None when it is forged, too old or about something else."""
    if not token or len(token) > LONGEST_TOKEN:
        return None
    try:
        named = signing.loads(token, salt=SALT, max_age=MAX_AGE_SECONDS)
        person_pk, about = named
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return person_pk if about == subject and isinstance(person_pk, int) else None


def kept_without_session(keeper: Keeper) -> Callable[[View], View]:
    """Mark a view: what is sent to it without a session goes to the keeper before it is refused."""

    def mark(view: View) -> View:
        view.keep_without_session = keeper  # type: ignore[attr-defined]  # a mark on a function
        return view

    return mark


def keep_refused(
    request: HttpRequest, view: object, arguments: dict[str, Any]
) -> HttpResponse | None:
    """What the view's keeper answers to a change that is about to be refused; None without one.

    htmx would put a page into a page, so it is told to go where a redirect leads.
    """
    keeper: Keeper | None = getattr(view, "keep_without_session", None)
    if keeper is None or request.method != "POST":
        return None
    kept = keeper(request, **arguments)
    if kept is not None and "HX-Request" in request.headers and kept.has_header("Location"):
        return HttpResponse(status=204, headers={"HX-Redirect": kept.headers["Location"]})
    return kept
