"""ecda's people get their office by a command; every sign-in is noted."""

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from signatories.models import Event, User
from signatories.verbs import Verb
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db


def test_a_new_person_is_added_with_the_office() -> None:
    call_command("appoint", "Sam@ecda.example", "Sam Example", "--office=administrator")
    person = User.objects.get(email="sam@ecda.example")
    assert person.is_administrator
    assert not person.has_usable_password()
    assert Event.objects.about(person).get().note == "sam@ecda.example: administrator"


def test_a_known_person_keeps_their_name_and_gets_the_office() -> None:
    person = make_user("Known Already", email="known@ecda.example")
    call_command("appoint", "KNOWN@ecda.example", "Another Name", "--office=staff")
    person.refresh_from_db()
    assert (person.name, person.office) == ("Known Already", "staff")
    assert User.objects.count() == 1


def test_a_closed_account_is_refused() -> None:
    make_user(email="gone@ecda.example", is_active=False)
    with pytest.raises(CommandError, match="closed"):
        call_command("appoint", "gone@ecda.example", "Gone")


def test_an_address_that_is_none_is_refused() -> None:
    with pytest.raises(CommandError, match="valid email address"):
        call_command("appoint", "nobody", "Nobody")
    assert not User.objects.exists()


def test_a_sign_in_is_one_line_of_the_timeline(client: Client) -> None:
    person = make_user("Pat Person", email="pat@people.example")
    person.set_password(PASSWORD)
    person.save()
    client.post("/accounts/login/", {"login": person.email, "password": "wrong"})
    assert not Event.objects.about(person).exists()
    client.post("/accounts/login/", {"login": person.email, "password": PASSWORD})
    event = Event.objects.about(person).get()
    assert (event.verb, event.by) == (Verb.SIGNED_IN, person)
