"""A partner's own page: signature, round, whose turn it is and the one next step."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from assessments.actions.closing import change_dates, close_round
from assessments.actions.extending import extend
from assessments.dashboards import due_words
from assessments.models import Assessment, Round, SupportRequest
from assessments.workflow import State
from commitments.models import Edition, Indicator, SupportOffer
from progress.dashboards import partner_home
from signatories.access import role_at
from signatories.models import Membership, Partner, User
from tests.assessment_factories import bring_to, make_round, save
from tests.assessments.years import later_edition
from tests.factories import make_member, make_partner, make_signature
from tests.progress.past import make_past_round

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]
TODAY = date(2026, 9, 10)


def home(partner: Partner, user: User) -> partner_home.Home:
    return partner_home.home(partner, partner_home.Viewer(user, role_at(user, partner)))


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (12, "due in 12 days"),
        (1, "due tomorrow"),
        (0, "due today"),
        (-1, "overdue by 1 day"),
        (-3, "overdue by 3 days"),
    ],
)
def test_a_due_date_is_said_in_words(days: int, words: str) -> None:
    assert due_words(TODAY + timedelta(days=days), TODAY) == words


def test_the_page_says_how_far_the_answers_are_and_when_they_are_due(
    client_of: ClientOf, contributor: User, assessment: Assessment, partner: Partner
) -> None:
    for answer in assessment.answers.in_order()[:7]:
        save(answer, contributor)
    page = client_of(contributor).get(f"/partners/{partner.slug}/").text
    assert "7 of 13 answered" in page
    assert "due in 30 days" in page
    assert "Continue your answers" in page
    assert f'href="/assessments/{assessment.pk}/"' in page


STEPS = [
    (State.DRAFT, "contributor", "Start your answers"),
    (State.DRAFT, "staff", "See the answers"),
    (State.AWAITING, "lead", "See the answers"),
    (State.AWAITING, "leader", "Read and sign off"),
    (State.SUBMITTED, "leader", "See the answers"),
    (State.SUBMITTED, "staff", "Review this assessment"),
    (State.SUBMITTED, "staff_member", "See the answers"),
    (State.CHANGES, "lead", "Answer what ecda asks"),
    (State.CHANGES, "staff", "See the answers"),
    (State.ACCEPTED, "leader", "See the answers"),
    (State.ACCEPTED, "staff", "See the review"),
]


@pytest.mark.parametrize(("state", "persona", "text"), STEPS)
def test_the_one_next_step_follows_from_role_and_state(
    state: State,
    persona: str,
    text: str,
    assessment: Assessment,
    partner: Partner,
    leader: User,
    staff: User,
    client_of: ClientOf,
    request: pytest.FixtureRequest,
) -> None:
    bring_to(assessment, state, leader=leader, staff=staff)
    user = request.getfixturevalue(persona)
    [current] = home(partner, user).current
    assert current.step is not None
    assert current.step.text == text
    page = client_of(user).get(f"/partners/{partner.slug}/").text
    assert text in page
    mine = "Whose turn:" not in page
    assert mine is (text not in {"See the answers", "See the review"})


def test_a_lead_with_every_answer_is_led_to_check_and_send(
    assessment: Assessment, partner: Partner, lead: User, contributor: User
) -> None:
    for answer in assessment.answers.all():
        save(answer, lead)
    leads, contributors = (
        home(partner, lead).current[0].step,
        home(partner, contributor).current[0].step,
    )
    assert leads is not None
    assert leads.url_name == "assessments:assessment-check"
    assert contributors is not None
    assert contributors.text == "Continue your answers"


def test_a_closed_round_leaves_partners_only_to_read(
    assessment: Assessment, partner: Partner, lead: User, client_of: ClientOf
) -> None:
    today = timezone.localdate()
    Round.objects.update(
        opens_on=today - timedelta(days=60),
        due_on=today - timedelta(days=3),
        closes_on=today - timedelta(days=1),
    )
    page = client_of(lead).get(f"/partners/{partner.slug}/").text
    assert "not finished" in page
    assert "overdue" not in page
    assert "Whose turn" not in page
    assert "The round closed on" in page
    assert "See the answers" in page


def test_the_leader_is_offered_to_sign_and_others_wait(
    edition: Edition, partner: Partner, leader: User, lead: User, staff: User, client_of: ClientOf
) -> None:
    address = f"/partners/{partner.slug}/"
    sign = f'href="/partners/{partner.slug}/sign/"'
    assert sign in client_of(leader).get(address).text
    for user, words in ((lead, "your leader"), (staff, "the partner’s leader")):
        page = client_of(user).get(address).text
        assert sign not in page
        assert f"Waiting for {words} to sign" in page


def test_a_partner_without_a_leader_is_told_who_appoints_one(
    edition: Edition, partner: Partner, lead: User, client_of: ClientOf
) -> None:
    assert "ecda’s administrators appoint leaders" in (
        client_of(lead).get(f"/partners/{partner.slug}/").text
    )


def test_a_signature_is_shown_with_day_name_and_certificate(
    edition: Edition, partner: Partner, leader: User, lead: User, client_of: ClientOf
) -> None:
    signature = make_signature(partner, edition, leader)
    page = client_of(lead).get(f"/partners/{partner.slug}/").text
    assert f"Signed on {timezone.localdate():%-d %B %Y} by Lara Leader, Chief Executive" in page
    assert f'href="/partners/{partner.slug}/signatures/{signature.pk}/"' in page


def test_support_earlier_rounds_and_members_are_there(
    edition: Edition, partner: Partner, lead: User, staff: User, client_of: ClientOf
) -> None:
    first = make_past_round(edition, staff)
    newest = make_round(edition, staff)
    offer = SupportOffer.objects.get(slug="data-masterclass")
    SupportRequest.objects.create(
        partner=partner, indicator=offer.indicators.all()[0], offer=offer, asked_by=lead
    )
    page = client_of(lead).get(f"/partners/{partner.slug}/").text
    assert f"Round {newest}" in page
    assert f"Round {first}</a>: draft, 0 of 13 answered" in page
    assert "ecda Data Masterclass" in page
    assert f'href="/partners/{partner.slug}/members/"' in page
    assert f'href="/partners/{partner.slug}/reports/"' in page


@pytest.mark.parametrize("role", ["contributor", "lead", "leader"])
def test_a_partner_that_came_after_the_round_opened_can_begin(
    role: str, round: Round, client_of: ClientOf
) -> None:
    late = make_partner("Late Council", slug="late-council")
    client = client_of(make_member(late, role))
    page = client.get(f"/partners/{late.slug}/").text
    begin = f"/partners/late-council/rounds/{round.slug}/start"
    assert "has no assessment in this round" in page
    assert f'action="{begin}"' in page
    assert client.post(begin).status_code == 302
    assert round.assessments.filter(partner=late).exists()


def test_nobody_is_offered_a_beginning_that_they_would_be_refused(
    round: Round, staff: User, administrator: User, client_of: ClientOf
) -> None:
    late = make_partner("Late Council", slug="late-council")
    for person in (staff, administrator):
        page = client_of(person).get(f"/partners/{late.slug}/").text
        assert "has no assessment in this round" in page
        assert "/start" not in page.split("<main")[1].split("</main>")[0]
        begin = f"/partners/late-council/rounds/{round.slug}/start"
        assert client_of(person).post(begin).status_code == 403


def test_without_a_round_the_page_says_what_will_happen(
    edition: Edition, partner: Partner, lead: User, client_of: ClientOf
) -> None:
    assert "No round yet" in client_of(lead).get(f"/partners/{partner.slug}/").text


@pytest.mark.parametrize("persona", ["stranger", "former"])
def test_other_people_find_nothing(
    persona: str, partner: Partner, client_of: ClientOf, request: pytest.FixtureRequest
) -> None:
    response = client_of(request.getfixturevalue(persona)).get(f"/partners/{partner.slug}/")
    assert response.status_code == 404
    assert partner.name not in response.text


def test_a_round_of_another_partner_is_not_counted(
    round: Round, assessment: Assessment, other_partner: Partner, partner: Partner, lead: User
) -> None:
    Membership.objects.create(person=lead, partner=other_partner, role="lead")
    assert Indicator.objects.count() == 13
    found = home(other_partner, lead).current[0].standing
    assert not found.is_there
    assert (found.answered, found.of) == (0, 0)


# --- Two rounds at once ---------------------------------------------------------------------------


def test_rounds_of_two_editions_are_shown_each_with_its_turn_and_button(
    assessment: Assessment, partner: Partner, leader: User, staff: User, client_of: ClientOf
) -> None:
    bring_to(assessment, State.AWAITING, leader=leader, staff=staff)
    beside = make_round(later_edition(), staff)
    change_dates(
        round=beside,
        due_on=timezone.localdate() + timedelta(days=9),
        closes_on=beside.closes_on,
        reason="Sooner",
        by=staff,
    )
    # The soonest due comes first.
    first, second = home(partner, leader).current
    assert [first.standing.round, second.standing.round] == [beside, assessment.round]
    assert [each.step.text for each in (first, second) if each.step] == [
        "Start your answers",
        "Read and sign off",
    ]
    page = client_of(leader).get(f"/partners/{partner.slug}/").text
    other = beside.assessments.get(partner=partner)
    assert f'href="/assessments/{other.pk}/"' in page
    assert f'href="/assessments/{assessment.pk}/sign-off/"' in page
    assert "due in 9 days" in page
    assert "Earlier rounds" not in page


def test_a_round_that_has_closed_for_all_stays_open_to_whoever_has_more_time(
    assessment: Assessment, partner: Partner, lead: User, staff: User, client_of: ClientOf
) -> None:
    close_round(round=assessment.round, by=staff)
    beside = make_round(later_edition(), staff)
    assert [each.standing.round for each in home(partner, lead).current] == [beside]
    until = timezone.localdate() + timedelta(days=5)
    extend(assessment=assessment, until=until, reason="Illness", by=staff)
    rounds = [each.standing.round for each in home(partner, lead).current]
    assert rounds == [assessment.round, beside]
    page = client_of(lead).get(f"/partners/{partner.slug}/").text
    assert "due in 5 days" in page
    assert f"the last day is {until:%-d %B %Y}" in page


def test_a_late_partner_can_begin_in_each_round_that_is_open(
    round: Round, staff: User, client_of: ClientOf
) -> None:
    beside = make_round(later_edition(), staff)
    late = make_partner("Late Council", slug="late-council")
    page = client_of(make_member(late, "lead")).get("/partners/late-council/").text
    for each in (round, beside):
        assert f'action="/partners/late-council/rounds/{each.slug}/start"' in page


def test_staff_give_more_time_from_the_partners_page(
    assessment: Assessment, partner: Partner, lead: User, staff: User, client_of: ClientOf
) -> None:
    link = f'href="/assessments/{assessment.pk}/extend/"'
    address = f"/partners/{partner.slug}/"
    assert link in client_of(staff).get(address).text
    assert link not in client_of(lead).get(address).text
