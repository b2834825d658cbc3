"""What pages say to ecda and to helpers, where it depends on how things stand."""

from collections.abc import Callable

import pytest
from django.test import Client

from assessments import workflow
from assessments.actions.support_queue import take
from assessments.models import Assessment, Connection
from assessments.workflow import State
from commitments.models import SupportOffer
from signatories.models import Partner, User
from tests.assessments.helping import make_request
from tests.factories import make_member, make_partner

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]


def test_nobody_has_a_turn_of_their_own() -> None:
    assert workflow.whose_turn(State.ACCEPTED) == "It is nobody’s turn."
    assert workflow.whose_turn(State.SUBMITTED) == "It is the turn of ecda."


def test_a_round_offers_to_write_to_the_overdue_only_when_there_are_any(
    assessment: Assessment, staff: User, client_of: ClientOf
) -> None:
    page = client_of(staff).get(f"/rounds/{assessment.round.slug}/").text
    assert "group=not-started" in page
    assert "group=overdue" not in page


def test_a_helper_sees_on_its_page_with_how_many_partners_it_is_connected(
    assessment: Assessment, partner: Partner, lead: User, staff: User, client_of: ClientOf
) -> None:
    asker = make_partner("Harlow")
    wish = make_request(
        asker, assessment.answers.in_order()[0].indicator, make_member(asker, "lead")
    )
    address = f"/partners/{partner.slug}/"
    assert "You are connected with" not in client_of(lead).get(address).text
    take(request=wish, by=staff)
    Connection.objects.create(
        request=wish, helper=partner, asker_contact="A", helper_contact="B", made_by=staff
    )
    assert "You are connected with 1 partner" in client_of(lead).get(address).text
    page = client_of(lead).get(f"{address}support/").text
    assert page.index("Partners you are connected with") < page.index("asked for")


def test_who_comes_from_an_offer_finds_its_indicators_first(
    assessment: Assessment, partner: Partner, lead: User, client_of: ClientOf
) -> None:
    offer = SupportOffer.objects.all()[0]
    served = {str(each.pk) for each in offer.indicators.all()}
    response = client_of(lead).get(f"/partners/{partner.slug}/support/ask/?offer={offer.slug}")
    offered = [key for key, _ in response.context["form"].fields["indicator"].choices if key]
    assert set(offered[: len(served)]) == served
