"""What was brought forward from an earlier round counts nowhere until somebody has saved it."""

from collections.abc import Callable

import pytest
from django.test import Client

from assessments.actions.answering import save_answer
from assessments.actions.carrying import carry_forward
from assessments.actions.evidence import Link
from assessments.models import Answer, Assessment, Evidence
from commitments.models import Edition
from progress import reports
from progress.actions import request_report
from progress.dashboards import heatmap, overview, partner_home
from progress.dashboards.figures import read_live
from signatories.access import Role
from signatories.models import Partner, User
from tests.assessment_factories import answer_all, save
from tests.assessments.years import empty_next_year, move_to_the_past

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]


@pytest.fixture
def carried(edition: Edition, partner: Partner, lead: User, staff: User) -> Assessment:
    """This year's assessment, with last year's thirteen answers to be reviewed."""
    before = empty_next_year(edition, staff, partner)
    answer_all(before, lead, rating=4)
    first, second = before.answers.in_order()[:2]
    save(first, lead, 4, links=(Link("Board paper", "https://a.example/board"),))
    set_aside(second, lead)
    move_to_the_past(before.round)
    now = empty_next_year(edition, staff, partner)
    assert carry_forward(assessment=now, by=lead) == 13
    return now


def set_aside(answer: Answer, by: User) -> None:
    save_answer(
        answer=answer,
        version=answer.version,
        rating=None,
        not_applicable=True,
        reason="We have none.",
        narrative="",
        completed=True,
        by=by,
    )


def confirm(assessment: Assessment, place: int, by: User) -> None:
    """Save one of them as it is."""
    answer = assessment.answers.in_order()[place]
    save(answer, by, answer.rating, answer.narrative)


def test_the_partners_page_counts_what_has_been_saved(carried: Assessment, lead: User) -> None:
    def standing() -> partner_home.Standing:
        home = partner_home.home(carried.partner, partner_home.Viewer(lead, Role.LEAD))
        return home.current[0].standing

    assert standing().progress == "0 of 13 answered"
    confirm(carried, 0, lead)
    assert standing().progress == "1 of 13 answered"


def test_a_partner_has_started_once_somebody_has_saved(carried: Assessment, lead: User) -> None:
    assert overview.overview(carried.round).started == 0
    confirm(carried, 0, lead)
    assert overview.overview(carried.round).started == 1


def test_the_heatmap_shows_no_answer_also_when_drafts_are_shown(
    carried: Assessment, lead: User
) -> None:
    def cells() -> list[str]:
        years = read_live(carried.round)
        [row] = heatmap.heatmap(years, heatmap.Filters(state="all")).rows
        return [cell.value for cell in row.cells]

    assert cells() == ["none"] * 13
    confirm(carried, 0, lead)
    set_aside(carried.answers.in_order()[1], lead)
    assert cells() == ["4", "na", *["none"] * 11]


def test_a_progress_report_leaves_it_out(carried: Assessment, lead: User) -> None:
    report = request_report(partner=carried.partner, round=carried.round, key="one", by=lead)
    progress = reports.read(report)
    assert isinstance(progress, reports.Progress)
    assert progress.figures.rated == 0
    assert progress.no_answer == 13
    text = reports.write(progress)
    for words in ("We do.", "We have none.", "Board paper"):
        assert words not in text
    confirm(carried, 0, lead)
    progress = reports.read(report)
    assert progress.figures.rated == 1
    text = reports.write(progress)
    assert "We do." in text
    assert "Board paper" in text


def test_a_progress_report_leaves_out_removed_evidence(carried: Assessment, lead: User) -> None:
    confirm(carried, 0, lead)
    report = request_report(partner=carried.partner, round=carried.round, key="one", by=lead)
    mine = Evidence.objects.filter(answer__assessment=carried)
    mine.update(removed_at="2026-01-01T00:00Z", removed_by=lead)
    assert "Board paper" not in reports.write(reports.read(report))


def test_the_partners_page_asks_to_start_and_not_to_send(
    carried: Assessment, lead: User, client_of: ClientOf
) -> None:
    page = client_of(lead).get(f"/partners/{carried.partner.slug}/").text
    assert "Start your answers" in page
    assert "Check your answers and send them" not in page
