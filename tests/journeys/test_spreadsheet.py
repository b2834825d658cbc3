"""The spreadsheet taken away, filled in and brought back in a browser, with and without scripts."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from progress.management.demo import PASSWORD
from tests.assessments.sheet_files import fill_in
from tests.browser import faults
from tests.servers import Portal
from tests.visitor import Visitor

WRITER, COLLEAGUE = "contributor@braintree.example", "lead@braintree.example"
MINE = (
    "SELECT a.id, w.id, w.version FROM assessments_assessment a"
    " JOIN signatories_partner p ON p.id = a.partner_id"
    " JOIN assessments_answer w ON w.assessment_id = a.id"
    " JOIN commitments_indicator i ON i.id = w.indicator_id"
    " JOIN commitments_commitment c ON c.id = i.commitment_id"
    " WHERE p.slug = 'braintree-district-council' AND a.state = 'draft'"
    " AND c.number = 1 AND i.number = 1"
)
STORED = "SELECT rating, narrative FROM assessments_answer WHERE id = "


@pytest.fixture(params=[True, False], ids=["scripts", "no scripts"])
def tab(request: pytest.FixtureRequest, browser: Browser, demo: Portal) -> Iterator[Page]:
    """A tab in which the contributor has signed in."""
    context = browser.new_context(
        base_url=demo.url, locale="en-GB", java_script_enabled=request.param
    )
    context.set_default_timeout(15_000)
    page = context.new_page()
    page.goto("/accounts/login/")
    page.get_by_label("E-mail address").fill(WRITER)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/accounts/" not in url)
    yield page
    context.close()


def take_away(page: Page, assessment: object, folder: Path) -> bytes:
    """Follow the link on the upload page; the bytes of the file."""
    page.goto(f"/assessments/{assessment}/sheet/upload/")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the answers as a spreadsheet").click()
    download.value.save_as(folder / download.value.suggested_filename)
    return (folder / download.value.suggested_filename).read_bytes()


def bring_back(page: Page, folder: Path, content: bytes) -> None:
    """Choose the filled-in file and go to its preview."""
    (folder / "filled in.xlsx").write_bytes(content)
    page.locator("input[type=file]").set_input_files(folder / "filled in.xlsx")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Check what the spreadsheet changes")


def look(page: Page, *, scripts: bool) -> None:
    """Look for faults where scripts run; what looks for them is one."""
    if scripts:
        assert faults(page) == []


def test_it_is_taken_away_filled_in_and_brought_back(
    demo: Portal, tab: Page, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    scripts = "no scripts" not in request.node.name
    assessment, answer, version = demo.query(MINE)[0]
    content = take_away(tab, assessment, tmp_path)
    look(tab, scripts=scripts)
    [(stored, _)] = demo.query(f"{STORED}{answer}")
    text, rating = f"From the train {scripts}.", "0" if stored == 4 else "4"
    bring_back(
        tab, tmp_path, fill_in(content, {("1.1", "Rating"): rating, ("1.1", "Narrative"): text})
    )
    look(tab, scripts=scripts)
    save_as_colleague(demo, answer, version, f"A colleague’s words {scripts}.")
    tab.get_by_role("button", name="Confirm and save").click()
    expect(tab.locator(".govuk-error-summary")).to_contain_text("Nothing was written")
    look(tab, scripts=scripts)
    tab.get_by_label("Both, one under the other").check()
    for group in tab.get_by_role("group", name="What do you want to keep of").all():
        if group.get_by_label("Both, one under the other").count() == 0:
            group.get_by_label("What the spreadsheet says").check()
    tab.get_by_role("button", name="Confirm and save").click()
    expect(tab.get_by_role("heading", level=1)).to_have_text("Spreadsheet saved")
    look(tab, scripts=scripts)
    both = f"A colleague’s words {scripts}.\n\n{text}"
    assert demo.query(f"{STORED}{answer}") == [(int(rating), both)]


def save_as_colleague(demo: Portal, answer: object, version: object, narrative: str) -> None:
    """Save the same indicator's narrative over HTTP, meanwhile."""
    colleague = Visitor(demo.url)
    colleague.sign_in(COLLEAGUE)
    form = {"version": str(version), "rating": "2", "narrative": narrative, "completed": "no"}
    done = colleague.post(f"/answers/{answer}/save", form, page=f"/answers/{answer}/")
    assert done.status == 200, done.text
