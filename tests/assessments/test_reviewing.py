"""ecda's review: the queue, the decisions, the snapshot, and whom it never lets review."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db.models import F
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessments.actions.answering import Wanted
from assessments.actions.evidence import Link
from assessments.actions.reviewing import accept, reopen, request_changes
from assessments.actions.snapshots import canonical, is_intact
from assessments.actions.submitting import send, sign_off
from assessments.actions.taking import take
from assessments.forms.decisions import read_moment
from assessments.models import Assessment, Review, Round, Snapshot
from assessments.verbs import Verb
from assessments.workflow import State
from declaration.actions import RefusedError
from signatories.models import Event, Notice, Partner, User
from tests.assessment_factories import bring_to, make_round, save
from tests.assessments.posting import text_of
from tests.factories import make_member, make_partner

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]


def path(name: str, assessment: Assessment) -> str:
    return reverse(f"assessments:{name}", args=[assessment.pk])


def told(verb: Verb) -> set[str]:
    event = Event.objects.filter(verb=verb.value).latest("pk")
    notices = Notice.objects.filter(event=event).select_related("person")
    return {notice.person.name for notice in notices}


@pytest.fixture
def submitted(assessment: Assessment, leader: User, staff: User) -> Assessment:
    """Signed off, waiting for review."""
    return bring_to(assessment, State.SUBMITTED, leader=leader, staff=staff)


def comment_on(assessment: Assessment, place: int, words: str = "Say more.") -> dict[str, str]:
    answer = assessment.answers.in_order()[place]
    return {f"comment-{answer.indicator_id}": words}


# --- Queue and page ------------------------------------------------------------------------------


def test_the_queue_shows_the_oldest_first_and_how_long_it_waits(
    edition: object, partner: Partner, staff: User, leader: User, client_of: ClientOf
) -> None:
    other = make_partner("Younger Council")
    round = make_round(edition, staff)  # type: ignore[arg-type]  # the edition's fixture
    for organisation in (other, partner):
        own_leader = make_member(organisation, "leader")
        found = Assessment.objects.get(round=round, partner=organisation)
        bring_to(found, State.SUBMITTED, leader=own_leader, staff=staff)
    older = Assessment.objects.filter(partner=partner)
    older.update(submitted_at=F("submitted_at") - timedelta(days=12))
    page = text_of(client_of(staff).get(reverse("assessments:review-queue")))
    assert page.index(partner.name) < page.index("Younger Council")
    assert "for 12 days" in page
    assert "since today" in page


def test_the_queue_offers_nobody_their_own_partner(
    submitted: Assessment, staff_member: User, client_of: ClientOf
) -> None:
    page = text_of(client_of(staff_member).get(reverse("assessments:review-queue")))
    assert "You belong to this partner" in page
    assert path("review-detail", submitted) not in page


@pytest.mark.parametrize("name", ["review-accept", "review-request-changes", "review-reopen"])
def test_nobody_reviews_a_partner_they_belong_to(
    name: str, submitted: Assessment, staff_member: User, client_of: ClientOf
) -> None:
    client = client_of(staff_member)
    assert client.get(path("review-detail", submitted)).status_code == 403
    typed = {"note": "Why"} | comment_on(submitted, 0)
    assert client.post(path(name, submitted), typed).status_code == 403
    assert Assessment.objects.get().state == State.SUBMITTED


def test_the_review_page_shows_every_answer_and_a_field_for_each(
    submitted: Assessment, staff: User, client_of: ClientOf
) -> None:
    page = text_of(client_of(staff).get(path("review-detail", submitted)))
    assert page.count("We do.") == 13
    assert page.count('name="comment-') == 13


def test_the_page_of_a_draft_can_be_read_and_offers_no_decision(
    assessment: Assessment, staff: User, client_of: ClientOf
) -> None:
    page = text_of(client_of(staff).get(path("review-detail", assessment)))
    assert 'name="comment-' not in page
    assert 'name="note"' not in page
    assert "Whose turn: the partner" in page


# --- Requesting changes -------------------------------------------------------------------------


def test_a_request_for_changes_opens_the_indicators_with_a_comment(
    submitted: Assessment, contributor: User, staff: User, client_of: ClientOf
) -> None:
    typed = {"note": "Nearly there."} | comment_on(submitted, 0) | comment_on(submitted, 4, " \n")
    response = client_of(staff).post(path("review-request-changes", submitted), typed)
    assert response["Location"] == reverse("assessments:review-queue")
    review = Review.objects.get()
    assert (review.decision, review.note, review.by) == ("changes", "Nearly there.", staff)
    comment = review.comments.get()
    assert (comment.comment, comment.reopens) == ("Say more.", True)
    assert Assessment.objects.get().state == State.CHANGES
    assert told(Verb.CHANGES_REQUESTED) == {"Lara Leader", "Connie Contributor"}


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"note": "Why"}, "Comment on at least one indicator"),
        ({"note": "  "}, "Enter a note that says what you ask for"),
        ({"note": "x" * 5001}, "5000 characters or fewer"),
    ],
)
def test_a_request_without_note_or_comment_is_told_in_words(
    typed: dict[str, str], words: str, submitted: Assessment, staff: User, client_of: ClientOf
) -> None:
    if "Comment" not in words:
        typed = typed | comment_on(submitted, 3, "Typed for long")
    response = client_of(staff).post(path("review-request-changes", submitted), typed)
    page = text_of(response)
    assert response.status_code == 200
    assert words in page
    if "Comment" not in words:
        assert "Typed for long" in page
    assert not Review.objects.exists()


def test_a_comment_on_an_indicator_of_another_edition_is_refused(
    submitted: Assessment, staff: User
) -> None:
    with pytest.raises(RefusedError, match="does not have"):
        request_changes(assessment=submitted, note="Why", comments={999_999: "x"}, by=staff)
    assert Assessment.objects.get().state == State.SUBMITTED


def test_the_task_list_says_what_ecda_asked_for(
    submitted: Assessment, leader: User, staff: User, client_of: ClientOf
) -> None:
    comments = {submitted.answers.in_order()[0].indicator_id: "Who sponsors them?"}
    request_changes(assessment=submitted, note="Nearly.", comments=comments, by=staff)
    client = client_of(leader)
    page = text_of(client.get(path("assessment-detail", submitted)))
    assert "Nearly." in page
    assert "ecda’s comment: Who sponsors them?" in page
    assert page.count("Reopened") == 1
    save(submitted.answers.in_order()[0], leader, narrative="She does.")
    page = text_of(client.get(path("assessment-detail", submitted)))
    assert "Reopened" not in page


def test_the_second_reviewer_gets_the_comments_back(
    submitted: Assessment, staff: User, administrator: User, client_of: ClientOf
) -> None:
    accept(assessment=submitted, note="", by=administrator)
    typed = {"note": "Why not"} | comment_on(submitted, 0, "Typed for long")
    response = client_of(staff).post(path("review-request-changes", submitted), typed)
    page = text_of(response)
    assert response.status_code == 409
    assert "You cannot request changes" in page
    assert "Typed for long" in page
    assert "Why not" in page


def test_a_reviewer_does_not_accept_what_was_changed_since_they_read_it(
    submitted: Assessment, leader: User, staff: User, administrator: User, client_of: ClientOf
) -> None:
    page = text_of(client_of(staff).get(path("review-detail", submitted)))
    seen = page.split('name="seen" value="')[1].split('"')[0]
    first = submitted.answers.in_order()[0]
    request_changes(
        assessment=submitted, note="Why", comments={first.indicator_id: "x"}, by=administrator
    )
    save(first, leader, narrative="Another text")
    send(assessment=submitted, by=leader)
    sign_off(assessment=submitted, by=leader)
    response = client_of(staff).post(path("review-accept", submitted), {"seen": seen})
    assert response.status_code == 409
    assert Assessment.objects.get().state == State.SUBMITTED


# --- Accepting -----------------------------------------------------------------------------------


def test_accepting_keeps_a_numbered_snapshot_with_its_hash(
    assessment: Assessment, lead: User, leader: User, staff: User, client_of: ClientOf
) -> None:
    answer = assessment.answers.in_order()[0]
    link = Link("Strategy 2026", "https://a.example/ŵŷ")
    save(answer, lead, links=(link,), wanted=Wanted(words="Somebody"))
    bring_to(assessment, State.SUBMITTED, leader=leader, staff=staff)
    response = client_of(staff).post(path("review-accept", assessment), {"note": "Thank you"})
    assert response.status_code == 302
    snapshot = Snapshot.objects.get()
    now = Assessment.objects.get()
    assert (now.state, now.snapshot) == (State.ACCEPTED, snapshot)
    assert (snapshot.number, snapshot.partner_name) == (1, "Braintree District Council")
    assert is_intact(snapshot)
    first = snapshot.content["answers"][0]
    assert (first["code"], first["rating"], first["narrative"]) == ("1.1", 2, "We do.")
    assert first["evidence"][0]["title"] == "Strategy 2026"
    assert first["support"][0]["words"] == "Somebody"
    assert [one["code"] for one in snapshot.content["answers"]][-1] == "5.2"
    assert told(Verb.ACCEPTED) == {"Lee Lead", "Lara Leader"}


def test_the_canonical_form_is_one_form() -> None:
    assert canonical({"b": "ŵ", "a": [1, None]}) == '{"a":[1,null],"b":"ŵ"}'.encode()


def test_a_snapshot_keeps_the_name_that_the_partner_had(
    submitted: Assessment, partner: Partner, staff: User
) -> None:
    accept(assessment=submitted, note="", by=staff)
    Partner.objects.filter(pk=partner.pk).update(name="Greater Essex Unitary")
    snapshot = Snapshot.objects.get()
    assert snapshot.partner_name == "Braintree District Council"
    assert snapshot.content["partner"]["name"] == "Braintree District Council"


def test_a_changed_snapshot_would_be_noticed(submitted: Assessment, staff: User) -> None:
    """The negative control of the hash."""
    accept(assessment=submitted, note="", by=staff)
    snapshot = Snapshot.objects.get()
    snapshot.content["answers"][0]["rating"] = 4
    assert not is_intact(snapshot)


def test_comments_typed_before_accepting_are_kept_as_remarks_when_that_is_meant(
    submitted: Assessment, staff: User, client_of: ClientOf
) -> None:
    typed = {"private": "Among us"} | comment_on(submitted, 2, "Good.")
    client = client_of(staff)
    page = text_of(client.post(path("review-accept", submitted), typed))
    assert "You wrote 1 comment. If you accept, the partner sees it as a remark" in page
    assert "Good.</textarea>" in page
    assert "Among us</textarea>" in page
    assert 'value="1" name="remarks"' in page
    assert not Review.objects.exists()
    more = typed | {"remarks": "1"} | comment_on(submitted, 3, "Better.")
    page = text_of(client.post(path("review-accept", submitted), more))
    assert "You wrote 2 comments. If you accept, the partner sees them as remarks" in page
    assert not Review.objects.exists()
    client.post(path("review-accept", submitted), typed | {"remarks": "1"})
    comment = Review.objects.get().comments.get()
    assert (comment.comment, comment.reopens) == ("Good.", False)


def test_whoever_cannot_accept_is_told_so_and_not_asked_about_remarks(
    submitted: Assessment, staff: User, administrator: User, client_of: ClientOf
) -> None:
    take(assessment=submitted, by=administrator)
    response = client_of(staff).post(
        path("review-accept", submitted), comment_on(submitted, 2, "Good.")
    )
    assert response.status_code == 409
    assert "Good." in text_of(response)


def test_the_banner_leads_to_the_review_with_its_snapshot(
    submitted: Assessment, staff: User, client_of: ClientOf
) -> None:
    client = client_of(staff)
    page = text_of(client.post(path("review-accept", submitted), follow=True))
    assert f'banner__link" href="{path("review-detail", submitted)}"' in page
    assert Snapshot.objects.get().sha256 in text_of(client.get(path("review-detail", submitted)))


def test_the_partner_reads_the_remarks_and_the_snapshot_s_number_and_hash(
    submitted: Assessment, contributor: User, staff: User, client_of: ClientOf
) -> None:
    answer = submitted.answers.in_order()[2]
    comments = {answer.indicator_id: "Good work."}
    accept(assessment=submitted, note="Thank you all.", comments=comments, by=staff)
    page = text_of(client_of(contributor).get(path("assessment-detail", submitted)))
    for words in ("Thank you all.", "Good work.", "Snapshot 1", Snapshot.objects.get().sha256):
        assert words in page


# --- Reopening -----------------------------------------------------------------------------------


def test_reopening_needs_a_reason_and_keeps_the_snapshot(
    submitted: Assessment, leader: User, lead: User, staff: User, client_of: ClientOf
) -> None:
    accept(assessment=submitted, note="", by=staff)
    client = client_of(staff)
    response = client.post(path("review-reopen", submitted), comment_on(submitted, 0))
    assert "Enter a note" in text_of(response)
    typed = {"note": "A mistake"} | comment_on(submitted, 0)
    assert client.post(path("review-reopen", submitted), typed).status_code == 302
    now = Assessment.objects.get()
    assert (now.state, now.snapshot) == (State.CHANGES, None)
    assert Snapshot.objects.count() == 1
    assert told(Verb.REOPENED) == {"Lee Lead", "Lara Leader"}


def test_a_second_acceptance_gets_the_second_number(
    submitted: Assessment, leader: User, staff: User
) -> None:
    accept(assessment=submitted, note="", by=staff)
    first = submitted.answers.in_order()[0]
    reopen(assessment=submitted, note="Why", comments={first.indicator_id: "x"}, by=staff)
    save(first, leader, narrative="Corrected")
    send(assessment=submitted, by=leader)
    sign_off(assessment=submitted, by=leader)
    accept(assessment=submitted, note="", by=staff)
    kept = Snapshot.objects.order_by("number")
    assert [snapshot.number for snapshot in kept] == [1, 2]
    texts = [snapshot.content["answers"][0]["narrative"] for snapshot in kept]
    assert texts == ["We do.", "Corrected"]


def test_review_continues_after_the_round_has_closed(
    submitted: Assessment, staff: User, client_of: ClientOf
) -> None:
    yesterday = timezone.localdate() - timedelta(days=1)
    Round.objects.update(opens_on=yesterday, due_on=yesterday, closes_on=yesterday)
    assert client_of(staff).post(path("review-accept", submitted)).status_code == 302


@pytest.mark.parametrize(
    "moment",
    [
        "9999-12-31T23:59:59.999999-23:59",
        "0001-01-01T00:00:00+23:59",
        "2026-13-01T00:00Z",
        "2026-01-01T00:00",
        "now",
    ],
)
def test_a_damaged_hidden_time_is_no_time(
    moment: str, submitted: Assessment, staff: User, client_of: ClientOf
) -> None:
    assert read_moment(moment) is None
    client = client_of(staff)
    for name in ("review-keep", "review-discard", "review-take", "review-request-changes"):
        typed = {"note": "Why", "kept": moment, "seen": moment} | comment_on(submitted, 0)
        assert client.post(path(name, submitted), typed).status_code < 500, name
