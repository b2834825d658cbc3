"""What a browser sends for an indicator's form, and what comes back as text."""

from html import unescape
from html.parser import HTMLParser
from typing import Any

from django.test import Client
from django.urls import reverse

from assessments.models import Answer

# Names with a dash cannot be keywords.
ROW = {"link_url": "links-0-url", "link_title": "links-0-title", "link_note": "links-0-note"}
NOTHING_WANTED = '[[], ""]'


def filled(answer: Answer, **changed: Any) -> dict[str, Any]:
    """The form filled in with a rating of 2, under the answer's present version.

    As a page that was made when no support was wanted; a support given replaces what is wanted.
    """
    given = {ROW.get(name, name): value for name, value in changed.items()}
    seen = {} if {"support", "support_words"} & given.keys() else {"support_seen": NOTHING_WANTED}
    return {
        "version": answer.version,
        "completed_for": "",
        **seen,
        "rating": "2",
        "reason": "",
        "narrative": "We do.",
        "links-0-url": "",
        "links-0-title": "",
        "completed": "yes",
        "next": "return",
    } | given


def post_answer(client: Client, answer: Answer, **changed: Any) -> Any:
    """Send the form, and say what came back."""
    path = reverse("assessments:answer-save", args=[answer.pk])
    return client.post(path, filled(answer, **changed))


def text_of(response: Any) -> str:
    """The page with its entities read, as a person would see the words."""
    return unescape(response.content.decode())


def stored(answer: Answer) -> Answer:
    """The answer as the database has it now."""
    return Answer.objects.get(pk=answer.pk)


class Fields(HTMLParser):
    """Collects what a browser would send of one form."""

    def __init__(self, form_id: str) -> None:
        super().__init__()
        self.form_id = form_id
        self.inside = False
        self.fields: dict[str, list[str]] = {}
        self.area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        name = found.get("name") or ""
        if tag == "form":
            self.inside = found.get("id") == self.form_id
        elif self.inside and tag == "textarea":
            self.area = name
            self.fields[name] = [""]
        elif self.inside and tag == "input" and name and self._is_sent(found):
            self.fields.setdefault(name, []).append(found.get("value") or "")

    def handle_data(self, data: str) -> None:
        if self.area:
            self.fields[self.area][0] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self.area:
            # A browser drops the first line break of a text area.
            self.fields[self.area][0] = self.fields[self.area][0].removeprefix("\n")
            self.area = ""
        if tag == "form":
            self.inside = False

    @staticmethod
    def _is_sent(found: dict[str, str | None]) -> bool:
        kind = found.get("type")
        return kind not in {"file", "submit"} and (
            kind not in {"radio", "checkbox"} or "checked" in found
        )


def fields_in(response: Any, form_id: str) -> dict[str, list[str]]:
    """What a browser would send of the form with that id, name to values."""
    reader = Fields(form_id)
    reader.feed(response.content.decode())
    return reader.fields
