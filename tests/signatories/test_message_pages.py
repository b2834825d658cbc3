"""For ecda: what went, what waits, what could not be sent."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from declaration import jobs
from declaration.jobs import JobFailedError
from signatories.actions.messages import gather_notices, send_message
from signatories.models import Event, Message, Partner, User
from signatories.verbs import Verb
from tests.factories import make_user
from tests.signatories.inviting import invited
from tests.signatories.telling import ask, happen, make_due

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]


def make_messages(many: int, **given: Any) -> list[Message]:
    """E-mails to as many new people."""
    people = [make_user() for _ in range(many)]
    first = Message.objects.count()
    return Message.objects.bulk_create(
        Message(
            key=f"k{first + number}",
            message_id=f"<{first + number}@x>",
            **{"person": person, "to": person.email, "subject": "S", "body": "B", **given},
        )
        for number, person in enumerate(people)
    )


@pytest.fixture
def message(partner: Partner, lead: User, leader: User) -> Message:
    """A digest to the lead that nobody has sent yet."""
    ask(partner, leader, "Sign this")
    [made] = gather_notices()
    return made


def fail(message: Message) -> Message:
    """Let the sending fail for good."""

    def refused(_: Message) -> dict[str, str]:
        raise JobFailedError("The mail server refused the address.")

    jobs.run(Message, message.pk, refused)
    message.refresh_from_db()
    return message


def test_what_went_and_what_waits_to_be_sent_are_listed(
    message: Message, staff: User, client_of: ClientOf
) -> None:
    client = client_of(staff)
    assert "Waiting to be sent" in client.get("/messages/?state=queued").text
    jobs.run(Message, message.pk, send_message)
    page = client.get("/messages/").text
    for words in ("1 e-mail", "Lee Lead", message.to, "Sign this", "Digest", "govuk-tag--green"):
        assert words in page


def test_what_waits_for_the_digest_is_counted(
    partner: Partner, lead: User, leader: User, staff: User, client_of: ClientOf
) -> None:
    client = client_of(staff)
    assert "Nothing waits for the next digest." in client.get("/messages/").text
    happen(partner, leader, times=3)
    assert "3 things wait to be told to 1 person" in client.get("/messages/").text
    make_due()
    gather_notices()
    assert "Nothing waits for the next digest." in client.get("/messages/").text


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("", 2),
        ("?search=lee", 1),
        ("?search=lee+lead", 1),
        ("?search=example.org", 1),
        ("?kind=invitation", 1),
        ("?kind=letter", 0),
        ("?state=queued", 2),
        ("?state=done", 0),
        ("?search=lee&kind=digest&state=queued", 1),
    ],
)
def test_filters_find_people_kinds_and_states(
    asked: str,
    found: int,
    message: Message,
    partner: Partner,
    lead: User,
    staff: User,
    client_of: ClientOf,
) -> None:
    invited(partner, lead, "nia@example.org")
    page = client_of(staff).get(f"/messages/{asked}").text
    words = f"{found} e-mail" if found else "No e-mail fits"
    assert words in page


@pytest.mark.parametrize("asked", ["?kind=spam", "?state=lost"])
def test_an_unknown_filter_is_said_and_all_is_shown(
    asked: str, message: Message, staff: User, client_of: ClientOf
) -> None:
    page = client_of(staff).get(f"/messages/{asked}").text
    assert "There is no such" in page
    assert "1 e-mail" in page


def test_the_newest_fifty_come_first(staff: User, client_of: ClientOf) -> None:
    make_messages(51)
    client = client_of(staff)
    assert "51 e-mails, page 1 of 2" in " ".join(client.get("/messages/").text.split())
    last = client.get("/messages/?page=2").text
    assert last.count('data-label="Subject"') == 1


def test_one_message_shows_its_text_and_its_message_id(
    message: Message, staff: User, client_of: ClientOf
) -> None:
    page = client_of(staff).get(f"/messages/{message.pk}/").text
    for words in ("Lee Lead", message.to, "Lara Leader asks you: Sign this", "@localhost&gt;"):
        assert words in page


def test_links_that_act_for_the_person_are_not_shown(
    message: Message, partner: Partner, lead: User, staff: User, client_of: ClientOf
) -> None:
    invitation = invited(partner, lead)
    letter = Message.objects.get(kind="invitation")
    client = client_of(staff)
    assert "/unsubscribe/" in message.body
    assert "/unsubscribe/" not in client.get(f"/messages/{message.pk}/").text
    page = client.get(f"/messages/{letter.pk}/").text
    assert invitation.code not in page
    assert "(a link that is only for this person)" in page


def test_such_links_are_not_shown_of_whatever_host_they_are(
    message: Message, staff: User, client_of: ClientOf
) -> None:
    shown = "https://old.example/partners/x/invitations/"
    hidden = ["HTTPS://old.example/invitations/s3cret/", "http://10.0.0.1:8000/unsubscribe/s3cret/"]
    Message.objects.filter(pk=message.pk).update(body=" ".join([shown, *hidden]))
    page = client_of(staff).get(f"/messages/{message.pk}/").text
    assert "s3cret" not in page
    assert shown in page
    assert page.count("(a link that is only for this person)") == 2


def test_a_failed_one_says_why_and_is_tried_again(
    message: Message, staff: User, client_of: ClientOf, mailoutbox: Any
) -> None:
    fail(message)
    client = client_of(staff)
    assert "Could not be sent" in client.get("/messages/?state=failed").text
    page = client.get(f"/messages/{message.pk}/").text
    assert "The mail server refused the address." in page
    address = f"/messages/{message.pk}/retry"
    response = client.post(address, {"message": "yes"})
    assert response["Location"] == f"/messages/{message.pk}/"
    jobs.run(Message, message.pk, send_message)
    assert [mail.extra_headers["Message-ID"] for mail in mailoutbox] == [message.message_id]
    assert Event.objects.filter(verb=Verb.MESSAGE_RETRIED).count() == 1


def test_one_that_has_not_failed_cannot_be_tried_again(
    message: Message, staff: User, client_of: ClientOf
) -> None:
    client = client_of(staff)
    assert "Try again" not in client.get(f"/messages/{message.pk}/").text
    assert client.post(f"/messages/{message.pk}/retry").status_code == 409


def test_nothing_yet_is_said(staff: User, client_of: ClientOf) -> None:
    assert "No e-mail yet" in client_of(staff).get("/messages/").text


def test_a_message_that_there_is_not_is_not_found(staff: User, client_of: ClientOf) -> None:
    assert client_of(staff).get("/messages/999999/").status_code == 404


def test_the_list_takes_the_same_queries_for_many(
    staff: User, client_of: ClientOf, django_assert_num_queries: Any
) -> None:
    client = client_of(staff)
    client.get("/messages/")
    for many in (3, 30):
        make_messages(many)
        with django_assert_num_queries(5):
            client.get("/messages/")
