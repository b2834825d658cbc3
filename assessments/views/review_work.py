"""What reviewers do beside deciding: take a review on, note something, keep what they typed.

The buttons for it stand in the form of the review, so that what was typed there travels along and
is kept as the person's draft.
"""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, resolve_url
from django.utils import timezone
from django.views.decorators.http import require_POST

from assessments.actions import noting, review_drafts, taking
from assessments.dashboards import read_review_draft
from assessments.forms import HiddenNumber
from assessments.forms.decisions import read_moment
from assessments.models import Assessment
from assessments.views import review_page
from assessments.views.keeping import keeps_words
from assessments.views.review_page import PAGE, sent_form
from declaration.actions import RefusedError
from signatories.access import Request

GROWN = "You have typed more in another tab since, so nothing was thrown away. Look again."


@keeps_words(form=sent_form, page=PAGE, button="Take on this review")
@require_POST
def review_take(request: Request, pk: int) -> HttpResponse:
    """Take the review on."""

    def take(assessment: Assessment) -> None:
        taking.take(assessment=assessment, by=request.user)

    return _change_hands(request, pk, take, "You have this review now")


@keeps_words(form=sent_form, page=PAGE, button="Give it back")
@require_POST
def review_give_back(request: Request, pk: int) -> HttpResponse:
    """Give the review back to the queue."""

    def give_back(assessment: Assessment) -> None:
        taking.give_back(assessment=assessment, by=request.user)

    return _change_hands(request, pk, give_back, "The review is in the queue again, for anybody")


@keeps_words(form=sent_form, page=PAGE, button="Take over")
@require_POST
def review_take_over(request: Request, pk: int) -> HttpResponse:
    """Take the review over from the person whom the page named."""
    seen = HiddenNumber(required=False).clean(request.POST.get("holder"))

    def take_over(assessment: Assessment) -> None:
        taking.take_over(assessment=assessment, seen=seen, by=request.user)

    return _change_hands(request, pk, take_over, "You have this review now")


@keeps_words(form=sent_form, page=PAGE, button="Add the note")
@require_POST
def note_add(request: Request, pk: int) -> HttpResponse:
    """Add a note that partners never see; the rest of what was typed is kept as a draft."""
    sheet, form = review_page.posted(request, pk)
    assessment = sheet.assessment
    if not form.check_private():
        return review_page.page(request, assessment, form)
    words = form.cleaned_data["private"]
    noting.add_note(assessment=assessment, words=words, by=request.user)
    messages.success(request, "The note is kept for reviewers")
    if error := review_page.keep_typed(request, assessment, without="private"):
        return review_page.put_together(request, assessment, form.blank("private"), error)
    return redirect(f"{resolve_url('assessments:review-detail', pk)}#notes")


@keeps_words(form=sent_form, page=PAGE, button="Save for later")
@require_POST
def review_keep(request: Request, pk: int) -> HttpResponse:
    """Keep what was typed, for this person alone, until they decide; scripts are told in JSON."""
    sheet, form = review_page.posted(request, pk)
    error = review_page.keep_typed(request, sheet.assessment)
    if request.accepts("text/html"):
        if error:
            return review_page.put_together(request, sheet.assessment, form, error)
        messages.success(request, "Saved for later. Only you see what you have written so far")
        return redirect("assessments:review-detail", pk)
    if error:
        return JsonResponse({"message": str(error)}, status=409)
    draft = read_review_draft(sheet.assessment, request.user)
    kept_at = timezone.localtime(draft.kept_at) if draft else None
    told = {"kept": kept_at.isoformat(), "at": f"{kept_at:%H:%M}"} if kept_at else {}
    return JsonResponse(told)


@require_POST
def review_discard(request: Request, pk: int) -> HttpResponse:
    """Throw away what this person typed and has not sent."""
    assessment = review_page.fetch(request, pk)
    seen = read_moment(request.POST.get("kept"))
    try:
        review_drafts.discard_draft(assessment=assessment, by=request.user, seen=seen)
    except review_drafts.OtherDraftError:
        messages.warning(request, GROWN)
    else:
        messages.info(request, "What you had typed has been thrown away")
    return redirect("assessments:review-detail", pk)


def _change_hands(
    request: Request, pk: int, change: Callable[[Assessment], None], done: str
) -> HttpResponse:
    """Change who has the review, keep what was typed, and show the page as it is now."""
    sheet, form = review_page.posted(request, pk)
    try:
        change(sheet.assessment)
    except RefusedError as error:
        return review_page.refused(request, form, pk, error)
    messages.success(request, f"{done}: {sheet.assessment.partner}")
    if against := review_page.keep_typed(request, sheet.assessment):
        return review_page.put_together(request, review_page.fetch(request, pk), form, against)
    return redirect("assessments:review-detail", pk)
