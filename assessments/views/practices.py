"""Good practice for everybody: the search, and one to read."""

from typing import Any, cast

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import conditional_page, require_safe

from assessments import access
from assessments.dashboards.practices import find_practices, read_subjects, shown
from assessments.forms.practices import PracticeSearchForm
from assessments.models import GoodPractice
from declaration.limits import too_often
from declaration.paging import numbered_pages
from signatories.access import Request, Role, has_role

State = GoodPractice.State
RATE = "find_practice"
WHY_LIMITED = "So that the search is quick for everybody"


@login_not_required
@require_safe
@conditional_page
def practice_list(request: HttpRequest) -> HttpResponse:
    """Find good practice by its words, its indicator and the kind of its partner."""
    form = PracticeSearchForm(request.GET, read_subjects())
    if form.filters.q and (refusal := too_often(request, RATE, WHY_LIMITED)):
        return refusal
    page = find_practices(form.filters, form.subjects, request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "found": shown(page),
        "pages": numbered_pages(page, form.kept, "Pages of good practice"),
    }
    return render(request, "assessments/practice_list.html", context)


@login_not_required
@require_safe
@conditional_page
def practice_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """One to read: for everybody when it is published, else for its partner and ecda."""
    published = access.published_practice(slug)
    context: dict[str, Any] = {"practice": published}
    if request.user.is_authenticated:
        context |= _inside(cast(Request, request), slug, is_public=published is not None)
    elif published is None:
        raise Http404("No such good practice.")
    return render(request, "assessments/practice_detail.html", context)


def _inside(request: Request, slug: str, *, is_public: bool) -> dict[str, Any]:
    """What its partner’s members and ecda see besides; nothing for others where it is public."""
    try:
        practice, role = access.practice_or_404(request, slug)
    except Http404:
        if is_public:
            return {}
        raise
    is_live = practice.state != State.WITHDRAWN
    return {
        "practice": practice,
        "is_inside": True,
        "is_ecda": request.user.is_ecda,
        "may_withdraw": is_live and has_role(role, Role.LEAD),
    }
