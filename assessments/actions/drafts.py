"""Keep what a person has typed and not saved, and forget it once it is saved.

Each of these is one statement, which is a transaction by itself: a draft has no history and tells
nobody, and it is written every few seconds while somebody types.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import connection

from assessments.models import Answer, Draft
from assessments.models.drafts import MAX_ASIDE_BYTES, MAX_DRAFT_BYTES
from declaration.actions import RefusedError
from signatories.models import User

Typed = Mapping[str, list[str]]

# A text that is put aside is wrapped in a few words of its own.
WRAPPING_BYTES = 200
ASIDE_KEPT = 10
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
# The latest stay, as many as there is room for.
ASIDE = """
        CASE WHEN {goes_on} OR kept.typed = excluded.typed THEN kept.aside
        ELSE (
            SELECT jsonb_agg(text ORDER BY place)
            FROM (
                SELECT text, place, sum(octet_length(text::text) + 2) OVER (ORDER BY place) AS bytes
                FROM jsonb_array_elements(
                    jsonb_build_object(
                        'kept_at', kept.kept_at, 'typed', kept.typed, 'version', kept.version
                    ) || kept.aside
                ) WITH ORDINALITY AS texts (text, place)
            ) AS sized
            WHERE place <= %(most)s AND bytes <= %(room)s
        ) END
"""
RESCUE = UPSERT.format(aside=ASIDE.format(goes_on=GOES_ON), only="")
# Where another text was put aside, the latest of them takes the draft's place; it is of no page.
END = """
    WITH mine AS (
        SELECT id FROM assessments_draft
        WHERE answer_id = %(answer)s AND person_id = %(person)s
            AND (page = nullif(%(page)s, '') OR revision = %(revision)s)
        FOR UPDATE
    ), next AS (
        UPDATE assessments_draft kept SET
            typed = aside -> 0 -> 'typed',
            version = coalesce((aside -> 0 ->> 'version')::int, 0),
            kept_at = (aside -> 0 ->> 'kept_at')::timestamptz,
            aside = aside - 0,
            page = '',
            revision = revision + 1
        FROM mine WHERE kept.id = mine.id AND kept.aside <> '[]'
        RETURNING kept.id
    ), gone AS (
        DELETE FROM assessments_draft kept USING mine
        WHERE kept.id = mine.id AND kept.aside = '[]'
        RETURNING kept.id
    )
    SELECT (SELECT count(*) FROM next), (SELECT count(*) FROM gone)
"""
PRESENT = """
    WITH here AS (
        INSERT INTO assessments_presence (answer_id, person_id, seen_at)
        VALUES (%(answer)s, %(person)s, statement_timestamp())
        ON CONFLICT (answer_id, person_id) DO UPDATE SET seen_at = excluded.seen_at
    )
    SELECT u.name FROM assessments_presence p JOIN signatories_user u ON u.id = p.person_id
    WHERE p.answer_id = %(answer)s AND p.person_id <> %(person)s AND u.office = '' AND u.is_active
        AND EXISTS (
            SELECT FROM signatories_membership m
            JOIN assessments_assessment a ON a.partner_id = m.partner_id
            JOIN assessments_answer w ON w.assessment_id = a.id
            WHERE w.id = p.answer_id AND m.person_id = p.person_id AND m.ended_at IS NULL
        )
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
    """Keep the draft whatever another page has written: that is put aside, the latest ten of it.

    Fewer where they are very long. For words that would be lost else. RefusedError when the text
    is too long.
    """
    [kept] = _write(RESCUE, answer, person, version, typed, seen)
    return kept


def forget(answer: Answer, person: User, seen: SeenDraft) -> bool:
    """Delete the person's draft of the answer, unless another tab has written it since.

    A text that had been put aside becomes the draft then; returns whether there was one.
    """
    return _end(answer, person, seen)[0]


def discard_draft(*, answer: Answer, by: User, seen: SeenDraft) -> bool:
    """Throw the person's own draft away, if there is one.

    A text that had been put aside becomes the draft then; returns whether there was one.
    OtherTabError when another page has written the draft since: those words were not seen here.
    """
    followed, ended = _end(answer, by, seen)
    if not ended and Draft.objects.filter(answer=answer, person=by).exists():
        raise OtherTabError
    return followed


def discard_all(*, draft: Draft, by: User, seen: SeenDraft) -> None:
    """Throw the person's draft away with the texts put aside, from a page that shows all of them.

    OtherTabError when it has been written since.
    """
    mine = Draft.objects.filter(pk=draft.pk, person=by)
    deleted, _ = mine.filter(revision=seen.revision).delete()
    if not deleted and mine.exists():
        raise OtherTabError


def note_presence(*, answer: Answer, by: User) -> list[str]:
    """Note that the person has the answer's page open; the names of the others who have it too.

    Only people of the partner are named, and ecda's staff never. One statement, by the database's
    clock.
    """
    values = {"answer": answer.pk, "person": by.pk, "seconds": PRESENT_SECONDS}
    with connection.cursor() as cursor:
        cursor.execute(PRESENT, values)
        return [name for (name,) in cursor.fetchall()]


def _end(answer: Answer, person: User, seen: SeenDraft) -> tuple[bool, bool]:
    """End the draft that the page has seen: whether another text followed, whether it ended."""
    values = {"answer": answer.pk, "person": person.pk, "revision": seen.revision}
    with connection.cursor() as cursor:
        cursor.execute(END, values | {"page": _readable(seen.page)[:40]})
        [(followed, gone)] = cursor.fetchall()
    return bool(followed), bool(followed or gone)


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
    values |= {"most": ASIDE_KEPT, "room": MAX_ASIDE_BYTES}
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
