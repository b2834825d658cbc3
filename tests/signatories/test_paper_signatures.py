"""An administrator records a signature given on paper: scan, minute reference, certificate."""

import hashlib
import os
import socket
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from commitments.models import Edition
from declaration import files
from declaration.actions import RefusedError
from declaration.uploads import check
from signatories.actions.recording import FOLDER, record_on_paper
from signatories.actions.signing import AlreadySignedError
from signatories.actions.withdrawing import withdraw
from signatories.certificates import certificate_html
from signatories.models import Event, Notice, Partner, Signature, User
from signatories.tasks import clear_scans
from signatories.verbs import Verb
from tests.clamd import clamd
from tests.declaration.upload_corpus import EICAR, PDF
from tests.factories import make_edition, make_signature

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]
TYPED = {
    "edition": "essex-data-declaration",
    "signatory_name": "Percy Paper",
    "job_title": "Chief Constable",
    "authority": "By office",
    "signed_on-day": "12",
    "signed_on-month": "5",
    "signed_on-year": "2026",
    "minute_reference": "ecda board 12 May 2026, item 4",
    "confirmed": "on",
}


def scan(name: str = "signed.pdf", content: bytes = PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def url(partner: Partner) -> str:
    return reverse("signatories:paper-signature", args=[partner.slug])


def post(client: Client, partner: Partner, **typed: Any) -> Any:
    newest = Edition.objects.published().values_list("slug", flat=True)[0]
    return client.post(url(partner), TYPED | {"edition": newest, "scan": scan()} | typed)


def record(partner: Partner, edition: Edition, by: User, **facts: Any) -> Signature:
    given: dict[str, Any] = {
        "signatory_name": "Percy Paper",
        "job_title": "Chief Constable",
        "authority": "By office",
        "signed_on": date(2026, 5, 12),
        "minute_reference": "ecda board 12 May 2026, item 4",
        "scan": check(scan()),
    }
    return record_on_paper(partner=partner, edition=edition, by=by, **given | facts)


def on_disk() -> list[Path]:
    return [path for path in (Path(settings.MEDIA_ROOT) / FOLDER).rglob("*") if path.is_file()]


def test_what_the_paper_says_is_kept_with_its_scan(
    partner: Partner, edition: Edition, administrator: User, client_of: ClientOf
) -> None:
    client = client_of(administrator)
    assert "Record a signature given on paper" in client.get(url(partner)).text
    response = post(client, partner)
    signature = Signature.objects.get()
    detail = reverse("signatories:signature-detail", args=[partner.slug, signature.pk])
    assert response["Location"] == detail
    assert (signature.signed_by, signature.recorded_by) == (None, administrator)
    signed_at = timezone.localtime(signature.signed_at)
    assert (signed_at.date(), signed_at.hour) == (date(2026, 5, 12), 12)
    assert signature.scan_sha256 == hashlib.sha256(PDF).hexdigest()
    assert (signature.scan_name, signature.scan_media_type) == ("signed.pdf", "application/pdf")
    page = client.get(detail).text
    assert "on paper on 12 May 2026" in page
    assert "ecda board 12 May 2026, item 4" in page
    assert "Signature recorded" in page


def test_the_certificate_says_that_it_was_signed_on_paper(
    partner: Partner, edition: Edition, administrator: User, leader: User
) -> None:
    html = certificate_html(record(partner, edition, administrator).certificate)
    words = " ".join(html.split())
    assert (
        "Signed on paper on 12 May 2026. Recorded by the Essex Centre for Data Analytics, "
        "minute reference: ecda board 12 May 2026, item 4" in words
    )
    withdraw(signature=Signature.objects.get(), reason="Signed here now", by=administrator)
    electronic = certificate_html(make_signature(partner, edition, leader).certificate)
    assert "on paper" not in electronic


def test_the_partners_leads_and_ecda_are_told(
    partner: Partner, edition: Edition, administrator: User, lead: User, leader: User, staff: User
) -> None:
    record(partner, edition, administrator)
    told = Notice.objects.filter(event__verb=Verb.SIGNATURE_RECORDED)
    assert {notice.person for notice in told} == {lead, leader, staff}
    assert "signed on paper" in told[0].words


def test_a_signature_of_today_is_recorded_at_any_hour(
    partner: Partner, edition: Edition, administrator: User
) -> None:
    signature = record(partner, edition, administrator, signed_on=timezone.localdate())
    assert signature.recorded_at is not None
    assert signature.signed_at <= signature.recorded_at
    assert timezone.localdate(signature.signed_at) == timezone.localdate()


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"signatory_name": ""}, "Enter the full name of who signed"),
        ({"minute_reference": " "}, "Enter the minute reference"),
        ({"signed_on-day": "31", "signed_on-month": "2"}, "must be a real date"),
        ({"signed_on-year": "2999"}, "must be today or in the past"),
        ({"edition": "none"}, "Select one of the options"),
        ({"confirmed": ""}, "Confirm that you have seen the signed paper"),
        ({"scan": ""}, "Select the scan of the signed paper"),
        ({"scan": scan("signed.txt", b"Signed. Percy")}, "must be a PDF, PNG or JPEG file"),
        ({"scan": scan("signed.png", PDF)}, "signed.png"),
        ({"scan": scan("signed.pdf", b"")}, "is empty"),
    ],
)
def test_a_form_with_a_mistake_records_nothing_and_loses_nothing(
    partner: Partner,
    edition: Edition,
    administrator: User,
    client_of: ClientOf,
    typed: dict[str, Any],
    words: str,
) -> None:
    page = post(client_of(administrator), partner, **typed).text
    assert words in page
    assert "There is a problem" in page
    assert 'value="Chief Constable"' in page
    assert not Signature.objects.exists()
    assert on_disk() == []


def test_a_second_signature_is_refused_and_its_scan_not_kept(
    partner: Partner, edition: Edition, administrator: User, leader: User, client_of: ClientOf
) -> None:
    make_signature(partner, edition, leader)
    response = post(client_of(administrator), partner)
    assert response.status_code == 409
    assert "Lara Leader signed" in response.text
    with pytest.raises(AlreadySignedError):
        record(partner, edition, administrator)
    assert on_disk() == []


def test_the_action_refuses_a_day_to_come_a_draft_and_a_partner_of_the_past(
    partner: Partner, administrator: User
) -> None:
    draft = make_edition(publish=False)
    with pytest.raises(RefusedError, match="not published yet"):
        record(partner, draft, administrator)
    tomorrow = timezone.localdate() + timedelta(days=1)
    with pytest.raises(RefusedError, match="in the past"):
        record(partner, draft, administrator, signed_on=tomorrow)
    assert on_disk() == []


@pytest.mark.parametrize("ended", [True, False])
def test_a_partner_that_did_not_exist_on_the_day_is_said_on_the_form(
    partner: Partner, edition: Edition, administrator: User, client_of: ClientOf, ended: bool
) -> None:
    around = {"active_to": date(2026, 5, 11)} if ended else {"active_from": date(2026, 5, 13)}
    Partner.objects.update(**around)
    page = post(client_of(administrator), partner).text
    assert "did not exist as an organisation on 12 May 2026" in page
    assert 'value="Chief Constable"' in page
    assert not Signature.objects.exists()
    assert on_disk() == []


def test_a_partner_that_has_ended_since_can_have_signed_on_its_last_day(
    partner: Partner, edition: Edition, administrator: User, client_of: ClientOf
) -> None:
    Partner.objects.update(active_from=date(2026, 5, 12), active_to=date(2026, 5, 12))
    assert post(client_of(administrator), partner).status_code == 302
    assert Signature.objects.get().partner == partner


def test_a_day_before_2015_is_a_slip_of_the_keyboard(
    partner: Partner, edition: Edition, administrator: User, client_of: ClientOf
) -> None:
    long_ago = {"signed_on-day": "1", "signed_on-month": "1", "signed_on-year": "1066"}
    page = post(client_of(administrator), partner, **long_ago).text
    assert "Nobody can have signed on 1 January 1066" in page
    assert 'value="1066"' in page
    with pytest.raises(RefusedError, match="31 December 2014"):
        record(partner, edition, administrator, signed_on=date(2014, 12, 31))
    assert not Signature.objects.exists()
    assert record(partner, edition, administrator, signed_on=date(2015, 1, 1)).on_paper


def test_without_a_published_edition_there_is_nothing_to_record(
    partner: Partner, administrator: User, client_of: ClientOf
) -> None:
    page = client_of(administrator).get(url(partner)).text
    assert "No edition of the Declaration is published yet" in page


def test_members_and_ecda_take_the_scan_and_nobody_else(
    partner: Partner,
    edition: Edition,
    administrator: User,
    contributor: User,
    staff: User,
    stranger: User,
    former: User,
    client_of: ClientOf,
) -> None:
    signature = record(partner, edition, administrator)
    path = reverse("signatories:scan-download", args=[partner.slug, signature.pk])
    for person in (contributor, staff):
        response: Any = client_of(person).get(path)
        assert response.getvalue() == PDF
        assert response["Content-Disposition"] == 'attachment; filename="signed.pdf"'
        assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert response["X-Content-Type-Options"] == "nosniff"
    for person in (stranger, former):
        assert client_of(person).get(path).status_code == 404
    assert Client().get(path).status_code == 302
    taken = Event.objects.filter(verb=Verb.SCAN_DOWNLOADED)
    assert [event.by for event in taken.order_by("pk")] == [contributor, staff]
    [file] = on_disk()
    file.unlink()
    response = client_of(contributor).get(path)
    assert response.status_code == 409
    assert "The scan of this signature is lost" in response.text


def test_a_signature_given_here_has_no_scan(
    partner: Partner, edition: Edition, leader: User, client_of: ClientOf
) -> None:
    signature = make_signature(partner, edition, leader)
    path = reverse("signatories:scan-download", args=[partner.slug, signature.pk])
    response = client_of(leader).get(path)
    assert response.status_code == 409
    assert "there is no scan" in response.text


def test_an_administrator_withdraws_what_is_on_paper_and_so_does_a_leader(
    partner: Partner,
    edition: Edition,
    administrator: User,
    leader: User,
    staff: User,
    client_of: ClientOf,
) -> None:
    for person in (administrator, leader):
        signature = record(partner, edition, administrator)
        path = reverse("signatories:withdrawal-confirm", args=[partner.slug, signature.pk])
        typed = {"reason": "Wrong paper", "confirmed": "on"}
        assert client_of(staff).post(path, typed).status_code == 403
        assert client_of(person).post(path, typed).status_code == 302
        signature.refresh_from_db()
        assert signature.withdrawn_by == person


def test_with_a_scanner_a_virus_is_refused_and_no_answer_is_no_good_one(
    partner: Partner, edition: Edition, administrator: User, client_of: ClientOf, settings: Any
) -> None:
    client = client_of(administrator)
    with clamd() as scanner:
        settings.CLAMAV_ADDRESS = scanner.address
        infected = PDF.replace(b"%%EOF", b"%" + EICAR + b"\n%%EOF")
        page = post(client, partner, scan=scan(content=infected)).text
        assert "The virus scanner refused “signed.pdf”" in page
        assert not Signature.objects.exists()
        assert post(client, partner).status_code == 302
        assert on_disk()[0].read_bytes() == PDF
    withdraw(signature=Signature.objects.get(), reason="Again", by=administrator)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        settings.CLAMAV_ADDRESS = "{}:{}".format(*taken.getsockname())
        page = post(client, partner).text
    assert "could not be checked for viruses" in page
    assert not Signature.objects.live().exists()


def test_what_a_killed_process_left_is_cleared_after_a_day_and_nothing_else(
    partner: Partner, edition: Edition, administrator: User
) -> None:
    named = record(partner, edition, administrator).scan.name
    left, fresh = (files.keep_upload(scan(), FOLDER).name for _ in range(2))
    for name in (named, left):
        then = time.time() - 24 * 60 * 60 - 60
        os.utime(default_storage.path(str(name)), (then, then))
    clear_scans()
    assert [default_storage.exists(str(name)) for name in (named, left, fresh)] == [
        True,
        False,
        True,
    ]
