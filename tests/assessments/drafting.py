"""What an indicator's page sends of a half-typed form, and how the tests read what is kept."""

from collections.abc import Callable
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessments.actions.drafts import SeenDraft, keep_draft
from assessments.models import Answer, Draft
from declaration.writers import sign_writer
from signatories.models import User
from tests.assessments.posting import stored

# What an hour of typing looks like, character by character.
HOURS = {
    "prose": "We share data with the police every week.\nIt works, and we know how.\n" * 20,
    "blanks": "  \n\t  two spaces\n\n\n",
    "emoji families": "👨‍👩‍👧‍👦 👩🏽‍🚀 🏴󠁧󠁢󠁷󠁬󠁳󠁿 🇬🇧 e\u0301 ﬁ",
    "right-to-left": "نشارك \u202eabc\u202c \u200f\u200e البيانات \u2067x\u2069",
    "markup": "<script>alert(1)</script><b>&amp;</b> <!-- ]]> -->",
    "template": "{{ 7*7 }} {% load x %} {# no #} ${7*7} %s %(name)s",
    "SQL": "'); DROP TABLE assessments_draft; -- \\' \\u0000 \\",
    "invisible": "a\u200bb\ufeffc\u2028d\u2029e\x7f\x01\x1f",
    "a megabyte": "wörd " * 200_000,
}


def token(person: User, answer: Answer) -> str:
    """The writer's token as the page of the answer holds it."""
    return sign_writer(person.pk, f"answer-{answer.pk}")


def half_typed(answer: Answer, **changed: Any) -> dict[str, Any]:
    """A form with half an answer in it, from a page that has seen no draft."""
    return {
        "csrfmiddlewaretoken": "x" * 64,
        "version": stored(answer).version,
        "completed_for": "",
        "support_seen": '[[], ""]',
        "page": "page-one",
        "revision": "",
        "rating": "2",
        "reason": "",
        "narrative": "Half a senten",
        "links-0-url": "https://half.exam",
        "links-0-title": "",
        "next": "continue",
    } | changed


def autosave(client: Client, answer: Answer, **changed: Any) -> Any:
    """What the page's script sends every few seconds."""
    path = reverse("assessments:answer-draft", args=[answer.pk])
    return client.post(path, half_typed(answer, **changed))


def submit(client: Client, answer: Answer, **changed: Any) -> Any:
    """What the Save button sends."""
    path = reverse("assessments:answer-save", args=[answer.pk])
    return client.post(path, half_typed(answer, **changed))


def keep(answer: Answer, person: User, text: str = "Kept", page: str = "p", seen: int = 0) -> Draft:
    """A draft that says this much."""
    return keep_draft(
        answer=answer,
        person=person,
        version=1,
        typed={"narrative": [text], "version": ["1"]},
        seen=SeenDraft(page, seen),
    )


def draft_of(answer: Answer, person: User) -> Draft:
    """The person's draft as the database has it."""
    return Draft.objects.get(answer=answer, person=person)


def said(draft: Draft, name: str = "narrative") -> str:
    """What a field of the draft says."""
    [text] = draft.typed[name]
    return str(text)


def statements(work: Callable[[], object]) -> int:
    """How many statements it takes; savepoints are of the tests, outside them there are none."""
    with CaptureQueriesContext(connection) as captured:
        work()
    return len([one for one in captured if "SAVEPOINT" not in one["sql"]])
