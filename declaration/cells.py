"""How the cells of a spreadsheet hold texts, numbers and dates, and what a person sees; pure."""

import re
from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Decimal

# --- Texts in a file -----------------------------------------------------------------------------
#
# XML cannot hold every character, and reads a carriage return as a line break. The format writes
# such a character as _x000B_, and an underscore that would look like the beginning of one as
# _x005F_. openpyxl does neither when it writes and half of it when it reads.

UNWRITABLE = "\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff"
TO_ESCAPE = re.compile(f"[{UNWRITABLE}]|_(?=x[0-9A-Fa-f]{{4}}[_{UNWRITABLE}])")
ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")


def encoded(text: str) -> str:
    """The text as the format can hold it; `decoded` brings it back."""
    return TO_ESCAPE.sub(lambda found: f"_x{ord(found.group()):04X}_", text)


def decoded(text: str) -> str:
    """The text that the format holds; half a character without its other half becomes U+FFFD."""
    plain = ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
    return plain.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


# --- Numbers and dates as a person sees them -----------------------------------------------------

# Beyond it numbers are shown as Python writes them.
LARGEST = Decimal(10) ** 15
NUMBER = re.compile(
    r"(?P<sign>[£$€]?)(?P<thousands>#,##)?0(?:\.(?P<places>0{1,9}))?(?P<percent>%?)"
)


def as_seen(value: object, number_format: str) -> str:
    """A number, a date or a yes/no as British programs show it: 3 for 3.0, 5% for 0.05."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, datetime):
        is_day = value.time() == time() and "h" not in number_format.lower()
        return f"{value:%d/%m/%Y}" if is_day else f"{value:%d/%m/%Y %H:%M}"
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, time):
        return f"{value:%H:%M}" if not value.second else f"{value:%H:%M:%S}"
    if isinstance(value, int | float):
        return _number(value, number_format)
    return str(value)


def _number(value: float, number_format: str) -> str:
    number = Decimal(value) if isinstance(value, int) else Decimal(f"{value:.15g}")
    if not number.is_finite() or abs(number) >= LARGEST:
        return str(value)
    # Of several sections the first is for numbers from 0 on; currencies stand in brackets.
    section = re.sub(r"\[\$(.?)[^]]*\]", r"\1", number_format.split(";")[0])
    found = NUMBER.fullmatch(re.sub(r"[_*].|[\"\\]", "", section))
    return _general(number) if found is None else _formatted(number, found)


def _general(number: Decimal) -> str:
    number = number or Decimal(0)
    is_whole = number == number.to_integral_value()
    return f"{number.quantize(Decimal(1)) if is_whole else number.normalize():f}"


def _formatted(number: Decimal, found: re.Match[str]) -> str:
    shown = number * 100 if found["percent"] else number
    step = Decimal(1).scaleb(-len(found["places"] or ""))
    shown = shown.quantize(step, ROUND_HALF_UP)
    digits = f"{abs(shown):,f}" if found["thousands"] else f"{abs(shown):f}"
    minus = "-" if shown < 0 else ""
    return f"{minus}{found['sign']}{digits}{found['percent']}"
