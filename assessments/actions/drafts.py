"""Keep what a person has typed and not saved, and forget it once it is saved.

Each of these is one statement, which is a transaction by itself: a draft has no history and tells
nobody, and it is written every few seconds while somebody types.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import connection
from django.db.models import Q, QuerySet

from assessments.models import Answer, Draft
from assessments.models.drafts import MAX_DRAFT_BYTES
from declaration.actions import RefusedError
from signatories.models import User

Typed = Mapping[str, list[str]]

# A text that is put aside is wrapped in a few words of its own.
WRAPPING_BYTES = 200
ASIDE_KEPT = 3
# Somebody is still there for so long after the page was last heard of.
PRESENT_SECONDS = 90
# What JSONB cannot hold becomes the character that stands for what could not be read.
UNREADABLE = "\N{REPLACEMENT CHARACTER}"
BROKEN = {0: UNREADABLE} | dict.fromkeys(range(0xD800, 0xE000), UNREADABLE)

# A page goes on with a draft that it wrote itself, or whose present revision it has seen. The first
# revision is drawn, so that a page that knew an earlier draft, thrown away or saved since, is not
# taken for one that has seen this.
UPSERT = """
    INSERT INTO assessments_draft AS kept
        (answer_id, person_id, version, typed, aside, page, revision, kept_at)
    VALUES (%(answer)s, %(person)s, %(version)s, %(typed)s::jsonb, '[]', %(page)s,
        1 + floor(random() * 1000000000)::int, statement_timestamp())
    ON CONFLICT (answer_id, person_id) DO UPDATE SET
        version = excluded.version,
        typed = excluded.typed,
        aside = {aside},
        page = excluded.page,
        revision = kept.revision + 1,
        kept_at = excluded.kept_at
    {only}
    RETURNING kept.id, kept.aside, kept.revision, kept.kept_at
"""
GOES_ON = "(kept.page = nullif(excluded.page, '') OR kept.revision = %(revision)s)"
KEEP = UPSERT.format(aside="kept.aside", only=f"WHERE {GOES_ON}")
RESCUE = UPSERT.format(
    aside=f"""
        CASE WHEN {GOES_ON} OR kept.typed = excluded.typed THEN kept.aside
        ELSE jsonb_path_query_array(
            jsonb_build_object('kept_at', kept.kept_at, 'typed', kept.typed) || kept.aside,
            '$[0 to {ASIDE_KEPT - 1}]'
        ) END
    """,
    only="",
)
PRESENT = """
    WITH here AS (
        INSERT INTO assessments_presence (answer_id, person_id, seen_at)
        VALUES (%(answer)s, %(person)s, statement_timestamp())
        ON CONFLICT (answer_id, person_id) DO UPDATE SET seen_at = excluded.seen_at
    )
    SELECT u.name FROM assessments_presence p JOIN signatories_user u ON u.id = p.person_id
    WHERE p.answer_id = %(answer)s AND p.person_id <> %(person)s
        AND p.seen_at > statement_timestamp() - make_interval(secs => %(seconds)s)
    ORDER BY u.name, u.id
"""


@dataclass(frozen=True)
class SeenDraft:
    """Which draft an opened page goes by: the page's own id, and the revision it last knew of.

    A page that has neither written the draft nor seen its present revision may not touch it: it
    holds the words of another tab.
    """

    page: str = ""
    revision: int = 0


class OtherTabError(RefusedError):
    """Another opened page of the same person has written the draft since this one saw it."""

    def __init__(self) -> None:
        super().__init__(
            "You have typed in this indicator in another tab or window since you opened this one. "
            "That text is the one that is kept. Go on there, or save here what you typed here."
        )


def keep_draft(
    *, answer: Answer, person: User, version: int, typed: Typed, seen: SeenDraft
) -> Draft:
    """Keep the form as it was typed as this person's draft of the answer, in place of an older one.

    `version` is the answer's version that the typing began from. What JSONB cannot hold is replaced
    character by character, the rest is kept as it is. OtherTabError when the stored draft is of
    another page and this one has not seen it; RefusedError when the text is too long.
    """
    kept = _write(KEEP, answer, person, version, typed, seen)
    if not kept:
        raise OtherTabError
    return kept[0]


def rescue_draft(
    *, answer: Answer, person: User, version: int, typed: Typed, seen: SeenDraft
) -> Draft:
    """Keep the draft whatever another page has written: that is put aside, the last three of it.

    For words that would be lost else. RefusedError when the text is too long.
    """
    [kept] = _write(RESCUE, answer, person, version, typed, seen)
    return kept


def forget(answer: Answer, person: User, seen: SeenDraft) -> None:
    """Delete the person's draft of the answer, unless another tab has written it since."""
    _mine(answer, person, seen).delete()


def discard_draft(*, answer: Answer, by: User, seen: SeenDraft) -> None:
    """Throw the person's own draft away, if there is one.

    OtherTabError when another page has written it since: those words were not seen here.
    """
    deleted, _ = _mine(answer, by, seen).delete()
    if not deleted and Draft.objects.filter(answer=answer, person=by).exists():
        raise OtherTabError


def note_presence(*, answer: Answer, by: User) -> list[str]:
    """Note that the person has the answer's page open; the names of the others who have it too.

    One statement, by the database's clock.
    """
    values = {"answer": answer.pk, "person": by.pk, "seconds": PRESENT_SECONDS}
    with connection.cursor() as cursor:
        cursor.execute(PRESENT, values)
        return [name for (name,) in cursor.fetchall()]


def _mine(answer: Answer, person: User, seen: SeenDraft) -> QuerySet[Draft]:
    own_page = Q(page=seen.page) & ~Q(page="")
    mine = Draft.objects.filter(answer=answer, person=person)
    return mine.filter(own_page | Q(revision=seen.revision))


def _write(
    statement: str, answer: Answer, person: User, version: int, typed: Typed, seen: SeenDraft
) -> list[Draft]:
    """Run the upsert; the draft as it is stored now, or nothing where its condition failed."""
    clean = {_readable(name): [_readable(text) for text in texts] for name, texts in typed.items()}
    # Written as PostgreSQL writes JSONB as text, which is what its limit counts.
    text = json.dumps(clean, ensure_ascii=False)
    if len(text.encode()) > MAX_DRAFT_BYTES - WRAPPING_BYTES:
        raise RefusedError(
            "This is too long to be kept as a draft: more than any form here can save. "
            "Copy it into a document of your own and attach that as a file."
        )
    page = _readable(seen.page)[:40]
    values: dict[str, str | int] = {"typed": text, "page": page, "revision": seen.revision}
    values |= {"answer": answer.pk, "person": person.pk, "version": version}
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        rows = cursor.fetchall()
    facts = {"answer": answer, "person": person, "version": version, "typed": clean, "page": page}
    return [
        Draft(pk=pk, aside=json.loads(aside), revision=revision, kept_at=kept_at, **facts)
        for pk, aside, revision, kept_at in rows
    ]


def _readable(text: str) -> str:
    return text.translate(BROKEN)
