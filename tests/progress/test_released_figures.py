"""What may be seen of released rounds: by everybody, and by one partner's people."""

from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assessments.actions.releasing import release
from assessments.actions.reviewing import reopen
from assessments.models import Assessment, ReleasedRating, Round
from progress.dashboards.released import comparison, public_figures
from signatories.models import Partner, User
from tests.progress.released import (
    ALONE,
    DISTRICT,
    PUBLISHER,
    member_of,
    partner_number,
    released,
)

__all__ = ["released"]

pytestmark = pytest.mark.django_db


def test_without_a_release_there_is_nothing(round: Round, partner: Partner) -> None:
    assert public_figures() == ()
    assert comparison(partner, round) is None


def test_what_is_public_is_what_the_release_holds(released: Round) -> None:
    [found] = public_figures()
    assert found.round == released
    figures = found.figures
    assert (figures.counted, figures.of) == (14, 16)
    assert figures.left_out == (("still being answered", 2),)
    for shown in figures.results:
        ratings = ReleasedRating.objects.filter(indicator=shown.asked.pk)
        counts = Counter(ratings.values_list("rating", flat=True))
        assert shown.roll_up is not None
        assert shown.roll_up.counts == tuple(counts[rating] for rating in range(5))
        assert (shown.roll_up.not_applicable, shown.roll_up.of) == (counts[None], 14)
    total = figures.total(1)
    assert total.words == "3 of 3 indicators"
    assert total.roll_up is not None
    assert total.roll_up.of == 42


def test_it_is_worked_out_once(released: Round) -> None:
    first = public_figures()
    with CaptureQueriesContext(connection) as queries:
        assert public_figures() == first
    assert len(queries) == 2
    partner = partner_number(DISTRICT)
    before = comparison(partner, released)
    with CaptureQueriesContext(connection) as queries:
        assert comparison(partner, released) == before
    assert len(queries) == 2


def reopen_one(number: int, staff: User) -> None:
    assessment = Assessment.objects.get(
        partner=partner_number(number), round__releases__isnull=False
    )
    first = assessment.answers.in_order()[0].indicator_id
    reopen(assessment=assessment, note="A mistake", comments={first: "Which?"}, by=staff)


def test_a_release_that_differs_by_one_partner_is_not_shown(released: Round, staff: User) -> None:
    before = public_figures()[0].figures
    reopen_one(DISTRICT, staff)
    release(round=released, by=staff, confirmed_left_out=True)
    [found] = public_figures()
    first, second = found.releases
    assert (found.shown, found.figures) == (first, before)
    assert (first.is_last, second.is_last) == (False, True)
    assert not second.figures.is_shown
    assert second.figures.total().roll_up is None
    assert "differs by too few partners" in second.figures.results[0].why


def test_one_that_differs_only_by_a_publisher_is_shown(released: Round, staff: User) -> None:
    """Everybody knows what that one said."""
    reopen_one(PUBLISHER, staff)
    release(round=released, by=staff, confirmed_left_out=True)
    [found] = public_figures()
    assert found.shown.release.number == 2
    assert found.figures.counted == 13


def test_a_partner_sees_its_kind_where_five_others_stand_behind_it(released: Round) -> None:
    found = comparison(partner_number(DISTRICT), released)
    assert found is not None
    assert found.everyone.figures == public_figures()[0].figures
    assert (found.kind.name, found.kind.figures.counted) == ("Its kind (District council)", 8)
    assert found.kind.figures.is_shown
    # Six of other kinds are left: where two of them are not applicable, four would be known.
    for shown, everyone in zip(
        found.kind.figures.results, found.everyone.figures.results, strict=True
    ):
        assert everyone.roll_up is not None
        rated = ReleasedRating.objects.filter(indicator=shown.asked.pk, rating__isnull=False)
        others = rated.exclude(entry__kind="district").count()
        assert (shown.roll_up is not None) == (others >= 5), shown.asked.code


def test_the_only_one_of_its_kind_sees_none(released: Round) -> None:
    found = comparison(partner_number(ALONE), released)
    assert found is not None
    assert found.kind.figures.counted == 1
    assert not found.kind.figures.is_shown
    assert "fewer than five other partners" in found.kind.figures.results[0].why


def test_who_belongs_to_two_partners_knows_both(released: Round) -> None:
    """With the second one's ratings known, five others are left of seven and no more."""
    partner = partner_number(DISTRICT)
    person = member_of(partner)
    alone = comparison(partner, released, person)
    assert alone is not None
    assert alone.kind.figures.is_shown
    assert alone == comparison(partner, released)
    mine = [
        partner_number(number).memberships.create(person=person, role="lead")
        for number in (3, 4, 5)
    ]
    several = comparison(partner, released, person)
    assert several is not None
    assert not several.kind.figures.is_shown
    # Whoever has left one of them since the round opened knows what it said.
    mine[0].ended_at = timezone.now()
    mine[0].save()
    assert comparison(partner, released, person) == several
    # Who left before is not concerned.
    assert released.opened_at is not None
    before = released.opened_at - timedelta(days=1)
    person.memberships.exclude(partner=partner).update(started_at=before, ended_at=before)
    assert comparison(partner, released, person) == alone


def test_a_later_round_is_compared_with_the_last_released_one(released: Round) -> None:
    now = Round.objects.exclude(pk=released.pk).get()
    found = comparison(partner_number(DISTRICT), now)
    assert found is not None
    assert found.round == released
    assert found == comparison(partner_number(DISTRICT), released)
