"""What a release of a closed round would hold, and what one that was made holds."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from assessments.dashboards.left_out import why_left_out
from assessments.models import Publication, Release, ReleaseEntry, Round, Snapshot
from assessments.workflow import State
from signatories.models import Partner


@dataclass(frozen=True)
class Candidate:
    """One partner of a round as a release would keep it: counted, or left out for a reason."""

    partner: Partner
    name: str
    kind: str
    snapshot: Snapshot | None
    left_out: str
    published: bool = False


@dataclass(frozen=True)
class ReleasePage:
    """A release that was made, and whether a later one counts instead."""

    release: Release
    counted: tuple[ReleaseEntry, ...]
    left_out: tuple[ReleaseEntry, ...]
    is_last: bool


def read_candidates(round: Round) -> list[Candidate]:
    """Every partner of the round by name, as a release made now would keep it: one query.

    Name and kind are those of the accepted copy, where there is one. Its own ratings are published
    where its leader chose so, unless an earlier release of the round counted it without: figures
    that were shown then hold only while nobody learns what some of those behind them said.
    """
    before = Snapshot.objects.filter(assessment=OuterRef("pk"))
    chosen = Publication.objects.live().filter(partner=OuterRef("partner"))
    hidden = ReleaseEntry.objects.filter(
        release__round=round, partner=OuterRef("partner"), snapshot__isnull=False, published=False
    )
    found = round.assessments.select_related("partner", "snapshot").annotate(
        was_accepted=Exists(before), publishes=Exists(chosen) & ~Exists(hidden)
    )
    candidates = []
    for each in found.order_by("partner__name", "pk"):
        snapshot, notes = each.snapshot, vars(each)  # the annotations
        candidates.append(
            Candidate(
                partner=each.partner,
                name=snapshot.partner_name if snapshot else each.partner.name,
                kind=snapshot.content["partner"]["kind"] if snapshot else each.partner.kind,
                snapshot=snapshot,
                left_out=why_left_out(State(each.state), was_accepted=notes["was_accepted"]),
                published=snapshot is not None and notes["publishes"],
            )
        )
    return candidates


def read_release(release: Release) -> ReleasePage:
    """What a release holds: two queries."""
    entries = release.entries.select_related("snapshot", "partner").order_by("partner_name", "pk")
    found = list(entries)
    later = Release.objects.filter(round=release.round_id, number__gt=release.number, sealed=True)
    return ReleasePage(
        release=release,
        counted=tuple(entry for entry in found if entry.snapshot_id is not None),
        left_out=tuple(entry for entry in found if entry.snapshot_id is None),
        is_last=not later.exists(),
    )
