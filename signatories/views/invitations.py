"""For those who invite, and for those who were invited.

The link in the e-mail is open without signing in, and reading it changes nothing: programs that
look into e-mails follow links too. It lets nobody in either: that needs a code sent to the address.
"""

from http import HTTPStatus
from typing import Any

from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess
from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from declaration.accounts import ERROR_WORDS
from declaration.actions import RefusedError
from signatories import access
from signatories.access import Request, Role
from signatories.actions.invitations import EndedError, accept, invite, revoke, send_again, start
from signatories.dashboards import invitations as dashboard
from signatories.emails import MAY
from signatories.forms import InvitationForm, NewPersonForm
from signatories.models import Invitation, Membership, User

# --- Inviting ----------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def invitation_create(request: Request, slug: str) -> HttpResponse:
    """Ask for a person and a role, and invite them."""
    partner = access.partner_or_404(request, slug)
    roles = access.require_grantable(request, partner)
    form = InvitationForm(request.POST or None, roles=roles, domains=partner.email_domains)
    if request.method == "POST" and form.is_valid():
        typed = {name: form.cleaned_data[name] for name in ("email", "name", "role")}
        sent_before = dashboard.times_sent(partner, typed["email"])
        try:
            invitation = invite(partner=partner, **typed, by=request.user)
        except RefusedError as error:
            form.add_error("email", str(error))
        else:
            messages.success(request, _said(invitation, sent_before))
            return redirect("signatories:member-list", slug)
    context = {"partner": partner, "form": form}
    return render(request, "signatories/invitation_create.html", context)


def _said(invitation: Invitation, sent_before: int) -> str:
    email, role = invitation.email, invitation.get_role_display().lower()
    if not sent_before:
        return f"{email} has been invited as {role}."
    if sent_before == invitation.sent_count:
        return f"{email} is now invited as {role}. The link in the e-mail that they have shows it."
    return (
        f"{email} was invited before, and is now invited as {role}. "
        "The link in the earlier e-mail works too."
    )


@require_POST
def invitation_send_again(request: Request, slug: str, pk: int) -> HttpResponse:
    """Write to an invited address once more."""
    partner = access.partner_or_404(request, slug)
    invitation = access.invitation_or_404(partner, pk)
    access.require_grantable(request, partner, invitation.role)
    try:
        send_again(invitation=invitation, by=request.user)
    except RefusedError as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, f"The invitation was sent to {invitation.email} again.")
    return redirect("signatories:member-list", slug)


@require_POST
def invitation_revoke(request: Request, slug: str, pk: int) -> HttpResponse:
    """Take an invitation back."""
    partner = access.partner_or_404(request, slug)
    invitation = access.invitation_or_404(partner, pk)
    access.require_grantable(request, partner, invitation.role)
    try:
        revoke(invitation=invitation, by=request.user)
    except RefusedError as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, f"The invitation of {invitation.email} has been revoked.")
    return redirect("signatories:member-list", slug)


# --- Being invited -----------------------------------------------------------------------------


@login_not_required
@never_cache
@require_safe
def invitation_detail(request: HttpRequest, code: str) -> HttpResponse:
    """Show what is offered, to whom and until when, with the one next step."""
    invitation = access.invitation_with_code(code)
    if invitation is None:
        return _unknown(request)
    return _page(request, invitation, NewPersonForm(initial={"name": invitation.name}))


@login_not_required
@never_cache
@require_POST
def invitation_start(request: HttpRequest, code: str) -> HttpResponse:
    """Send a sign-in code to the invited address, and to no other."""
    invitation = access.invitation_with_code(code)
    if invitation is None:
        return _unknown(request)
    if request.user.is_authenticated or not _is_waiting(invitation):
        return redirect("signatories:invitation-detail", code)
    try:
        _send_code(request, start(invitation=invitation))
    except RefusedError as error:
        if not isinstance(error, EndedError):
            messages.warning(request, str(error))
        return redirect("signatories:invitation-detail", code)
    back = urlencode({"next": reverse("signatories:invitation-detail", args=[code])})
    return redirect(f"{reverse('account_confirm_login_code')}?{back}")


def _send_code(request: HttpRequest, person: User) -> None:
    """Begin allauth's sign-in by code, as often as its own page would let them."""
    if not ratelimit.consume(request, action="request_login_code", key=person.email):
        raise RefusedError(f"{ERROR_WORDS['too_many_login_attempts']}.")
    LoginCodeVerificationProcess.initiate(request=request, user=person, email=person.email)


@login_not_required
@never_cache
@require_POST
def invitation_accept(request: HttpRequest, code: str) -> HttpResponse:
    """Take the role that was offered."""
    invitation = access.invitation_with_code(code)
    if invitation is None:
        return _unknown(request)
    if not request.user.is_authenticated:
        return redirect("signatories:invitation-detail", code)
    form = NewPersonForm(request.POST, initial={"name": invitation.name})
    asks = _is_waiting(invitation) and dashboard.asks_for_name(invitation, request.user)
    if asks and not form.is_valid():
        return _page(request, invitation, form)
    name = form.cleaned_data["name"] if asks else ""
    try:
        membership = accept(invitation=invitation, name=name, by=request.user)
    except RefusedError:
        # The page says in words what stands in the way, whatever it is.
        return redirect("signatories:invitation-detail", code)
    return _welcome(request, membership)


def _welcome(request: HttpRequest, membership: Membership) -> HttpResponse:
    """Go to the partner's home; a leader straight to what waits for a signature."""
    partner, role = membership.partner, membership.get_role_display().lower()
    messages.success(request, f"You are now a {role} of {partner}.")
    if membership.role == Role.LEADER and dashboard.waits_for_signature(partner):
        return redirect("signatories:signature-create", partner.slug)
    return redirect("progress:partner-home", partner.slug)


# --- Pages of one invitation -------------------------------------------------------------------


def _is_waiting(invitation: Invitation) -> bool:
    return invitation.state == Invitation.State.WAITING


def _page(request: HttpRequest, invitation: Invitation, form: NewPersonForm) -> HttpResponse:
    """Show the invitation to whoever looks at it, or what has become of it."""
    user = request.user
    is_mine = user.is_authenticated and user.email.lower() == invitation.email
    context: dict[str, Any] = {"invitation": invitation, "is_mine": is_mine, "form": form}
    if not _is_waiting(invitation):
        template = "signatories/invitation_ended.html"
        return render(request, template, context, status=HTTPStatus.GONE)
    context |= {
        "trouble": dashboard.trouble(invitation),
        "addressee": dashboard.addressee(invitation),
        "may": MAY[Role(invitation.role)],
    }
    return render(request, "signatories/invitation_detail.html", context)


def _unknown(request: HttpRequest) -> HttpResponse:
    """Say the same of every code that no invitation has."""
    template = "signatories/invitation_unknown.html"
    return render(request, template, status=HTTPStatus.NOT_FOUND)
