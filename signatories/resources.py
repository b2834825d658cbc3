"""Partner lists as CSV: read, clean, match, compare and save; the only user of import_export."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

import tablib
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.core.validators import URLValidator
from django.utils.text import slugify
from import_export.fields import Field
from import_export.instance_loaders import BaseInstanceLoader
from import_export.resources import ModelResource
from import_export.results import Result, RowResult
from import_export.widgets import DateWidget, Widget

from declaration.spreadsheets import (
    UnreadableFileError,
    decode,
    first_unseen,
    numbered_rows,
    shown,
)
from signatories.actions.partner_imports import Change, Kind, Preview, Problem, Row
from signatories.models import Partner

COLUMNS = ("name", "kind", "gss_code", "website", "email_domains", "active_from", "active_to")
NEEDED = ("name", "kind")
# More would take longer than a request may.
MAX_ROWS = 10_000
LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
DOMAIN = re.compile(rf"(?=.{{4,253}}$){LABEL}(?:\.{LABEL})+")


# --- Cells -------------------------------------------------------------------------------------


def plain(value: Any) -> str:
    """A cell's text with composed letters and single spaces; refuses what cannot be seen."""
    text = " ".join(unicodedata.normalize("NFC", str(value or "")).split())
    if unseen := first_unseen(text):
        raise ValueError(f"There is a character that cannot be seen: U+{ord(unseen):04X}")
    return text


class NameWidget(Widget):  # type: ignore[misc]  # import_export has no type information
    """The partner's name."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        """Return the name, or say what is wrong with it."""
        name = plain(value)
        if not name:
            raise ValueError("Enter the partner’s name")
        if len(name) > 200:
            raise ValueError("A name must be 200 characters or fewer")
        return name


class KindWidget(Widget):  # type: ignore[misc]  # import_export has no type information
    """The kind of partner, by its value or by its label."""

    known: ClassVar = {
        words.lower(): kind for kind in Partner.Kind for words in (kind.value, str(kind.label))
    }

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        """Return the kind's value."""
        kind = self.known.get(plain(value).lower())
        if kind is None:
            raise ValueError(f"Enter one of the kinds: {', '.join(Partner.Kind.values)}")
        return kind.value


class GssCodeWidget(Widget):  # type: ignore[misc]  # import_export has no type information
    """The nine signs of a GSS code, or none."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        """Return the code in capitals."""
        code = plain(value).upper()
        if code and not re.fullmatch(r"[A-Z][0-9]{8}", code):
            raise ValueError("A GSS code is a letter and eight digits, like E07000067")
        return code


class WebsiteWidget(Widget):  # type: ignore[misc]  # import_export has no type information
    """A web address, or none."""

    valid = URLValidator(schemes=["http", "https"])

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        """Return the address."""
        address = plain(value)
        try:
            if address:
                self.valid(address)
        except ValidationError as error:
            words = "Enter a full web address, like https://www.example.org"
            raise ValueError(words) from error
        if len(address) > 200:
            raise ValueError("A web address must be 200 characters or fewer")
        return address


class DomainsWidget(Widget):  # type: ignore[misc]  # import_export has no type information
    """Any number of e-mail domains in one cell, with spaces or commas between them."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> list[str]:
        """Return the domains in small letters, each once."""
        domains = [text.removeprefix("@") for text in re.split(r"[\s,;|]+", plain(value).lower())]
        for domain in filter(None, domains):
            if not DOMAIN.fullmatch(domain):
                raise ValueError(f"“{domain[:60]}” is not an e-mail domain, like example.org")
        return list(dict.fromkeys(filter(None, domains)))

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        """Return the domains in one text."""
        return " ".join(value or [])


class DayWidget(DateWidget):  # type: ignore[misc]  # import_export has no type information
    """A date as ISO or as the British write it, or none."""

    def __init__(self) -> None:
        super().__init__()
        self.formats = ("%Y-%m-%d", "%d/%m/%Y")

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> date | None:
        """Return the date."""
        try:
            found: date | None = super().clean(plain(value), row, **kwargs)
        except ValueError as error:
            raise ValueError("Enter a real date, like 2026-04-01 or 01/04/2026") from error
        return found


# --- Rows --------------------------------------------------------------------------------------


class PartnerLoader(BaseInstanceLoader):  # type: ignore[misc]  # import_export has no type information
    """Finds a row's partner by its GSS code, then by its name without case; asks once for all."""

    def __init__(self, resource: "PartnerResource", dataset: Any = None) -> None:
        super().__init__(resource, dataset)
        partners = list(resource.get_queryset())
        self.by_code = {partner.gss_code: partner for partner in partners if partner.gss_code}
        self.by_name = {partner.name.lower(): partner for partner in partners}
        self.slugs = {partner.slug for partner in partners}
        resource.loader = self

    def get_instance(self, row: dict[str, str]) -> Partner | None:
        """Return the partner the row is about, or None for a new one."""
        code = (row.get("gss_code") or "").strip().upper()
        name = " ".join(unicodedata.normalize("NFC", row["name"]).split())
        return self.by_code.get(code) or self.by_name.get(name.lower())

    def new_slug(self, name: str) -> str:
        """Return a slug that no partner has, and keep it."""
        stem = slugify(name)[:190] or "partner"
        slug, number = stem, 1
        while slug in self.slugs:
            number += 1
            slug = f"{stem}-{number}"
        self.slugs.add(slug)
        return slug


class PartnerResource(ModelResource):  # type: ignore[misc]  # import_export has no type information
    """A row for each partner."""

    name = Field("name", "name", NameWidget())
    kind = Field("kind", "kind", KindWidget())
    gss_code = Field("gss_code", "gss_code", GssCodeWidget())
    website = Field("website", "website", WebsiteWidget())
    email_domains = Field("email_domains", "email_domains", DomainsWidget())
    active_from = Field("active_from", "active_from", DayWidget())
    active_to = Field("active_to", "active_to", DayWidget())

    loader: PartnerLoader

    class Meta:
        model = Partner
        fields = COLUMNS
        import_order = COLUMNS
        import_id_fields = ("name",)
        instance_loader_class = PartnerLoader
        skip_unchanged = True
        report_skipped = True
        store_instance = True
        skip_html_diff = True

    def __init__(self, lines: list[int]) -> None:
        super().__init__()
        self.lines = lines
        self.line = 0
        self.seen: dict[object, int] = {}

    def before_import_row(self, row: Any, **kwargs: Any) -> None:
        """Remember which line of the file this is."""
        self.line = self.lines[kwargs["row_number"] - 1]

    def after_import_row(self, row: Any, row_result: RowResult, **kwargs: Any) -> None:
        """Check also rows that would change nothing for being in the file twice."""
        if row_result.import_type == RowResult.IMPORT_TYPE_SKIP:
            self._require_once(row_result.instance)

    def validate_instance(
        self,
        instance: Partner,
        import_validation_errors: dict[str, Any] | None = None,
        validate_unique: bool = True,
    ) -> None:
        """Add to the cells' errors what is wrong with the row as a whole."""
        errors = dict(import_validation_errors or {})
        clash = self.loader.by_name.get(instance.name.lower())
        if "name" not in errors and clash is not None and clash.pk != instance.pk:
            errors["name"] = ValidationError("Another partner has this name already")
        begins, ends = instance.active_from, instance.active_to
        if not errors.keys() & {"active_from", "active_to"} and begins and ends and ends < begins:
            errors["active_to"] = ValidationError("A partner cannot end before it begins")
        try:
            self._require_once(instance)
        except ValidationError as error:
            errors[NON_FIELD_ERRORS] = error
        if errors:
            raise ValidationError(errors)

    def save_instance(self, instance: Partner, is_create: bool, row: Any, **kwargs: Any) -> None:
        """Write a row only when told to: the library's own dry run writes and takes it back."""
        if kwargs["save"]:
            super().save_instance(instance, is_create, row, **kwargs)

    def after_import(self, dataset: Any, result: Result, **kwargs: Any) -> None:
        """Leave the sequence of ids alone: the library would set it back under other writers."""

    def before_save_instance(self, instance: Partner, row: Any, **kwargs: Any) -> None:
        """Make the slug of a new partner; it never changes afterwards."""
        if not instance.slug:
            instance.slug = self.loader.new_slug(instance.name)

    def _require_once(self, instance: Partner) -> None:
        """Refuse a second row about the same partner, by row, by name or by code."""
        marks: list[object] = [("name", instance.name.lower())] if instance.name else []
        marks += [("code", instance.gss_code)] if instance.gss_code else []
        marks += [("partner", instance.pk)] if instance.pk else []
        earlier = next((self.seen[mark] for mark in marks if mark in self.seen), None)
        for mark in marks:
            self.seen.setdefault(mark, self.line)
        if earlier is not None:
            raise ValidationError(f"This is the same partner as in line {earlier}")


# --- Files -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Table:
    """A file's cells: which columns it has, under which headers, and on which line each row is."""

    headers: dict[str, str]
    rows: list[dict[str, str]]
    lines: list[int]
    problems: list[Problem]


def read_partners(content: bytes, *, save: bool = False) -> Preview:
    """Read a partner list and compare it with the partners there are; with `save`, write it.

    Raises UnreadableFileError for a file that is no partner list. Rows that cannot be imported
    are the preview's problems; the caller decides that nothing is written then.
    """
    text, encoding = decode(content)
    table = _read_table(text)
    columns = list(table.headers)
    dataset = tablib.Dataset(headers=columns)
    for row in table.rows:
        dataset.append([row[column] for column in columns])
    resource = PartnerResource(table.lines)
    result = resource.import_data(dataset, use_transactions=False, save=save)
    unexpected = [error for row in result.error_rows for error in row.errors]
    for error in [*unexpected, *result.base_errors]:
        raise error.error
    problems = sorted(
        [*table.problems, *_problems(result, table)], key=lambda problem: problem.line
    )
    return Preview(encoding, tuple(_rows(result, resource, table)), tuple(problems))


def _read_table(text: str) -> Table:
    lines = numbered_rows(text)
    _, titles = next(lines, (0, []))
    if not titles:
        raise UnreadableFileError("The file is empty.")
    headers = _headers(titles)
    table = Table({column: titles[place] for place, column in headers.items()}, [], [], [])
    for line, cells in lines:
        if len(table.rows) + len(table.problems) == MAX_ROWS:
            words = f"The file has more than {MAX_ROWS:,} rows. Split it into smaller files."
            raise UnreadableFileError(words)
        if len(cells) != len(titles) and (len(cells) < len(titles) or any(cells[len(titles) :])):
            words = f"The row has {len(cells)} cells, but the header has {len(titles)}"
            table.problems.append(Problem(line, "", shown(" | ".join(cells)), words))
            continue
        table.rows.append({column: cells[place] for place, column in headers.items()})
        table.lines.append(line)
    if not table.rows and not table.problems:
        raise UnreadableFileError("The file has no rows under its header.")
    return table


def _headers(titles: list[str]) -> dict[int, str]:
    """Return the column that stands at each place."""
    found: dict[int, str] = {}
    for place, title in enumerate(titles):
        column = re.sub(r"[\s_-]+", "_", title.strip().lower()).replace("e_mail", "email")
        if not column and place >= len([text for text in titles if text]):
            continue
        if column not in COLUMNS:
            known = ", ".join(COLUMNS)
            raise UnreadableFileError(f"The column “{shown(title)}” is not known. Known: {known}.")
        if column in found.values():
            raise UnreadableFileError(f"The column “{column}” is there twice.")
        found[place] = column
    missing = [column for column in NEEDED if column not in found.values()]
    if missing:
        raise UnreadableFileError(f"The header has no column: {', '.join(missing)}.")
    return found


def _problems(result: Result, table: Table) -> Iterator[Problem]:
    for invalid in result.invalid_rows:
        line, row = table.lines[invalid.number - 1], table.rows[invalid.number - 1]
        for column, reasons in invalid.error_dict.items():
            title = table.headers.get(column, "")
            value = row.get(column, row["name"])
            for reason in reasons:
                yield Problem(line, title, shown(value), reason)


def _rows(result: Result, resource: PartnerResource, table: Table) -> Iterator[Row]:
    kinds = {
        RowResult.IMPORT_TYPE_NEW: Kind.NEW,
        RowResult.IMPORT_TYPE_UPDATE: Kind.CHANGED,
        RowResult.IMPORT_TYPE_SKIP: Kind.UNCHANGED,
    }
    fields = [resource.fields[column] for column in COLUMNS if column in table.headers]
    for line, found in zip(table.lines, result.rows, strict=True):
        if found.import_type not in kinds:
            continue
        changes = []
        for field in fields:
            new = field.export(found.instance)
            old = field.export(found.original) if found.original else ""
            if old != new:
                changes.append(Change(field.column_name, str(old), str(new)))
        yield Row(line, kinds[found.import_type], found.instance.name, tuple(changes))


def template() -> str:
    """The header that a partner list needs, as CSV."""
    return f"{','.join(COLUMNS)}\r\n"
