"""Take an import of partners back, as long as nothing else has touched what it wrote."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError, Q
from django.db.models.functions import Lower, Now

from declaration.actions import RefusedError, action
from signatories.actions.events import record
from signatories.actions.moving import Move, lock_partners_of, move_roles
from signatories.actions.partner_imports import lock_partners
from signatories.actions.partner_lists import ASKED, GIVEN, Kind
from signatories.models import (
    ImportRow,
    Invitation,
    Membership,
    Message,
    Partner,
    PartnerImport,
    User,
)
from signatories.verbs import Verb

Role = Membership.Role

NAMED = 5
BATCH = 1_000


class TouchedError(RefusedError):
    """Something that the import wrote has been changed or used since."""


@dataclass(frozen=True)
class _Value:
    """How a field of a partner stands in a row's changes: from the field, and back."""

    text: Callable[[Any], str]
    read: Callable[[str], Any]


_TEXT = _Value(str, str)
_DAY = _Value(
    lambda day: day.isoformat() if day else "",
    lambda text: date.fromisoformat(text) if text else None,
)
FIELDS: Mapping[str, _Value] = {
    "name": _TEXT,
    "kind": _TEXT,
    "gss_code": _TEXT,
    "website": _TEXT,
    "email_domains": _Value(" ".join, str.split),
    "active_from": _DAY,
    "active_to": _DAY,
}


@action
def undo_import(*, partner_import: PartnerImport, by: User) -> PartnerImport:
    """Give every partner back the values it had before the import, and delete the new ones.

    Its invitations that wait are deleted with new partners and revoked at others; roles it changed
    go back, also of a partner's only lead. All of it or nothing: TouchedError names the rows that
    were changed or used since,
    or whose old values are taken by now, RefusedError when there is nothing to undo.
    """
    found = PartnerImport.objects.select_for_update().defer("content").get(pk=partner_import.pk)
    if found.confirmed_at is None:
        raise RefusedError("This list was never imported, so there is nothing to undo.")
    if found.undone_at is not None:
        raise RefusedError(f"{found.undone_by} has undone this import already.")
    lock_partners()
    written = found.rows.filter(kind__in=[Kind.NEW, Kind.CHANGED])
    rows = list(written.select_related("partner").order_by("line"))
    _refuse_touched(row for row in rows if not _is_as_imported(row))
    new = [row for row in rows if row.kind == Kind.NEW]
    changed = [row for row in rows if row.kind == Kind.CHANGED]
    # Who accepts an invitation has locked the partner first: here it is the same way round.
    lock_partners_of({row.partner_id for row in rows if row.partner_id is not None})
    _take_back_invitations(found, rows, by)
    _give_back_roles(changed, by)
    _delete(new)
    _give_back_values(changed)
    found.undone_by, found.undone_at = by, Now()
    found.save(update_fields=["undone_by", "undone_at"])
    found.refresh_from_db(fields=["undone_at"])
    note = f"{len(new)} deleted, {len(changed)} given back"
    record(verb=Verb.IMPORT_UNDONE, by=by, subject=found, note=note)
    return found


def _is_as_imported(row: ImportRow) -> bool:
    """Whether the partner is there and still holds what the row wrote: of a new one all values."""
    if row.partner is None:
        return False
    wrote = {column: change["new"] for column, change in _fields(row).items()}
    if row.kind == Kind.NEW:
        # No list names a successor, so somebody else did.
        if row.partner.succeeded_by_id is not None:
            return False
        wrote = dict.fromkeys(FIELDS, "") | wrote
    return all(
        FIELDS[column].text(getattr(row.partner, column)) == text for column, text in wrote.items()
    )


def _fields(row: ImportRow) -> dict[str, dict[str, str]]:
    """The changes of the partner's fields that were written; leads are no fields."""
    written = [change for change in row.changes if change["tick"] != ASKED]
    return {change["column"]: change for change in written if change["column"] in FIELDS}


def _refuse_touched(rows: Iterable[ImportRow], why: str = "changed") -> None:
    if touched := list(rows):
        raise TouchedError(
            f"Nothing was undone, because what was imported has been {why} since: "
            f"{_named(touched)}. Change back by hand what is wrong."
        )


def _named(rows: list[ImportRow]) -> str:
    names = [f"{row.name} (line {row.line})" for row in rows[:NAMED]]
    more = len(rows) - NAMED
    return ", ".join([*names, f"{more} more"] if more > 0 else names)


def _take_back_invitations(found: PartnerImport, rows: list[ImportRow], by: User) -> None:
    """Delete or revoke what the import sent; letters that have not left yet do not leave."""
    sent = list(found.invitations.select_for_update().order_by("pk"))
    used = Counter(
        one.partner_id for one in sent if one.accepted_at is not None or one.role != Role.LEAD
    )
    _refuse_touched((row for row in rows if row.partner_id in used), "used")
    keys = [one.message_key for one in sent]
    Message.objects.filter(key__in=keys, state=Message.State.QUEUED, attempt=0).delete()
    new = [row.partner_id for row in rows if row.kind == Kind.NEW]
    found.invitations.filter(partner__in=new).delete()
    waiting = Invitation.objects.waiting().filter(partner_import=found)
    pks = list(waiting.values_list("pk", flat=True))
    # Each writes a line of history: all at once would outlast what a statement may take.
    for start in range(0, len(pks), BATCH):
        some = Invitation.objects.filter(pk__in=pks[start : start + BATCH])
        some.update(revoked_by=by, revoked_at=Now())


def _give_back_roles(rows: list[ImportRow], by: User) -> None:
    moves = {
        Move(row.partner, change["column"].removeprefix("lead "), change["new"], change["old"]): row
        for row in rows
        for change in row.changes
        if change["tick"] == GIVEN and change["column"] not in FIELDS and row.partner is not None
    }
    missing = move_roles(moves=list(moves), by=by, expired_too=True)
    _refuse_touched((moves[move] for move in missing), "used")


def _delete(rows: list[ImportRow]) -> None:
    """Delete the new partners; refused when anything refers to one of them."""
    try:
        Partner.objects.filter(pk__in=[row.partner_id for row in rows]).delete()
    except ProtectedError as error:
        used = {pk for one in error.protected_objects for pk in _partners_of(one)}
        _refuse_touched((row for row in rows if row.partner_id in used), "used")
        raise


def _partners_of(referring: Any) -> list[int]:
    """The partners that a row of whatever kind refers to."""
    fields = referring._meta.concrete_fields
    return [getattr(referring, field.attname) for field in fields if field.related_model is Partner]


def _give_back_values(rows: list[ImportRow]) -> None:
    partners, columns = [], set[str]()
    for row in rows:
        fields = _fields(row)
        if row.partner is None or not fields:
            continue
        for column, change in fields.items():
            setattr(row.partner, column, FIELDS[column].read(change["old"]))
        partners.append(row.partner)
        columns |= fields.keys()
    if not columns:
        return
    try:
        with transaction.atomic():
            Partner.objects.bulk_create(
                partners,
                update_conflicts=True,
                unique_fields=["id"],
                update_fields=sorted(columns),
                batch_size=BATCH,
            )
    except IntegrityError as error:
        taken = _taken(rows)
        which = f": {_named(taken)}" if taken else ""
        raise TouchedError(
            "Nothing was undone, because a name, a GSS code or a date of before does not fit any "
            f"more with what was changed since{which}. Change back by hand what is wrong."
        ) from error


def _taken(rows: list[ImportRow]) -> list[ImportRow]:
    """The rows whose name or code of before another partner has now, or whose dates cross."""
    partners = {row.partner.pk: row.partner for row in rows if row.partner is not None}
    names = {partner.name.lower() for partner in partners.values()}
    codes = {partner.gss_code for partner in partners.values()} - {""}
    others = Partner.objects.alias(small=Lower("name")).exclude(pk__in=partners).order_by()
    clashing = others.filter(Q(small__in=names) | Q(gss_code__in=codes))
    taken = {text for one in clashing for text in (one.name.lower(), one.gss_code)} - {""}
    return [
        row
        for row in rows
        if (partner := row.partner) is not None
        and ({partner.name.lower(), partner.gss_code} & taken or _dates_cross(partner))
    ]


def _dates_cross(partner: Partner) -> bool:
    begins, ends = partner.active_from, partner.active_to
    return begins is not None and ends is not None and ends < begins
