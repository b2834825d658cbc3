"""axe finds nothing on any page, at 320 and 1280 pixels; nothing scrolls sideways."""

import re
from itertools import groupby
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from progress.management.demo import PASSWORD
from tests.architecture.access_table import OK, TABLE
from tests.architecture.figures_table import FIGURES
from tests.assessments.sheet_files import fill_in
from tests.browser import faults, sign_out
from tests.journeys.no_pages import ELSEWHERE, NO_PAGES
from tests.journeys.pages import visits
from tests.journeys.visit import Visit
from tests.servers import OPEN_ROUND, Portal, wait_until
from tests.visitor import Visitor

READY = (
    "SELECT (SELECT count(*) FROM progress_report WHERE state = 'done')"
    " + (SELECT count(*) FROM assessments_document WHERE state = 'done')"
)

INVITED = (
    ("Nia Newcomer", "nia@newcomers.example"),
    ("Somebody from Basildon", "lead@basildon.example"),
    ("Ray Revoked", "ray@newcomers.example"),
)


@pytest.fixture(scope="module")
def demo(portal: Portal) -> Portal:
    """The portal with the demonstration, and one finished PDF of each kind."""
    visitor = Visitor(portal.url)
    visitor.sign_in("lead@braintree.example")
    page = "/partners/braintree-district-council/reports/"
    year = str(portal.query(OPEN_ROUND)[0][0])
    asked = visitor.post(f"{page}request", {"round": year, "key": str(uuid4())}, page=page)
    assert "/reports/" in asked.url, asked.text
    mine = portal.query(
        "SELECT max(a.id) FROM assessments_assessment a JOIN signatories_partner p"
        " ON p.id = a.partner_id WHERE p.slug = 'braintree-district-council'"
    )[0][0]
    tasks = f"/assessments/{mine}/"
    visitor.post(f"/assessments/{mine}/documents/request", {"key": str(uuid4())}, page=tasks)
    visitor.post(f"/rounds/{year}/questions/request", {}, page=tasks)
    bring_back(visitor, tasks)
    half_type(visitor, portal, f"WHERE assessment_id = {mine}")
    invite(visitor, portal)
    upload_lists(portal)
    wait_until(lambda: portal.query(READY)[0][0] == 3, seconds=60, what="the PDFs are made")
    return portal


def bring_back(visitor: Visitor, tasks: str) -> None:
    """A spreadsheet that changes answers, and one with a cell that cannot be taken."""
    content = visitor.get(f"{tasks}sheet/").content
    changes = {("1.1", "Rating"): "4", ("1.1", "Narrative"): "We do more.", ("1.2", "Rating"): "1"}
    for changed in (changes, changes | {("1.3", "Rating"): "superb"}):
        done = visitor.upload(f"{tasks}sheet/upload/", "file", "a.xlsx", fill_in(content, changed))
        assert "/uploads/" in done.url, done.text


def upload_lists(portal: Portal) -> None:
    """A partner list with a new name and an invitation, and one with refused rows."""
    visitor = Visitor(portal.url)
    visitor.sign_in("administrator@ecda.example")
    renamed = b"name,kind,gss_code,leads\nNew Braintree,district,E07000067,new@new.example\n"
    for content in (renamed, b"Title;kind;name\nx;parish;=A\n"):
        page = visitor.upload("/administration/partners/import/", "file", "p.csv", content)
        assert "/administration/imports/" in page.url, page.text
    unread = "SELECT count(*) FROM signatories_partnerimport WHERE state <> 'done'"
    wait_until(lambda: portal.query(unread)[0][0] == 0, seconds=30, what="the lists are read")


def half_type(visitor: Visitor, portal: Portal, where: str) -> None:
    """Half an answer that is kept as a draft."""
    answer = portal.query(f"SELECT max(id) FROM assessments_answer {where}")[0][0]
    typed = {"version": "1", "rating": "2", "narrative": "Half a sen"}
    kept = visitor.post(f"/answers/{answer}/draft", typed, page=f"/answers/{answer}/")
    assert kept.status == 200, kept.text


def invite(visitor: Visitor, portal: Portal) -> None:
    """Three invitations: of somebody new, of somebody from elsewhere, and one that was revoked."""
    members = "/partners/braintree-district-council/members/"
    for name, email in INVITED:
        typed = {"name": name, "email": email, "role": "contributor", "outside": "on"}
        done = visitor.post(f"{members}invite/", typed, page=f"{members}invite/")
        assert email in done.text
    pk = portal.query("SELECT max(id) FROM signatories_invitation")[0][0]
    path = f"/partners/braintree-district-council/invitations/{pk}/revoke"
    assert "has been revoked" in visitor.post(path, {}, page=members).text


def sign_in(page: Page, email: str) -> None:
    sign_out(page)
    if email:
        page.goto("/accounts/login/")
        page.get_by_label("E-mail address").fill(email)
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(lambda url: "/accounts/" not in url)


def test_every_page_of_the_access_table_is_visited(demo: Portal) -> None:
    pages = {row.name for row in [*TABLE, *FIGURES] if OK in row.get.values()}
    pages -= NO_PAGES | ELSEWHERE.keys()
    assert pages <= {visit.name for visit in visits(demo)}


def test_axe_finds_nothing_on_any_page(demo: Portal, page: Page) -> None:
    found = []
    looked_at = 0
    by_person = sorted(visits(demo), key=lambda visit: visit.who)
    for email, group in groupby(by_person, key=lambda visit: visit.who):
        sign_in(page, email)
        for visit in group:
            found += look(page, visit)
            looked_at += 1
    print(f"{looked_at} pages, each at two widths")
    assert found == []


def look(page: Page, visit: Visit) -> list[str]:
    """Open the page and return what is wrong with it: status, heading, title, axe, width."""
    response = page.goto(visit.path)
    assert response is not None
    refusals = {"403": 403, "404": 404, "410": 410}
    expected = refusals.get(visit.name, 404 if "unknown" in visit.path else 200)
    wrong = [] if response.status == expected else [f"{visit}: {response.status}"]
    if page.locator("h1").count() != 1:
        wrong.append(f"{visit}: {page.locator('h1').count()} headings of the first level")
    if not page.title().endswith(" – Essex Data Declaration"):
        wrong.append(f"{visit}: titled {page.title()!r}")
    return wrong + faults(page)


def test_a_failed_form_says_so_to_everybody(demo: Portal, page: Page) -> None:
    sign_in(page, "leader@braintree.example")
    page.goto("/partners/braintree-district-council/sign/")
    page.get_by_role("button", name="Sign the Declaration").click()
    expect(page).to_have_title(re.compile("^Error: "))
    summary = page.locator(".govuk-error-summary")
    expect(summary).to_be_focused()
    assert summary.get_by_role("link").count() >= 2
    assert faults(page) == []


def test_axe_would_notice(page: Page, portal: Portal) -> None:
    """The negative control: a picture without words and a wide page are found."""
    page.goto("/accounts/login/")
    add = "html => document.querySelector('main').insertAdjacentHTML('beforeend', html)"
    page.evaluate(add, '<img src="/x.png"><pre>' + "x" * 900 + "</pre>")
    found = " ".join(faults(page))
    assert "image-alt" in found
    assert "scrolls sideways" in found


def test_a_session_that_is_about_to_end_says_so_and_can_be_renewed(
    demo: Portal, page: Page
) -> None:
    page.clock.install()
    sign_in(page, "lead@braintree.example")
    warning = page.get_by_text("You will be signed out in about five minutes")
    page.clock.fast_forward("01:45:00")
    expect(warning).to_be_hidden()
    page.clock.fast_forward("06:00")
    expect(warning).to_be_visible()
    assert faults(page) == []
    page.get_by_role("button", name="Stay signed in").click()
    expect(warning).to_be_hidden()
    page.clock.fast_forward("01:51:00")
    expect(warning).to_be_visible()
