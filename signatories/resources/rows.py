"""A thousand rows of a partner list: matched with the partners there are, compared, and written."""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import replace
from typing import Any

import tablib
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import connection
from django.db.models import Q
from django.db.models.functions import Lower, Now
from django.utils.text import slugify
from import_export.fields import Field
from import_export.instance_loaders import BaseInstanceLoader
from import_export.resources import ModelResource
from import_export.results import Result, RowResult

from declaration.spreadsheets import first_unseen, shown
from signatories.actions.partner_lists import ASKED, Change, Kind, Lead, Problem, Row, Tick
from signatories.models import Invitation, Membership, Partner, User
from signatories.resources.cells import (
    DayWidget,
    DomainsWidget,
    GssCodeWidget,
    KindWidget,
    LeadsWidget,
    NameWidget,
    Person,
    WebsiteWidget,
    folded,
    people_in,
)
from signatories.resources.tables import COLUMNS, Line

WRITTEN = tuple(column for column in COLUMNS if column != "leads")
LEADING = {Membership.Role.LEAD, Membership.Role.LEADER}


class Known(BaseInstanceLoader):  # type: ignore[misc]  # import_export has no type information
    """What the database says about the partners and people of these rows; asked once for all."""

    def __init__(self, resource: "PartnerResource", dataset: Any) -> None:
        super().__init__(resource, dataset)
        resource.known = self
        self.keys: dict[str, str] = {}
        self.by_code: dict[str, Partner] = {}
        self.by_name: dict[str, Partner] = {}
        self.roles: dict[tuple[int, str], Lead] = {}
        self.closed: set[str] = set()
        self._ask_about_partners()
        if emails := self._emails():
            self._ask_about_people(emails)

    def get_instance(self, row: dict[str, str]) -> Partner | None:
        """Return the partner the row is about, or None for a new one."""
        by_code = self.by_code.get(_code_key(row.get("gss_code", "")))
        return by_code or self.by_name.get(self.name_key(row["name"]))

    def name_key(self, name: str) -> str:
        """The name as the database compares it: in small letters, as the database makes them."""
        return self.keys.get(folded(name), "")

    def _column(self, column: str) -> list[str]:
        return self.dataset[column] if column in self.dataset.headers else []

    def _ask_about_partners(self) -> None:
        names = _askable(folded(name) for name in self._column("name"))
        codes = _askable(_code_key(code) for code in self._column("gss_code"))
        self.keys = _lowered(names)
        keys = set(self.keys.values())
        partners = Partner.objects.annotate(key=Lower("name")).order_by()
        for partner in partners.filter(Q(key__in=keys) | Q(gss_code__in=codes)):
            self.by_name[partner.key] = partner  # type: ignore[attr-defined]  # annotated
            if partner.gss_code:
                self.by_code[partner.gss_code] = partner

    def _emails(self) -> set[str]:
        emails: set[str] = set()
        for cell in self._column("leads"):
            with suppress(ValueError):
                emails.update(person.email for person in people_in(cell.strip()))
        return emails

    def _ask_about_people(self, emails: set[str]) -> None:
        people = User.objects.annotate(key=Lower("email")).filter(key__in=emails)
        self.closed = set(people.filter(is_active=False).values_list("key", flat=True))
        partners = [partner.pk for partner in self.by_name.values()]
        members = Membership.objects.current().annotate(key=Lower("person__email"))
        # Who let an invitation expire is asked again, like somebody new.
        unexpired = Invitation.objects.waiting().filter(expires_at__gt=Now())
        invited = unexpired.annotate(key=Lower("email"))
        for is_invited, held in [
            (False, members.filter(key__in=emails, partner__in=partners)),
            (True, invited.filter(key__in=emails, partner__in=partners)),
        ]:
            for partner, email, role in held.order_by().values_list("partner", "key", "role"):
                if (partner, email) not in self.roles or role in LEADING:
                    self.roles[partner, email] = Lead(email, "", role, is_invited)


class PartnerResource(ModelResource):  # type: ignore[misc]  # import_export has no type information
    """Compares rows with partners, a chunk at a time; one instance for a whole file."""

    name = Field("name", "name", NameWidget())
    kind = Field("kind", "kind", KindWidget())
    gss_code = Field("gss_code", "gss_code", GssCodeWidget())
    website = Field("website", "website", WebsiteWidget())
    email_domains = Field("email_domains", "email_domains", DomainsWidget())
    active_from = Field("active_from", "active_from", DayWidget())
    active_to = Field("active_to", "active_to", DayWidget())
    leads = Field("leads", "leads", LeadsWidget())

    known: Known

    class Meta:
        model = Partner
        fields = COLUMNS
        import_order = COLUMNS
        import_id_fields = ("name",)
        instance_loader_class = Known
        use_bulk = True
        batch_size = None
        # The library's own copies and comparisons take ten times as long.
        skip_diff = True
        report_skipped = True
        store_instance = True

    def __init__(self, headers: dict[str, str], ticks: AbstractSet[Tick] = frozenset()) -> None:
        super().__init__()
        self.headers = headers
        self.written = [column for column in WRITTEN if column in headers]
        self.ticks = ticks
        self.slugs = Slugs()
        self.seen: dict[str, int] = {}
        self.lines: list[Line] = []
        self.before: dict[str, str] = {}
        self.found: dict[int, Row] = {}

    def compare(self, lines: list[Line], *, save: bool) -> list[Row]:
        """Return what each line would do; with `save` write those that are not refused.

        Whatever the database refuses is raised as it is.
        """
        self.lines, self.found = lines, {}
        columns = list(self.headers)
        dataset = tablib.Dataset(headers=columns)
        for line in lines:
            dataset.append([line.values[column] for column in columns])
        result = self.import_data(dataset, use_transactions=False, save=save)
        unexpected = [error for row in result.error_rows for error in row.errors]
        for error in [*unexpected, *result.base_errors]:
            raise error.error
        return [self._row(line, row) for line, row in zip(lines, result.rows, strict=True)]

    # --- What the library asks -------------------------------------------------------------------

    def before_import_row(self, row: Any, **kwargs: Any) -> None:
        """Know which line of the file this is."""
        self.line = self.lines[kwargs["row_number"] - 1]

    def after_init_instance(self, instance: Partner, new: bool, row: Any, **kwargs: Any) -> None:
        """Remember what stands there now."""
        self.is_new = new
        self.before = (
            {} if new else {column: self._text(column, instance) for column in self.written}
        )

    def validate_instance(
        self,
        instance: Partner,
        import_validation_errors: dict[str, Any] | None = None,
        validate_unique: bool = True,
    ) -> None:
        """Add to the cells' errors what is wrong with the row as a whole."""
        errors = dict(import_validation_errors or {})
        clash = self.known.by_name.get(self.known.name_key(self.line.values["name"]))
        if "name" not in errors and clash is not None and clash.pk != instance.pk:
            words = (
                f"The code is that of {self.before.get('name')}, the name that of another partner"
            )
            errors["name"] = ValidationError(words)
        begins, ends = instance.active_from, instance.active_to
        if not errors.keys() & {"active_from", "active_to"} and begins and ends and ends < begins:
            errors["active_to"] = ValidationError("A partner cannot end before it begins")
        if "leads" not in errors and (closed := self._closed(instance)):
            words = f"The account of {', '.join(closed)} is closed. Open it first, or leave it out"
            errors["leads"] = ValidationError(words)
        if earlier := self._earlier(instance, errors):
            words = f"This is the same partner as in line {earlier}"
            errors[NON_FIELD_ERRORS] = ValidationError(words)
        if errors:
            raise ValidationError(errors)

    def save_instance(self, instance: Partner, is_create: bool, row: Any, **kwargs: Any) -> None:
        """Note what the row would change, and keep it to be written when told to."""
        changes = self._changes(instance)
        people = self._people(instance)
        changed = (*changes, *(_offer(lead) for lead in people))
        kind = Kind.NEW if is_create else Kind.CHANGED if changed else Kind.UNCHANGED
        number = self.line.number
        self.found[number] = Row(number, kind, instance.name, changed, leads=people)
        if not kwargs["save"] or not (is_create or changes):
            return
        if not is_create and (number, "name") not in self.ticks:
            instance.name = self.before["name"]
        super().save_instance(instance, is_create, row, **kwargs)

    def before_save_instance(self, instance: Partner, row: Any, **kwargs: Any) -> None:
        """Make the slug of a new partner; it never changes afterwards."""
        if not instance.slug:
            instance.slug = self.slugs.new(instance.name)

    def bulk_update(
        self, using_transactions: bool, dry_run: bool, *args: Any, **kwargs: Any
    ) -> None:
        """Write changed partners in one statement; the library's takes a hundred times as long."""
        if self.update_instances:
            Partner.objects.bulk_create(
                self.update_instances,
                update_conflicts=True,
                unique_fields=["id"],
                update_fields=self.written,
            )
            self.update_instances.clear()

    def after_import(self, dataset: Any, result: Result, **kwargs: Any) -> None:
        """Leave the sequence of ids alone: the library would set it back under other writers."""

    # --- A row -----------------------------------------------------------------------------------

    def _text(self, column: str, partner: Partner) -> str:
        return str(self.fields[column].export(partner))

    def _changes(self, partner: Partner) -> tuple[Change, ...]:
        found = []
        for column in self.written:
            old, new = self.before.get(column, ""), self._text(column, partner)
            if old != new:
                is_rename = column == "name" and bool(self.before)
                found.append(Change(column, old, new, ASKED if is_rename else ""))
        return tuple(found)

    def _people(self, partner: Partner) -> tuple[Lead, ...]:
        """Those whom the row names, without those who lead the partner or are invited to."""
        found = []
        for person in self._named(partner):
            held = self.known.roles.get((partner.pk, person.email), Lead(person.email, ""))
            if held.held not in LEADING:
                found.append(replace(held, name=person.name))
        return tuple(found)

    def _named(self, partner: Partner) -> tuple[Person, ...]:
        named: tuple[Person, ...] = getattr(partner, "leads", ())
        return named

    def _closed(self, partner: Partner) -> list[str]:
        return [each.email for each in self._named(partner) if each.email in self.known.closed]

    def _earlier(self, partner: Partner, errors: dict[str, Any]) -> int | None:
        """The line before this one with the same partner, by row, by name or by code."""
        # Texts of three shapes: no name begins with a blank, no code with two.
        marks = [] if "name" in errors else [self.known.name_key(self.line.values["name"])]
        if partner.gss_code and "gss_code" not in errors:
            marks.append(f" {partner.gss_code}")
        if partner.pk:
            marks.append(f"  {partner.pk}")
        earlier = next((self.seen[mark] for mark in marks if mark in self.seen), None)
        for mark in marks:
            self.seen.setdefault(mark, self.line.number)
        return earlier

    def _row(self, line: Line, result: RowResult) -> Row:
        if result.validation_error is None:
            return replace(self.found[line.number], partner_pk=result.instance.pk)
        problems = [
            Problem(self.headers.get(column, ""), shown(line.values.get(column, "")), reason)
            for column, reasons in result.validation_error.message_dict.items()
            for reason in reasons
        ]
        return refused(line, *problems)


def refused(line: Line, *problems: Problem) -> Row:
    """The row of a line that is not imported, with its cells to be given back."""
    name = shown(line.values.get("name", ""))[:400]
    return Row(line.number, Kind.REFUSED, name, problems=problems, cells=line.cells)


def _offer(lead: Lead) -> Change:
    """What confirming does for somebody who does not lead the partner."""
    if lead.held:
        return Change(lead.column, lead.held, "lead", ASKED)
    return Change(lead.column, "", "invited as lead")


def _code_key(code: str) -> str:
    return folded(code).upper()


def _askable(keys: Iterable[str]) -> list[str]:
    """The keys that a partner can have: no empty or endless ones, none that PostgreSQL refuses."""
    return [key for key in set(keys) if key and len(key) <= 200 and not first_unseen(key)]


def _lowered(names: list[str]) -> dict[str, str]:
    """Each name in small letters as PostgreSQL makes them; Python knows other letters."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, lower(name) FROM unnest(%s::text[]) AS name", [names])
        return dict(cursor.fetchall())


class Slugs:
    """Makes slugs that no partner has; asks once, when the first is wanted."""

    def __init__(self) -> None:
        self.taken: set[str] | None = None
        self.numbers: dict[str, int] = {}

    def new(self, name: str) -> str:
        """Return a slug for the name, and keep it."""
        if self.taken is None:
            self.taken = set(Partner.objects.order_by().values_list("slug", flat=True))
        stem = slugify(name)[:190] or "partner"
        slug, number = stem, self.numbers.get(stem, 1)
        while slug in self.taken:
            number += 1
            slug = f"{stem}-{number}"
        self.numbers[stem] = number
        self.taken.add(slug)
        return slug
