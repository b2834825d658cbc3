"""The Declaration is loaded word for word, and never changed once published."""

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from commitments.actions import BrokenEditionError, describe, load_edition
from commitments.models import Commitment, Edition, Indicator, LevelDescription
from declaration.actions import RefusedError
from tests.factories import EDITION_DATA, FIXTURES, make_edition

pytestmark = pytest.mark.django_db


@pytest.fixture
def data() -> dict[str, Any]:
    return copy.deepcopy(EDITION_DATA)


def test_the_edition_is_the_declaration_word_for_word() -> None:
    edition = make_edition(publish=False)
    commitments = list(edition.commitments.prefetch_related("indicators"))
    said = [edition.heading, edition.introduction_heading]
    said += [*edition.introduction.split("\n\n"), edition.drafted_by]
    said += [edition.statement_heading, edition.statement_intro]
    for commitment in commitments:
        said += [commitment.title, commitment.statement]
    said += [edition.meaning_heading, edition.meaning_intro]
    for commitment in commitments:
        said += [commitment.indicators_heading]
        said += [indicator.text for indicator in commitment.indicators.all()]
    source = (FIXTURES / "essex-data-declaration.txt").read_text(encoding="utf-8")
    assert said == [line.strip() for line in source.splitlines() if line.strip()]


def test_every_indicator_describes_every_level_and_the_way_to_the_next() -> None:
    make_edition(publish=False)
    assert [c.indicators.count() for c in Commitment.objects.order_by("number")] == [3, 3, 3, 2, 2]
    assert LevelDescription.objects.values("description").distinct().count() == 65
    assert LevelDescription.objects.filter(next_step="").count() == 13
    assert not LevelDescription.objects.filter(next_step="").exclude(rating=4).exists()


def test_loading_a_draft_again_replaces_it(data: dict[str, Any]) -> None:
    make_edition(publish=False)
    data["commitments"][0]["indicators"][0]["title"] = "Sponsors"
    load_edition(data=data)
    assert Edition.objects.count() == 1
    assert Indicator.objects.filter(title="Sponsors").count() == 1
    assert Indicator.objects.count() == 13


def test_loading_a_published_edition_unchanged_is_no_error(data: dict[str, Any]) -> None:
    edition = make_edition()
    assert load_edition(data=data) == edition


def test_a_published_edition_is_not_changed_by_loading(data: dict[str, Any]) -> None:
    edition = make_edition()
    before = describe(edition)
    data["introduction"] = "Something else."
    with pytest.raises(RefusedError, match="differs in: introduction"):
        load_edition(data=data)
    assert describe(Edition.objects.get()) == before


def test_another_region_loads_its_own_beside(data: dict[str, Any]) -> None:
    make_edition()
    load_edition(data=data | {"slug": "wessex", "title": "The Wessex Data Declaration"})
    assert Edition.objects.count() == 2


@pytest.mark.parametrize("name", ["title", "introduction", "commitments"])
def test_a_part_that_is_missing_is_named(data: dict[str, Any], name: str) -> None:
    del data[name]
    with pytest.raises(BrokenEditionError, match=name):
        load_edition(data=data)
    assert not Edition.objects.exists()


def test_a_level_that_is_missing_is_named(data: dict[str, Any]) -> None:
    data["commitments"][1]["indicators"][2]["levels"].pop()
    with pytest.raises(BrokenEditionError, match=r"Indicator 2\.3"):
        load_edition(data=data)


def test_the_command_says_what_it_did(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("load_declaration", FIXTURES / "essex_data_declaration.yaml")
    assert "loaded, not published yet" in capsys.readouterr().out
    call_command("publish_edition", "essex")
    call_command("load_declaration", FIXTURES / "essex_data_declaration.yaml")
    assert "published, unchanged" in capsys.readouterr().out


@pytest.mark.parametrize("content", [b"\xff\xfe", b"- a\n- b\n", b"a: [", b""])
def test_the_command_refuses_a_file_that_is_no_edition(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "edition.yaml"
    file.write_bytes(content)
    with pytest.raises(CommandError):
        call_command("load_declaration", file)


def test_the_command_refuses_a_changed_published_edition(tmp_path: Path) -> None:
    make_edition()
    file = tmp_path / "edition.yaml"
    file.write_text(yaml.safe_dump(EDITION_DATA | {"title": "Changed"}), encoding="utf-8")
    with pytest.raises(CommandError, match="published and frozen"):
        call_command("load_declaration", file)


@pytest.mark.parametrize("model", [Edition, Commitment, Indicator])
def test_the_database_refuses_to_change_a_published_edition(model: Any) -> None:
    make_edition()
    with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
        model.objects.update(title="Changed")
    with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
        model.objects.all()._raw_delete("default")


def test_the_database_refuses_a_new_commitment_in_a_published_edition() -> None:
    edition = make_edition()
    with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
        Commitment.objects.create(edition=edition, number=6, title="Six", statement="We will.")


def test_level_descriptions_freeze_when_the_first_round_opens() -> None:
    edition = make_edition()
    LevelDescription.objects.filter(rating=0).update(description="Better words.")
    Edition.objects.update(levels_frozen_at=edition.published_at)
    with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
        LevelDescription.objects.update(description="Other words.")


def test_levels_cannot_freeze_before_publication() -> None:
    edition = make_edition()
    load_edition(data=EDITION_DATA | {"slug": "draft"})
    draft = Edition.objects.filter(slug="draft")
    with pytest.raises(IntegrityError, match="edition_levels_freeze_after_publication"):
        draft.update(levels_frozen_at=edition.published_at)
