"""A partner's own page about support: what it asked for, whom it helps, and a form to ask."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from assessments.actions.supporting import ask
from assessments.dashboards.support import (
    contact_of,
    lines_of,
    of_partner,
    read_helping,
    read_offers,
)
from assessments.forms.support import AskForm
from assessments.models import SupportRequest
from assessments.views.keeping import give, keeps_words
from commitments.models import Edition, Indicator
from declaration.actions import RefusedError
from declaration.paging import numbered_pages
from signatories.access import Request, Role, has_role, partner_or_404, require_role, role_at
from signatories.models import Partner

PER_PAGE = 50


@require_safe
def support_list(request: Request, slug: str) -> HttpResponse:
    """All that the partner has asked for, whom it helps, and whom others may contact."""
    partner = partner_or_404(request, slug)
    role = role_at(request.user, partner)
    page = Paginator(of_partner(partner), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "partner": partner,
        "page": page,
        "lines": lines_of(page.object_list),
        "pages": numbered_pages(page, {}, "Pages of requests"),
        "helping": read_helping(partner),
        "contact": contact_of(partner),
        "may_ask": role is not None,
        "may_name": has_role(role, Role.LEAD),
    }
    return render(request, "assessments/support_list.html", context)


def _form(data: QueryDict | None, **how: Any) -> AskForm:
    edition = Edition.objects.published().first()
    indicators = list(Indicator.objects.of(edition)) if edition else []
    return AskForm(data, indicators=indicators, offers=read_offers(), **how)


@keeps_words(form=lambda sent, slug: _form(sent), page="support-ask", button="Ask for support")
@require_http_methods(["GET", "HEAD", "POST"])
def support_ask(request: Request, slug: str) -> HttpResponse:
    """Ask which support is wanted for which indicator and how soon, and tell ecda."""
    partner = partner_or_404(request, slug)
    require_role(request, partner, Role.CONTRIBUTOR)
    if request.method == "POST":
        form = _form(request.POST)
        if form.is_valid() and (asked := _asked(request, partner, form)):
            messages.success(request, "ecda has your request")
            return redirect("assessments:support-detail", asked.pk)
    else:
        form = _form(None, initial=_from_link(request.GET))
    give(request, form, "support-ask", slug)
    context = {"partner": partner, "form": form}
    return render(request, "assessments/support_ask.html", context)


def _from_link(asked: QueryDict) -> dict[str, str]:
    """What the link says already: an offer’s page names the offer, an answer’s its indicator."""
    return {name: asked.get(name, "") for name in ("indicator", "offer") if asked.get(name)}


def _asked(request: Request, partner: Partner, form: AskForm) -> SupportRequest | None:
    """The request, or None when it was refused and the form says why."""
    try:
        return ask(**form.arguments, partner=partner, by=request.user)
    except RefusedError as error:
        form.add_error("offer", str(error))
        return None
