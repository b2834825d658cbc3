"""What a person has typed and not saved: kept while they type, read again, thrown away."""

from contextlib import suppress

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from assessments import access
from assessments.actions.drafts import (
    OtherTabError,
    SeenDraft,
    discard_draft,
    keep_draft,
    note_presence,
    rescue_draft,
)
from assessments.dashboards import read_opening, turn_of
from assessments.forms import HiddenNumber
from assessments.forms.drafts import SentDraft, all_words, aside_words
from assessments.models import Answer, Draft
from assessments.views import parts
from assessments.views.rescuing import keeps_autosave, keeps_typing, keeps_typing_around, told
from declaration.actions import RefusedError
from signatories.access import Request, Role

__all__ = ["keeps_typing", "keeps_typing_around"]

THROWN_AWAY = "What you had typed and not saved has been thrown away."


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
    return told(200, draft=draft, others=note_presence(answer=answer, by=person))


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
    _discard(request, Draft(answer=answer, person=request.user))
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
    """Throw a draft away from its own page, which a person may whatever their role is."""
    draft, sees_answer = access.draft_or_404(request, pk)
    if not _discard(request, draft):
        return redirect("assessments:draft-detail", draft.pk)
    return redirect(parts.answer_path(draft.answer) if sees_answer else "progress:start")


def keep_sent(request: Request, answer: Answer) -> None:
    """Keep what was sent as the person's draft, for a page that shows it and may be closed.

    What is too long to be kept is on that page all the same.
    """
    sent = SentDraft.of(request.POST)
    with suppress(RefusedError):
        rescue_draft(
            answer=answer,
            person=request.user,
            version=sent.version,
            typed=sent.typed,
            seen=sent.seen,
        )


def redirect_or_404(request: Request, pk: int) -> HttpResponse:
    """For the page of an answer that a person may not see: their own draft of it, or 404."""
    draft = Draft.objects.visible_to(request.user).filter(answer=pk).only("pk").first()
    if draft is None:
        raise Http404("No such page.")
    return redirect("assessments:draft-detail", draft.pk)


def _discard(request: Request, draft: Draft) -> bool:
    """Throw it away unless it has grown in another tab since the page was made, and say which."""
    revision = HiddenNumber(required=False).clean(request.POST.get("revision"))
    seen = SeenDraft(request.POST.get("page", ""), revision)
    try:
        discard_draft(answer=draft.answer, by=request.user, seen=seen)
    except OtherTabError:
        words = "You have typed more in another tab since, so nothing was thrown away. Look again."
        messages.warning(request, words)
        return False
    messages.success(request, THROWN_AWAY)
    return True
