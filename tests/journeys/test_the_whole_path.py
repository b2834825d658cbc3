"""The whole path, as its people walk it: import, sign, assess, review, see, download, check."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pikepdf
from django.utils import timezone
from playwright.sync_api import Download, Page, expect

from tests.browser import codes_to, enter_code, messages_to, sign_in_by_code, sign_out
from tests.factories import FIXTURES
from tests.servers import Portal, wait_until

ADMINISTRATOR = "ada@ecda.example"
STAFF = "sam@ecda.example"
LEADER = "lara@braintree.example"
LEAD = "lee@braintree.example"
PARTNER = "Braintree District Council"
WAIT = 60_000
# What it is about is how all of it comes to be.
BEGINS_EMPTY = True


def click(page: Page, name: str) -> None:
    """Press the button, or follow the link that looks like one."""
    page.get_by_role("button", name=name, exact=True).click()


def press_main(page: Page, name: str) -> None:
    """The same for a button that is a link."""
    page.locator(f".govuk-button:has-text('{name}')").last.click()


def import_the_partners(page: Page) -> None:
    page.goto("/administration/partners/")
    press_main(page, "Import a partner list")
    page.locator("input[type=file]").set_input_files(FIXTURES / "partners.csv")
    click(page, "Preview")
    preview = page.get_by_role("heading", level=1, name="Preview of the partner list")
    preview.or_(page.locator(".app-job__result")).wait_for(timeout=WAIT)
    page.reload()
    expect(preview).to_be_visible()
    expect(page.locator("main")).to_contain_text("16")
    click(page, "Confirm and import")
    expect(page.get_by_role("heading", level=1)).to_have_text("Partner list imported")
    expect(page.locator("main")).to_contain_text("16 new")


def invite_member(page: Page, name: str, email: str, role: str) -> None:
    page.goto("/partners/braintree-district-council/members/")
    press_main(page, "Invite a member")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Full name").fill(name)
    page.get_by_label(role, exact=True).check()
    click(page, "Send invitation")
    expect(page.get_by_role("heading", name=email)).to_be_visible()


def accept_invitation(page: Page, portal: Portal, name: str, email: str) -> None:
    """From the e-mail's link through a code to the role; the name is as it was given."""
    before = codes_to(portal, email)
    page.goto(link_in_mail(portal, email, "/invitations/"))
    expect(page.locator("main")).to_contain_text(email)
    click(page, "Continue")
    enter_code(page, portal, email, len(before))
    page.wait_for_url("**/invitations/**")
    expect(page.get_by_label("Your full name")).to_have_value(name)
    click(page, "Accept")
    expect(page.locator(".govuk-notification-banner")).to_contain_text(PARTNER)


def open_a_round(page: Page) -> None:
    page.goto("/rounds/")
    press_main(page, "Plan a round")
    page.get_by_label("Name of the round").fill("2026")
    page.get_by_label("Today, as soon as you save").check()
    today = timezone.localdate()
    for field, days in [("due_on", 60), ("closes_on", 90)]:
        date = today + timedelta(days=days)
        page.locator(f"#id_{field}-day").fill(str(date.day))
        page.locator(f"#id_{field}-month").fill(str(date.month))
        page.locator(f"#id_{field}-year").fill(str(date.year))
    click(page, "Save the round")
    expect(page.locator("main")).to_contain_text("Round 2026")


def sign_the_declaration(page: Page) -> None:
    page.goto("/partners/braintree-district-council/")
    press_main(page, "Sign the Declaration")
    expect(page.locator("main")).to_contain_text("keep our communities our safe")
    page.get_by_label("Your job title").fill("Chief Executive")
    page.get_by_label("Your authority to sign").fill("Under delegated powers")
    page.get_by_label("I confirm").check()
    click(page, "Sign the Declaration")
    expect(page.locator(".govuk-panel")).to_contain_text(PARTNER)


def answer_everything(page: Page) -> None:
    page.goto("/partners/braintree-district-council/")
    press_main(page, "answers")
    page.get_by_role("link", name=re.compile("^1.1 ")).click()
    for number in range(13):
        page.get_by_label("2 Developing").check()
        page.get_by_label("Narrative").fill(f"We do this in part: ŵ ŷ, answer {number}.")
        if number == 0:
            page.get_by_text("Add links").click()
            page.get_by_label("Address of a page or document").fill(
                "https://braintree.example/strategy"
            )
            page.get_by_label("Name of the page or document").fill("Our data strategy")
            page.get_by_label("ecda Data Masterclass").check()
        page.get_by_label("Yes", exact=True).check()
        click(page, "Save and continue")
    expect(page.get_by_role("heading", level=1)).to_have_text("Check answers")


def download(page: Page, press: Callable[[], None]) -> Path:
    with page.expect_download(timeout=WAIT) as waiting:
        press()
    found: Download = waiting.value
    return Path(found.path()).rename(Path(found.path()).with_name(found.suggested_filename))


def tagged(pdf: Path) -> pikepdf.Pdf:
    """The PDF, opened; untagged, the test fails here."""
    document = pikepdf.open(pdf)
    assert "/StructTreeRoot" in document.Root
    return document


def addresses(document: pikepdf.Pdf) -> set[str]:
    """Where the links of the document's pages lead."""
    notes = [note for one in document.pages for note in one.get("/Annots", [])]
    return {str(note.A.URI) for note in notes if "/A" in note and "/URI" in note.A}


def certificate(page: Page) -> tuple[Path, str, str]:
    """Wait until the worker has made it; the file, its number and the address of its check."""
    page.locator(".app-job__result").wait_for(timeout=WAIT)
    number = page.locator(".govuk-panel strong").inner_text()
    check = page.locator("main a[href^='/certificates/']").get_attribute("href")
    file = download(page, lambda: page.locator(".app-job__result").click())
    return file, number, str(check)


def link_in_mail(portal: Portal, email: str, word: str) -> str:
    """The address in the newest e-mail that speaks of the word."""

    def found() -> list[str]:
        lines = [line.strip() for mail in messages_to(portal, email) for line in mail.splitlines()]
        # Of the text: in the HTML beside it the address stands inside a link.
        return [line for line in lines if line.startswith(portal.url) and word in line]

    wait_until(found, seconds=30, what=f"an e-mail about {word} to {email}")
    return found()[-1]


def the_administrator_prepares(page: Page, portal: Portal) -> None:
    """An administrator imports the partners and invites a leader and a lead."""
    sign_in_by_code(page, portal, ADMINISTRATOR)
    import_the_partners(page)
    invite_member(page, "Lara Leader", LEADER, "Leader")
    invite_member(page, "Lee Lead", LEAD, "Lead")
    sign_out(page)


def the_leader_signs(page: Page, portal: Portal) -> tuple[str, str]:
    """The leader accepts and signs, and downloads the certificate a worker has made."""
    accept_invitation(page, portal, "Lara Leader", LEADER)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Sign")
    sign_the_declaration(page)
    file, number, check = certificate(page)
    named = f"essex-data-declaration-braintree-district-council-certificate-{number}.pdf"
    assert file.name == named
    assert len(tagged(file).pages) == 1
    assert portal.url + check in addresses(tagged(file))
    sign_out(page)
    return number, check


def the_lead_sends(page: Page, portal: Portal) -> str:
    """The lead accepts, answers all thirteen, checks them and sends them: the assessment."""
    accept_invitation(page, portal, "Lee Lead", LEAD)
    answer_everything(page)
    expect(page.locator("main")).to_contain_text("13 of 13 answered")
    expect(page.locator("main")).to_contain_text("Our data strategy")
    click(page, "Send for sign-off")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Sent for sign-off")
    assessment = page.url.removesuffix("sent/")
    sign_out(page)
    return assessment


def the_leader_signs_off(page: Page, portal: Portal) -> None:
    """The leader, told by e-mail, follows its link and signs off."""
    sign_in_by_code(page, portal, LEADER)
    page.goto(link_in_mail(portal, LEADER, "sign-off"))
    page.get_by_label("I have read the answers").check()
    click(page, "Sign off")
    expect(page.get_by_role("heading", level=1)).to_contain_text("igned off")
    sign_out(page)


def staff_accept_and_see(page: Page, portal: Portal) -> None:
    """Staff review and accept; the overview and the heatmap show it."""
    sign_in_by_code(page, portal, STAFF)
    page.goto("/reviews/")
    page.get_by_role("link", name=re.compile(PARTNER)).click()
    expect(page.locator("main")).to_contain_text("ŵ ŷ, answer 12.")
    click(page, "Accept")
    page.goto("/overview/")
    expect(page.locator(".app-figures li", has_text="accepted")).to_contain_text("1")
    page.goto("/heatmap/")
    row = page.locator("tr", has=page.get_by_role("rowheader", name=PARTNER)).first
    expect(row.locator("td.rating-2")).to_have_count(13)
    sign_out(page)


def the_lead_takes_the_report(page: Page, portal: Portal, assessment: str) -> None:
    """The lead asks for the progress report, watches it and downloads the PDF."""
    sign_in_by_code(page, portal, LEAD)
    page.goto(assessment)
    expect(page.locator("main")).to_contain_text("ccepted")
    page.goto("/partners/braintree-district-council/reports/")
    click(page, "Make the report")
    expect(page.locator("progress, .app-job__result").first).to_be_visible()
    page.locator(".app-job__result").wait_for(timeout=WAIT)
    report = download(page, lambda: page.locator(".app-job__result").click())
    assert report.name == "essex-data-declaration-braintree-district-council-2026-progress.pdf"
    assert len(tagged(report).pages) > 3
    wait_until(
        lambda: any("progress report" in mail for mail in messages_to(portal, LEAD)),
        seconds=30,
        what="the e-mail that the report is ready",
    )
    sign_out(page)


def anybody_checks(page: Page, number: str, check: str) -> None:
    """Anybody checks the certificate by its code, and by its number typed carelessly."""
    page.goto(check)
    expect(page.locator("main")).to_contain_text("This certificate is valid")
    page.goto("/certificates/")
    page.get_by_label("Certificate number or code").fill(number.lower().replace("-", ""))
    click(page, "Check the number")
    expect(page.locator("main")).to_contain_text("This certificate is valid")
    expect(page.locator("main")).to_contain_text(PARTNER)


def test_the_whole_path(page: Page, portal: Portal) -> None:
    portal.manage("appoint", ADMINISTRATOR, "Ada Administrator", "--office=administrator")
    portal.manage("appoint", STAFF, "Sam Staff", "--office=staff")
    the_administrator_prepares(page, portal)
    sign_in_by_code(page, portal, STAFF)
    open_a_round(page)
    sign_out(page)
    number, check = the_leader_signs(page, portal)
    assessment = the_lead_sends(page, portal)
    the_leader_signs_off(page, portal)
    staff_accept_and_see(page, portal)
    the_lead_takes_the_report(page, portal, assessment)
    anybody_checks(page, number, check)
