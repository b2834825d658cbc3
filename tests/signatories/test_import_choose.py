"""Ticks are asked for only while the list can be confirmed."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from signatories.models import Partner, PartnerImport, User
from tests.factories import make_partner
from tests.signatories.importing import imported, preview, upload

pytestmark = pytest.mark.django_db

LIST = b"name,kind\nALPHA,district\n"


@pytest.fixture
def alpha() -> Partner:
    return make_partner("Alpha")


def trouble(by: User) -> PartnerImport:
    found = preview(LIST, by)
    PartnerImport.objects.filter(pk=found.pk).update(trouble="This is no table.")
    return found


@pytest.mark.parametrize(
    "make",
    [
        lambda by: imported(LIST, by),
        lambda by: preview(b"name,kind\nALPHA,nonsense\n", by),
        lambda by: upload(LIST, by),
        trouble,
    ],
    ids=["confirmed", "refused", "being read", "no table"],
)
def test_what_cannot_be_confirmed_has_no_button_for_it(
    administrator: User,
    alpha: Partner,
    client_of: Callable[[User], Client],
    make: Callable[[User], PartnerImport],
) -> None:
    found = make(administrator)
    client = client_of(administrator)
    there = reverse("signatories:import-detail", args=[found.pk])
    asked = client.get(reverse("signatories:import-choose", args=[found.pk]))
    assert (asked.status_code, asked["Location"]) == (302, there)
    confirm = reverse("signatories:import-confirm", args=[found.pk])
    posted = client.post(confirm, {"ticks": "2:nonsense"})
    assert (posted.status_code, posted["Location"]) == (302, there)


def test_what_can_be_confirmed_has_one(
    administrator: User, alpha: Partner, client_of: Callable[[User], Client]
) -> None:
    found = preview(LIST, administrator)
    page = client_of(administrator).get(reverse("signatories:import-choose", args=[found.pk]))
    assert "Confirm and import" in page.content.decode()
