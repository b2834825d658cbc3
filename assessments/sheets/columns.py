"""The columns of the spreadsheet: what they are called, and what people may write in them."""

import re
from collections.abc import Mapping

from assessments.dashboards import NOT_APPLICABLE
from assessments.forms.answers import RATINGS, AnswerForm
from assessments.forms.sheets import RATING_WORDS

CODE, INDICATOR, NOTE = "Code", "Indicator", "Note"
LAST_RATING, LAST_NARRATIVE = "Last round: rating", "Last round: narrative"
# The columns to fill in, by the names of what is compared and merged.
TITLES = {
    "rating": "Rating",
    "reason": "Reason if not applicable",
    "narrative": "Narrative",
    "willing_to_share": "Willing to share",
    "completed": "Completed",
}
PROSE = ("reason", "narrative")
LONGEST: Mapping[str, int] = {
    name: getattr(AnswerForm.base_fields[name], "max_length", 0) or 0 for name in PROSE
}

YES, NO = "Yes", "No"
YES_WORDS = frozenset({"yes", "y", "true", "1", "x", "✓", "✔"})
NO_WORDS = frozenset({"", "no", "n", "false", "0", "no, i will come back to it"})
NOT_APPLICABLE_WORDS = frozenset({"not applicable", "n/a", "na", "n.a.", "n.a", "n a"})
BY_LABEL = {words.split(" ", 1)[1].casefold(): value for value, words in RATINGS}
# 3, 3 Established, 3 – Established, 3. Established, Level 3; 3.0 from a program that counts.
RATING = re.compile(r"(?:level |rating )?(\d)(?:\.0+)?(?:(?:\s*[-–—:.)]\s*|\s+)(.*))?")
# 2.3, 2,3 from a continental program, 2.3 with the title behind it.
INDICATOR_CODE = re.compile(r"(\d{1,3})\s*[.,]\s*(\d{1,3})(?:[.:)]?\s.*|[.:)])?", re.DOTALL)

# What a title of a column may be, in lower case, besides the one that we write.
ALSO = {
    "indicator code": CODE,
    "title": INDICATOR,
    "your rating": "rating",
    "reason": "reason",
    "reason (if not applicable)": "reason",
    "why is this indicator not applicable": "reason",
    "willing to share as good practice": "willing_to_share",
    "have you completed this indicator": "completed",
}
KNOWN = {
    **{title.casefold(): title for title in (CODE, INDICATOR, NOTE, LAST_RATING, LAST_NARRATIVE)},
    **{title.casefold(): name for name, title in TITLES.items()},
    **ALSO,
}


def plain(text: str) -> str:
    """The text as it is compared with words that we know: without case and extra blanks."""
    return " ".join(text.split()).casefold()


def column_of(title: str) -> str | None:
    """The column with that title: its name, or the title of one that is only read."""
    return KNOWN.get(plain(title).rstrip(":*?. "))


def code_of(text: str) -> str:
    """The indicator's code that the text begins with; empty when there is none."""
    found = INDICATOR_CODE.fullmatch(text.strip())
    return f"{int(found[1])}.{int(found[2])}" if found else ""


def rating_of(text: str) -> str | None:
    """The rating as the form has it, "0" to "4", "na" or ""; None when it is none of them."""
    words = plain(text)
    if words in NOT_APPLICABLE_WORDS:
        return NOT_APPLICABLE
    found = RATING.fullmatch(words)
    if found is None:
        return BY_LABEL.get(words) if words else ""
    number, label = found[1], found[2]
    known = number in RATING_WORDS and (not label or BY_LABEL.get(label) == number)
    return number if known else None


def truth_of(text: str) -> bool | None:
    """Whether it says yes or no; a blank says no; None when it is neither."""
    words = plain(text)
    if words in YES_WORDS:
        return True
    return False if words in NO_WORDS else None


def in_words(name: str, value: object) -> str:
    """A value as its cell has it."""
    if name == "rating":
        return RATING_WORDS[str(value)]
    if isinstance(value, bool):
        return YES if value else NO
    return str(value)
