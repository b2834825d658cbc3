"""The demonstration shows life: somebody is asked, something is overdue, somebody shares."""

from typing import Any

import pytest
from django.core.management import call_command

from assessments.dashboards import questions_of, read_sheet
from assessments.models import Answer, Assessment, Assignment, Improvement
from assessments.quality import Kind
from commitments.models import Edition
from signatories.models import Signature

pytestmark = pytest.mark.django_db


@pytest.fixture
def braintree(edition: Edition, settings: Any) -> Assessment:
    """The assessment of the partner whose sign-ins are printed."""
    settings.DEMO = True
    call_command("load_demo", verbosity=0)
    return Assessment.objects.select_related("round", "partner").get(
        partner__slug="braintree-district-council"
    )


def test_braintree_has_work_to_do_and_others_share(braintree: Assessment) -> None:
    assigned = Assignment.objects.get()
    assert assigned.answer.assessment == braintree
    assert assigned.person.email == "contributor@braintree.example"
    assert not assigned.answer.is_started
    improvements = Improvement.objects.filter(partner=braintree.partner)
    assert improvements.overdue().count() == 1
    assert improvements.filter(owner="").count() == 1
    kinds = {
        question.kind
        for asked in questions_of(read_sheet(braintree)).values()
        for question in asked
    }
    assert {Kind.IMPROVEMENT_OVERDUE, Kind.IMPROVEMENT_WITHOUT_OWNER} <= kinds
    # And some are willing to share what they are good at.
    shared = Answer.objects.filter(willing_to_share=True)
    assert shared.exists()
    assert not shared.exclude(rating__gte=3).exists()


def test_signatures_of_every_kind_are_there(braintree: Assessment) -> None:
    [paper] = Signature.objects.filter(recorded_by__isnull=False)
    assert paper.partner.kind == "fire"
    [withdrawn] = Signature.objects.filter(withdrawn_at__isnull=False)
    assert withdrawn.withdrawal_reason
    assert not Signature.objects.live().filter(partner=withdrawn.partner).exists()
    assert not Signature.objects.filter(partner=braintree.partner).exists()
