"""The people pages: administrators find anybody, and change what may be changed."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from signatories.actions.people import note_sign_in
from signatories.models import Invitation, Membership, Partner, User
from signatories.models.invitations import LIFETIME
from tests.factories import make_member, make_partner, make_user

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]
LIST = "/administration/people/"


def url(name: str, person: User) -> str:
    return reverse(f"signatories:person-{name}", args=[person.pk])


def queries(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as found:
        assert client.get(address).status_code == 200
    return len(found)


def invite(partner: Partner, email: str, by: User) -> Invitation:
    return Invitation.objects.create(
        partner=partner,
        email=email,
        role="lead",
        invited_by=by,
        expires_at=timezone.now() + LIFETIME,
    )


# --- The list ----------------------------------------------------------------------------------


def test_the_list_shows_offices_roles_and_closed_accounts(
    administrator: User, staff: User, lead: User, disabled: User, client_of: ClientOf
) -> None:
    page = client_of(administrator).get(LIST).text
    assert "4 people" in page
    assert "Lead, Braintree District Council" in page
    assert "Dee Disabled" in page
    assert page.count("govuk-tag--grey") == 1


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ("search=lee", ["Lee Lead"]),
        ("search=LEAD+lee", ["Lee Lead"]),
        ("search=PEOPLE.example&show=ecda", ["Ada Administrator", "Sam Staff"]),
        ("show=administrators", ["Ada Administrator"]),
        ("show=partners", ["Dee Disabled", "Lee Lead"]),
        ("show=neither", ["Fay Former"]),
        ("show=closed", ["Dee Disabled"]),
        ("search=%25", []),
        ("search=nobody+at+all", []),
    ],
)
def test_people_are_found_by_words_and_by_what_they_are(
    asked: str,
    names: list[str],
    administrator: User,
    staff: User,
    lead: User,
    disabled: User,
    former: User,
    client_of: ClientOf,
) -> None:
    page = client_of(administrator).get(f"{LIST}?{asked}")
    assert [person.name for person in page.context["people"]] == names
    assert ("Nobody found" in page.text) == ("Show all people" in page.text) == (not names)
    assert "Clear the filter" in page.text


def test_what_is_selected_is_named_and_removed_one_by_one(
    administrator: User, client_of: ClientOf
) -> None:
    page = client_of(administrator).get(f"{LIST}?search=ada&show=ecda").text
    assert "Name or e-mail address: ada" in page
    assert "Role or state: At ecda" in page
    assert f'href="{LIST}?show=ecda"' in page
    assert f'href="{LIST}?search=ada"' in page
    assert "Apply the filter" in page


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("show=everyone", "There is no such choice. All people are shown."),
        (f"search={'x' * 201}", "Name or e-mail address must be 200 characters or fewer"),
    ],
)
def test_what_is_not_understood_is_said_and_left_out(
    asked: str, words: str, administrator: User, client_of: ClientOf
) -> None:
    page = client_of(administrator).get(f"{LIST}?{asked}")
    assert page.status_code == 200
    assert page.text.count(words) == 2
    assert "<title>Error: People" in page.text
    assert "1 person" in page.text


def test_a_long_list_has_pages_that_keep_the_filter(
    administrator: User, partner: Partner, client_of: ClientOf
) -> None:
    for _ in range(51):
        make_member(partner, "contributor")
    client = client_of(administrator)
    first = client.get(f"{LIST}?search=person&show=partners")
    assert len(first.context["people"]) == 50
    assert 'href="?search=person&amp;show=partners&amp;page=2"' in first.text
    assert len(client.get(f"{LIST}?search=person&show=partners&page=2").context["people"]) == 1
    assert (
        len(client.get(f"{LIST}?search=person&show=partners&page=nonsense").context["people"]) == 50
    )
    assert len(client.get(f"{LIST}?search=person&show=partners&page=99").context["people"]) == 1


@pytest.mark.parametrize("size", [3, 30])
def test_the_list_needs_five_queries(
    size: int, administrator: User, partner: Partner, client_of: ClientOf
) -> None:
    for _ in range(size):
        make_member(partner, "lead")
        make_member(make_partner(), "lead")
    assert queries(client_of(administrator), LIST) == 5


# --- One person --------------------------------------------------------------------------------


def test_a_persons_page_says_all_about_them(
    administrator: User,
    partner: Partner,
    other_partner: Partner,
    former: User,
    client_of: ClientOf,
) -> None:
    Membership.objects.create(person=former, partner=other_partner, role="contributor")
    invite(partner, former.email.upper(), administrator)
    note_sign_in(by=former)
    page = client_of(administrator).get(url("detail", former)).text
    assert "contributor since" in page
    assert "lead from" in page
    assert "invited as lead by Ada Administrator" in page
    assert timezone.localtime().strftime("at %H:") in page


@pytest.mark.parametrize("size", [1, 10])
def test_a_persons_page_needs_eight_queries(
    size: int, administrator: User, lead: User, client_of: ClientOf
) -> None:
    for _ in range(size):
        partner = make_partner()
        Membership.objects.create(person=lead, partner=partner, role="lead")
        invite(make_partner(), lead.email, administrator)
        note_sign_in(by=lead)
    assert queries(client_of(administrator), url("detail", lead)) == 8


def test_a_name_is_changed(administrator: User, lead: User, client_of: ClientOf) -> None:
    client = client_of(administrator)
    done = client.post(url("name", lead), {"name": "  Leah Lead "}, follow=True)
    assert "The name is now Leah Lead." in done.text
    assert "from Lee Lead to Leah Lead" in done.text


def test_no_name_is_an_error_beside_the_field(
    administrator: User, lead: User, client_of: ClientOf
) -> None:
    page = client_of(administrator).post(url("name", lead), {"name": " "}).text
    assert page.count("Enter the full name") == 2
    assert "<title>Error: Lee Lead" in page
    assert User.objects.get(pk=lead.pk).name == "Lee Lead"


def test_an_office_is_given_and_counts_at_once(
    administrator: User, staff: User, client_of: ClientOf
) -> None:
    theirs = client_of(staff)
    assert theirs.get("/overview/").status_code == 200
    done = client_of(administrator).post(url("office", staff), {"office": ""}, follow=True)
    assert "Sam Staff, office at ecda: none." in done.text
    assert theirs.get("/overview/").status_code == 403


@pytest.mark.parametrize("typed", [{}, {"office": "king"}])
def test_an_office_that_is_none_of_them_changes_nothing(
    typed: dict[str, str], administrator: User, staff: User, client_of: ClientOf
) -> None:
    page = client_of(administrator).post(url("office", staff), typed)
    assert page.status_code == 200
    assert "There is a problem" in page.text
    assert User.objects.get(pk=staff.pk).office == "staff"


def test_ones_own_page_offers_neither_office_nor_closing(
    administrator: User, client_of: ClientOf
) -> None:
    make_user(office="administrator")
    client = client_of(administrator)
    page = client.get(url("detail", administrator)).text
    assert "You cannot change your own office" in page
    assert "You cannot close your own account" in page
    for name in ("office", "close"):
        assert url(name, administrator) not in page
    assert client.post(url("close", administrator)).status_code == 409
    refused = client.post(url("office", administrator), {"office": "staff"})
    assert "You cannot change your own office" in refused.text
    administrator.refresh_from_db()
    assert administrator.is_administrator


def test_the_page_names_the_partners_that_closing_leaves_without_a_lead(
    administrator: User, lead: User, other_partner: Partner, client_of: ClientOf
) -> None:
    Membership.objects.create(person=lead, partner=other_partner, role="leader")
    led = make_partner("Led By Others")
    Membership.objects.create(person=lead, partner=led, role="lead")
    make_member(led, "lead")
    page = " ".join(client_of(administrator).get(url("detail", lead)).text.split())
    said = page[page.index("Nobody else is lead or leader of") :][:200]
    assert "Braintree District Council and Maldon District Council." in said
    assert "Led By Others" not in said


def test_an_account_is_closed_and_opened_again(
    administrator: User, lead: User, client_of: ClientOf
) -> None:
    client = client_of(administrator)
    done = client.post(url("close", lead), follow=True)
    assert "The account of Lee Lead is closed. They are signed out." in done.text
    assert url("close", lead) not in done.text
    assert client.post(url("close", lead)).status_code == 409
    done = client.post(url("open", lead), follow=True)
    assert "is open again" in done.text
    assert "closed an account" in done.text
    assert client.post(url("open", lead)).status_code == 409


def test_a_person_that_there_is_not_is_404(administrator: User, client_of: ClientOf) -> None:
    assert client_of(administrator).get("/administration/people/999999999/").status_code == 404


def test_a_name_with_markup_stays_text(administrator: User, client_of: ClientOf) -> None:
    person = make_user("<script>alert(1)</script>")
    client = client_of(administrator)
    for address in (LIST, url("detail", person)):
        page = client.get(address).text
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert" in page


# --- Somebody at ecda ----------------------------------------------------------------------------


def appointed(email: str = "Nia@ecda.example", office: str = "staff") -> dict[str, str]:
    return {"name": "Nia Newcomer", "email": email, "office": office}


def test_somebody_new_at_ecda_is_added_and_told(administrator: User, client_of: ClientOf) -> None:
    done = client_of(administrator).post(f"{LIST}add/", appointed(), follow=True)
    assert "Nia Newcomer, office at ecda: staff." in done.text
    person = User.objects.get(email="nia@ecda.example")
    assert person.is_ecda
    assert person.notices.get().path == "/start/"


def test_what_was_typed_of_them_comes_back_with_the_reason(
    administrator: User, disabled: User, client_of: ClientOf
) -> None:
    client = client_of(administrator)
    for email, words in [
        (disabled.email, "is closed"),
        (administrator.email.upper(), "You cannot change your own office"),
        ("nobody", "in the correct format"),
    ]:
        page = client.post(f"{LIST}add/", appointed(email))
        assert page.status_code == 200
        assert words in page.text
        assert 'value="Nia Newcomer"' in page.text
    page = client.post(f"{LIST}add/", appointed(office=""))
    assert page.text.count("Select an office") == 2
    administrator.refresh_from_db()
    assert administrator.is_administrator
