"""Each constraint and trigger of uploaded spreadsheets, broken once by its name."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from assessments.models import Assessment, SheetUpload
from signatories.models import User

pytestmark = pytest.mark.django_db


class World:
    """One upload that nobody has confirmed."""

    def __init__(self, assessment: Assessment, person: User, other: User) -> None:
        self.assessment, self.person, self.other = assessment, person, other
        self.uploads = SheetUpload.objects.filter(pk=self.upload().pk)

    def upload(self, **change: Any) -> SheetUpload:
        given = {
            "assessment": self.assessment,
            "file_name": "a.xlsx",
            "content": b"PK",
            "sha256": "0" * 64,
            "uploaded_by": self.person,
        }
        return SheetUpload.objects.create(**(given | change))


@pytest.fixture
def world(assessment: Assessment, lead: User, contributor: User) -> World:
    """The lead's upload."""
    return World(assessment, lead, contributor)


Break = Callable[[World], object]

CONSTRAINTS: dict[str, Break] = {
    "sheet_upload_has_file": lambda w: w.upload(sha256=""),
    "sheet_upload_counts_when_confirmed": lambda w: w.uploads.update(changed_count=1),
}
TRIGGERS: dict[str, tuple[Break, str]] = {
    "sheet_upload_keeps_its_file": (
        lambda w: w.uploads.update(content=b"other"),
        "Cannot update rows",
    ),
}


@pytest.mark.parametrize("name", CONSTRAINTS)
def test_the_database_refuses_by_constraint(name: str, world: World) -> None:
    with pytest.raises(DatabaseError, match=f'"{name}"'), transaction.atomic():
        CONSTRAINTS[name](world)


@pytest.mark.parametrize("name", TRIGGERS)
def test_the_database_refuses_by_trigger(name: str, world: World) -> None:
    broken, words = TRIGGERS[name]
    with pytest.raises(DatabaseError, match=words), transaction.atomic():
        broken(world)


def test_an_upload_without_a_name_is_refused_too(world: World) -> None:
    with pytest.raises(DatabaseError, match='"sheet_upload_has_file"'), transaction.atomic():
        world.upload(file_name="")


@pytest.mark.parametrize("field", ["uploaded_by", "sha256", "file_name"])
def test_nothing_of_an_upload_changes_hands(field: str, world: World) -> None:
    change: dict[str, Any] = {"uploaded_by": world.other, "sha256": "1", "file_name": "b.xlsx"}
    with pytest.raises(DatabaseError, match="Cannot update rows"), transaction.atomic():
        world.uploads.update(**{field: change[field]})


def test_a_confirmed_upload_counts_what_it_changed(world: World) -> None:
    """The negative control."""
    assert world.uploads.update(confirmed_at=timezone.now(), changed_count=2) == 1
