"""Links behind an answer: added with a save, removed by a button, only while it is open."""

from collections.abc import Callable
from datetime import date
from random import Random
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from assessments.actions.evidence import Link
from assessments.actions.rounds import start_assessment
from assessments.models import Answer, Assessment, Evidence
from assessments.verbs import Verb
from assessments.workflow import State
from commitments.models import Edition
from signatories.models import Event, User
from tests.assessment_factories import bring_to, save
from tests.assessments.posting import filled, post_answer, stored, text_of
from tests.factories import make_partner

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]
LINK = {"link_url": "https://a.example/plan", "link_title": "Our plan"}


@pytest.fixture
def answer(assessment: Assessment) -> Answer:
    """The first one."""
    return assessment.answers.in_order()[0]


@pytest.fixture
def link(answer: Answer, lead: User) -> Evidence:
    """A link that a lead put behind it."""
    save(answer, lead, links=(Link("Our plan", "https://a.example/plan"),))
    return answer.evidence.get()


def remove_path(link: Evidence) -> str:
    return reverse("assessments:evidence-remove", args=[link.pk])


def test_a_new_link_is_saved_with_the_answer(
    answer: Answer, lead: User, client_of: ClientOf
) -> None:
    when = {"links-0-date-day": "27", "links-0-date-month": "3", "links-0-date-year": "2026"}
    post_answer(client_of(lead), answer, **LINK, **when)
    found = answer.evidence.get()
    assert (found.title, found.url) == ("Our plan", "https://a.example/plan")
    assert (found.dated_on, found.added_by, found.public) == (date(2026, 3, 27), lead, False)


def test_several_saves_add_several_links(answer: Answer, lead: User, client_of: ClientOf) -> None:
    client = client_of(lead)
    for number in (1, 2):
        url = f"https://a.example/{number}"
        post_answer(client, stored(answer), link_url=url, link_title=f"Page {number}")
    assert [found.title for found in answer.evidence.all()] == ["Page 1", "Page 2"]


def test_one_save_adds_several_links_with_their_own_dates_and_notes(
    answer: Answer, lead: User, client_of: ClientOf
) -> None:
    typed: dict[str, str] = {}
    for number in range(3):
        typed |= {
            f"links-{number}-url": f"https://a.example/{number}",
            f"links-{number}-title": f"Page {number}",
            f"links-{number}-note": f"See chapter {number}",
            f"links-{number}-date-day": "1",
            f"links-{number}-date-month": "3",
            f"links-{number}-date-year": f"202{number}",
        }
    post_answer(client_of(lead), answer, **typed)
    found = answer.evidence.current().values_list("title", "note", "dated_on__year")
    assert list(found) == [(f"Page {one}", f"See chapter {one}", 2020 + one) for one in range(3)]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"link_url": "https://a.example/"}, "Enter the name of the page or document"),
        ({"link_title": "Our plan"}, "Enter the address of the page or document"),
        ({"link_url": "javascript:alert(1)", "link_title": "x"}, "web address"),
        ({"link_url": "ftp://a.example/x", "link_title": "x"}, "http:// or https://"),
        ({"link_url": "not an address", "link_title": "x"}, "web address"),
        ({"link_url": "https://a.example/" + "x" * 1000, "link_title": "x"}, "1000 characters"),
        ({**LINK, "link_title": "x" * 201}, "200 characters"),
        (
            {
                **LINK,
                "links-0-date-day": "31",
                "links-0-date-month": "2",
                "links-0-date-year": "2026",
            },
            "real",
        ),
    ],
)
def test_a_wrong_link_is_told_in_words_and_nothing_is_saved(
    typed: dict[str, str], words: str, answer: Answer, lead: User, client_of: ClientOf
) -> None:
    response = post_answer(client_of(lead), answer, narrative="Kept in the form", **typed)
    page = text_of(response)
    assert response.status_code == 200
    assert words in page
    assert "Kept in the form" in page
    assert stored(answer).version == 1
    assert not answer.evidence.exists()


def test_the_same_link_twice_is_told_in_words(
    answer: Answer, link: Evidence, lead: User, client_of: ClientOf
) -> None:
    response = post_answer(client_of(lead), answer, **LINK)
    assert "This indicator already has that link" in text_of(response)
    save(stored(answer), lead, links=(Link("Again", link.url),))
    assert answer.evidence.count() == 1


def test_removing_leaves_its_title_on_the_timeline(
    answer: Answer, link: Evidence, contributor: User, client_of: ClientOf
) -> None:
    response = client_of(contributor).post(remove_path(link))
    assert response["Location"] == reverse("assessments:answer-edit", args=[answer.pk])
    kept = answer.evidence.get()
    assert (kept.removed_by, kept.removed_at is not None) == (contributor, True)
    assert not answer.evidence.current().exists()
    event = Event.objects.about(answer.assessment).get(verb=Verb.EVIDENCE_REMOVED.value)
    assert (event.by, event.note) == (contributor, "1.1: Our plan, https://a.example/plan")


def test_removing_keeps_what_was_typed_in_the_form_around_it(
    answer: Answer, link: Evidence, lead: User, client_of: ClientOf
) -> None:
    typed = filled(answer, rating="4", narrative="Not saved yet", support=["other"])
    response = client_of(lead).post(remove_path(link), typed | {"support_words": "Help"})
    page = text_of(response)
    assert response.status_code == 200
    assert "Not saved yet" in page
    assert "not saved yet" in page
    assert ">Help</textarea>" in page
    assert 'value="4" checked' in page
    assert not answer.evidence.current().exists()
    assert stored(answer).version == answer.version


def test_a_link_of_a_closed_answer_stays(
    assessment: Assessment, link: Evidence, leader: User, staff: User, client_of: ClientOf
) -> None:
    bring_to(assessment, State.AWAITING, leader=leader, staff=staff)
    response = client_of(leader).post(remove_path(link), {"version": "2", "narrative": "Typed"})
    assert response.status_code == 409
    assert "Typed" in text_of(response)
    assert Evidence.objects.current().filter(pk=link.pk).exists()


def test_strangers_and_ecda_remove_nothing(
    link: Evidence, stranger: User, staff: User, client_of: ClientOf
) -> None:
    assert client_of(stranger).post(remove_path(link)).status_code == 404
    assert client_of(staff).post(remove_path(link)).status_code == 403
    assert client_of(staff).get(remove_path(link)).status_code == 405
    assert Evidence.objects.current().filter(pk=link.pk).exists()


def test_removing_twice_is_once(
    answer: Answer, link: Evidence, lead: User, client_of: ClientOf
) -> None:
    for _ in range(2):
        assert client_of(lead).post(remove_path(link)).status_code == 302
    removed = Event.objects.about(answer.assessment).filter(verb=Verb.EVIDENCE_REMOVED.value)
    assert removed.count() == 1


def test_a_link_that_was_removed_can_be_added_again(
    answer: Answer, link: Evidence, lead: User, client_of: ClientOf
) -> None:
    client_of(lead).post(remove_path(link))
    save(stored(answer), lead, links=(Link("Our plan", link.url),))
    assert answer.evidence.current().get().url == link.url
    assert answer.evidence.count() == 2


# --- One more row, without scripts ---------------------------------------------------------------


def add_row(client: Client, answer: Answer, **typed: str) -> Any:
    path = reverse("assessments:answer-add-link", args=[answer.pk])
    return client.post(path, filled(answer, **typed))


def test_one_more_row_keeps_what_was_typed_in_the_form(
    answer: Answer, lead: User, client_of: ClientOf
) -> None:
    response = add_row(client_of(lead), answer, narrative="Kept in the form", **LINK)
    page = text_of(response)
    assert response.status_code == 200
    assert "Kept in the form" in page
    assert 'name="links-0-url" type="url" value="https://a.example/plan"' in page
    assert 'name="links-1-url"' in page
    assert 'name="links-2-url"' not in page
    assert stored(answer).version == 1
    assert not answer.evidence.exists()


def test_rows_of_links_end_at_twenty(answer: Answer, lead: User, client_of: ClientOf) -> None:
    typed = {f"links-{number}-url": f"https://a.example/{number}" for number in range(20)}
    page = text_of(add_row(client_of(lead), answer, **typed))
    assert 'name="links-19-url"' in page
    assert 'name="links-20-url"' not in page


def test_no_row_is_added_where_nothing_can_be_written(
    assessment: Assessment, answer: Answer, leader: User, staff: User, client_of: ClientOf
) -> None:
    bring_to(assessment, State.AWAITING, leader=leader, staff=staff)
    response = add_row(client_of(leader), answer, narrative="Typed")
    assert response.status_code == 409
    assert "Typed" in text_of(response)


def test_a_link_opens_without_telling_where_one_came_from(
    answer: Answer, link: Evidence, staff: User, client_of: ClientOf
) -> None:
    path = reverse("assessments:answer-edit", args=[answer.pk])
    page = client_of(staff).get(path).content.decode()
    assert 'rel="nofollow noopener noreferrer external"' in page


def test_an_address_that_no_index_could_hold_is_refused_in_words(
    answer: Answer, lead: User, client_of: ClientOf
) -> None:
    random = Random(1)
    letters = "".join(chr(random.randrange(0x4E00, 0x9FFF)) for _ in range(950))
    address = f"https://www.example.org/{letters}"
    response = post_answer(client_of(lead), answer, link_url=address, link_title="Long")
    assert response.status_code == 200
    assert "Enter a shorter address" in text_of(response)
    assert not answer.evidence.exists()


def test_a_link_leaves_no_closed_answer_for_an_open_one(
    link: Evidence, edition: Edition, leader: User, staff: User
) -> None:
    closed = link.answer.assessment
    bring_to(closed, State.AWAITING, leader=leader, staff=staff)
    other = make_partner("Colchester City Council")
    later = start_assessment(partner=other, round=closed.round, by=staff).answers.in_order()[0]
    with pytest.raises(DatabaseError, match="stays with its answer"), transaction.atomic():
        Evidence.objects.filter(pk=link.pk).update(answer=later)
    with pytest.raises(DatabaseError, match="stays with its assessment"), transaction.atomic():
        Answer.objects.filter(pk=link.answer_id).update(assessment=later.assessment_id)
