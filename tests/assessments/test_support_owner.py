"""Who had a request leaves ecda: what the partner writes reaches those who are there."""

from collections.abc import Callable

import pytest
from django.test import Client

from assessments.actions import support_queue, supporting
from assessments.models import Assessment, SupportRequest
from assessments.verbs import NOTICES, Verb
from declaration.actions import RefusedError
from signatories.actions import people, subscribing
from signatories.models import Membership, Notice, Partner, User
from tests.assessments.helping import make_request
from tests.assessments.posting import text_of
from tests.factories import make_user

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]
State = SupportRequest.State


@pytest.fixture
def support(assessment: Assessment, contributor: User, lead: User, staff: User) -> SupportRequest:
    """What a contributor asked for, and somebody at ecda took on."""
    indicator = assessment.answers.in_order()[0].indicator
    made = make_request(assessment.partner, indicator, contributor)
    return support_queue.take(request=made, by=staff)


def leave(person: User, by: User) -> None:
    people.change_office(person=person, office=User.Office.NONE, by=by)
    Notice.objects.all().delete()


def join(person: User, partner: Partner) -> None:
    Membership.objects.create(person=person, partner=partner, role="contributor")
    Notice.objects.all().delete()


def told(verb: Verb) -> set[User]:
    return {notice.person for notice in Notice.objects.filter(event__verb=verb.value)}


def test_a_message_to_who_has_left_goes_to_all_of_ecda(
    support: SupportRequest, contributor: User, staff: User, administrator: User
) -> None:
    leave(staff, administrator)
    support_queue.reply(request=support, words="Is anybody there?", by=contributor)
    assert told(Verb.SUPPORT_REPLIED) == {administrator}


def test_a_message_to_who_acts_for_the_partner_by_now_goes_to_all_of_ecda(
    support: SupportRequest, contributor: User, staff: User, administrator: User, partner: Partner
) -> None:
    join(staff, partner)
    support_queue.reply(request=support, words="Is anybody there?", by=contributor)
    assert administrator in told(Verb.SUPPORT_REPLIED)


def test_what_is_withdrawn_is_told_to_all_of_ecda_once_its_owner_has_left(
    support: SupportRequest, contributor: User, staff: User, administrator: User
) -> None:
    leave(staff, administrator)
    supporting.withdraw(request=support, by=contributor)
    assert told(Verb.SUPPORT_WITHDRAWN) == {administrator}


def test_anybody_at_ecda_takes_what_was_left_behind_and_nobody_else_does(
    support: SupportRequest,
    contributor: User,
    staff: User,
    administrator: User,
    client_of: ClientOf,
) -> None:
    new = make_user("New", office="staff")
    with pytest.raises(RefusedError, match="has taken on this request already"):
        support_queue.take(request=support, by=new)
    leave(staff, administrator)
    for path in ("/support/", "/support/?owner=nobody", f"/support/{support.pk}/"):
        page = text_of(client_of(new).get(path))
        assert "(no longer sees to it)" in page
    with pytest.raises(RefusedError, match="Only people at ecda"):
        support_queue.take(request=support, by=contributor)
    assert client_of(new).post(f"/support/{support.pk}/take").status_code == 302
    stored = SupportRequest.objects.get()
    assert (stored.owner, stored.state) == (new, State.WITH_ECDA)
    assert "no longer sees to it" not in text_of(client_of(new).get(f"/support/{support.pk}/"))


def test_what_is_connected_stays_connected_when_another_takes_it(
    support: SupportRequest, staff: User, administrator: User
) -> None:
    SupportRequest.objects.update(state=State.CONNECTED)
    leave(staff, administrator)
    support_queue.take(request=support, by=administrator)
    stored = SupportRequest.objects.get()
    assert (stored.owner, stored.state) == (administrator, State.CONNECTED)


def test_that_ecda_gave_it_back_is_not_the_partners_to_see(
    support: SupportRequest, contributor: User, staff: User, client_of: ClientOf
) -> None:
    support_queue.give_back(request=support, by=staff)
    path = f"/support/{support.pk}/"
    assert "gave back a request" in text_of(client_of(staff).get(path))
    assert "gave back a request" not in text_of(client_of(contributor).get(path))
    timeline = f"/partners/{support.partner.slug}/timeline/"
    lead = Membership.objects.get(partner=support.partner, role="lead").person
    assert "gave back a request" not in text_of(client_of(lead).get(timeline))


# --- What nobody turns off -----------------------------------------------------------------------


def without_news(*people: User) -> None:
    for person in people:
        subscribing.choose_emails(person=person, reminders=True, news=False, by=person)
    Notice.objects.all().delete()


def test_what_is_needed_now_reaches_ecda_also_without_news(
    assessment: Assessment, contributor: User, staff: User, administrator: User
) -> None:
    without_news(staff, administrator)
    later, now = (answer.indicator for answer in assessment.answers.in_order()[:2])
    make_request(assessment.partner, later, contributor)
    assert told(Verb.SUPPORT_ASKED) == set()
    make_request(assessment.partner, now, contributor, urgency="now")
    assert told(Verb.SUPPORT_ASKED) == {staff, administrator}


def test_replies_reach_both_sides_also_without_news(
    assessment: Assessment, contributor: User, lead: User, staff: User, administrator: User
) -> None:
    without_news(lead, contributor, staff, administrator)
    support = make_request(
        assessment.partner, assessment.answers.in_order()[1].indicator, contributor
    )
    support_queue.reply(request=support, words="Still waiting", by=contributor)
    assert told(Verb.SUPPORT_REPLIED) == {staff, administrator}
    Notice.objects.all().delete()
    support_queue.reply(request=support, words="We are on it", by=staff)
    assert told(Verb.SUPPORT_REPLIED) == {lead, contributor}


def test_that_a_practice_is_considered_again_is_essential() -> None:
    assert NOTICES[Verb.PRACTICE_RECONSIDERED].topic == "essential"
