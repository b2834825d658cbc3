"""The queue, a request's page for both sides, a partner's list and the form to ask."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assessments.actions import support_queue
from assessments.models import Assessment, SupportReply, SupportRequest
from assessments.verbs import Verb
from commitments.models import Indicator, SupportOffer
from declaration.writers import sign_writer
from signatories.models import Event, Notice, Partner, User
from tests.assessments.helping import make_request
from tests.assessments.posting import text_of
from tests.factories import make_member, make_partner

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]
State = SupportRequest.State


@pytest.fixture
def indicator(assessment: Assessment) -> Indicator:
    return assessment.answers.in_order()[0].indicator


@pytest.fixture
def support(indicator: Indicator, partner: Partner, lead: User) -> SupportRequest:
    return make_request(partner, indicator, lead, "Somebody who <b>knows</b>")


def ask_page(partner: Partner) -> str:
    return f"/partners/{partner.slug}/support/ask/"


def post(client: Client, support: SupportRequest, verb: str, **typed: Any) -> Any:
    return client.post(f"/support/{support.pk}/{verb}", typed)


def stored(support: SupportRequest) -> SupportRequest:
    return SupportRequest.objects.get(pk=support.pk)


# --- Asking ---------------------------------------------------------------------------------------


def test_a_member_asks_in_their_own_words_and_ecda_is_told_at_once_when_it_is_urgent(
    partner: Partner, indicator: Indicator, contributor: User, staff: User, client_of: ClientOf
) -> None:
    typed = {"indicator": indicator.pk, "offer": "other", "words": "A mentor", "urgency": "now"}
    response = client_of(contributor).post(ask_page(partner), typed)
    made = SupportRequest.objects.get()
    assert response.headers["Location"] == f"/support/{made.pk}/"
    assert (made.partner, made.offer, made.words) == (partner, None, "A mentor")
    assert (made.urgency, made.asked_by) == ("now", contributor)
    notice = Notice.objects.get(event__verb=Verb.SUPPORT_ASKED.value)
    assert (notice.person, notice.at_once) == (staff, True)
    assert notice.path == f"/support/{made.pk}/"


def test_what_is_not_urgent_waits_for_the_digest(support: SupportRequest, staff: User) -> None:
    make_request(
        support.partner,
        Indicator.objects.exclude(pk=support.indicator_id)[0],
        support.asked_by,
        urgency="soon",
    )
    notices = Notice.objects.filter(event__verb=Verb.SUPPORT_ASKED.value, person=staff)
    assert [notice.at_once for notice in notices] == [False, False]


def test_a_member_asks_for_an_offer_from_its_page(
    partner: Partner, indicator: Indicator, contributor: User, client_of: ClientOf
) -> None:
    offer = SupportOffer.objects.filter(indicators__isnull=False).first()
    assert offer is not None
    client = client_of(contributor)
    link = f"{ask_page(partner)}?offer={offer.slug}"
    assert f'href="{link}"' in text_of(client.get(f"/support/offers/{offer.pk}/"))
    assert f'value="{offer.slug}" checked' in text_of(client.get(link))
    served = offer.indicators.all()[0]
    client.post(
        ask_page(partner), {"indicator": served.pk, "offer": offer.slug, "urgency": "normal"}
    )
    assert SupportRequest.objects.get().offer == offer


def test_an_offer_for_other_indicators_is_refused_with_those_it_serves(
    partner: Partner, contributor: User, client_of: ClientOf, assessment: Assessment
) -> None:
    offer = SupportOffer.objects.get(slug="be-part-of-the-equation")
    wrong = Indicator.objects.exclude(support_offers=offer)[0]
    typed = {"indicator": wrong.pk, "offer": offer.slug, "urgency": "normal", "words": "kept?"}
    page = text_of(client_of(contributor).post(ask_page(partner), typed))
    assert "serves 2.1, 2.2 and 4.1. Select one of these indicators" in page
    assert ">kept?</textarea>" in page
    assert not SupportRequest.objects.exists()


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"indicator": ""}, "Select an indicator"),
        ({"indicator": "x"}, "Select one of the options"),
        ({"offer": ""}, "Select an offer, or something else"),
        ({"offer": "forged"}, "Select one of the options"),
        ({"words": "  "}, "Say what would help"),
        ({"words": "x" * 2001}, "2,000 characters"),
        ({"urgency": "yesterday"}, "Select one of the options"),
    ],
)
def test_what_cannot_be_asked_is_said_in_words(
    changed: dict[str, str],
    words: str,
    partner: Partner,
    indicator: Indicator,
    lead: User,
    client_of: ClientOf,
) -> None:
    typed = {"indicator": indicator.pk, "offer": "other", "words": "Help", "urgency": "normal"}
    page = text_of(client_of(lead).post(ask_page(partner), typed | changed))
    assert words in page
    assert "Error: Ask for support" in page
    assert not SupportRequest.objects.exists()


def test_what_is_waiting_is_not_asked_for_twice(
    support: SupportRequest, lead: User, client_of: ClientOf
) -> None:
    typed = {
        "indicator": support.indicator_id,
        "offer": "other",
        "words": "Again",
        "urgency": "now",
    }
    page = text_of(client_of(lead).post(ask_page(support.partner), typed))
    assert "Lee Lead asked for this on" in page
    assert ">Again</textarea>" in page
    assert SupportRequest.objects.count() == 1


def test_words_typed_before_the_session_ended_are_given_back(
    partner: Partner, indicator: Indicator, lead: User
) -> None:
    path = ask_page(partner)
    typed = {"indicator": indicator.pk, "offer": "other", "words": "A mentor"}
    response = Client().post(path, typed | {"writer": sign_writer(lead.pk, path)})
    assert response.status_code == 401
    assert "A mentor" in text_of(response)


# --- One request ----------------------------------------------------------------------------------


def test_both_sides_read_the_same_words_and_have_their_own_buttons(
    support: SupportRequest, contributor: User, staff: User, client_of: ClientOf
) -> None:
    of_partner = text_of(client_of(contributor).get(f"/support/{support.pk}/"))
    of_ecda = text_of(client_of(staff).get(f"/support/{support.pk}/"))
    for raw in (client_of(staff).get(f"/support/{support.pk}/").content.decode(),):
        assert "Somebody who &lt;b&gt;knows&lt;/b&gt;" in raw
    assert "Withdraw this request" in of_partner
    assert "Take this on" not in of_partner
    assert "Take this on" in of_ecda
    assert "Withdraw this request" not in of_ecda
    assert "Partners who could help" not in of_partner


def test_a_reply_is_seen_by_the_partner_on_the_page_and_in_the_list(
    support: SupportRequest, contributor: User, staff: User, client_of: ClientOf
) -> None:
    response = post(client_of(staff), support, "reply", words="There is a course.\nIn May.")
    assert response.status_code == 302
    client = client_of(contributor)
    assert "There is a course.\nIn May." in text_of(client.get(f"/support/{support.pk}/"))
    listed = text_of(client.get(f"/partners/{support.partner.slug}/support/"))
    assert "1 reply from ecda" in listed
    assert "With ecda" in listed


def test_ecda_sees_a_request_through_to_its_end(
    support: SupportRequest, staff: User, client_of: ClientOf
) -> None:
    client = client_of(staff)
    for verb, state in [
        ("take", State.WITH_ECDA),
        ("give-back", State.NEW),
        ("finish", State.DONE),
        ("reopen", State.WITH_ECDA),
    ]:
        assert post(client, support, verb).status_code == 302
        assert stored(support).state == state
    post(client, support, "decline", reason="The network is full.")
    assert stored(support).state == State.DECLINED
    page = text_of(client.get(f"/support/{support.pk}/"))
    assert "The network is full." in page
    assert "Open it again" in page
    assert [event.verb for event in Event.objects.about(support)] == [
        Verb.SUPPORT_ASKED.value,
        Verb.SUPPORT_TAKEN.value,
        Verb.SUPPORT_GIVEN_BACK.value,
        Verb.SUPPORT_DONE.value,
        Verb.SUPPORT_REOPENED.value,
        Verb.SUPPORT_DECLINED.value,
    ]


@pytest.mark.parametrize(
    ("verb", "field", "words"),
    [
        ("reply", "words", "Write what you want to say"),
        ("decline", "reason", "Say why ecda cannot give this support"),
        ("connect", "helper", "Select the partner to connect with"),
    ],
)
def test_a_form_without_its_words_says_so(
    verb: str, field: str, words: str, support: SupportRequest, staff: User, client_of: ClientOf
) -> None:
    response = post(client_of(staff), support, verb, **{field: " "})
    page = text_of(response)
    assert response.status_code == 200
    assert words in page
    assert "<title>Error: Support" in " ".join(page.split())
    assert stored(support).state == State.NEW


def test_a_reply_that_comes_too_late_is_given_back_to_be_copied(
    support: SupportRequest, lead: User, staff: User, client_of: ClientOf
) -> None:
    writer = sign_writer(staff.pk, f"/support/{support.pk}/")
    post(client_of(lead), support, "withdraw")
    response = post(client_of(staff), support, "reply", words="A long answer", writer=writer)
    assert response.status_code == 409
    assert "A long answer" in text_of(response)
    assert "has withdrawn this request" in text_of(response)
    assert not SupportReply.objects.exists()


def test_who_is_too_late_is_told_who_has_it(
    support: SupportRequest, staff: User, administrator: User, client_of: ClientOf
) -> None:
    post(client_of(staff), support, "take")
    response = post(client_of(administrator), support, "take")
    assert response.status_code == 409
    assert "Sam Staff has taken on this request already." in text_of(response)


def test_people_of_ecda_who_belong_to_the_partner_act_for_the_partner(
    support: SupportRequest, staff_member: User, client_of: ClientOf
) -> None:
    client = client_of(staff_member)
    assert post(client, support, "take").status_code == 403
    assert "Withdraw this request" in text_of(client.get(f"/support/{support.pk}/"))


# --- The queue ------------------------------------------------------------------------------------


def queue(client: Client, query: str = "") -> str:
    return text_of(client.get(f"/support/{query}"))


@pytest.fixture
def several(support: SupportRequest, indicator: Indicator, staff: User) -> dict[str, Partner]:
    """Requests of four partners: waiting since long, urgent, taken, done."""
    partners = {name: make_partner(f"{name} Council") for name in ("Old", "Now", "Mine", "Done")}
    made = {}
    for name, partner in partners.items():
        urgency = "now" if name == "Now" else "normal"
        made[name] = make_request(partner, indicator, make_member(partner, "lead"), urgency=urgency)
    long_ago = timezone.now() - timedelta(days=12)
    SupportRequest.objects.filter(pk=made["Old"].pk).update(asked_at=long_ago)
    support_queue.take(request=made["Mine"], by=staff)
    support_queue.finish(request=made["Done"], by=staff)
    return partners


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", {"Old", "Now", "Mine"}),
        ("?state=new", {"Old", "Now"}),
        ("?state=with_ecda", {"Mine"}),
        ("?state=done", {"Done"}),
        ("?state=ended", {"Done"}),
        ("?state=all", {"Old", "Now", "Mine", "Done"}),
        ("?owner=mine", {"Mine"}),
        ("?owner=nobody", {"Old", "Now"}),
        ("?urgency=now", {"Now"}),
        ("?offer=own-words", {"Old", "Now", "Mine"}),
        ("?offer=data-masterclass", set()),
        ("?state=forged&urgency=x&offer=%00&owner=0", None),
        ("?state=forged", {"Old", "Now", "Mine"}),
    ],
)
def test_the_queue_shows_what_fits_the_filter(
    query: str,
    shown: set[str] | None,
    several: dict[str, Partner],
    staff: User,
    client_of: ClientOf,
) -> None:
    response = client_of(staff).get(f"/support/{query}")
    if shown is None:
        assert response.status_code == 400
        return
    page = text_of(response)
    assert {name for name in several if f"{name} Council" in page} == shown


def test_the_oldest_comes_first_with_its_age_in_words(
    several: dict[str, Partner], staff: User, client_of: ClientOf
) -> None:
    page = queue(client_of(staff))
    assert "for 12 days" in page
    assert page.index("Old Council") < page.index("Now Council") < page.index("Mine Council")


def test_a_commitment_filters_too(
    several: dict[str, Partner], indicator: Indicator, staff: User, client_of: ClientOf
) -> None:
    others = indicator.commitment.edition.commitments.exclude(pk=indicator.commitment_id)
    client = client_of(staff)
    assert "Old Council" in queue(client, f"?commitment={indicator.commitment_id}")
    assert "No request fits" in queue(client, f"?commitment={others[0].pk}")
    assert "There is no such commitment" in queue(client, "?commitment=99999999999999999999")


def test_the_files_hold_what_the_filter_shows(
    several: dict[str, Partner], staff: User, client_of: ClientOf
) -> None:
    client = client_of(staff)
    SupportRequest.objects.filter(partner=several["Mine"]).update(words="=1+1")
    response: Any = client.get("/support/export.csv?owner=mine")
    lines = b"".join(response.streaming_content).decode("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert "Mine Council" in lines[1]
    assert "'=1+1" in lines[1]
    workbook: Any = client.get("/support/export.xlsx?owner=mine")
    assert b"".join(workbook.streaming_content)[:2] == b"PK"
    assert client.get("/support/export.csv?state=forged").headers["Location"] == (
        "/support/?state=forged"
    )


def queries(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(database) as found:
        assert client.get(address).status_code == 200
    return len(found)


@pytest.mark.parametrize("size", [3, 30])
def test_pages_of_support_need_the_same_few_queries(
    size: int,
    indicator: Indicator,
    partner: Partner,
    lead: User,
    staff: User,
    client_of: ClientOf,
) -> None:
    offer = indicator.support_offers.first() or SupportOffer.objects.all()[0]
    place = {"indicator": indicator, "offer": offer, "asked_by": lead}
    made = SupportRequest.objects.create(partner=make_partner(), **place)
    for number in range(size):
        SupportRequest.objects.create(partner=make_partner(), **place)
        ended = SupportRequest.objects.create(
            partner=partner, indicator=indicator, words="Help", asked_by=lead
        )
        support_queue.reply(request=ended, words="Yes", by=staff)
        support_queue.finish(request=ended, by=staff)
        support_queue.reply(request=made, words=f"We can {number}.", by=staff)
    of_ecda, of_partner = client_of(staff), client_of(lead)
    assert {
        "queue": queries(of_ecda, "/support/"),
        "one": queries(of_ecda, f"/support/{made.pk}/"),
        "offer": queries(of_ecda, f"/support/offers/{offer.pk}/"),
        "offers": queries(of_ecda, "/support/offers/"),
        "list": queries(of_partner, f"/partners/{partner.slug}/support/"),
        "ask": queries(of_partner, ask_page(partner)),
    } == {"queue": 7, "one": 9, "offer": 7, "offers": 5, "list": 8, "ask": 9}
