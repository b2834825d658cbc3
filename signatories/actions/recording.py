"""Record a signature that was given on paper, and hand out its scan.

The scan is written before the transaction that names it, and removed again when that fails; what a
killed process leaves is cleared once a day.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta

from django.core.files import File
from django.db import InterfaceError, OperationalError
from django.utils import timezone
from django.utils.formats import date_format

from commitments.models import Edition
from declaration import files, scanning
from declaration.actions import RefusedError, action
from declaration.uploads import Checked
from signatories.actions.events import record
from signatories.actions.signing import keep_signature, require_signable, signature_path
from signatories.models import Partner, Signature, User
from signatories.verbs import Verb

FOLDER = "scans"
LOST = "The scan of this signature is lost. Ask ecda to bring it back from the backup."
NOON = time(12)
# Before anybody thought of a Declaration: an earlier day is mistyped.
EARLIEST = date(2015, 1, 1)
UNCLAIMED_FOR = timedelta(days=1)


def record_on_paper(
    *,
    partner: Partner,
    edition: Edition,
    signatory_name: str,
    job_title: str,
    authority: str,
    signed_on: date,
    minute_reference: str,
    scan: Checked,
    by: User,
) -> Signature:
    """Keep a signature given on paper with its scan, and ask for the certificate.

    The paper may be older than the edition's publication in the portal, and the partner may have
    ended since: what counts is that it existed on the day. Raises AlreadySignedError when the
    partner has signed the edition, RefusedError for a day to come or before 2015, an edition that
    is not published, a partner that did not exist then, and a scan that cannot be kept or has a
    virus.
    """
    require_likely(signed_on)
    require_signable(partner, edition, on=signed_on)
    _require_clean(scan)
    with _written(scan) as kept:
        return _record(
            partner=partner,
            edition=edition,
            said={
                "signatory_name": signatory_name,
                "job_title": job_title,
                "authority": authority,
                "minute_reference": minute_reference,
            },
            signed_on=signed_on,
            scan=scan,
            kept=kept,
            by=by,
        )


def require_likely(signed_on: date) -> None:
    """Refuse a day to come, and one so long ago that it is a slip of the keyboard."""
    if signed_on > timezone.localdate():
        raise RefusedError("The day of the signature must be today or in the past.")
    if signed_on < EARLIEST:
        day, first = date_format(signed_on, "j F Y"), date_format(EARLIEST, "j F Y")
        raise RefusedError(
            f"Nobody can have signed on {day}. The day of the signature must be {first} or later."
        )


@action
def download_scan(*, signature: Signature, by: User) -> File[bytes]:
    """Open the scan and note that the person took it; RefusedError when there is none."""
    if not signature.on_paper:
        raise RefusedError("This signature was given in the portal, so there is no scan.")
    file = files.open_kept(signature.scan, LOST)
    note = signature.scan_name
    record(
        verb=Verb.SCAN_DOWNLOADED, by=by, partner=signature.partner, subject=signature, note=note
    )
    return file


def clear_scans() -> int:
    """Delete scans that no signature names and that are older than a day; return how many."""
    cleared = 0
    for names in files.older_than(timezone.now() - UNCLAIMED_FOR, FOLDER):
        named = set(Signature.objects.filter(scan__in=names).values_list("scan", flat=True))
        for name in set(names) - named:
            files.remove(name)
            cleared += 1
    return cleared


@action
def _record(
    *,
    partner: Partner,
    edition: Edition,
    said: dict[str, str],
    signed_on: date,
    scan: Checked,
    kept: files.Kept,
    by: User,
) -> Signature:
    now = timezone.now()
    signature = keep_signature(
        partner=partner,
        edition=edition,
        on=signed_on,
        **said,
        # Noon, so that it is this day wherever it is read; before noon of today, this moment.
        signed_at=min(timezone.make_aware(datetime.combine(signed_on, NOON)), now),
        recorded_by=by,
        recorded_at=now,
        scan=kept.name,
        scan_name=scan.name,
        scan_media_type=scan.media_type,
        scan_sha256=kept.sha256,
    )
    record(
        verb=Verb.SIGNATURE_RECORDED,
        by=by,
        partner=partner,
        subject=signature,
        note=f"{edition.title}, by {signature.signatory_name}, {signature.minute_reference}",
        path=signature_path(signature),
    )
    return signature


@contextmanager
def _written(scan: Checked) -> Iterator[files.Kept]:
    """Write the scan, and remove it again unless a signature names it when the block has ended."""
    kept = files.keep_upload(scan.upload, FOLDER)
    try:
        yield kept
    except (OperationalError, InterfaceError):
        # Whether the row was committed before the database went away, nobody knows.
        raise
    except BaseException:
        files.remove(kept.name)
        raise


def _require_clean(scan: Checked) -> None:
    """Refuse a file with a virus, and one that a scanner that is set up has not looked at."""
    if not scanning.is_set_up():
        return
    try:
        virus = scanning.scan(scan.upload.file)  # type: ignore[arg-type]  # open for bytes
    except scanning.ScannerAwayError as error:
        raise RefusedError(
            f"“{scan.name}” could not be checked for viruses, so it was not kept. Try again in a "
            "few minutes."
        ) from error
    finally:
        scan.upload.seek(0)
    if virus:
        raise RefusedError(f"The virus scanner refused “{scan.name}”, so it was not kept.")
