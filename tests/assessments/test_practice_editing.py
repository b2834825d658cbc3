"""ecda's pages of good practice: the queue, the words, the decision."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from assessments.actions import practices
from assessments.actions.practices import Words
from assessments.models import Assessment, GoodPractice
from commitments.models import Edition
from signatories.models import User
from tests.assessment_factories import make_round
from tests.assessments.practising import WORDS, offered, published, published_by
from tests.factories import make_member, make_partner

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]
State = GoodPractice.State
QUEUE = "/good-practice/queue/"
MINE = {"title": "Mine", "body": "My\nwords", "version": "1"}


def path_of(practice: GoodPractice, verb: str = "edit/") -> str:
    return f"/good-practice/{practice.slug}/{verb}"


def test_the_queue_has_the_oldest_offer_first(
    assessment: Assessment, lead: User, staff: User, client_of: ClientOf
) -> None:
    first = offered(assessment, lead, Words("First of all", "Text"))
    offered(assessment, lead, Words("Second thing", "Text"), place=1)
    published(assessment, lead, staff, Words("Third thing", "Text"), place=2)
    page = client_of(staff).get(QUEUE).text
    assert page.index("First of all") < page.index("Second thing")
    assert "Third thing" not in page
    assert path_of(first) in page
    assert "Third thing" in client_of(staff).get(QUEUE, {"state": "published"}).text


def test_an_empty_queue_and_a_state_that_is_none_say_so(
    client_of: ClientOf, staff: User, edition: Edition
) -> None:
    client = client_of(staff)
    assert "Nothing is waiting" in client.get(QUEUE).text
    assert "There is none in this state" in client.get(QUEUE, {"state": "withdrawn"}).text
    assert "There is no such state" in client.get(QUEUE, {"state": "x"}).text


def test_saving_keeps_it_an_offer(
    assessment: Assessment, lead: User, staff: User, client_of: ClientOf
) -> None:
    practice = offered(assessment, lead)
    page = client_of(staff).post(path_of(practice, "save"), MINE, follow=True).text
    assert "What ecda changed since it was offered" in page
    assert WORDS.title in page
    stored = GoodPractice.objects.get()
    assert (stored.title, stored.body, stored.state) == ("Mine", "My\nwords", State.OFFERED)


def test_publishing_publishes_what_is_on_the_screen(
    assessment: Assessment, lead: User, staff: User, client: Client, client_of: ClientOf
) -> None:
    practice = offered(assessment, lead)
    editor = client_of(staff)
    assert f'formaction="{path_of(practice, "publish")}"' in editor.get(path_of(practice)).text
    page = editor.post(path_of(practice, "publish"), MINE, follow=True).text
    assert "Published. The partner’s leads are told." in page
    assert "words" in client.get(path_of(practice, "")).text


@pytest.mark.parametrize("verb", ["save", "publish"])
def test_who_saves_second_sees_both_texts_and_loses_none(
    assessment: Assessment,
    lead: User,
    staff: User,
    administrator: User,
    client_of: ClientOf,
    verb: str,
) -> None:
    practice = offered(assessment, lead)
    theirs = Words("Theirs", "Their words")
    practices.edit(practice=practice, version=1, words=theirs, by=administrator)
    editor = client_of(staff)
    response = editor.post(path_of(practice, verb), MINE)
    assert response.status_code == 409
    for words in ("Ada Administrator changed these words", "Theirs", "Their words", "Mine", "My"):
        assert words in response.text
    assert 'name="version" value="2"' in response.text
    assert GoodPractice.objects.get().title == "Theirs"
    again = editor.post(path_of(practice, verb), MINE | {"version": "2"})
    assert again.status_code == 302
    assert GoodPractice.objects.get().title == "Mine"


@pytest.mark.parametrize("version", ["", "0", "-1", "x", "9" * 40, "3"])
def test_a_version_that_never_was_overwrites_nothing(
    assessment: Assessment, lead: User, staff: User, client_of: ClientOf, version: str
) -> None:
    practice = offered(assessment, lead)
    response = client_of(staff).post(path_of(practice, "save"), MINE | {"version": version})
    assert response.status_code == 409
    assert GoodPractice.objects.get().title == WORDS.title


def test_declining_without_a_reason_says_so_and_with_one_tells_the_partner(
    assessment: Assessment, lead: User, staff: User, client_of: ClientOf
) -> None:
    practice = offered(assessment, lead)
    editor = client_of(staff)
    page = editor.post(path_of(practice, "decline"), {"reason": " "})
    assert page.status_code == 200
    assert "Enter a reason" in page.text
    assert 'href="#reason-reason"' in page.text
    done = editor.post(path_of(practice, "decline"), {"reason": "Too <i>short</i>"}, follow=True)
    assert "Declined. The partner’s leads are told why." in done.text
    assert "Too &lt;i&gt;short&lt;/i&gt;" in client_of(lead).get(path_of(practice, "")).text
    assert "Take it up again" in editor.get(path_of(practice)).text
    editor.post(path_of(practice, "reconsider"))
    assert GoodPractice.objects.get().state == State.OFFERED


def test_what_is_published_is_taken_down_with_a_reason(
    assessment: Assessment, lead: User, staff: User, client: Client, client_of: ClientOf
) -> None:
    practice = published(assessment, lead, staff)
    editor = client_of(staff)
    assert "Everybody reads your changes at once" in editor.get(path_of(practice)).text
    editor.post(path_of(practice, "unpublish"), {"reason": "Out of date"})
    assert client.get(path_of(practice, "")).status_code == 404


@pytest.mark.parametrize(
    ("verb", "sent"), [("save", MINE), ("publish", MINE), ("decline", {"reason": "Typed reason"})]
)
def test_a_decision_after_it_was_withdrawn_changes_nothing_and_gives_the_words_back(
    assessment: Assessment,
    lead: User,
    staff: User,
    client_of: ClientOf,
    verb: str,
    sent: dict[str, str],
) -> None:
    practice = offered(assessment, lead)
    practices.withdraw(practice=practice, reason="", by=lead)
    response = client_of(staff).post(path_of(practice, verb), sent)
    assert response.status_code == 409
    assert "because it is “Withdrawn”" in response.text
    for words in sent.values():
        assert words in response.text
    assert GoodPractice.objects.get().state == State.WITHDRAWN


def test_taking_up_again_what_is_not_declined_says_why_not(
    assessment: Assessment, lead: User, staff: User, client_of: ClientOf
) -> None:
    practice = published(assessment, lead, staff)
    page = client_of(staff).post(path_of(practice, "reconsider"), follow=True).text
    assert "You cannot take this up again now, because it is “Published”." in page


@pytest.mark.parametrize("count", [3, 30])
def test_ecdas_pages_and_the_partners_need_the_same_queries_for_more_rows(
    edition: Edition, staff: User, client_of: ClientOf, count: int
) -> None:
    partners = [make_partner() for _ in range(count)]
    round = make_round(edition, staff)
    for partner in partners:
        published_by(partner, round, staff)
    mine = partners[0]
    lead = make_member(mine, "lead")
    assessment = Assessment.objects.get(partner=mine, round=round)
    for place in range(1, 2 + count // 3):
        offered(assessment, lead, place=place)
    pages = {
        f"{QUEUE}?state=published": (staff, 4),
        path_of(GoodPractice.objects.filter(partner=mine).latest("pk")): (staff, 4),
        f"/partners/{mine.slug}/good-practice/": (lead, 6),
    }
    found = {}
    for path, (person, _) in pages.items():
        client = client_of(person)
        client.get(path)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(path).status_code == 200
        found[path] = len(captured)
    assert found == {path: budget for path, (_, budget) in pages.items()}
