"""The rows of released figures: what everybody may see, and what partners chose to publish."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from assessments.models import Release, ReleasedRating
from assessments.scoring import RollUp
from progress.dashboards.released import (
    PublicRelease,
    PublicRound,
    Shown,
    public_figures,
    sealed_releases,
)
from progress.opendata import rows


@dataclass(frozen=True)
class OfRelease:
    """The rows of one release; `round` is its round’s name, `newest` the release that counts."""

    round: str
    newest: int
    rows: Sequence[Any]


def read_results(round: str, number: int) -> OfRelease | None:
    """What all partners said in a release, indicator by indicator; None without such a release."""
    for found in public_figures():
        for each in found.releases:
            if (found.round.slug, each.release.number) == (round, number):
                return OfRelease(found.round.name, _newest(found), results_of(each))
    return None


def _newest(found: PublicRound) -> int:
    return found.releases[-1].release.number


def results_of(each: PublicRelease) -> list[rows.Result]:
    """One release’s results as rows."""
    round, release = each.round.slug, each.release.number
    return [_result(round, release, shown) for shown in each.figures.results]


def _result(round: str, release: int, shown: Shown) -> rows.Result:
    figures: RollUp | None = shown.roll_up
    if figures is None:
        return rows.Result(round, release, shown.asked.code, True, *[None] * 9)
    return rows.Result(
        round,
        release,
        shown.asked.code,
        False,
        *figures.counts,
        not_applicable=figures.not_applicable,
        rated=figures.rated,
        of=figures.of,
        median=figures.median,
    )


def read_ratings(round: str, number: int) -> OfRelease | None:
    """The ratings of those who published theirs before a release; None without such a release.

    Two queries. What a release holds stays as it was, also when a partner takes its choice back.
    """
    mine = [each for each in sealed_releases() if each.round.slug == round]
    release = next((each for each in mine if each.number == number), None)
    if release is None:
        return None
    return OfRelease(release.round.name, mine[-1].number, _ratings(release))


def _ratings(release: Release) -> list[rows.Rating]:
    found = ReleasedRating.objects.filter(entry__release=release, entry__published=True)
    ordered = found.order_by(
        "entry__partner_name", "entry", "indicator__commitment__number", "indicator__number"
    )
    return [
        rows.Rating(
            round=release.round.slug,
            release=release.number,
            partner=slug,
            name=name,
            kind=kind,
            indicator=f"{commitment}.{indicator}",
            rating=rating,
            not_applicable=rating is None,
        )
        for slug, name, kind, commitment, indicator, rating in ordered.values_list(
            "entry__partner__slug",
            "entry__partner_name",
            "entry__kind",
            "indicator__commitment__number",
            "indicator__number",
            "rating",
        )
    ]
