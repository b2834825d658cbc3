"""Pages of ecda's reviewers: the queue, an assessment to review, the three decisions."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_POST, require_safe

from assessments.actions import reviewing
from assessments.actions.review_drafts import OtherDraftError
from assessments.dashboards import read_accepted, read_queue, read_rounds_in_queue
from assessments.forms import QueueForm, ReviewForm
from assessments.models import Review
from assessments.views import review_page
from assessments.views.keeping import keeps_words
from assessments.views.review_page import PAGE, sent_form
from declaration.actions import RefusedError
from declaration.paging import numbered_pages
from signatories.access import Request, require_ecda

PER_PAGE = 50


@require_safe
def review_queue(request: Request) -> HttpResponse:
    """What waits for review, the oldest first, and what was accepted last."""
    user = require_ecda(request)
    form = QueueForm(request.GET, rounds=read_rounds_in_queue())
    queue = read_queue(user, form.filters)
    page = Paginator(queue.waiting, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "queue": queue,
        "page": page,
        "pages": numbered_pages(page, form.kept, "Pages of the review queue"),
        "accepted": read_accepted(),
    }
    return render(request, "assessments/review_queue.html", context)


@require_safe
def review_detail(request: Request, pk: int) -> HttpResponse:
    """Every answer, with a comment field each while this person has something to decide."""
    return review_page.page(request, review_page.fetch(request, pk))


@keeps_words(form=sent_form, page=PAGE, button="Accept")
@require_POST
def review_accept(request: Request, pk: int) -> HttpResponse:
    """Accept; comments that were typed are kept as remarks, when it is confirmed."""
    sheet, form = review_page.posted(request, pk)
    if not form.is_valid():
        return review_page.page(request, sheet.assessment, form)
    accept = partial(reviewing.accept, remarks_meant=form.are_remarks_meant)
    return _decide(request, pk, form, accept, "Accepted")


@keeps_words(form=sent_form, page=PAGE, button="Request changes")
@require_POST
def review_request_changes(request: Request, pk: int) -> HttpResponse:
    """Return the assessment, open to the indicators that have a comment."""
    sheet, form = review_page.posted(request, pk)
    if not form.check_changes():
        return review_page.page(request, sheet.assessment, form)
    return _decide(request, pk, form, reviewing.request_changes, "Changes requested")


@keeps_words(form=sent_form, page=PAGE, button="Reopen")
@require_POST
def review_reopen(request: Request, pk: int) -> HttpResponse:
    """Open an accepted assessment again, for the indicators that have a comment."""
    sheet, form = review_page.posted(request, pk)
    if not form.check_changes():
        return review_page.page(request, sheet.assessment, form)
    return _decide(request, pk, form, reviewing.reopen, "Reopened")


def _decide(
    request: Request, pk: int, form: ReviewForm, decide: Callable[..., Review], done: str
) -> HttpResponse:
    """Decide, and lead back to the queue; all that was typed comes back when it is refused."""
    given = form.cleaned_data
    beside = reviewing.Beside(private=given["private"], draft=given["kept"])
    arguments: dict[str, Any] = form.arguments | {"by": request.user, "beside": beside}
    assessment = review_page.fetch(request, pk)
    try:
        review = decide(assessment=assessment, **arguments)
    except OtherDraftError as error:
        return review_page.put_together(request, assessment, form, error)
    except reviewing.RemarksError as error:
        return review_page.page(request, assessment, form.ask_about_remarks(), message=str(error))
    except RefusedError as error:
        return review_page.refused(request, form, pk, error)
    messages.success(request, _done_in_words(done, review))
    if decide is reviewing.reopen:
        return redirect("assessments:review-detail", pk)
    return redirect("assessments:review-queue")


def _done_in_words(done: str, review: Review) -> str:
    """What was decided; an acceptance leads to the review with the snapshot that it kept."""
    partner = review.assessment.partner
    if review.decision != Review.Decision.ACCEPTED:
        return f"{done}: {partner}"
    link = (
        '{}: {}. <a class="govuk-notification-banner__link" href="{}">'
        "See the review and the snapshot that was kept</a>"
    )
    path = reverse("assessments:review-detail", args=[review.assessment_id])
    return format_html(link, done, partner, path)
