"""What reviewers tell one another never reaches a partner: every page and file, as each of them."""

import zipfile
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from assessments.actions.noting import add_note
from assessments.actions.review_drafts import keep_draft
from assessments.actions.taking import take, take_over
from assessments.models import Assessment
from assessments.workflow import State
from signatories.models import User
from tests.architecture.access_table import OK, PERSONAS, TABLE
from tests.architecture.figures_table import FIGURES
from tests.architecture.test_access import address
from tests.architecture.walking import outcome_of
from tests.assessment_factories import bring_to

pytestmark = pytest.mark.django_db

NOTE, DRAFT = "KANARIENVOGEL", "ZEISIG"
NEVER = (NOTE, DRAFT, "took over the review", "wrote a note for reviewers")
REVIEWERS = {"staff", "administrator"}


@pytest.fixture
def private(
    world: dict[str, dict[str, Any]], leader: User, staff: User, administrator: User
) -> Assessment:
    """The assessment under review, with a note, a draft and a reviewer who took it over."""
    found = Assessment.objects.select_related("partner").get(pk=world["assessment"]["pk"])
    bring_to(found, State.SUBMITTED, leader=leader, staff=staff)
    take(assessment=found, by=staff)
    take_over(assessment=found, seen=staff.pk, by=administrator)
    add_note(assessment=found, words=NOTE, by=staff)
    keep_draft(assessment=found, person=staff, typed={"note": [DRAFT]}, seen=None)
    return found


def texts(response: Any) -> Iterator[str]:
    """All that came: the page, or the file and what is packed in it."""
    content = b"".join(response) if response.streaming else response.content
    yield f"{content.decode(errors='replace')} {response.headers}"
    if content.startswith(b"PK"):
        packed = zipfile.ZipFile(BytesIO(content))
        yield from (packed.read(name).decode(errors="replace") for name in packed.namelist())


def test_no_page_and_no_file_shows_them_to_anybody_at_a_partner(
    private: Assessment, world: dict[str, dict[str, Any]], clients: dict[str, Client]
) -> None:
    shown, seen = [], 0
    for row in [*TABLE, *FIGURES]:
        for persona in PERSONAS:
            if persona in REVIEWERS:
                continue
            response = clients[persona].get(address(row, world))
            seen += outcome_of(response) == OK
            said = " ".join(texts(response))
            found = [words for words in NEVER if words in said]
            shown += [f"{row.name} as {persona}: {words}" for words in found]
    assert shown == []
    assert seen > 100


def test_the_reviewers_page_shows_them_so_that_the_walk_would_notice(
    private: Assessment, clients: dict[str, Client]
) -> None:
    """The negative control."""
    path = reverse("assessments:review-detail", args=[private.pk])
    page = " ".join(texts(clients["staff"].get(path)))
    assert NOTE in page
    assert DRAFT in page
    assert DRAFT not in " ".join(texts(clients["administrator"].get(path)))
