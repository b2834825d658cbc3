"""A closed account is out at once: on every kind of page, by every way in, and for good."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core import mail
from django.test import Client
from django.urls import reverse

from assessments.models import Answer, Assessment, Document, Draft
from declaration.sessions import end_sessions
from declaration.writers import sign_writer
from progress.models import Report
from signatories.actions.messages import gather_notices
from signatories.actions.people import change_office, close_account, open_account
from signatories.models import Event, Membership, Notice, User
from signatories.verbs import Verb
from tests.assessment_fixtures import assessment, round
from tests.assessments.posting import filled
from tests.factories import PASSWORD, make_signature, make_user

__all__ = ["assessment", "round"]

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]
CODE = re.compile(r"^\s*([A-Z0-9]{3,}(?:-[A-Z0-9]{3,})*)\s*$", re.MULTILINE)


@pytest.fixture
def person(lead: User, leader: User) -> User:
    """A lead with a password; somebody else leads as well."""
    lead.set_password(PASSWORD)
    lead.save()
    return lead


def sign_in(person: User) -> Client:
    """A browser in which the person has signed in by the sign-in page."""
    client = Client()
    client.post("/accounts/login/", {"login": person.email, "password": PASSWORD})
    return client


def pages_of(assessment: Assessment, person: User, leader: User) -> list[str]:
    """One page, fragment and file of each kind that a lead may read."""
    partner, round = assessment.partner, assessment.round
    signature = make_signature(partner, round.edition, leader)
    answer = assessment.answers.in_order()[0]
    report = Report.objects.create(key="k", partner=partner, round=round, requested_by=person)
    document = Document.objects.create(
        key="d", kind="assessment", assessment=assessment, round=round, requested_by=person
    )
    home = f"/partners/{partner.slug}/"
    return [
        "/start/",
        home,
        f"{home}members/",
        f"{home}members/{Membership.objects.get(person=person).pk}/",
        f"{home}leave/",
        f"{home}improvements/",
        f"{home}reports/",
        reverse("signatories:signature-detail", args=[partner.slug, signature.pk]),
        reverse("signatories:certificate-status", args=[partner.slug, signature.pk]),
        f"/assessments/{assessment.pk}/",
        f"/assessments/{assessment.pk}/check/",
        reverse("assessments:sheet-download", args=[assessment.pk]),
        f"/answers/{answer.pk}/",
        f"/answers/{answer.pk}/history/",
        f"/documents/{document.code}/",
        f"/reports/{report.code}/",
        "/accounts/password/change/",
    ]


def test_a_live_session_is_out_with_the_next_click_on_every_kind_of_page(
    assessment: Assessment, person: User, leader: User, administrator: User
) -> None:
    client = sign_in(person)
    pages = pages_of(assessment, person, leader)
    before = {address: client.get(address) for address in pages}
    seen = {address: page.status_code for address, page in before.items()}
    assert set(seen.values()) <= {200, 302}, seen
    assert not any("/login/" in page.headers.get("Location", "") for page in before.values())
    close_account(person=person, by=administrator)
    for address in pages:
        page = client.get(address)
        assert page.status_code == 302, address
        assert page.headers["Location"].startswith("/accounts/login/"), address


def test_a_page_that_asks_again_by_itself_is_led_to_the_sign_in_page(
    assessment: Assessment, person: User, administrator: User
) -> None:
    client = sign_in(person)
    close_account(person=person, by=administrator)
    answer = client.get(f"/assessments/{assessment.pk}/", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, "/accounts/login/")


def test_nothing_that_was_typed_is_written_any_more(
    assessment: Assessment, person: User, administrator: User
) -> None:
    client, answer = sign_in(person), assessment.answers.in_order()[0]
    page = reverse("assessments:answer-edit", args=[answer.pk])
    writer = sign_writer(person.pk, page)
    close_account(person=person, by=administrator)
    for name in ("save", "draft"):
        path = reverse(f"assessments:answer-{name}", args=[answer.pk])
        assert client.post(path, filled(answer, writer=writer)).status_code in {302, 403}
    slug = assessment.partner.slug
    client.post(reverse("signatories:membership-leave-confirm", args=[slug]))
    assert not Draft.objects.exists()
    assert Answer.objects.get(pk=answer.pk).version == answer.version
    assert Membership.objects.get(person=person).ended_at is None


def test_neither_password_nor_code_nor_new_password_lets_them_in(
    person: User, administrator: User
) -> None:
    close_account(person=person, by=administrator)
    before = Event.objects.filter(verb=Verb.SIGNED_IN).count()
    client = sign_in(person)
    assert client.get("/start/").status_code == 302
    Client().post("/accounts/login/code/", {"email": person.email})
    Client().post("/accounts/password/reset/", {"email": person.email})
    sent = [message.body for message in mail.outbox]
    assert not any(CODE.search(str(body)) for body in sent)
    assert not any("/password/reset/key/" in body for body in sent)
    assert Event.objects.filter(verb=Verb.SIGNED_IN).count() == before


def asked_for_code(person: User) -> tuple[Client, str]:
    """A browser that was sent a code, and the code."""
    client = Client()
    client.post("/accounts/login/code/", {"email": person.email})
    found = CODE.search(str(mail.outbox[-1].body))
    assert found
    return client, found[1]


def test_a_code_or_link_from_before_lets_nobody_in(person: User, administrator: User) -> None:
    client, code = asked_for_code(person)
    close_account(person=person, by=administrator)
    page: Any = client.post("/accounts/login/code/confirm/", {"code": code}, follow=True)
    assert not page.context["user"].is_authenticated
    assert client.get("/start/").status_code == 302


def test_the_same_code_would_have_let_them_in(person: User) -> None:
    """The negative control of the test above."""
    client, code = asked_for_code(person)
    client.post("/accounts/login/code/confirm/", {"code": code})
    assert "_auth_user_id" in client.session


def test_an_account_that_is_opened_again_has_no_old_session(
    person: User, leader: User, administrator: User, client_of: ClientOf
) -> None:
    client, others = sign_in(person), client_of(leader)
    close_account(person=person, by=administrator)
    open_account(person=person, by=administrator)
    assert client.get("/start/").headers["Location"].startswith("/accounts/login/")
    assert not others.get("/start/").headers["Location"].startswith("/accounts/login/")
    assert sign_in(person).get("/start/").headers["Location"].startswith("/partners/")


def test_only_their_own_sessions_end(person: User, leader: User, client_of: ClientOf) -> None:
    for _ in range(2):
        client_of(person)
    client_of(leader)
    assert end_sessions(person.pk) == 2
    assert Session.objects.count() == 1
    assert end_sessions(person.pk) == 0


def test_staff_and_administrators_are_out_just_the_same(
    staff: User, administrator: User, client_of: ClientOf
) -> None:
    other = make_user("Otto Other", office="administrator")
    pages = {staff: ["/overview/", "/heatmap/"], other: ["/administration/people/", "/admin/"]}
    clients = {person: client_of(person) for person in pages}
    for person, addresses in pages.items():
        assert [clients[person].get(each).status_code for each in addresses] == [200, 200]
        close_account(person=person, by=administrator)
        assert [clients[person].get(each).status_code for each in addresses] == [302, 302]


def test_an_administrator_who_is_one_no_more_is_refused_with_the_next_click(
    administrator: User, client_of: ClientOf
) -> None:
    other = make_user("Otto Other", office="administrator")
    client = client_of(other)
    change_office(person=other, office=User.Office.STAFF, by=administrator)
    assert client.get("/administration/people/").status_code == 403
    close = reverse("signatories:person-close", args=[administrator.pk])
    assert client.post(close).status_code == 403


def test_nobody_writes_to_them_any_more(person: User, administrator: User) -> None:
    change_office(person=person, office=User.Office.ADMINISTRATOR, by=administrator)
    other = make_user("Otto Other", office="administrator")
    close_account(person=other, by=administrator)
    assert Notice.objects.filter(person=person, event__verb=Verb.ACCOUNT_CLOSED).exists()
    close_account(person=person, by=administrator)
    Notice.objects.update(due_at="2020-01-01T00:00:00Z")
    told = {message.person for message in gather_notices()}
    assert person not in told
    assert administrator not in told
