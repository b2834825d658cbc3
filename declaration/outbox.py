"""The outbox page: reads the e-mails that a development or demonstration site writes to files.

Mounted only where OUTBOX_ROOT is set, and open to everybody, because sign-in codes arrive here.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_safe

SHOWN = 200
# Django's file backend writes all e-mails of one connection into one file, each with this after it.
SEPARATOR = b"\n" + b"-" * 79 + b"\n"


@dataclass(frozen=True)
class Mail:
    """One e-mail as it left; the key is its file's name and its place in the file."""

    key: str
    subject: str
    sender: str
    recipients: str
    sent_at: datetime | None
    text: str

    @property
    def markup(self) -> SafeString:
        """Return the text escaped, with the links to this site made clickable."""
        address = re.escape(settings.PUBLIC_URL) + r"(?=[/\s]|$)[^\s<>\"']*"
        parts = re.split(f"({address})", self.text)
        links = (
            format_html('<a class="govuk-link" href="{0}">{0}</a>', part) if place % 2 else part
            for place, part in enumerate(parts)
        )
        return mark_safe("".join(map(conditional_escape, links)))  # noqa: S308  every part is escaped


def newest_mails() -> list[Mail]:
    """Return the newest e-mails, the last one first."""
    files = sorted(Path(settings.OUTBOX_ROOT).glob("*.log"), reverse=True)
    found: list[Mail] = []
    for file in files:
        found += reversed(list(_read(file)))
        if len(found) >= SHOWN:
            break
    return found[:SHOWN]


def _read(file: Path) -> Iterator[Mail]:
    for place, raw in enumerate(file.read_bytes().split(SEPARATOR)):
        if raw.strip():
            yield _parse(f"{file.stem}-{place}", raw)


def _parse(key: str, raw: bytes) -> Mail:
    message = message_from_bytes(raw, policy=default)
    body = message.get_body(("plain",))
    date = message["Date"]
    return Mail(
        key=key,
        subject=str(message["Subject"] or "(no subject)"),
        sender=str(message["From"] or ""),
        recipients=str(message["To"] or ""),
        sent_at=date.datetime if date else None,
        text=str(body.get_content()) if isinstance(body, EmailMessage) else "",
    )


@login_not_required
@require_safe
def message_list(request: HttpRequest) -> HttpResponse:
    """List the e-mails, newest first."""
    return render(request, "outbox/message_list.html", {"mails": newest_mails()})


@login_not_required
@require_safe
def message_detail(request: HttpRequest, key: str) -> HttpResponse:
    """Show one e-mail as plain text."""
    for mail in newest_mails():
        if mail.key == key:
            return render(request, "outbox/message_detail.html", {"mail": mail})
    raise Http404


app_name = "outbox"
urlpatterns = [
    path("", message_list, name="message-list"),
    path("<slug:key>/", message_detail, name="message-detail"),
]
