"""Take in a partner list, say what it would change, and write exactly what was said, or nothing."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from django.db import DataError, IntegrityError, connection, transaction
from django.db.models.functions import Now

from declaration import jobs
from declaration.actions import RefusedError, action
from declaration.spreadsheets import UnreadableFileError
from signatories.actions.domains import is_outside
from signatories.actions.events import record
from signatories.actions.invitations import Wanted, invite_many
from signatories.actions.moving import Move, move_roles
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
from signatories.models import ImportRow, Membership, Partner, PartnerImport, User
from signatories.verbs import Verb

Role = Membership.Role

# How many lists of one person are kept that were not confirmed; the oldest go first.
KEPT = 10
BATCH = 1_000

OUTDATED = (
    "Partners or their people have changed since this preview was made, so nothing was written. "
    "Make a new preview and look at what it says."
)
REFUSED = (
    "Nothing was written, because the database refused something that the preview had allowed. "
    "Make a new preview and confirm it. If that is refused again, the file is the cause: split it, "
    "import the parts one by one, and report the row that is left to whoever runs the portal."
)
UNREADABLE = (
    "Nothing was written, because the file cannot be read any more as it was for the preview. "
    "Upload the file again."
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
    _clear_out(by)
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


def _clear_out(by: User) -> None:
    """Delete what was never confirmed, but for the newest; what is in use at the moment stays."""
    unconfirmed = PartnerImport.objects.filter(uploaded_by=by, confirmed_at__isnull=True)
    newest_first = unconfirmed.order_by("-uploaded_at", "-pk").values_list("pk", flat=True)
    old = unconfirmed.filter(pk__in=list(newest_first[KEPT - 1 :])).order_by("pk")
    free = list(old.select_for_update(skip_locked=True).values_list("pk", flat=True))
    PartnerImport.objects.filter(pk__in=free).delete()


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
    outside: list[int] = []
    try:
        reading = open_(bytes(partner_import.content), partner_import.file_name)
        sha256 = digest(_kept(partner_import, reading, counts, outside))
    except UnreadableFileError as error:
        with _mine(partner_import):
            partner_import.rows.all().delete()
        nothing = {f"{kind.value}_count": 0 for kind in Kind}
        return {"trouble": str(error), "rows_sha256": "", **nothing}
    counted = {f"{kind.value}_count": count for kind, count in counts.items()}
    how = _how_read(reading)
    how["remarks"] += _said_of(sum(outside))
    return {"trouble": "", "rows_sha256": sha256, **how, **counted}


def _said_of(outside: int) -> list[str]:
    """The remark on leads whose address is not in their partner's domains, if there are any."""
    if not outside:
        return []
    who = "One lead has an address" if outside == 1 else f"{outside:,} leads have addresses"
    marked = "It is marked" if outside == 1 else "They are marked"
    return [
        f"{who} outside the partner’s e-mail domains. {marked} below: check before you confirm."
    ]


def _kept(
    partner_import: PartnerImport, reading: Reading, counts: dict[Kind, int], outside: list[int]
) -> Iterator[Row]:
    """Hand the rows on, count them, and write them down a thousand at a time.

    `outside` gets how many leads of each thousand have an address outside the partner's domains.
    """
    batch: list[Row] = []
    for row in reading.rows():
        counts[row.kind] += 1
        batch.append(row)
        yield row
        if len(batch) == BATCH:
            outside.append(_keep(partner_import, batch))
            batch.clear()
            done = sum(counts.values())
            percent = min(99, 100 * done // max(reading.total, 1))
            jobs.tell(partner_import, percent, f"{done:,} of {reading.total:,} rows compared")
    outside.append(_keep(partner_import, batch))


def _keep(partner_import: PartnerImport, rows: Sequence[Row]) -> int:
    """Write the rows down; how many leads of them have an address outside the domains."""
    outside = _outside(rows)
    with _mine(partner_import):
        ImportRow.objects.bulk_create(
            ImportRow(
                partner_import=partner_import,
                line=row.line,
                kind=row.kind,
                name=_storable(row.name)[:400],
                changes=[
                    vars(change)
                    | ({"outside": True} if (row.line, change.column) in outside else {})
                    for change in row.changes
                ],
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
    return len(outside)


def _outside(rows: Sequence[Row]) -> set[Tick]:
    """Those to be invited whose address is in none of the domains that the partner will have."""
    inviting = [row for row in rows if any(not lead.held for lead in row.leads)]
    known = {row.partner_pk for row in inviting if row.partner_pk is not None}
    partners = Partner.objects.filter(pk__in=known)
    now = dict(partners.order_by().values_list("pk", "email_domains")) if inviting else {}
    found = set()
    for row in inviting:
        new = [change.new.split() for change in row.changes if change.column == "email_domains"]
        domains = new[0] if new else now.get(row.partner_pk or 0, [])
        asked = [lead for lead in row.leads if not lead.held]
        found |= {(row.line, lead.column) for lead in asked if is_outside(lead.email, domains)}
    return found


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
    # Changed partners of whose row something was written: what needed a tick may have had none.
    changed: int = 0


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
    except (IntegrityError, DataError) as error:
        raise PreviewOutdatedError(REFUSED) from error
    except UnreadableFileError as error:
        raise PreviewOutdatedError(UNREADABLE) from error
    _store(found, written, ticks)
    found.confirmed_by, found.confirmed_at = by, Now()
    found.save(update_fields=["confirmed_by", "confirmed_at"])
    found.refresh_from_db(fields=["confirmed_at"])
    note = f"{found.new_count} new, {written.changed} changed"
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
    if digest(_noted(rows, written, ticks)) != found.rows_sha256 or not ticks <= written.asked:
        raise PreviewOutdatedError(OUTDATED)
    return written


def _noted(rows: Iterable[Row], written: _Written, ticks: AbstractSet[Tick]) -> Iterator[Row]:
    for row in rows:
        yield row
        if row.kind in {Kind.NEW, Kind.CHANGED} and row.partner_pk is not None:
            written.partners[row.line] = row.partner_pk
            written.leads += [(row.line, row.partner_pk, lead) for lead in row.leads]
        if row.kind == Kind.CHANGED:
            done = (not each.tick or (row.line, each.column) in ticks for each in row.changes)
            written.changed += any(done)
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
    moves = [
        Move(partners[pk], lead.email, lead.held, Role.LEAD)
        for line, pk, lead in written.leads
        if lead.held and (line, lead.column) in ticks
    ]
    if move_roles(moves=moves, by=by):
        raise PreviewOutdatedError(OUTDATED)


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
    ImportRow.objects.bulk_create(
        ticked,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["changes"],
        batch_size=BATCH,
    )
