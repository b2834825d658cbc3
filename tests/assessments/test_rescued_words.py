"""Session gone, CSRF token old, role removed, all while typing: nothing is lost, nothing leaks."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from django.contrib.messages import get_messages
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessments.models import Answer, Assessment, Draft
from assessments.models.drafts import MAX_DRAFT_BYTES
from assessments.views import respond
from declaration.writers import sign_writer
from signatories.models import Membership, User
from tests.assessments.drafting import HOURS, draft_of, half_typed, keep, said, submit, token
from tests.assessments.posting import filled, stored, text_of
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]
TEXT = HOURS["prose"]


@pytest.fixture
def answer(assessment: Assessment) -> Answer:
    """The first one."""
    return assessment.answers.in_order()[0]


@pytest.fixture
def lead(lead: User) -> User:
    """A lead who signs in with a password."""
    lead.set_password(PASSWORD)
    lead.save()
    return lead


def edit_path(answer: Answer) -> str:
    return reverse("assessments:answer-edit", args=[answer.pk])


def sign_in(client: Client, person: User, to: str) -> Any:
    typed = {"login": person.email, "password": PASSWORD, "next": to}
    return client.post("/accounts/login/", typed, follow=True)


def old_token(person: User) -> Client:
    """Signed in, with a form whose CSRF token is from before: as after signing in again."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(person)
    return client


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


# --- The session has gone ------------------------------------------------------------------------


@pytest.mark.parametrize("name", HOURS)
def test_after_signing_in_again_the_text_is_in_the_form(
    name: str, answer: Answer, lead: User
) -> None:
    client = Client()
    text = HOURS[name]
    response = submit(client, answer, writer=token(lead, answer), narrative=text)
    assert response.status_code == 302
    assert response.headers["Location"] == f"/accounts/login/?next={edit_path(answer)}"
    page = sign_in(client, lead, edit_path(answer))
    assert page.request["PATH_INFO"] == edit_path(answer)
    shown = text_of(page)
    assert text in shown
    assert "https://half.exam" in shown
    assert "have not saved it" in shown
    assert stored(answer).version == 1


def test_one_click_saves_it_then(answer: Answer, lead: User) -> None:
    client = Client()
    sent = filled(answer, narrative=TEXT, writer=token(lead, answer))
    client.post(reverse("assessments:answer-save", args=[answer.pk]), sent)
    page = sign_in(client, lead, edit_path(answer))
    form = {name: page.context["form"][name].value() for name in ("page", "revision", "version")}
    again = sent | form | {"next": "return"}
    response = client.post(reverse("assessments:answer-save", args=[answer.pk]), again)
    assert response.status_code == 302
    assert stored(answer).narrative == TEXT
    assert not Draft.objects.exists()


def test_signing_in_by_code_leads_to_the_text_too(answer: Answer, lead: User) -> None:
    client = Client()
    response = submit(client, answer, writer=token(lead, answer), narrative=TEXT)
    sign_in_page = text_of(client.get(response.headers["Location"]))
    [ask] = re.findall(r'href="(/accounts/login/code/[^"]*)"', sign_in_page)
    asking = client.get(ask)
    confirming = client.post(ask, {"email": lead.email, **onwards(asking)}, follow=True)
    [letter] = mail.outbox
    [code] = re.findall(r"^\s*([A-Z0-9]{3,}(?:-[A-Z0-9]{3,})*)\s*$", str(letter.body), re.MULTILINE)
    path = confirming.request["PATH_INFO"]
    page = client.post(path, {"code": code, **onwards(confirming)}, follow=True)
    assert page.request["PATH_INFO"] == edit_path(answer)
    assert TEXT in text_of(page)


def onwards(page: Any) -> dict[str, str]:
    """Where a page of signing in says that it leads."""
    return dict(re.findall(r'type="hidden" name="(next)" value="([^"]*)"', text_of(page)))


def test_the_sign_in_page_says_that_the_text_is_kept(answer: Answer, lead: User) -> None:
    client = Client()
    submit(client, answer, writer=token(lead, answer))
    assert "What you typed is kept" in text_of(client.get("/accounts/login/"))


def test_files_have_to_be_chosen_again_and_that_is_said(answer: Answer, lead: User) -> None:
    client = Client()
    file = SimpleUploadedFile("plan.pdf", b"%PDF-1.7")
    response = submit(client, answer, writer=token(lead, answer), files=file)
    [message] = get_messages(response.wsgi_request)
    assert "Choose your files again." in str(message)


def test_the_text_is_there_for_the_same_person_only(
    answer: Answer, lead: User, contributor: User, client_of: ClientOf
) -> None:
    submit(Client(), answer, writer=token(lead, answer), narrative="Words of the lead")
    assert "Words of the lead" not in text_of(client_of(contributor).get(edit_path(answer)))
    assert "Words of the lead" in text_of(client_of(lead).get(edit_path(answer)))


def test_what_another_tab_had_kept_is_put_aside_and_shown(
    answer: Answer, lead: User, client_of: ClientOf
) -> None:
    keep(answer, lead, "Words of the other tab", page="other")
    submit(Client(), answer, writer=token(lead, answer), narrative=TEXT)
    shown = text_of(client_of(lead).get(edit_path(answer)))
    assert TEXT in shown
    assert "Another text of yours" in shown
    assert "Words of the other tab" in shown


def test_a_session_of_more_than_twelve_hours_loses_nothing(
    answer: Answer, lead: User, client_of: ClientOf
) -> None:
    client = client_of(lead)
    client.get("/start/")
    writer = token(lead, answer)
    start = timezone.now()
    for hours in range(1, 13):
        with time_machine.travel(start + timedelta(hours=hours), tick=False):
            client.get(edit_path(answer))
    with time_machine.travel(start + timedelta(hours=13), tick=False):
        response = submit(client, answer, writer=writer, narrative=TEXT)
    assert response.headers["Location"].startswith("/accounts/login/?next=")
    assert said(draft_of(answer, lead)) == TEXT


# --- The CSRF token is old -----------------------------------------------------------------------


def test_with_an_old_csrf_token_the_text_is_in_the_form_at_once(answer: Answer, lead: User) -> None:
    client = old_token(lead)
    response = submit(client, answer, writer=token(lead, answer), narrative=TEXT)
    assert response.headers["Location"] == edit_path(answer)
    page = client.get(edit_path(answer))
    assert TEXT in text_of(page)
    assert "kept but not saved yet" in text_of(page)
    assert stored(answer).version == 1


def test_without_cookies_at_all_it_is_as_without_a_session(answer: Answer, lead: User) -> None:
    client = Client(enforce_csrf_checks=True)
    response = submit(client, answer, writer=token(lead, answer), narrative=TEXT)
    assert response.headers["Location"] == f"/accounts/login/?next={edit_path(answer)}"
    assert said(draft_of(answer, lead)) == TEXT


@pytest.mark.parametrize("client_for", [old_token, signed_in])
def test_when_somebody_else_is_signed_in_by_now_nothing_of_it_is_shown(
    client_for: Callable[[User], Client], answer: Answer, lead: User, contributor: User
) -> None:
    client = client_for(contributor)
    response = submit(client, answer, writer=token(lead, answer), narrative="Words of the lead")
    assert response.status_code == 403
    page = text_of(response)
    assert "Somebody else typed this" in page
    for secret in ("Words of the lead", "half.exam", "Lee Lead", "/drafts/"):
        assert secret not in page
    assert said(draft_of(answer, lead)) == "Words of the lead"
    assert (stored(answer).version, Draft.objects.count()) == (1, 1)


# --- The role has been removed -------------------------------------------------------------------


@pytest.mark.parametrize("name", HOURS)
def test_when_the_role_ends_all_that_was_typed_is_shown_to_be_copied(
    name: str, answer: Answer, lead: User, client_of: ClientOf
) -> None:
    client, text = client_of(lead), HOURS[name]
    Membership.objects.filter(person=lead).update(ended_at=timezone.now())
    sent = {"narrative": text, "plan_what": "Half a plan", "plan_due-year": "20"}
    response = submit(client, answer, writer=token(lead, answer), **sent)
    assert response.status_code == 404
    draft = draft_of(answer, lead)
    assert said(draft) == text
    for page in (text_of(response), text_of(client.get(f"/drafts/{draft.pk}/"))):
        for typed in (text, "Half a plan", "2 Developing", "https://half.exam", "20"):
            assert typed in page
    assert f"/drafts/{draft.pk}/" in text_of(response)
    assert "Braintree" not in text_of(response)
    assert stored(answer).version == 1


def test_staff_who_leave_the_partner_may_still_read_but_not_write(
    answer: Answer, staff_member: User, client_of: ClientOf
) -> None:
    client = client_of(staff_member)
    Membership.objects.filter(person=staff_member).update(ended_at=timezone.now())
    response = submit(client, answer, writer=token(staff_member, answer), narrative=TEXT)
    assert response.status_code == 403
    assert TEXT in text_of(response)
    assert said(draft_of(answer, staff_member)) == TEXT


def test_a_role_that_ended_before_the_session_did_loses_nothing_either(
    answer: Answer, lead: User
) -> None:
    client = Client()
    Membership.objects.filter(person=lead).update(ended_at=timezone.now())
    submit(client, answer, writer=token(lead, answer), narrative=TEXT)
    page = sign_in(client, lead, edit_path(answer))
    assert page.request["PATH_INFO"] == f"/drafts/{draft_of(answer, lead).pk}/"
    assert TEXT in text_of(page)


def test_a_person_who_was_switched_off_writes_nothing_and_can_copy_the_text(
    answer: Answer, disabled: User
) -> None:
    response = submit(Client(), answer, writer=token(disabled, answer), narrative=TEXT)
    assert response.status_code == 403
    assert "switched off" in text_of(response)
    assert TEXT in text_of(response)
    assert not Draft.objects.exists()


# --- What is not kept ----------------------------------------------------------------------------


def forged(lead: User, contributor: User, answer: Answer, other: Answer) -> dict[str, str]:
    """Tokens that are not this page's."""
    return {
        "none": "",
        "another answer": token(lead, other),
        "another subject": sign_writer(lead.pk, f"evidence-{answer.pk}"),
        "nobody": sign_writer(10**9, f"answer-{answer.pk}"),
        "cut off": token(lead, answer)[:-1],
        "another person’s, signed for the lead": (
            token(lead, answer).split(":", 1)[0] + ":" + token(contributor, answer).split(":", 1)[1]
        ),
        "a megabyte": "x" * 1_000_000,
    }


def test_a_token_that_is_not_the_page_s_keeps_nothing(
    assessment: Assessment, answer: Answer, lead: User, contributor: User
) -> None:
    other = assessment.answers.in_order()[1]
    for name, writer in forged(lead, contributor, answer, other).items():
        for client in (Client(), Client(enforce_csrf_checks=True)):
            response = submit(client, answer, writer=writer, narrative=TEXT)
            refused = (response.status_code, response.headers.get("Location"))
            assert refused in {(302, "/accounts/login/"), (403, None)}, name
    assert not Draft.objects.exists()


def test_a_token_of_last_week_keeps_nothing(answer: Answer, lead: User) -> None:
    with time_machine.travel(timezone.now() - timedelta(days=7, minutes=1), tick=False):
        writer = token(lead, answer)
    assert submit(Client(), answer, writer=writer).headers["Location"] == "/accounts/login/"
    assert not Draft.objects.exists()


def test_a_forged_token_of_a_signed_in_person_changes_nothing(
    answer: Answer, lead: User, client_of: ClientOf
) -> None:
    sent = filled(answer, narrative=TEXT, writer="forged")
    path = reverse("assessments:answer-save", args=[answer.pk])
    assert client_of(lead).post(path, sent).status_code == 302
    assert stored(answer).narrative == TEXT


def test_a_text_that_is_too_long_is_shown_to_be_copied(answer: Answer, lead: User) -> None:
    text = "long " * (MAX_DRAFT_BYTES // 5)
    response = submit(Client(), answer, writer=token(lead, answer), narrative=text)
    assert response.status_code == 413
    assert "too long to be kept" in text_of(response)
    assert text in text_of(response)
    assert not Draft.objects.exists()


def test_thirty_in_five_minutes_are_kept_and_the_next_is_shown_to_be_copied(
    answer: Answer, lead: User
) -> None:
    writer = token(lead, answer)
    with time_machine.travel(timezone.now(), tick=False):
        for number in range(30):
            sent = {"writer": writer, "page": "p", "narrative": f"Text {number}"}
            assert submit(Client(), answer, **sent).status_code == 302
        response = submit(Client(), answer, writer=writer, narrative=TEXT)
    assert response.status_code == 429
    assert TEXT in text_of(response)
    assert "wait five minutes" in text_of(response)
    assert said(draft_of(answer, lead)) == "Text 29"


# --- The negative control ------------------------------------------------------------------------


@pytest.fixture
def careless() -> Iterator[None]:
    """Take the keeper off the view."""
    view: Any = respond.answer_save
    keeper = view.keep_without_session
    del view.keep_without_session
    yield
    view.keep_without_session = keeper


@pytest.mark.usefixtures("careless")
def test_without_the_keeper_the_text_would_be_lost(answer: Answer, lead: User) -> None:
    client = Client()
    response = submit(client, answer, writer=token(lead, answer), narrative=TEXT)
    assert response.headers["Location"] == "/accounts/login/"
    page = sign_in(client, lead, edit_path(answer))
    assert "Half" not in unescape(page.content.decode())
    response = submit(old_token(lead), answer, writer=token(lead, answer), narrative=TEXT)
    assert response.status_code == 403
    assert not Draft.objects.exists()


def test_the_buttons_inside_the_form_keep_the_text_too(answer: Answer, lead: User) -> None:
    """With each of them all that was typed travels."""
    client = Client()
    page = old_token(lead).get(edit_path(answer)).content.decode()
    actions = set(unescape(page).split('formaction="')[1:])
    paths = {action.split('"', 1)[0] for action in actions}
    paths -= {reverse("assessments:draft-discard", args=[answer.pk])}
    assert paths
    for path in paths:
        Draft.objects.all().delete()
        text = f"Typed before {path}"
        sent = half_typed(answer, writer=token(lead, answer), narrative=text)
        response = client.post(path, sent)
        assert response.headers["Location"].endswith(edit_path(answer)), path
        assert said(draft_of(answer, lead)) == text
