"""Django's admin shows rounds and assessments and changes none of them."""

from collections.abc import Callable

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from assessments import models
from assessments.models import Assessment
from assessments.workflow import State
from signatories.models import Membership, Partner, User
from tests.assessment_factories import bring_to

pytestmark = pytest.mark.django_db

# What a person has not saved is theirs alone, and who has a page open is gone in a minute.
OWN = {models.Draft, models.Presence, models.ReviewDraft, models.SheetUpload}
MODELS = [getattr(models, name) for name in models.__all__ if getattr(models, name) not in OWN]


def test_every_model_is_there_but_what_is_a_persons_own() -> None:
    assert all(admin.site.is_registered(model) for model in MODELS)
    assert not any(admin.site.is_registered(model) for model in OWN)


@pytest.mark.parametrize("model", MODELS)
def test_an_administrator_reads_and_cannot_add(
    model: type[models.Round],
    assessment: Assessment,
    leader: User,
    staff: User,
    administrator: User,
    client_of: Callable[[User], Client],
) -> None:
    bring_to(assessment, State.ACCEPTED, leader=leader, staff=staff)
    client = client_of(administrator)
    names = f"admin:assessments_{model._meta.model_name}"
    assert client.get(reverse(f"{names}_changelist")).status_code == 200
    assert client.get(reverse(f"{names}_add")).status_code == 403
    first = model.objects.first()
    if first is not None:
        change = reverse(f"{names}_change", args=[first.pk])
        assert client.get(change).status_code == 200
        assert client.post(change, {"state": "draft"}).status_code == 403


def test_an_administrator_reads_no_notes_about_a_partner_they_belong_to(
    other_partner: Partner,
    assessment: Assessment,
    staff: User,
    administrator: User,
    client_of: Callable[[User], Client],
) -> None:
    other = Assessment.objects.get(partner=other_partner)
    mine = models.ReviewNote.objects.create(assessment=assessment, words="KANARIE", by=staff)
    models.ReviewNote.objects.create(assessment=other, words="ZEISIG", by=staff)
    client = client_of(administrator)
    listed = reverse("admin:assessments_reviewnote_changelist")
    pages = [
        reverse(f"admin:assessments_reviewnote_{name}", args=[mine.pk])
        for name in ("change", "history", "delete")
    ]
    assert "KANARIE" in client.get(listed).text
    assert "KANARIE" in client.get(pages[0]).text
    Membership.objects.create(partner=assessment.partner, person=administrator, role="contributor")
    assert "KANARIE" not in client.get(listed).text
    assert "ZEISIG" in client.get(listed).text
    for page in pages:
        assert "KANARIE" not in client.get(page, follow=True).text
