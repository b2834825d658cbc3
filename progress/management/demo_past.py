"""A round of a former year, from its opening to the release of its figures.

Made by actions like the rest; between them time passes.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from random import Random
from typing import Any

from django.utils import timezone

from assessments.actions import support_queue
from assessments.actions.closing import close_round
from assessments.actions.improving import Planned, add_improvement, change_improvement
from assessments.actions.publishing import start_publishing
from assessments.actions.releasing import release
from assessments.actions.reviewing import accept, request_changes
from assessments.actions.rounds import begin_round
from assessments.actions.submitting import send, sign_off
from assessments.models import Improvement, Review, Round, SupportRequest
from commitments.models import Edition, Indicator
from progress.management.ageing import let_pass
from progress.management.demo_cast import ASKED_THEN, Author, Role
from signatories.models import User

SEED = 1889
YEAR, DUE, CLOSES = 365, 61, 92
# The partners go in four groups, two early and two late ones. On which day of the round which of
# them answers, which sends, and which is reviewed; the late ones are reviewed after its end.
CALENDAR: tuple[tuple[int, int | None, int | None, int | None], ...] = (
    (24, 0, None, None),
    (31, 1, None, None),
    (44, 2, 0, None),
    (51, 3, 1, None),
    (67, None, 2, 0),
    (75, None, 3, 1),
)
# The places of those whom ecda asks for more before it accepts: they are among the early ones.
ASKED = frozenset({4, 8, 12})
Status = Improvement.State
# What becomes of last year's plans, in the order of the places.
OUTCOMES = (Status.DONE, Status.DONE, Status.UNDER_WAY, Status.DONE, Status.DROPPED)


class PastYear:
    """Tells one former year.

    By their places: `half` wrote half of it and stopped, `unsigned` was never signed off, the
    leaders of `publishing` show their ratings to everybody from then on.
    """

    def __init__(
        self,
        roles: Sequence[Role],
        author: Author,
        staff: User,
        *,
        half: frozenset[int] = frozenset(),
        unsigned: frozenset[int] = frozenset(),
        publishing: frozenset[int] = frozenset(),
    ) -> None:
        self.roles = roles
        self.author = author
        self.staff = staff
        self.half, self.unsigned, self.publishing = half, unsigned, publishing
        self.words: Mapping[str, Any] = author.words
        self.random = Random(SEED)  # noqa: S311  a story, not a secret

    def tell(self, edition: Edition, name: str) -> str:
        """Let the year pass; returns what came of it, in words."""
        today = timezone.localdate()
        round_ = begin_round(
            edition=edition,
            name=name,
            opens_on=today,
            due_on=today + timedelta(days=DUE),
            closes_on=today + timedelta(days=CLOSES),
            by=self.staff,
        )
        early, late = self.roles[::2], self.roles[1::2]
        half = len(early) // 2
        groups = (early[:half], early[half:], late[:half], late[half:])
        settle(self.roles)
        passed = 0
        for day, answers, sends, reviewed in CALENDAR:
            let_pass(day - passed)
            passed = day
            if answers is not None:
                self._answer(round_, groups[answers])
                self._plan(edition, groups[answers])
            if reviewed is not None:
                self._review(round_, groups[reviewed])
            if sends is not None:
                self._send(round_, groups[sends])
        self._support()
        self._answer_again(round_)
        let_pass(CLOSES + 1 - passed)
        return self._end(round_, late)

    def _end(self, round_: Round, late: Sequence[Role]) -> str:
        """Let the clock close the round after its last day; ecda reviews the rest and releases."""
        for role in self.roles:
            if role.place in self.publishing:
                start_publishing(partner=role.partner, by=role.leader)
        closed = close_round(round=Round.objects.get(pk=round_.pk), by=None)
        self._review(round_, late)
        self._accept_the_rest(round_)
        released = release(round=closed, by=self.staff, confirmed_left_out=True)
        let_pass(YEAR - CLOSES - 1)
        counted = released.entries.filter(snapshot__isnull=False).count()
        return f"round {closed}, closed and released: {counted} partners"

    # --- The partners' side ----------------------------------------------------------------------

    def _answer(self, round_: Round, roles: Iterable[Role]) -> None:
        for role in roles:
            answers = list(role.assessment(round_).answers.in_order())
            if role.place in self.half:
                answers = answers[: len(answers) // 2]
            self.author.write(role, answers, asks=ASKED_THEN, most_links=1)

    def _plan(self, edition: Edition, roles: Iterable[Role]) -> None:
        """Each plans one thing, to be done by the next round."""
        indicators = Indicator.objects.filter(commitment__edition=edition)
        by_code = {each.code: each for each in indicators.select_related("commitment")}
        due_on = timezone.localdate() + timedelta(days=YEAR // 2)
        for role in roles:
            item = self.random.choice(self.words["plans"])
            there = Improvement.objects.filter(partner=role.partner, what=item["what"])
            if not there.exists():
                planned = Planned(item["what"], item["owner"], due_on)
                indicator = by_code[item["indicator"]]
                add_improvement(
                    partner=role.partner, indicator=indicator, planned=planned, by=role.lead
                )

    def _send(self, round_: Round, roles: Iterable[Role]) -> None:
        for role in roles:
            if role.place not in self.half:
                sent = send(assessment=role.assessment(round_), by=role.lead)
                if role.place not in self.unsigned:
                    sign_off(assessment=sent, by=role.leader)

    def _answer_again(self, round_: Round) -> None:
        """Say more where ecda asked, and send it once more."""
        for role in self._asked():
            assessment = role.assessment(round_)
            review = assessment.reviews.get(decision=Review.Decision.CHANGES)
            asked = review.comments.values("indicator")
            for answer in assessment.answers.in_order().filter(indicator__in=asked):
                self.author.add(answer, self.random.choice(self.words["again"]), role.lead)
            sent = send(assessment=assessment, by=role.lead)
            sign_off(assessment=sent, by=role.leader)

    # --- ecda's side -----------------------------------------------------------------------------

    def _asked(self) -> list[Role]:
        return [role for role in self.roles if role.place in ASKED - self.half - self.unsigned]

    def _review(self, round_: Round, roles: Iterable[Role]) -> None:
        for role in roles:
            if role.place in self.half | self.unsigned:
                continue
            if role.place in ASKED:
                self._request(round_, role)
            else:
                self._accept(round_, role)

    def _accept_the_rest(self, round_: Round) -> None:
        for role in self._asked():
            self._accept(round_, role)

    def _accept(self, round_: Round, role: Role) -> None:
        assessment = role.assessment(round_)
        answer = self.random.choice(list(assessment.answers.filter(rating__isnull=False)))
        comment, note = self.random.sample(self.words["review_comments"], 2)
        comments = {answer.indicator_id: comment}
        accept(assessment=assessment, note=note, comments=comments, by=self.staff)

    def _request(self, round_: Round, role: Role) -> None:
        assessment = role.assessment(round_)
        answers = list(assessment.answers.filter(rating__isnull=False))
        asked = self.random.sample(answers, 2)
        comments = {
            answer.indicator_id: self.random.choice(self.words["change_requests"])
            for answer in asked
        }
        note = "Two answers need a little more before we can accept them."
        request_changes(assessment=assessment, note=note, comments=comments, by=self.staff)

    def _support(self) -> None:
        """See to what was asked of ecda; nothing waits into the next year."""
        for request in SupportRequest.objects.waiting().order_by("pk"):
            support_queue.take(request=request, by=self.staff)
            support_queue.finish(request=request, by=self.staff)


def settle(roles: Iterable[Role]) -> None:
    """Say what has become of last year's plans; the printed partner, the last, did all of it."""
    by_partner = {role.partner.pk: role for role in roles}
    planned = Improvement.objects.filter(state=Status.PLANNED).order_by("pk")
    for improvement in planned.select_related("partner"):
        role = by_partner[improvement.partner_id]
        outcome = Status.DONE if role.place == len(by_partner) - 1 else _outcome(role)
        change_improvement(
            improvement=improvement,
            version=improvement.version,
            what=improvement.what,
            owner=improvement.owner,
            due_on=improvement.due_on,
            state=outcome,
            by=role.lead,
        )


def _outcome(role: Role) -> Status:
    return OUTCOMES[role.place % len(OUTCOMES)]
