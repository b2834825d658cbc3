"""Quality checks over all partners of a round: what a reviewer would ask, and how to ask it.

Read in a fixed number of queries, however many partners there are. The rules are those of
`quality`, and what counts of an answer is what `questions_of` says of one assessment.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Subquery, When
from django.utils import timezone

from assessments import quality
from assessments.dashboards.checked import read_facts, read_rows
from assessments.dashboards.desks import Desk
from assessments.dashboards.questions import Asked, said_in
from assessments.dashboards.queues import holder_of
from assessments.models import (
    Assessment,
    Evidence,
    QualityRequest,
    Review,
    ReviewComment,
    ReviewDraft,
    Round,
)
from assessments.quality import Kind, Question
from assessments.workflow import State
from commitments.models import Indicator
from signatories.models import Membership, User
from signatories.verbs import LEADS

LABELS = {
    Kind.HIGH_WITHOUT_EVIDENCE: "High rating without evidence",
    Kind.NO_NARRATIVE: "No narrative",
    Kind.RATING_JUMPED: "Rating moved by two levels or more",
    Kind.NO_LONGER_APPLICABLE: "No longer applicable",
    Kind.IMPROVEMENT_WITHOUT_OWNER: "Improvement without owner",
    Kind.IMPROVEMENT_OVERDUE: "Improvement past due",
    Kind.SUPPORT_AT_THE_TOP: "Support asked for at the top level",
}
# An improvement can be mended whatever the state of an assessment.
OF_IMPROVEMENTS = frozenset({Kind.IMPROVEMENT_WITHOUT_OWNER, Kind.IMPROVEMENT_OVERDUE})


@dataclass(frozen=True)
class Key:
    """Which question it is, as a form names it: of which answer, of what kind, of which plan."""

    answer: int
    kind: Kind
    improvement: int | None = None

    def __str__(self) -> str:
        return ".".join(str(part) for part in (self.answer, self.kind, self.improvement) if part)

    @classmethod
    def read(cls, text: str) -> "Key | None":
        """The key that was written; None when it is none."""
        answer, _, rest = text.partition(".")
        kind, _, improvement = rest.partition(".")
        numbers = [answer, *([improvement] if improvement else [])]
        if kind not in set(Kind) or not all(_is_number(number) for number in numbers):
            return None
        return cls(int(answer), Kind(kind), int(improvement) if improvement else None)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19


class Way(StrEnum):
    """How a question can be asked now."""

    PARTNER = "partner"
    REVIEW = "review"
    NONE = "none"


@dataclass(frozen=True)
class Check:
    """One question about one partner's answer, and how it can be asked, or why not."""

    key: Key
    assessment: Assessment
    indicator: Indicator
    question: Question
    # That the way which is open now has been gone already.
    asked: Asked | None
    # What the partner was asked before it submitted the assessment, or worked on the answer.
    before: Asked | None
    way: Way
    why: str

    @property
    def may_ask(self) -> bool:
        """Whether it can be asked now and has not been."""
        return self.way != Way.NONE and self.asked is None

    @property
    def is_reviewed(self) -> bool:
        """Whether the review page is where to act on it."""
        return self.assessment.status in {State.SUBMITTED, State.ACCEPTED}


@dataclass(frozen=True)
class Filters:
    """Which questions: of one kind, and of assessments in one state and partners of one kind."""

    kind: str = ""
    partner_kind: str = ""
    state: str = ""


def read_checks(round: Round, filters: Filters, user: User) -> list[Check]:
    """Every question about the round, by partner and indicator: at most ten queries."""
    assessments = Assessment.objects.filter(round=round)
    if filters.state:
        assessments = assessments.filter(state=filters.state)
    if filters.partner_kind:
        assessments = assessments.filter(partner__kind=filters.partner_kind)
    found = checks_of(assessments, round, user)
    return [one for one in found if filters.kind in {"", one.question.kind}]


def checks_of(assessments: QuerySet[Assessment], round: Round, user: User | None) -> list[Check]:
    """The questions about these assessments of the round, and how this person could ask them."""
    related = assessments.select_related("partner", "round", "reviewer")
    by_pk = {one.pk: one for one in related.order_by("partner__name", "pk")}
    if not by_pk:
        return []
    today = timezone.localdate()
    facts = read_facts(list(by_pk.values()), round)
    desk = _read_asking(list(by_pk.values()), user)
    found = []
    for row in read_rows(by_pk):
        assessment = by_pk[row.assessment]
        indicator = facts.indicators[row.indicator]
        for question in quality.questions(facts.said(row, assessment, indicator), today):
            key = Key(row.pk, question.kind, question.improvement)
            way, why = desk.way(key, assessment, indicator)
            request = desk.requests.get(key)
            is_open = way == Way.REVIEW or key not in desk.standing
            asked = None if is_open else request
            if way == Way.REVIEW:
                asked = desk.drafted(key, assessment, indicator, question)
            before = request if is_open else None
            found.append(Check(key, assessment, indicator, question, asked, before, way, why))
    places = {pk: place for place, pk in enumerate(by_pk)}
    return sorted(found, key=lambda one: (places[one.assessment.pk], _place(one.indicator)))


def _place(indicator: Indicator) -> tuple[int, int]:
    return indicator.commitment.number, indicator.number


# --- How it can be asked -------------------------------------------------------------------------


@dataclass(frozen=True)
class Asking:
    """What decides how a person can ask, and what has been asked."""

    user: User | None
    today: date
    own: frozenset[int]
    led: frozenset[int]
    opened: frozenset[tuple[int, int]]
    # Partner and person, of those who review or ask.
    members: frozenset[tuple[int, int]]
    requests: Mapping[Key, Asked] = field(default_factory=dict)
    # Those that the partner has not worked on since: nobody asks for the same again meanwhile.
    standing: frozenset[Key] = frozenset()
    drafts: Mapping[int, Mapping[str, list[str]]] = field(default_factory=dict)

    def way(self, key: Key, assessment: Assessment, indicator: Indicator) -> tuple[Way, str]:
        """How it can be asked now, or why it cannot."""
        if assessment.partner_id in self.own:
            return Way.NONE, "You belong to this partner: somebody else asks."
        if key.kind not in OF_IMPROVEMENTS:
            if assessment.status == State.SUBMITTED:
                return self._in_review(assessment)
            why = self._closed(assessment, indicator)
            if why:
                return Way.NONE, why
        if assessment.partner_id not in self.led:
            return Way.NONE, "This partner has no lead or leader to ask."
        return Way.PARTNER, ""

    def _in_review(self, assessment: Assessment) -> tuple[Way, str]:
        belongs = (assessment.partner_id, assessment.reviewer_id) in self.members
        holder = holder_of(assessment, belongs=belongs)
        if holder is not None and holder != self.user:
            return Way.NONE, f"{holder} has the review."
        return Way.REVIEW, ""

    def _closed(self, assessment: Assessment, indicator: Indicator) -> str:
        """Why the partner cannot mend the answer now; empty when it can."""
        state = assessment.status
        if state == State.AWAITING:
            return "With the partner’s leader for sign-off. Ask when it is submitted."
        if state == State.ACCEPTED:
            return "Accepted. Reopen it to ask."
        if assessment.is_closed(self.today):
            return "The round is closed to this partner."
        if state == State.CHANGES and (assessment.pk, indicator.pk) not in self.opened:
            return "Not among the indicators that are open again."
        return ""

    def drafted(
        self, key: Key, assessment: Assessment, indicator: Indicator, question: Question
    ) -> Asked | None:
        """The question, when the person’s own draft of the review asks it."""
        texts = self.drafts.get(assessment.pk, {}).get(comment_name(indicator.pk), [])
        is_there = any(question.words in text for text in texts)
        return Asked(key.kind, key.improvement, question.words) if is_there else None


def comment_name(indicator: int) -> str:
    """How the form of a review names its comment on the indicator."""
    return f"comment-{indicator}"


def _read_asking(assessments: list[Assessment], user: User | None) -> Asking:
    """Four queries at most."""
    partners = [one.partner_id for one in assessments]
    reviewers = {one.reviewer_id for one in assessments if one.reviewer_id is not None}
    people = Membership.objects.current().filter(
        Q(person=user) | Q(role__in=LEADS) | Q(person__in=reviewers),
        partner__in=partners,
        person__is_active=True,
    )
    members = list(people.values_list("partner_id", "person_id", "role"))
    requests = list(_read_requests(assessments))
    mine = user.pk if user else None
    return Asking(
        user=user,
        today=timezone.localdate(),
        own=frozenset(partner for partner, person, _ in members if person == mine),
        led=frozenset(partner for partner, _, role in members if role in LEADS),
        members=frozenset((partner, person) for partner, person, _ in members),
        opened=_read_opened(one.pk for one in assessments if one.status == State.CHANGES),
        requests={
            _key_of(one): Asked(
                one.kind, one.improvement_id, one.words, str(one.asked_by), one.asked_at
            )
            for one in requests
        },
        standing=frozenset(_key_of(one) for one in requests if not vars(one)["is_answered"]),
        drafts=_read_drafts([one for one in assessments if one.status == State.SUBMITTED], user),
    )


def _key_of(request: QualityRequest) -> Key:
    return Key(request.answer_id, Kind(request.kind), request.improvement_id)


def _read_requests(assessments: list[Assessment]) -> QuerySet[QualityRequest]:
    """What was asked, the latest last, each with whether the partner has worked on it since."""
    asked_at = OuterRef("asked_at")
    evidence = Evidence.objects.filter(
        Q(added_at__gt=asked_at) | Q(removed_at__gt=asked_at), answer=OuterRef("answer")
    )
    answered = (
        Q(answer__updated_at__gt=F("asked_at"))
        | Q(improvement__updated_at__gt=F("asked_at"))
        | Exists(evidence)
    )
    found = QualityRequest.objects.filter(answer__assessment__in=assessments)
    annotated = found.annotate(is_answered=Case(When(answered, then=True), default=False))
    return annotated.select_related("asked_by").order_by("asked_at", "pk")


def _read_opened(assessments: Iterable[int]) -> frozenset[tuple[int, int]]:
    """The indicators that the latest request for changes opened again, by assessment."""
    asked = Review.objects.filter(
        assessment=OuterRef("review__assessment"), decision=Review.Decision.CHANGES
    )
    comments = ReviewComment.objects.filter(
        review__assessment__in=list(assessments),
        review=Subquery(asked.order_by("-pk").values("pk")[:1]),
        reopens=True,
    )
    return frozenset(comments.values_list("review__assessment_id", "indicator_id"))


def _read_drafts(
    assessments: list[Assessment], user: User | None
) -> Mapping[int, Mapping[str, list[str]]]:
    if user is None:
        return {}
    drafts = ReviewDraft.objects.filter(assessment__in=assessments, person=user)
    return dict(drafts.values_list("assessment_id", "typed"))


# --- What the partner sees of it -----------------------------------------------------------------


def asked_at_desk(desk: Desk) -> list[Asked]:
    """What ecda asked about the answer and still applies, in today’s words; takes no query."""
    if not desk.quality:
        return []
    still = quality.questions(said_in(desk.row), timezone.localdate())
    return _applying(desk.quality, still)


def _applying(asked: Iterable[Asked], still: Collection[Question]) -> list[Asked]:
    now = {(question.kind.value, question.improvement): question.words for question in still}
    latest = {(one.kind, one.improvement_id): one for one in asked}
    kept = ((one, now.get(place)) for place, one in latest.items())
    return [replace(one, words=words) for one, words in kept if words is not None]


def read_asked(assessment: Assessment) -> Mapping[int, list[Asked]]:
    """What ecda asked and still applies, by answer: at most ten queries."""
    found: dict[int, list[Asked]] = defaultdict(list)
    only = Assessment.objects.filter(pk=assessment.pk)
    for check in checks_of(only, assessment.round, None):
        asked = check.asked or check.before
        if asked is not None:
            found[check.key.answer].append(replace(asked, words=check.question.words))
    return found


# --- As a file -----------------------------------------------------------------------------------

HEADER = (
    "partner", "kind", "round", "state", "indicator", "indicator_title", "check", "question",
    "asked_by", "asked_on", "cannot_ask_because",
)  # fmt: skip


def check_rows(checks: Iterable[Check]) -> Iterator[tuple[str | date | None, ...]]:
    """A row for each question, in the order of HEADER."""
    for one in checks:
        assessment, asked = one.assessment, one.before or one.asked
        asked_on = timezone.localdate(asked.at) if asked and asked.at else None
        yield (
            assessment.partner.name,
            assessment.partner.get_kind_display(),
            assessment.round.name,
            assessment.get_state_display(),
            one.indicator.code,
            one.indicator.title,
            LABELS[one.question.kind],
            one.question.words,
            asked.by if asked else "",
            asked_on,
            one.why,
        )
