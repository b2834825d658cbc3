"""Take in a partner list, say what it would change, and write exactly what was said, or nothing."""

import hashlib
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from django.db import IntegrityError, connection, transaction
from django.db.models.functions import Now

from declaration import jobs
from declaration.actions import RefusedError, action
from declaration.spreadsheets import UnreadableFileError
from signatories.actions.events import record
from signatories.actions.invitations import Wanted, invite_many, offer_role
from signatories.actions.members import change_role
from signatories.actions.partner_lists import (
    GIVEN,
    Kind,
    Lead,
    Opener,
    Reading,
    Row,
    Tick,
    digest,
)
from signatories.models import ImportRow, Invitation, Membership, Partner, PartnerImport, User
from signatories.verbs import Verb

Role = Membership.Role

# How many lists of one person are kept that were not confirmed; the oldest go first.
KEPT = 10
BATCH = 1_000

OUTDATED = (
    "Partners or their people have changed since this preview was made, so nothing was written. "
    "Make a new preview and look at what it says."
)


class PreviewOutdatedError(RefusedError):
    """What the list would do now is not what was previewed."""


class AlreadyConfirmedError(RefusedError):
    """The import has been confirmed before."""


# --- Taking in ---------------------------------------------------------------------------------


@action
def upload_list(*, file_name: str, content: bytes, by: User, open_: Opener) -> PartnerImport:
    """Keep a partner list and ring for its reading; no partner changes.

    Raises UnreadableFileError, and keeps nothing, when what opens it finds no partner list. Lists
    of the same person that were never confirmed go, the ten newest apart.
    """
    reading = open_(content, file_name)
    unconfirmed = PartnerImport.objects.filter(uploaded_by=by, confirmed_at__isnull=True)
    newest_first = unconfirmed.order_by("-uploaded_at", "-pk").values_list("pk", flat=True)
    PartnerImport.objects.filter(pk__in=list(newest_first[KEPT - 1 :])).delete()
    found = PartnerImport.objects.create(
        key=f"import-{uuid4().hex}",
        file_name=file_name[:300],
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
        uploaded_by=by,
        **_how_read(reading),
    )
    record(verb=Verb.PARTNERS_UPLOADED, by=by, subject=found, note=found.file_name)
    jobs.ring(found)
    return found


@action
def retry_import(*, partner_import: PartnerImport, by: User) -> PartnerImport:
    """Read a list again whose reading failed; RefusedError when it has not failed."""
    if not jobs.retry(partner_import):
        raise RefusedError("This list is not waiting for another try.")
    note = partner_import.file_name
    record(verb=Verb.IMPORT_RETRIED, by=by, subject=partner_import, note=note)
    return partner_import


def _how_read(reading: Reading) -> dict[str, Any]:
    remarks = [remark[:400] for remark in reading.remarks]
    return {"encoding": reading.encoding[:40], "remarks": remarks}


# --- Reading -----------------------------------------------------------------------------------


def read_list(partner_import: PartnerImport, *, open_: Opener) -> dict[str, Any]:
    """Compare a list with the partners there are and keep what each row would do.

    It is the work of a job: returns the fields to store, among them the hash of all rows, and
    says how far it is. A file that turns out to be no partner list is no failure of the job: its
    `trouble` says so in words. Safe to run twice, also at once: rows of an attempt that is no
    longer the latest are not written.
    """
    with _mine(partner_import):
        partner_import.rows.all().delete()
    counts = dict.fromkeys(Kind, 0)
    try:
        reading = open_(bytes(partner_import.content), partner_import.file_name)
        sha256 = digest(_kept(partner_import, reading, counts))
    except UnreadableFileError as error:
        with _mine(partner_import):
            partner_import.rows.all().delete()
        nothing = {f"{kind.value}_count": 0 for kind in Kind}
        return {"trouble": str(error), "rows_sha256": "", **nothing}
    counted = {f"{kind.value}_count": count for kind, count in counts.items()}
    return {"trouble": "", "rows_sha256": sha256, **_how_read(reading), **counted}


def _kept(
    partner_import: PartnerImport, reading: Reading, counts: dict[Kind, int]
) -> Iterator[Row]:
    """Hand the rows on, count them, and write them down a thousand at a time."""
    batch: list[Row] = []
    for row in reading.rows():
        counts[row.kind] += 1
        batch.append(row)
        yield row
        if len(batch) == BATCH:
            _keep(partner_import, batch)
            batch.clear()
            done = sum(counts.values())
            percent = min(99, 100 * done // max(reading.total, 1))
            jobs.tell(partner_import, percent, f"{done:,} of {reading.total:,} rows compared")
    _keep(partner_import, batch)


def _keep(partner_import: PartnerImport, rows: Iterable[Row]) -> None:
    with _mine(partner_import):
        ImportRow.objects.bulk_create(
            ImportRow(
                partner_import=partner_import,
                line=row.line,
                kind=row.kind,
                name=_storable(row.name)[:400],
                changes=[vars(change) for change in row.changes],
                problems=[
                    [_storable(text) for text in (problem.column, problem.value, problem.reason)]
                    for problem in row.problems
                ],
                cells=[_storable(cell) for cell in row.cells],
                partner_id=row.partner_pk,
                needs_tick=row.needs_tick,
            )
            for row in rows
        )


def _storable(text: str) -> str:
    """The text without what PostgreSQL cannot keep: NUL and halves of letters."""
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode("utf-8")


@contextmanager
def _mine(partner_import: PartnerImport) -> Iterator[None]:
    """Write only as the latest attempt at this job, and as long as nobody takes it over."""
    same = PartnerImport.objects.filter(
        pk=partner_import.pk, attempt=partner_import.attempt, started_at=partner_import.started_at
    )
    with transaction.atomic():
        running = same.filter(state=PartnerImport.State.RUNNING).select_for_update()
        if running.values_list("pk").first() is None:
            raise jobs.JobFailedError("Another attempt is reading this list.")
        yield


# --- Confirming --------------------------------------------------------------------------------


@dataclass
class _Written:
    """What the rows said while they were written."""

    partners: dict[int, int] = field(default_factory=dict)
    asked: set[Tick] = field(default_factory=set)
    leads: list[tuple[int, int, Lead]] = field(default_factory=list)


@action
def confirm_import(
    *, partner_import: PartnerImport, ticks: AbstractSet[Tick], by: User, open_: Opener
) -> PartnerImport:
    """Write all rows as they were previewed, and invite the leads they name, or do nothing.

    Of new names and other roles, only those in `ticks`. No partner can change while this looks
    and writes. Raises AlreadyConfirmedError; PreviewOutdatedError when the file, or what any row
    of it would do, is not as it was; RefusedError while there is nothing to confirm.
    """
    found = _lock_read(partner_import)
    lock_partners()
    try:
        with transaction.atomic():
            written = _write(found, ticks, open_)
            _invite(found, written, ticks, by)
    except (IntegrityError, UnreadableFileError) as error:
        raise PreviewOutdatedError(
            "The database refused a row of this file, so nothing was written. "
            "Make a new preview and look at what it says."
        ) from error
    _store(found, written, ticks)
    found.confirmed_by, found.confirmed_at = by, Now()
    found.save(update_fields=["confirmed_by", "confirmed_at"])
    found.refresh_from_db(fields=["confirmed_at"])
    note = f"{found.new_count} new, {found.changed_count} changed"
    record(verb=Verb.PARTNERS_IMPORTED, by=by, subject=found, note=note)
    return found


def _lock_read(partner_import: PartnerImport) -> PartnerImport:
    """The import, locked; refused unless it was read, has no bad row and is not confirmed yet."""
    found = PartnerImport.objects.select_for_update().get(pk=partner_import.pk)
    if found.confirmed_at is not None:
        raise AlreadyConfirmedError(
            f"{found.confirmed_by} has confirmed this import already. Nothing was written twice."
        )
    if found.state != PartnerImport.State.DONE or found.trouble:
        raise RefusedError("This list has not been read, so there is nothing to confirm yet.")
    if found.refused_count:
        raise RefusedError(
            "This list has rows that are refused, so nothing of it can be imported. "
            "Correct them and upload the list again."
        )
    if hashlib.sha256(found.content).hexdigest() != found.sha256:
        raise PreviewOutdatedError(
            "The file is not the one that was previewed, so nothing was written. "
            "Make a new preview and look at what it says."
        )
    return found


def lock_partners() -> None:
    """Let nobody write partners until the transaction ends; reading goes on."""
    with connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {Partner._meta.db_table} IN SHARE ROW EXCLUSIVE MODE")


def _write(found: PartnerImport, ticks: AbstractSet[Tick], open_: Opener) -> _Written:
    """Write the partners; PreviewOutdatedError unless every row did what was previewed."""
    written = _Written()
    reading = open_(bytes(found.content), found.file_name)
    rows = reading.rows(save=True, ticks=ticks)
    if digest(_noted(rows, written)) != found.rows_sha256 or not ticks <= written.asked:
        raise PreviewOutdatedError(OUTDATED)
    return written


def _noted(rows: Iterable[Row], written: _Written) -> Iterator[Row]:
    for row in rows:
        yield row
        if row.kind in {Kind.NEW, Kind.CHANGED} and row.partner_pk is not None:
            written.partners[row.line] = row.partner_pk
            written.leads += [(row.line, row.partner_pk, lead) for lead in row.leads]
        if row.needs_tick:
            written.asked |= {(row.line, change.column) for change in row.changes if change.tick}


def _invite(found: PartnerImport, written: _Written, ticks: AbstractSet[Tick], by: User) -> None:
    """Invite who has no role yet, and change the role of whom it was ticked for."""
    partners = Partner.objects.in_bulk({pk for _, pk, _ in written.leads})
    wanted = [
        Wanted(partners[pk], lead.email, lead.name, Role.LEAD)
        for _, pk, lead in written.leads
        if not lead.held
    ]
    if wanted:
        invite_many(wanted=wanted, by=by, partner_import=found)
    for line, pk, lead in written.leads:
        ticked = bool(lead.held) and (line, lead.column) in ticks
        if ticked and not move_role(
            partner=partners[pk], email=lead.email, before=lead.held, after=Role.LEAD, by=by
        ):
            raise PreviewOutdatedError(OUTDATED)


def move_role(*, partner: Partner, email: str, before: str, after: str, by: User) -> bool:
    """Give the address another role, or offer it where an invitation waits.

    False when there is neither with the role it had before.
    """
    held = Membership.objects.current().filter(partner=partner, person__email__iexact=email)
    membership = held.filter(role=before).select_related("partner").first()
    if membership is not None:
        change_role(membership=membership, role=after, by=by)
        return True
    offered = Invitation.objects.waiting().filter(partner=partner, email__iexact=email)
    invitation = offered.filter(role=before).select_related("partner").first()
    if invitation is not None:
        offer_role(invitation=invitation, role=after, by=by)
        return True
    return False


def _store(found: PartnerImport, written: _Written, ticks: AbstractSet[Tick]) -> None:
    """Note which partner each row was written to, and which ticks were given."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            UPDATE {ImportRow._meta.db_table} AS kept SET partner_id = new.partner
            FROM unnest(%s::int[], %s::bigint[]) AS new (line, partner)
            WHERE kept.partner_import_id = %s AND kept.line = new.line
              AND kept.partner_id IS DISTINCT FROM new.partner
            """,  # noqa: S608  the table's name is the model's own
            [list(written.partners), list(written.partners.values()), found.pk],
        )
    ticked = list(found.rows.filter(line__in={line for line, _ in ticks}))
    for row in ticked:
        row.changes = [
            change | {"tick": GIVEN} if (row.line, change["column"]) in ticks else change
            for change in row.changes
        ]
    ImportRow.objects.bulk_update(ticked, ["changes"], batch_size=BATCH)
