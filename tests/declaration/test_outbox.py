"""The outbox page: the e-mails of a development or demonstration site, to read and follow."""

from pathlib import Path
from typing import Any

import pytest
from django.core.mail import EmailMessage, get_connection
from django.test import Client
from django.urls import reverse

from declaration.outbox import newest_mails

pytestmark = pytest.mark.django_db
SITE = "http://localhost:8000"


@pytest.fixture(autouse=True)
def outbox_root(settings: Any, tmp_path: Path) -> Path:
    """An empty outbox."""
    settings.OUTBOX_ROOT = str(tmp_path)
    settings.PUBLIC_URL = SITE
    return tmp_path


def write(root: Path, name: str, *mails: tuple[str, str]) -> None:
    """Write e-mails (subject, text) as Django's file backend does, into a file of this name."""
    backend = "django.core.mail.backends.filebased.EmailBackend"
    connection = get_connection(backend, file_path=str(root))
    connection.open()
    messages = [
        EmailMessage(s, text, "ecda@example.org", ["lead@example.org"]) for s, text in mails
    ]
    connection.send_messages(messages)
    connection.close()
    [written] = [file for file in root.glob("*.log") if not file.name.startswith("2026")]
    written.rename(root / name)


@pytest.fixture(autouse=True)
def later_than_the_names(time_machine: Any) -> None:
    """Keep the backend's own file names apart from those the tests give."""
    time_machine.move_to("2027-01-01")


def test_the_newest_mail_comes_first(outbox_root: Path) -> None:
    write(outbox_root, "20260901-100000-1.log", ("First", "a"))
    write(outbox_root, "20260901-110000-1.log", ("Second", "b"), ("Third", "c"))
    assert [mail.subject for mail in newest_mails()] == ["Third", "Second", "First"]


def test_an_empty_outbox_says_so(client: Client) -> None:
    assert "No e-mails yet" in client.get(reverse("outbox:message-list")).content.decode()


def test_the_page_says_that_it_is_for_development_only(client: Client) -> None:
    page = client.get(reverse("outbox:message-list")).content.decode()
    assert "development and demonstration only" in page


def test_a_mail_is_read_without_signing_in(client: Client, outbox_root: Path) -> None:
    text = "Grüße from Dŵr Cymru – ½ done\n\nSecond line"
    write(outbox_root, "20260901-100000-1.log", ("Sign-in code: ŵ", text))
    [mail] = newest_mails()
    page = client.get(reverse("outbox:message-detail", args=[mail.key])).content.decode()
    assert "Sign-in code: ŵ" in page
    assert text in page
    assert "lead@example.org" in page


def test_links_to_this_site_are_clickable_and_no_others(outbox_root: Path) -> None:
    text = f"{SITE}/sign/1/ then {SITE}.evil.example/ and javascript:alert(1) http://other.example/"
    write(outbox_root, "20260901-100000-1.log", ("Links", text))
    [mail] = newest_mails()
    assert f'<a class="govuk-link" href="{SITE}/sign/1/">{SITE}/sign/1/</a>' in mail.markup
    assert mail.markup.count("<a ") == 1


def test_markup_in_a_mail_is_shown_and_not_run(client: Client, outbox_root: Path) -> None:
    hostile = f'<script>alert(1)</script> {SITE}/"><img src=x>'
    write(outbox_root, "20260901-100000-1.log", ("<b>Subject</b>", hostile))
    [mail] = newest_mails()
    page = client.get(reverse("outbox:message-detail", args=[mail.key])).content.decode()
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "<b>Subject" not in page


@pytest.mark.parametrize("key", ["20260901-100000-1-7", "nothing", "settings"])
def test_an_unknown_mail_is_not_found(client: Client, outbox_root: Path, key: str) -> None:
    write(outbox_root, "20260901-100000-1.log", ("Only", "one"))
    assert client.get(reverse("outbox:message-detail", args=[key])).status_code == 404
