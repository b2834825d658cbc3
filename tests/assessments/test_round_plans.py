"""A planned round: made, changed and dropped, and nothing that partners see before it opens."""

from collections.abc import Callable
from copy import copy

import pytest
from django.test import Client

from assessments.actions.planning import (
    RoundRefusedError,
    change_plan,
    drop_plan,
    plan_round,
)
from assessments.actions.rounds import open_round
from assessments.dashboards import read_rounds, warning_of
from assessments.models import Assessment, Round
from assessments.verbs import Verb
from commitments.actions import load_edition
from commitments.models import Edition
from declaration.actions import RefusedError
from signatories.models import Event, Notice, Partner, User
from tests.assessment_factories import make_round
from tests.assessments.planning import closed, dates, days, let_pass, make_plan
from tests.assessments.posting import text_of
from tests.assessments.years import later_edition
from tests.factories import EDITION_DATA

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]


def test_a_plan_is_kept_and_gives_nobody_anything(
    edition: Edition, partner: Partner, lead: User, staff: User, client_of: ClientOf
) -> None:
    typed = {"name": "2031", "edition": edition.pk, "when": "later"}
    typed |= dates(opens_on=days(40), due_on=days(60), closes_on=days(90))
    page = text_of(client_of(staff).post("/rounds/plan/", typed, follow=True))
    assert f"Round 2031 is planned. It opens on {days(40):%-d %B %Y}." in page
    found = Round.objects.get()
    assert (found.slug, found.opened_at, found.planned_by) == ("2031", None, staff)
    assert not Assessment.objects.exists()
    assert not Notice.objects.exists()
    assert Event.objects.get(verb=Verb.ROUND_PLANNED.value).note.startswith("2031: opens on")


def test_a_plan_shows_partners_no_more_than_when_the_next_round_opens(
    edition: Edition, partner: Partner, lead: User, staff: User, client_of: ClientOf
) -> None:
    make_plan(edition, staff, name="CANARY")
    client = client_of(lead)
    page = text_of(client.get(f"/partners/{partner.slug}/"))
    assert f"The next round of self-assessment opens on {days(100):%-d %B %Y}." in page
    assert "CANARY" not in page
    assert client.post("/rounds/canary/questions/request").status_code == 404
    assert client.get("/rounds/canary/").status_code == 403
    for address in ("/overview/", "/heatmap/"):
        assert "CANARY" not in text_of(client_of(staff).get(address))


def test_everything_about_a_plan_can_change(
    edition: Edition, staff: User, client_of: ClientOf
) -> None:
    make_plan(edition, staff, name="2030")
    other = later_edition()
    client = client_of(staff)
    assert 'value="2030"' in text_of(client.get("/rounds/2030/plan/"))
    typed = {"name": "2031", "edition": other.pk}
    typed |= dates(opens_on=days(1), due_on=days(2), closes_on=days(3))
    response = client.post("/rounds/2030/plan/", typed, follow=True)
    assert response.redirect_chain == [("/rounds/2031/", 302)]
    found = Round.objects.get()
    assert (found.name, found.edition, found.closes_on) == ("2031", other, days(3))


def test_a_plan_that_was_dropped_is_gone_and_its_event_stays(
    edition: Edition, staff: User, client_of: ClientOf
) -> None:
    make_plan(edition, staff)
    page = text_of(client_of(staff).post("/rounds/next/drop/confirm", follow=True))
    assert "The plan of round Next is dropped." in page
    assert not Round.objects.exists()
    assert Event.objects.filter(verb=Verb.PLAN_DROPPED.value).count() == 1


def test_an_opened_round_has_no_plan_any_more(
    edition: Edition, staff: User, client_of: ClientOf
) -> None:
    found = make_plan(edition, staff, opens=0)
    opened = open_round(round=found, by=staff)
    client = client_of(staff)
    assert client.post("/rounds/next/drop/confirm").status_code == 409
    assert client.get("/rounds/next/plan/")["Location"] == "/rounds/next/dates/"
    with pytest.raises(RefusedError, match="has been open since"):
        drop_plan(round=found, by=staff)
    with pytest.raises(RefusedError, match="has been open since"):
        change_plan(
            round=found, edition=edition, name="X", opens_on=days(1), due_on=days(2),
            closes_on=days(3), by=staff,
        )  # fmt: skip
    assert Round.objects.get().name == opened.name


def test_a_plan_dropped_meanwhile_is_told_in_words(edition: Edition, staff: User) -> None:
    found = make_plan(edition, staff)
    kept = copy(found)
    drop_plan(round=found, by=staff)
    for again in (open_round, drop_plan):
        with pytest.raises(RefusedError, match="somebody dropped its plan"):
            again(round=kept, by=staff)


@pytest.mark.parametrize(
    ("opens", "due", "closes", "field"),
    [
        (-1, 5, 9, "opens_on"),
        (5, 4, 9, "due_on"),
        (5, 9, 8, "closes_on"),
        (30, 40, 50, "opens_on"),
        (60, 61, 62, "opens_on"),
        (0, 200, 300, "opens_on"),
    ],
)
def test_a_plan_that_cannot_be_is_refused_at_its_field(
    opens: int, due: int, closes: int, field: str, round: Round, staff: User
) -> None:
    with pytest.raises(RoundRefusedError) as refused:
        plan_round(
            edition=round.edition,
            name="Next",
            opens_on=days(opens),
            due_on=days(due),
            closes_on=days(closes),
            by=staff,
        )
    assert refused.value.field == field
    assert Round.objects.count() == 1


def test_a_round_may_follow_on_the_day_after_and_stand_beside_another_edition(
    round: Round, staff: User
) -> None:
    make_plan(round.edition, staff, opens=61)
    make_plan(later_edition(), staff, name="Beside", opens=0)
    assert Round.objects.planned().count() == 2


def test_a_plan_may_be_moved_within_its_own_days(edition: Edition, staff: User) -> None:
    found = make_plan(edition, staff)
    changed = change_plan(
        round=found,
        edition=edition,
        name="Next",
        opens_on=days(101),
        due_on=days(120),
        closes_on=days(140),
        by=staff,
    )
    assert (changed.slug, changed.opens_on) == ("next", days(101))


def test_an_edition_that_nobody_published_or_that_is_gone_is_refused(
    edition: Edition, staff: User
) -> None:
    found = make_plan(edition, staff)
    draft = load_edition(data=EDITION_DATA | {"slug": "draft", "title": "A draft"})
    given = {"name": "N", "opens_on": days(300), "due_on": days(301), "closes_on": days(302)}
    with pytest.raises(RoundRefusedError, match="Publish"):
        change_plan(round=found, edition=draft, **given, by=staff)  # type: ignore[arg-type]  # dates
    gone = Edition(pk=10**9, title="Gone")
    with pytest.raises(RoundRefusedError, match="Select an edition that exists"):
        plan_round(edition=gone, **given, by=staff)  # type: ignore[arg-type]  # dates


@pytest.mark.parametrize("name", ["Next", "next", "plan"])
def test_addresses_do_not_collide(name: str, edition: Edition, staff: User) -> None:
    make_plan(edition, staff)
    if name == "plan":
        found = make_plan(edition, staff, name="Plan", opens=200)
        assert found.slug == f"{edition.slug}-plan"
    else:
        with pytest.raises(RoundRefusedError, match="already a round called"):
            make_plan(edition, staff, name=name, opens=200)


def test_a_name_is_used_once_across_editions_and_what_there_is_may_stay(
    edition: Edition, staff: User
) -> None:
    found = make_plan(edition, staff, name="Spring")
    other = later_edition()
    with pytest.raises(RoundRefusedError, match="already a round called Spring, of “") as refused:
        make_plan(other, staff, name="SPRING", opens=300)
    assert refused.value.field == "name"
    Round.objects.create(
        edition=other, name="spring", slug="old", opens_on=days(300), due_on=days(301),
        closes_on=days(302),
    )  # fmt: skip
    moved = change_plan(
        round=found, edition=edition, name="Spring", opens_on=days(9), due_on=days(10),
        closes_on=days(11), by=staff,
    )  # fmt: skip
    assert moved.opens_on == days(9)


def test_the_warning_names_the_edition_where_there_are_several(
    round: Round, staff: User, client_of: ClientOf
) -> None:
    assert f"after {round}, which" in read_rounds().warning
    make_round(later_edition(), staff)
    last = Round.objects.latest("pk")
    words = f"after {last} of “{last.edition}”, which"
    assert words in read_rounds().warning
    assert words in text_of(client_of(staff).get("/rounds/"))


@pytest.mark.parametrize(
    "path",
    [
        "",
        "open/",
        "drop/",
        "plan/",
        "dates/",
        "close/",
        "release/",
        "releases/1/",
        "releases/99999999999/",
    ],
)
def test_a_round_that_nobody_knows_is_not_found(
    path: str, db: None, staff: User, client_of: ClientOf
) -> None:
    assert client_of(staff).get(f"/rounds/unknown/{path}").status_code == 404


# --- The warning that none follows ----------------------------------------------------------------


def test_a_warning_comes_half_a_year_before_the_last_round_closes() -> None:
    last = Round(name="2026", opened_at=days(0), closes_on=days(184))
    assert warning_of(last, is_planned=False, today=days(0)) == ""
    assert warning_of(last, is_planned=False, today=days(1)).startswith("No round is planned after")
    assert warning_of(last, is_planned=True, today=days(1)) == ""
    assert warning_of(last, is_planned=False, today=days(185)).startswith("No round is open or")
    assert warning_of(None, is_planned=False, today=days(0)) == ""


def test_the_warning_goes_when_a_round_is_planned_and_comes_back_when_its_days_pass(
    round: Round, staff: User, client_of: ClientOf
) -> None:
    client = client_of(staff)
    assert f"No round is planned after {round}" in text_of(client.get("/rounds/"))
    planned = make_plan(round.edition, staff)
    assert read_rounds().warning == ""
    assert "No round is planned" not in text_of(client.get("/rounds/"))
    let_pass(planned, 300)
    assert read_rounds().warning.startswith("No round is planned after")
    assert "Its days have passed, so it cannot open." in text_of(client.get("/rounds/"))


def test_without_any_round_the_list_says_what_to_do(
    db: None, staff: User, client_of: ClientOf
) -> None:
    page = text_of(client_of(staff).get("/rounds/"))
    assert "No round yet" in page
    assert "There is a warning" not in page


def test_the_list_shows_open_planned_and_closed_rounds(
    edition: Edition, partner: Partner, staff: User, client_of: ClientOf
) -> None:
    past = let_pass(make_round(edition, staff), 100)
    closed(past, staff)
    make_round(edition, staff)
    make_plan(edition, staff)
    page = text_of(client_of(staff).get("/rounds/"))
    assert [page.count(f">{title}</h2>") for title in ("Open", "Planned", "Closed")] == [1, 1, 1]
    assert f'href="/rounds/{past.slug}/release/"' in page
