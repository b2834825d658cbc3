"""What is decided before a spreadsheet is written: conflicts, new ratings, closed indicators."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from assessments.actions.submitting import send, take_back
from assessments.models import Answer, Assessment, Round, SheetUpload
from assessments.workflow import State
from signatories.models import User
from tests.assessment_factories import answer_all, bring_to, save
from tests.assessments.posting import fields_in, stored, text_of
from tests.assessments.sheet_files import (
    CHANGES,
    FORM,
    confirmed,
    download,
    fill_in,
    filled_in,
    first_two,
    page_of,
    uploaded,
)

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]


@pytest.fixture
def answer(assessment: Assessment, lead: User) -> Answer:
    """The first one, rated 2 and completed."""
    return save(assessment.answers.in_order()[0], lead, 2, "We do.")


@pytest.fixture
def client(client_of: ClientOf, contributor: User) -> Client:
    """The contributor's."""
    return client_of(contributor)


# --- What a colleague saved meanwhile ------------------------------------------------------------


@pytest.fixture
def conflicting(assessment: Assessment, answer: Answer, client: Client, lead: User) -> SheetUpload:
    """A colleague changed the narrative after the download, and nothing else."""
    content = download(assessment)
    save(stored(answer), lead, 2, "A colleague’s words.")
    changes = {("1.1", "Narrative"): "The sheet’s words.", ("1.1", "Willing to share"): "Yes"}
    return uploaded(client, assessment, fill_in(content, changes))


def keep(upload: SheetUpload, name: str) -> str:
    first = upload.assessment.answers.in_order()[0]
    return f"keep-{first.pk}-{name}"


@pytest.mark.parametrize(
    ("choice", "narrative"),
    [
        ("mine", "The sheet’s words."),
        ("theirs", "A colleague’s words."),
        ("both", "A colleague’s words.\n\nThe sheet’s words."),
    ],
)
def test_what_both_changed_is_decided_by_the_person(
    choice: str, narrative: str, conflicting: SheetUpload, client: Client, answer: Answer
) -> None:
    text = text_of(client.get(page_of(conflicting)))
    assert "Narrative: changed by you and by Lee Lead" in text
    response = confirmed(client, conflicting, **{keep(conflicting, "narrative"): choice})
    assert response.status_code == 302
    row = stored(answer)
    assert (row.narrative, row.willing_to_share) == (narrative, True)


def test_what_is_not_decided_is_asked_again_and_nothing_is_written(
    conflicting: SheetUpload, client: Client, answer: Answer
) -> None:
    response = confirmed(client, conflicting)
    assert response.status_code == 200
    assert "Choose what to keep of “Narrative” for 1.1" in text_of(response)
    assert stored(answer).willing_to_share is False
    response = confirmed(client, conflicting, **{keep(conflicting, "narrative"): "ours"})
    assert "Select one of the options" in text_of(response)


def test_both_that_are_too_long_together_are_refused(
    assessment: Assessment, answer: Answer, client: Client, lead: User
) -> None:
    content = download(assessment)
    save(stored(answer), lead, 2, "a" * 6_000)
    upload = uploaded(client, assessment, fill_in(content, {("1.1", "Narrative"): "b" * 6_000}))
    response = confirmed(client, upload, **{keep(upload, "narrative"): "both"})
    assert "Both together have 12,002 characters, more than 10,000" in text_of(response)
    assert stored(answer).narrative == "a" * 6_000


def test_what_changed_since_the_preview_is_refused_as_a_whole_with_the_choices_kept(
    conflicting: SheetUpload, client: Client, answer: Answer, lead: User, assessment: Assessment
) -> None:
    second = assessment.answers.in_order()[1]
    page = client.get(page_of(conflicting))
    sent = {name: texts[0] for name, texts in fields_in(page, FORM).items()}
    sent[keep(conflicting, "narrative")] = "both"
    save(stored(answer), lead, 2, "Newer words.")
    save(second, lead, 4, "Nothing to do with it.")
    response = client.post(page_of(conflicting, "confirm"), sent)
    assert response.status_code == 409
    text = text_of(response)
    assert "Somebody saved one of these answers after this preview was made" in text
    assert "Changed just now" in text
    assert "Newer words." in text
    assert stored(answer).willing_to_share is False
    again = {name: texts[0] for name, texts in fields_in(response, FORM).items()}
    assert again[keep(conflicting, "narrative")] == "both"
    assert client.post(page_of(conflicting, "confirm"), again).status_code == 302
    assert stored(answer).narrative == "Newer words.\n\nThe sheet’s words."


def test_a_save_that_has_nothing_to_do_with_it_does_not_stand_in_the_way(
    assessment: Assessment, answer: Answer, client: Client, lead: User
) -> None:
    upload = uploaded(client, assessment, filled_in(assessment, CHANGES))
    page = client.get(page_of(upload))
    save(assessment.answers.in_order()[5], lead, 4, "Another indicator.")
    sent = {name: texts[0] for name, texts in fields_in(page, FORM).items()}
    assert client.post(page_of(upload, "confirm"), sent).status_code == 302


def test_a_new_rating_asks_whether_it_is_completed(
    assessment: Assessment, answer: Answer, client: Client
) -> None:
    content = filled_in(assessment, {("1.1", "Rating"): "4"})
    upload = uploaded(client, assessment, content)
    assert "1.1 is completed with the new rating, “4 Leading”" in text_of(
        client.get(page_of(upload))
    )
    assert confirmed(client, upload).status_code == 302
    assert (stored(answer).rating, stored(answer).completed) == (4, False)


def test_a_new_rating_is_completed_when_it_is_said(
    assessment: Assessment, answer: Answer, client: Client
) -> None:
    upload = uploaded(client, assessment, filled_in(assessment, {("1.1", "Rating"): "4"}))
    assert confirmed(client, upload, **{f"completed-{answer.pk}": "on"}).status_code == 302
    assert (stored(answer).rating, stored(answer).completed) == (4, True)


def test_choices_that_leave_a_reason_missing_are_refused_in_words(
    assessment: Assessment, client: Client, lead: User
) -> None:
    """The sheet says not applicable; a colleague emptied the reason that was there before."""
    first = assessment.answers.in_order()[0]
    Answer.objects.filter(pk=first.pk).update(reason="No towns.")
    content = filled_in(assessment, {("1.1", "Rating"): "n/a"})
    save(stored(first), lead, None, "")
    upload = uploaded(client, assessment, content)
    assert "Choose what to keep of “" in text_of(confirmed(client, upload))
    choices = {keep(upload, "rating"): "mine", keep(upload, "reason"): "theirs"}
    response = confirmed(client, upload, **choices)
    assert response.status_code == 409
    assert "1.1 would be not applicable without a reason" in text_of(response)
    assert stored(first).not_applicable is False


def test_a_copied_answer_counts_once_the_spreadsheet_changes_it_and_the_page_says_so(
    assessment: Assessment, client: Client
) -> None:
    copied, source = assessment.answers.in_order()[:2]
    Answer.objects.filter(pk=copied.pk).update(rating=3, carried_from=source, version=2)
    content = filled_in(assessment, {("1.1", "Narrative"): "Still so."})
    upload = uploaded(client, assessment, content)
    assert "This answer was copied from an earlier round" in text_of(client.get(page_of(upload)))
    assert not stored(copied).is_answered
    assert confirmed(client, upload).status_code == 302
    assert stored(copied).is_answered


# --- When it is closed ---------------------------------------------------------------------------


def test_a_closed_round_is_told_and_the_upload_stays(
    assessment: Assessment, answer: Answer, client: Client, round: Round
) -> None:
    upload = uploaded(client, assessment, filled_in(assessment, CHANGES))
    sent = {"seen": fields_in(client.get(page_of(upload)), FORM)["seen"][0]}
    before = timezone.localdate() - timedelta(days=10)
    Round.objects.filter(pk=round.pk).update(opens_on=before, due_on=before, closes_on=before)
    response = client.post(page_of(upload, "confirm"), sent)
    assert response.status_code == 409
    assert f"The round {round} closed on" in text_of(response)
    assert "Confirm and save" not in text_of(response)
    assert first_two(assessment)[0] == (2, "We do.", True, 2)
    assert f"The round {round} closed on" in text_of(client.get(page_of(upload)))


def test_a_locked_assessment_is_told_and_the_upload_waits_until_it_is_open_again(
    assessment: Assessment, client: Client, lead: User
) -> None:
    answer_all(assessment, lead)
    upload = uploaded(client, assessment, filled_in(assessment, CHANGES))
    page = client.get(page_of(upload))
    sent = {name: texts[0] for name, texts in fields_in(page, FORM).items()}
    send(assessment=assessment, by=lead)
    assert "Confirm and save" not in text_of(client.get(page_of(upload)))
    response = client.post(page_of(upload, "confirm"), sent)
    assert response.status_code == 409
    assert "You cannot write now, because the assessment is “Awaiting sign-off”" in text_of(
        response
    )
    assert first_two(assessment)[0] == (2, "We do.", True, 2)
    take_back(assessment=assessment, note="Not yet", by=lead)
    assert client.post(page_of(upload, "confirm"), sent).status_code == 302
    assert first_two(assessment)[0] == (2, "We do more.", True, 3)


def test_only_indicators_that_ecda_commented_on_can_be_changed(
    assessment: Assessment, client: Client, leader: User, staff: User
) -> None:
    assessment = bring_to(assessment, State.CHANGES, leader=leader, staff=staff)
    upload = uploaded(client, assessment, filled_in(assessment, CHANGES))
    text = text_of(client.get(page_of(upload)))
    assert "This indicator is closed: only those that ecda commented on can be changed now" in text
    assert "Confirm and save" not in text
    allowed = filled_in(assessment, {("1.1", "Narrative"): "Who sponsors them."})
    assert confirmed(client, uploaded(client, assessment, allowed)).status_code == 302
    assert assessment.answers.in_order()[0].narrative == "Who sponsors them."
