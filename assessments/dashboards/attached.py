"""What belongs to the answers of a whole assessment, by indicator: for documents of every kind."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from assessments.models import Assessment, Improvement, ReviewComment, SupportRequest
from commitments.models import Indicator, LevelDescription
from signatories.models import Partner


def read_levels(edition_id: int) -> Mapping[int, tuple[LevelDescription, ...]]:
    """The level descriptions of each of the edition's indicators, the lowest first: one query."""
    found: dict[int, list[LevelDescription]] = defaultdict(list)
    levels = LevelDescription.objects.filter(indicator__commitment__edition=edition_id)
    for level in levels.order_by("rating"):
        found[level.indicator_id].append(level)
    return {indicator: tuple(levels) for indicator, levels in found.items()}


def read_support(assessment: Assessment) -> Mapping[int, tuple[SupportRequest, ...]]:
    """The partner's requests that were not withdrawn, the oldest first: one query."""
    edition = assessment.round.edition_id
    found: dict[int, list[SupportRequest]] = defaultdict(list)
    requests = SupportRequest.objects.filter(
        partner=assessment.partner_id, indicator__commitment__edition=edition
    ).exclude(state=SupportRequest.State.WITHDRAWN)
    for request in requests.select_related("offer").order_by("asked_at", "pk"):
        found[request.indicator_id].append(request)
    return {indicator: tuple(requests) for indicator, requests in found.items()}


def read_comments(assessment: Assessment) -> Mapping[int, tuple[ReviewComment, ...]]:
    """What reviews said, each comment with its review, the oldest first: one query."""
    found: dict[int, list[ReviewComment]] = defaultdict(list)
    comments = ReviewComment.objects.filter(review__assessment=assessment)
    for comment in comments.select_related("review").order_by("review__at", "review__pk"):
        found[comment.indicator_id].append(comment)
    return {indicator: tuple(comments) for indicator, comments in found.items()}


def read_improvements(
    partner: Partner, indicators: Iterable[Indicator]
) -> Mapping[int, tuple[Improvement, ...]]:
    """What the partner plans, of each indicator and of those it continues: one query.

    An indicator of a later edition continues the one with its title, as `Improvement.about` says.
    """
    planned: dict[str, list[Improvement]] = defaultdict(list)
    found = Improvement.objects.filter(partner=partner).select_related("indicator")
    for improvement in found.order_by("due_on", "pk"):
        planned[improvement.indicator.title.upper()].append(improvement)
    return {each.pk: tuple(planned.get(each.title.upper(), ())) for each in indicators}
