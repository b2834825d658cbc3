"""Each constraint and trigger of the editions, broken once by its name."""

from collections.abc import Callable

import pgtrigger
import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import DatabaseError, models, transaction
from django.utils import timezone

from commitments.models import Commitment, Edition, Indicator, LevelDescription, SupportOffer
from tests.factories import make_edition

pytestmark = pytest.mark.django_db

Wrong = Callable[[Edition], models.Model]
MODELS = list(apps.get_app_config("commitments").get_models())


def first_commitment(edition: Edition) -> Commitment:
    return edition.commitments.all()[0]


def first_indicator(edition: Edition) -> Indicator:
    return Indicator.objects.of(edition)[0]


def level(edition: Edition, rating: int) -> LevelDescription:
    return LevelDescription(indicator=first_indicator(edition), rating=rating, description="x")


def frozen_before_publication(edition: Edition) -> Edition:
    edition.levels_frozen_at = timezone.now()
    return edition


CONSTRAINTS: dict[str, tuple[Wrong, str]] = {
    "edition_levels_freeze_after_publication": (
        frozen_before_publication,
        "A round opens on a published edition only.",
    ),
    "commitment_number_once_per_edition": (
        lambda edition: Commitment(edition=edition, number=1, title="Again"),
        "This edition already has a commitment of that number.",
    ),
    "indicator_number_once_per_commitment": (
        lambda edition: Indicator(commitment=first_commitment(edition), number=1, title="Again"),
        "This commitment already has an indicator of that number.",
    ),
    "level_once_per_indicator": (
        lambda edition: level(edition, 0),
        "This indicator already describes that level.",
    ),
    "level_rating_known": (lambda edition: level(edition, 5), "Ratings go from 0 to 4."),
    "support_offer_once_per_edition": (
        lambda edition: SupportOffer(edition=edition, slug=edition.support_offers.all()[0].slug),
        "This edition already has an offer of that name.",
    ),
}

TRIGGERS: dict[str, Callable[[Edition], object]] = {
    "edition_frozen": lambda edition: Edition.objects.update(title="Other"),
    "commitment_frozen": lambda edition: Commitment.objects.update(title="Other"),
    "indicator_frozen": lambda edition: Indicator.objects.update(title="Other"),
    "level_frozen": lambda edition: LevelDescription.objects.update(description="Other"),
}


@pytest.fixture
def draft(db: None) -> Edition:
    """The Declaration before its publication: its rows are still open."""
    return make_edition(publish=False)


def test_every_constraint_and_trigger_is_broken_here() -> None:
    found = {constraint.name for model in MODELS for constraint in model._meta.constraints}
    assert found == set(CONSTRAINTS)
    ours = {model._meta.label for model in MODELS}
    triggers = [one for model, one in pgtrigger.registered() if model._meta.label in ours]
    assert {trigger.name for trigger in triggers} == set(TRIGGERS)


@pytest.mark.parametrize("name", CONSTRAINTS)
def test_a_form_and_the_database_refuse_by_constraint(name: str, draft: Edition) -> None:
    make, words = CONSTRAINTS[name]
    row = make(draft)
    with pytest.raises(ValidationError) as told:
        row.validate_constraints()
    assert told.value.messages == [words]
    with pytest.raises(DatabaseError, match=f'"{name}"'), transaction.atomic():
        row.save()


@pytest.mark.parametrize("name", TRIGGERS)
def test_a_published_edition_is_frozen(name: str, edition: Edition) -> None:
    Edition.objects.update(levels_frozen_at=timezone.now())
    with (
        pytest.raises(DatabaseError, match="a published edition is frozen"),
        transaction.atomic(),
    ):
        TRIGGERS[name](edition)


def test_a_draft_can_be_changed(draft: Edition) -> None:
    """The negative control of the triggers."""
    for change in TRIGGERS.values():
        change(draft)
