"""A partner’s public page: what is public already, and its ratings only where its leader chose."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from assessments.models import Assessment, Evidence, GoodPractice, Publication, ReleaseEntry
from assessments.workflow import State
from commitments.models import Edition
from signatories.models import Partner, User
from tests.assessment_factories import bring_to
from tests.assessments.posting import text_of
from tests.factories import make_member, make_partner, make_signature
from tests.progress.regions import make_region, newest

pytestmark = pytest.mark.django_db

PAGE = "/register/braintree-district-council/"


def test_it_says_who_it_is_what_it_signed_and_how_to_check_that(
    client: Client, edition: Edition, partner: Partner, leader: User
) -> None:
    Partner.objects.filter(pk=partner.pk).update(website="https://braintree.example/")
    signature = make_signature(partner, edition, leader)
    found = client.get(PAGE)
    page = text_of(found)
    assert "Braintree District Council" in page
    assert "District council" in page
    assert "https://braintree.example/" in found.text
    assert f"Signed {edition.title} on {timezone.localdate():%-d %B %Y}" in page
    assert "Valid" in page
    assert f"/certificates/{signature.certificate.code}/" in found.text
    assert "This partner does not show its own ratings" in page
    assert "It has not published any good practice yet" in page
    tag = {"if-none-match": found.headers["ETag"]}
    assert client.get(PAGE, headers=tag).status_code == 304


def test_the_register_leads_to_it(client: Client, edition: Edition, partner: Partner) -> None:
    assert f'href="{PAGE}"' in client.get("/register/").text


def test_a_partner_that_is_no_more_names_its_successor(
    client: Client, edition: Edition, partner: Partner, leader: User, other_partner: Partner
) -> None:
    make_signature(partner, edition, leader)
    yesterday = timezone.localdate() - timedelta(days=1)
    Partner.objects.filter(pk=partner.pk).update(active_to=yesterday, succeeded_by=other_partner)
    found = client.get(PAGE)
    assert f"This organisation existed until {yesterday:%-d %B %Y}" in text_of(found)
    assert 'href="/register/maldon-district-council/"' in found.text
    # Not there yet, and so without a page that a link could lead to.
    tomorrow = timezone.localdate() + timedelta(days=1)
    Partner.objects.filter(pk=other_partner.pk).update(active_from=tomorrow)
    found = client.get(PAGE)
    assert "It was followed by <bdi>Maldon District Council</bdi>." in text_of(found)
    assert 'href="/register/maldon-district-council/"' not in found.text
    assert client.get("/register/maldon-district-council/").status_code == 404


def test_a_name_of_any_script_stands_by_itself(client: Client, edition: Edition) -> None:
    found = client.get(f"/register/{make_partner('مجلس إسكس').slug}/").text
    assert "<bdi>مجلس إسكس</bdi>" in found


def test_who_is_not_in_the_register_has_no_page(client: Client, edition: Edition) -> None:
    gone = make_partner("Gone Council")
    Partner.objects.filter(pk=gone.pk).update(active_to="2020-01-01")
    for slug in (gone.slug, "nobody"):
        assert client.get(f"/register/{slug}/").status_code == 404


def test_good_practice_and_public_evidence_are_there_and_nothing_that_is_not_public(
    client: Client, assessment: Assessment, leader: User, staff: User
) -> None:
    answer = assessment.answers.in_order()[0]
    for title, public in (("Our data strategy", True), ("Our board’s minutes", False)):
        Evidence.objects.create(
            answer=answer,
            title=title,
            url=f"https://a.example/{public}",
            public=public,
            added_by=leader,
        )
    assert "Our data strategy" not in client.get(PAGE).text
    bring_to(assessment, State.ACCEPTED, leader=leader, staff=staff)
    for slug, published in (("shared", True), ("kept", False)):
        practice = GoodPractice.objects.create(
            partner=assessment.partner,
            indicator=answer.indicator,
            slug=slug,
            title=f"How we {slug} it",
            body="So.",
            offered_by=leader,
        )
        if published:
            now = timezone.now()
            GoodPractice.objects.filter(pk=practice.pk).update(
                state="published", published_at=now, published_by=staff
            )
    found = client.get(PAGE)
    page = text_of(found)
    assert "Our data strategy" in page
    assert "minutes" not in page
    assert "How we shared it" in page
    assert "How we kept it" not in page
    assert "https://a.example/True" in found.text
    assert 'href="/good-practice/shared/"' in found.text


def test_its_ratings_are_there_only_where_they_were_published_and_the_choice_still_stands(
    client: Client,
    edition: Edition,
    staff: User,
    settings: Any,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    settings.DEMO = True
    make_region(edition, staff)
    cache.clear()
    release = newest()
    shown = ReleaseEntry.objects.filter(release=release, published=True).select_related("partner")
    publisher = shown[0].partner
    hidden = ReleaseEntry.objects.filter(release=release, published=False)[0].partner
    with django_assert_num_queries(3):
        page = text_of(client.get(f"/register/{publisher.slug}/"))
    assert f"Round {release.round.name}, release 1" in page
    assert page.count("Not started") + page.count("Exploring") + page.count("Developing") > 0
    other = text_of(client.get(f"/register/{hidden.slug}/"))
    assert "This partner does not show its own ratings" in other
    assert f"Round {release.round.name}" not in other

    # Chosen since: from the next release on.
    leader = make_member(hidden, "leader")
    Publication.objects.create(partner=hidden, started_by=leader)
    later = text_of(client.get(f"/register/{hidden.slug}/"))
    assert "They appear here when ecda next releases the figures of a round" in later
    assert f"Round {release.round.name}" not in later

    # Taken back: gone at once from the page, and kept in the file that was made.
    choice = Publication.objects.live().get(partner=publisher)
    Publication.objects.filter(pk=choice.pk).update(
        ended_at=timezone.now() + timedelta(seconds=1), ended_by=choice.started_by
    )
    taken_back = text_of(client.get(f"/register/{publisher.slug}/"))
    assert "This partner does not show its own ratings" in taken_back
    assert f"Round {release.round.name}" not in taken_back
    file = client.get(f"/data/{release.round.slug}/release-1/ratings.csv")
    assert publisher.slug.encode() in b"".join(file)
