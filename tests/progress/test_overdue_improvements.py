"""A partner's own page says how many improvements are overdue, and leads to them."""

from collections.abc import Callable

import pytest
from django.test import Client

from commitments.models import Edition
from signatories.models import Partner, User
from tests.assessments.improving import change, in_days, make_improvement

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]


def home(client: Client, partner: Partner) -> str:
    return client.get(f"/partners/{partner.slug}/").text


def test_the_overdue_are_counted_and_linked_for_members_and_for_ecda(
    edition: Edition,
    partner: Partner,
    other_partner: Partner,
    lead: User,
    staff: User,
    stranger: User,
    client_of: ClientOf,
) -> None:
    make_improvement(partner, lead, "Due today", due_on=in_days(0))
    make_improvement(partner, lead, "Without a date")
    make_improvement(other_partner, stranger, "Not ours", due_on=in_days(-5))
    finished = make_improvement(partner, lead, "Was late", due_on=in_days(-5))
    change(finished, lead, state="dropped")
    client = client_of(lead)
    assert "overdue</a>" not in home(client, partner)
    assert f'href="/partners/{partner.slug}/improvements/"' in home(client, partner)
    make_improvement(partner, lead, "Late", due_on=in_days(-1))
    assert "1 improvement is overdue</a>" in home(client, partner)
    make_improvement(partner, lead, "Late too", due_on=in_days(-9))
    for person in (lead, staff):
        page = home(client_of(person), partner)
        assert "2 improvements are overdue</a>" in page
        assert f'href="/partners/{partner.slug}/improvements/?status=overdue"' in page


def test_without_an_edition_there_is_nothing_to_count(
    partner: Partner, lead: User, client_of: ClientOf
) -> None:
    assert "overdue</a>" not in home(client_of(lead), partner)
