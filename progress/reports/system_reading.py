"""Read what the system report of a round says: from its last release, or as accepted so far."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone

from assessments.models import Answer, Assessment, Release, Round, SupportRequest
from commitments.models import Commitment, Rating
from progress.dashboards.figures import (
    Asked,
    Figures,
    Years,
    before,
    read_live,
    read_releases,
)
from progress.dashboards.moves import Moves, moves_of
from progress.models import Report
from progress.reports.sums import CommitmentSum, IndicatorSum, Stage, Wanted
from progress.reports.system import System
from signatories.models import Signature


def read_system(report: Report) -> System:
    """Read all that the report of a round says: fourteen queries at most, whoever takes part.

    What is of today, such as support and signatures, is left out where the round is over.
    """
    if report.round is None:
        raise ValueError("a system report is about a round")
    round = report.round
    earlier = before(round, Round.objects.opened().select_related("edition"))
    years = read_years(round, earlier)
    is_past = years.now.release is not None or round.closed_at is not None
    wanted = {} if is_past else _wanted(round)
    sharing = None if is_past else _sharing(round)
    found = Commitment.objects.filter(edition=round.edition_id).order_by("number")
    return System(
        edition=round.edition.title,
        years=years,
        made_at=timezone.now(),
        code=report.code,
        commitments=tuple(_commitment(each, years, sharing, wanted) for each in found),
        stages=tuple(_stages(round, years.now, is_past=is_past)),
        support_waiting=0
        if is_past
        else SupportRequest.objects.waiting()
        .filter(indicator__commitment__edition=round.edition_id)
        .count(),
    )


def read_years(round: Round, earlier: Round | None) -> Years:
    """Read a round's figures and those of the round before: of each the last release, if any."""
    rounds = [round] if earlier is None else [round, earlier]
    sealed = Release.objects.filter(round__in=rounds, sealed=True).order_by("number")
    last = {release.round_id: release for release in sealed.select_related("round__edition")}
    released = {each.round.pk: each for each in read_releases(last.values())}
    missing = [each for each in rounds if each.pk not in released]
    live: dict[int, Figures] = {}
    if missing:
        years = read_live(*missing)
        live = {each.round.pk: each for each in (years.now, years.before) if each is not None}
    figures = [released.get(each.pk) or live[each.pk] for each in rounds]
    return Years(figures[0], figures[1] if earlier else None)


def _commitment(
    commitment: Commitment,
    years: Years,
    sharing: frozenset[tuple[int, int]] | None,
    wanted: Mapping[int, tuple[Wanted, ...]],
) -> CommitmentSum:
    asked = years.now.of_commitment(commitment.number)
    return CommitmentSum(
        number=commitment.number,
        title=commitment.title,
        statement=commitment.statement,
        indicators=tuple(
            _indicator(each, years, sharing, wanted.get(each.pk, ())) for each in asked
        ),
        figures=years.now.roll_up(*asked),
    )


def _indicator(
    asked: Asked,
    years: Years,
    sharing: frozenset[tuple[int, int]] | None,
    wanted: tuple[Wanted, ...],
) -> IndicatorSum:
    now = years.now
    strong = [
        each
        for each in now.partners
        if (now.answer(each.pk, asked.pk)[0] or 0) >= Rating.ESTABLISHED
    ]
    return IndicatorSum(
        asked=asked,
        figures=now.roll_up(asked),
        moves=moves_of(years, asked) or Moves(),
        leading=len(strong),
        sharing=None
        if sharing is None
        else tuple(each.name for each in strong if (each.pk, asked.pk) in sharing),
        wanted=wanted,
    )


def _sharing(round: Round) -> frozenset[tuple[int, int]]:
    """Partner and indicator of those who say today that others may learn from them: one query."""
    willing = Answer.objects.filter(
        assessment__round=round, willing_to_share=True, updated_at__isnull=False
    ).order_by()
    return frozenset(willing.values_list("assessment__partner_id", "indicator_id"))


def _wanted(round: Round) -> Mapping[int, tuple[Wanted, ...]]:
    """What partners wait for today, by indicator; what nobody else asks for last: one query."""
    requests = SupportRequest.objects.waiting().filter(
        indicator__commitment__edition=round.edition_id
    )
    found: dict[int, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for indicator, offer, partner in requests.order_by("partner__name", "pk").values_list(
        "indicator_id", "offer__name", "partner__name"
    ):
        names = found[indicator][offer or "Something else, in their own words"]
        if partner not in names:
            names.append(partner)
    return {indicator: tuple(_by_number(kinds)) for indicator, kinds in found.items()}


def _by_number(kinds: Mapping[str, list[str]]) -> Iterable[Wanted]:
    for what, names in sorted(kinds.items(), key=lambda kind: (-len(kind[1]), kind[0])):
        yield Wanted(what, tuple(names))


def _stages(round: Round, figures: Figures, *, is_past: bool) -> Iterable[Stage]:
    """How far the round's partners have come, and how many of them count: one query."""
    saved = Answer.objects.filter(assessment=OuterRef("pk"), updated_at__isnull=False)
    signed = Signature.objects.live().filter(partner=OuterRef("partner"), edition=round.edition_id)
    found = Assessment.objects.filter(round=round).annotate(
        has_signed=Exists(signed), has_begun=Exists(saved)
    )
    numbers = found.aggregate(
        all=Count("pk"),
        signed=Count("pk", filter=Q(has_signed=True)),
        begun=Count("pk", filter=Q(has_begun=True)),
        submitted=Count("pk", filter=Q(submitted_at__isnull=False)),
    )
    yield Stage("Take part in this round", numbers["all"])
    if not is_past:
        yield Stage("Have signed the Declaration", numbers["signed"])
    yield Stage("Have begun to answer", numbers["begun"])
    # One that was sent back has been signed off, too.
    yield Stage("Signed off by their leader at least once", numbers["submitted"])
    yield Stage("Accepted by ecda, and in these figures", len(figures.partners))
