"""What may stand in the cells of a partner list, and what it means."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email
from import_export.widgets import Widget

from declaration.forms import address_trouble
from declaration.spreadsheets import DANGEROUS, first_unseen, plain_cell, shown
from signatories.models import Partner

LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
DOMAIN = re.compile(rf"(?=.{{4,253}}$){LABEL}(?:\.{LABEL})+")
# What stands for a character that a program could not read.
LOST = "\ufffd"
# How many people one row may name.
MAX_PEOPLE = 20
# What a program writes into a cell whose formula failed.
ERRORS = re.compile(r"#(?:N/A|REF!|VALUE!|DIV/0!|NAME\?|NULL!|NUM!|SPILL!|CALC!)")
PLAIN_ADDRESS = re.compile(rf"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*@(?:{LABEL}\.)+[a-z]{{2,60}}")
# What becomes of a code in which a program saw a number.
NUMBER = re.compile(r"[0-9]+(?:[.,][0-9]+)?(?:[eE][+-]?[0-9]+)?")
# One person of the cell: “Name <address>”, with quotes around a name that has a separator in it.
PERSON = re.compile(
    r"""\s*+(?:
        (?:"(?P<quoted>[^"]*+)"\s*+|(?P<name>[^<>;,\r\n"]*+))<(?P<address>[^<>]*+)>
        |(?P<bare>[^<>;,\r\n"]*+)
    )[ \t]*+(?:[;,\r\n]|$)""",
    re.VERBOSE,
)


def folded(value: str) -> str:
    """A cell's text with composed letters and single spaces, as names are compared and kept."""
    return " ".join(unicodedata.normalize("NFC", plain_cell(value)).split())


def plain(value: Any, *, allowed: str = "") -> str:
    """A cell's text; refuses what cannot be seen, and what a program takes for a formula.

    `allowed` are signs that the text may begin with nevertheless. Raises ValueError with the words.
    """
    raw = str(value or "").strip()
    if raw.startswith("#") and ERRORS.fullmatch(raw):
        raise ValueError(f"The cell holds the error {raw} of a formula. Enter the value itself")
    if DANGEROUS.match(raw) and not raw.startswith(("'", *allowed)):
        raise ValueError(
            f"A cell that begins with {raw[0]} is taken for a formula. Enter the value itself, "
            "or an apostrophe before the text (two in a list of refused rows)"
        )
    text = folded(raw)
    if unseen := first_unseen(text):
        raise ValueError(f"There is a character that cannot be seen: U+{ord(unseen):04X}")
    if LOST in text:
        raise ValueError(f"Where {LOST} stands, a character was lost. Enter it again")
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
    """The kind of partner, by its value, by its label, or as the publisher of authorities says."""

    known: ClassVar = {
        words.lower(): kind.value
        for kind in Partner.Kind
        for words in (kind.value, str(kind.label))
    } | {
        "county": "county",
        "unitary authority": "unitary",
        "non-metropolitan district": "district",
        "metropolitan district": "metropolitan",
        "london borough": "london",
        "city corporation": "london",
        "combined authority": "combined",
        "strategic regional authority": "combined",
    }

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        """Return the kind's value."""
        kind: str | None = self.known.get(plain(value).lower())
        if kind is None:
            raise ValueError(f"Enter one of the kinds: {', '.join(Partner.Kind.values)}")
        return kind


class GssCodeWidget(Widget):  # type: ignore[misc]  # import_export has no type information
    """The nine signs of a GSS code, or none."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        """Return the code in capitals."""
        code = plain(value).upper()
        if NUMBER.fullmatch(code):
            raise ValueError(
                "This is a number, and a GSS code is a letter and eight digits, like E07000067. "
                "Programs such as Excel change codes into numbers: copy it again from its source"
            )
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
        cell = plain(value, allowed="@").lower()
        domains = [text.removeprefix("@") for text in re.split(r"[\s,;|]+", cell)]
        for domain in filter(None, domains):
            if not DOMAIN.fullmatch(domain):
                raise ValueError(f"“{domain[:60]}” is not an e-mail domain, like example.org")
        return list(dict.fromkeys(filter(None, domains)))

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        """Return the domains in one text."""
        return " ".join(value or [])


class DayWidget(Widget):  # type: ignore[misc]  # import_export has no type information
    """A date as ISO or as the British write it, or none."""

    formats = ("%Y-%m-%d", "%d/%m/%Y")

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> date | None:
        """Return the date."""
        text = plain(value)
        for form in self.formats:
            try:
                found = datetime.strptime(text, form).date() if text else None  # noqa: DTZ007
            except ValueError:
                continue
            if found is None or found.year >= 1000:
                return found
        raise ValueError("Enter a real date, like 2026-04-01 or 01/04/2026")

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        """Return the date as ISO writes it."""
        return value.isoformat() if value else ""


@dataclass(frozen=True)
class Person:
    """Somebody whom a row names: an address in small letters, and a name where there is one."""

    email: str
    name: str = ""

    def __str__(self) -> str:
        # What reading a list refuses is left out, so that what is exported can be imported.
        kept = "".join(sign for sign in self.name if not (sign == LOST or first_unseen(sign)))
        name = " ".join(re.sub('["<>]', " ", kept).split())
        quoted = f'"{name}"' if re.search("[;,]", name) else name
        return f"{quoted} <{self.email}>" if name else self.email


class LeadsWidget(Widget):  # type: ignore[misc]  # import_export has no type information
    """Any number of people, each as “Name <address>” or as the address alone."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> tuple[Person, ...]:
        """Return the people, each address once."""
        return people_in(str(value or "").strip())

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        """Return the people in one text."""
        return "; ".join(str(person) for person in value or [])


# The cells of a thousand rows are read twice: once to ask about all their people, then each.
@lru_cache(maxsize=1_000)
def people_in(cell: str) -> tuple[Person, ...]:
    """Return the people whom a cell names, each address once; ValueError says what is wrong."""
    plain(cell)
    text = plain_cell(cell)
    found: dict[str, Person] = {}
    place = 0
    while place < len(text):
        part = PERSON.match(text, place)
        if part is None:
            raise ValueError("Enter each person as Name <address>, with semicolons between people")
        place = part.end()
        written = part["bare"] if part["address"] is None else part["address"]
        # Before its case changes: “K” of kelvin would become a plain letter.
        trouble = address_trouble("".join(written.split())) if "@" in written else ""
        if trouble:
            raise ValueError(trouble)
        email = folded(written).lower()
        name = folded(part["quoted"] or part["name"] or "")
        if (email or name) and not (email in found and found[email].name):
            found[email] = _person(email, name)
        if len(found) > MAX_PEOPLE:
            raise ValueError(
                f"A row can name up to {MAX_PEOPLE} people. Invite the others on the partner’s page"
            )
    return tuple(found.values())


def _person(email: str, name: str) -> Person:
    try:
        # Most addresses are plain, and looking at them is fifty times as fast.
        if not PLAIN_ADDRESS.fullmatch(email):
            validate_email(email)
    except ValidationError as error:
        said = shown(email[:60]) or shown(name[:60])
        raise ValueError(f"“{said}” is not an e-mail address, like name@example.org") from error
    if len(email) > 254 or len(name) > 200:
        raise ValueError("A person’s name must be 200 characters or fewer, an address 254")
    return Person(email, name)
