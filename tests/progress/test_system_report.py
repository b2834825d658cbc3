"""The report about the whole system: what it says of a round, live or released, and of nobody."""

from dataclasses import replace
from itertools import pairwise

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assessments.actions.closing import close_round
from assessments.actions.releasing import release
from assessments.actions.reviewing import reopen
from assessments.models import Assessment, Round, SupportRequest
from commitments.models import Edition
from progress import reports
from progress.dashboards.figures import Counted, Years
from progress.models import Report
from progress.reports import System
from signatories.models import Partner, User
from tests.assessment_factories import make_round
from tests.assessments.years import empty_next_year, move_to_the_past
from tests.factories import make_member, make_partner
from tests.progress.documents import headings_of, make, say, text_of, words_of

pytestmark = pytest.mark.django_db

OF_TODAY = ("Have signed", "Willing to share how", "offered to share", "for support", "waits for")


@pytest.fixture
def others() -> tuple[Partner, ...]:
    """Two more partners."""
    return make_partner("Harlow & Sons"), make_partner("Maldon")


@pytest.fixture
def two_years(
    edition: Edition, partner: Partner, others: tuple[Partner, ...], leader: User, staff: User
) -> tuple[Round, Round]:
    """Last year and this year, accepted of two partners; the third never answered."""
    harlow = make_member(others[0], "leader")
    last = empty_next_year(edition, staff, partner).round
    say(last.assessments.get(partner=partner), leader, staff, {})
    say(last.assessments.get(partner=others[0]), harlow, staff, {})
    move_to_the_past(last)
    this = empty_next_year(edition, staff, partner).round
    mine = this.assessments.get(partner=partner)
    # Whoever answers says so; it counts where the rating is high.
    mine.answers.update(willing_to_share=True)
    say(mine, leader, staff, {"1.1": 4, "1.2": 1, "1.3": None})
    say(this.assessments.get(partner=others[0]), harlow, staff, {"1.1": 3})
    return last, this


def report_of(round: Round, by: User) -> Report:
    return Report.objects.create(
        key=f"system-{round.pk}", kind=Report.Kind.SYSTEM, round=round, requested_by=by
    )


def read(report: Report) -> System:
    found = reports.read(report)
    assert isinstance(found, System)
    return found


def test_it_says_what_was_accepted_so_far(
    two_years: tuple[Round, Round], partner: Partner, leader: User, staff: User
) -> None:
    last, this = two_years
    first = this.assessments.get(partner=partner).answers.in_order()[0].indicator
    SupportRequest.objects.create(
        partner=partner, indicator=first, words="An hour of advice", asked_by=leader
    )
    report = report_of(this, staff)
    text = text_of(make(report))
    said = (
        "System report",
        "All partners",
        "Not released: accepted so far",
        "Of the 2 partners accepted so far, most are Established or Leading on 1 of",
        f"; the same partners in {last}: none.",
        "Signed off by their leader at least once 2",
        "The figures are those of 2 of the 3 partners in this round.",
        "25 of 26 rated over all indicators, 1 not applicable.",
        f"Since {last}, 2 ratings moved up, 1 moved down and 22 stayed the same;",
        "1 request for support is waiting.",
        "Accepted by ecda, and in these figures 2",
        "1.1 Leaders sponsor data projects",
        "2 partners are Established or Leading. Willing to share how: Braintree District Council.",
        "No partner is Established or Leading yet.",
        "Something else, in their own words: Braintree District Council",
        "Harlow & Sons 3 2 2 2",
        "Braintree District Council 4 1 n/a 2",
        "Still being answered: 1 partner Maldon",
        f"what ecda accepted in {last}",
        "Page 2 of ",
    )
    assert [words for words in said if words not in text] == []
    assert_the_page_says_the_same(report, said)


def assert_the_page_says_the_same(report: Report, said: tuple[str, ...]) -> None:
    """All but what only paper has, or says in a table; with headings in order."""
    html = reports.page(reports.read(report))
    words = words_of(html)
    on_paper = {
        "System report",
        "All partners",
        "Still being answered: 1 partner Maldon",
        "Something else, in their own words: Braintree District Council",
        "Braintree District Council 4 1 n/a 2",
        "Harlow & Sons 3 2 2 2",
        "Page 2 of ",
    }
    assert {each for each in said if each not in words} <= on_paper
    assert "1 still being answered: Maldon" in words
    assert "Partners wait for support, Something else, in their own words: Braintree" in words
    levels = headings_of(html)
    assert (levels[0], 1 in levels) == (2, False)
    assert all(below - above <= 1 for above, below in pairwise(levels))


def test_a_release_is_what_it_says(two_years: tuple[Round, Round], staff: User) -> None:
    _, this = two_years
    close_round(round=this, by=staff)
    made = release(round=this, by=staff, confirmed_left_out=True)
    report = report_of(this, staff)
    before = read(report)
    assert (before.release, before.snapshot) == (made, None)
    [*_, accepted] = this.assessments.filter(state="accepted")
    comments = {accepted.answers.in_order()[0].indicator_id: "Not so."}
    reopen(assessment=accepted, note="A mistake", comments=comments, by=staff)
    found = read(report)
    assert found.figures == before.figures
    assert found.counted == 2
    html = reports.write(found)
    assert f"Release 1, SHA-256 {made.sha256}" in html
    assert "These figures are not released" not in html
    assert made.sha256 in reports.page(found)
    # The round before was never released: what was accepted in it is compared.
    assert found.years.before is not None
    assert found.years.before.release is None
    assert found.compares
    # What is of today is not shown as if it had been so then.
    for words in (words_of(html), words_of(reports.page(found))):
        assert [each for each in OF_TODAY if each in words] == []
        assert "The report of a round that is over leaves them out" in words
        assert "2 partners are Established or Leading." in words


def test_who_does_not_want_to_share_any_more_is_not_named(
    edition: Edition, partner: Partner, leader: User, staff: User
) -> None:
    this = make_round(edition, staff)
    say(this.assessments.get(partner=partner), leader, staff, {"1.1": 4})
    [first, *_] = read(report_of(this, staff)).indicators
    assert first.strong == ("1 partner is Established or Leading; none has offered to share how.")


def test_a_round_with_nobody_says_so(edition: Edition, staff: User) -> None:
    found = read(report_of(make_round(edition, staff), staff))
    for words in (words_of(reports.write(found)), words_of(reports.page(found))):
        assert "No partner had an assessment in this round." in words
        assert "This is the first round" in words
        assert "No partner’s ratings count in this round yet." in words


def test_a_table_of_many_partners_is_left_to_the_heatmap(edition: Edition, staff: User) -> None:
    found = read(report_of(make_round(edition, staff), staff))

    def of(number: int) -> System:
        many = tuple(Counted(pk, f"Partner {pk}", f"p{pk}", "district") for pk in range(number))
        return replace(found, years=Years(replace(found.now, partners=many), None))

    assert len(of(40).lines) == 40
    large = of(41)
    assert large.lines == ()
    words = words_of(reports.write(large))
    assert "A table of 41 partners and 13 indicators is too large for paper." in words
    assert f"?round={found.round.slug}" in reports.page(large)


def test_reading_needs_the_same_queries_for_more_partners(
    two_years: tuple[Round, Round], others: tuple[Partner, ...], staff: User
) -> None:
    report = report_of(two_years[1], staff)

    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            reports.write(reports.read(report))
        return len(found)

    before = queries()
    third = Assessment.objects.get(partner=others[1], round=two_years[1])
    say(third, make_member(others[1], "leader"), staff, {})
    assert queries() == before <= 14
