"""A partner's own page: its ratings over the rounds, what is late, and how others stand."""

import csv
import io
from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from assessments.models import Assessment, Improvement, Round, SupportRequest
from progress.dashboards.partner_progress import Page, read_page
from progress.dashboards.released import public_figures
from signatories.models import Partner, User
from tests.assessment_factories import save
from tests.assessments.posting import text_of
from tests.factories import make_member
from tests.progress.released import (
    ALONE,
    DISTRICT,
    UNFINISHED,
    member_of,
    partner_number,
    released,
)

__all__ = ["released"]

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]


def path_of(partner: Partner) -> str:
    return f"/partners/{partner.slug}/progress/"


def content(response: object) -> bytes:
    return b"".join(response.streaming_content)  # type: ignore[attr-defined]  # a file


def read(number: int, round: Round) -> Page:
    partner = partner_number(number)
    return read_page(partner, round, member_of(partner))


def test_ratings_movement_and_others_are_side_by_side(released: Round) -> None:
    now = Round.objects.exclude(pk=released.pk).get()
    page = read(DISTRICT, now)
    assert [str(each.round) for each in page.standings] == [str(released), str(now)]
    assert page.earlier is not None
    assert len(page.lines) == 13
    moved = {"▲": 0, "▼": 0, "": 0}
    for line in page.lines:
        was, rating = line.cells[0].said[0], line.cells[1].said[0]
        moved[line.change] += 1
        if was is not None and rating is not None:
            assert line.change == ("▲" if rating > was else "▼" if rating < was else "")
        assert line.cell == line.cells[1]
    assert moved["▲"] + moved["▼"] > 2
    assert page.drawn == (
        f"The ring is the rating in round {released}, the dot in {now}. "
        "The line is the median of all partners in the released figures."
    )
    # Others as they were released, whatever they say now.
    assert page.is_compared
    assert not read(UNFINISHED, now).is_compared
    [public] = public_figures()
    assert [line.everyone for line in page.lines] == list(public.figures.results)


def test_the_page_shows_it_to_members_and_to_ecda(
    released: Round, staff: User, client_of: ClientOf
) -> None:
    partner = partner_number(DISTRICT)
    improvement = Improvement.objects.filter(partner=partner).order_by("pk")[0]
    assert improvement.is_overdue()
    for person in (member_of(partner, "lead"), staff):
        page = text_of(client_of(person).get(path_of(partner)))
        assert "Where it stands" in page
        assert "District councils, median" in page
        assert "The assessment is accepted" in page
        assert ("/figures/" in page) == (person == staff)
        assert improvement.what in page


def test_a_partner_alone_in_its_kind_reads_why_nothing_is_shown(
    released: Round, client_of: ClientOf
) -> None:
    partner = partner_number(ALONE)
    page = text_of(client_of(member_of(partner)).get(path_of(partner)))
    assert page.count("fewer than five other partners") == 1
    assert "not shown" in page


def test_what_is_not_accepted_is_marked_and_shown_from_its_own_answers(
    released: Round, client_of: ClientOf
) -> None:
    now = Round.objects.exclude(pk=released.pk).get()
    partner = partner_number(UNFINISHED)
    page = text_of(client_of(member_of(partner)).get(path_of(partner)))
    assert "is still being answered. The ratings are its own answers as they are now." in page
    own = Assessment.objects.get(partner=partner, round=now).answers.in_order()
    said = [answer.rating for answer in own]
    assert [line.cell.said[0] for line in read(UNFINISHED, now).lines] == said


def test_before_any_round_and_before_any_answer_the_page_says_so(
    partner: Partner, lead: User, client_of: ClientOf
) -> None:
    page = text_of(client_of(lead).get(path_of(partner)))
    assert "No round yet" in page


def test_the_chart_speaks_of_a_round_before_and_a_median_only_where_it_draws_them(
    assessment: Assessment, partner: Partner, lead: User
) -> None:
    page = read_page(partner, assessment.round, lead)
    assert page.drawn == f"The dot is the rating in round {assessment.round}."


def test_one_round_without_a_release_has_nothing_to_compare(
    assessment: Assessment, partner: Partner, lead: User, client_of: ClientOf
) -> None:
    page = text_of(client_of(lead).get(path_of(partner)))
    assert "No indicator is answered yet." in page
    assert "There is no earlier round to compare with." in page
    assert "once ecda has released the figures of a round" in page
    save(assessment.answers.in_order()[0], lead, 3)
    page = text_of(client_of(lead).get(path_of(partner)))
    assert "3 Established" in page
    assert "1 of 3 rated" in page


def test_a_partner_that_takes_no_part_reads_so(
    round: Round, other_partner: Partner, stranger: User, client_of: ClientOf
) -> None:
    Assessment.objects.filter(partner=other_partner).delete()
    page = text_of(client_of(stranger).get(path_of(other_partner)))
    assert f"takes no part in round {round}" in page
    assert (
        client_of(stranger).get(f"/partners/{other_partner.slug}/progress.csv").status_code == 200
    )


def test_a_round_that_is_not_known_is_named_and_the_newest_shown(
    released: Round, staff: User, client_of: ClientOf
) -> None:
    partner = partner_number(DISTRICT)
    client = client_of(staff)
    for asked in ("castle", "0", "opens_on__gt", "%27"):
        page = text_of(client.get(f"{path_of(partner)}?round={asked}"))
        assert "There is no such round. The newest one is shown." in page
        file = client.get(f"/partners/{partner.slug}/progress.csv?round={asked}")
        assert file.status_code == 302
    page = text_of(client.get(f"{path_of(partner)}?round={released.slug}"))
    assert "There is no earlier round to compare with." in page


def test_support_that_waits_is_a_link(
    assessment: Assessment, partner: Partner, lead: User, client_of: ClientOf
) -> None:
    asked = SupportRequest.objects.create(
        partner=partner,
        indicator=assessment.answers.in_order()[0].indicator,
        words="Who can help with projects?",
        asked_by=lead,
    )
    page = client_of(lead).get(path_of(partner)).content.decode()
    assert f"/support/{asked.pk}/" in page
    assert "Who can help with projects?" in page


def test_the_files_say_what_the_page_says(
    released: Round, staff: User, client_of: ClientOf
) -> None:
    partner, client = partner_number(DISTRICT), client_of(staff)
    now = Round.objects.exclude(pk=released.pk).get()
    response = client.get(f"/partners/{partner.slug}/progress.csv?round={now.slug}")
    name = f"essex-data-declaration-{partner.slug}-{now.slug}-ratings"
    assert response["Content-Disposition"] == f'attachment; filename="{name}.csv"'
    rows = list(csv.DictReader(io.StringIO(content(response).decode("utf-8-sig"))))
    assert len(rows) == 26
    for row, line in zip(rows, read(DISTRICT, now).lines, strict=False):
        assert row["rating"] in {str(line.cell.said[0]), "not applicable"}
        assert row["movement"] == line.how
        for group, shown in (("all", line.everyone), ("kind", line.kind)):
            assert shown is not None
            found = shown.roll_up
            assert row[f"{group}_rated"] == (str(found.rated) if found else "")
            assert row[f"{group}_median"] == (str(found.median) if found else "")
            assert row[f"{group}_not_shown_because"] == shown.why
    assert {row["all_rated"] for row in rows[13:]} == {""}
    response = client.get(f"/partners/{partner.slug}/progress.xlsx?round={now.slug}")
    book = load_workbook(io.BytesIO(content(response)))
    [header] = book.worksheets[0].iter_rows(max_row=1, values_only=True)
    assert list(header) == list(rows[0])
    notes = {str(name): text for name, text in book.worksheets[1].iter_rows(values_only=True)}
    assert notes["Round chosen"] == str(now)
    assert str(notes["All partners in"]).startswith(f"round {released}, release 1, frozen on ")
    assert notes["Left out of all partners: still being answered"] == "2"


def test_the_queries_are_the_same_for_every_partner_and_fewer_the_second_time(
    released: Round, client_of: ClientOf
) -> None:
    counts = []
    for number in (DISTRICT, ALONE, UNFINISHED):
        partner = partner_number(number)
        client = client_of(member_of(partner))
        client.get("/cookies/")
        cache.clear()
        for _ in range(2):
            with CaptureQueriesContext(connection) as queries:
                client.get(path_of(partner))
            counts.append(len(queries))
    assert counts[1::2] == [counts[1]] * 3
    assert counts[1] <= 12
    assert counts[0::2] == [counts[0]] * 3


def test_who_belongs_to_others_too_sees_those_kinds_weighed(
    released: Round, client_of: ClientOf
) -> None:
    """A member of four districts knows all four: five others are not left."""
    partner = partner_number(DISTRICT)
    person = make_member(partner, "lead")
    shown = text_of(client_of(person).get(path_of(partner))).count("not shown")
    for number in (3, 4, 5):
        partner_number(number).memberships.create(person=person, role="lead")
    assert text_of(client_of(person).get(path_of(partner))).count("not shown") > shown
