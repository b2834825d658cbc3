"""One e-mail a day and person: what waits first, then what happened, in text and in HTML."""

import re

import pytest
from django.conf import settings as portal
from django.core import mail

from signatories.actions.events import record
from signatories.actions.messages import gather_notices, send_message
from signatories.models import Membership, Message, Notice, Partner, User
from signatories.verbs import LEADS, Audience, Topic, Verb
from tests.factories import make_partner
from tests.signatories.telling import PLAIN, ask, happen, make_due

pytestmark = pytest.mark.django_db


def told() -> Message:
    """The one e-mail that is made of all that waits."""
    make_due()
    [message] = gather_notices()
    return message


def test_what_waits_comes_before_what_happened(partner: Partner, lead: User, leader: User) -> None:
    happen(partner, leader, "first")
    ask(partner, leader, "Sign this")
    happen(partner, leader, "second")
    body = told().body
    order = ["Hello Lee Lead,", "Waiting for you", "Sign this", "What happened", "first", "second"]
    places = [body.index(words) for words in order]
    assert places == sorted(places)


def test_the_text_and_the_html_say_the_same(partner: Partner, lead: User, leader: User) -> None:
    ask(partner, leader, "Sign this & that")
    happen(partner, leader, "<b>something</b>")
    message = told()
    assert "Sign this & that" in message.body
    assert "<b>something</b>" in message.body
    assert "Sign this &amp; that" in message.html
    assert "&lt;b&gt;something&lt;/b&gt;" in message.html
    links = re.findall(r"http\S+(?=\s|$)", message.body)
    assert set(links) == set(re.findall(r'href="([^"]+)"', message.html))
    assert f"{portal.PUBLIC_URL}/ask/" in links


def test_each_line_has_its_link_and_the_end_says_how_to_stop(
    partner: Partner, lead: User, leader: User
) -> None:
    happen(partner, leader)
    body = told().body
    assert f"* Lara Leader did something for {partner}.\n  {portal.PUBLIC_URL}/news/\n" in body
    assert "You get this e-mail because" in body
    assert f"{portal.PUBLIC_URL}/your-emails/" in body
    assert f"{portal.PUBLIC_URL}/unsubscribe/" in body


def test_one_thing_that_waits_is_the_subject(partner: Partner, lead: User, leader: User) -> None:
    happen(partner, leader, times=3)
    ask(partner, leader, "Sign this.\nSoon.")
    assert told().subject == "Essex Data Declaration: Lara Leader asks you: Sign this. Soon"


def test_several_things_that_wait_are_counted(partner: Partner, lead: User, leader: User) -> None:
    for _ in range(3):
        ask(partner, leader)
    happen(partner, leader, times=2)
    assert told().subject == "Essex Data Declaration: 3 things wait for you"


def test_news_alone_is_counted(partner: Partner, lead: User, leader: User) -> None:
    happen(partner, leader, times=2)
    message = told()
    assert message.subject == "Essex Data Declaration: 2 things have happened"
    assert "Waiting for you" not in message.body + message.html


def test_what_concerns_several_partners_stands_under_their_names(
    partner: Partner, other_partner: Partner, lead: User, leader: User
) -> None:
    Membership.objects.create(person=lead, partner=other_partner, role="lead")
    happen(other_partner, leader, "one")
    happen(partner, leader, "two")
    happen(other_partner, leader, "three")
    body = told().body
    order = [f"\n{partner}\n", "did two", f"\n{other_partner}\n", "did one", "did three"]
    places = [body.index(words) for words in order]
    assert places == sorted(places)


def test_one_partner_needs_no_heading(partner: Partner, lead: User, leader: User) -> None:
    happen(partner, leader, times=2)
    assert f"\n{partner}\n" not in told().body


def test_after_fifty_news_the_rest_is_counted_with_the_timeline_that_shows_it(
    partner: Partner, lead: User, leader: User
) -> None:
    for number in range(60):
        happen(partner, leader, f"thing {number:02}")
    message = told()
    assert message.body.count("\n* ") == message.html.count("<li") == 50
    assert "thing 09 " not in message.body
    assert "thing 10 " in message.body
    page = f"{portal.PUBLIC_URL}/partners/{partner.slug}/timeline/"
    words = f"and 10 more at {partner}, on its timeline:"
    assert f"\n{words}\n{page}\n" in message.body
    assert words in message.html
    assert f'href="{page}"' in message.html
    assert Notice.objects.filter(message=message).count() == 60


def test_what_waits_and_what_is_essential_is_never_left_out(
    partner: Partner, lead: User, leader: User
) -> None:
    essential = {Verb.SIGNED: Audience("Know {note}.", roles=LEADS, topic=Topic.ESSENTIAL)}
    for number in range(60):
        ask(partner, leader, f"sign {number:02}")
        record(verb=Verb.SIGNED, by=leader, partner=partner, note=f"x{number}", notices=essential)
    happen(partner, leader, times=2)
    body = told().body
    assert body.count("\n* ") == 122
    assert "on its timeline" not in body


def test_what_concerns_no_partner_stands_in_no_timeline_and_is_never_left_out(staff: User) -> None:
    of_rounds = {Verb.SIGNED: Audience("A round: {note}.", offices=frozenset({"staff"}))}
    for number in range(60):
        record(verb=Verb.SIGNED, by=None, note=f"x{number}", notices=of_rounds)
    assert told().body.count("\n* ") == 60


def test_the_rest_of_very_many_partners_is_one_line(staff: User) -> None:
    to_ecda = {Verb.SIGNED: Audience("{partner} did it.", offices=frozenset({"staff"}))}
    for partner in [make_partner() for _ in range(70)]:
        record(verb=Verb.SIGNED, by=None, partner=partner, notices=to_ecda)
    assert "and 20 more at 20 partners, on their timelines:" in told().body


def test_whoever_has_turned_all_off_is_not_told_how_to_turn_it_off(
    partner: Partner, lead: User, leader: User
) -> None:
    User.objects.filter(pk=lead.pk).update(gets_news=False)
    ask(partner, leader)
    message = told()
    assert "/unsubscribe/" in message.body
    send_message(message)
    assert "List-Unsubscribe" in mail.outbox[-1].extra_headers
    User.objects.filter(pk=lead.pk).update(gets_reminders=False)
    send_message(Message.objects.get())
    assert "List-Unsubscribe" not in mail.outbox[-1].extra_headers
    Message.objects.update(state="failed")
    ask(partner, leader)
    [message] = gather_notices()
    assert "/unsubscribe/" not in message.body + message.html
    assert "/your-emails/" in message.body


def test_a_long_subject_is_cut_where_a_subject_ends(
    partner: Partner, lead: User, leader: User
) -> None:
    record(verb=Verb.SIGNED, by=leader, partner=partner, note="x " * 400, notices=PLAIN)
    subject = told().subject
    assert len(subject) <= 200
    assert subject.endswith("…")


def test_names_cannot_forge_a_line_or_a_header(partner: Partner, lead: User, leader: User) -> None:
    User.objects.filter(pk=lead.pk).update(name="Lee\r\nBcc: all@example.org")
    partner.name = "Braintree\n\nEssex Centre for Data Analytics (ecda)\nhttps://evil.example/"
    happen(partner, leader)
    message = told()
    assert "Hello Lee Bcc: all@example.org," in message.body
    assert "\nhttps://evil" not in message.body
