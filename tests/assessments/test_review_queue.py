"""The review queue: by age, by who has it, by round; the same few queries however long it is."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessments.actions.reviewing import request_changes
from assessments.actions.submitting import send, sign_off
from assessments.actions.taking import take
from assessments.models import Assessment, Round
from assessments.views import review
from assessments.workflow import State
from commitments.models import Edition
from signatories.models import Partner, User
from tests.assessment_factories import bring_to, make_round
from tests.assessments.posting import text_of
from tests.factories import make_member, make_partner

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]
QUEUE = "/reviews/"


@pytest.fixture
def three(edition: Edition, partner: Partner, staff: User) -> Round:
    """A round in which three partners are to be reviewed, the first one since longest."""
    others = [make_partner(f"Partner {number}") for number in (2, 3)]
    found = make_round(edition, staff)
    for age, organisation in zip((30, 20, 10), [partner, *others], strict=True):
        submit(found, organisation, staff, age)
    return found


def submit(round_: Round, partner: Partner, staff: User, age: int) -> Assessment:
    """The partner's assessment, signed off so many days ago."""
    found = round_.assessments.get(partner=partner)
    bring_to(found, State.SUBMITTED, leader=make_member(partner, "leader"), staff=staff)
    ago = F("submitted_at") - timedelta(days=age)
    Assessment.objects.filter(pk=found.pk).update(submitted_at=ago)
    return found


def listed(client: Client, query: str = "") -> list[str]:
    """The partners in the queue, in its order."""
    page = client.get(f"{QUEUE}{query}").context["page"]
    return [waiting.assessment.partner.name for waiting in page.object_list]


def test_the_filters_show_mine_and_nobodys(
    three: Round, staff: User, administrator: User, client_of: ClientOf
) -> None:
    first, second, third = three.assessments.order_by("submitted_at")
    take(assessment=first, by=staff)
    take(assessment=second, by=administrator)
    client = client_of(staff)
    everybody = [one.partner.name for one in (first, second, third)]
    assert listed(client) == everybody
    assert listed(client, "?whose=mine") == everybody[:1]
    assert listed(client, "?whose=nobody") == everybody[2:]
    page = text_of(client.get(QUEUE))
    assert "3 wait for review: you have 1 of them, nobody has 1 yet." in page
    assert "Ada Administrator, since" in page
    assert "You, since" in page


def test_a_round_can_be_chosen_and_each_filter_removed(
    three: Round, edition: Edition, staff: User, client_of: ClientOf
) -> None:
    Round.objects.filter(pk=three.pk).update(
        opens_on=F("opens_on") - timedelta(days=400),
        due_on=F("due_on") - timedelta(days=400),
        closes_on=F("closes_on") - timedelta(days=400),
    )
    later = make_round(edition, staff)
    submit(later, three.assessments.all()[0].partner, staff, 1)
    client = client_of(staff)
    assert len(listed(client)) == 4
    assert len(listed(client, f"?round={later.slug}")) == 1
    page = text_of(client.get(f"{QUEUE}?round={later.slug}&whose=nobody"))
    assert f'href="{QUEUE}?whose=nobody"' in page
    assert f'href="{QUEUE}?round={later.slug}"' in page


@pytest.mark.parametrize("query", ["?whose=theirs", "?round=none", "?whose[]=1", "?page=999"])
def test_a_filter_that_is_not_known_shows_all_and_says_so(
    query: str, three: Round, staff: User, client_of: ClientOf
) -> None:
    client = client_of(staff)
    assert len(listed(client, query)) == 3
    page = text_of(client.get(f"{QUEUE}{query}"))
    assert ("There is no such choice." in page) == (query == "?whose=theirs")
    assert ("Nothing waits of that round." in page) == (query == "?round=none")


def test_a_filter_that_fits_nothing_and_an_empty_queue_say_what_to_do(
    three: Round, staff: User, client_of: ClientOf
) -> None:
    client = client_of(staff)
    page = text_of(client.get(f"{QUEUE}?whose=mine"))
    assert "No review fits" in page
    assert "Show all" in page
    for one in three.assessments.all():
        first = one.answers.in_order()[0].indicator_id
        request_changes(assessment=one, note="Why", comments={first: "x"}, by=staff)
    assert "Nothing is waiting" in text_of(client.get(QUEUE))


def test_what_comes_back_is_marked_and_still_with_its_reviewer(
    assessment: Assessment, leader: User, staff: User, client_of: ClientOf
) -> None:
    bring_to(assessment, State.CHANGES, leader=leader, staff=staff)
    send(assessment=assessment, by=leader)
    sign_off(assessment=assessment, by=leader)
    page = text_of(client_of(staff).get(QUEUE))
    assert "Reviewed before" in page
    assert "You, since" in page


def test_who_can_no_longer_review_has_nothing_in_the_queue(
    three: Round, staff: User, administrator: User, client_of: ClientOf
) -> None:
    first = three.assessments.order_by("submitted_at")[0]
    take(assessment=first, by=administrator)
    User.objects.filter(pk=administrator.pk).update(office="")
    assert len(listed(client_of(staff), "?whose=nobody")) == 3


def test_a_long_queue_has_pages(
    three: Round, staff: User, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(review, "PER_PAGE", 2)
    client = client_of(staff)
    assert (len(listed(client)), len(listed(client, "?page=2"))) == (2, 1)
    assert "?whose=nobody&page=2" in text_of(client.get(f"{QUEUE}?whose=nobody"))


def test_thirty_reviews_take_as_many_queries_as_three(
    edition: Edition, staff: User, administrator: User, client_of: ClientOf
) -> None:
    client = client_of(staff)
    partners = [make_partner(f"Partner {number}") for number in range(30)]
    round_ = make_round(edition, staff)
    counted = []
    for place, partner in enumerate(partners, start=1):
        found = submit(round_, partner, staff, place)
        take(assessment=found, by=staff if place % 2 else administrator)
        if place in {3, 30}:
            client.get(reverse("assessments:review-queue"))
            with CaptureQueriesContext(connection) as captured:
                assert client.get(QUEUE).status_code == 200
            counted.append(len(captured))
    assert counted[0] == counted[1] <= 6
