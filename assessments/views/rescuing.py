"""Words that would be lost when their form is refused: kept for the person who typed them.

A form names its writer in a signed token. Without a session, with an old CSRF token or after the
writer's role has ended, what was sent is kept as the writer's own draft, and shown to nobody else.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any

from allauth.core import ratelimit
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse
from django.utils import timezone

from assessments.actions.drafts import OtherTabError, keep_draft, rescue_draft
from assessments.forms.drafts import SentDraft, all_words
from assessments.models import Answer, Draft
from assessments.views import parts
from declaration.actions import RefusedError
from declaration.writers import kept_without_session, read_writer
from signatories.models import User

View = Callable[..., HttpResponse]
# How the pages of a view are found: from its own arguments to the id of the answer, if any.
FindAnswer = Callable[[Mapping[str, Any]], int | None]
RATE = "keep_draft"

SWITCHED_OFF = "Your account has been switched off, so this was neither saved nor kept."
TOO_OFTEN = (
    "This was neither saved nor kept, because it was sent too often in a short time. "
    "Copy it from here, wait five minutes, then try again."
)
NO_ROLE = (
    "Your role at this partner has ended or changed, so this was not saved. "
    "It is kept for you alone, and you can copy it from here."
)
OTHERS = (
    "This was typed by somebody else, who had been signed in here before you. "
    "It is kept for them and is in their form when they sign in. You have changed nothing."
)
OTHERS_LOST = (
    "This was typed by somebody else, who had been signed in here before you, and could not be "
    "kept for them. If they are with you, go back with your browser’s back button and copy it."
)


@dataclass(frozen=True)
class Rescue:
    """What became of a refused form: its draft, or the status and the words of why there is none.

    `writer` is who typed it, by the form's own token.
    """

    answer_pk: int
    writer: User
    draft: Draft | None = None
    status: int = 200
    message: str = ""


# --- Decorators --------------------------------------------------------------------------------


def keeps_typing(view: View) -> View:
    """Let no word be lost that is sent to this view: its `pk` is the answer's."""
    return keeps_typing_around(_by_pk)(view)


def keeps_typing_around(find: FindAnswer) -> Callable[[View], View]:
    """The same for a view that is about something else: `find` leads from its arguments.

    Used for the buttons inside an indicator's form, with which all that was typed travels.
    """
    return _keeping(find, _keep, _page)


def keeps_autosave(view: View) -> View:
    """The same for a page's script, which keeps the words on the page and is told in JSON."""
    return _keeping(_by_pk, _keep_unless_other_tab, _told)(view)


def _by_pk(arguments: Mapping[str, Any]) -> int | None:
    return int(arguments["pk"])


Keep = Callable[[HttpRequest, int, User], Rescue]
Answering = Callable[[HttpRequest, Rescue, int], HttpResponse]


def _keeping(find: FindAnswer, keep: Keep, answering: Answering) -> Callable[[View], View]:
    def keeper(request: HttpRequest, **arguments: Any) -> HttpResponse | None:
        named = _named(request, find, arguments)
        return None if named is None else answering(request, keep(request, *named), 401)

    def decorate(view: View) -> View:
        @wraps(view)
        def kept(request: HttpRequest, **arguments: Any) -> HttpResponse:
            named = _named(request, find, arguments) if request.method == "POST" else None
            if named is not None and named[1] != request.user:
                return answering(request, keep(request, *named), 403)
            try:
                return view(request, **arguments)
            except (Http404, PermissionDenied) as refusal:
                if named is None:
                    raise
                status = 404 if isinstance(refusal, Http404) else 403
                return answering(request, keep(request, *named), status)

        return kept_without_session(keeper)(kept)

    return decorate


def _named(
    request: HttpRequest, find: FindAnswer, arguments: Mapping[str, Any]
) -> tuple[int, User] | None:
    """The answer that the form is about and who typed it, by its token; None without a good one."""
    token = request.POST.get("writer", "")
    answer_pk = find(arguments) if token else None
    if answer_pk is None:
        return None
    person_pk = read_writer(token, parts.writer_subject(Answer(pk=answer_pk)))
    if person_pk is None:
        return None
    if isinstance(request.user, User) and request.user.pk == person_pk:
        return answer_pk, request.user
    writer = User.objects.filter(pk=person_pk).first()
    return None if writer is None else (answer_pk, writer)


# --- Keeping -----------------------------------------------------------------------------------


def _keep(request: HttpRequest, answer_pk: int, writer: User) -> Rescue:
    return _try(request, answer_pk, writer, rescue_draft)


def _keep_unless_other_tab(request: HttpRequest, answer_pk: int, writer: User) -> Rescue:
    return _try(request, answer_pk, writer, keep_draft)


def _try(request: HttpRequest, answer_pk: int, writer: User, write: Callable[..., Draft]) -> Rescue:
    if not writer.is_active:
        return Rescue(answer_pk, writer, status=403, message=SWITCHED_OFF)
    if not ratelimit.consume(request, action=RATE, key=f"{writer.pk}:{answer_pk}"):
        return Rescue(answer_pk, writer, status=429, message=TOO_OFTEN)
    sent = SentDraft.of(request.POST)
    try:
        draft = write(
            answer=Answer(pk=answer_pk),
            person=writer,
            version=sent.version,
            typed=sent.typed,
            seen=sent.seen,
        )
    except RefusedError as error:
        status = 409 if isinstance(error, OtherTabError) else 413
        return Rescue(answer_pk, writer, status=status, message=str(error))
    return Rescue(answer_pk, writer, draft)


# --- Answering ---------------------------------------------------------------------------------


def _page(request: HttpRequest, rescue: Rescue, refused: int) -> HttpResponse:
    """Lead a person on to the form that has their words, or show them the words."""
    is_writer = request.user == rescue.writer
    if request.user.is_authenticated and not is_writer:
        context = {"message": OTHERS_LOST if rescue.draft is None else OTHERS, "is_others": True}
        return render(request, "assessments/draft_kept.html", context, status=403)
    if rescue.draft is None:
        return _words_page(request, rescue, rescue.message, rescue.status)
    if refused != 401:
        return _words_page(request, rescue, NO_ROLE, refused)
    path = parts.answer_path(rescue.draft.answer)
    files = " Choose your files again." if request.FILES else ""
    if is_writer:
        again = "What you typed is kept but not saved yet, because you signed in again meanwhile."
        messages.warning(request, f"{again} It is in the form: save it now.{files}")
        return redirect(path)
    words = "You had been signed out. What you typed is kept, and in the form once you sign in."
    messages.warning(request, f"{words}{files}")
    return redirect_to_login(path, sign_in_path())


def _words_page(request: HttpRequest, rescue: Rescue, message: str, status: int) -> HttpResponse:
    related = Answer.objects.select_related("indicator__commitment")
    answer = related.get(pk=rescue.answer_pk)
    offers = answer.indicator.support_offers.order_by("name")
    context = {
        "message": message,
        "draft": rescue.draft,
        "texts": all_words(answer, offers, SentDraft.of(request.POST).typed),
    }
    return render(request, "assessments/draft_kept.html", context, status=status)


def _told(request: HttpRequest, rescue: Rescue, refused: int) -> HttpResponse:
    """The same for the page's script, which still has the words; see static/js/drafts.js."""
    is_writer = request.user == rescue.writer
    if request.user.is_authenticated and not is_writer:
        return told(403, "somebody-else", "Somebody else is signed in here by now.")
    if rescue.draft is None:
        return told(rescue.status, PROBLEMS[rescue.status], rescue.message)
    if is_writer and refused == 401:
        return told(200, draft=rescue.draft)
    if is_writer:
        path = reverse("assessments:draft-detail", args=[rescue.draft.pk])
        words = "Your role here has ended or changed. What you typed is kept for you alone."
        return told(refused, "no-role", words, rescue.draft, href=path, link="Copy it out")
    path = redirect_to_login(parts.answer_path(rescue.draft.answer), sign_in_path()).url
    words = "You have been signed out. What you type here is kept for you all the same."
    return told(401, "signed-out", words, rescue.draft, href=path, link="Sign in")


def sign_in_path() -> str:
    """Where people sign in."""
    return resolve_url(settings.LOGIN_URL)


PROBLEMS = {403: "switched-off", 409: "other-tab", 413: "too-long", 429: "too-often"}


def told(
    status: int, problem: str = "", message: str = "", draft: Draft | None = None, **more: object
) -> JsonResponse:
    """What a page's script is told: when the draft was kept, or the problem and words for it."""
    found: dict[str, object] = dict(more)
    if problem:
        found |= {"problem": problem, "message": message}
    if draft is not None:
        kept_at = timezone.localtime(draft.kept_at)
        found |= {"kept_at": f"{kept_at:%H:%M}", "revision": draft.revision}
    return JsonResponse(found, status=status)
