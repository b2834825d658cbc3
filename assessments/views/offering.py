"""Pages of a partner’s leads who offer good practice, and take it back."""

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from assessments import access
from assessments.actions import practices
from assessments.dashboards.practices import read_own, waiting_offer
from assessments.forms.practices import OfferForm, WithdrawForm
from assessments.models import Answer, GoodPractice
from assessments.views import parts
from assessments.views.keeping import give, keeps_words
from declaration.actions import RefusedError
from signatories.access import Request, Role, has_role, partner_or_404, role_at


def _offer_form(sent: QueryDict, pk: int) -> OfferForm | None:
    """What was typed, whoever typed it."""
    return OfferForm(sent) if Answer.objects.filter(pk=pk).exists() else None


def _withdraw_form(sent: QueryDict, slug: str) -> WithdrawForm | None:
    """What was typed, whoever typed it."""
    return WithdrawForm(sent) if GoodPractice.objects.filter(slug=slug).exists() else None


@require_safe
def practice_own_list(request: Request, slug: str) -> HttpResponse:
    """What the partner offered, and what it said it would share, to its members and to ecda."""
    partner = partner_or_404(request, slug)
    context = {
        "partner": partner,
        "own": read_own(partner),
        "may_offer": has_role(role_at(request.user, partner), Role.LEAD),
    }
    return render(request, "assessments/practice_own_list.html", context)


@require_safe
def practice_offer(request: Request, pk: int) -> HttpResponse:
    """The answer’s words, to be made fit for everybody and offered to ecda."""
    answer, role = access.answer_or_404(request, pk)
    access.require_at_least(role, Role.LEAD)
    initial = {"title": answer.indicator.title, "body": answer.narrative}
    return _offer_page(request, answer, OfferForm(initial=initial))


@keeps_words(form=_offer_form, page="practice-offer", button="Offer to ecda")
@require_POST
def practice_offer_send(request: Request, pk: int) -> HttpResponse:
    """Offer what was typed."""
    answer, role = access.answer_or_404(request, pk)
    access.require_at_least(role, Role.LEAD)
    form = OfferForm(request.POST)
    if not form.is_valid():
        return _offer_page(request, answer, form)
    try:
        practice = practices.offer(answer=answer, words=form.words, by=request.user)
    except RefusedError as error:
        form.add_error(None, str(error))
        return _offer_page(request, answer, form, status=409)
    words = "Offered to ecda, which reads it, may edit it and tells you when it is published"
    messages.success(request, words)
    return redirect("assessments:practice-detail", practice.slug)


def _offer_page(
    request: Request, answer: Answer, form: OfferForm, status: int = 200
) -> HttpResponse:
    give(request, form, "practice-offer", answer.pk)
    context = {
        "answer": answer,
        "indicator": answer.indicator,
        "form": form,
        "waiting": waiting_offer(answer),
        "back_url": parts.answer_path(answer),
    }
    return render(request, "assessments/practice_offer.html", context, status=status)


@require_safe
def practice_withdraw(request: Request, slug: str) -> HttpResponse:
    """Say what withdrawing means, and ask a lead to confirm it."""
    practice, role = access.practice_or_404(request, slug)
    access.require_at_least(role, Role.LEAD)
    return _withdraw_page(request, practice, WithdrawForm())


@keeps_words(form=_withdraw_form, page="practice-withdraw", button="Withdraw")
@require_POST
def practice_withdraw_confirm(request: Request, slug: str) -> HttpResponse:
    """Take it back, published or not."""
    practice, role = access.practice_or_404(request, slug)
    access.require_at_least(role, Role.LEAD)
    form = WithdrawForm(request.POST)
    if not form.is_valid():
        return _withdraw_page(request, practice, form)
    try:
        practices.withdraw(practice=practice, reason=form.cleaned_data["reason"], by=request.user)
    except RefusedError as error:
        form.add_error(None, str(error))
        return _withdraw_page(request, practice, form, status=409)
    messages.success(request, f"Withdrawn: {practice.title}")
    return redirect("assessments:practice-own-list", practice.partner.slug)


def _withdraw_page(
    request: Request, practice: GoodPractice, form: WithdrawForm, status: int = 200
) -> HttpResponse:
    give(request, form, "practice-withdraw", practice.slug)
    context = {"practice": practice, "form": form}
    return render(request, "assessments/practice_withdraw.html", context, status=status)
