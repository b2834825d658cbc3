"""What a browser sends for an indicator's form, and what comes back as text."""

from html import unescape
from typing import Any

from django.test import Client
from django.urls import reverse

from assessments.models import Answer


def filled(answer: Answer, **changed: Any) -> dict[str, Any]:
    """The form filled in with a rating of 2, under the answer's present version."""
    return {
        "version": answer.version,
        "completed_for": "",
        "rating": "2",
        "reason": "",
        "narrative": "We do.",
        "link_url": "",
        "link_title": "",
        "completed": "yes",
        "next": "return",
    } | changed


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
