"""Before something that binds an organisation, ask whether it is still the same person.

Whose sign-in is older than 15 minutes is asked for a code that goes to their address, on the page
where they are, with all that they have typed. Codes are sent only when a form is posted.
"""

import time
from collections.abc import Mapping
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.core import ratelimit
from allauth.core.internal.cryptokit import normalize_user_code
from django.utils.crypto import constant_time_compare, salted_hmac

from declaration.actions import RefusedError
from signatories.access import Request
from signatories.actions.signing import note_confirmed
from signatories.forms import ConfirmedForm

FRESH_SECONDS = 15 * 60
# Where the session keeps the hash of the code that was sent last, and until when it works.
SENT = "confirmation_code"
# The name of the button that asks for another code.
AGAIN = "send_code"

ENTER = "Enter the code that we have sent to {address}, or ask for another one"
WRONG = "The code is not right. Use the one in our latest e-mail to you"
TOO_OLD = "This code is too old or was used before. We have sent you another one"
TOO_MANY = "A code can be tried three times. Select “Send another code” and use the new one"
TOO_OFTEN = "We have sent you several codes already. Wait 15 minutes, then try again"


def is_fresh(request: Request) -> bool:
    """Whether the person has signed in, or entered such a code, in the last 15 minutes.

    A password that was only repeated in an open session does not count: no e-mail was needed.
    """
    records = get_authentication_records(request, request.user)
    latest = max((float(record["at"]) for record in records if _counts(record)), default=0.0)
    return time.time() - latest < FRESH_SECONDS


def _counts(record: Mapping[str, Any]) -> bool:
    return not (record.get("method") == "password" and record.get("reauthenticated"))


def is_confirmed(request: Request, form: ConfirmedForm) -> bool:
    """Whether to do now what the posted form asks for.

    If not, the form has a field for the code, and says what is amiss or `code_sent_to` which
    address a code has gone. Call it for a form without mistakes.
    """
    if is_fresh(request):
        return True
    form.ask_for_code(request.user.email)
    sent, typed = _sent(request), normalize_user_code(request.POST.get("code", ""))
    try:
        if sent is None or AGAIN in request.POST:
            _send(request)
            form.code_sent_to = request.user.email
            trouble = TOO_OLD if typed and AGAIN not in request.POST else ""
        else:
            trouble = _trouble(request, sent, typed)
            if not trouble:
                return True
    except RefusedError as error:
        trouble = str(error)
    if trouble:
        form.code_sent_to = ""
        form.add_error("code", trouble)
    return False


def shows_code(request: Request, form: ConfirmedForm) -> bool:
    """Whether the page is to say that a code is needed; gives the form its field once one is sent.

    Sends nothing. Call it last, before the page is rendered.
    """
    if is_fresh(request):
        return False
    if "code" not in form.fields and _sent(request) is not None:
        form.ask_for_code(request.user.email)
    return True


def _sent(request: Request) -> dict[str, Any] | None:
    """What the session knows of the code that was sent last, while it works."""
    found: dict[str, Any] | None = request.session.get(SENT)
    return found if found and time.time() < found["until"] else None


def _send(request: Request) -> None:
    """E-mail a code at once; RefusedError when too many were sent or the mail server is away."""
    person = str(request.user.pk)
    if not ratelimit.consume(request, action="send_confirmation", key=person):
        raise RefusedError(TOO_OFTEN)
    adapter = get_adapter()
    code = adapter.generate_login_code()
    try:
        adapter.send_mail("account/email/confirm_signing", request.user.email, {"code": code})
    except RefusedError:
        # What never went is not counted.
        ratelimit.clear(request, action="send_confirmation", key=person)
        raise
    digest = _digest(request, normalize_user_code(code))
    request.session[SENT] = {"digest": digest, "until": time.time() + FRESH_SECONDS}


def _trouble(request: Request, sent: dict[str, Any], typed: str) -> str:
    """What is amiss with a code; nothing when it is right, which also makes the sign-in fresh."""
    if not typed:
        return ENTER.format(address=request.user.email)
    # Counted in the cache and not in the session: two requests at once count as two.
    if not ratelimit.consume(request, action="try_confirmation", key=sent["digest"]):
        return TOO_MANY
    if not constant_time_compare(_digest(request, typed), sent["digest"]):
        return WRONG
    del request.session[SENT]
    record_authentication(request, request.user, method="code", reauthenticated=True)
    note_confirmed(by=request.user)
    return ""


def _digest(request: Request, code: str) -> str:
    """The code's hash, which is of no use in another session or to another person."""
    told = f"{request.session.session_key}:{request.user.pk}:{code}"
    return salted_hmac("confirm-signing", told, algorithm="sha256").hexdigest()
