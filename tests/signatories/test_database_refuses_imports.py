"""Each constraint of partner lists and their rows, broken once by its name and by its words."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from signatories.models import ImportRow, PartnerImport, User
from tests.signatories.importing import SIXTEEN, imported, preview

pytestmark = pytest.mark.django_db

# name, words, whether the import was confirmed before, what is changed
IMPORTS: list[tuple[str, str, bool, dict[str, Any]]] = [
    (
        "partner_import_confirmed_by_and_at",
        "A confirmed import says by whom and when.",
        False,
        {"confirmed_at": "now"},
    ),
    (
        "partner_import_undone_by_and_at",
        "An import that was undone says by whom and when.",
        True,
        {"undone_by": "somebody"},
    ),
    (
        "partner_import_confirmed_is_whole",
        "Only a list that was read without bad rows is confirmed.",
        True,
        {"refused_count": 1},
    ),
    (
        "partner_import_confirmed_is_whole",
        "Only a list that was read without bad rows is confirmed.",
        True,
        {"trouble": "No table"},
    ),
    (
        "partner_import_confirmed_is_whole",
        "Only a list that was read without bad rows is confirmed.",
        True,
        {"state": "queued"},
    ),
    (
        "partner_import_undone_was_confirmed",
        "Only an import that was confirmed can be undone.",
        False,
        {"undone_at": "now", "undone_by": "somebody"},
    ),
]
ROWS: list[tuple[str, str, dict[str, Any]]] = [
    ("import_row_kind_known", "A row is new, changed, unchanged or refused.", {"kind": "odd"}),
    (
        "import_row_refused_says_why",
        "A refused row says why, and no other does.",
        {"kind": "refused"},
    ),
    (
        "import_row_refused_says_why",
        "A refused row says why, and no other does.",
        {"problems": [["kind", "parish", "Enter one of the kinds"]]},
    ),
    ("import_row_line_once", "This line of the file has been read already.", {"line": 3}),
]


def assert_refused(row: models.Model, name: str, words: str) -> None:
    with pytest.raises(ValidationError) as caught:
        row.validate_constraints()
    assert words in caught.value.messages
    with pytest.raises(IntegrityError, match=f'"{name}"'), transaction.atomic():
        row.save()


@pytest.mark.parametrize(("name", "words", "confirmed", "change"), IMPORTS)
def test_an_import_is_whole(
    name: str, words: str, confirmed: bool, change: dict[str, Any], administrator: User
) -> None:
    found = (imported if confirmed else preview)(SIXTEEN, administrator)
    found = PartnerImport.objects.get(pk=found.pk)
    meant = {"now": timezone.now(), "somebody": administrator}
    for field, value in change.items():
        known = isinstance(value, str) and value in meant
        setattr(found, field, meant[value] if known else value)
    assert_refused(found, name, words)


@pytest.mark.parametrize(("name", "words", "change"), ROWS)
def test_a_row_is_whole(name: str, words: str, change: dict[str, Any], administrator: User) -> None:
    row = preview(SIXTEEN, administrator).rows.get(line=2)
    for field, value in change.items():
        setattr(row, field, value)
    assert_refused(row, name, words)
    assert ImportRow.objects.count() == 16
