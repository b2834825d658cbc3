"""Notices become one message for each person; a message is handed over under one Message-ID."""

from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from django.core import mail
from django.utils import timezone

from declaration import jobs
from signatories.actions.events import record
from signatories.actions.messages import gather_notices, send_message
from signatories.models import Message, Notice, Partner, User
from signatories.tasks import send_message as send_task
from signatories.verbs import LEADS, Audience, Verb
from tests.signatories.inviting import invited

pytestmark = pytest.mark.django_db(transaction=True)


def happen(times: int, partner: Partner, by: User) -> None:
    for _ in range(times):
        record(verb=Verb.SIGNED, by=by, partner=partner, note="the Declaration", path="/somewhere/")
    Notice.objects.update(due_at=timezone.now() - timedelta(seconds=1))


def test_forty_events_make_one_message(partner: Partner, lead: User, leader: User) -> None:
    happen(40, partner, leader)
    message = gather_notices()[0]
    assert Message.objects.get() == message
    assert (message.person, message.to) == (lead, lead.email)
    assert message.subject == "Essex Data Declaration: 40 things have happened"
    assert message.body.count("* Lara Leader signed") == 40
    assert message.body.count("http://localhost:8000/somewhere/") == 40
    assert {notice.message for notice in Notice.objects.all()} == {message}


def test_one_event_is_the_subject_itself(partner: Partner, lead: User, leader: User) -> None:
    happen(1, partner, leader)
    assert gather_notices()[0].subject == (
        "Essex Data Declaration: Lara Leader signed the Declaration for Braintree District Council"
    )


def test_each_person_gets_a_message_of_their_own(
    partner: Partner, lead: User, leader: User, staff: User
) -> None:
    happen(3, partner, leader)
    assert {message.person for message in gather_notices()} == {lead, staff}


def test_gathering_twice_doubles_nothing(partner: Partner, lead: User, leader: User) -> None:
    happen(2, partner, leader)
    assert len(gather_notices()) == 1
    assert gather_notices() == []
    assert Message.objects.count() == 1


def test_a_notice_waits_for_more_news(partner: Partner, lead: User, leader: User) -> None:
    record(verb=Verb.SIGNED, by=leader, partner=partner)
    assert gather_notices() == []


def test_somebody_disabled_meanwhile_is_told_nothing(
    partner: Partner, lead: User, leader: User
) -> None:
    happen(1, partner, leader)
    User.objects.filter(pk=lead.pk).update(is_active=False)
    assert gather_notices() == []


def test_the_task_hands_a_message_over_once(partner: Partner, lead: User, leader: User) -> None:
    happen(1, partner, leader)
    message = gather_notices()[0]
    send_task(message.pk)
    send_task(message.pk)
    message.refresh_from_db()
    assert message.state == Message.State.DONE
    assert len(mail.outbox) == 1
    assert mail.outbox[0].to == [lead.email]


def test_a_message_sent_again_keeps_its_message_id(
    partner: Partner,
    lead: User,
    leader: User,
    settings: object,
    tmp_path: Path,
) -> None:
    """A kill between hand-over and record repeats it; mail programs show one of the two."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"  # type: ignore[attr-defined]  # pytest-django's settings
    settings.EMAIL_FILE_PATH = str(tmp_path)  # type: ignore[attr-defined]  # pytest-django's settings
    happen(1, partner, leader)
    message = gather_notices()[0]
    send_message(message)
    send_message(message)
    # Two letters of one moment may share a file, one after the other.
    sent = b"".join(path.read_bytes() for path in tmp_path.iterdir()).split(b"\n" + b"-" * 79)
    letters = [message_from_bytes(letter.lstrip()) for letter in sent if letter.strip()]
    assert len(letters) == 2
    assert {letter["Message-ID"] for letter in letters} == {message.message_id}
    assert message.message_id.endswith("@localhost>")


def test_a_mail_server_that_refuses_leaves_the_message_waiting(
    partner: Partner, lead: User, leader: User, settings: object
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"  # type: ignore[attr-defined]  # pytest-django's settings
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9  # type: ignore[attr-defined]  # pytest-django's settings
    happen(1, partner, leader)
    message = gather_notices()[0]
    jobs.run(Message, message.pk, send_message)
    message.refresh_from_db()
    assert (message.state, message.attempt) == (Message.State.QUEUED, 0)
    assert message.error.startswith("The mail server cannot be reached: ConnectionRefusedError")


def test_a_note_of_several_lines_still_makes_an_e_mail(
    partner: Partner, lead: User, leader: User
) -> None:
    words = {Verb.SIGNED: Audience("{by} sent it back: {note}", roles=LEADS)}
    note = "Two things:\r\n1. narrative\n2. links."
    record(verb=Verb.SIGNED, by=leader, partner=partner, note=note, notices=words)
    Notice.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    message = gather_notices()[0]
    assert message.subject == (
        "Essex Data Declaration: Lara Leader sent it back: Two things: 1. narrative 2. links"
    )
    send_task(message.pk)
    message.refresh_from_db()
    assert (message.state, len(mail.outbox)) == (Message.State.DONE, 1)


def test_an_e_mail_is_text_and_html_and_says_that_a_machine_sent_it(
    partner: Partner, lead: User, leader: User
) -> None:
    happen(1, partner, leader)
    message = gather_notices()[0]
    send_message(message)
    sent = message_from_bytes(mail.outbox[0].message().as_bytes(), policy=default)
    assert sent["Auto-Submitted"] == "auto-generated"
    assert sent.get_content_type() == "multipart/alternative"
    text, html = sent.iter_parts()
    assert (text.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    assert "Lara Leader signed" in text.get_content()
    assert "Lara Leader signed" in html.get_content()


def test_an_invitation_is_text_and_html_and_cannot_be_turned_off(
    partner: Partner, lead: User
) -> None:
    invitation = invited(partner, lead)
    message = Message.objects.get(kind="invitation")
    send_message(message)
    assert f"/invitations/{invitation.code}/" in message.body
    assert f"/invitations/{invitation.code}/" in message.html
    assert "List-Unsubscribe" not in mail.outbox[0].extra_headers


def test_somebody_closed_after_it_was_made_gets_nothing_and_the_page_says_why(
    partner: Partner, lead: User, leader: User
) -> None:
    happen(1, partner, leader)
    message = gather_notices()[0]
    User.objects.filter(pk=lead.pk).update(is_active=False)
    send_task(message.pk)
    message.refresh_from_db()
    assert (message.state, message.attempt, mail.outbox) == (Message.State.FAILED, 1, [])
    assert message.error == "The account of this person is closed, so this e-mail was not sent."
