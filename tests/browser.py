"""Walking the portal in Chromium: signing in, reading mail, looking for accessibility faults."""

import re
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.servers import Portal, wait_until

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# The smallest phone and a desktop screen, in CSS pixels.
WIDTHS = {"phone": (320, 800), "desktop": (1280, 900)}
# Rules of WCAG 2.0 to 2.2, A and AA, and axe's own best practices.
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def messages_to(portal: Portal, email: str) -> list[str]:
    """The e-mails that an address has received so far, oldest first, as they were sent."""
    files = sorted(Path(portal.environment["OUTBOX_ROOT"]).glob("*.log"))
    texts = [file.read_text(encoding="utf-8") for file in files]
    parts = [part for text in texts for part in re.split(r"^-{79}$", text, flags=re.MULTILINE)]
    return [part for part in parts if f"To: {email}" in part]


def codes_to(portal: Portal, email: str) -> list[str]:
    """The e-mails with sign-in codes that an address has received so far."""
    return [mail for mail in messages_to(portal, email) if "Your sign-in code" in mail]


def sign_in_by_code(page: Page, portal: Portal, email: str) -> None:
    """Sign in with a code sent by e-mail, as a person who never set a password."""
    before = len(codes_to(portal, email))
    page.goto("/accounts/login/code/")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_role("button", name="Send").click()
    enter_code(page, portal, email, before)


def enter_code(page: Page, portal: Portal, email: str, before: int) -> None:
    """Type the code of the e-mail that comes after so many others."""
    wait_until(lambda: len(codes_to(portal, email)) > before, seconds=10, what="the code is sent")
    mail = codes_to(portal, email)[-1]
    found = re.search(r"^\s*([A-Z0-9]{3,}(?:-[A-Z0-9]{3,})*)\s*$", mail, re.MULTILINE)
    assert found, mail
    page.get_by_label("code", exact=False).first.fill(found[1])
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/accounts/" not in url)


def sign_out(page: Page) -> None:
    """Forget the session, as closing the browser would."""
    page.context.clear_cookies()


def faults(page: Page) -> list[str]:
    """What axe finds on the page at each width, and sideways scrolling; empty when all is well."""
    found = []
    for name, (width, height) in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": height})
        for violation in Axe().run(page, options=RULES).response["violations"]:
            nodes = [" ".join(map(str, node["target"])) for node in violation["nodes"]]
            found.append(f"{page.url} at {name}: {violation['id']}: {nodes}")
        scrolled = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        if scrolled > 0:
            found.append(f"{page.url} at {name}: scrolls sideways by {scrolled} px")
    return found
