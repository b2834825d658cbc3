"""The one source of figures: who counts, what is left out, how ratings moved; live and released."""

from dataclasses import dataclass

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assessments.actions.closing import close_round
from assessments.actions.releasing import release
from assessments.actions.reviewing import accept
from assessments.actions.submitting import send, sign_off
from assessments.models import Assessment, Release, Round
from assessments.scoring import Movement
from commitments.models import Edition
from progress.dashboards import figures
from signatories.models import Partner, User
from tests.assessment_factories import answer_all, make_round, save
from tests.assessments.years import later_edition, move_to_the_past
from tests.factories import make_member, make_partner

pytestmark = pytest.mark.django_db


@dataclass
class Year:
    """A round in which each partner says what it is told to say of every indicator."""

    round: Round
    staff: User

    def say(self, partner: Partner, leader: User, rating: int, **others: int) -> None:
        """Answer all with the rating, named ones of the first commitment otherwise."""
        found = Assessment.objects.get(partner=partner, round=self.round)
        answer_all(found, leader, rating)
        for answer in found.answers.in_order()[:3]:
            save(answer, leader, others.get(f"n{answer.indicator.number}", rating))
        send(assessment=found, by=leader)
        sign_off(assessment=found, by=leader)
        accept(assessment=found, note="", by=self.staff)

    def release(self) -> Release:
        close_round(round=self.round, by=self.staff)
        return release(round=self.round, by=self.staff, confirmed_left_out=True)


@pytest.fixture
def braintree() -> Partner:
    return make_partner("Braintree")


@pytest.fixture
def maldon() -> Partner:
    return make_partner("Maldon", kind="unitary")


def test_only_accepted_assessments_count_and_the_others_are_named_with_the_reason(
    edition: Edition, staff: User, braintree: Partner, maldon: Partner
) -> None:
    year = Year(make_round(edition, staff), staff)
    year.say(braintree, make_member(braintree, "leader"), 2, n1=4)
    answer_all(Assessment.objects.get(partner=maldon), make_member(maldon, "leader"), 1)
    now = figures.read_live(year.round).now
    assert [partner.name for partner in now.partners] == ["Braintree"]
    assert [(each.reason, each.partners) for each in now.left_out] == [
        ("still being answered", ("Maldon",))
    ]
    assert (now.of, now.release, now.commitments) == (2, None, (1, 2, 3, 4, 5))
    first = now.of_commitment(1)
    assert [asked.code for asked in first] == ["1.1", "1.2", "1.3"]
    assert now.roll_up(first[0]).counts == (0, 0, 0, 0, 1)
    assert now.roll_up(*first).counts == (0, 0, 2, 0, 1)
    assert now.roll_up(*first, kind="unitary").of == 0


def test_ratings_moved_since_the_round_before(
    edition: Edition, staff: User, braintree: Partner, maldon: Partner
) -> None:
    theirs, mine = make_member(maldon, "leader"), make_member(braintree, "leader")
    last = Year(make_round(edition, staff), staff)
    last.say(braintree, mine, 2, n1=1, n2=3)
    move_to_the_past(last.round)
    this = Year(make_round(edition, staff), staff)
    this.say(braintree, mine, 2)
    this.say(maldon, theirs, 2)
    years = figures.read_live(this.round, last.round)
    one, two, three = years.now.of_commitment(1)
    moved = [years.movement(braintree.pk, asked) for asked in (one, two, three)]
    assert moved == [Movement.UP, Movement.DOWN, Movement.SAME]
    assert years.movement(maldon.pk, one) is Movement.NEW
    assert [(partner.name, was[0], now[0]) for partner, _, was, now in years.moves(one, two)] == [
        ("Braintree", 1, 2),
        ("Braintree", 3, 2),
    ]
    alone = figures.read_live(this.round)
    assert alone.movement(braintree.pk, one) is None


def test_an_indicator_of_a_later_edition_continues_the_one_with_its_title(
    edition: Edition, staff: User, braintree: Partner
) -> None:
    leader = make_member(braintree, "leader")
    last = Year(make_round(edition, staff), staff)
    last.say(braintree, leader, 1, n2=3)
    move_to_the_past(last.round)
    this = Year(make_round(later_edition(), staff), staff)
    this.say(braintree, leader, 2)
    years = figures.read_live(this.round, last.round)
    continued, _, new = years.now.of_commitment(1)
    assert years.earlier(braintree.pk, continued) == (3, False)
    assert years.movement(braintree.pk, continued) is Movement.DOWN
    assert years.movement(braintree.pk, new) is Movement.NEW


def test_a_release_says_the_same_as_the_live_figures_until_they_move(
    edition: Edition, staff: User, braintree: Partner, maldon: Partner
) -> None:
    year = Year(make_round(edition, staff), staff)
    year.say(braintree, make_member(braintree, "leader"), 2, n1=4)
    live = figures.read_live(year.round).now
    made = year.release()
    (frozen,) = figures.read_releases([made])
    assert frozen.said == live.said
    assert frozen.partners == live.partners
    assert frozen.left_out == live.left_out
    assert (frozen.release, frozen.of) == (made, 2)
    Partner.objects.filter(pk=braintree.pk).update(name="Other", kind="county")
    (still,) = figures.read_releases([made])
    assert still.partners == frozen.partners


@pytest.mark.parametrize("size", [1, 3])
def test_reading_two_rounds_needs_three_queries_whatever_their_size(
    size: int, edition: Edition, staff: User
) -> None:
    partners = [make_partner() for _ in range(size)]
    last = make_round(edition, staff)
    move_to_the_past(last)
    this = Year(make_round(edition, staff), staff)
    for partner in partners:
        this.say(partner, make_member(partner, "leader"), 2)
    rounds = list(Round.objects.latest_first().select_related("edition"))
    before = figures.before(rounds[0], rounds)
    assert before == rounds[1]
    with CaptureQueriesContext(connection) as found:
        figures.read_live(rounds[0], before)
    assert len(found) == 3
    releases = [this.release()]
    with CaptureQueriesContext(connection) as found:
        figures.read_releases(releases)
    assert len(found) == 3


def test_the_first_round_has_none_before_it(edition: Edition, staff: User) -> None:
    first = make_round(edition, staff)
    assert figures.before(first, [first]) is None
