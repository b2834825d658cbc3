"""Opening a round: what is refused in words, what every partner gets, who is told."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from assessments.actions.planning import RoundRefusedError, plan_round
from assessments.actions.rounds import begin_round, open_round, start_assessment
from assessments.models import Answer, Assessment, Round
from assessments.verbs import Verb
from commitments.models import Edition
from declaration.actions import RefusedError
from signatories.models import Event, Notice, Partner, User
from tests.assessment_factories import make_round, save
from tests.assessments.posting import text_of
from tests.assessments.years import later_edition, move_to_the_past
from tests.factories import make_edition, make_member, make_partner

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]
PLAN = "/rounds/plan/"


def days(count: int) -> date:
    return timezone.localdate() + timedelta(days=count)


def dates(opens_on: date, due_on: date, closes_on: date) -> dict[str, str]:
    given = {"opens_on": opens_on, "due_on": due_on, "closes_on": closes_on}
    parts = {"day": "%d", "month": "%m", "year": "%Y"}
    return {
        f"{name}-{box}": day.strftime(part)
        for name, day in given.items()
        for box, part in parts.items()
    }


def test_every_active_partner_gets_an_assessment_with_all_answers(
    edition: Edition, partner: Partner, other_partner: Partner, staff: User
) -> None:
    gone = make_partner("Gone Council")
    Partner.objects.filter(pk=gone.pk).update(active_to=days(-1))
    opened = make_round(edition, staff)
    assert {found.partner for found in opened.assessments.all()} == {partner, other_partner}
    assert Answer.objects.count() == 26
    first = opened.assessments.get(partner=partner).answers.in_order()
    assert [answer.indicator.code for answer in first][:4] == ["1.1", "1.2", "1.3", "2.1"]
    assert len(first) == 13


def test_more_partners_need_no_more_queries(edition: Edition, staff: User) -> None:
    def queries_for(count: int) -> int:
        for _ in range(count):
            make_member(make_partner(), "lead")
        with CaptureQueriesContext(connection) as captured:
            opened = make_round(edition, staff)
        move_to_the_past(opened, years=count)
        return len(captured)

    few = queries_for(2)
    many = queries_for(20) + 1  # The first round freezes the level descriptions.
    assert few == many <= 32


def test_leads_and_leaders_are_told_with_a_link_to_their_own(
    edition: Edition, partner: Partner, lead: User, leader: User, contributor: User,
    stranger: User, staff: User,
) -> None:  # fmt: skip
    opened = make_round(edition, staff)
    notices = Notice.objects.select_related("person", "event__partner")
    assert {notice.person for notice in notices} == {lead, leader, stranger}
    for notice in notices:
        found = opened.assessments.get(partner=notice.event.partner)
        assert notice.path == reverse("assessments:assessment-detail", args=[found.pk])
        assert str(notice.event.partner) in notice.words
        assert notice.event.by == staff
    assert Event.objects.filter(verb=Verb.ROUND_OPENED.value, partner__isnull=False).count() == 2


def test_the_first_round_freezes_the_level_descriptions(
    edition: Edition, partner: Partner, staff: User
) -> None:
    def frozen_at() -> object:
        return Edition.objects.get(pk=edition.pk).levels_frozen_at

    assert frozen_at() is None
    move_to_the_past(make_round(edition, staff))
    first = frozen_at()
    assert first is not None
    make_round(edition, staff)
    assert frozen_at() == first


@pytest.mark.parametrize(
    ("opens", "due", "closes", "field", "words"),
    [
        (1, 0, 10, "due_on", "Due date must be the same as or after the opening date"),
        (1, 10, 9, "closes_on", "Closing date must be the same as or after the due date"),
        (1, -5, -1, "due_on", "Due date must be the same as or after the opening date"),
        (1, 60, 70, "opens_on", "must not overlap with the round"),
        (60, 60, 70, "opens_on", "must not overlap with the round"),
        (0, 60, 70, "opens_on", "Opening date must be in the future"),
        (-1, 60, 70, "opens_on", "Opening date must be in the future"),
    ],
)
def test_dates_that_cannot_be_are_told_at_their_field(
    opens: int,
    due: int,
    closes: int,
    field: str,
    words: str,
    round: Round,
    staff: User,
    client_of: ClientOf,
) -> None:
    typed = {"name": "Second", "edition": round.edition_id, "when": "later"}
    typed |= dates(days(opens), days(due), days(closes))
    response = client_of(staff).post(PLAN, typed)
    page = text_of(response)
    assert response.status_code == 200
    assert words in page
    assert f'href="#id_{field}-day"' in page
    assert 'value="Second"' in page
    assert Round.objects.count() == 1


def test_whoever_opens_today_is_told_of_the_round_that_is_open(
    round: Round, staff: User, client_of: ClientOf
) -> None:
    typed = {"name": "Second", "edition": round.edition_id, "when": "today"}
    page = text_of(client_of(staff).post(PLAN, typed | dates(days(0), days(60), days(70))))
    assert "must not overlap with the round" in page
    assert 'href="#id_when"' in page
    assert Round.objects.count() == 1


def test_a_round_of_that_name_is_refused_in_words(
    round: Round, staff: User, client_of: ClientOf
) -> None:
    typed = {"name": round.name, "edition": round.edition_id, "when": "later"}
    typed |= dates(days(100), days(110), days(120))
    response = client_of(staff).post(PLAN, typed)
    assert f"There is already a round called {round.name}" in text_of(response)


def test_an_edition_that_is_not_published_has_no_rounds(
    db: None, staff: User, client_of: ClientOf
) -> None:
    edition = make_edition(publish=False)
    given: dict[str, Any] = {"edition": edition, "name": "2026", "by": staff}
    with pytest.raises(RoundRefusedError, match="Publish"):
        begin_round(opens_on=days(0), due_on=days(1), closes_on=days(2), **given)
    typed = {"name": "2026", "edition": edition.pk, "when": "today"} | dates(
        days(0), days(1), days(2)
    )
    assert "Select one of the options" in text_of(client_of(staff).post(PLAN, typed))


def test_staff_open_a_round_from_the_defaults(
    edition: Edition, partner: Partner, staff: User, client_of: ClientOf
) -> None:
    client = client_of(staff)
    page = text_of(client.get(PLAN))
    assert f'value="{timezone.localdate().year}"' in page
    typed = {"name": "2026 spring", "edition": edition.pk, "when": "today"}
    response = client.post(PLAN, typed | dates(days(9), days(30), days(60)), follow=True)
    assert response.redirect_chain == [("/rounds/2026-spring/", 302)]
    page = text_of(response)
    assert "Round 2026 spring is open for 1 partner." in page
    # What was typed under the choice that was not made does not count.
    assert Round.objects.get().opens_on == days(0)
    assert "0 of 1" in text_of(client.get("/rounds/"))


@pytest.mark.parametrize("name", ["", "   ", "!!!", "x" * 61, "a\0b"])
def test_a_name_that_cannot_be_one_is_told_in_words(
    name: str, edition: Edition, staff: User, client_of: ClientOf
) -> None:
    typed = {"name": name, "edition": edition.pk, "when": "today"} | dates(
        days(0), days(30), days(60)
    )
    response = client_of(staff).post(PLAN, typed)
    assert response.status_code in {200, 400}
    assert not Round.objects.exists()


def test_only_ecda_sees_and_plans_rounds(
    edition: Edition, lead: User, stranger: User, client_of: ClientOf
) -> None:
    for person in (lead, stranger):
        client = client_of(person)
        assert client.get(reverse("assessments:round-list")).status_code == 403
        assert client.get(PLAN).status_code == 403
        assert client.post(PLAN, {}).status_code == 403


# --- A partner who came later ----------------------------------------------------------------


def test_a_partner_who_came_later_starts_and_twice_is_once(
    round: Round, client_of: ClientOf
) -> None:
    late = make_partner("Late Council", slug="late-council")
    client = client_of(make_member(late, "lead"))
    path = reverse("assessments:assessment-start", args=[late.slug, round.slug])
    first, second = client.post(path), client.post(path)
    found = Assessment.objects.get(partner=late)
    where = reverse("assessments:assessment-detail", args=[found.pk])
    assert first["Location"] == second["Location"] == where
    assert found.answers.count() == 13
    assert client.get(path).status_code == 405


def test_starting_is_for_the_partners_own_people(
    round: Round, stranger: User, staff: User, client_of: ClientOf
) -> None:
    late = make_partner("Late Council", slug="late-council")
    path = reverse("assessments:assessment-start", args=[late.slug, round.slug])
    assert client_of(stranger).post(path).status_code == 404
    assert client_of(staff).post(path).status_code == 403
    assert not Assessment.objects.filter(partner=late).exists()


def test_a_round_that_nobody_knows_is_not_found(
    round: Round, lead: User, partner: Partner, client_of: ClientOf
) -> None:
    path = reverse("assessments:assessment-start", args=[partner.slug, "1999"])
    assert client_of(lead).post(path).status_code == 404


def test_nobody_starts_in_a_closed_round(round: Round, lead: User) -> None:
    late = make_partner("Late Council")
    Round.objects.update(opens_on=days(-9), due_on=days(-5), closes_on=days(-1))
    round.refresh_from_db()
    with pytest.raises(RefusedError, match="closed on"):
        start_assessment(partner=late, round=round, by=lead)


def test_a_partner_who_has_gone_does_not_start(round: Round, lead: User) -> None:
    gone = make_partner("Gone Council")
    Partner.objects.filter(pk=gone.pk).update(active_to=days(-1))
    with pytest.raises(RefusedError, match="not an active partner"):
        start_assessment(partner=gone, round=round, by=lead)


def test_nobody_starts_in_a_round_that_has_not_opened(
    edition: Edition, lead: User, partner: Partner, staff: User, client_of: ClientOf
) -> None:
    planned = plan_round(
        edition=edition, name="Next", opens_on=days(3), due_on=days(9), closes_on=days(12), by=staff
    )
    with pytest.raises(RefusedError, match="opens on"):
        start_assessment(partner=partner, round=planned, by=lead)
    path = reverse("assessments:assessment-start", args=[partner.slug, planned.slug])
    assert client_of(lead).post(path).status_code == 404


# --- Opening --------------------------------------------------------------------------------------


def test_a_plan_opened_before_its_day_opens_today(
    edition: Edition, partner: Partner, staff: User, client_of: ClientOf
) -> None:
    planned = plan_round(
        edition=edition, name="Next", opens_on=days(3), due_on=days(9), closes_on=days(12), by=staff
    )
    page = text_of(client_of(staff).post("/rounds/next/open/confirm", follow=True))
    assert "Round Next is open for 1 partner." in page
    planned.refresh_from_db()
    assert (planned.opens_on, planned.opened_by) == (days(0), staff)
    assert planned.assessments.get().answers.count() == 13


def test_a_round_opens_once(round: Round, staff: User, client_of: ClientOf) -> None:
    with pytest.raises(RefusedError, match="has been open since"):
        open_round(round=round, by=staff)
    page = text_of(client_of(staff).post(f"/rounds/{round.slug}/open/confirm", follow=True))
    assert "has been open since" in page
    assert Event.objects.filter(verb=Verb.ROUND_OPENED.value, partner__isnull=False).count() == 1


def test_a_plan_whose_days_have_passed_does_not_open(
    edition: Edition, partner: Partner, staff: User
) -> None:
    planned = plan_round(
        edition=edition, name="Next", opens_on=days(3), due_on=days(9), closes_on=days(12), by=staff
    )
    move_to_the_past(planned)
    with pytest.raises(RoundRefusedError, match="Closing date must be today or in the future"):
        open_round(round=planned, by=staff)
    assert not Assessment.objects.exists()


def test_opened_early_it_must_not_meet_the_round_before(round: Round, staff: User) -> None:
    after = round.closes_on + timedelta(days=1)
    planned = plan_round(
        edition=round.edition, name="Next", opens_on=after, due_on=after, closes_on=after, by=staff
    )
    with pytest.raises(RoundRefusedError, match="must not overlap with the round"):
        open_round(round=planned, by=staff)
    planned.refresh_from_db()
    assert (planned.opened_at, planned.opens_on) == (None, after)


def test_rounds_of_two_editions_are_open_side_by_side(
    round: Round, partner: Partner, staff: User
) -> None:
    beside = make_round(later_edition(), staff)
    assert partner.assessments.count() == 2
    assert beside.opens_on == round.opens_on


# --- The round's page -----------------------------------------------------------------------------


def test_the_page_says_who_has_not_started_with_the_names_of_their_leads(
    other_partner: Partner, stranger: User, assessment: Assessment, lead: User, leader: User,
    staff: User, client_of: ClientOf,
) -> None:  # fmt: skip
    save(assessment.answers.in_order()[0], lead)
    client, path = client_of(staff), f"/rounds/{assessment.round.slug}/"
    page = text_of(client.get(f"{path}?state=not-started"))
    main = page[page.index('id="partners"') :]
    assert "Partners: not started" in " ".join(main.split())
    assert str(other_partner) in main
    assert stranger.name in main
    assert str(assessment.partner) not in main
    everybody = text_of(client.get(path))
    assert ", ".join(sorted([lead.name, leader.name])) in everybody
    assert "opened a round" in everybody


@pytest.mark.parametrize(
    "query", ["?state=nonsense", "?page=9999", "?page=x", "?state=draft&page="]
)
def test_a_filter_that_cannot_be_shows_the_page_all_the_same(
    query: str, round: Round, staff: User, client_of: ClientOf
) -> None:
    assert client_of(staff).get(f"/rounds/{round.slug}/{query}").status_code == 200


def test_the_name_offered_is_the_first_year_without_a_round(
    edition: Edition, staff: User, client_of: ClientOf
) -> None:
    year = timezone.localdate().year
    plan_round(
        edition=edition,
        name=str(year),
        opens_on=days(3),
        due_on=days(9),
        closes_on=days(12),
        by=staff,
    )
    assert f'value="{year + 1}"' in text_of(client_of(staff).get(PLAN))
