"""ecda writes to people of several partners: whom, checked first, sent once."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assessments.dashboards.recipients import Choice, Group, read_recipients
from assessments.models import Assessment, Round
from assessments.workflow import State
from commitments.models import Edition
from signatories.models import Letter, Membership, Message, Partner, User
from tests.assessment_factories import bring_to, make_round, save
from tests.assessments.posting import fields_in, text_of
from tests.factories import make_member, make_partner, make_signature, make_user

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]
TEXT = "We meet on Monday.\n\n<b>Come</b> {{ all }}"


def typed(**changed: Any) -> dict[str, Any]:
    """The form filled in for all leads and leaders."""
    return {
        "group": "all",
        "round": "",
        "roles": ["lead", "leader"],
        "subject": "A meeting",
        "text": TEXT,
        "key": "one-letter",
    } | changed


def fields(response: Any, form: str = "letter-form") -> dict[str, Any]:
    """What a browser would send of the form: lists where several can be ticked."""
    found = fields_in(response, form)
    lists = {"partners", "roles"}
    return {name: values if name in lists else values[-1] for name, values in found.items()}


def check(client: Client, **changed: Any) -> Any:
    return client.post("/letters/write/", typed(**changed))


def send(client: Client, checked: Any) -> Any:
    """Press the button of the page that was checked, with the fields that it holds."""
    return client.post("/letters/write/send", fields(checked, "send-form"))


@pytest.fixture
def county(edition: Edition, staff: User) -> dict[str, Partner]:
    """Partners that stand at different places in a round that is overdue."""
    named = {
        name: make_partner(name.capitalize(), slug=name)
        for name in ("draft", "started", "awaiting", "submitted", "accepted", "changes", "extended")
    }
    people = {name: make_member(partner, "leader") for name, partner in named.items()}
    found = make_round(edition, staff)
    for name in ("awaiting", "submitted", "accepted", "changes"):
        mine = Assessment.objects.get(partner=named[name], round=found)
        bring_to(mine, State(name), leader=people[name], staff=staff)
    started = Assessment.objects.get(partner=named["started"], round=found)
    save(started.answers.in_order()[0], people["started"])
    today = timezone.localdate()
    Round.objects.filter(pk=found.pk).update(
        opens_on=today - timedelta(days=40),
        due_on=today - timedelta(days=3),
        closes_on=today + timedelta(days=4),
    )
    more = Assessment.objects.get(partner=named["extended"], round=found)
    more.extensions.create(until=today + timedelta(days=5), reason="Ill", granted_by=staff)
    Assessment.objects.filter(pk=more.pk).update(extended_to=today + timedelta(days=5))
    make_signature(named["draft"], edition, people["draft"])
    named["without"] = make_partner("Without", slug="without")
    make_member(named["without"], "lead")
    Partner.objects.filter(pk=make_partner("Gone").pk).update(active_to="2020-01-01")
    return named


@pytest.mark.parametrize(
    ("group", "expected"),
    [
        (Group.OVERDUE, "awaiting changes draft started"),
        (Group.NOT_STARTED, "draft extended"),
        (Group.AWAITING, "awaiting"),
        (Group.CHANGES, "changes"),
        (Group.SUBMITTED, "submitted"),
        (Group.UNSIGNED, "accepted awaiting changes extended started submitted without"),
        (Group.NO_LEADER, "without"),
        (Group.PICKED, "draft without"),
        (Group.ALL, "accepted awaiting changes draft extended started submitted without"),
    ],
)
def test_each_group_is_who_stands_there_now(
    group: Group, expected: str, county: dict[str, Partner]
) -> None:
    picked = ("draft", "without", "gone")
    choice = Choice(group, Round.objects.current(), picked, ("lead", "leader"))
    with CaptureQueriesContext(connection) as queries:
        found = read_recipients(choice)
    assert " ".join(each.partner.slug for each in found.addressees) == expected
    assert len(queries) == 2


def test_after_the_round_closed_nobody_is_overdue_and_a_group_did_not_finish(
    county: dict[str, Partner],
) -> None:
    Round.objects.update(closes_on=timezone.localdate() - timedelta(days=1))
    found = {
        group: [
            each.partner.slug
            for each in read_recipients(
                Choice(group, Round.objects.current(), (), ("lead", "leader"))
            ).addressees
        ]
        for group in (Group.OVERDUE, Group.UNFINISHED)
    }
    assert found[Group.OVERDUE] == []
    assert found[Group.UNFINISHED] == ["awaiting", "changes", "draft", "started"]


def test_partners_where_nobody_has_the_role_are_named(county: dict[str, Partner]) -> None:
    choice = Choice(Group.ALL, Round.objects.current(), (), ("lead",))
    found = read_recipients(choice)
    assert [each.partner.slug for each in found.addressees] == ["without"]
    assert "Draft" in found.nobody_at


def test_what_is_checked_is_exactly_what_goes(
    county: dict[str, Partner], staff: User, client_of: ClientOf
) -> None:
    client = client_of(staff)
    checked = check(client, group="overdue")
    page = " ".join(text_of(checked).split())
    assert "It goes to <strong>4 people at 4 partners</strong>" in page
    assert "&lt;b&gt;Come&lt;/b&gt; {{ all }}" in checked.text
    assert not Letter.objects.exists()
    shown = {person.email for person in checked.context["to"].people}
    for address in shown:
        assert address in page
    sent = send(client, checked)
    letter = Letter.objects.get()
    assert sent.url == f"/letters/{letter.pk}/"
    assert set(letter.messages.values_list("to", flat=True)) == shown
    assert letter.subject == "A meeting"
    assert letter.body == TEXT
    assert letter.chosen.startswith("Partners whose self-assessment is overdue in round ")
    body = letter.messages.all()[0].body
    assert TEXT in body
    assert body.startswith("Hello ")
    assert f"\n{staff.name}\n" in body


def test_pressing_twice_sends_once(
    county: dict[str, Partner], staff: User, client_of: ClientOf
) -> None:
    client = client_of(staff)
    checked = check(client)
    first, second = send(client, checked), send(client, checked)
    assert first.url == second.url
    assert Letter.objects.count() == 1
    assert Message.objects.filter(kind="letter").count() == 8


def test_pressing_back_and_sending_again_sends_nothing_new(
    county: dict[str, Partner], staff: User, client_of: ClientOf
) -> None:
    client = client_of(staff)
    sent = send(client, check(client))
    again = check(client)
    assert "A letter was sent" not in text_of(again)
    assert send(client, again).url == sent.url
    assert Letter.objects.count() == 1


@pytest.mark.parametrize(
    "changed", [{"subject": "Another"}, {"text": "Not on Monday"}, {"roles": ["leader"]}]
)
def test_a_letter_that_was_changed_after_it_was_sent_is_another_one_and_is_checked_again(
    changed: dict[str, Any], county: dict[str, Partner], staff: User, client_of: ClientOf
) -> None:
    client = client_of(staff)
    checked = check(client)
    sent = send(client, checked)
    held = fields(checked, "send-form") | changed
    again = client.post("/letters/write/send", held)
    assert again.status_code == 409
    words = " ".join(text_of(again).split())
    at = timezone.localtime(Letter.objects.get().at)
    assert f"A letter was sent at {at:%H:%M} on {at:%-d %B %Y}, and this one is different." in words
    assert sent.url in words
    assert Letter.objects.count() == 1
    second = send(client, again)
    assert second.url != sent.url
    assert Letter.objects.count() == 2
    assert send(client, again).url == second.url


def test_checking_a_letter_that_was_changed_after_it_was_sent_says_so(
    county: dict[str, Partner], staff: User, client_of: ClientOf
) -> None:
    client = client_of(staff)
    send(client, check(client))
    again = check(client, text="Not on Monday")
    assert "and this one is different." in text_of(again)
    assert fields(again, "send-form")["key"] != "one-letter"


def change_after_sending(client: Client) -> dict[str, Any]:
    """The form to change a letter, reached by the browser's Back after it was sent."""
    checked = check(client)
    send(client, checked)
    return fields(client.post("/letters/write/", fields(checked, "send-form") | {"change": "yes"}))


def test_a_letter_that_was_sent_and_not_changed_is_not_sent_again(
    county: dict[str, Partner], staff: User, client_of: ClientOf
) -> None:
    client = client_of(staff)
    again = client.post("/letters/write/", change_after_sending(client))
    assert send(client, again).url == f"/letters/{Letter.objects.get().pk}/"
    assert Letter.objects.count() == 1


def test_a_letter_that_was_sent_and_changed_is_another_one_and_says_so(
    county: dict[str, Partner], staff: User, client_of: ClientOf
) -> None:
    client = client_of(staff)
    typed_again = change_after_sending(client) | {"text": "Not on Monday"}
    again = client.post("/letters/write/", typed_again)
    assert again.status_code == 409
    assert "and this one is different." in text_of(again)
    assert fields(again, "send-form")["key"] not in {"", "one-letter"}


def test_whoever_has_changed_since_is_told_and_nothing_is_sent(
    county: dict[str, Partner], staff: User, client_of: ClientOf
) -> None:
    client = client_of(staff)
    checked = check(client, group="picked", partners=["draft", "without"])
    gone = make_member(county["draft"], "lead", "Gone Again")
    checked = check(client, group="picked", partners=["draft", "without"])
    Membership.objects.filter(person=gone).update(ended_at=timezone.now())
    come = make_member(county["without"], "leader", "Newly Come")
    again = send(client, checked)
    assert again.status_code == 409
    page = text_of(again)
    assert f"No longer: {gone.name}." in page
    assert f"New: {come.name}." in page
    assert not Letter.objects.exists()
    assert send(client, again).status_code == 302
    assert come.email in set(Message.objects.values_list("to", flat=True))
    assert gone.email not in set(Message.objects.values_list("to", flat=True))


def test_a_person_at_two_partners_gets_it_once(
    county: dict[str, Partner], staff: User, client_of: ClientOf
) -> None:
    both = make_user("Bo Both")
    for slug in ("draft", "without"):
        Membership.objects.create(person=both, partner=county[slug], role="lead")
    client = client_of(staff)
    send(client, check(client, group="picked", partners=["draft", "without"]))
    assert Message.objects.filter(kind="letter", person=both).count() == 1


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"group": ""}, "Select whom the letter is for"),
        ({"group": "everybody"}, "Select whom the letter is for from the list"),
        ({"group": "picked"}, "Select at least one partner"),
        ({"group": "picked", "partners": ["nowhere"]}, "Select partners from the list"),
        ({"round": "1066"}, "Select a round from the list"),
        ({"roles": []}, "Select at least one role"),
        ({"roles": ["king"]}, "Select roles from the list"),
        ({"subject": " "}, "Enter a subject"),
        ({"subject": "x" * 151}, "Subject must be 150 characters or less"),
        ({"text": ""}, "Enter what you want to say"),
        ({"group": "no-leader", "roles": ["leader"]}, "Nobody has such a role at Without"),
    ],
)
def test_what_cannot_be_sent_is_refused_in_words_and_nothing_typed_is_lost(
    changed: dict[str, Any],
    words: str,
    county: dict[str, Partner],
    staff: User,
    client_of: ClientOf,
) -> None:
    for address in ("/letters/write/", "/letters/write/send"):
        response = client_of(staff).post(address, typed(**changed))
        assert response.status_code == 200
        page = text_of(response)
        assert words in page
        assert "<title>Error: Write to partners" in page
        kept = fields(response)
        given = typed(**changed)
        assert kept["subject"] == given["subject"]
        assert kept["text"].replace("\r\n", "\n") == given["text"]
    assert not Letter.objects.exists()


def test_an_empty_group_is_refused_in_words(
    assessment: Assessment, lead: User, staff: User, client_of: ClientOf
) -> None:
    page = text_of(check(client_of(staff), group="submitted"))
    assert "No partner is among these now. Select other partners" in page


def test_before_the_first_round_only_groups_without_one_can_be_chosen(
    partner: Partner, lead: User, staff: User, client_of: ClientOf
) -> None:
    client = client_of(staff)
    assert "No round has opened yet" in text_of(check(client, group="overdue"))
    assert "Check the letter" in text_of(check(client, group="all"))
    assert send(client, check(client, group="all")).status_code == 302


def test_links_choose_the_group_the_round_and_the_partners(
    county: dict[str, Partner], staff: User, client_of: ClientOf
) -> None:
    client, slug = client_of(staff), Round.objects.get().slug
    page = client.get(f"/letters/write/?group=overdue&round={slug}")
    assert f'<option value="{slug}" selected>' in page.text
    kept = fields(page)
    assert (kept["group"], kept["roles"]) == ("overdue", ["lead", "leader"])
    kept = fields(client.get("/letters/write/?partner=draft&partner=without"), "letter-form")
    assert (kept["group"], kept["partners"]) == ("picked", ["draft", "without"])
    assert client.get("/letters/write/?group=no&round=x&partner=y").status_code == 200


def test_change_it_brings_back_all_that_was_typed(
    county: dict[str, Partner], staff: User, client_of: ClientOf
) -> None:
    client = client_of(staff)
    checked = check(client, group="picked", partners=["draft", "without"], roles=["lead"])
    held = fields(checked, "send-form") | {"change": "yes"}
    back = client.post("/letters/write/", held)
    kept = fields(back)
    assert kept["text"].replace("\r\n", "\n") == TEXT
    assert (kept["subject"], kept["group"], kept["key"]) == ("A meeting", "picked", "one-letter")
    assert (kept["partners"], kept["roles"]) == (["draft", "without"], ["lead"])
    assert "Error" not in text_of(back)


def test_the_same_words_to_other_picked_partners_are_another_letter(
    county: dict[str, Partner], staff: User, client_of: ClientOf
) -> None:
    """In two windows: the second must not be taken for a second press of the first's button."""
    client = client_of(staff)
    ours = check(client, group="picked", partners=["draft"], roles=["leader"])
    theirs = check(client, group="picked", partners=["started"], roles=["leader"])
    assert send(client, ours).status_code == 302
    again = send(client, theirs)
    assert again.status_code == 409
    assert fields(again, "send-form")["key"] != "one-letter"
    assert send(client, again).status_code == 302
    # A second press of the first one’s button is none.
    assert send(client, ours).status_code == 302
    leaders = [county[name].memberships.get().person for name in ("draft", "started")]
    assert [message.person for message in Message.objects.order_by("pk")] == leaders


def test_no_word_is_lost_without_a_session(
    county: dict[str, Partner], staff: User, client_of: ClientOf
) -> None:
    page = client_of(staff).get("/letters/write/")
    writer = fields(page)["writer"]
    for address in ("/letters/write/", "/letters/write/send"):
        response = Client().post(address, typed(writer=writer))
        assert response.status_code == 401
        assert "We meet on Monday." in response.text
        assert "A meeting" in response.text
        assert "&lt;b&gt;Come" in response.text
    stranger = Client().post("/letters/write/", typed(writer="forged"))
    assert "We meet on Monday." not in stranger.text


@pytest.mark.parametrize("size", [3, 30])
def test_checking_takes_the_same_queries_for_any_number_of_partners(
    size: int, edition: Edition, staff: User, client_of: ClientOf
) -> None:
    for _ in range(size):
        make_member(make_partner(), "lead")
    make_round(edition, staff)
    client = client_of(staff)
    check(client)
    with CaptureQueriesContext(connection) as found:
        assert check(client).status_code == 200
    assert len(found) == 7
