"""axe finds nothing in the states that only an action leads to."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import faults
from tests.journeys.test_accessibility import demo, sign_in
from tests.servers import Portal

__all__ = ["demo"]

MAIN = "main"
PREVIEW = "Preview of the partner list"


def test_a_partner_list_with_bad_rows_and_a_good_one(demo: Portal, page: Page) -> None:
    sign_in(page, "administrator@ecda.example")
    upload(page, "name,kind,gss_code\nHarlow Council,district,E07000073\nNowhere,castle,E1\n")
    expect(page.get_by_role("cell", name="castle").first).to_be_visible()
    assert faults(page) == []
    upload(page, "name,kind,gss_code\nHarlow Council,district,E07000073\nHarlow Trust,other,\n")
    expect(page.get_by_role("button", name="Confirm and import")).to_be_visible()
    assert faults(page) == []
    upload(page, "name,kind,gss_code\nBasildon Council,district,E07000066\n")
    expect(page.locator("main")).to_contain_text("There is nothing to import.")
    assert faults(page) == []


def upload(page: Page, text: str) -> None:
    page.goto("/administration/partners/import/")
    page.locator("input[type=file]").set_input_files(
        {"name": "partners.csv", "mimeType": "text/csv", "buffer": text.encode()}
    )
    page.get_by_role("button", name="Preview").click()
    # A worker reads it, and the page leads on by itself.
    expect(page.get_by_role("heading", level=1)).to_have_text(PREVIEW, timeout=30_000)


def test_signing_off(demo: Portal, page: Page) -> None:
    sign_in(page, "leader@maldon.example")
    page.locator(".govuk-button:has-text('Read and sign off')").click()
    decide = page.get_by_role("button", name="Sign off", exact=True)
    expect(decide).to_be_visible()
    assert faults(page) == []
    decide.click()
    expect(page.locator(".govuk-error-summary")).to_be_visible()
    assert faults(page) == []
    page.get_by_label("I have read the answers").check()
    decide.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("igned off")
    assert faults(page) == []


def test_a_move_out_of_turn(demo: Portal, page: Page) -> None:
    sign_in(page, "staff@ecda.example")
    found = demo.query("SELECT max(id) FROM assessments_assessment WHERE state = 'submitted'")
    page.goto(f"/assessments/{found[0][0]}/review/")
    # As if a colleague had asked for changes meanwhile.
    demo.query(
        "UPDATE assessments_assessment SET state = 'changes', moved_at = now(), moved_by_id ="
        " (SELECT id FROM signatories_user WHERE email = 'administrator@ecda.example')"
        f" WHERE id = {found[0][0]} RETURNING id"
    )
    page.get_by_role("button", name="Accept").click()
    expect(page.locator(MAIN)).to_contain_text(re.compile("turn of the partner"))
    assert faults(page) == []


@pytest.mark.parametrize("path", ["/failed/", "/reports/"])
def test_a_report_that_failed_says_why(demo: Portal, page: Page, path: str) -> None:
    row = demo.query(
        "UPDATE progress_report SET state = 'failed', file = '', sha256 = '',"
        " error = 'No fonts on this machine.' RETURNING code"
    )
    sign_in(page, "staff@ecda.example")
    page.goto(f"{path}{row[0][0]}/" if path == "/reports/" else path)
    expect(page.locator(MAIN)).to_contain_text("No fonts on this machine.")
    assert faults(page) == []


EVIDENCE = (
    "SELECT '/evidence/' || min(e.id) || '/' FROM assessments_evidence e"
    " JOIN assessments_answer w ON w.id = e.answer_id"
    " JOIN assessments_assessment a ON a.id = w.assessment_id"
    " JOIN signatories_partner p ON p.id = a.partner_id"
    " WHERE p.slug = 'braintree-district-council' AND a.state = 'draft'"
)
IMPROVEMENT = (
    "SELECT '/improvements/' || min(i.id) || '/' FROM assessments_improvement i"
    " JOIN signatories_partner p ON p.id = i.partner_id"
    " WHERE p.slug = 'braintree-district-council'"
)
WORDS = "Typed for a while before the session ended."


@pytest.mark.parametrize(
    ("where", "label"), [(EVIDENCE, "Note (optional)"), (IMPROVEMENT, "What will you do?")]
)
@pytest.mark.parametrize("lost", ["everything", "csrftoken"])
def test_words_sent_without_a_session_or_with_an_old_token(
    where: str, label: str, lost: str, demo: Portal, page: Page
) -> None:
    """Signed out, the words are there to copy; still signed in, they are in the form again."""
    sign_in(page, "lead@braintree.example")
    page.goto(str(demo.query(where)[0][0]))
    page.get_by_label(label).fill(WORDS)
    if lost == "everything":
        page.context.clear_cookies()
    else:
        page.context.clear_cookies(name=lost)
    page.get_by_role("button", name="Save", exact=True).click()
    kept = page.get_by_text(WORDS) if lost == "everything" else page.get_by_label(label)
    expect(kept.first).to_be_visible()
    if lost != "everything":
        expect(page.get_by_label(label)).to_have_value(WORDS)
    assert faults(page) == []
