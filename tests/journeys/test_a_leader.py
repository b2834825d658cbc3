"""A leader's five minutes: from the e-mail to a certificate that anybody can check."""

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from uuid import uuid4

import pypdfium2
import pytest
import zxingcpp
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser import WIDTHS, codes_to, enter_code, messages_to
from tests.journeys.test_accessibility import sign_in
from tests.servers import Portal, wait_until

LEADER = "nora@braintree.example"
HOME = "/partners/braintree-district-council/"
MAIN = "main"
WAIT = 60_000


@pytest.fixture(params=[True, False], ids=["scripts", "no scripts"])
def phone(request: pytest.FixtureRequest, browser: Browser, demo: Portal) -> Iterator[Page]:
    """A telephone, with scripts and without."""
    width, height = WIDTHS["phone"]
    context: BrowserContext = browser.new_context(
        base_url=demo.url,
        locale="en-GB",
        timezone_id="Europe/London",
        viewport={"width": width, "height": height},
        java_script_enabled=request.param,
    )
    context.set_default_timeout(15_000)
    # Each of the two runs signs anew.
    forget_signatures(demo)
    yield context.new_page()
    context.close()


def forget_signatures(demo: Portal) -> None:
    """Withdraw what the partner has signed, as if somebody had."""
    demo.query(
        "UPDATE signatories_signature SET withdrawn_at = now(), withdrawal_reason = 'Anew',"
        " withdrawn_by_id = (SELECT min(id) FROM signatories_user)"
        " WHERE withdrawn_at IS NULL AND partner_id ="
        " (SELECT id FROM signatories_partner WHERE slug = 'braintree-district-council')"
        " RETURNING id"
    )


def newest_link(portal: Portal, email: str, part: str) -> str:
    """The newest address with this part that an e-mail has brought."""

    def found() -> list[str]:
        lines = [line.strip() for mail in messages_to(portal, email) for line in mail.splitlines()]
        return [line for line in lines if line.startswith(portal.url) and part in line]

    wait_until(found, seconds=30, what=f"an e-mail with {part} to {email}")
    return found()[-1]


def invited(page: Page, email: str) -> None:
    """An administrator appoints a leader: only they can."""
    sign_in(page, "administrator@ecda.example")
    page.goto(f"{HOME}members/invite/")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Full name").fill("Nora Newleader")
    page.get_by_label("Leader", exact=True).check()
    page.get_by_role("button", name="Send invitation").click()
    expect(page.get_by_role("heading", name=email)).to_be_visible()


def accept(phone: Page, demo: Portal, email: str) -> None:
    """Follow the link, show with a code that the address is theirs, and accept."""
    before = len(codes_to(demo, email))
    phone.goto(newest_link(demo, email, "/invitations/"))
    phone.get_by_role("button", name="Continue").click()
    enter_code(phone, demo, email, before)
    # They have no role yet, and may correct what they were called.
    expect(phone.get_by_label("Your full name")).to_have_value("Nora Newleader")
    phone.get_by_role("button", name="Accept").click()
    # A leader is taken straight to what waits for their signature.
    expect(phone.get_by_role("heading", level=1)).to_have_text(re.compile("^Sign for Braintree"))


def sign(phone: Page) -> None:
    """State who they are, and sign; what was forgotten is asked for, and nothing is lost."""
    button = phone.get_by_role("button", name="Sign the Declaration")
    phone.get_by_label("Your job title").fill("Chief Executive")
    phone.get_by_label("Your authority to sign").fill("Decision of Cabinet, 12 May 2026")
    button.click()
    expect(phone.locator(".govuk-error-summary")).to_contain_text("Confirm that you have read")
    expect(phone.get_by_label("Your job title")).to_have_value("Chief Executive")
    phone.get_by_label("I confirm").check()
    button.click()
    expect(phone.locator(".govuk-panel")).to_contain_text("Declaration signed")


def certificate(phone: Page, demo: Portal, email: str, folder: Path) -> Path:
    """The PDF, from the page that the second e-mail links to."""
    phone.goto(newest_link(demo, email, "/signatures/"))
    ready = phone.locator(".app-job__result")
    ready.wait_for(timeout=WAIT)
    with phone.expect_download(timeout=WAIT) as waiting:
        ready.click()
    file = folder / waiting.value.suggested_filename
    waiting.value.save_as(file)
    assert re.fullmatch(r"essex-data-declaration-braintree-.*-certificate.*\.pdf", file.name)
    return file


def code_on(file: Path) -> str:
    """The address in the QR code on a picture of the page."""
    with pypdfium2.PdfDocument(BytesIO(file.read_bytes())) as document:
        picture = document[0].render(scale=2).to_pil()
    (found,) = zxingcpp.read_barcodes(picture)
    return str(found.text)


def check_file(page: Page, name: str, content: bytes) -> None:
    page.goto("/certificates/")
    page.locator("input[type=file]").set_input_files(
        {"name": name, "mimeType": "application/pdf", "buffer": content}
    )
    page.get_by_role("button", name="Check the file").click()


def anybody_checks(page: Page, file: Path) -> None:
    """By the QR code and by the file; one changed byte is noticed."""
    content = file.read_bytes()
    page.goto(code_on(file))
    expect(page.locator(MAIN)).to_contain_text("This certificate is valid")
    expect(page.locator(MAIN)).to_contain_text("Nora Newleader")
    check_file(page, file.name, content)
    expect(page.locator(MAIN)).to_contain_text("This certificate is valid")
    changed = bytearray(content)
    changed[len(changed) // 2] ^= 1
    check_file(page, file.name, bytes(changed))
    expect(page.get_by_role("heading", level=1)).to_contain_text("not a certificate that we made")
    page.goto("/register/")
    expect(page.locator(MAIN)).to_contain_text("Nora Newleader")


def withdraw(phone: Page) -> None:
    """The leader takes the signature back, with a reason."""
    phone.get_by_role("link", name="Withdraw this signature").click()
    phone.get_by_label("Why is the signature withdrawn?").fill("The council is being reorganised")
    phone.get_by_label("I confirm").check()
    phone.get_by_role("button", name="Withdraw the signature").click()
    expect(phone.get_by_role("heading", level=1)).to_contain_text("withdrawn")


def test_a_leader_signs_from_an_e_mail(
    demo: Portal, page: Page, browser: Browser, phone: Page, tmp_path: Path
) -> None:
    email = f"{uuid4().hex[:6]}.{LEADER}"
    invited(page, email)
    accept(phone, demo, email)
    sign(phone)
    file = certificate(phone, demo, email, tmp_path)
    stranger = browser.new_context(base_url=demo.url).new_page()
    anybody_checks(stranger, file)
    withdraw(phone)
    stranger.goto(code_on(file))
    expect(stranger.locator(MAIN)).to_contain_text("This certificate is withdrawn")
    stranger.context.close()
