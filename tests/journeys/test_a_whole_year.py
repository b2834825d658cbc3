"""A year: a round closes and is released, a new edition, the next round begins from the last."""

import re
from pathlib import Path

import psycopg
import yaml
from playwright.sync_api import Page, expect

from tests.assessments.years import later_data
from tests.browser import faults
from tests.journeys.test_accessibility import sign_in
from tests.servers import Portal

STAFF = "staff@ecda.example"
MAIN = "main"


def click(page: Page, name: str) -> None:
    """Press the button with exactly this name."""
    page.get_by_role("button", name=name, exact=True).first.click()


def press(page: Page, name: str) -> None:
    """The same for a button that is a link."""
    page.locator(f".govuk-button:has-text('{name}')").first.click()


def end_extensions(portal: Portal) -> None:
    """Let the time that single partners were given have passed yesterday."""
    with psycopg.connect(portal.database_url, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        for table, column in (("extension", "until"), ("assessment", "extended_to")):
            connection.execute(
                f"UPDATE assessments_{table} SET {column} = current_date - 2"
                f" WHERE {column} IS NOT NULL"
            )


def close_and_release(page: Page, portal: Portal, slug: str) -> None:
    sign_in(page, STAFF)
    page.goto(f"/rounds/{slug}/close/")
    expect(page.locator(MAIN)).to_contain_text("Essex Fire & Rescue Service, until")
    end_extensions(portal)
    page.reload()
    click(page, "Close the round")
    expect(page.locator(".govuk-notification-banner")).to_be_visible()
    page.goto(f"/rounds/{slug}/release/")
    expect(page.locator(MAIN)).to_contain_text("Counted: 6")
    click(page, "Release the figures")
    expect(page.locator(".govuk-error-summary")).to_be_visible()
    page.get_by_label("The figures are meant to leave out these partners").check()
    click(page, "Release the figures")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Release 1")
    assert faults(page) == []


def give_more_time(page: Page, portal: Portal) -> None:
    """After closing, one partner alone can write again."""
    mine = portal.query(
        "SELECT max(a.id) FROM assessments_assessment a JOIN signatories_partner p"
        " ON p.id = a.partner_id WHERE p.slug = 'braintree-district-council'"
    )[0][0]
    sign_in(page, "lead@braintree.example")
    page.goto("/partners/braintree-district-council/")
    expect(page.locator(MAIN)).to_contain_text("The round closed")
    sign_in(page, STAFF)
    page.goto(f"/assessments/{mine}/extend/")
    page.get_by_label("Why does the partner get more time?").fill("A new officer.")
    click(page, "Give more time")
    sign_in(page, "lead@braintree.example")
    page.goto("/partners/braintree-district-council/")
    expect(page.locator(MAIN)).to_contain_text("ecda gave more time")


def publish_the_next_edition(portal: Portal, folder: Path) -> None:
    file = folder / "later.yaml"
    file.write_text(yaml.safe_dump(later_data(), allow_unicode=True), encoding="utf-8")
    portal.manage("load_declaration", str(file))
    portal.manage("publish_edition", "later")


def open_the_next_round(page: Page) -> None:
    sign_in(page, STAFF)
    page.goto("/rounds/")
    press(page, "Plan a round")
    page.get_by_label("Name of the round").fill("Next year")
    page.get_by_label("A later one").check()
    page.get_by_label("Today").check()
    click(page, "Save the round")
    expect(page.locator(".govuk-notification-banner")).to_contain_text("Next year")


def test_a_whole_year(page: Page, portal: Portal, tmp_path: Path) -> None:
    slug, name = portal.query(
        "SELECT slug, name FROM assessments_round WHERE opened_at IS NOT NULL AND closed_at IS NULL"
    )[0]
    close_and_release(page, portal, str(slug))
    give_more_time(page, portal)
    publish_the_next_edition(portal, tmp_path)
    open_the_next_round(page)

    # The partner that was accepted begins from what it said, and nothing counts before it is saved.
    sign_in(page, "lead@basildon.example")
    page.goto("/partners/basildon-council/")
    expect(page.locator(MAIN)).to_contain_text("0 of 13 answered")
    press(page, "Start your answers")
    page.get_by_role("link", name=re.compile(r"^1\.1 ")).click()
    expect(page.locator(MAIN)).to_contain_text(f"{name}")
    expect(page.get_by_label("Narrative")).not_to_have_value("")
    page.get_by_label("Yes", exact=True).check()
    click(page, "Save and continue")
    page.goto("/partners/basildon-council/")
    expect(page.locator(MAIN)).to_contain_text("1 of 13 answered")

    # The leader is asked to sign the new edition; the old certificate stands meanwhile.
    sign_in(page, "leader@basildon.example")
    page.goto("/partners/basildon-council/")
    expect(page.locator(MAIN)).to_contain_text("A later one")
    press(page, "Sign the Declaration")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Sign")

    # Two rounds at once: the one that was given more time, and the new one.
    sign_in(page, "lead@braintree.example")
    page.goto("/partners/braintree-district-council/")
    for round_ in (f"Round {name}", "Round Next year"):
        expect(page.get_by_role("heading", name=round_, exact=True)).to_be_visible()

    read_the_timeline(page)


def read_the_timeline(page: Page) -> None:
    """See, as ecda, the year as it went, and behind it how it all began."""
    sign_in(page, STAFF)
    page.goto("/partners/basildon-council/timeline/")
    for words in ("opened a round", "accepted the self-assessment"):
        expect(page.locator(MAIN)).to_contain_text(words)
    page.goto("/partners/basildon-council/timeline/?page=2")
    expect(page.locator(MAIN)).to_contain_text("signed the Declaration")
