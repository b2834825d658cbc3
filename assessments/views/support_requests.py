"""One request for support, for the partner who asked and for ecda, and what each can do with it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from assessments import access
from assessments.actions import contacts, support_queue, supporting
from assessments.actions.connecting import connect
from assessments.dashboards.support import contact_of
from assessments.dashboards.support_detail import Detail, read_detail, read_helpers, wanted_of
from assessments.forms.support import (
    ConnectForm,
    DeclineForm,
    ReplyForm,
    SupportForm,
    WantContactForm,
)
from assessments.helping import Side
from assessments.models import SupportRequest
from assessments.views.keeping import give, keeps_words
from declaration.actions import RefusedError
from signatories.access import Request
from signatories.models import Partner

PAGE = "support-detail"


def _found(request: Request, pk: int) -> tuple[SupportRequest, Side]:
    """The request and for whom the person acts: members for the partner, others for ecda."""
    found, role = access.support_or_404(request, pk)
    return found, Side.ECDA if role is None else Side.PARTNER


def _of(request: Request, pk: int, side: Side) -> SupportRequest:
    """The request; 403 when it is for the other side to act."""
    found, mine = _found(request, pk)
    if mine != side:
        raise PermissionDenied(
            "Partners act on what they asked for, ecda’s staff on what others asked for."
        )
    return found


@require_safe
def support_detail(request: Request, pk: int) -> HttpResponse:
    """What is asked for, what both sides wrote, and what the person who looks can do."""
    found, side = _found(request, pk)
    return _page(request, found, side)


def _page(
    request: Request, found: SupportRequest, side: Side, sent: SupportForm | None = None
) -> HttpResponse:
    """The page with its forms; `sent` is the one that came back with errors."""
    detail = read_detail(found, side)
    forms: dict[str, SupportForm] = {
        "reply_form": ReplyForm(),
        "decline_form": DeclineForm(),
        "connect_form": ConnectForm(),
    }
    for name, form in forms.items():
        if sent is not None and type(sent) is type(form):
            forms[name] = sent
        give(request, forms[name], PAGE, found.pk)
    context: dict[str, Any] = {"detail": detail, "support": found, "sent": sent, **forms}
    context["buttons"] = _buttons(detail)
    if "connect" in detail.moves:
        context |= _connecting(found)
    return render(request, "assessments/support_detail.html", context)


def _connecting(found: SupportRequest) -> dict[str, Any]:
    """Who could help, and whether there is anybody who can be connected now."""
    helpers, contact = read_helpers(found), contact_of(found.partner)
    ready = [helper for helper in helpers if helper.has_contact and not helper.is_connected]
    return {
        "helpers": helpers,
        "contact": contact,
        "can_connect": bool(contact and ready),
        "wanted": wanted_of([found.partner]).get(found.partner_id),
    }


# The moves that need no words, each with its button: its words, and whether it is the first one.
BUTTONS = (
    ("take", "Take this on", True),
    ("finish", "Mark as done", False),
    ("give_back", "Give it back", False),
    ("reopen", "Open it again", False),
    ("withdraw", "Withdraw this request", False),
)


def _buttons(detail: Detail) -> list[dict[str, str]]:
    return [
        {
            "text": text,
            "url": reverse(
                f"assessments:support-{move.replace('_', '-')}", args=[detail.request.pk]
            ),
            "classes": "" if is_first else "govuk-button--secondary",
        }
        for move, text, is_first in BUTTONS
        if move in detail.moves
    ]


# --- What both sides do --------------------------------------------------------------------------


def _sent(kind: type[SupportForm]) -> Callable[[QueryDict, int], SupportForm]:
    return lambda sent, pk: kind(sent)


@keeps_words(form=_sent(ReplyForm), page=PAGE, button="Send")
@require_POST
def support_reply(request: Request, pk: int) -> HttpResponse:
    """Write to the other side."""
    found, side = _found(request, pk)
    form = ReplyForm(request.POST)
    if not form.is_valid():
        return _page(request, found, side, form)
    support_queue.reply(request=found, words=form.cleaned_data["words"], by=request.user)
    other = "ecda" if side == Side.PARTNER else str(found.partner)
    return _done(request, pk, f"Message sent to {other}")


@require_POST
def support_withdraw(request: Request, pk: int) -> HttpResponse:
    """Withdraw what the partner does not need any more."""
    found = _of(request, pk, Side.PARTNER)
    supporting.withdraw(request=found, by=request.user)
    return _done(request, pk, "The request is withdrawn")


# --- What ecda does ------------------------------------------------------------------------------


@require_POST
def support_take(request: Request, pk: int) -> HttpResponse:
    """Take on the request."""
    support_queue.take(request=_of(request, pk, Side.ECDA), by=request.user)
    return _done(request, pk, "You have taken on this request")


@require_POST
def support_give_back(request: Request, pk: int) -> HttpResponse:
    """Put the request back among the new ones."""
    support_queue.give_back(request=_of(request, pk, Side.ECDA), by=request.user)
    return _done(request, pk, "The request is back among the new ones")


@require_POST
def support_finish(request: Request, pk: int) -> HttpResponse:
    """Mark the request as done."""
    support_queue.finish(request=_of(request, pk, Side.ECDA), by=request.user)
    return _done(request, pk, "The request is done, and the partner is told")


@require_POST
def support_reopen(request: Request, pk: int) -> HttpResponse:
    """Take the request up again."""
    support_queue.reopen(request=_of(request, pk, Side.ECDA), by=request.user)
    return _done(request, pk, "You have taken up this request again")


@keeps_words(form=_sent(DeclineForm), page=PAGE, button="Decline the request")
@require_POST
def support_decline(request: Request, pk: int) -> HttpResponse:
    """Say why ecda cannot give the support."""
    found = _of(request, pk, Side.ECDA)
    form = DeclineForm(request.POST)
    if not form.is_valid():
        return _page(request, found, Side.ECDA, form)
    support_queue.decline(request=found, reason=form.cleaned_data["reason"], by=request.user)
    return _done(request, pk, "The request is declined, and the partner is told why")


@keeps_words(form=_sent(ConnectForm), page=PAGE, button="Connect")
@require_POST
def support_connect(request: Request, pk: int) -> HttpResponse:
    """Connect the partner who asked with the one whose button was pressed."""
    found = _of(request, pk, Side.ECDA)
    form = ConnectForm(request.POST)
    if not form.is_valid():
        return _page(request, found, Side.ECDA, form)
    given = form.cleaned_data
    helper = Partner.objects.filter(slug=given["helper"]).first()
    if helper is None:
        raise RefusedError("Press the button of the partner to connect with.")
    connect(request=found, helper=helper, note=given["note"], by=request.user)
    return _done(request, pk, f"{found.partner} and {helper} are connected, and both are told")


@require_POST
def support_want_contact(request: Request, pk: int) -> HttpResponse:
    """Ask the leads of one of the two partners whom others may contact."""
    found = _of(request, pk, Side.ECDA)
    form = WantContactForm(request.POST)
    partner = form.is_valid() and Partner.objects.filter(slug=form.cleaned_data["partner"]).first()
    if not partner:
        raise RefusedError("Press the button beside the partner whom you want to ask.")
    contacts.want_contact(request=found, partner=partner, by=request.user)
    return _done(request, pk, f"The leads of {partner} are asked for a contact")


def _done(request: Request, pk: int, words: str) -> HttpResponse:
    messages.success(request, words)
    return redirect("assessments:support-detail", pk)
