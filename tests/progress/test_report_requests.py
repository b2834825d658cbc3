"""Asking for a report, watching it, trying it again, taking it away: the pages."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from assessments.models import Round
from declaration import files, jobs
from progress import actions
from progress.models import Report
from progress.verbs import Verb
from signatories.models import Event, Partner, User
from tests.factories import make_partner

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]
KEY = re.compile(r'name="key" value="([^"]+)"')


@pytest.fixture
def report(partner: Partner, round: Round, lead: User) -> Report:
    """A report that the lead has asked for."""
    return actions.request_report(partner=partner, round=round, key="one", by=lead)


def finish(report: Report) -> Report:
    """Have a worker end the report, with a file of a few bytes."""
    job = jobs.claim(Report, report.pk)
    assert job is not None
    kept = files.keep(b"%PDF-1.7 few bytes", "reports", ".pdf")
    assert jobs.finish(job, {"file": kept.name, "sha256": kept.sha256}, actions.report_made)
    return Report.objects.get(pk=report.pk)


def form(client: Client, partner: Partner, round: Round) -> dict[str, str]:
    """What the form on the page sends."""
    found = KEY.search(client.get(f"/partners/{partner.slug}/reports/").text)
    assert found
    return {"round": round.slug, "key": found[1]}


def test_asking_leads_to_the_page_that_shows_how_far_it_is(
    client_of: ClientOf, lead: User, partner: Partner, round: Round
) -> None:
    client = client_of(lead)
    response = client.post(
        f"/partners/{partner.slug}/reports/request", form(client, partner, round)
    )
    report = Report.objects.get()
    assert response.status_code == 302
    assert response.headers["Location"] == f"/reports/{report.code}/"
    assert (report.partner, report.round, report.requested_by) == (partner, round, lead)
    assert Event.objects.about(report).get().verb == Verb.REPORT_REQUESTED


def test_the_same_form_sent_twice_is_one_report(
    client_of: ClientOf, lead: User, partner: Partner, round: Round
) -> None:
    client = client_of(lead)
    sent = form(client, partner, round)
    address = f"/partners/{partner.slug}/reports/request"
    first, second = client.post(address, sent), client.post(address, sent)
    assert first.headers["Location"] == second.headers["Location"]
    assert Report.objects.count() == 1
    assert Event.objects.filter(verb=Verb.REPORT_REQUESTED).count() == 1
    assert form(client, partner, round) != sent


def test_another_persons_key_is_no_way_into_their_report(
    client_of: ClientOf, lead: User, contributor: User, partner: Partner, round: Round
) -> None:
    sent = {"round": round.slug, "key": "shared"}
    for user in (lead, contributor):
        client_of(user).post(f"/partners/{partner.slug}/reports/request", sent)
    assert Report.objects.count() == 2


@pytest.mark.parametrize("key", ["", "x" * 300, "<b>", "é\u0301\u202e"])
def test_a_key_of_somebody_elses_making_is_replaced(
    key: str, client_of: ClientOf, lead: User, partner: Partner, round: Round
) -> None:
    client_of(lead).post(
        f"/partners/{partner.slug}/reports/request", {"round": round.slug, "key": key}
    )
    assert re.fullmatch(r"report-\d+-\d+-\d+-[\w-]{22}", Report.objects.get().key)


@pytest.mark.parametrize(
    ("slug", "words"),
    [
        ("", "Select a round"),
        ("1999", "Select a round from the list"),
        ("round__pk", "Select a round from the list"),
        ("-1", "Select a round from the list"),
        ("\x00", "Select a round from the list"),
    ],
)
def test_an_unknown_round_is_refused_in_words(
    slug: str, words: str, client_of: ClientOf, lead: User, partner: Partner, round: Round
) -> None:
    response = client_of(lead).post(
        f"/partners/{partner.slug}/reports/request", {"round": slug, "key": "one"}
    )
    assert response.status_code == 200
    assert words in response.text
    assert "<title>Error: Progress reports" in response.text
    assert not Report.objects.exists()


def test_a_round_that_the_partner_was_not_in_cannot_be_chosen(
    client_of: ClientOf, staff: User, round: Round
) -> None:
    late = make_partner("Late Council", slug="late-council")
    client = client_of(staff)
    assert "Nothing to report yet" in client.get("/partners/late-council/reports/").text
    client.post("/partners/late-council/reports/request", {"round": round.slug, "key": "one"})
    assert not Report.objects.filter(partner=late).exists()


def test_the_page_polls_while_waiting_and_stops_when_the_report_is_ready(
    client_of: ClientOf, lead: User, report: Report
) -> None:
    client = client_of(lead)
    page = client.get(f"/reports/{report.code}/").text
    fragment = client.get(f"/reports/{report.code}/status").text
    for text in (page, fragment):
        assert f'hx-get="/reports/{report.code}/status"' in text
        assert "<progress" in text
        assert "data-announce" in text
    assert "<html" not in fragment
    assert "You get an e-mail when it is ready" in page
    finish(report)
    ended = client.get(f"/reports/{report.code}/status").text
    assert "hx-get" not in ended
    assert f'href="/reports/{report.code}/download"' in ended


def test_a_ready_report_is_downloaded_under_its_own_name_and_noted(
    client_of: ClientOf, contributor: User, report: Report, round: Round
) -> None:
    finish(report)
    response = client_of(contributor).get(f"/reports/{report.code}/download")
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/pdf"
    name = f"essex-data-declaration-braintree-district-council-{round.slug}-progress.pdf"
    assert response.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.getvalue() == b"%PDF-1.7 few bytes"
    event = Event.objects.get(verb=Verb.REPORT_DOWNLOADED)
    assert (event.by, event.partner) == (contributor, report.partner)


def test_asking_about_the_file_is_no_download(
    client_of: ClientOf, contributor: User, report: Report
) -> None:
    finish(report)
    response = client_of(contributor).head(f"/reports/{report.code}/download")
    assert response.status_code == 200
    assert response.headers["Content-Length"] == str(len(b"%PDF-1.7 few bytes"))
    assert not Event.objects.filter(verb=Verb.REPORT_DOWNLOADED).exists()


def test_asking_again_while_it_waits_leads_to_the_same_report(
    client_of: ClientOf, lead: User, report: Report, partner: Partner, round: Round
) -> None:
    sent = {"round": round.slug, "key": "another"}
    response = client_of(lead).post(f"/partners/{partner.slug}/reports/request", sent, follow=True)
    assert response.redirect_chain == [(f"/reports/{report.code}/", 302)]
    assert "You have asked for this already" in response.text
    assert Report.objects.count() == 1


def test_a_report_that_is_not_ready_cannot_be_downloaded_yet(
    client_of: ClientOf, lead: User, report: Report
) -> None:
    response = client_of(lead).get(f"/reports/{report.code}/download")
    assert response.status_code == 409
    assert "This report is not ready yet" in response.text
    assert not Event.objects.filter(verb=Verb.REPORT_DOWNLOADED).exists()


def test_a_lost_file_is_said_in_words(client_of: ClientOf, lead: User, report: Report) -> None:
    ready = finish(report)
    client, words = client_of(lead), "The file is lost. Ask for the report again."
    assert "Download the report" in client.get(f"/reports/{report.code}/").text
    ready.file.storage.delete(str(ready.file.name))
    response = client.get(f"/reports/{report.code}/download")
    assert response.status_code == 409
    assert words in response.text
    for end in ("", "status"):
        page = client.get(f"/reports/{report.code}/{end}").text
        assert words in page
        assert "Download the report" not in page
        assert "govuk-button app-job__result" not in page
        assert "It stays as it is" not in page


def test_a_failed_report_says_why_and_can_be_tried_again(
    client_of: ClientOf, lead: User, report: Report
) -> None:
    job = jobs.claim(Report, report.pk)
    assert job is not None
    jobs.fail(job, "The pages could not be laid out.", final=True)
    client = client_of(lead)
    page = client.get(f"/reports/{report.code}/").text
    assert "The pages could not be laid out." in page
    assert f'action="/reports/{report.code}/retry"' in page
    assert "hx-get" not in page
    response = client.post(f"/reports/{report.code}/retry")
    assert response.headers["Location"] == f"/reports/{report.code}/"
    assert Report.objects.get().state == Report.State.QUEUED
    assert Event.objects.filter(verb=Verb.REPORT_RETRIED, by=lead).count() == 1


def test_a_report_that_has_not_failed_is_not_tried_again(
    client_of: ClientOf, lead: User, report: Report
) -> None:
    response = client_of(lead).post(f"/reports/{report.code}/retry")
    assert response.status_code == 409
    assert "has not failed" in response.text
    assert not Event.objects.filter(verb=Verb.REPORT_RETRIED).exists()


GETS = [
    "/reports/{code}/",
    "/reports/{code}/status",
    "/reports/{code}/page/",
    "/reports/{code}/download",
]
OWN = ["/partners/{slug}/reports/"]
POSTS = ["/reports/{code}/retry", "/partners/{slug}/reports/request"]


@pytest.mark.parametrize("persona", ["stranger", "former"])
def test_reports_of_other_partners_do_not_exist(
    persona: str,
    client_of: ClientOf,
    report: Report,
    partner: Partner,
    round: Round,
    request: pytest.FixtureRequest,
) -> None:
    finish(report)
    before = Event.objects.count()
    client = client_of(request.getfixturevalue(persona))
    place = {"code": report.code, "slug": partner.slug}
    found = [client.get(each.format(**place)) for each in GETS + OWN]
    found += [
        client.post(each.format(**place), {"round": round.slug, "key": "x"}) for each in POSTS
    ]
    assert {response.status_code for response in found} == {404}
    assert not any(partner.name in response.text for response in found)
    assert (Report.objects.count(), Event.objects.count()) == (1, before)


def test_unknown_codes_do_not_exist(client_of: ClientOf, staff: User) -> None:
    for code in ("nothing", "0", "a" * 500, "..%2f..%2fetc"):
        assert client_of(staff).get(f"/reports/{code}/").status_code == 404


def test_changes_are_posts(
    client_of: ClientOf, lead: User, report: Report, partner: Partner
) -> None:
    for each in POSTS:
        address = each.format(code=report.code, slug=partner.slug)
        assert client_of(lead).get(address).status_code == 405


def test_past_reports_are_listed_the_newest_first(
    client_of: ClientOf, lead: User, report: Report, partner: Partner, round: Round
) -> None:
    client = client_of(lead)
    address = f"/partners/{partner.slug}/reports/"
    finish(report)
    Report.objects.update(queued_at=timezone.now() - timedelta(days=2))
    newer = actions.request_report(partner=partner, round=round, key="two", by=lead)
    page = client.get(address).text
    assert page.index(newer.code) < page.index(report.code)
    assert "Waiting" in page
    assert "A newer one is ready" not in page
    finish(newer)
    assert client.get(address).text.count("A newer one is ready") == 1
    assert "A newer one is ready" in client.get(f"/reports/{report.code}/").text


def test_django_admin_shows_reports_and_changes_none(
    client_of: ClientOf, administrator: User, report: Report
) -> None:
    client = client_of(administrator)
    assert client.get("/admin/progress/report/").status_code == 200
    assert client.get(f"/admin/progress/report/{report.pk}/change/").status_code == 200
    assert client.get("/admin/progress/report/add/").status_code == 403
    assert client.post(f"/admin/progress/report/{report.pk}/delete/").status_code == 403
