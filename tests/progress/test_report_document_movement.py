"""The partner's report compares with the round before: in words, as a picture, or says why not."""

import re

import pytest

from assessments.models import Assessment
from commitments.models import Edition
from progress import reports
from progress.actions import request_report
from progress.models import Report
from progress.reports import Progress
from signatories.models import Partner, User
from tests.assessments.years import empty_next_year, move_to_the_past
from tests.progress.documents import make, say, text_of, words_of

pytestmark = pytest.mark.django_db


def report_of(assessment: Assessment, by: User) -> Report:
    return request_report(partner=assessment.partner, round=assessment.round, key="one", by=by)


def read(report: Report) -> Progress:
    found = reports.read(report)
    assert isinstance(found, Progress)
    return found


def test_what_moved_is_said_and_drawn(
    edition: Edition, partner: Partner, leader: User, staff: User
) -> None:
    last = empty_next_year(edition, staff, partner)
    say(last, leader, staff, {"5.2": None})
    move_to_the_past(last.round)
    this = empty_next_year(edition, staff, partner)
    say(this, leader, staff, {"1.1": 4, "1.2": 1, "1.3": None})
    report = report_of(this, leader)
    text = text_of(make(report))
    said = (
        f"Movement since {last.round}",
        f"Since {last.round}, 1 indicator moved up, 1 moved down and 9 stayed the same;",
        "; 2 cannot be compared.",
        "Moved up: 1.1 to 4 Leading.",
        "Moved down: 1.2 to 1 Exploring.",
        f"Up from 2 Developing in {last.round}",
        f"Down from 2 Developing in {last.round}",
        f"Was 2 Developing in {last.round}",
        f"Was not applicable in {last.round}",
        f"The same as in {last.round}",
        "round before",
    )
    assert [words for words in said if words not in text] == []
    # The picture says nothing of other partners.
    assert "median of all partners" not in text
    found = read(report)
    html = reports.page(found)
    assert words_of(html).count("▲") == 2
    assert words_of(html).count("▼") == 2
    assert f'href="#movement">Movement since {last.round}' in re.sub(r"\s+", " ", html)


def test_the_first_round_has_nothing_to_compare_with(
    edition: Edition, partner: Partner, leader: User, staff: User
) -> None:
    this = empty_next_year(edition, staff, partner)
    say(this, leader, staff, {})
    found = read(report_of(this, leader))
    assert found.movement == "This is the first round, so there is nothing to compare with yet."
    assert 'id="movement"' not in reports.write(found)
    assert 'id="movement"' not in reports.page(found)


def test_what_was_not_accepted_before_is_not_compared(
    edition: Edition, partner: Partner, leader: User, staff: User
) -> None:
    last = empty_next_year(edition, staff, partner)
    move_to_the_past(last.round)
    this = empty_next_year(edition, staff, partner)
    say(this, leader, staff, {})
    found = read(report_of(this, leader))
    assert found.movement == (
        f"No assessment of {last.round} was accepted, so there is nothing to compare with."
    )
    assert not found.shows_movement


def test_a_partner_without_answers_has_nothing_to_compare(
    edition: Edition, partner: Partner, leader: User, staff: User
) -> None:
    last = empty_next_year(edition, staff, partner)
    say(last, leader, staff, {})
    move_to_the_past(last.round)
    this = empty_next_year(edition, staff, partner)
    found = read(report_of(this, leader))
    assert found.movement.startswith(
        f"Nothing is rated yet that could be compared with {last.round}."
    )
    # What was accepted then stands in a column of its own.
    for html in (reports.write(found), reports.page(found)):
        assert f"Accepted in {last.round}" in html
        # Once more in the words about the scale.
        assert html.count("2 Developing") == 13 + 1
    assert "No indicator is rated yet." in reports.write(found)
    assert {part.moved for part in found.indicators} == {""}
