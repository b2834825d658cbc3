"""What ecda's staff see first, against figures counted by hand."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from assessments.actions.closing import close_round
from assessments.actions.releasing import release
from assessments.actions.reviewing import reopen
from assessments.models import Assessment, GoodPractice, Round, SupportRequest
from assessments.workflow import State
from commitments.models import Edition, Indicator
from progress.dashboards.overview import overview
from signatories.models import Partner, User
from tests.assessment_factories import make_round, save
from tests.factories import make_member, make_partner, make_signature
from tests.progress.conftest import Bring
from tests.progress.past import make_past_round

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]


@pytest.fixture
def county(edition: Edition) -> list[Partner]:
    """Six partners, before the round opens."""
    return [make_partner(f"Partner {letter}") for letter in "ABCDEF"]


def test_the_funnel_counts_each_step(
    county: list[Partner], edition: Edition, round: Round, bring: Bring, partner: Partner
) -> None:
    bring(county[0], State.ACCEPTED)
    bring(county[1], State.SUBMITTED)
    bring(county[2], State.CHANGES)
    bring(county[3], State.AWAITING)
    member = make_member(county[4], "lead")
    save(Assessment.objects.get(partner=county[4], round=round).answers.all()[0], member)
    make_signature(county[5], edition, make_member(county[5], "leader"))
    found = overview(round)
    assert found.partners == 7
    assert found.invited == 6
    assert found.without_leader == 2
    assert found.awaiting == 1
    assert found.signed == 1
    assert found.started == 5
    assert found.submitted == 3
    assert found.accepted == 1


def test_each_number_links_to_the_page_behind_it(
    round: Round, staff: User, client_of: ClientOf
) -> None:
    page = client_of(staff).get("/overview/").text
    states = ("begun", "awaiting", "signed-off")
    targets = [f"/rounds/{round.slug}/?state={state}#partners" for state in states]
    for address in (*targets, f"/heatmap/?round={round.slug}", "/#signatories", "/reviews/"):
        assert f'href="{address}' in page


def test_late_partners_are_named_with_whose_turn_it_is(
    county: list[Partner], round: Round, bring: Bring, staff: User, client_of: ClientOf
) -> None:
    bring(county[0], State.AWAITING)
    bring(county[1], State.SUBMITTED)
    today = timezone.localdate()
    Round.objects.filter(pk=round.pk).update(
        opens_on=today - timedelta(days=40), due_on=today - timedelta(days=3)
    )
    found = overview(Round.objects.get(pk=round.pk))
    turns = {standing.name: standing.turn for standing in found.with_partners}
    assert turns["Partner A"] == "the partner’s leader"
    assert turns["Partner C"] == "the partner"
    assert "Partner B" not in turns
    page = client_of(staff).get("/overview/").text
    assert "Overdue by 3 days" in page
    assert f'href="/partners/{county[2].slug}/"' in page


def test_the_oldest_waiting_review_comes_first(
    county: list[Partner], round: Round, bring: Bring
) -> None:
    newer, older = bring(county[0], State.SUBMITTED), bring(county[1], State.SUBMITTED)
    Assessment.objects.filter(pk=older.pk).update(submitted_at=timezone.now() - timedelta(days=5))
    found = overview(round).reviews
    assert [review.assessment for review in found] == [older.pk, newer.pk]
    assert found[0].waiting == "for 5 days"


def test_what_is_left_out_is_listed_with_the_reason(
    county: list[Partner], round: Round, bring: Bring, staff: User
) -> None:
    bring(county[0], State.ACCEPTED)
    reopened = bring(county[1], State.ACCEPTED)
    indicator = Indicator.objects.all()[0]
    reopen(assessment=reopened, note="Look again.", comments={indicator.pk: "Say more."}, by=staff)
    bring(county[2], State.CHANGES)
    make_partner("Partner G, after the round opened")
    left_out = {line.reason: line.partners for line in overview(round).left_out}
    assert left_out == {
        "accepted before, and reopened by ecda": ("Partner B",),
        "sent back for changes": ("Partner C",),
        "still being answered": (
            "Braintree District Council",
            "Partner D",
            "Partner E",
            "Partner F",
        ),
        "no assessment in this round": ("Partner G, after the round opened",),
    }


def test_waiting_support_is_counted_and_the_oldest_shown(
    county: list[Partner], round: Round, staff: User, client_of: ClientOf
) -> None:
    member = make_member(county[0], "lead")
    for number, indicator in enumerate(Indicator.objects.all()[:12]):
        SupportRequest.objects.create(
            partner=county[0], indicator=indicator, words=f"Wish {number}", asked_by=member
        )
    done = SupportRequest.objects.all()[0]
    done.state, done.ended_at = "done", timezone.now()
    done.save()
    page = client_of(staff).get("/overview/").text
    assert "Support waiting: 11" in page
    assert "And 1 more" in page


def test_a_former_partner_counts_in_the_rounds_it_took_part_in(
    county: list[Partner], edition: Edition, staff: User
) -> None:
    past = make_past_round(edition, staff)
    Partner.objects.filter(pk=county[0].pk).update(active_to="2020-01-01")
    now = make_round(edition, staff)
    assert overview(past).partners == 6
    assert overview(now).partners == 5


def test_another_round_can_be_chosen(
    county: list[Partner], edition: Edition, staff: User, client_of: ClientOf
) -> None:
    past, now = make_past_round(edition, staff), make_round(edition, staff)
    client = client_of(staff)
    assert f"Overview, round {now}" in client.get("/overview/").text
    page = client.get(f"/overview/?round={past.slug}").text
    assert f"Overview, round {past}" in page


def test_an_unknown_round_is_answered_in_words(
    round: Round, staff: User, client_of: ClientOf
) -> None:
    response = client_of(staff).get("/overview/?round=round__opened_by")
    assert response.status_code == 200
    assert "There is no such round. The newest one is shown." in response.text
    assert "<title>Error: Overview" in response.text


def test_without_a_round_the_page_offers_to_open_one(
    edition: Edition, partner: Partner, staff: User, client_of: ClientOf
) -> None:
    page = client_of(staff).get("/overview/").text
    assert "No round yet" in page
    assert 'href="/rounds/"' in page


@pytest.mark.parametrize("persona", ["contributor", "lead", "leader"])
@pytest.mark.parametrize("address", ["/overview/", "/heatmap/"])
def test_partners_may_not_look(
    persona: str, address: str, round: Round, client_of: ClientOf, request: pytest.FixtureRequest
) -> None:
    assert client_of(request.getfixturevalue(persona)).get(address).status_code == 403


def test_each_number_of_what_waits_links_to_its_page(
    county: list[Partner], round: Round, staff: User, client_of: ClientOf
) -> None:
    member = make_member(county[0], "lead")
    indicator = Indicator.objects.all()[0]
    wish = SupportRequest.objects.create(
        partner=county[0], indicator=indicator, words="Help", asked_by=member
    )
    GoodPractice.objects.create(
        partner=county[0], indicator=indicator, slug="a", title="A", body="B", offered_by=member
    )
    found = overview(round)
    assert (found.support_waiting, found.practices_offered) == (1, 1)
    page = client_of(staff).get("/overview/").text
    for address in (
        "/support/",
        f"/support/{wish.pk}/",
        "/good-practice/queue/",
        f"/quality/?round={round.slug}",
        "/reminders/",
        f"/letters/write/?group=not-started&amp;round={round.slug}",
    ):
        assert f'href="{address}"' in page, address


def test_the_overdue_are_counted_by_their_own_dates_and_one_link_writes_to_them(
    county: list[Partner], round: Round, bring: Bring, staff: User, client_of: ClientOf
) -> None:
    bring(county[0], State.SUBMITTED)
    today = timezone.localdate()
    Round.objects.filter(pk=round.pk).update(
        opens_on=today - timedelta(days=40),
        due_on=today - timedelta(days=3),
        closes_on=today + timedelta(days=1),
    )
    later = Assessment.objects.get(partner=county[1], round=round)
    later.extensions.create(until=today + timedelta(days=2), reason="Ill", granted_by=staff)
    Assessment.objects.filter(pk=later.pk).update(extended_to=today + timedelta(days=2))
    found = overview(Round.objects.get(pk=round.pk))
    assert found.overdue == 5
    assert found.with_partners[-1].name == "Partner B"
    assert found.with_partners[-1].due == "due in 2 days"
    page = client_of(staff).get("/overview/").text
    assert f'href="/letters/write/?group=overdue&amp;round={round.slug}"' in page
    # The round's own last day is no more time than the others have.
    Round.objects.filter(pk=round.pk).update(closes_on=today + timedelta(days=2))
    assert overview(Round.objects.get(pk=round.pk)).overdue == 6


def test_a_warning_says_that_no_round_follows(
    round: Round, staff: User, client_of: ClientOf
) -> None:
    page = client_of(staff).get("/overview/").text
    assert f"No round is planned after {round}" in page
    assert 'href="/rounds/plan/"' in page


def test_each_list_of_the_funnel_holds_as_many_partners_as_its_number(
    county: list[Partner], round: Round, bring: Bring, staff: User, client_of: ClientOf
) -> None:
    bring(county[0], State.ACCEPTED)
    bring(county[1], State.CHANGES)
    bring(county[2], State.AWAITING)
    found = overview(round)
    numbers = {"begun": found.started, "awaiting": found.awaiting, "signed-off": found.submitted}
    assert numbers == {"begun": 3, "awaiting": 1, "signed-off": 2}
    for state, number in numbers.items():
        page = client_of(staff).get(f"/rounds/{round.slug}/?state={state}").text
        assert page.count('role="rowheader"') == number, state


@pytest.fixture
def over(county: list[Partner], round: Round, bring: Bring, staff: User) -> Round:
    """The round closed yesterday: A is accepted, B did not sign, C has more time."""
    bring(county[0], State.ACCEPTED)
    bring(county[1], State.AWAITING)
    today = timezone.localdate()
    later = Assessment.objects.get(partner=county[2], round=round)
    later.extensions.create(until=today + timedelta(days=2), reason="Ill", granted_by=staff)
    Assessment.objects.filter(pk=later.pk).update(extended_to=today + timedelta(days=2))
    Round.objects.filter(pk=round.pk).update(
        opens_on=today - timedelta(days=40),
        due_on=today - timedelta(days=3),
        closes_on=today - timedelta(days=1),
    )
    return Round.objects.get(pk=round.pk)


def test_after_a_round_closed_nobody_is_overdue_and_those_who_did_not_finish_are_named(
    over: Round, staff: User, client_of: ClientOf
) -> None:
    found = overview(over)
    assert [standing.name for standing in found.with_partners] == ["Partner C"]
    assert len(found.unfinished) == 5
    assert {standing.turn for standing in found.unfinished} == {"nobody"}
    assert found.overdue == 0
    page = client_of(staff).get("/overview/").text
    assert "5 partners did not finish" in page
    assert f'href="/letters/write/?group=unfinished&amp;round={over.slug}"' in page
    assert "overdue" not in page
    assert "Give more time" in page
    detail = client_of(staff).get(f"/rounds/{over.slug}/?state=unfinished").text
    assert detail.count(", not finished") == 5
    assert "overdue by" not in detail


def test_a_closed_round_asks_for_its_release_until_there_is_one(
    county: list[Partner], round: Round, bring: Bring, staff: User, client_of: ClientOf
) -> None:
    bring(county[0], State.ACCEPTED)
    link = f'href="/rounds/{round.slug}/release/"'
    assert link not in client_of(staff).get("/overview/").text
    close_round(round=round, by=staff)
    assert link in client_of(staff).get("/overview/").text
    assert overview(Round.objects.get(pk=round.pk)).can_release
    release(round=Round.objects.get(pk=round.pk), confirmed_left_out=True, by=staff)
    assert link not in client_of(staff).get("/overview/").text


def test_whom_ecda_connected_is_not_waiting_for_it(
    county: list[Partner], round: Round, staff: User, client_of: ClientOf
) -> None:
    member = make_member(county[0], "lead")
    indicators = list(Indicator.objects.all()[:2])
    for indicator, words in zip(indicators, ("A wish", "Brought together"), strict=True):
        SupportRequest.objects.create(
            partner=county[0], indicator=indicator, words=words, asked_by=member
        )
    connected = SupportRequest.objects.get(words="Brought together")
    connected.state = "connected"
    connected.owner = staff
    connected.save(update_fields=["state", "owner"])
    found = overview(round)
    assert (found.support_new, found.support_waiting, found.support_connected) == (1, 1, 1)
    page = client_of(staff).get("/overview/").text
    assert "Brought together" not in page
    assert 'href="/support/?state=connected"' in page


def test_who_joined_after_a_round_had_closed_is_not_left_out_of_it(
    county: list[Partner], edition: Edition, staff: User
) -> None:
    past = close_round(round=make_past_round(edition, staff), by=staff)
    make_partner("Latecomer")
    found = overview(past)
    assert found.partners == len(county)
    assert "Latecomer" not in {name for line in found.left_out for name in line.partners}
