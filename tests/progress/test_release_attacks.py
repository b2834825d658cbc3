"""Somebody who keeps what was shown of one release works out nothing from the next one."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from assessments.actions.extending import extend
from assessments.actions.releasing import release
from assessments.actions.reviewing import accept, reopen
from assessments.actions.submitting import send, sign_off
from assessments.models import Assessment, ReleasedRating, Round
from progress.dashboards.released import Results, comparison, public_figures
from progress.suppression import Verdict, algebra, classes
from progress.suppression.tables import Scales
from signatories.models import User
from tests.progress.released import DISTRICT, member_of, partner_number, released

__all__ = ["released"]

pytestmark = pytest.mark.django_db

OTHER_KINDS = range(8, 14)


def found_out(before: Results, after: Results) -> dict[int, int | None]:
    """What the difference of two figures says of one partner, by the indicator's number."""
    found = {}
    for one, other in zip(before.results, after.results, strict=True):
        if one.roll_up is None or other.roll_up is None:
            continue
        pair = [(*each.counts, each.not_applicable) for each in (one.roll_up, other.roll_up)]
        left = [x - y for x, y in zip(*pair, strict=True)]
        if sum(left) == 1:
            found[one.asked.pk] = left.index(1) if left.index(1) < 5 else None
    return found


def said(number: int) -> dict[int, int | None]:
    """What the partner really said in the first release."""
    mine = ReleasedRating.objects.filter(
        entry__partner=partner_number(number), entry__release__number=1
    )
    return dict(mine.values_list("indicator", "rating"))


def of(number: int, round: Round) -> Assessment:
    return Assessment.objects.get(partner=partner_number(number), round=round)


def release_without(
    round: Round, missing: Sequence[int], staff: User, unchanged: Sequence[int] = ()
) -> None:
    """Reopen partners, accept some of them again as they were, and release the round again."""
    until = timezone.localdate() + timedelta(days=3)
    for number in (*missing, *unchanged):
        found = of(number, round)
        first = found.answers.in_order()[0].indicator_id
        reopen(assessment=found, note="Say more", comments={first: "Which?"}, by=staff)
    for number in unchanged:
        extend(assessment=of(number, round), until=until, reason="More time", by=staff)
        sent = send(assessment=of(number, round), by=member_of(partner_number(number), "lead"))
        sign_off(assessment=sent, by=member_of(partner_number(number)))
        accept(assessment=of(number, round), note="As it was", by=staff)
    release(round=round, by=staff, confirmed_left_out=True)


def decided_anew() -> None:
    """Forget what was decided by other rules."""
    cache.clear()
    algebra.tells.cache_clear()


def test_five_that_are_accepted_again_unchanged_do_not_hide_one_that_left(
    released: Round, staff: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    release_without(released, [DISTRICT], staff, unchanged=[3, 4, 5, 6, 8])
    first, second = public_figures()[0].releases
    assert first.figures.is_shown
    assert not second.figures.is_shown
    # The control: where each copy is taken for something new, that one is found out.
    monkeypatch.setattr(Scales, "has_copies", False)
    decided_anew()
    first, second = public_figures()[0].releases
    found = found_out(first.figures, second.figures)
    assert len(found) > 5
    assert found.items() <= said(DISTRICT).items()


def test_a_kind_that_was_shown_is_not_taken_from_the_next_release(
    released: Round, staff: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = partner_number(4)
    kept = comparison(reader, released)
    assert kept is not None
    assert kept.kind.figures.is_shown
    before = public_figures()[0].figures
    release_without(released, [DISTRICT, *OTHER_KINDS], staff)
    first, second = public_figures()[0].releases
    assert first.figures == before
    assert found_out(kept.kind.figures, second.figures) == {}
    # The control: where the kinds' tables are forgotten, the one that left is found out.
    monkeypatch.setattr(classes._Round, "_for_kind", lambda *_: Verdict.SHOWN)
    decided_anew()
    second = public_figures()[0].releases[1]
    found = found_out(kept.kind.figures, second.figures)
    assert len(found) > 5
    assert found.items() <= said(DISTRICT).items()
