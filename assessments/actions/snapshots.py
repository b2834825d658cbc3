"""The numbered copy that an acceptance keeps, and the hash by which it can be checked."""

import hashlib
import json
from datetime import date, datetime
from typing import Any

from assessments.dashboards import Row, Sheet, read_sheet
from assessments.models import Assessment, Evidence, Improvement, Snapshot
from signatories.models import User

# Raise it when the content says more: what was taken before keeps its form and its hash.
FORM = 2
OF_FILES = ("name", "number", "size", "media_type", "sha256", "verdict")


def canonical(content: Any) -> bytes:
    """Write JSON in the one form that is hashed: keys sorted, no blanks, UTF-8."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return text.encode()


def digest(content: Any) -> str:
    """SHA-256 of the content's canonical form, in hexadecimal."""
    return hashlib.sha256(canonical(content)).hexdigest()


def is_intact(snapshot: Snapshot) -> bool:
    """Whether the content still has the hash that was taken of it."""
    return digest(snapshot.content) == snapshot.sha256


def take_snapshot(assessment: Assessment, by: User) -> Snapshot:
    """Copy all that the assessment says now; call it under the assessment's lock."""
    sheet = read_sheet(assessment)
    number = assessment.snapshots.count() + 1
    content = content_of(sheet, number)
    return Snapshot.objects.create(
        assessment=assessment,
        number=number,
        partner_name=assessment.partner.name,
        content=content,
        sha256=digest(content),
        accepted_by=by,
    )


def content_of(sheet: Sheet, number: int) -> dict[str, Any]:
    """What the copy of that number says of an assessment, ready to be hashed and kept as JSON."""
    assessment, partner = sheet.assessment, sheet.assessment.partner
    round_, edition = assessment.round, assessment.round.edition
    return {
        "form": FORM,
        "number": number,
        "edition": {"slug": edition.slug, "title": edition.title},
        "round": {
            "slug": round_.slug,
            "name": round_.name,
            "opens_on": _text(round_.opens_on),
            "due_on": _text(round_.due_on),
            "closes_on": _text(round_.closes_on),
        },
        "partner": {
            "slug": partner.slug,
            "name": partner.name,
            "kind": partner.kind,
            "gss_code": partner.gss_code,
        },
        "sent_at": _text(assessment.sent_at),
        "sent_by": _name(assessment.sent_by),
        "submitted_at": _text(assessment.submitted_at),
        "submitted_by": _name(assessment.submitted_by),
        "answers": [_answer(row) for row in sheet.rows],
    }


def _answer(row: Row) -> dict[str, Any]:
    answer = row.answer
    return {
        "code": row.code,
        "title": row.title,
        "text": row.text,
        "rating": answer.rating,
        "rating_words": row.rating_words,
        "not_applicable": answer.not_applicable,
        "reason": answer.reason,
        "narrative": answer.narrative,
        "willing_to_share": answer.willing_to_share,
        "version": answer.version,
        "updated_at": _text(answer.updated_at),
        "updated_by": _name(answer.updated_by),
        "evidence": [_evidence(each) for each in row.evidence],
        "support": [
            {
                "offer": asked.offer.slug if asked.offer else "",
                "name": asked.offer.name if asked.offer else "",
                "words": asked.words,
                "urgency": asked.urgency,
                "state": asked.state,
            }
            for asked in row.support
        ],
        "improvements": [_improvement(each) for each in row.improvements],
    }


def _improvement(improvement: Improvement) -> dict[str, Any]:
    return {
        "what": improvement.what,
        "owner": improvement.owner,
        "due_on": _text(improvement.due_on),
        "state": improvement.state,
        "version": improvement.version,
    }


def _evidence(evidence: Evidence) -> dict[str, Any]:
    file = evidence.newest
    return {
        "title": evidence.title,
        "url": evidence.url,
        "dated_on": _text(evidence.dated_on),
        "note": evidence.note,
        "public": evidence.public,
        "file": {name: file[name] for name in OF_FILES} if file else None,
    }


def _text(moment: date | datetime | None) -> str:
    return moment.isoformat() if moment else ""


def _name(person: User | None) -> str:
    return person.name if person else ""
