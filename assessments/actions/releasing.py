"""Freeze what a closed round's figures are made from."""

from typing import Any

from django.db.models import Prefetch
from django.urls import reverse

from assessments.actions import snapshots
from assessments.dashboards import Candidate, read_candidates
from assessments.models import Release, ReleasedRating, ReleaseEntry, Round
from assessments.verbs import OF_ROUNDS, Verb
from commitments.models import Indicator
from declaration.actions import RefusedError, action
from signatories.actions.events import record
from signatories.models import User


class UnconfirmedError(RefusedError):
    """Partners would be left out, and nobody has said that this is meant."""


def is_intact(release: Release) -> bool:
    """Whether its entries and ratings still have the hash that was taken of them: two queries.

    What the copies say that it counts is checked by `snapshots.is_intact`.
    """
    return digest_of(release) == release.sha256


def digest_of(release: Release) -> str:
    """The hash of a release's entries and ratings as they are kept now: two queries."""
    ratings = ReleasedRating.objects.select_related("indicator__commitment")
    entries = release.entries.select_related("partner", "snapshot").defer("snapshot__content")
    found = entries.prefetch_related(Prefetch("ratings", ratings)).order_by("pk")
    content = [
        _content(
            Candidate(
                each.partner,
                each.partner_name,
                each.kind,
                each.snapshot,
                each.left_out,
                each.published,
            ),
            {rated.indicator.code: rated.rating for rated in each.ratings.all()},
        )
        for each in found
    ]
    return snapshots.digest(content)


@action
def release(*, round: Round, by: User, confirmed_left_out: bool) -> Release:
    """Keep the accepted snapshots of a closed round under the next number, with a hash of them.

    Partners without one are in it too, with the reason why they do not count. RefusedError while
    the round is open, when nothing is accepted, nothing has changed since the last release, or a
    snapshot does not have its hash any more; UnconfirmedError when partners are left out and
    `confirmed_left_out` is false.
    """
    found = Round.objects.select_for_update(no_key=True).get(pk=round.pk)
    if found.closed_at is None:
        raise RefusedError(f"Close the round {found} before you release its figures.")
    candidates = read_candidates(found)
    _refuse(candidates, confirmed_left_out=confirmed_left_out)
    content = [_content(each, _ratings(each)) for each in candidates]
    last = found.releases.order_by("-number").first()
    sha256 = snapshots.digest(content)
    if last is not None and last.sealed and last.sha256 == sha256:
        raise RefusedError(f"Nothing has changed since release {last.number} of this round.")
    released = Release.objects.create(
        round=found, number=last.number + 1 if last else 1, sha256=sha256, released_by=by
    )
    _keep(released, candidates)
    released.sealed = True
    released.save(update_fields=["sealed"])
    counted = sum(each.snapshot is not None for each in candidates)
    record(
        verb=Verb.RELEASED,
        by=by,
        subject=found,
        note=f"{found}, release {released.number}: {counted} of {len(candidates)} partners.",
        path=reverse("assessments:release-detail", args=[found.slug, released.number]),
        notices=OF_ROUNDS,
    )
    return released


def _refuse(candidates: list[Candidate], *, confirmed_left_out: bool) -> None:
    counted = [each.snapshot for each in candidates if each.snapshot is not None]
    if not counted:
        raise RefusedError("No assessment of this round is accepted, so there are no figures.")
    broken = [str(snapshot) for snapshot in counted if not snapshots.is_intact(snapshot)]
    if broken:
        raise RefusedError(
            f"These copies do not have the hash that was taken of them: {'; '.join(broken)}."
        )
    if len(counted) < len(candidates) and not confirmed_left_out:
        raise UnconfirmedError("Confirm that the partners listed are left out of the figures")


def _ratings(candidate: Candidate) -> dict[str, int | None]:
    """What the snapshot says of each indicator, by its code; None is not applicable."""
    if candidate.snapshot is None:
        return {}
    return {answer["code"]: answer["rating"] for answer in candidate.snapshot.content["answers"]}


def _content(candidate: Candidate, ratings: dict[str, int | None]) -> dict[str, Any]:
    """One partner as it is hashed."""
    snapshot = candidate.snapshot
    # Left out where it says nothing, so that the hashes of older releases hold.
    published = {"published": True} if candidate.published else {}
    return published | {
        "partner": candidate.partner.slug,
        "name": candidate.name,
        "kind": candidate.kind,
        "snapshot": snapshot.sha256 if snapshot else "",
        "left_out": candidate.left_out,
        "ratings": ratings,
    }


def _keep(released: Release, candidates: list[Candidate]) -> None:
    entries = ReleaseEntry.objects.bulk_create(
        ReleaseEntry(
            release=released,
            partner=each.partner,
            partner_name=each.name,
            kind=each.kind,
            snapshot=each.snapshot,
            left_out=each.left_out,
            published=each.published,
        )
        for each in candidates
    )
    indicators = Indicator.objects.filter(commitment__edition=released.round.edition_id)
    by_code = {found.code: found for found in indicators.select_related("commitment")}
    ReleasedRating.objects.bulk_create(
        ReleasedRating(entry=entry, indicator=by_code[code], rating=rating)
        for entry, each in zip(entries, candidates, strict=True)
        for code, rating in _ratings(each).items()
    )
