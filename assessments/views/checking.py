"""What the check page says before an assessment is sent: what is missing, what may be asked."""

from typing import Any

from assessments.dashboards import Row, Sheet, questions_of, read_unsaved
from assessments.quality import Kind, Question
from assessments.views import parts
from signatories.access import Role, has_role
from signatories.models import User

# Where on the indicator's page a question is mended, and what the link there says.
MENDED = {
    Kind.HIGH_WITHOUT_EVIDENCE: ("evidence", "Add evidence"),
    Kind.NO_NARRATIVE: ("id_narrative", "Write the narrative"),
    Kind.RATING_JUMPED: ("id_narrative", "Say it in the narrative"),
    Kind.NO_LONGER_APPLICABLE: ("id_reason", "Change the reason"),
    Kind.IMPROVEMENT_WITHOUT_OWNER: ("improvements", "Name an owner"),
    Kind.IMPROVEMENT_OVERDUE: ("improvements", "Bring it up to date"),
    Kind.SUPPORT_AT_THE_TOP: ("id_support", "Change the support"),
}


def sending(sheet: Sheet, role: Role | None, person: User) -> dict[str, Any]:
    """What the check page says of sending: whether this person may, and what is missing."""
    may_write = sheet.is_open
    return {
        "may_send": may_write and has_role(role, Role.LEAD),
        "may_change": may_write and role is not None,
        "missing": _missing(sheet.missing) if may_write else [],
        "untouched": [_link(row) for row in sheet.rows if row.is_asked_for],
        "unsaved": read_unsaved(sheet.assessment, person) if may_write and role is not None else [],
        "asked": _asked(sheet) if may_write and role is not None else [],
    }


def _missing(rows: list[Row]) -> list[dict[str, str]]:
    """The links of an error summary, one for each indicator that is not completed."""
    return [_link(row, f": {row.missing[0].lower()}{row.missing[1:]}") for row in rows]


def _link(row: Row, more: str = "") -> dict[str, str]:
    return {"text": f"{row.code} {row.title}{more}", "href": parts.answer_path(row.answer)}


def _asked(sheet: Sheet) -> list[dict[str, Any]]:
    """The questions about indicators that can be changed now, each with where it is mended."""
    found = questions_of(sheet)
    return [
        {"row": row, "questions": [_question(row, question) for question in found[row.answer.pk]]}
        for row in sheet.rows
        if row.is_open and row.answer.pk in found
    ]


def _question(row: Row, question: Question) -> dict[str, str]:
    anchor, text = MENDED[question.kind]
    href = f"{parts.answer_path(row.answer)}#{anchor}"
    return {"words": question.words, "href": href, "text": text}
