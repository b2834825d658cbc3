"""A letter goes once to each person, as it was written, and is kept."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from declaration import jobs
from declaration.actions import RefusedError
from signatories.actions.messages import send_message
from signatories.actions.writing import PER_HOUR, write_letter
from signatories.models import Event, Letter, Message, Partner, User
from signatories.verbs import Verb
from tests.factories import make_user

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]
TYPED = {
    "subject": "The round closes soon",
    "body": "Two weeks are left.\n\nSee https://ecda.example/help & ask <us>.",
    "chosen": "Partners that are overdue",
}


def write(by: User, *people: User, key: str = "k", **typed: str) -> Letter:
    return write_letter(key=key, **{**TYPED, **typed}, people=people, by=by)


def test_each_person_gets_an_e_mail_of_their_own(staff: User, lead: User, leader: User) -> None:
    letter = write(staff, lead, leader, lead)
    sent = {message.person: message for message in letter.messages.all()}
    assert set(sent) == {lead, leader}
    message = sent[lead]
    assert (message.to, message.subject) == (lead.email, "The round closes soon")
    assert message.body.startswith("Hello Lee Lead,\n\nTwo weeks are left.\n\nSee https://")
    assert "Sam Staff" in message.body
    assert 'href="https://ecda.example/help"' in message.html
    assert "&amp; ask &lt;us&gt;." in message.html
    assert message.message_id != sent[leader].message_id


def test_it_is_noted_who_wrote_to_whom(staff: User, lead: User) -> None:
    letter = write(staff, lead)
    event = Event.objects.get(verb=Verb.LETTER_SENT)
    assert (event.by, event.note) == (staff, "Partners that are overdue")
    assert (event.subject_kind, event.subject_id) == ("signatories.letter", letter.pk)


def test_answers_go_to_who_wrote_it_and_nothing_offers_to_stop_it(
    staff: User, lead: User, mailoutbox: Any
) -> None:
    send_message(write(staff, lead).messages.get())
    mail = mailoutbox[0].message()
    assert mail["Reply-To"] == staff.email
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Unsubscribe"] is None


def test_a_letter_goes_also_to_those_who_turned_news_off(staff: User, lead: User) -> None:
    User.objects.filter(pk=lead.pk).update(gets_news=False, gets_reminders=False)
    assert write(staff, lead).messages.count() == 1


def test_pressing_twice_sends_once(staff: User, lead: User) -> None:
    assert write(staff, lead) == write(staff, lead)
    assert (Letter.objects.count(), Message.objects.count()) == (1, 1)


def test_another_letter_with_the_form_of_one_that_was_sent_is_refused(
    staff: User, lead: User
) -> None:
    write(staff, lead)
    for changed in ({"subject": "Other"}, {"body": "Other"}, {"chosen": "Other"}):
        with pytest.raises(RefusedError, match="and this one is different"):
            write(staff, lead, **changed)
    assert Letter.objects.count() == 1


def test_the_same_words_to_others_with_the_form_of_one_that_was_sent_are_refused(
    staff: User, lead: User, leader: User, disabled: User
) -> None:
    sent = write(staff, lead)
    for people in ([leader], [lead, leader], []):
        with pytest.raises(RefusedError, match="and this one is different"):
            write(staff, *people)
    # Who has left since, or had before, makes no difference.
    assert write(staff, lead, disabled) == sent
    assert Message.objects.count() == 1


def test_the_form_of_somebody_else_sends_nothing(
    staff: User, administrator: User, lead: User
) -> None:
    write(staff, lead)
    with pytest.raises(RefusedError, match="Somebody else"):
        write(administrator, lead)


def test_closed_accounts_are_left_out(staff: User, lead: User, disabled: User) -> None:
    assert [message.person for message in write(staff, lead, disabled).messages.all()] == [lead]


def test_nobody_left_is_refused_in_words(staff: User, disabled: User) -> None:
    for people in ([], [disabled]):
        with pytest.raises(RefusedError, match="Nobody is left to write to"):
            write(staff, *people)
    assert Letter.objects.count() == 0


@pytest.mark.parametrize(("name", "words"), [("subject", "subject"), ("body", "letter says")])
def test_a_letter_without_words_is_refused(name: str, words: str, staff: User, lead: User) -> None:
    with pytest.raises(RefusedError, match=words):
        write(staff, lead, **{name: " \n "})


def test_a_subject_of_several_lines_is_one(staff: User, lead: User, mailoutbox: Any) -> None:
    letter = write(staff, lead, subject="Soon\r\nBcc: all@example.org")
    send_message(letter.messages.get())
    assert mailoutbox[0].subject == "Soon Bcc: all@example.org"
    assert mailoutbox[0].bcc == []


def test_one_person_writes_so_many_letters_an_hour(
    staff: User, administrator: User, lead: User
) -> None:
    for number in range(PER_HOUR):
        write(staff, lead, key=f"k{number}")
    with pytest.raises(RefusedError, match="Wait an hour, or ask a colleague"):
        write(staff, lead, key="one more")
    # The last one once more is no new one, and a colleague may.
    write(staff, lead, key="k0")
    write(administrator, lead, key="theirs")


def test_an_account_closed_meanwhile_ends_its_e_mail_in_words(
    staff: User, lead: User, mailoutbox: Any
) -> None:
    message = write(staff, lead).messages.get()
    User.objects.filter(pk=lead.pk).update(is_active=False)
    jobs.run(Message, message.pk, send_message)
    message.refresh_from_db()
    assert message.state == Message.State.FAILED
    assert message.error == "The account of this person is closed, so this e-mail was not sent."
    assert mailoutbox == []


def test_many_people_take_no_more_queries_than_few(staff: User) -> None:
    counts = []
    for many in (3, 30):
        people = [make_user() for _ in range(many)]
        with CaptureQueriesContext(connection) as queries:
            write(staff, *people, key=f"to {many}")
        counts.append(len(queries))
    assert counts[0] == counts[1]


# --- Pages -------------------------------------------------------------------------------------


def test_the_pages_show_the_letter_and_where_it_stands_with_each_person(
    staff: User, lead: User, leader: User, client_of: ClientOf
) -> None:
    letter = write(staff, lead, leader)
    jobs.run(Message, letter.messages.get(person=lead).pk, send_message)
    client = client_of(staff)
    listed = client.get("/letters/").text
    assert "The round closes soon" in listed
    assert "1 of 2" in listed
    page = client.get(f"/letters/{letter.pk}/").text
    for words in (TYPED["chosen"], "Sam Staff", staff.email, "Lee Lead", "Lara Leader"):
        assert words in page
    assert "See https://ecda.example/help &amp; ask &lt;us&gt;." in page
    assert page.count("Waiting to be sent") == 1


def test_an_unknown_letter_is_not_found(staff: User, client_of: ClientOf) -> None:
    assert client_of(staff).get("/letters/999999/").status_code == 404


def test_no_letter_yet_is_said(staff: User, client_of: ClientOf) -> None:
    assert "No letter yet" in client_of(staff).get("/letters/").text


def test_pages_take_the_same_queries_for_many(
    staff: User, client_of: ClientOf, django_assert_num_queries: Any
) -> None:
    client = client_of(staff)
    client.get("/letters/")
    for many in (3, 30):
        letter = write(staff, *[make_user() for _ in range(many)], key=f"to {many}")
        with django_assert_num_queries(6):
            client.get(f"/letters/{letter.pk}/")
        with django_assert_num_queries(4):
            client.get("/letters/")


def test_the_pages_are_ecdas(partner: Partner, lead: User, client_of: ClientOf) -> None:
    assert client_of(lead).get("/letters/").status_code == 403
