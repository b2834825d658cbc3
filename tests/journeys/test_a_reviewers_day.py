"""A day of ecda's staff: reviews, questions, support, good practice, a letter."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import messages_to
from tests.journeys.test_accessibility import sign_in
from tests.servers import Portal, wait_until

STAFF, SECOND = "staff@ecda.example", "administrator@ecda.example"
MAIN = "main"
COMMENT = "Say who answers for this, by role. (ŵ, “quoted”, 3 < 4)"
NOTE = "One answer needs a little more."


@pytest.fixture
def colleague(browser: Browser, portal: Portal) -> Iterator[Page]:
    """A second reviewer, in a browser of their own."""
    context = browser.new_context(base_url=portal.url, locale="en-GB")
    context.set_default_timeout(15_000)
    page = context.new_page()
    sign_in(page, SECOND)
    yield page
    context.close()


def click(page: Page, name: str) -> None:
    """Press the button with exactly this name."""
    page.get_by_role("button", name=name, exact=True).first.click()


def waiting_with_nobody(page: Page) -> None:
    """From the overview to a review that nobody has."""
    page.goto("/overview/")
    page.get_by_role("link", name="Reviews", exact=True).click()
    # The first of them: its earlier ones are behind it.
    page.get_by_role("link", name="Rochford District Council").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Review the self-assessment")


def test_a_review_changes_hands_and_no_word_is_lost(
    page: Page, colleague: Page, portal: Portal
) -> None:
    sign_in(page, STAFF)
    waiting_with_nobody(page)
    click(page, "Take on this review")
    expect(page.locator(MAIN)).to_contain_text("You have had it since")

    # A note for colleagues, and half a review, kept over an interruption.
    page.get_by_label("Add a note").fill("They rang about 1.1.")
    click(page, "Add the note")
    expect(page.locator(".app-note")).to_contain_text("They rang about 1.1.")
    page.get_by_label("Comment on 1.1").fill(COMMENT)
    click(page, "Save for later")
    page.goto("/overview/")
    waiting_with_nobody(page)
    expect(page.get_by_label("Comment on 1.1")).to_have_value(COMMENT)

    # Somebody else opens it: told who has it, with nothing to decide before taking it over.
    waiting_with_nobody(colleague)
    expect(colleague.locator(MAIN)).to_contain_text("has had this review since")
    expect(colleague.get_by_role("button", name="Accept")).to_have_count(0)
    click(colleague, "Take over")
    expect(colleague.locator(MAIN)).to_contain_text("You have had it since")

    # The first decides all the same: refused, with every word.
    page.get_by_label("Note to the partner").fill(NOTE)
    click(page, "Request changes")
    expect(page).to_have_title(re.compile("^Error"))
    expect(page.locator(MAIN)).to_contain_text(COMMENT)
    expect(page.locator(MAIN)).to_contain_text(NOTE)

    # The second requests changes; the partner finds the comment where it has to write.
    colleague.get_by_label("Comment on 1.1").fill(COMMENT)
    colleague.get_by_label("Note to the partner").fill(NOTE)
    click(colleague, "Request changes")
    expect(colleague.locator(".govuk-notification-banner")).to_contain_text("Changes requested")
    the_partner_reads_it(page, portal)


def the_partner_reads_it(page: Page, portal: Portal) -> None:
    sign_in(page, "lead@rochford.example")
    page.goto("/partners/rochford-district-council/")
    page.locator(".govuk-button:has-text('Answer what ecda asks')").click()
    expect(page.locator(MAIN)).to_contain_text(NOTE)
    expect(page.locator(MAIN)).not_to_contain_text("They rang")
    page.get_by_role("link", name=re.compile(r"^1\.1 ")).click()
    expect(page.locator(MAIN)).to_contain_text(COMMENT)
    expect(page.get_by_label("Narrative")).to_be_editable()
    told = messages_to(portal, "lead@rochford.example")
    assert any("asks for changes" in mail for mail in told)
    assert not any("They rang" in mail for mail in told)


def test_a_question_is_asked_with_one_click(page: Page) -> None:
    sign_in(page, STAFF)
    page.goto("/quality/")
    rows = page.locator("tbody tr", has=page.get_by_role("button", name=re.compile("^Ask")))
    partner = rows.first.get_by_role("rowheader").inner_text().splitlines()[0]
    question = rows.first.locator("td").nth(1).inner_text()
    rows.first.get_by_role("button", name=re.compile("^Ask")).click()
    expect(page.locator(".govuk-notification-banner")).to_be_visible()
    asked = page.locator("tbody tr", has_text=question.strip()).filter(has_text=partner)
    expect(asked.first).to_contain_text("Asked on")


def test_support_is_taken_on_and_answered(page: Page, portal: Portal) -> None:
    sign_in(page, STAFF)
    page.goto("/support/?state=new")
    row = page.locator("tbody tr").first
    row.get_by_role("link").first.click()
    where = page.url
    click(page, "Take this on")
    page.get_by_label("Your message").fill("We ring you tomorrow.")
    click(page, "Send")
    expect(page.locator(MAIN)).to_contain_text("We ring you tomorrow.")
    asker = portal.query(
        "SELECT u.email FROM assessments_supportrequest r JOIN signatories_user u"
        f" ON u.id = r.asked_by_id WHERE r.id = {where.rstrip('/').rsplit('/', 1)[1]}"
    )[0][0]
    sign_in(page, str(asker))
    page.goto(where)
    expect(page.locator(MAIN)).to_contain_text("We ring you tomorrow.")
    expect(page.get_by_role("button", name="Take this on")).to_have_count(0)


def test_good_practice_is_edited_published_and_found_by_everybody(page: Page) -> None:
    sign_in(page, STAFF)
    page.goto("/good-practice/queue/")
    page.get_by_role("link", name="A sponsor for every data project").click()
    title = page.get_by_label("Title")
    title.fill("A sponsor for every project with data")
    click(page, "Save and publish")
    expect(page.locator(".govuk-notification-banner")).to_be_visible()
    page.context.clear_cookies()
    page.goto("/good-practice/")
    page.get_by_label("Search words").fill("sponsored projects")
    click(page, "Search")
    expect(page.locator("mark").first).to_be_visible()
    page.get_by_role("link", name="A sponsor for every project with data").click()
    expect(page.locator(MAIN)).to_contain_text("Office of the Police, Fire & Crime Commissioner")


def test_staff_write_to_those_who_have_not_started(page: Page, portal: Portal) -> None:
    sign_in(page, STAFF)
    page.goto("/rounds/")
    page.locator("main table").first.get_by_role("link").first.click()
    page.get_by_role("link", name="have not started").click()
    page.get_by_label("Leads", exact=True).check()
    page.get_by_label("Subject").fill("Can we help you to begin?")
    page.get_by_label("What do you want to say?").fill("An hour is enough for a first look.")
    click(page, "Check the letter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Check the letter")
    people = page.locator("main li", has_text="@").all_inner_texts()
    assert people
    click(page, "Send the letter")
    expect(page.locator(MAIN)).to_contain_text("Can we help you to begin?")
    address = people[0].rsplit(", ", 1)[1]

    def received() -> list[str]:
        mails = messages_to(portal, address)
        return [mail for mail in mails if "Can we help you to begin?" in mail]

    wait_until(received, seconds=30, what="the letter arrives")
    assert "An hour is enough for a first look." in received()[0]
    assert "text/html" in received()[0]
