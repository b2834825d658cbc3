"""Who has a review in hand: taken on, given back, taken over, and what that means for deciding."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessments.actions.reviewing import accept, reopen, request_changes
from assessments.actions.submitting import send, sign_off
from assessments.actions.taking import give_back, take, take_over
from assessments.models import Assessment, Review, ReviewDraft
from assessments.verbs import PRIVATE, Verb
from assessments.workflow import State
from declaration.actions import RefusedError
from signatories.models import Event, Membership, Notice, User
from tests.assessment_factories import bring_to
from tests.assessments.posting import text_of
from tests.factories import make_user

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]


@pytest.fixture
def submitted(assessment: Assessment, leader: User, staff: User) -> Assessment:
    """Signed off, waiting for review."""
    return bring_to(assessment, State.SUBMITTED, leader=leader, staff=staff)


@pytest.fixture
def colleague(db: None) -> User:
    """Works for ecda too."""
    return make_user("Cora Colleague", office="staff")


def path(name: str, assessment: Assessment) -> str:
    return reverse(f"assessments:{name}", args=[assessment.pk])


def stored(assessment: Assessment) -> Assessment:
    return Assessment.objects.get(pk=assessment.pk)


def events(verb: Verb) -> int:
    return Event.objects.filter(verb=verb.value).count()


# --- The actions ---------------------------------------------------------------------------------


def test_taking_a_review_on_says_who_has_it_since_when(submitted: Assessment, staff: User) -> None:
    before = timezone.now()
    take(assessment=submitted, by=staff)
    now = stored(submitted)
    assert now.reviewer == staff
    assert now.taken_at is not None
    assert now.taken_at >= before
    assert events(Verb.REVIEW_TAKEN) == 1


def test_taking_it_on_twice_is_once(submitted: Assessment, staff: User) -> None:
    take(assessment=submitted, by=staff)
    since = stored(submitted).taken_at
    take(assessment=submitted, by=staff)
    assert stored(submitted).taken_at == since
    assert events(Verb.REVIEW_TAKEN) == 1


def test_what_a_colleague_has_is_not_taken_on_by_accident(
    submitted: Assessment, staff: User, colleague: User
) -> None:
    take(assessment=submitted, by=staff)
    with pytest.raises(RefusedError, match=r"Sam Staff has had this review since .* Take .* over"):
        take(assessment=submitted, by=colleague)
    assert stored(submitted).reviewer == staff


def test_taking_over_tells_at_once_the_one_who_had_it_and_nobody_else(
    submitted: Assessment, staff: User, colleague: User
) -> None:
    take(assessment=submitted, by=staff)
    take_over(assessment=submitted, seen=staff.pk, by=colleague)
    assert stored(submitted).reviewer == colleague
    notice = Notice.objects.get(event__verb=Verb.REVIEW_TAKEN_OVER.value)
    assert (notice.person, notice.at_once) == (staff, True)
    assert notice.words == (
        "Cora Colleague took over the review of Braintree District Council, which you had."
    )
    assert notice.path == path("review-detail", submitted)


def test_taking_over_needs_to_have_seen_who_has_it(
    submitted: Assessment, staff: User, colleague: User, administrator: User
) -> None:
    take(assessment=submitted, by=staff)
    take_over(assessment=submitted, seen=staff.pk, by=administrator)
    with pytest.raises(RefusedError, match="Ada Administrator has had this review"):
        take_over(assessment=submitted, seen=staff.pk, by=colleague)
    assert stored(submitted).reviewer == administrator


def test_a_review_given_back_is_nobodys(
    submitted: Assessment, staff: User, colleague: User
) -> None:
    take(assessment=submitted, by=staff)
    with pytest.raises(RefusedError, match="you do not have it"):
        give_back(assessment=submitted, by=colleague)
    give_back(assessment=submitted, by=staff)
    now = stored(submitted)
    assert (now.reviewer, now.taken_at) == (None, None)
    take(assessment=submitted, by=colleague)
    assert stored(submitted).reviewer == colleague


@pytest.mark.parametrize("how", ["disabled", "left ecda", "joined the partner"])
def test_who_can_no_longer_review_holds_nothing_up(
    how: str, submitted: Assessment, staff: User, colleague: User
) -> None:
    take(assessment=submitted, by=staff)
    if how == "disabled":
        User.objects.filter(pk=staff.pk).update(is_active=False)
    elif how == "left ecda":
        User.objects.filter(pk=staff.pk).update(office="")
    else:
        partner = submitted.partner
        Membership.objects.create(person=staff, partner=partner, role="contributor")
    take(assessment=submitted, by=colleague)
    assert stored(submitted).reviewer == colleague


@pytest.mark.parametrize("work", [take, take_over])
@pytest.mark.parametrize("state", [State.DRAFT, State.AWAITING, State.CHANGES, State.ACCEPTED])
def test_there_is_nothing_to_take_on_before_and_after_a_review(
    work: Any, state: State, assessment: Assessment, leader: User, staff: User, colleague: User
) -> None:
    bring_to(assessment, state, leader=leader, staff=staff)
    seen = {"seen": staff.pk} if work is take_over else {}
    with pytest.raises(RefusedError, match="There is nothing to review now"):
        work(assessment=assessment, by=colleague, **seen)


@pytest.mark.parametrize("persona", ["lead", "leader", "staff_member", "stranger", "disabled"])
def test_only_reviewers_take_a_review_on(
    persona: str, submitted: Assessment, request: pytest.FixtureRequest
) -> None:
    person = request.getfixturevalue(persona)
    with pytest.raises(RefusedError, match="who do not belong to the partner can review"):
        take(assessment=submitted, by=person)
    assert stored(submitted).reviewer is None


# --- Deciding ------------------------------------------------------------------------------------


def test_who_asks_for_changes_has_the_review_until_it_comes_back(
    submitted: Assessment, leader: User, staff: User
) -> None:
    first = submitted.answers.in_order()[0].indicator_id
    request_changes(assessment=submitted, note="Why", comments={first: "x"}, by=staff)
    since = stored(submitted).taken_at
    assert stored(submitted).reviewer == staff
    send(assessment=submitted, by=leader)
    sign_off(assessment=submitted, by=leader)
    now = stored(submitted)
    assert (now.reviewer, now.taken_at) == (staff, since)


def test_an_accepted_assessment_is_with_nobody_and_who_reopens_it_has_it(
    submitted: Assessment, staff: User, colleague: User
) -> None:
    accept(assessment=submitted, note="", by=staff)
    assert stored(submitted).reviewer is None
    first = submitted.answers.in_order()[0].indicator_id
    reopen(assessment=submitted, note="Why", comments={first: "x"}, by=colleague)
    assert stored(submitted).reviewer == colleague


def test_who_decides_must_have_the_review(
    submitted: Assessment, staff: User, colleague: User
) -> None:
    take(assessment=submitted, by=staff)
    first = submitted.answers.in_order()[0].indicator_id
    with pytest.raises(RefusedError, match="Sam Staff has had this review"):
        accept(assessment=submitted, note="", by=colleague)
    with pytest.raises(RefusedError, match="Sam Staff has had this review"):
        request_changes(assessment=submitted, note="Why", comments={first: "x"}, by=colleague)
    assert not Review.objects.exists()
    take_over(assessment=submitted, seen=staff.pk, by=colleague)
    accept(assessment=submitted, note="", by=colleague)
    assert Review.objects.get().by == colleague


def test_the_second_decision_is_told_who_decided_what_and_when(
    submitted: Assessment, staff: User, colleague: User
) -> None:
    accept(assessment=submitted, note="", by=colleague)
    at = f"{timezone.localdate():%-d %B %Y}"
    with pytest.raises(RefusedError, match=f"Cora Colleague accepted it on {at} at "):
        accept(assessment=submitted, note="", by=staff)


# --- The pages -----------------------------------------------------------------------------------


def test_a_review_is_taken_on_and_given_back_on_its_page(
    submitted: Assessment, staff: User, client_of: ClientOf
) -> None:
    client = client_of(staff)
    assert "Nobody yet." in text_of(client.get(path("review-detail", submitted)))
    page = text_of(client.post(path("review-take", submitted), follow=True))
    assert "You have this review now" in page
    assert "You have had it since" in page
    page = text_of(client.post(path("review-give-back", submitted), follow=True))
    assert "Nobody yet." in page


def test_a_page_opened_while_a_colleague_has_it_says_so_and_shows_no_decision(
    submitted: Assessment, staff: User, colleague: User, client_of: ClientOf
) -> None:
    take(assessment=submitted, by=staff)
    client = client_of(colleague)
    page = text_of(client.get(path("review-detail", submitted)))
    assert "Sam Staff has had this review since" in page
    assert "Take over" in page
    assert page.count("We do.") == 13
    for name in ("review-accept", "review-request-changes", "review-take"):
        assert f'formaction="{path(name, submitted)}"' not in page
    assert 'name="comment-' not in page
    page = text_of(
        client.post(path("review-take-over", submitted), {"holder": staff.pk}, follow=True)
    )
    assert f'formaction="{path("review-accept", submitted)}"' in page
    assert stored(submitted).reviewer == colleague


@pytest.mark.parametrize("holder", ["", "0", "x", "9" * 30, "-1"])
def test_a_take_over_that_names_nobody_is_refused_in_words(
    holder: str, submitted: Assessment, staff: User, colleague: User, client_of: ClientOf
) -> None:
    take(assessment=submitted, by=staff)
    response = client_of(colleague).post(path("review-take-over", submitted), {"holder": holder})
    assert response.status_code == 409
    assert "Sam Staff has had this review" in text_of(response)
    assert stored(submitted).reviewer == staff


def test_a_decision_on_a_colleagues_review_is_refused_with_all_words_kept(
    submitted: Assessment, staff: User, colleague: User, client_of: ClientOf
) -> None:
    take(assessment=submitted, by=staff)
    comment = f"comment-{submitted.answers.in_order()[3].indicator_id}"
    typed = {"note": "Typed for long", comment: "On <1.4>", "private": "Among us"}
    client = client_of(colleague)
    response = client.post(path("review-request-changes", submitted), typed)
    page = text_of(response)
    assert response.status_code == 409
    assert "Sam Staff has had this review since" in page
    for words in typed.values():
        assert words in page
    assert (stored(submitted).state, Review.objects.count()) == (State.SUBMITTED, 0)
    assert not submitted.review_notes.exists()
    # It is in the form once the review is theirs.
    assert ReviewDraft.objects.get().typed["note"] == ["Typed for long"]
    page = text_of(client.get(path("review-detail", submitted)))
    assert "Typed for long" in page
    page = text_of(
        client.post(path("review-take-over", submitted), {"holder": staff.pk}, follow=True)
    )
    assert ">\nTyped for long</textarea>" in page or ">Typed for long</textarea>" in page


def test_what_was_typed_travels_with_the_button_that_takes_the_review_on(
    submitted: Assessment, staff: User, client_of: ClientOf
) -> None:
    response = client_of(staff).post(path("review-take", submitted), {"note": "Half a"})
    assert response.status_code == 302
    assert ReviewDraft.objects.get().typed == {"note": ["Half a"]}


def test_how_ecda_shares_its_work_is_private() -> None:
    shared = {Verb.REVIEW_TAKEN, Verb.REVIEW_TAKEN_OVER, Verb.REVIEW_GIVEN_BACK, Verb.NOTE_ADDED}
    assert shared <= PRIVATE
