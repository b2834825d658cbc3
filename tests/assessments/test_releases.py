"""A closed round's release: who counts, who is left out and why, and that it stays as it is."""

from collections.abc import Callable

import pgtrigger
import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from assessments.actions.closing import close_round
from assessments.actions.releasing import UnconfirmedError, is_intact, release
from assessments.actions.reviewing import accept, reopen
from assessments.models import Assessment, Release, ReleasedRating, Round, Snapshot
from assessments.verbs import Verb
from assessments.workflow import State
from commitments.models import Edition, Indicator
from declaration.actions import RefusedError
from signatories.models import Event, Notice, Partner, User
from tests.assessment_factories import bring_to, make_round
from tests.assessments.planning import days, let_pass
from tests.assessments.posting import text_of
from tests.factories import make_member, make_partner

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]


@pytest.fixture
def closed(other_partner: Partner, assessment: Assessment, leader: User, staff: User) -> Round:
    """A closed round: the partner's assessment is accepted, another partner's never sent."""
    bring_to(assessment, State.ACCEPTED, leader=leader, staff=staff)
    return close_round(round=assessment.round, by=staff)


def test_it_keeps_what_was_accepted_and_why_the_others_do_not_count(
    closed: Round, partner: Partner, other_partner: Partner, staff: User
) -> None:
    made = release(round=closed, by=staff, confirmed_left_out=True)
    mine = made.entries.get(partner=partner)
    theirs = made.entries.get(partner=other_partner)
    assert mine.snapshot == Assessment.objects.get(partner=partner).snapshot
    assert (mine.partner_name, mine.kind, mine.left_out) == (partner.name, partner.kind, "")
    assert (theirs.snapshot, theirs.left_out) == (None, "still being answered")
    ratings = ReleasedRating.objects.filter(entry=mine)
    assert [found.rating for found in ratings] == [2] * 13
    assert not theirs.ratings.exists()
    assert (made.number, len(made.sha256)) == (1, 64)
    assert Event.objects.about(closed).filter(verb=Verb.RELEASED.value).count() == 1


def test_it_needs_a_tick_where_somebody_is_left_out(
    closed: Round, staff: User, client_of: ClientOf
) -> None:
    with pytest.raises(UnconfirmedError):
        release(round=closed, by=staff, confirmed_left_out=False)
    client = client_of(staff)
    path = f"/rounds/{closed.slug}/release/"
    page = text_of(client.get(path))
    assert "Maldon District Council: still being answered" in page
    page = text_of(client.post(f"{path}confirm"))
    assert "Confirm that the partners listed are left out of the figures" in page
    assert not Release.objects.exists()
    response = client.post(f"{path}confirm", {"confirmed_left_out": "on"}, follow=True)
    assert response.redirect_chain == [(f"/rounds/{closed.slug}/releases/1/", 302)]
    page = text_of(response)
    assert "Left out: 1" in page
    assert Release.objects.get().sha256 in page
    assert f"/rounds/{closed.slug}/releases/1/" in text_of(client.get(f"/rounds/{closed.slug}/"))


def test_with_everybody_in_it_no_tick_is_asked_for(
    assessment: Assessment, leader: User, staff: User, client_of: ClientOf
) -> None:
    bring_to(assessment, State.ACCEPTED, leader=leader, staff=staff)
    closed = close_round(round=assessment.round, by=staff)
    client = client_of(staff)
    assert "confirmed_left_out" not in text_of(client.get(f"/rounds/{closed.slug}/release/"))
    client.post(f"/rounds/{closed.slug}/release/confirm")
    assert Release.objects.count() == 1


def test_nothing_new_is_not_released_again(closed: Round, staff: User, client_of: ClientOf) -> None:
    release(round=closed, by=staff, confirmed_left_out=True)
    with pytest.raises(RefusedError, match="Nothing has changed since release 1"):
        release(round=closed, by=staff, confirmed_left_out=True)
    typed = {"confirmed_left_out": "on"}
    page = text_of(client_of(staff).post(f"/rounds/{closed.slug}/release/confirm", typed))
    assert "Nothing has changed since release 1" in page


def test_a_later_release_supersedes_and_the_first_one_stays(
    other_partner: Partner, assessment: Assessment, leader: User, staff: User, client_of: ClientOf
) -> None:
    other = Assessment.objects.get(partner=other_partner)
    theirs = make_member(other_partner, "leader")
    bring_to(assessment, State.ACCEPTED, leader=leader, staff=staff)
    bring_to(other, State.SUBMITTED, leader=theirs, staff=staff)
    closed = close_round(round=assessment.round, by=staff)
    first = release(round=closed, by=staff, confirmed_left_out=True)
    assert first.entries.get(partner=other_partner).left_out == "waiting for ecda’s review"
    accept(assessment=other, note="", by=staff)
    mine = Assessment.objects.get(pk=assessment.pk)
    indicator = mine.answers.in_order()[0].indicator_id
    reopen(assessment=mine, note="A mistake", comments={indicator: "Which?"}, by=staff)
    second = release(round=closed, by=staff, confirmed_left_out=True)
    assert second.number == 2
    assert second.entries.get(partner=other_partner).snapshot is not None
    left_out = second.entries.get(partner=mine.partner)
    assert left_out.left_out == "accepted before, and reopened by ecda"
    assert first.entries.get(partner=mine.partner).snapshot is not None
    client = client_of(staff)
    assert "A later release" in text_of(client.get(f"/rounds/{closed.slug}/releases/1/"))
    assert "A later release" not in text_of(client.get(f"/rounds/{closed.slug}/releases/2/"))


def test_what_is_added_to_or_changed_in_a_release_is_seen(
    closed: Round, partner: Partner, staff: User, client_of: ClientOf
) -> None:
    made = release(round=closed, by=staff, confirmed_left_out=True)
    path, client = f"/rounds/{closed.slug}/releases/1/", client_of(staff)
    assert "the release is as it was made" in text_of(client.get(path))
    assert Release.objects.get().sealed
    with pytest.raises(DatabaseError, match="ratings come with"), transaction.atomic():
        ReleasedRating.objects.create(
            entry=made.entries.get(partner=partner),
            indicator=Indicator.objects.earliest("pk"),
            rating=4,
        )
    with pytest.raises(DatabaseError, match="no more entries"), transaction.atomic():
        made.entries.create(partner=make_partner(), partner_name="New", kind="fire", left_out="-")
    with pgtrigger.ignore("assessments.ReleaseEntry:release_entry_before_sealing"):
        made.entries.create(partner=make_partner(), partner_name="New", kind="fire", left_out="-")
    assert not is_intact(made)
    assert "the release is not as it was made" in text_of(client.get(path))


def test_a_release_that_was_never_sealed_is_none(
    closed: Round, staff: User, client_of: ClientOf
) -> None:
    Release.objects.create(round=closed, number=1, sha256="0" * 64, released_by=staff)
    client = client_of(staff)
    assert client.get(f"/rounds/{closed.slug}/releases/1/").status_code == 404
    assert "/releases/1/" not in text_of(client.get(f"/rounds/{closed.slug}/"))
    for page in ("/rounds/", f"/overview/?round={closed.slug}"):
        assert f"/rounds/{closed.slug}/release/" in text_of(client.get(page)), page
    assert release(round=closed, by=staff, confirmed_left_out=True).number == 2


def test_an_open_round_is_not_released(
    assessment: Assessment, leader: User, staff: User, client_of: ClientOf
) -> None:
    bring_to(assessment, State.ACCEPTED, leader=leader, staff=staff)
    round = assessment.round
    with pytest.raises(RefusedError, match="Close the round"):
        release(round=round, by=staff, confirmed_left_out=True)
    client = client_of(staff)
    assert "Close the round before" in text_of(client.get(f"/rounds/{round.slug}/release/"))
    page = text_of(client.post(f"/rounds/{round.slug}/release/confirm"))
    assert "There is a problem" in page
    # Its last day has passed, and the clock has not closed it yet.
    with pytest.raises(RefusedError, match="Close the round"):
        release(round=let_pass(round, 90), by=staff, confirmed_left_out=True)


def test_without_an_accepted_assessment_there_are_no_figures(
    round: Round, staff: User, client_of: ClientOf
) -> None:
    closed = close_round(round=round, by=staff)
    with pytest.raises(RefusedError, match="there are no figures"):
        release(round=closed, by=staff, confirmed_left_out=True)
    page = text_of(client_of(staff).get(f"/rounds/{closed.slug}/release/"))
    assert "there are no figures to release" in page


def test_a_copy_that_was_tampered_with_is_not_released(closed: Round, staff: User) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE assessments_snapshot SET sha256 = repeat('0', 64)")
        cursor.execute("SET LOCAL session_replication_role = origin")
    assert Snapshot.objects.get().sha256 == "0" * 64
    with pytest.raises(RefusedError, match="do not have the hash"):
        release(round=closed, by=staff, confirmed_left_out=True)


def test_the_same_figures_have_the_same_hash_whenever_they_are_released(
    closed: Round, staff: User
) -> None:
    made = release(round=closed, by=staff, confirmed_left_out=True)
    sha256 = made.sha256
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("DELETE FROM assessments_releasedrating")
        cursor.execute("DELETE FROM assessments_releaseentry")
        cursor.execute("DELETE FROM assessments_release")
        cursor.execute("SET LOCAL session_replication_role = origin")
    assert release(round=closed, by=staff, confirmed_left_out=True).sha256 == sha256


def test_ecda_is_told(closed: Round, staff: User, administrator: User) -> None:
    release(round=closed, by=staff, confirmed_left_out=True)
    notices = Notice.objects.filter(event__verb=Verb.RELEASED.value)
    assert {found.person for found in notices} == {administrator}


@pytest.mark.parametrize("size", [3, 30])
def test_pages_of_a_round_need_the_same_queries_for_any_number_of_partners(
    size: int, edition: Edition, staff: User, client_of: ClientOf
) -> None:
    for _ in range(size):
        make_member(make_partner(), "lead")
    round = make_round(edition, staff)
    client = client_of(staff)

    def queries(path: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(path).status_code == 200
        return len(captured)

    detail = f"/rounds/{round.slug}/"
    client.get(detail)
    assert queries(detail) == 9
    assert text_of(client.get(detail)).count("Nobody yet") == 0
    assert queries(f"{detail}?state=not-started&page=1") == 9
    assert queries(f"{detail}close/") == 10
    assert queries("/rounds/") == 3
    close_round(round=round, by=staff)
    assert queries(f"{detail}release/") == 5
    assert days(0) == round.opens_on
