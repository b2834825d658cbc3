"""Pages of good practice: to offer it, to read it, to withdraw it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assessments.actions import practices
from assessments.models import Assessment, GoodPractice
from assessments.workflow import State as AssessmentState
from declaration.writers import sign_writer
from signatories.models import Partner, User
from tests.assessment_factories import bring_to, save
from tests.assessments.practising import WORDS, first_answer, offered, published
from tests.factories import make_partner

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]
State = GoodPractice.State
TYPED = {"title": "Our <b>way</b>", "body": "Line one\nLine two", "agree": "on"}


def offer_path(assessment: Assessment) -> str:
    return f"/answers/{first_answer(assessment).pk}/good-practice/"


def test_the_offer_begins_with_the_answer(
    assessment: Assessment, lead: User, client_of: ClientOf
) -> None:
    answer = save(first_answer(assessment), lead, narrative="We <em>share</em> it.")
    page = client_of(lead).get(offer_path(assessment)).text
    assert answer.indicator.title in page
    assert "We &lt;em&gt;share&lt;/em&gt; it." in page


def test_a_lead_finds_the_way_on_the_answer_once_it_is_saved_and_a_contributor_does_not(
    assessment: Assessment, lead: User, contributor: User, client_of: ClientOf
) -> None:
    answer, link = first_answer(assessment), "Offer this answer as good practice"
    path = f"/answers/{answer.pk}/"
    assert link not in client_of(lead).get(path).text
    save(answer, lead)
    assert link in client_of(lead).get(path).text
    assert link not in client_of(contributor).get(path).text


def test_the_way_is_there_when_the_answer_can_only_be_read(
    assessment: Assessment, lead: User, leader: User, staff: User, client_of: ClientOf
) -> None:
    bring_to(assessment, AssessmentState.ACCEPTED, leader=leader, staff=staff)
    page = client_of(lead).get(f"/answers/{first_answer(assessment).pk}/").text
    assert "Offer this answer as good practice" in page


def test_a_lead_offers_it(assessment: Assessment, lead: User, client_of: ClientOf) -> None:
    save(first_answer(assessment), lead)
    response = client_of(lead).post(f"{offer_path(assessment)}offer", TYPED, follow=True)
    practice = GoodPractice.objects.get()
    assert response.redirect_chain[-1][0] == f"/good-practice/{practice.slug}/"
    assert "Our &lt;b&gt;way&lt;/b&gt;" in response.text
    assert "Only Braintree District Council and ecda can read this" in response.text
    assert practice.offered_by == lead


def test_what_is_missing_is_said_and_what_was_typed_is_kept(
    assessment: Assessment, lead: User, client_of: ClientOf
) -> None:
    save(first_answer(assessment), lead)
    page = client_of(lead).post(
        f"{offer_path(assessment)}offer", {"title": "", "body": "Typed with care"}
    )
    assert page.status_code == 200
    for words in ("Enter a title", "Agree that ecda publishes", "Typed with care", "Error: "):
        assert words in page.text
    assert not GoodPractice.objects.exists()


def test_a_title_that_is_too_long_is_refused_in_words(
    assessment: Assessment, lead: User, client_of: ClientOf
) -> None:
    save(first_answer(assessment), lead)
    page = client_of(lead).post(f"{offer_path(assessment)}offer", TYPED | {"title": "x" * 151})
    assert "Title must be 150 characters or fewer" in page.text
    assert "x" * 151 in page.text


def test_an_offer_that_waits_stands_in_the_way_of_another_and_nothing_typed_is_lost(
    assessment: Assessment, lead: User, client_of: ClientOf
) -> None:
    offered(assessment, lead)
    client = client_of(lead)
    assert "has already offered good practice about this" in client.get(offer_path(assessment)).text
    response = client.post(f"{offer_path(assessment)}offer", TYPED)
    assert response.status_code == 409
    assert "already offered" in response.text
    assert "Line one" in response.text
    assert GoodPractice.objects.count() == 1


def test_an_answer_that_nobody_saved_is_not_offered(
    assessment: Assessment, lead: User, client_of: ClientOf
) -> None:
    client = client_of(lead)
    assert "Nobody has saved this answer yet" in client.get(offer_path(assessment)).text
    assert client.post(f"{offer_path(assessment)}offer", TYPED).status_code == 409
    assert not GoodPractice.objects.exists()


def test_words_typed_before_the_session_ended_come_back(
    assessment: Assessment, lead: User, client: Client
) -> None:
    path = offer_path(assessment)
    typed = TYPED | {"writer": sign_writer(lead.pk, path)}
    response = client.post(f"{path}offer", typed)
    assert response.status_code == 401
    assert "Line two" in response.text


def test_words_about_one_with_a_slug_come_back_too(
    assessment: Assessment, lead: User, staff: User, client: Client
) -> None:
    practice = offered(assessment, lead)
    path = f"/good-practice/{practice.slug}/edit/"
    typed = {"title": "T", "body": "Long work", "writer": sign_writer(staff.pk, path)}
    response = client.post(f"/good-practice/{practice.slug}/save", typed)
    assert response.status_code == 401
    assert "Long work" in response.text


def test_only_its_partner_and_ecda_read_what_is_not_published(
    assessment: Assessment,
    lead: User,
    contributor: User,
    stranger: User,
    former: User,
    staff: User,
    client: Client,
    client_of: ClientOf,
) -> None:
    practice = offered(assessment, lead)
    path = f"/good-practice/{practice.slug}/"
    assert client.get(path).status_code == 404
    for person in (stranger, former):
        assert client_of(person).get(path).status_code == 404
    for person in (contributor, lead, staff):
        assert "was offered on" in client_of(person).get(path).text


def test_everybody_reads_what_is_published_and_nobody_learns_who_wrote_it(
    assessment: Assessment,
    lead: User,
    stranger: User,
    staff: User,
    client: Client,
    client_of: ClientOf,
) -> None:
    practice = published(assessment, lead, staff)
    path = f"/good-practice/{practice.slug}/"
    for reader in (client, client_of(stranger)):
        page = reader.get(path).text
        assert "Now it takes a day." in page
        assert "Braintree District Council" in page
        for secret in (lead.name, lead.email, staff.name, "Withdraw it", "Edit it"):
            assert secret not in page
    assert "Withdraw it" in client_of(lead).get(path).text


def test_a_partner_that_has_ended_is_named_with_its_end(
    assessment: Assessment, lead: User, staff: User, client: Client
) -> None:
    practice = published(assessment, lead, staff)
    yesterday = timezone.localdate() - timedelta(days=1)
    next_one = make_partner("Mid Essex Council")
    Partner.objects.filter(pk=practice.partner_id).update(
        active_to=yesterday, succeeded_by=next_one
    )
    page = client.get(f"/good-practice/{practice.slug}/").text
    assert f"until {yesterday:%-d %B %Y}, now Mid Essex Council" in page


def test_a_lead_withdraws_what_is_published(
    assessment: Assessment, lead: User, staff: User, client: Client, client_of: ClientOf
) -> None:
    practice = published(assessment, lead, staff)
    path = f"/good-practice/{practice.slug}/"
    leads = client_of(lead)
    assert "Nobody outside Braintree District Council" in leads.get(f"{path}withdraw/").text
    page = leads.post(f"{path}withdraw/confirm", {"reason": "Old"}, follow=True).text
    assert f"Withdrawn: {WORDS.title}" in page
    assert client.get(path).status_code == 404
    again = leads.post(f"{path}withdraw/confirm", {"reason": "Typed twice"})
    assert again.status_code == 409
    assert "You cannot withdraw this now" in again.text
    assert "Typed twice" in again.text


def test_the_partners_list_has_what_was_offered_and_what_it_would_share(
    assessment: Assessment, lead: User, contributor: User, staff: User, client_of: ClientOf
) -> None:
    practice = offered(assessment, lead)
    practices.decline(practice=practice, reason="Too short", by=staff)
    willing = save(first_answer(assessment, 3), lead)
    assessment.answers.filter(pk=willing.pk).update(willing_to_share=True)
    path = f"/partners/{assessment.partner.slug}/good-practice/"
    page = client_of(lead).get(path).text
    assert WORDS.title in page
    assert "Declined" in page
    assert f"Offer {willing.indicator}" in page
    assert f"Offer {willing.indicator}" not in client_of(contributor).get(path).text


def test_an_answer_about_which_something_is_offered_is_not_asked_for_again(
    assessment: Assessment, lead: User, client_of: ClientOf
) -> None:
    offered(assessment, lead)
    assessment.answers.update(willing_to_share=True)
    path = f"/partners/{assessment.partner.slug}/good-practice/"
    assert "Answers that you are willing to share" not in client_of(lead).get(path).text


def test_an_empty_list_says_how_to_begin(
    assessment: Assessment, lead: User, client_of: ClientOf
) -> None:
    path = f"/partners/{assessment.partner.slug}/good-practice/"
    assert "Nothing has been offered yet" in client_of(lead).get(path).text


def test_one_to_read_needs_one_query_for_everybody_and_four_for_its_partner(
    assessment: Assessment, lead: User, staff: User, client: Client, client_of: ClientOf
) -> None:
    practice = published(assessment, lead, staff)
    for place in range(1, 8):
        published(assessment, lead, staff, place=place)
    found = []
    for reader in (client, client_of(lead)):
        reader.get(f"/good-practice/{practice.slug}/")
        with CaptureQueriesContext(connection) as captured:
            reader.get(f"/good-practice/{practice.slug}/")
        found.append(len(captured))
    assert found == [1, 4]


@pytest.mark.parametrize("slug", ["unknown", "queue-1", "%00", "x" * 300])
def test_an_unknown_address_leads_nowhere(
    client: Client, edition: object, staff: User, client_of: ClientOf, slug: str
) -> None:
    assert client.get(f"/good-practice/{slug}/").status_code in {400, 404}
    assert client_of(staff).get(f"/good-practice/{slug}/edit/").status_code in {400, 404}
