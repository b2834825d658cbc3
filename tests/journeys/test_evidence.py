"""Evidence in a real browser: dropped files, more rows for links, and all of it without scripts."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import faults
from tests.journeys.test_accessibility import sign_in
from tests.servers import Portal

LEAD = "lead@braintree.example"
OPEN_ALL = "document.querySelectorAll('details').forEach((one) => { one.open = true; })"
DROP = """
(button) => {
  const transfer = new DataTransfer();
  transfer.items.add(new File(["We do."], "How we share.txt", {type: "text/plain"}));
  transfer.items.add(new File(["<svg>"], "map.pdf", {type: "application/pdf"}));
  button.dispatchEvent(new DragEvent("drop", {bubbles: true, dataTransfer: transfer}));
}
"""


@pytest.fixture
def path(demo: Portal) -> str:
    """An indicator that the lead may answer and that has no evidence."""
    [row] = demo.query(
        "SELECT min(w.id) FROM assessments_answer w"
        " JOIN assessments_assessment a ON a.id = w.assessment_id"
        " JOIN signatories_partner p ON p.id = a.partner_id"
        " WHERE p.slug = 'braintree-district-council' AND a.state = 'draft'"
        " AND NOT EXISTS (SELECT 1 FROM assessments_evidence e WHERE e.answer_id = w.id)"
    )
    return f"/answers/{row[0]}/"


@pytest.fixture
def plain(browser: Browser, portal: Portal) -> Iterator[Page]:
    """A browser that runs no scripts."""
    context = browser.new_context(base_url=portal.url, java_script_enabled=False)
    context.set_default_timeout(15_000)
    yield context.new_page()
    context.close()


def shown(page: Page) -> list[str]:
    """The names in the list of the evidence."""
    return page.locator(".app-evidence bdi").all_inner_texts()


def test_files_are_dropped_and_links_get_rows_of_their_own(page: Page, path: str) -> None:
    sign_in(page, LEAD)
    page.goto(path)
    page.evaluate(OPEN_ALL)
    page.get_by_label("Narrative").fill("Typed before the files")
    page.locator("button#id_files").evaluate(DROP)
    expect(page.locator(".govuk-file-upload-button__status")).to_have_text("2 files chosen")
    more = page.get_by_role("button", name="Add another link")
    for number in range(3):
        page.locator(f"[name=links-{number}-url]").fill(f"https://www.example.org/{number}")
        page.locator(f"[name=links-{number}-title]").fill(f"Page {number}")
        more.click()
        expect(page.locator(f"[name=links-{number + 1}-url]")).to_be_focused()
        expect(page.locator(f"[name=links-{number + 1}-title]")).to_have_value("")
    assert faults(page) == []
    page.get_by_role("button", name="Upload now").click()
    expect(page.locator(".govuk-error-summary")).to_contain_text("“map.pdf” is not what")
    assert shown(page) == ["How we share", "How we share.txt"]
    assert page.get_by_label("Narrative").input_value() == "Typed before the files"
    assert page.locator("[name=links-2-title]").input_value() == "Page 2"
    assert faults(page) == []
    page.get_by_role("button", name="Save and return").last.click()
    page.goto(path)
    assert shown(page) == ["How we share", "How we share.txt", "Page 0", "Page 1", "Page 2"]


def test_rows_end_at_twenty(page: Page, path: str) -> None:
    sign_in(page, LEAD)
    page.goto(path)
    page.evaluate(OPEN_ALL)
    more = page.get_by_role("button", name="Add another link")
    rows = page.locator("[data-row]")
    while more.is_visible() and rows.count() < 30:
        more.click()
    assert page.locator("[data-row]").count() == 20
    assert page.locator("[name=links-19-date-month]").count() == 1


def test_all_of_it_works_without_scripts(plain: Page, path: str, tmp_path: Path) -> None:
    new = tmp_path / "How we decide.txt"
    new.write_text("We do.", encoding="utf-8")
    sign_in(plain, LEAD)
    plain.goto(path)
    plain.get_by_label("Narrative").fill("Typed without scripts")
    plain.locator("summary", has_text="Add links").click()
    plain.locator("[name=links-0-title]").fill("A page")
    plain.get_by_role("button", name="Add another link").click()
    assert plain.locator("[name=links-0-title]").input_value() == "A page"
    assert plain.locator("[name=links-1-title]").count() == 1
    plain.locator("summary", has_text="Add files").click()
    plain.locator("[name=files]").set_input_files(new)
    plain.locator("[name=files_note]").fill("Approved")
    plain.get_by_role("button", name="Upload now").click()
    assert "1 file uploaded. What you typed here is not saved yet." in plain.content()
    assert plain.get_by_label("Narrative").input_value() == "Typed without scripts"
    with plain.context.expect_page() as opened:
        plain.get_by_role("link", name="Change How we decide").click()
    plain = opened.value
    plain.get_by_label("Name", exact=True).fill("Our decisions")
    plain.get_by_label("Show this to the public").check()
    plain.get_by_role("button", name="Save", exact=True).click()
    assert "Saved: Our decisions" in plain.content()
    assert "Public" in plain.locator(".app-evidence").inner_text()
    with plain.expect_download() as download:
        plain.get_by_role("link", name="Our decisions").first.click()
    assert download.value.suggested_filename == "How we decide.txt"
    plain.get_by_role("button", name="Remove Our decisions").click()
    expect(plain.get_by_text("File removed: Our decisions.").first).to_be_visible()
