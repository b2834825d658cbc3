"""Opening and dropping a plan ask first; nobody acts on a plan that somebody else has changed."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from assessments.actions.planning import PlanChangedError, change_plan, drop_plan, plan_as_seen
from assessments.actions.rounds import open_round
from assessments.models import Assessment, Round
from assessments.views import round_plans
from commitments.models import Edition
from signatories.models import Notice, Partner, User
from tests.assessments.planning import dates, days, make_plan
from tests.assessments.posting import text_of
from tests.factories import make_member

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]


def change(planned: Round, staff: User, **wanted: Any) -> Round:
    """Somebody else's change of the plan."""
    names = ("edition", "name", "opens_on", "due_on", "closes_on")
    given = {name: getattr(planned, name) for name in names} | wanted
    return change_plan(round=planned, **given, by=staff)


def seen_on(page: str) -> str:
    found = re.search(r'name="seen" value="([0-9a-f]+)"', page)
    assert found is not None
    return found[1]


def test_the_page_before_opening_says_who_gets_what_and_changes_nothing(
    edition: Edition, partner: Partner, other_partner: Partner, lead: User, leader: User,
    contributor: User, staff: User, client_of: ClientOf,
) -> None:  # fmt: skip
    make_member(other_partner, "lead")
    make_plan(edition, staff)
    client = client_of(staff)
    assert 'href="/rounds/next/open/"' in text_of(client.get("/rounds/next/"))
    page = text_of(client.get("/rounds/next/open/"))
    assert "2 partners get a self-assessment today, and 3 people get an e-mail." in page
    assert not Assessment.objects.exists()
    typed = {"seen": seen_on(page)}
    page = text_of(client.post("/rounds/next/open/confirm", typed, follow=True))
    assert "Round Next is open for 2 partners." in page
    assert Notice.objects.values("person").distinct().count() == 3
    assert "It opened on" in text_of(client.get("/rounds/next/open/"))


def test_dropping_asks_first_too(edition: Edition, staff: User, client_of: ClientOf) -> None:
    make_plan(edition, staff)
    client = client_of(staff)
    page = text_of(client.get("/rounds/next/drop/"))
    assert "Nobody gets an e-mail." in page
    assert Round.objects.exists()
    client.post("/rounds/next/drop/confirm", {"seen": seen_on(page)})
    assert not Round.objects.exists()


@pytest.mark.parametrize("verb", ["open", "drop"])
def test_what_was_changed_meanwhile_is_neither_opened_nor_dropped(
    verb: str, edition: Edition, partner: Partner, staff: User, administrator: User,
    client_of: ClientOf,
) -> None:  # fmt: skip
    planned = make_plan(edition, staff)
    client = client_of(staff)
    seen = seen_on(text_of(client.get(f"/rounds/next/{verb}/")))
    change(planned, administrator, closes_on=days(200))
    response = client.post(f"/rounds/next/{verb}/confirm", {"seen": seen})
    page = text_of(response)
    assert response.status_code == 409
    assert f"closes on {days(200):%-d %B %Y}" in page
    assert Round.objects.get().opened_at is None
    # Whoever has read it can go on.
    assert client.post(f"/rounds/next/{verb}/confirm", {"seen": seen_on(page)}).status_code == 302


@pytest.mark.parametrize(("verb", "act"), [("open", "open_round"), ("drop", "drop_plan")])
def test_a_plan_that_is_dropped_while_the_answer_is_made_is_told_in_words(
    verb: str, act: str, edition: Edition, staff: User, administrator: User,
    client_of: ClientOf, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    planned = make_plan(edition, staff)

    def refuse(**_: object) -> None:
        drop_plan(round=planned, by=administrator)
        raise PlanChangedError("Somebody changed the plan.", "sign")

    monkeypatch.setattr(round_plans, act, refuse)
    response = client_of(staff).post(f"/rounds/next/{verb}/confirm", {"seen": "other"})
    assert response.status_code == 409
    assert "somebody dropped its plan" in text_of(response)


def test_a_plan_that_is_dropped_after_a_change_was_refused_keeps_what_was_typed(
    edition: Edition, staff: User, administrator: User, client_of: ClientOf,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    planned = make_plan(edition, staff)

    def refuse(**_: object) -> None:
        drop_plan(round=planned, by=administrator)
        raise PlanChangedError("Somebody changed the plan.", "sign")

    monkeypatch.setattr(round_plans, "change_plan", refuse)
    typed = {"name": "CANARY", "edition": edition.pk, "seen": "other"}
    typed |= dates(opens_on=days(11), due_on=days(12), closes_on=days(13))
    response = client_of(staff).post("/rounds/next/plan/", typed)
    assert response.status_code == 409
    page = text_of(response)
    assert "CANARY" in page
    assert 'name="seen" value="sign"' in page


def test_two_changes_of_a_plan_lose_neither(
    edition: Edition, staff: User, administrator: User, client_of: ClientOf
) -> None:
    planned = make_plan(edition, staff)
    client = client_of(staff)
    seen = seen_on(text_of(client.get("/rounds/next/plan/")))
    change(planned, administrator, closes_on=days(200))
    typed = {"name": "Next", "edition": edition.pk, "seen": seen}
    typed |= dates(opens_on=days(11), due_on=days(12), closes_on=days(13))
    response = client.post("/rounds/next/plan/", typed)
    page = text_of(response)
    assert response.status_code == 409
    assert f"closes on {days(200):%-d %B %Y}" in page
    assert f'value="{days(13):%Y}"' in page
    assert Round.objects.get().closes_on == days(200)
    assert client.post("/rounds/next/plan/", typed | {"seen": seen_on(page)}).status_code == 302
    assert Round.objects.get().closes_on == days(13)


def test_the_sign_changes_with_everything_that_a_plan_says(edition: Edition, staff: User) -> None:
    planned = make_plan(edition, staff)
    before = plan_as_seen(planned)
    for name, value in {
        "name": "N",
        "edition_id": 9,
        "due_on": days(1),
        "opens_on": days(0),
    }.items():
        kept = getattr(planned, name)
        setattr(planned, name, value)
        assert plan_as_seen(planned) != before
        setattr(planned, name, kept)
    for act in (open_round, drop_plan):
        with pytest.raises(PlanChangedError, match="Somebody changed the plan"):
            act(round=planned, by=staff, seen="0")


# --- What is typed --------------------------------------------------------------------------------


def test_a_plan_that_opened_while_somebody_changed_it_gives_the_words_back(
    edition: Edition, staff: User, client_of: ClientOf
) -> None:
    planned = make_plan(edition, staff, opens=0)
    open_round(round=planned, by=staff)
    typed = {"name": "CANARY", "edition": edition.pk}
    typed |= dates(opens_on=days(1), due_on=days(2), closes_on=days(3))
    response = client_of(staff).post("/rounds/next/plan/", typed)
    page = text_of(response)
    assert response.status_code == 409
    assert "has been open since" in page
    assert 'value="CANARY"' in page


@pytest.mark.parametrize("name", ["20\u202e27", "20\u200b27", "20\u000727", "---"])
def test_a_name_shows_all_that_is_in_it(
    name: str, edition: Edition, staff: User, client_of: ClientOf
) -> None:
    typed = {"name": name, "edition": edition.pk, "when": "later"}
    typed |= dates(opens_on=days(1), due_on=days(2), closes_on=days(3))
    page = text_of(client_of(staff).post("/rounds/plan/", typed))
    assert "Name of the round must" in page
    assert not Round.objects.exists()


def test_a_form_sent_after_the_session_had_ended_gives_its_words_back(
    assessment: Assessment, edition: Edition, staff: User, client_of: ClientOf
) -> None:
    make_plan(edition, staff)
    round = assessment.round
    client = client_of(staff)
    for path in (
        f"/rounds/{round.slug}/dates/",
        f"/assessments/{assessment.pk}/extend/",
        "/rounds/plan/",
        "/rounds/next/plan/",
    ):
        page = text_of(client.get(path))
        token = re.search(r'name="writer" value="([^"]+)"', page)
        assert token is not None
        typed = {"writer": token[1], "reason": "CANARY", "name": "CANARY"}
        response = Client().post(path, typed)
        assert response.status_code == 401
        assert "CANARY" in text_of(response)
        assert "CANARY" not in text_of(Client().post(path, typed | {"writer": ""}))
