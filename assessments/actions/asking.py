"""Ask partners what a quality check found: at once while they can mend it, else in the review."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from django.urls import reverse
from django.utils import timezone

from assessments.actions.review_drafts import keep_draft
from assessments.dashboards.checks import Check, Key, Way, checks_of, comment_name
from assessments.models import Assessment, QualityRequest, ReviewDraft, Round
from assessments.verbs import NOTICES, Verb
from declaration.actions import RefusedError, action
from signatories.actions.events import record
from signatories.models import User

# As many as a page shows.
MOST = 50


@dataclass(frozen=True)
class Outcome:
    """What became of the questions: how many of each, and why others could not be asked."""

    asked: int = 0
    drafted: int = 0
    already: int = 0
    gone: int = 0
    refused: tuple[str, ...] = ()


@action
def ask(*, keys: Sequence[Key], by: User) -> Outcome:
    """Ask each of these questions as the state of its assessment allows; what is asked stays asked.

    While the partner can mend it, its leads are asked and find it on the answer's page; while the
    assessment is reviewed, the words are put into the draft of the person's own review. What has
    been mended, or asked and not worked on since, is only counted. RefusedError for none, or too
    many at once.
    """
    if not keys:
        raise RefusedError("Select at least one question.")
    if len(keys) > MOST:
        raise RefusedError(f"Select no more than {MOST} questions at once.")
    wanted = set(keys)
    found = {check.key: check for check in _locked_checks(wanted, by)}
    checks = [found[key] for key in found if key in wanted]
    new = [check for check in checks if check.asked is None]
    to_partner = [check for check in new if check.way == Way.PARTNER]
    to_review = [check for check in new if check.way == Way.REVIEW]
    _ask_partners(to_partner, by)
    _add_to_drafts(to_review, by)
    closed = [check for check in new if check.way == Way.NONE]
    return Outcome(
        asked=len(to_partner),
        drafted=len(to_review),
        already=len(checks) - len(new),
        gone=len(wanted) - len(checks),
        refused=tuple(dict.fromkeys(f"{one.assessment.partner}: {one.why}" for one in closed)),
    )


def _locked_checks(keys: Iterable[Key], by: User) -> list[Check]:
    """What is to be asked now about the assessments named; they stay as they are meanwhile."""
    answers = {key.answer for key in keys}
    named = Assessment.objects.filter(answers__in=answers).values("pk")
    locked = Assessment.objects.filter(pk__in=named).order_by("pk")
    by_round: dict[int, list[int]] = defaultdict(list)
    for pk, round in locked.select_for_update(no_key=True).values_list("pk", "round_id"):
        by_round[round].append(pk)
    return [
        check
        for round in Round.objects.filter(pk__in=by_round).order_by("pk")
        for check in checks_of(Assessment.objects.filter(pk__in=by_round[round.pk]), round, by)
    ]


def _ask_partners(checks: Sequence[Check], by: User) -> None:
    """Keep each request, and tell the leads once for each answer."""
    times: Counter[tuple[int, str, int | None]] = Counter(
        QualityRequest.objects.filter(answer__in={check.key.answer for check in checks})
        .order_by()
        .values_list("answer", "kind", "improvement")
    )
    now = timezone.now()
    QualityRequest.objects.bulk_create(
        QualityRequest(
            answer_id=check.key.answer,
            kind=check.key.kind,
            improvement_id=check.key.improvement,
            number=times[check.key.answer, check.key.kind.value, check.key.improvement] + 1,
            words=check.question.words,
            asked_by=by,
            asked_at=now,
        )
        for check in checks
    )
    for answer, group in groupby(checks, key=lambda check: check.key.answer):
        together = list(group)
        words = " ".join(check.question.words for check in together)
        record(
            verb=Verb.QUALITY_ASKED,
            by=by,
            partner=together[0].assessment.partner,
            subject=together[0].assessment,
            note=f"{together[0].indicator.code}: {words}",
            path=reverse("assessments:answer-edit", args=[answer]),
            notices=NOTICES,
        )


def _add_to_drafts(checks: Sequence[Check], by: User) -> None:
    for _, group in groupby(checks, key=lambda check: check.assessment.pk):
        together = list(group)
        words: dict[int, list[str]] = defaultdict(list)
        for check in together:
            words[check.indicator.pk].append(check.question.words)
        add_to_draft(together[0].assessment, words, by)


def add_to_draft(
    assessment: Assessment, words: Mapping[int, Sequence[str]], by: User
) -> ReviewDraft:
    """Put the words under what the person's draft of the review says of each indicator, by id.

    In the caller's transaction.
    """
    found = ReviewDraft.objects.select_for_update().filter(assessment=assessment, person=by)
    draft = found.first()
    typed: dict[str, list[str]] = dict(draft.typed) if draft else {}
    for indicator, texts in words.items():
        name = comment_name(indicator)
        said = "".join(typed.get(name, [])).rstrip()
        typed[name] = ["\n\n".join([*([said] if said else []), *texts])]
    seen = draft.kept_at if draft else None
    return keep_draft(assessment=assessment, person=by, typed=typed, seen=seen)
