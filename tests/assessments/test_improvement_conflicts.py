"""Two people change one improvement: what can be merged is, the rest is asked, nothing retyped."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessments.models import Improvement
from commitments.models import Edition
from declaration.writers import sign_writer
from signatories.models import Membership, Partner, User
from tests.assessments.improving import (
    WHAT,
    boxes,
    change,
    current,
    in_days,
    make_improvement,
    path_of,
    post_improvement,
)
from tests.assessments.posting import fields_in, text_of

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]
MINE, THEIRS = "Publish it in spring.", "Publish it in autumn."


@pytest.fixture
def seen(edition: Edition, partner: Partner, lead: User) -> Improvement:
    """The improvement as the contributor's page was made of it; the lead changes it afterwards."""
    return make_improvement(partner, lead, owner="Data manager")


def asked_in(response: Any) -> list[str]:
    return re.findall(r"What do you want to keep of “(.*?)”", text_of(response))


def test_fields_that_only_one_side_changed_merge_silently(
    seen: Improvement, lead: User, contributor: User, client_of: ClientOf
) -> None:
    change(seen, lead, due_on=in_days(10))
    client = client_of(contributor)
    response = post_improvement(client, seen, state="under_way", what=MINE)
    assert response.status_code == 302
    saved = current(seen)
    assert (saved.what, saved.state, saved.due_on) == (MINE, "under_way", in_days(10))
    assert (saved.owner, saved.version) == ("Data manager", 3)
    page = text_of(client.get(response["Location"]))
    assert "What a colleague changed meanwhile is kept too: When is it due" in page


def test_the_same_change_twice_is_no_conflict(
    seen: Improvement, lead: User, contributor: User, client_of: ClientOf
) -> None:
    change(seen, lead, state="done")
    assert post_improvement(client_of(contributor), seen, state="done").status_code == 302
    assert current(seen).version == 2


def test_what_both_changed_is_409_with_both_and_writes_nothing(
    seen: Improvement, lead: User, contributor: User, client_of: ClientOf
) -> None:
    change(seen, lead, what=THEIRS, due_on=in_days(10), owner="Lee")
    response = post_improvement(
        client_of(contributor), seen, what=MINE, due_on=in_days(20), state="done"
    )
    assert response.status_code == 409
    page = text_of(response)
    assert "Lee Lead saved this improvement" in page
    assert asked_in(response) == ["What will you do", "When is it due"]
    for text in (MINE, THEIRS, f"{in_days(10):%-d %B %Y}", f"{in_days(20):%-d %B %Y}"):
        assert text in page
    assert "What only your colleague changed is kept by itself: Who will see to it" in page
    assert current(seen).version == 2


CHOSEN = {"mine": MINE, "theirs": THEIRS, "both": f"{THEIRS}\n\n{MINE}"}


@pytest.mark.parametrize("choice", CHOSEN)
def test_mine_theirs_or_both_is_saved_with_one_press_and_nothing_is_retyped(
    choice: str, seen: Improvement, lead: User, contributor: User, client_of: ClientOf
) -> None:
    change(seen, lead, what=THEIRS, owner="Lee")
    client = client_of(contributor)
    page = post_improvement(client, seen, what=MINE, state="done", due_on=in_days(3))
    sent = fields_in(page, "conflict-form") | {"keep-what": [choice]}
    assert client.post(path_of(seen), sent).status_code == 302
    saved = current(seen)
    assert (saved.what, saved.owner) == (CHOSEN[choice], "Lee")
    assert (saved.state, saved.due_on, saved.version) == ("done", in_days(3), 3)


def test_what_is_not_decided_is_asked_again_with_everything_still_there(
    seen: Improvement, lead: User, contributor: User, client_of: ClientOf
) -> None:
    change(seen, lead, what=THEIRS)
    client = client_of(contributor)
    first = post_improvement(client, seen, what=MINE, state="done")
    again = client.post(path_of(seen), fields_in(first, "conflict-form"))
    assert again.status_code == 409
    assert "Choose what to keep of “What will you do”" in text_of(again)
    assert asked_in(again) == ["What will you do"]
    sent = fields_in(again, "conflict-form") | {"keep-what": ["mine"]}
    assert client.post(path_of(seen), sent).status_code == 302
    assert (current(seen).what, current(seen).state) == (MINE, "done")


def test_a_third_save_while_one_decides_is_asked_about_once_more(
    seen: Improvement, lead: User, contributor: User, client_of: ClientOf
) -> None:
    change(seen, lead, what=THEIRS)
    client = client_of(contributor)
    first = post_improvement(client, seen, what=MINE)
    change(seen, lead, what="Publish it in winter.", owner="Lee")
    sent = fields_in(first, "conflict-form") | {"keep-what": ["mine"]}
    second = client.post(path_of(seen), sent)
    assert second.status_code == 409
    assert "Publish it in winter." in text_of(second)
    sent = fields_in(second, "conflict-form") | {"keep-what": ["both"]}
    assert client.post(path_of(seen), sent).status_code == 302
    assert current(seen).what == f"Publish it in winter.\n\n{MINE}"
    assert current(seen).owner == "Lee"


def test_both_texts_that_are_too_long_together_come_back_to_be_shortened(
    seen: Improvement, lead: User, contributor: User, client_of: ClientOf
) -> None:
    change(seen, lead, what="t" * 1500)
    client = client_of(contributor)
    page = post_improvement(client, seen, what="m" * 1500)
    sent = fields_in(page, "conflict-form") | {"keep-what": ["both"]}
    response = client.post(path_of(seen), sent)
    assert response.status_code == 200
    assert "must be 2000 characters or fewer" in text_of(response)
    typed = fields_in(response, "improvement-form")
    assert typed["what"] == ["t" * 1500 + "\n\n" + "m" * 1500]
    sent = typed | {"what": ["Shorter."]}
    assert client.post(path_of(seen), sent).status_code == 302
    assert current(seen).what == "Shorter."


@pytest.mark.parametrize("version", ["", "0", "-1", "1.0", "x", "٢", "9" * 40, "7"])
def test_a_forged_version_is_asked_about_field_by_field(
    version: str, seen: Improvement, contributor: User, client_of: ClientOf
) -> None:
    response = post_improvement(
        client_of(contributor), seen, version=version, what=MINE, owner="Me"
    )
    assert response.status_code == 409
    assert asked_in(response) == ["What will you do", "Who will see to it"]
    assert current(seen).version == 1


# --- Refused, and nothing lost -------------------------------------------------------------------


def signed_form(client: Client, seen: Improvement) -> dict[str, list[str]]:
    """What the page would send, with somebody's typing in it."""
    fields = fields_in(client.get(path_of(seen)), "improvement-form")
    return fields | {"what": [MINE], **{k: [v] for k, v in boxes(in_days(2)).items()}}


def test_after_the_session_has_ended_everything_typed_is_on_the_page_and_one_press_saves_it(
    seen: Improvement, contributor: User, client_of: ClientOf
) -> None:
    client = client_of(contributor)
    typed = signed_form(client, seen)
    client.logout()
    kept = client.post(path_of(seen), typed)
    assert kept.status_code == 403
    assert "Sign in to save this" in text_of(kept)
    assert "Braintree" not in text_of(kept)
    assert WHAT not in text_of(kept)
    again = fields_in(kept, "improvement-form")
    assert {name: again[name] for name in typed if name != "csrfmiddlewaretoken"} == {
        name: texts for name, texts in typed.items() if name != "csrfmiddlewaretoken"
    }
    assert current(seen).version == 1
    client.force_login(contributor)
    assert client.post(path_of(seen), again).status_code == 302
    assert (current(seen).what, current(seen).due_on) == (MINE, in_days(2))


def test_a_conflict_page_after_the_session_has_ended_overwrites_nobody(
    seen: Improvement, lead: User, contributor: User, client_of: ClientOf
) -> None:
    change(seen, lead, what=THEIRS, owner="Lee")
    client = client_of(contributor)
    typed = signed_form(client, seen) | {"version": ["1"]}
    asked = fields_in(client.post(path_of(seen), typed), "conflict-form")
    client.logout()
    kept = client.post(path_of(seen), asked | {"keep-what": ["both"]})
    assert kept.status_code == 403
    assert MINE in text_of(kept)
    client.force_login(contributor)
    again = client.post(path_of(seen), fields_in(kept, "improvement-form"))
    assert again.status_code == 409
    assert asked_in(again) == ["What will you do"]
    assert current(seen).what == THEIRS


def test_a_conflict_page_that_was_tampered_with_overwrites_nobody(
    seen: Improvement, lead: User, contributor: User, client_of: ClientOf
) -> None:
    change(seen, lead, what=THEIRS)
    client = client_of(contributor)
    asked = fields_in(post_improvement(client, seen, what=MINE), "conflict-form")
    wrong = client.post(path_of(seen), asked | {"keep-what": ["mine"], "owner": ["x" * 300]})
    assert wrong.status_code == 200
    mended = fields_in(wrong, "improvement-form") | {"owner": ["Me"]}
    assert client.post(path_of(seen), mended).status_code == 409
    assert current(seen).what == THEIRS


def test_an_old_csrf_token_brings_everything_typed_back_with_a_new_one(
    seen: Improvement, contributor: User
) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(contributor)
    typed = signed_form(client, seen) | {"csrfmiddlewaretoken": ["x" * 64]}
    kept = client.post(path_of(seen), typed)
    assert kept.status_code == 403
    assert "Save this once more" in text_of(kept)
    assert client.post(path_of(seen), fields_in(kept, "improvement-form")).status_code == 302
    assert current(seen).what == MINE


def test_what_one_person_typed_is_not_given_back_to_another(
    seen: Improvement, contributor: User, lead: User, client_of: ClientOf
) -> None:
    typed = signed_form(client_of(contributor), seen) | {"csrfmiddlewaretoken": ["x" * 64]}
    client = Client(enforce_csrf_checks=True)
    client.force_login(lead)
    response = client.post(path_of(seen), typed)
    assert response.status_code == 403
    assert MINE not in text_of(response)


FORGED: dict[str, Callable[[User], str]] = {
    "none": lambda person: "",
    "forged": lambda person: "x:y:z",
    "of another improvement": lambda person: sign_writer(person.pk, "improvement-999999"),
    "huge": lambda person: "x" * 100_000,
}


@pytest.mark.parametrize("name", FORGED)
def test_a_form_that_we_did_not_give_out_is_only_asked_to_sign_in(
    name: str, seen: Improvement, contributor: User, client: Client
) -> None:
    typed = {"what": MINE, "writer": FORGED[name](contributor)}
    response = client.post(path_of(seen), typed)
    assert response.status_code == 302
    assert "/accounts/login" in response["Location"]


def test_somebody_whose_role_has_ended_can_copy_what_they_typed(
    seen: Improvement, contributor: User, client_of: ClientOf
) -> None:
    client = client_of(contributor)
    typed = signed_form(client, seen)
    Membership.objects.filter(person=contributor).update(ended_at=timezone.now())
    response = client.post(path_of(seen), typed)
    page = text_of(response)
    assert response.status_code == 404
    assert MINE in page
    assert f"{in_days(2).day} {in_days(2).month} {in_days(2).year}" in page
    assert "Braintree" not in page
    assert current(seen).version == 1


def test_a_new_improvement_is_not_lost_either(
    seen: Improvement, partner: Partner, contributor: User, client_of: ClientOf
) -> None:
    path = reverse("assessments:improvement-add", args=[partner.slug])
    client = client_of(contributor)
    typed = fields_in(client.get(path), "improvement-form") | {
        "what": [MINE],
        "indicator": [str(seen.indicator_id)],
    }
    client.logout()
    kept = client.post(path, typed)
    assert "Sign in to save this" in text_of(kept)
    again = fields_in(kept, "improvement-form") | {"indicator": typed["indicator"]}
    assert f'value="{seen.indicator_id}" selected' in text_of(kept)
    client.force_login(contributor)
    assert client.post(path, again).status_code == 302
    assert Improvement.objects.filter(what=MINE, added_by=contributor).exists()
    Membership.objects.filter(person=contributor).update(ended_at=timezone.now())
    refused = client.post(path, again)
    assert refused.status_code == 404
    assert MINE in text_of(refused)
