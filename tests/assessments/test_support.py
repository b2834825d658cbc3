"""Support wanted: the ticks and words of the form become requests, and go when they go."""

from collections.abc import Callable

import pytest
from django.test import Client

from assessments.actions.answering import Wanted
from assessments.actions.support_queue import take
from assessments.actions.supporting import ask
from assessments.models import Answer, Assessment, SupportRequest
from assessments.verbs import Verb
from commitments.models import SupportOffer
from signatories.models import Event, Notice, User
from tests.assessment_factories import save
from tests.assessments.posting import post_answer, stored, text_of

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]
State = SupportRequest.State


@pytest.fixture
def offer(assessment: Assessment) -> SupportOffer:
    """One that serves some indicator."""
    offer = SupportOffer.objects.filter(indicators__isnull=False).first()
    assert offer is not None
    return offer


@pytest.fixture
def answer(assessment: Assessment, offer: SupportOffer) -> Answer:
    """The answer to an indicator that the offer serves."""
    return assessment.answers.filter(indicator=offer.indicators.first()).get()


def requests(answer: Answer) -> list[tuple[str, str]]:
    found = SupportRequest.objects.filter(indicator=answer.indicator_id).order_by("pk")
    return [(str(request), request.state) for request in found.select_related("offer")]


def test_a_tick_and_words_become_requests_of_the_partner(
    answer: Answer, offer: SupportOffer, lead: User, client_of: ClientOf
) -> None:
    typed = {"support": [offer.slug, "other"], "support_words": "Somebody to talk to"}
    post_answer(client_of(lead), answer, **typed)
    assert requests(answer) == [(offer.name, "new"), ("Somebody to talk to", "new")]
    request = SupportRequest.objects.first()
    assert request is not None
    assert (request.partner, request.asked_by) == (answer.assessment.partner, lead)


def test_saving_again_asks_for_nothing_twice(
    answer: Answer, offer: SupportOffer, lead: User, client_of: ClientOf
) -> None:
    typed = {"support": [offer.slug, "other"], "support_words": "Somebody"}
    for _ in range(3):
        post_answer(client_of(lead), stored(answer), **typed)
    assert requests(answer) == [(offer.name, "new"), ("Somebody", "new")]


def test_what_is_not_ticked_any_more_is_withdrawn(
    answer: Answer, offer: SupportOffer, lead: User, client_of: ClientOf
) -> None:
    client = client_of(lead)
    post_answer(client, answer, support=[offer.slug, "other"], support_words="Somebody")
    post_answer(client, stored(answer), support=[])
    assert requests(answer) == [(offer.name, "withdrawn"), ("Somebody", "withdrawn")]
    assert all(request.ended_at for request in SupportRequest.objects.all())
    post_answer(client, stored(answer), support=[offer.slug])
    assert requests(answer)[-1] == (offer.name, "new")


def test_new_words_replace_the_old_ones_until_ecda_has_taken_them_up(
    answer: Answer, lead: User, staff: User
) -> None:
    save(answer, lead, wanted=Wanted(words="Someone"))
    save(answer, lead, wanted=Wanted(words="Somebody"))
    assert requests(answer) == [("Somebody", "new")]
    take(request=SupportRequest.objects.get(), by=staff)
    save(answer, lead, wanted=Wanted(words="Something else"))
    assert requests(answer) == [("Somebody", "withdrawn"), ("Something else", "new")]


def test_the_form_shows_what_is_waiting(
    answer: Answer, offer: SupportOffer, lead: User, client_of: ClientOf
) -> None:
    save(answer, lead, wanted=Wanted((offer,), "Somebody"))
    page = text_of(client_of(lead).get(f"/answers/{answer.pk}/"))
    assert f'value="{offer.slug}" checked' in page
    assert ">Somebody</textarea>" in page


def test_something_else_needs_words(answer: Answer, lead: User, client_of: ClientOf) -> None:
    response = post_answer(client_of(lead), answer, support=["other"], support_words=" ")
    assert "Say what else would help" in text_of(response)
    assert requests(answer) == []


def test_an_offer_that_does_not_serve_the_indicator_is_refused(
    answer: Answer, lead: User, client_of: ClientOf
) -> None:
    response = post_answer(client_of(lead), answer, support=["forged"])
    assert "Select one of the options" in text_of(response)
    assert stored(answer).version == 1


def told(verb: Verb) -> list[tuple[User, str]]:
    notices = Notice.objects.filter(event__verb=verb.value).select_related("person")
    return [(notice.person, notice.words) for notice in notices.order_by("pk")]


def test_ecda_is_told_what_was_asked_for_with_an_answer(
    answer: Answer, offer: SupportOffer, lead: User, staff: User
) -> None:
    save(answer, lead, wanted=Wanted((offer,), "Somebody"))
    save(stored(answer), lead, wanted=Wanted((offer,), "Somebody"))
    place = f"Lee Lead asked for support for Braintree District Council: {answer.indicator}"
    assert told(Verb.SUPPORT_ASKED) == [
        (staff, f"{place}: {offer.name}"),
        (staff, f"{place}: Somebody"),
    ]


def test_who_has_it_is_told_when_it_is_not_wanted_any_more(
    answer: Answer, lead: User, contributor: User, staff: User, administrator: User
) -> None:
    save(answer, lead, wanted=Wanted(words="Somebody"))
    take(request=SupportRequest.objects.get(), by=staff)
    save(stored(answer), contributor, wanted=Wanted())
    request = SupportRequest.objects.get()
    assert (request.state, request.ended_by) == (State.WITHDRAWN, contributor)
    assert [person for person, _ in told(Verb.SUPPORT_WITHDRAWN)] == [staff]
    assert [event.by for event in Event.objects.about(request)] == [lead, staff, contributor]


def test_other_words_keep_the_urgency_that_was_asked_for(
    answer: Answer, lead: User, staff: User
) -> None:
    ask(
        partner=answer.assessment.partner,
        indicator=answer.indicator,
        offer=None,
        words="Somebody",
        urgency="now",
        by=lead,
    )
    save(answer, lead, wanted=Wanted(words="Somebody else"))
    request = SupportRequest.objects.get()
    assert (request.words, request.urgency, request.state) == ("Somebody else", "now", "new")


def test_saving_an_answer_leaves_an_asked_offer_with_words_of_its_own(
    answer: Answer, offer: SupportOffer, lead: User
) -> None:
    ask(
        partner=answer.assessment.partner,
        indicator=answer.indicator,
        offer=offer,
        words="For five people",
        urgency="soon",
        by=lead,
    )
    save(answer, lead, wanted=Wanted((offer,)))
    request = SupportRequest.objects.get()
    assert (request.words, request.state) == ("For five people", State.NEW)
