"""Which e-mails a person gets: news and reminders can be turned off, what is essential cannot."""

from collections.abc import Callable
from email.message import Message as Mail
from typing import Any

import pytest
from django.test import Client

from signatories.access import unsubscribe_token
from signatories.actions.events import Entry, record, record_each
from signatories.actions.messages import gather_notices, send_message
from signatories.actions.subscribing import choose_emails
from signatories.models import Event, Notice, Partner, User
from signatories.verbs import LEADS, Audience, Topic, Verb
from tests.architecture.walking import fingerprint
from tests.signatories.telling import happen, make_due

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]
WORDS = {topic: {Verb.SIGNED: Audience("x", roles=LEADS, topic=topic)} for topic in Topic}


def wants(person: User) -> tuple[bool, bool]:
    person.refresh_from_db()
    return person.gets_reminders, person.gets_news


def link(person: User, verb: str = "") -> str:
    return f"/unsubscribe/{unsubscribe_token(person)}/{verb}"


# --- What is told ------------------------------------------------------------------------------


@pytest.mark.parametrize("topic", Topic)
def test_what_is_turned_off_is_not_told_and_what_is_essential_always_is(
    topic: Topic, partner: Partner, lead: User, leader: User
) -> None:
    choose_emails(person=lead, reminders=False, news=False, by=lead)
    event = record(verb=Verb.SIGNED, by=leader, partner=partner, notices=WORDS[topic])
    told = {notice.person for notice in Notice.objects.filter(event=event)}
    assert told == ({lead} if topic is Topic.ESSENTIAL else set())


def test_each_is_turned_off_by_itself(partner: Partner, lead: User, leader: User) -> None:
    choose_emails(person=lead, reminders=True, news=False, by=lead)
    for topic in (Topic.REMINDERS, Topic.NEWS):
        record(verb=Verb.SIGNED, by=leader, partner=partner, notices=WORDS[topic])
    assert Notice.objects.count() == 1


def test_whoever_is_named_is_told_whatever_they_turned_off(
    partner: Partner, lead: User, leader: User
) -> None:
    choose_emails(person=lead, reminders=False, news=False, by=lead)
    record(verb=Verb.SIGNED, by=leader, partner=partner, notices=WORDS[Topic.NEWS], also=[lead])
    assert Notice.objects.get().person == lead


def test_many_events_at_once_keep_to_it_too(partner: Partner, lead: User, leader: User) -> None:
    choose_emails(person=leader, reminders=True, news=False, by=leader)
    entries = [Entry(partner, partner, "one"), Entry(partner, partner, "two")]
    record_each(verb=Verb.SIGNED, by=None, entries=entries, notices=WORDS[Topic.NEWS])
    assert {notice.person for notice in Notice.objects.all()} == {lead}


# --- A person's own page -----------------------------------------------------------------------


def test_the_page_shows_what_one_gets_and_what_always_comes(
    client_of: ClientOf, lead: User
) -> None:
    choose_emails(person=lead, reminders=False, news=True, by=lead)
    page = client_of(lead).get("/your-emails/").text
    assert "What always comes" in page
    assert page.count(" checked") == 1
    assert page.index('value="reminders"') < page.index('value="news" checked')


def test_saving_turns_off_what_is_not_ticked_and_is_noted_once(
    client_of: ClientOf, lead: User
) -> None:
    client = client_of(lead)
    for _ in range(2):
        response = client.post("/your-emails/save", {"gets": ["reminders"]}, follow=True)
        assert "Your choice of e-mails is saved." in response.text
    assert wants(lead) == (True, False)
    event = Event.objects.get(verb=Verb.SUBSCRIPTION_CHANGED)
    assert (event.by, event.note) == (lead, "reminders on, news off")


def test_a_choice_that_there_is_not_is_refused_in_words(client_of: ClientOf, lead: User) -> None:
    response = client_of(lead).post("/your-emails/save", {"gets": ["everything"]})
    assert response.status_code == 200
    assert "There is a problem" in response.text
    assert wants(lead) == (True, True)


def test_everybody_who_is_signed_in_finds_the_page_in_the_footer(
    client_of: ClientOf, staff: User, client: Client
) -> None:
    assert 'href="/your-emails/"' in client_of(staff).get("/your-emails/").text
    assert 'href="/your-emails/"' not in client.get("/register/").text


# --- The link in an e-mail ---------------------------------------------------------------------


def test_reading_the_link_changes_nothing(client: Client, lead: User) -> None:
    before = fingerprint()
    for address in (link(lead), link(lead, "confirm")):
        for read in (client.get, client.head):
            assert read(address, follow=True).status_code == 200
    assert fingerprint() == before
    assert wants(lead) == (True, True)


def test_one_press_without_sign_in_turns_off_all_but_the_essential(
    client: Client, lead: User
) -> None:
    assert "Stop reminders and news" in client.get(link(lead)).text
    response = client.post(link(lead, "confirm"), follow=True)
    assert "You get only essential e-mails" in response.text
    assert wants(lead) == (False, False)
    event = Event.objects.get(verb=Verb.SUBSCRIPTION_CHANGED)
    assert event.note == "reminders off, news off, with the link in an e-mail"


def test_a_mail_program_needs_no_page_no_token_and_no_redirect(lead: User) -> None:
    program = Client(enforce_csrf_checks=True)
    for _ in range(2):
        response = program.post(link(lead, "confirm"), {"List-Unsubscribe": "One-Click"})
        assert response.status_code == 200
    assert wants(lead) == (False, False)
    assert Event.objects.filter(verb=Verb.SUBSCRIPTION_CHANGED).count() == 1


def test_the_page_is_kept_by_no_cache_and_no_search_engine(client: Client, lead: User) -> None:
    response = client.get(link(lead))
    assert "no-store" in response["Cache-Control"]
    assert 'name="robots" content="noindex"' in response.text
    assert lead.email not in response.text


@pytest.mark.parametrize("token", ["x", "1:abc", "eyJh:ZZ", "%00", "ü", "a" * 3000, "../../"])
def test_a_link_that_we_did_not_make_is_refused_in_words(
    token: str, client: Client, lead: User
) -> None:
    page = client.get(f"/unsubscribe/{token}/")
    assert page.status_code in {400, 404}
    client.post(f"/unsubscribe/{token}/confirm", {"List-Unsubscribe": "One-Click"})
    assert wants(lead) == (True, True)


def test_a_link_of_another_person_is_no_link_of_this_one(
    client: Client, lead: User, leader: User
) -> None:
    signature = unsubscribe_token(lead).rpartition(":")[2]
    forged = f"{unsubscribe_token(leader).rpartition(':')[0]}:{signature}"
    response = client.get(f"/unsubscribe/{forged}/")
    assert response.status_code == 404
    assert "This link does not work" in response.text


def test_a_digest_carries_the_link_and_says_that_one_press_is_enough(
    partner: Partner, lead: User, leader: User, mailoutbox: Any, client: Client
) -> None:
    happen(partner, leader)
    make_due()
    [message] = gather_notices()
    send_message(message)
    mail: Mail = mailoutbox[0].message()
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = str(mail["List-Unsubscribe"]).strip("<>").removeprefix("http://localhost:8000")
    assert client.post(address, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert wants(lead) == (False, False)
