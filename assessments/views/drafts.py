"""What a person has typed and not saved: kept while they type, read again, thrown away."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from assessments import access
from assessments.actions.drafts import (
    OtherTabError,
    SeenDraft,
    discard_all,
    discard_draft,
    keep_draft,
    note_presence,
    rescue_draft,
)
from assessments.dashboards import read_opening, turn_of
from assessments.forms import HiddenNumber, Sent
from assessments.forms.drafts import SentDraft, all_words, aside_words
from assessments.models import Answer, Draft
from assessments.views import parts
from assessments.views.rescuing import keeps_autosave, keeps_typing, keeps_typing_around, told
from declaration.actions import RefusedError
from signatories.access import Request, Role
from signatories.models import User

__all__ = ["keeps_typing", "keeps_typing_around"]

THROWN_AWAY = "What you had typed and not saved has been thrown away."
FOLLOWED = "Another text of yours, which you had typed in another tab, is in the form now."


@keeps_autosave
@require_POST
def answer_draft(request: Request, pk: int) -> HttpResponse:
    """Keep what a person has typed so far, and say who else has the page open."""
    answer, role = access.answer_or_404(request, pk)
    access.require_at_least(role, Role.CONTRIBUTOR)
    sent = SentDraft.of(request.POST)
    # A copy that the browser had kept takes the place of a draft that nobody compared it with.
    keep, seen = (rescue_draft, SeenDraft()) if sent.is_copy else (keep_draft, sent.seen)
    person = request.user
    try:
        draft = keep(
            answer=answer, person=person, version=sent.version, typed=sent.typed, seen=seen
        )
    except OtherTabError as error:
        return told(409, "other-tab", str(error))
    except RefusedError as error:
        return told(413, "too-long", str(error))
    if not read_opening(answer.assessment).includes(answer.indicator_id):
        turn = turn_of(answer.assessment, person, role)
        words = f"You cannot save here now. What you type is kept for you alone. {turn.text}"
        return told(409, "closed", words, draft=draft)
    others = note_presence(answer=answer, by=person)
    return told(200, draft=draft, others=others, newer=_newer(answer, sent.version, person))


def _newer(answer: Answer, version: int, person: User) -> str:
    """Who saved the answer after the page had been opened, in words; nothing when nobody did."""
    if answer.version == version or answer.updated_at is None:
        return ""
    saved_at = timezone.localtime(answer.updated_at)
    who = "You" if answer.updated_by_id == person.pk else answer.updated_by
    return f"{who} saved this indicator at {saved_at:%H:%M}: you compare the two when you save"


@require_POST
def answer_presence(request: Request, pk: int) -> HttpResponse:
    """Note that the person still has the page open, and say who else has."""
    answer, role = access.answer_or_404(request, pk)
    access.require_at_least(role, Role.CONTRIBUTOR)
    return told(200, others=note_presence(answer=answer, by=request.user))


@require_POST
def draft_discard(request: Request, pk: int) -> HttpResponse:
    """Throw away what the person has not saved, and show the answer as it is saved."""
    answer, role = access.answer_or_404(request, pk)
    access.require_at_least(role, Role.CONTRIBUTOR)

    def throw_away(seen: SeenDraft) -> bool:
        return discard_draft(answer=answer, by=request.user, seen=seen)

    _discard(request, throw_away)
    return redirect(parts.answer_path(answer))


@require_safe
def draft_detail(request: Request, pk: int) -> HttpResponse:
    """All that a person typed and never saved, to be copied out; theirs whatever their role is."""
    draft, sees_answer = access.draft_or_404(request, pk)
    offers = draft.answer.indicator.support_offers.order_by("name")
    context = {
        "draft": draft,
        "answer": draft.answer,
        "indicator": draft.answer.indicator,
        "sees_answer": sees_answer,
        "texts": all_words(draft.answer, offers, draft.typed),
        "aside": aside_words(draft.answer, offers, draft.aside),
    }
    return render(request, "assessments/draft_detail.html", context)


@require_POST
def draft_detail_discard(request: Request, pk: int) -> HttpResponse:
    """Throw all of it away from the page that shows it; a person may whatever their role is."""
    draft, sees_answer = access.draft_or_404(request, pk)

    def throw_away(seen: SeenDraft) -> bool:
        discard_all(draft=draft, by=request.user, seen=seen)
        return False

    if not _discard(request, throw_away):
        return redirect("assessments:draft-detail", draft.pk)
    return redirect(parts.answer_path(draft.answer) if sees_answer else "progress:start")


def keep_sent(request: Request, answer: Answer, typed: Sent | None = None) -> Draft | None:
    """Keep what was sent as the person's draft, for a page that shows it and may be closed.

    `typed` is what was sent once decisions are applied to it. What is too long to be kept is on
    that page all the same; None then, and where the indicator's form was not sent.
    """
    if "version" not in request.POST:
        return None
    sent = SentDraft.of(request.POST if typed is None else typed)
    try:
        return rescue_draft(
            answer=answer,
            person=request.user,
            version=sent.version,
            typed=sent.typed,
            seen=sent.seen,
        )
    except RefusedError:
        return None


def redirect_or_404(request: Request, pk: int) -> HttpResponse:
    """For the page of an answer that a person may not see: their own draft of it, or 404."""
    draft = Draft.objects.visible_to(request.user).filter(answer=pk).only("pk").first()
    if draft is None:
        raise Http404("No such page.")
    return redirect("assessments:draft-detail", draft.pk)


def _discard(request: Request, throw_away: Callable[[SeenDraft], bool]) -> bool:
    """Throw it away unless it has grown in another tab since the page was made, and say which."""
    revision = HiddenNumber(required=False).clean(request.POST.get("revision"))
    seen = SeenDraft(request.POST.get("page", ""), revision)
    try:
        followed = throw_away(seen)
    except OtherTabError:
        words = "You have typed more in another tab since, so nothing was thrown away. Look again."
        messages.warning(request, words)
        return False
    messages.info(request, f"{THROWN_AWAY} {FOLLOWED}" if followed else THROWN_AWAY)
    return True
