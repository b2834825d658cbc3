"""Partners who are strong are suggested, and connected once both sides agreed to be contacted."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assessments.actions import support_queue
from assessments.actions.connecting import connect
from assessments.actions.contacts import remove_contact, want_contact
from assessments.dashboards.support_detail import read_helpers
from assessments.models import Answer, Connection, Contact, GoodPractice, Round, SupportRequest
from assessments.verbs import Verb
from declaration.actions import RefusedError
from signatories.models import Event, Notice, Partner, User
from tests.assessment_factories import make_round
from tests.assessments.helping import agree, make_request, make_strong
from tests.assessments.posting import text_of
from tests.assessments.years import later_edition, move_to_the_past
from tests.factories import make_member, make_partner

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]
State = SupportRequest.State


@pytest.fixture
def round(edition: object, partner: Partner, other_partner: Partner, staff: User) -> Round:
    """A round of both partners."""
    return make_round(edition, staff)  # type: ignore[arg-type]  # the fixture's edition


@pytest.fixture
def support(round: Round, partner: Partner, contributor: User) -> SupportRequest:
    """What the partner's contributor asked for."""
    indicator = partner.assessments.get(round=round).answers.in_order()[0].indicator
    return make_request(partner, indicator, contributor)


def suggested(support: SupportRequest) -> list[str]:
    return [helper.partner.name for helper in read_helpers(support)]


def told(verb: Verb) -> list[User]:
    return [notice.person for notice in Notice.objects.filter(event__verb=verb.value)]


# --- Who is suggested -----------------------------------------------------------------------------


def test_a_partner_is_suggested_that_is_strong_and_willing_in_its_accepted_assessment(
    support: SupportRequest, round: Round, other_partner: Partner, staff: User
) -> None:
    assert suggested(support) == []
    make_strong(round, other_partner, staff, rating=3)
    [helper] = read_helpers(support)
    assert (helper.partner, helper.rating_words) == (other_partner, "3 Established")
    assert helper.excerpt == "We hold an open session every month."
    assert not helper.has_contact


@pytest.mark.parametrize(("rating", "shares"), [(2, True), (4, False)])
def test_who_is_not_strong_or_not_willing_is_not_suggested(
    rating: int,
    shares: bool,
    support: SupportRequest,
    round: Round,
    other_partner: Partner,
    staff: User,
) -> None:
    make_strong(round, other_partner, staff, rating=rating, shares=shares)
    assert suggested(support) == []


def test_what_is_not_accepted_does_not_count(
    support: SupportRequest, round: Round, other_partner: Partner
) -> None:
    Answer.objects.filter(assessment__partner=other_partner).update(
        rating=4, willing_to_share=True, updated_at=timezone.now()
    )
    assert suggested(support) == []


def test_who_asks_and_who_exists_no_more_are_not_suggested(
    support: SupportRequest, round: Round, partner: Partner, other_partner: Partner, staff: User
) -> None:
    make_strong(round, partner, staff)
    make_strong(round, other_partner, staff)
    yesterday = timezone.localdate() - timedelta(days=1)
    Partner.objects.filter(pk=other_partner.pk).update(active_to=yesterday)
    assert suggested(support) == []


def test_only_the_latest_accepted_assessment_counts(
    support: SupportRequest, round: Round, other_partner: Partner, staff: User
) -> None:
    make_strong(round, other_partner, staff, rating=4)
    move_to_the_past(round)
    again = make_round(round.edition, staff)
    assert suggested(support) == [other_partner.name]
    make_strong(again, other_partner, staff, rating=2)
    assert suggested(support) == []


def test_an_indicator_of_a_later_edition_continues_the_one_with_its_title(
    support: SupportRequest, round: Round, other_partner: Partner, partner: Partner, staff: User
) -> None:
    make_strong(round, other_partner, staff)
    continued = later_edition().commitments.get(number=1).indicators.get(number=1)
    asker = make_member(partner, "lead")
    again = make_request(partner, continued, asker, "Help with the new text")
    assert suggested(again) == [other_partner.name]


def test_the_strongest_come_first_then_those_who_show_how(
    edition: object, partner: Partner, contributor: User, staff: User
) -> None:
    others = {name: make_partner(name) for name in ("Four", "Three", "Three with practice")}
    round = make_round(edition, staff)  # type: ignore[arg-type]  # the fixture's edition
    indicator = partner.assessments.get().answers.in_order()[0].indicator
    support = make_request(partner, indicator, contributor)
    for name, other in others.items():
        make_strong(round, other, staff, rating=4 if name == "Four" else 3)
    practice = GoodPractice.objects.create(
        partner=others["Three with practice"],
        indicator=indicator,
        slug="open-session",
        title="An open session",
        body="Every month.",
        offered_by=staff,
    )
    GoodPractice.objects.filter(pk=practice.pk).update(
        state="published", published_at=timezone.now(), published_by=staff
    )
    with CaptureQueriesContext(connection) as found:
        assert suggested(support) == ["Four", "Three with practice", "Three"]
    assert len(found) == 2


# --- Connecting -----------------------------------------------------------------------------------


def test_both_sides_get_one_message_with_the_contact_of_the_other(
    support: SupportRequest,
    partner: Partner,
    other_partner: Partner,
    staff: User,
    contributor: User,
    lead: User,
    leader: User,
    stranger: User,
) -> None:
    agree(partner, "Anne Asker")
    agree(other_partner, "Hari Helper")
    made = connect(request=support, helper=other_partner, note="Talk about training.", by=staff)
    support.refresh_from_db()
    assert (support.state, support.owner) == (State.CONNECTED, staff)
    assert made.helper_contact.startswith("Hari Helper, Data manager, hari@maldon")
    people = told(Verb.CONNECTED)
    assert {contributor, lead, leader, stranger} <= set(people)
    assert len(people) == len(set(people))
    of_asker = Notice.objects.get(event__verb=Verb.CONNECTED.value, person=contributor)
    of_helper = Notice.objects.get(event__verb=Verb.CONNECTED.value, person=stranger)
    assert "Maldon District Council" in of_asker.words
    assert "hari@maldon-district-council.example" in of_asker.words
    assert "Talk about training." in of_asker.words
    assert "Braintree District Council" in of_helper.words
    assert "anne@braintree-district-council.example" in of_helper.words
    assert of_asker.at_once
    assert of_helper.at_once
    assert of_asker.path == f"/support/{support.pk}/"
    assert of_helper.path == "/partners/maldon-district-council/support/#helping"


def test_without_an_agreed_contact_nobody_is_connected(
    support: SupportRequest, partner: Partner, other_partner: Partner, staff: User
) -> None:
    with pytest.raises(
        RefusedError, match="Braintree District Council and Maldon District Council have not said"
    ):
        connect(request=support, helper=other_partner, note="", by=staff)
    agree(partner)
    with pytest.raises(RefusedError, match=r"^Maldon District Council has not said whom"):
        connect(request=support, helper=other_partner, note="", by=staff)
    support.refresh_from_db()
    assert support.state == State.NEW
    assert not Connection.objects.exists()
    assert not Event.objects.filter(verb=Verb.CONNECTED.value).exists()


def test_connecting_twice_tells_once(
    support: SupportRequest, partner: Partner, other_partner: Partner, staff: User
) -> None:
    agree(partner)
    agree(other_partner)
    first = connect(request=support, helper=other_partner, note="", by=staff)
    count = Notice.objects.count()
    assert connect(request=support, helper=other_partner, note="Again", by=staff) == first
    assert Notice.objects.count() == count


def test_a_request_is_connected_with_several_partners_one_after_another(
    support: SupportRequest, partner: Partner, other_partner: Partner, staff: User
) -> None:
    third = make_partner()
    for each in (partner, other_partner, third):
        agree(each)
    connect(request=support, helper=other_partner, note="", by=staff)
    connect(request=support, helper=third, note="", by=staff)
    assert Connection.objects.filter(request=support).count() == 2


def test_nobody_is_connected_with_themselves_or_with_who_exists_no_more(
    support: SupportRequest, partner: Partner, other_partner: Partner, staff: User
) -> None:
    agree(partner)
    agree(other_partner)
    with pytest.raises(RefusedError, match="Nobody is connected with themselves"):
        connect(request=support, helper=partner, note="", by=staff)
    yesterday = timezone.localdate() - timedelta(days=1)
    Partner.objects.filter(pk=other_partner.pk).update(active_to=yesterday)
    with pytest.raises(RefusedError, match="exists no more"):
        connect(request=support, helper=other_partner, note="", by=staff)


def test_what_was_given_stays_when_the_contact_is_removed(
    support: SupportRequest, partner: Partner, other_partner: Partner, staff: User, stranger: User
) -> None:
    agree(partner)
    agree(other_partner, "Hari Helper")
    connect(request=support, helper=other_partner, note="", by=staff)
    remove_contact(partner=other_partner, by=stranger)
    assert "Hari Helper" in Connection.objects.get().helper_contact
    with pytest.raises(RefusedError, match="has not said whom"):
        connect(request=support, helper=make_partner(), note="", by=staff)


def test_the_longest_contact_still_fits_into_the_notice(
    support: SupportRequest, partner: Partner, other_partner: Partner, staff: User, lead: User
) -> None:
    agree(partner)
    agree(other_partner)
    email = f"{'e' * 200}@a.example"
    Contact.objects.filter(partner=other_partner).update(
        name="n" * 200, job_title="j" * 200, email=email, phone="p" * 40
    )
    connect(request=support, helper=other_partner, note="x" * 500, by=staff)
    words = Notice.objects.get(event__verb=Verb.CONNECTED.value, person=lead).words
    assert email in words
    assert "p" * 40 in words


# --- Asking for a contact -------------------------------------------------------------------------


def test_the_leads_are_asked_for_a_contact_and_led_to_its_page(
    support: SupportRequest, other_partner: Partner, staff: User, stranger: User
) -> None:
    want_contact(request=support, partner=other_partner, by=staff)
    notice = Notice.objects.get(event__verb=Verb.CONTACT_WANTED.value)
    assert (notice.person, notice.at_once) == (stranger, True)
    assert notice.path == "/partners/maldon-district-council/contact/"
    assert "Braintree" not in notice.words


def test_a_partner_is_not_asked_again_within_days(
    support: SupportRequest, other_partner: Partner, staff: User, stranger: User
) -> None:
    want_contact(request=support, partner=other_partner, by=staff)
    with pytest.raises(RefusedError, match="Sam Staff asked Maldon District Council"):
        want_contact(request=support, partner=other_partner, by=staff)
    assert Notice.objects.filter(event__verb=Verb.CONTACT_WANTED.value).count() == 1


def test_nobody_is_asked_who_has_agreed_or_who_has_no_lead(
    support: SupportRequest, partner: Partner, staff: User, lead: User, contributor: User
) -> None:
    lonely = make_partner()
    with pytest.raises(RefusedError, match="has no lead or leader"):
        want_contact(request=support, partner=lonely, by=staff)
    agree(partner)
    with pytest.raises(RefusedError, match="has given a contact"):
        want_contact(request=support, partner=partner, by=staff)
    with pytest.raises(RefusedError, match="Only people at ecda"):
        want_contact(request=support, partner=partner, by=contributor)
    support_queue.finish(request=support, by=staff)
    with pytest.raises(RefusedError, match="has ended"):
        want_contact(request=support, partner=lonely, by=staff)


# --- The pages ------------------------------------------------------------------------------------


def test_one_click_connects_and_both_sides_see_it(
    support: SupportRequest,
    round: Round,
    partner: Partner,
    other_partner: Partner,
    staff: User,
    lead: User,
    stranger: User,
    client_of: ClientOf,
) -> None:
    make_strong(round, other_partner, staff)
    client = client_of(staff)
    path = f"/support/{support.pk}/"
    page = text_of(client.get(path))
    assert "Ask Braintree District Council for a contact" in page
    assert "Ask Maldon District Council for a contact" in page
    assert "Connect with Maldon" not in page
    client.post(f"{path}want-contact", {"partner": other_partner.slug})
    page = text_of(client.get(path))
    assert "Sam Staff asked its leads for a contact on" in page
    assert "Ask Maldon District Council for a contact" not in page
    agree(partner, "Anne Asker")
    agree(other_partner, "Hari Helper")
    assert "Connect with Maldon District Council" in text_of(client.get(path))
    typed = {"helper": other_partner.slug, "note": "Talk about training."}
    assert client.post(f"{path}connect", typed).status_code == 302
    assert "Connected about this request already." in text_of(client.get(path))
    of_asker = text_of(client_of(lead).get(path))
    assert "Hari Helper, Data manager" in of_asker
    of_helper = text_of(client_of(stranger).get("/partners/maldon-district-council/support/"))
    assert "Anne Asker, Data manager" in of_helper
    assert "Talk about training." in of_helper
    # Why they ask is between the partner and ecda.
    assert support.words not in of_helper
    assert client_of(stranger).get(path).status_code == 404


def test_a_contact_is_saved_with_the_persons_agreement_only(
    partner: Partner, lead: User, client_of: ClientOf
) -> None:
    client = client_of(lead)
    path = f"/partners/{partner.slug}/contact/"
    typed = {"name": "Anne Asker", "job_title": "", "email": "Anne@A.example", "phone": "1"}
    page = text_of(client.post(path, typed))
    assert "Ask this person, and confirm that they agree" in page
    assert 'value="Anne Asker"' in page
    assert not Contact.objects.exists()
    client.post(path, typed | {"agreed": "on"})
    contact = Contact.objects.get()
    assert (contact.email, contact.agreed_by) == ("anne@a.example", lead)
    seen = {"seen": contact.agreed_at.isoformat()}
    client.post(path, typed | seen | {"name": "Bea Better", "agreed": "on"})
    assert Contact.objects.get().name == "Bea Better"
    client.post(f"{path}remove")
    assert not Contact.objects.exists()
    assert [event.verb for event in Event.objects.filter(partner=partner).order_by("pk")] == [
        Verb.CONTACT_GIVEN.value,
        Verb.CONTACT_GIVEN.value,
        Verb.CONTACT_REMOVED.value,
    ]
    assert "Bea" not in str(list(Event.objects.values_list("note", flat=True)))


def test_ecda_sees_who_asked_for_an_offer_and_members_do_not(
    support: SupportRequest, staff: User, lead: User, stranger: User, client_of: ClientOf
) -> None:
    offer = support.indicator.commitment.edition.support_offers.all()[0]
    SupportRequest.objects.create(
        partner=support.partner,
        indicator=offer.indicators.all()[0],
        offer=offer,
        asked_by=lead,
    )
    path = f"/support/offers/{offer.pk}/"
    assert "Braintree District Council" in text_of(client_of(staff).get(path))
    assert "Braintree District Council</a>" not in text_of(client_of(stranger).get(path))
    assert client_of(staff).get("/support/offers/999999/").status_code == 404
