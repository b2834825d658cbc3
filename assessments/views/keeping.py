"""Words of the smaller forms, given back to who typed them when the form is refused.

Nothing is stored: without a session, with an old CSRF token or after the writer's role has ended,
the answer holds what was typed. Only the form's signed token says whose it is; without a good one
nothing of the request is shown, so that nobody can put words on our pages.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers

from assessments.forms import WrittenForm
from assessments.views.rescuing import sign_in_path
from declaration.actions import RefusedError
from declaration.writers import kept_without_session, read_writer
from signatories.access import Request

View = Callable[..., HttpResponse]
# The id or the slug in the path; None where the page is one of its kind.
Key = Any
# From what was sent and the key in the path to the form; None when it is about nothing any more.
ReadForm = Callable[[QueryDict, Key], WrittenForm | None]

SIGNED_OUT = (
    "You had been signed out. Nothing was sent. Copy what you typed, sign in, and send it again."
)
NO_ROLE = (
    "Your role has ended or changed, or the page is gone. Nothing was sent. "
    "Copy from here what you want to keep."
)
OTHERS = (
    "This was typed by somebody else, who had been signed in here before you. Nothing was sent. "
    "If they are with you, go back with your browser’s back button and copy it."
)


@dataclass(frozen=True)
class Keeper:
    """How one view gives words back: the form, the name of the page it is on, and its button."""

    read: ReadForm
    page: str
    button: str

    def path(self, key: Key) -> str:
        """Where the form is; its token is good for this page alone."""
        return _path(self.page, key)

    def writer(self, request: HttpRequest, key: Key) -> int | None:
        """Who typed what was sent, by the form's token; None without a good one."""
        if request.method != "POST":
            return None
        return read_writer(request.POST.get("writer", ""), self.path(key))

    def without_session(self, request: HttpRequest, **named: Key) -> HttpResponse | None:
        """Answer what has no session, or an old CSRF token; None means the usual refusal."""
        key = next(iter(named.values()), None)
        writer = self.writer(request, key)
        if writer is None:
            return None
        if not request.user.is_authenticated:
            href = redirect_to_login(self.path(key), sign_in_path()).url
            return self.words(request, key, SIGNED_OUT, 401, sign_in=href)
        return (
            self.others(request) if request.user.pk != writer else self.again(request, key, writer)
        )

    def again(self, request: HttpRequest, key: Key, writer: int) -> HttpResponse | None:
        """The form with what was typed, to be sent once more by the same person."""
        form = self.read(request.POST, key)
        if form is None:
            return None
        form.give_to(writer, self.path(key))
        context = {"form": form, "button": self.button, "has_files": bool(request.FILES)}
        return render(request, "assessments/words_again.html", context)

    def words(
        self, request: HttpRequest, key: Key, message: str, status: int, **more: str
    ) -> HttpResponse | None:
        """The words as text, to be copied."""
        form = self.read(request.POST, key)
        if form is None:
            return None
        texts, shortened = form.copy_out()
        context = {"message": message, "texts": texts, "shortened": shortened} | more
        response = render(request, "assessments/words_kept.html", context, status=status)
        add_never_cache_headers(response)
        return response

    def others(self, request: HttpRequest) -> HttpResponse:
        """Somebody else's words: nothing of them, and why nothing was done."""
        context = {"message": OTHERS, "is_others": True}
        return render(request, "assessments/words_kept.html", context, status=403)


def keeps_words(*, form: ReadForm, page: str, button: str) -> Callable[[View], View]:
    """Mark a view whose `pk` or `slug`, if any, leads to its form: no word sent to it is lost.

    The form on the page has been given to its writer with `give_to`, under the path of the page.
    """
    keeper = Keeper(form, page, button)

    def decorate(view: View) -> View:
        @wraps(view)
        def kept(request: HttpRequest, **named: Key) -> HttpResponse:
            key = next(iter(named.values()), None)
            writer = keeper.writer(request, key)
            if writer is not None and writer != request.user.pk:
                return keeper.others(request)
            try:
                return view(request, **named)
            except (Http404, PermissionDenied, RefusedError) as refusal:
                if writer is None:
                    raise
                given_back = keeper.words(request, key, *_reason(refusal))
                if given_back is None:
                    raise
                return given_back

        return kept_without_session(keeper.without_session)(kept)

    return decorate


def _reason(refusal: Exception) -> tuple[str, int]:
    """What is said above the words, and the status."""
    if isinstance(refusal, RefusedError):
        return str(refusal), 409
    return NO_ROLE, 404 if isinstance(refusal, Http404) else 403


def give(request: Request, form: WrittenForm, page: str, key: Key = None) -> None:
    """Name the person who asks for this page of the assessments as the writer of its form."""
    form.give_to(request.user.pk, _path(page, key))


def _path(page: str, key: Key) -> str:
    return reverse(f"assessments:{page}", args=[] if key is None else [key])
