"""ecda's page of reports: ask for any kind, see what was asked for, and what is missing from it."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assessments.models import Assessment, Release, Round
from commitments.models import Edition
from declaration import files, jobs
from progress import actions
from progress.models import Report
from progress.verbs import Verb
from signatories.models import Event, Partner, User
from tests.assessment_factories import make_round
from tests.factories import make_partner
from tests.progress.bundling import break_, end, finished, step

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]
State = Report.State


@pytest.fixture
def client(client_of: ClientOf, staff: User) -> Client:
    """The browser of somebody at ecda."""
    return client_of(staff)


@pytest.mark.parametrize(
    ("kind", "verb"),
    [
        ("partner", Verb.REPORT_REQUESTED),
        ("system", Verb.SYSTEM_REPORT_REQUESTED),
        ("all", Verb.BUNDLE_REQUESTED),
    ],
)
def test_each_kind_can_be_asked_for(
    kind: str, verb: Verb, client: Client, round: Round, partner: Partner, staff: User
) -> None:
    sent = {"kind": kind, "round": round.slug, "partner": partner.slug, "key": "one"}
    response = client.post("/reports/request", sent)
    report = Report.objects.get()
    assert response.headers["Location"] == f"/reports/{report.code}/"
    assert (report.kind, report.round, report.requested_by) == (kind, round, staff)
    assert Event.objects.about(report).get().verb == verb
    assert client.post("/reports/request", sent).headers["Location"] == f"/reports/{report.code}/"
    page = client.post("/reports/request", sent | {"key": "two"}, follow=True)
    assert "You have asked for this already" in page.text
    assert Report.objects.count() == 1
    listed = client.get("/reports/").text
    assert f"/reports/{report.code}/" in listed
    assert report.get_kind_display() in listed


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({}, "Select what you need"),
        ({"kind": "everything"}, "Select what you need from the list"),
        ({"kind": "system"}, "Select a round"),
        ({"kind": "system", "round": "round__pk"}, "Select a round from the list"),
        ({"kind": "partner", "round": "2050"}, "Select a partner"),
        ({"kind": "partner", "partner": "-1"}, "Select a partner from the list"),
        ({"kind": "certificates"}, "Select an edition"),
        ({"kind": "certificates", "edition": "pk"}, "Select an edition from the list"),
        ({"kind": "all", "round": "\x00"}, "Select a round from the list"),
        ({"kind": "partner", "partner": "\x00"}, "Select a partner from the list"),
        ({"kind": "certificates", "edition": "\x00"}, "Select an edition from the list"),
    ],
)
def test_what_is_not_understood_is_said_in_words(
    sent: dict[str, str], words: str, client: Client, round: Round
) -> None:
    response = client.post("/reports/request", sent)
    assert response.status_code == 200
    assert words in response.text
    assert "<title>Error: Reports" in response.text
    assert not Report.objects.exists()


def test_a_refusal_is_said_on_the_page(client: Client, edition: Edition, staff: User) -> None:
    empty = make_round(edition, staff)
    late = make_partner("Late Council", slug="late-council")
    for sent, words in [
        ({"kind": "system", "round": empty.slug}, "No partner takes part in round"),
        ({"kind": "all", "round": empty.slug}, "No partner takes part in round"),
        ({"kind": "partner", "round": empty.slug, "partner": late.slug}, "has no assessment in"),
        ({"kind": "certificates", "edition": edition.slug}, "Nobody has signed"),
    ]:
        response = client.post("/reports/request", sent)
        assert response.status_code == 200
        assert words in response.text
    assert not Report.objects.exists()


def test_only_ecda_sees_what_is_about_all_partners(
    client_of: ClientOf, round: Round, partner: Partner, leader: User, staff: User
) -> None:
    whole = actions.request_system_report(round=round, key="one", by=staff)
    own = client_of(leader)
    assert own.get("/reports/").status_code == 403
    assert own.post("/reports/request", {"kind": "system"}).status_code == 403
    for end_of in ("", "status", "page/", "download"):
        assert own.get(f"/reports/{whole.code}/{end_of}").status_code == 404
    assert own.post(f"/reports/{whole.code}/retry").status_code == 404
    assert own.get(f"/partners/{partner.slug}/reports/").status_code == 200


def test_the_filters_are_removable_and_unknown_ones_are_said(
    client: Client, round: Round, partner: Partner, staff: User
) -> None:
    actions.request_system_report(round=round, key="one", by=staff)
    single = actions.request_report(partner=partner, round=round, key="one", by=staff)
    page = client.get(f"/reports/?kind=partner&round={round.slug}").text
    assert "1 report" in page
    assert single.code in page
    assert f'href="/reports/?round={round.slug}"' in page
    unknown = client.get("/reports/?kind=round__pk&round=1999&page=x").text
    assert "There is no such kind. All kinds are shown." in unknown
    assert "There is no such round. All rounds are shown." in unknown
    assert "2 reports" in unknown
    assert "No report fits" in client.get("/reports/?kind=certificates").text


def test_no_two_fields_of_the_page_have_one_id(client: Client, round: Round) -> None:
    page = client.get("/reports/?kind=castle").text
    ids = re.findall(r' id="([^"]+)"', page)
    assert sorted(ids) == sorted(set(ids))
    assert 'href="#filter_kind"' in page


def test_a_bundle_says_what_could_not_be_made_with_links(
    client: Client, assessment: Assessment, staff: User
) -> None:
    bundle = actions.request_bundle(round=assessment.round, key="one", by=staff)
    step(bundle)
    child = bundle.children.get()
    page = client.get(f"/reports/{bundle.code}/").text
    assert "0 of 1 reports are made" in client.get(f"/reports/{bundle.code}/status").text
    assert "<progress" in page
    assert "Could not be made" not in page
    break_(child)
    page = client.get(f"/reports/{bundle.code}/").text
    assert "The others are put together without them." in page
    assert f'href="/reports/{child.code}/"' in page
    assert "The report could not be made: No fonts" in page
    assert f'href="/reports/{bundle.code}/"' in client.get(f"/reports/{child.code}/").text
    client.post(f"/reports/{child.code}/retry")
    made = finished(bundle)
    page = client.get(f"/reports/{bundle.code}/").text
    assert "Nothing is left out" in page
    assert "Download the file (ZIP)" in page
    response = client.get(f"/reports/{bundle.code}/download")
    assert response.headers["Content-Type"] == "application/zip"
    assert made.file_name in response.headers["Content-Disposition"]
    assert response.getvalue().startswith(b"PK")
    assert Event.objects.filter(verb=Verb.BUNDLE_DOWNLOADED, by=staff).count() == 1


def test_reports_of_a_bundle_are_in_no_list(
    client: Client, assessment: Assessment, staff: User
) -> None:
    bundle = actions.request_bundle(round=assessment.round, key="one", by=staff)
    step(bundle)
    code = bundle.children.get().code
    assert code not in client.get("/reports/").text
    assert code not in client.get(f"/partners/{assessment.partner.slug}/reports/").text


def test_the_kept_page_is_shown_inside_the_site_and_never_a_changed_one(
    client: Client, assessment: Assessment, lead: User
) -> None:
    report = actions.request_report(
        partner=assessment.partner, round=assessment.round, key="one", by=lead
    )
    address = f"/reports/{report.code}/page/"
    assert "not ready yet" in client.get(address).text
    made = end(report)
    assert "before reports were kept as pages" in client.get(address).text
    assert "Read the report as a page" not in client.get(f"/reports/{report.code}/").text
    kept = files.keep(b"<h2>At a glance</h2>", "reports", ".html")
    Report.objects.filter(pk=made.pk).update(page=kept.name)
    page = client.get(address)
    assert page.status_code == 200
    assert "<h2>At a glance</h2>" in page.text
    assert f'href="{address}"' in client.get(f"/reports/{report.code}/").text
    with made.file.storage.open(kept.name, "wb") as file:
        file.write(b"<script>")
    changed = client.get(address)
    assert changed.status_code == 409
    assert "is lost" in changed.text


def test_what_changed_since_is_said(client: Client, assessment: Assessment, staff: User) -> None:
    partner, round = assessment.partner, assessment.round
    single = end(actions.request_report(partner=partner, round=round, key="1", by=staff))
    system = end(actions.request_system_report(round=round, key="1", by=staff))
    addresses = [f"/reports/{report.code}/" for report in (single, system)]
    assert not any("changed since" in client.get(each).text for each in addresses)
    assessment.answers.filter(indicator__number=1).update(
        updated_at=timezone.now() + timedelta(minutes=1), updated_by=staff
    )
    assert "The assessment has changed since." in client.get(addresses[0]).text
    assert "Assessments have changed since." in client.get(addresses[1]).text
    assert client.get("/reports/").text.count("changed since.") == 2


def sealed(round: Round, number: int, by: User) -> Release:
    """A release without anybody in it."""
    made = Release.objects.create(round=round, number=number, sha256="0" * 64, released_by=by)
    made.sealed = True
    made.save(update_fields=["sealed"])
    return made


def test_a_report_says_when_another_release_counts(
    client: Client, round: Round, partner: Partner, staff: User
) -> None:
    before = end(actions.request_system_report(round=round, key="1", by=staff))
    now = timezone.now()
    Round.objects.filter(pk=round.pk).update(closed_at=now, closed_by=staff)
    first = sealed(round, 1, staff)
    report = end(actions.request_system_report(round=round, key="2", by=staff))
    Report.objects.filter(pk=report.pk).update(release=first)
    address = f"/reports/{report.code}/"
    assert "counts now" not in client.get(address).text
    sealed(round, 2, staff)
    assert "Made from release 1; release 2 counts now." in client.get(address).text
    listed = client.get("/reports/").text
    assert "Made before the release; release 2 counts now." in listed
    assert "A newer one is ready." in client.get(f"/reports/{before.code}/").text


def test_the_lists_cost_the_same_for_many_reports(
    client: Client, assessment: Assessment, staff: User
) -> None:
    def queries() -> list[int]:
        counts = []
        for address in ("/reports/", f"/partners/{assessment.partner.slug}/reports/"):
            with CaptureQueriesContext(connection) as found:
                assert client.get(address).status_code == 200
            counts.append(len(found))
        return counts

    about = {"partner": assessment.partner, "round": assessment.round, "requested_by": staff}
    Report.objects.create(key="one", **about)
    # The first request of a session costs more.
    queries()
    few = queries()
    Report.objects.bulk_create(Report(key=f"many-{n}", **about) for n in range(120))
    assert queries() == few
    assert max(few) <= 10
    assert "page 3 of 3" in client.get("/reports/?page=99").text


def test_a_parked_bundle_is_among_what_failed(
    client: Client, assessment: Assessment, staff: User
) -> None:
    bundle = actions.request_bundle(round=assessment.round, key="one", by=staff)
    step(bundle)
    break_(bundle.children.get())
    assert step(bundle).state == State.FAILED
    whole = client.get(f"/reports/{bundle.code}/").text
    assert "There is no file. Try again" in whole
    assert "The others are put together" not in whole
    page = client.get("/failed/").text
    assert "Progress reports of all partners" in page
    assert f"/reports/{bundle.code}/retry" in page
    assert client.post(f"/reports/{bundle.code}/retry").status_code == 302
    assert Report.objects.get(pk=bundle.pk).state == State.QUEUED
    assert jobs.claim(Report, bundle.pk) is not None
