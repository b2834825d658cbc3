"""Read what the progress report of one partner and round says, as it stands now."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from django.db import transaction
from django.utils import timezone

from assessments.dashboards import current_evidence, due_words
from assessments.dashboards.attached import (
    read_comments,
    read_improvements,
    read_levels,
    read_support,
)
from assessments.models import Answer, Assessment, Improvement, Review, Round
from assessments.workflow import State
from commitments.models import Commitment, LevelDescription, Rating
from progress.dashboards.figures import Said, before, moved
from progress.models import Report
from progress.reports.partner import Progress
from progress.reports.parts import CommitmentPart, Decision, IndicatorPart, Planned, Signed, Step
from signatories.models import Partner, Signature

# The round before and what was said in it, by the indicators' titles; None where nothing counts.
Earlier = tuple[Round, Mapping[str, Said]] | None


def read_partner(report: Report) -> Progress:
    """Read all that a partner's report says: twelve queries, however much was answered.

    Whoever saves or moves the assessment waits until it is read, so that it is of one moment.
    """
    found = Assessment.objects.select_related(
        "partner", "snapshot", "submitted_by", "round__edition"
    ).defer("snapshot__content")
    with transaction.atomic():
        locked = found.select_for_update(of=("self",), no_key=True)
        return _read(locked.get(partner=report.partner_id, round=report.round_id), report.code)


def _read(assessment: Assessment, code: str) -> Progress:
    earlier = before(assessment.round, Round.objects.opened())
    said = _earlier(assessment.partner, earlier)
    snapshot = assessment.snapshot
    return Progress(
        partner=snapshot.partner_name if snapshot else assessment.partner.name,
        edition=assessment.round.edition.title,
        round=assessment.round,
        state=assessment.status,
        submitted_at=assessment.submitted_at,
        submitted_by=str(assessment.submitted_by or ""),
        snapshot=snapshot,
        made_at=timezone.now(),
        code=code,
        commitments=_commitments(assessment, said),
        decisions=tuple(_decisions(assessment)),
        signed=_signed(assessment),
        before=earlier,
        compares=said is not None,
    )


def _earlier(partner: Partner, round: Round | None) -> Earlier:
    """What counted in that round, as `Years.earlier` compares it; at most one query."""
    if round is None:
        return None
    answers = Answer.objects.filter(
        assessment__partner=partner,
        assessment__round=round,
        assessment__state=State.ACCEPTED,
        updated_at__isnull=False,
    ).order_by()
    said = {
        title.casefold(): (rating, aside)
        for title, rating, aside in answers.values_list(
            "indicator__title", "rating", "not_applicable"
        )
        if rating is not None or aside
    }
    return (round, said) if said else None


def _signed(assessment: Assessment) -> Signed | None:
    live = Signature.objects.live().filter(
        partner=assessment.partner_id, edition=assessment.round.edition_id
    )
    for signature in live:
        signed_on = timezone.localdate(signature.signed_at)
        return Signed(signature.signatory_name, signature.job_title, signed_on)
    return None


def _decisions(assessment: Assessment) -> Iterable[Decision]:
    for review in Review.objects.filter(assessment=assessment).select_related("by"):
        decided_on = timezone.localdate(review.at)
        yield Decision(review.get_decision_display(), review.note, str(review.by), decided_on)


def _commitments(assessment: Assessment, earlier: Earlier) -> tuple[CommitmentPart, ...]:
    """Six queries, however many indicators there are."""
    found = Answer.objects.filter(assessment=assessment).in_order()
    answers = list(found.prefetch_related(current_evidence()))
    levels = read_levels(assessment.round.edition_id)
    support, comments = read_support(assessment), read_comments(assessment)
    planned = read_improvements(assessment.partner, [answer.indicator for answer in answers])
    today = timezone.localdate()
    parts: dict[Commitment, list[IndicatorPart]] = defaultdict(list)
    for answer in answers:
        pk = answer.indicator_id
        part = _indicator(answer, levels.get(pk, ()))
        part = replace(
            part,
            step=_step(part, earlier),
            before=earlier[1].get(part.title.casefold()) if earlier else None,
            improvements=tuple(_planned(each, today) for each in planned[pk]),
            support=support.get(pk, ()),
            comments=comments.get(pk, ()),
        )
        parts[answer.indicator.commitment].append(part)
    return tuple(
        CommitmentPart(each.number, each.title, each.statement, tuple(indicators))
        for each, indicators in parts.items()
    )


def _step(part: IndicatorPart, earlier: Earlier) -> Step | None:
    if earlier is None or part.said == (None, False):
        return None
    round, said = earlier
    was = said.get(part.title.casefold())
    return Step(moved(was, part.said), was, round.name)


def _planned(improvement: Improvement, today: date) -> Planned:
    due_on = improvement.due_on
    is_overdue = due_on is not None and improvement.is_overdue(today)
    return Planned(
        what=improvement.what,
        state=improvement.get_state_display(),
        owner=improvement.owner,
        due_on=due_on,
        overdue=due_words(due_on, today) if due_on and is_overdue else "",
        is_unfinished=improvement.state in Improvement.UNFINISHED,
    )


def _indicator(answer: Answer, levels: Iterable[LevelDescription]) -> IndicatorPart:
    """What the answer itself says."""
    # Words of an earlier round that nobody has saved in this one do not count.
    counts = not answer.is_unconfirmed
    rating = answer.rating if counts else None
    # Without a rating the first step is the one that leads from 0 to 1.
    level = next((level for level in levels if level.rating == (rating or 0)), None)
    is_aside = answer.not_applicable and counts
    is_last = rating == Rating.LEADING or is_aside
    return IndicatorPart(
        code=answer.indicator.code,
        title=answer.indicator.title,
        text=answer.indicator.text,
        rating=rating,
        not_applicable=is_aside,
        reason=answer.reason if counts else "",
        narrative=answer.narrative if counts else "",
        description=level.description if level and rating is not None else _unrated(is_aside),
        next_step=level.next_step if level and not is_last else "",
        next_level="" if is_last else Rating((rating or 0) + 1).label,
        willing_to_share=answer.willing_to_share and counts,
        evidence=tuple(answer.evidence.all() if counts else ()),
    )


def _unrated(is_aside: bool) -> str:
    if is_aside:
        return "The partner says that this indicator does not concern it."
    return "The partner has not answered this indicator."
