"""With no network the browser keeps a copy: for one person, until it is saved or signed out."""

import json
import re
import time

import pytest
from playwright.sync_api import Locator, Page, expect

from progress.management.demo import PASSWORD
from tests.browser import faults
from tests.journeys.test_accessibility import sign_in
from tests.journeys.test_drafts import (
    AWAY,
    EMAIL,
    HOURS,
    KEPT,
    LEAD,
    banner,
    copies,
    form,
    kept_texts,
    narrative,
    path,
    status,
)
from tests.servers import Portal

__all__ = ["form", "path"]

DAY = 24 * 60 * 60 * 1000


@pytest.fixture
def offline(form: Page) -> Page:
    """The form, with something typed since the network went."""
    form.context.set_offline(True)
    narrative(form).fill(HOURS)
    expect(status(form)).to_have_text(AWAY)
    return form


def test_offline_the_browser_keeps_a_copy_and_says_so(offline: Page, demo: Portal) -> None:
    expect(status(offline)).to_contain_text("This browser keeps a copy meanwhile")
    assert len(copies(offline)) == 1
    narrative(offline).press_sequentially(" And more.")
    [key] = copies(offline)
    copy = json.loads(offline.evaluate("key => localStorage.getItem(key)", key))
    assert ["narrative", f"{HOURS} And more."] in copy["pairs"]
    names = {name for name, _ in copy["pairs"]}
    assert not names & {"csrfmiddlewaretoken", "writer", "page", "revision", "next"}
    assert kept_texts(demo) == []


def test_once_it_is_back_the_server_has_it_and_the_copy_goes(offline: Page, demo: Portal) -> None:
    offline.context.set_offline(False)
    expect(status(offline)).to_have_text(KEPT)
    assert kept_texts(demo) == [HOURS]
    assert copies(offline) == []


def test_a_save_while_offline_leaves_the_page_where_it_is(offline: Page, demo: Portal) -> None:
    offline.get_by_role("button", name="Save and return").click()
    expect(status(offline)).to_contain_text("Not saved, because the portal cannot be reached")
    expect(narrative(offline)).to_have_value(HOURS)
    offline.context.set_offline(False)
    expect(status(offline)).to_have_text(KEPT)
    # The other one: a button that has just been pressed waits for a second.
    offline.get_by_role("button", name="Save and continue").last.click()
    expect(banner(offline)).to_contain_text("saved")
    assert (kept_texts(demo), copies(offline)) == ([], [])


def test_a_save_at_the_moment_the_network_goes_loses_nothing(form: Page, path: str) -> None:
    narrative(form).fill(HOURS)
    form.context.set_offline(True)
    form.get_by_role("button", name="Save and return").click()
    expect(status(form)).to_contain_text("Not saved, because the portal cannot be reached")
    form = back_again(form, path)
    offered(form).get_by_role("button", name="Put it into the form").click()
    expect(narrative(form)).to_have_value(HOURS)


def offered(page: Page) -> Locator:
    found = page.locator("[data-draft-copies]")
    expect(found).to_contain_text("This browser kept what you typed on")
    return found


def left_alone(page: Page, path: str) -> Page:
    """Leave the page before the server could have what was typed; the page when one comes back."""
    page.context.set_offline(True)
    narrative(page).fill(HOURS)
    expect(status(page)).to_have_text(AWAY)
    return back_again(page, path)


def back_again(page: Page, path: str) -> Page:
    """Close the tab while there is no network, and open another one when there is."""
    page.close()
    page.context.set_offline(False)
    again = page.context.new_page()
    again.goto(path)
    return again


def test_a_copy_is_offered_and_put_into_the_form(form: Page, demo: Portal, path: str) -> None:
    form = left_alone(form, path)
    offer = offered(form)
    assert faults(form) == []
    offer.get_by_text("Read what it says").click()
    expect(offer.get_by_text("An hour of typing")).to_be_visible()
    offer.get_by_role("button", name="Put it into the form").click()
    expect(narrative(form)).to_have_value(HOURS)
    expect(form.locator("#answer-form")).to_contain_text("have not saved it")
    assert kept_texts(demo) == [HOURS]
    assert copies(form) == []


def test_what_stood_in_the_form_is_put_aside_by_a_copy(form: Page, path: str) -> None:
    form = left_alone(form, path)
    narrative(form).fill("Typed since")
    offered(form).get_by_role("button", name="Put it into the form").click()
    expect(narrative(form)).to_have_value(HOURS)
    aside = form.get_by_text("Another text of yours")
    aside.click()
    expect(form.get_by_text("Typed since")).to_be_visible()
    assert faults(form) == []


def test_a_copy_is_thrown_away(form: Page, demo: Portal, path: str) -> None:
    before = narrative(form).input_value()
    form = left_alone(form, path)
    offered(form).get_by_role("button", name="Throw it away").click()
    expect(form.locator("[data-draft-copies]")).to_have_text("Thrown away.")
    assert (kept_texts(demo), copies(form)) == ([], [])
    expect(narrative(form)).to_have_value(before)


def test_a_page_left_in_mid_word_is_offered_too(form: Page, path: str) -> None:
    narrative(form).fill(HOURS)
    form.goto("/start/")
    form.goto(path)
    offered(form)


def test_signing_out_forgets_the_copies_of_this_person(form: Page, path: str) -> None:
    other = "draft:999999:1:x"
    form.evaluate(
        f"localStorage.setItem('{other}', '{{\"at\": {int(time.time() * 1000)}, \"pairs\": []}}')"
    )
    form = left_alone(form, path)
    assert len(copies(form)) == 2
    form.goto("/accounts/logout/")
    form.locator("main").get_by_role("button", name="Sign out").click()
    form.wait_for_url(re.compile("/$"))
    assert copies(form) == [other]


def test_nobody_else_is_offered_the_copy(form: Page, path: str) -> None:
    form = left_alone(form, path)
    offered(form)
    sign_in(form, LEAD)
    form.goto(path)
    expect(narrative(form)).to_be_visible()
    expect(form.get_by_text("This browser kept")).to_be_hidden()
    sign_in(form, EMAIL)
    form.goto(path)
    offered(form)


@pytest.mark.parametrize(("days", "stays"), [(6.9, True), (7.1, False)])
def test_a_copy_lasts_seven_days(form: Page, path: str, days: float, stays: bool) -> None:
    form = left_alone(form, path)
    [key] = copies(form)
    form.evaluate(
        "([key, age]) => { const copy = JSON.parse(localStorage.getItem(key));"
        " copy.at = Date.now() - age; localStorage.setItem(key, JSON.stringify(copy)); }",
        [key, days * DAY],
    )
    form.goto("/start/")
    assert copies(form) == ([key] if stays else [])


def test_what_is_no_copy_is_cleared_away_and_breaks_nothing(form: Page, path: str) -> None:
    form.evaluate(
        "() => { localStorage.setItem('draft:1:1:x', '{');"
        " localStorage.setItem('draft:', 'null'); }"
    )
    form.goto(path)
    assert copies(form) == []
    narrative(form).fill(HOURS)
    expect(status(form)).to_have_text(KEPT)


def test_a_form_that_was_wrong_is_kept_while_it_is_mended(
    form: Page, demo: Portal, path: str
) -> None:
    form.get_by_role("radio", name="Not applicable").check()
    narrative(form).fill(HOURS)
    form.get_by_role("button", name="Save and return").click()
    expect(form.locator(".govuk-error-summary")).to_be_visible()
    expect(status(form)).to_have_text(KEPT)
    assert kept_texts(demo) == [HOURS]
    assert copies(form) == []
    form.goto(path)
    expect(narrative(form)).to_have_value(HOURS)


def test_a_button_inside_the_form_keeps_what_was_typed_and_offers_nothing(
    form: Page, demo: Portal, path: str
) -> None:
    narrative(form).fill(HOURS)
    form.get_by_text("Add files").click()
    form.get_by_label("Note about these files").fill("Of no file")
    form.get_by_role("button", name="Upload now").click()
    form.wait_for_url(lambda url: not url.endswith(path))
    expect(narrative(form)).to_have_value(HOURS)
    expect(form.get_by_text("This browser kept")).to_be_hidden()
    expect(status(form)).to_have_text(KEPT)
    assert kept_texts(demo) == [HOURS]
    assert copies(form) == []


def test_after_a_save_the_copy_of_its_page_is_gone(form: Page) -> None:
    narrative(form).fill(HOURS)
    form.get_by_role("button", name="Save and return").click()
    expect(banner(form)).to_contain_text("saved")
    assert copies(form) == []
    assert PASSWORD not in str(
        form.evaluate("() => JSON.stringify({...localStorage, ...sessionStorage})")
    )
