"""Preview an uploaded partner list, and confirm exactly what was previewed."""

import hashlib
import json
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Protocol

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from declaration.actions import RefusedError, action
from signatories.actions.events import record
from signatories.models import Partner, PartnerImport, User
from signatories.verbs import Verb


class Kind(StrEnum):
    """What confirming would do with a row."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True)
class Change:
    """One field of a row: what stands there now, and what would."""

    column: str
    old: str
    new: str


@dataclass(frozen=True)
class Row:
    """One row that could be imported; the changes of a new one start from nothing."""

    line: int
    kind: Kind
    name: str
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class Problem:
    """Why a row cannot be imported; without a column it is about the whole row."""

    line: int
    column: str
    value: str
    reason: str


@dataclass(frozen=True)
class Preview:
    """A file, read and compared with the partners there are now."""

    encoding: str
    rows: tuple[Row, ...]
    problems: tuple[Problem, ...]

    def of_kind(self, kind: Kind) -> list[Row]:
        """The rows with which confirming would do this."""
        return [row for row in self.rows if row.kind == kind]

    @property
    def sha256(self) -> str:
        """A hash of what each row would do; another one means that something has changed."""
        rows = json.dumps([asdict(row) for row in self.rows], ensure_ascii=True)
        return hashlib.sha256(rows.encode("ascii")).hexdigest()


class Reader(Protocol):
    """Reads a file and compares it; with `save` it writes the new and changed rows as well."""

    def __call__(self, content: bytes, *, save: bool = False) -> Preview:
        """Return the preview; `signatories.resources.read_partners` is the one there is."""


class BadRowsError(Exception):
    """Some rows cannot be imported, so nothing of the file can."""

    def __init__(self, preview: Preview) -> None:
        super().__init__(f"{len(preview.problems)} problems")
        self.preview = preview


class PreviewOutdatedError(RefusedError):
    """The partners are not what they were when the file was previewed."""


class AlreadyConfirmedError(RefusedError):
    """The import has been confirmed before."""


@action
def preview_import(*, file_name: str, content: bytes, by: User, read: Reader) -> PartnerImport:
    """Keep the file with the hash of what confirming it would do; no partner changes.

    Raises BadRowsError when there is one row that cannot be imported, and whatever `read` raises
    for a file that cannot be read.
    """
    preview = read(content)
    if preview.problems:
        raise BadRowsError(preview)
    return PartnerImport.objects.create(
        file_name=file_name[:300],
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
        encoding=preview.encoding,
        preview_sha256=preview.sha256,
        new_count=len(preview.of_kind(Kind.NEW)),
        changed_count=len(preview.of_kind(Kind.CHANGED)),
        unchanged_count=len(preview.of_kind(Kind.UNCHANGED)),
        uploaded_by=by,
    )


@action
def confirm_import(*, partner_import: PartnerImport, by: User, read: Reader) -> PartnerImport:
    """Write all rows as they were previewed, or nothing.

    No partner can change while this looks and writes. Raises AlreadyConfirmedError, and
    PreviewOutdatedError when the file or any partner it names is not as it was.
    """
    found = PartnerImport.objects.select_for_update().get(pk=partner_import.pk)
    if found.state == PartnerImport.State.CONFIRMED:
        raise AlreadyConfirmedError(
            f"{found.confirmed_by} has confirmed this import already. Nothing was written twice."
        )
    _lock_partners()
    _require_as_previewed(found, read(bytes(found.content)))
    try:
        with transaction.atomic():
            read(bytes(found.content), save=True)
    except IntegrityError as error:
        raise PreviewOutdatedError(
            "The database refused a row of this file, so nothing was written."
        ) from error
    found.state = PartnerImport.State.CONFIRMED
    found.confirmed_by = by
    found.confirmed_at = timezone.now()
    found.save(update_fields=["state", "confirmed_by", "confirmed_at"])
    note = f"{found.new_count} new, {found.changed_count} changed"
    record(verb=Verb.PARTNERS_IMPORTED, by=by, subject=found, note=note)
    return found


def is_outdated(partner_import: PartnerImport, preview: Preview) -> bool:
    """Whether the file, read again, would do something else than what was previewed."""
    return bool(preview.problems) or preview.sha256 != partner_import.preview_sha256


def _require_as_previewed(partner_import: PartnerImport, preview: Preview) -> None:
    same_file = hashlib.sha256(partner_import.content).hexdigest() == partner_import.sha256
    if not same_file or is_outdated(partner_import, preview):
        raise PreviewOutdatedError(
            "Partners have changed since this preview was made, so nothing was written. "
            "Make a new preview and look at what it says."
        )


def _lock_partners() -> None:
    """Let nobody write partners until the transaction ends; reading goes on."""
    with connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {Partner._meta.db_table} IN SHARE ROW EXCLUSIVE MODE")
