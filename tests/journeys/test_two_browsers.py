"""Two real browsers on one indicator: the second sees both texts and keeps both with two clicks."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import faults
from tests.journeys.test_accessibility import sign_in
from tests.servers import Portal

CONTRIBUTOR = "contributor@braintree.example"
MINE = "What I typed for an hour.\nIn two lines."
THEIRS = "What my colleague typed meanwhile."


@pytest.fixture
def people(browser: Browser, demo: Portal) -> Iterator[tuple[Page, Page]]:
    """A contributor and a lead of one partner, each in a browser of their own."""
    contexts = [
        browser.new_context(base_url=demo.url, locale="en-GB", timezone_id="Europe/London")
        for _ in range(2)
    ]
    for context in contexts:
        context.set_default_timeout(15_000)
    pages = [context.new_page() for context in contexts]
    sign_in(pages[0], CONTRIBUTOR)
    sign_in(pages[1], "lead@braintree.example")
    yield pages[0], pages[1]
    for context in contexts:
        context.close()


def name_of(portal: Portal, email: str) -> str:
    [row] = portal.query(f"SELECT name FROM signatories_user WHERE email = '{email}'")
    return str(row[0])


def answer_path(portal: Portal) -> str:
    [row] = portal.query(
        "SELECT min(w.id) FROM assessments_answer w"
        " JOIN assessments_assessment a ON a.id = w.assessment_id"
        " JOIN signatories_partner p ON p.id = a.partner_id"
        " WHERE p.slug = 'braintree-district-council' AND a.state = 'draft'"
    )
    return f"/answers/{row[0]}/"


def test_the_second_to_save_keeps_both_texts_and_retypes_nothing(
    people: tuple[Page, Page], demo: Portal
) -> None:
    contributor, lead = people
    path = answer_path(demo)
    contributor.goto(path)
    lead.goto(path)
    expect(lead.locator("#answer-form")).to_contain_text(name_of(demo, CONTRIBUTOR))
    contributor.get_by_label("Narrative").fill(MINE)
    lead.get_by_label("Narrative").fill(THEIRS)
    lead.get_by_role("button", name="Save and return").click()
    expect(lead.locator(".govuk-notification-banner")).to_contain_text("saved")
    contributor.get_by_role("button", name="Save and return").click()
    heading = contributor.get_by_role("heading", level=1)
    expect(heading).to_have_text("You and a colleague changed the same thing")
    main = contributor.locator("main")
    expect(main).to_contain_text("What I typed for an hour.")
    expect(main).to_contain_text(THEIRS)
    assert faults(contributor) == []
    contributor.get_by_role("button", name="Save", exact=True).click()
    expect(contributor.locator(".govuk-error-summary")).to_contain_text("Choose what to keep")
    contributor.get_by_label("Both, one under the other").check()
    contributor.get_by_role("button", name="Save", exact=True).click()
    expect(contributor.locator(".govuk-notification-banner")).to_contain_text("saved")
    contributor.goto(path)
    expect(contributor.get_by_label("Narrative")).to_have_value(f"{THEIRS}\n\n{MINE}")


def test_what_only_one_of_them_changed_merges_without_a_question(
    people: tuple[Page, Page], demo: Portal
) -> None:
    contributor, lead = people
    path = answer_path(demo)
    contributor.goto(path)
    lead.goto(path)
    lead.get_by_label("4 Leading").check()
    lead.get_by_label("No, I will come back to it").check()
    lead.get_by_role("button", name="Save and return").click()
    expect(lead.locator(".govuk-notification-banner")).to_contain_text("saved")
    contributor.get_by_label("Narrative").fill("Only words.")
    contributor.get_by_role("button", name="Save and return").click()
    alert = contributor.locator(".govuk-notification-banner")
    expect(alert).to_contain_text("What a colleague changed meanwhile is kept too")
    contributor.goto(path)
    expect(contributor.get_by_label("Narrative")).to_have_value("Only words.")
    expect(contributor.get_by_label("4 Leading")).to_be_checked()
