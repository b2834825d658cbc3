"""The spreadsheet's pages take the same number of queries for 13 indicators as for 39."""

from collections.abc import Callable
from functools import partial

import pytest
from django.test import Client
from django.urls import reverse

from assessments.models import Assessment, SheetUpload
from signatories.models import User
from tests.assessment_factories import save
from tests.assessments.posting import fields_in
from tests.assessments.sheet_files import bring_back, download, fill_in, page_of, uploaded
from tests.assessments.test_queries import crowded, queries, visit

__all__ = ["crowded"]

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]
CODES = ["1.1", "1.2", "2.1", "3.1"]


def brought(client: Client, assessment: Assessment, codes: list[str], by: User) -> SheetUpload:
    """A sheet that changes these narratives, and colleagues who saved all ratings meanwhile."""
    content = download(assessment)
    for answer in assessment.answers.in_order():
        save(answer, by, 4, answer.narrative)
    changes = {(code, "Narrative"): f"One of {len(codes)}." for code in codes}
    return uploaded(client, assessment, fill_in(content, changes))


def test_the_download_stays_within_its_budget(
    assessment: Assessment, crowded: Assessment, lead: User, client_of: ClientOf
) -> None:
    client = client_of(lead)
    small, large = (visit(client, "sheet-download", one.pk) for one in (assessment, crowded))
    assert small == large <= 8


def test_the_upload_page_stays_within_its_budget(
    assessment: Assessment, lead: User, client_of: ClientOf
) -> None:
    assert visit(client_of(lead), "sheet-upload", assessment.pk) <= 4


def test_an_upload_stays_within_its_budget(
    assessment: Assessment, crowded: Assessment, lead: User, client_of: ClientOf
) -> None:
    client = client_of(lead)

    def uploading(one: Assessment) -> int:
        content = download(one)
        client.get(reverse("assessments:sheet-upload", args=[one.pk]))
        return queries(lambda: bring_back(client, one, content), status=302)

    assert uploading(assessment) == uploading(crowded) <= 12


def test_the_preview_stays_within_its_budget(
    assessment: Assessment, crowded: Assessment, lead: User, client_of: ClientOf
) -> None:
    client = client_of(lead)
    pages = [
        page_of(brought(client, one, codes, lead))
        for one, codes in ((assessment, CODES[:1]), (crowded, CODES))
    ]
    small, large = (queries(partial(client.get, page)) for page in pages)
    assert small == large <= 8


def test_a_confirm_grows_only_by_its_saves(
    assessment: Assessment, lead: User, client_of: ClientOf
) -> None:
    client = client_of(lead)

    def confirming(codes: list[str]) -> int:
        upload = brought(client, assessment, codes, lead)
        sent = {k: v[0] for k, v in fields_in(client.get(page_of(upload)), "sheet-form").items()}
        return queries(lambda: client.post(page_of(upload, "confirm"), sent), status=302)

    one, two, four = (confirming(CODES[:count]) for count in (1, 2, 4))
    assert four - two == 2 * (two - one)
    assert two - one <= 4
    assert one <= 20
