"""Who else has the page open: a note by name, not a lock."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from django.db.models import F
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessments.actions.drafts import note_presence
from assessments.models import Answer, Assessment, Presence
from signatories.models import Membership, Partner, User
from tests.assessments.drafting import statements

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]


@pytest.fixture
def answer(assessment: Assessment) -> Answer:
    """The first one."""
    return assessment.answers.in_order()[0]


def go_back(seconds: float) -> None:
    """Let everybody have been seen so much earlier."""
    Presence.objects.update(seen_at=F("seen_at") - timedelta(seconds=seconds))


def test_others_are_named_and_oneself_is_not(
    answer: Answer, lead: User, contributor: User, leader: User
) -> None:
    assert note_presence(answer=answer, by=lead) == []
    assert note_presence(answer=answer, by=contributor) == ["Lee Lead"]
    assert note_presence(answer=answer, by=leader) == ["Connie Contributor", "Lee Lead"]
    assert note_presence(answer=answer, by=lead) == ["Connie Contributor", "Lara Leader"]


def test_another_answer_is_another_page(assessment: Assessment, lead: User, leader: User) -> None:
    first, second = assessment.answers.in_order()[:2]
    note_presence(answer=first, by=lead)
    assert note_presence(answer=second, by=leader) == []


def test_a_person_is_there_for_ninety_seconds_after_the_page_was_heard_of(
    answer: Answer, lead: User, contributor: User
) -> None:
    note_presence(answer=answer, by=lead)
    go_back(85)
    assert note_presence(answer=answer, by=contributor) == ["Lee Lead"]
    go_back(6)
    assert note_presence(answer=answer, by=contributor) == []
    note_presence(answer=answer, by=lead)
    assert note_presence(answer=answer, by=contributor) == ["Lee Lead"]


def test_whoever_does_not_belong_to_the_partner_now_is_not_named(
    answer: Answer, lead: User, contributor: User, leader: User, staff: User
) -> None:
    for person in (contributor, leader, staff):
        note_presence(answer=answer, by=person)
    Membership.objects.filter(person=contributor).update(ended_at=timezone.now())
    assert note_presence(answer=answer, by=lead) == ["Lara Leader"]
    User.objects.filter(pk=leader.pk).update(is_active=False)
    assert note_presence(answer=answer, by=lead) == []


def test_ecdas_staff_are_never_named(answer: Answer, lead: User, staff_member: User) -> None:
    note_presence(answer=answer, by=staff_member)
    assert note_presence(answer=answer, by=lead) == []


def test_who_belongs_to_another_partner_only_is_not_named(
    answer: Answer, lead: User, contributor: User, other_partner: Partner
) -> None:
    note_presence(answer=answer, by=contributor)
    Membership.objects.filter(person=contributor).update(ended_at=timezone.now())
    Membership.objects.create(person=contributor, partner=other_partner, role="lead")
    assert note_presence(answer=answer, by=lead) == []


def test_noting_and_asking_is_one_statement(answer: Answer, lead: User, leader: User) -> None:
    for person in (lead, leader, lead):
        assert statements(partial(note_presence, answer=answer, by=person)) == 1
    assert Presence.objects.count() == 2


def test_the_page_asks_and_is_told_the_names(
    answer: Answer, lead: User, contributor: User, client_of: ClientOf
) -> None:
    path = reverse("assessments:answer-presence", args=[answer.pk])
    assert client_of(lead).post(path).json() == {"others": []}
    client = client_of(contributor)
    assert client.post(path).json() == {"others": ["Lee Lead"]}
    assert statements(lambda: client.post(path)) == 4


def test_the_form_says_who_else_has_it_open(
    answer: Answer, lead: User, contributor: User, client_of: ClientOf
) -> None:
    path = reverse("assessments:answer-edit", args=[answer.pk])
    assert "has this page open too" not in client_of(lead).get(path).text
    assert "Lee Lead has this page open too" in " ".join(
        client_of(contributor).get(path).text.split()
    )
