"""Autosave in a real browser: what it says, what comes back, offline and back, gone at sign-out."""

import re
from functools import partial
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from progress.management.demo import PASSWORD
from tests.browser import faults
from tests.journeys.test_accessibility import sign_in
from tests.servers import Portal, wait_until

EMAIL = "contributor@braintree.example"
LEAD = "lead@braintree.example"
KEPT = re.compile(r"^Draft kept at \d\d:\d\d; colleagues do not see it yet$")
AWAY = re.compile(r"^Not kept since \d\d:\d\d, trying again")
HOURS = "An hour of typing: 👨‍👩‍👧‍👦 ŵ <b>{{ 7*7 }}</b>\nin two lines."


@pytest.fixture
def path(demo: Portal) -> str:
    """An indicator of the contributor's with nothing typed in it, and something else saved."""
    demo.query("DELETE FROM assessments_draft RETURNING id")
    demo.query("DELETE FROM assessments_presence RETURNING id")
    [row] = demo.query(
        "SELECT min(w.id) FROM assessments_answer w"
        " JOIN assessments_assessment a ON a.id = w.assessment_id"
        " JOIN signatories_partner p ON p.id = a.partner_id"
        " WHERE p.slug = 'braintree-district-council' AND a.state = 'draft'"
        f" AND w.narrative <> '{HOURS}'"
    )
    return f"/answers/{row[0]}/"


@pytest.fixture
def form(page: Page, path: str) -> Page:
    """The indicator's form, opened by the contributor."""
    sign_in(page, EMAIL)
    page.goto(path)
    return page


def narrative(page: Page) -> Locator:
    return page.get_by_label("Narrative")


def status(page: Page) -> Locator:
    """The status line beside the Save buttons."""
    return page.locator("[data-draft-status]").last


def banner(page: Page) -> Locator:
    """What the portal says of what has just been done."""
    return page.locator(".govuk-notification-banner")


def kept_texts(portal: Portal) -> list[str]:
    rows = portal.query("SELECT typed->'narrative'->>0 FROM assessments_draft ORDER BY id")
    return [str(row[0]).replace("\r\n", "\n") for row in rows]


def is_kept(portal: Portal, text: str) -> bool:
    return kept_texts(portal) == [text]


def copies(page: Page) -> list[Any]:
    """What the browser has kept by itself."""
    script = "() => Object.keys(localStorage).filter(key => key.startsWith('draft:'))"
    found: list[Any] = page.evaluate(script)
    return found


# --- Keeping -------------------------------------------------------------------------------------


def test_typing_is_kept_and_the_page_says_who_sees_it(form: Page, demo: Portal) -> None:
    expect(status(form)).to_be_hidden()
    narrative(form).fill(HOURS)
    expect(status(form)).to_have_text(KEPT)
    assert kept_texts(demo) == [HOURS]
    assert faults(form) == []
    assert copies(form) == []


def test_reloading_the_page_brings_it_back(form: Page, path: str) -> None:
    narrative(form).fill(HOURS)
    form.get_by_label("3 Established").check()
    expect(status(form)).to_have_text(KEPT)
    form.goto("/start/")
    form.goto(path)
    expect(narrative(form)).to_have_value(HOURS)
    expect(form.get_by_label("3 Established")).to_be_checked()
    expect(form.locator("#answer-form")).to_contain_text("have not saved it")
    assert faults(form) == []


def test_while_somebody_types_on_it_is_kept_all_the_same(form: Page, demo: Portal) -> None:
    form.clock.install()
    for number in range(8):
        narrative(form).press_sequentially(f"{number} ")
        form.clock.run_for(1_500)
    wait_until(lambda: kept_texts(demo), seconds=10, what="a draft is kept without a pause")


def test_the_words_are_read_aloud_when_something_changes_only(form: Page, demo: Portal) -> None:
    form.evaluate(
        "() => { window.said = []; new MutationObserver(() =>"
        " window.said.push(document.getElementById('announcements').textContent))"
        ".observe(document.getElementById('announcements'), {childList: true}) }"
    )
    for text in ("One", "One and two", "One and two and three"):
        narrative(form).fill(text)
        wait_until(partial(is_kept, demo, text), seconds=10, what=f"“{text}” is kept")
    said = form.evaluate("() => window.said")
    assert len(said) == 1
    assert KEPT.match(said[0])


def test_a_save_forgets_the_draft_and_the_copy(form: Page, demo: Portal, path: str) -> None:
    narrative(form).fill(HOURS)
    expect(status(form)).to_have_text(KEPT)
    form.get_by_role("button", name="Save and return").click()
    expect(banner(form)).to_contain_text("saved")
    assert kept_texts(demo) == []
    assert copies(form) == []
    form.goto(path)
    expect(narrative(form)).to_have_value(HOURS)
    expect(form.locator("#answer-form")).not_to_contain_text("have not saved it")


def test_a_save_right_after_the_last_letter_leaves_no_draft_behind(
    form: Page, demo: Portal
) -> None:
    for number in range(5):
        narrative(form).fill(f"Typed and saved at once, time {number}")
        form.get_by_role("button", name="Save and return").click()
        expect(banner(form)).to_contain_text("saved")
        form.go_back()
        form.reload()
    assert kept_texts(demo) == []


def test_what_was_typed_is_thrown_away_with_two_presses(form: Page, demo: Portal) -> None:
    before = narrative(form).input_value()
    narrative(form).fill(HOURS)
    expect(status(form)).to_have_text(KEPT)
    form.reload()
    form.get_by_text("Throw away what I typed").click()
    form.get_by_role("button", name="Throw away", exact=True).click()
    expect(banner(form)).to_contain_text("has been thrown away")
    expect(narrative(form)).to_have_value(before)
    assert (kept_texts(demo), copies(form)) == ([], [])


def test_another_tab_is_told_and_keeps_its_words(form: Page, demo: Portal, path: str) -> None:
    other = form.context.new_page()
    other.goto(path)
    narrative(form).fill("In the first tab")
    expect(status(form)).to_have_text(KEPT)
    narrative(other).fill("In the second tab")
    expect(status(other)).to_contain_text("in another tab or window")
    assert kept_texts(demo) == ["In the first tab"]
    assert faults(other) == []
    other.get_by_role("button", name="Save and return").click()
    expect(banner(other)).to_contain_text("saved")
    assert kept_texts(demo) == ["In the first tab"]


def test_who_else_has_it_open_is_said_by_name(
    form: Page, demo: Portal, path: str, browser: Browser
) -> None:
    other = browser.new_context(base_url=demo.url, locale="en-GB").new_page()
    sign_in(other, LEAD)
    other.goto(path)
    [name] = demo.query(f"SELECT name FROM signatories_user WHERE email = '{LEAD}'")
    expect(form.get_by_text("has this page open too")).to_be_hidden()
    narrative(form).fill("Half a word")
    expect(form.locator("[data-draft-others]")).to_contain_text(f"{name[0]} has this page open")
    other.context.close()


# --- Signed out ----------------------------------------------------------------------------------


def test_after_the_session_has_gone_it_is_kept_and_one_signs_in_to_it(
    form: Page, demo: Portal, path: str
) -> None:
    demo.query("DELETE FROM django_session RETURNING session_key")
    narrative(form).fill(HOURS)
    expect(status(form)).to_contain_text("You have been signed out")
    assert kept_texts(demo) == [HOURS]
    assert faults(form) == []
    status(form).get_by_role("link", name="Sign in").click()
    sign_in_here(form)
    form.wait_for_url(re.compile(f"{path}$"))
    expect(narrative(form)).to_have_value(HOURS)


def test_a_save_after_the_session_has_gone_leads_back_to_the_words(
    form: Page, demo: Portal, path: str
) -> None:
    narrative(form).fill(HOURS)
    demo.query("DELETE FROM django_session RETURNING session_key")
    form.get_by_role("button", name="Save and continue").last.click()
    expect(banner(form)).to_contain_text("What you typed is kept")
    assert faults(form) == []
    sign_in_here(form)
    form.wait_for_url(re.compile(f"{path}$"))
    expect(narrative(form)).to_have_value(HOURS)
    expect(form.get_by_text("This browser kept")).to_be_hidden()
    form.get_by_role("button", name="Save and return").click()
    expect(banner(form)).to_contain_text("saved")


def sign_in_here(page: Page) -> None:
    page.get_by_label("E-mail address").fill(EMAIL)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
