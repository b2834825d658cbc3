"""What a leader stated on a page that was open too long: back in the form once they sign in again.

It waits in the browser's session for an hour, and is shown to nobody but whoever typed it.
"""

import time
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from declaration.writers import read_writer
from signatories.access import Request
from signatories.models import Partner

# Where the session keeps it.
TYPED = "typed_signature"
KEPT_SECONDS = 60 * 60
LONGEST = 200
STATED = ("signatory_name", "job_title", "authority")

SIGNED_OUT = "You were signed out, so nothing was signed. Sign in: what you typed is kept for you"
TOO_LONG = "The page was open too long, so nothing was signed. What you typed is still here"


def subject_of(slug: str) -> str:
    """What the token in the form is about."""
    return f"signature-{slug}"


def keep_typed(request: HttpRequest, slug: str) -> HttpResponse | None:
    """Keep what was typed for whom the form was made; None when it was made for somebody else."""
    writer = read_writer(request.POST.get("writer", ""), subject_of(slug))
    person = request.user
    if writer is None or (person.is_authenticated and person.pk != writer):
        return None
    stated = {name: request.POST.get(name, "")[:LONGEST] for name in STATED}
    until = time.time() + KEPT_SECONDS
    request.session[TYPED] = {"by": writer, "slug": slug, "until": until, "stated": stated}
    messages.warning(request, TOO_LONG if person.is_authenticated else SIGNED_OUT)
    return redirect("signatories:signature-create", slug)


def typed_before(request: Request, partner: Partner) -> dict[str, str]:
    """What the person had typed to sign for the partner before their session ended, if anything."""
    found: dict[str, Any] = request.session.get(TYPED) or {"by": None}
    if found["by"] != request.user.pk or found["slug"] != partner.slug:
        return {}
    stated: dict[str, str] = found["stated"]
    return stated if time.time() < found["until"] else {}


def forget_typed(request: Request) -> None:
    """Drop it, once it is signed."""
    request.session.pop(TYPED, None)
