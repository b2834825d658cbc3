"""Which e-mails a person gets: chosen on a page of theirs, or turned off from an e-mail.

The link in the e-mail is open without signing in, and reading it changes nothing: programs that
look into e-mails follow links too.
"""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from signatories.access import Request, unsubscriber
from signatories.actions import subscribing
from signatories.forms.messages import SubscriptionForm


@require_safe
def subscription(request: Request) -> HttpResponse:
    """Show which e-mails the person gets, with what may be turned off."""
    context = {"form": SubscriptionForm.of(request.user)}
    return render(request, "signatories/subscription.html", context)


@require_POST
def subscription_save(request: Request) -> HttpResponse:
    """Turn reminders and news on or off."""
    form = SubscriptionForm(request.POST)
    if not form.is_valid():
        return render(request, "signatories/subscription.html", {"form": form})
    person, gets = request.user, form.chosen
    subscribing.choose_emails(
        person=person, reminders=gets["reminders"], news=gets["news"], by=person
    )
    messages.success(request, "Your choice of e-mails is saved.")
    return redirect("signatories:subscription")


@login_not_required
@never_cache
@require_safe
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Ask whether to turn off all but the essential, or say that it is off."""
    person = unsubscriber(token)
    if person is None:
        return render(request, "signatories/unsubscribe_unknown.html", status=404)
    is_off = not (person.gets_reminders or person.gets_news)
    context = {"token": token, "is_off": is_off}
    return render(request, "signatories/unsubscribe.html", context)


# A mail program sends this without ever having seen the page: the token alone says that it may.
@csrf_exempt
@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe_confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Turn off all but the essential; mail programs that know no such press open it instead."""
    if request.method != "POST":
        return redirect("signatories:unsubscribe", token)
    person = unsubscriber(token)
    if person is not None:
        subscribing.unsubscribe(person=person, by=person)
    if person is not None and request.POST.get("List-Unsubscribe") == "One-Click":
        # Such a program follows no redirect.
        return HttpResponse("You get only essential e-mails now.", content_type="text/plain")
    return redirect("signatories:unsubscribe", token)
