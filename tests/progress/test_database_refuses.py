"""Each constraint of a report, broken once by its name."""

from typing import Any

import pgtrigger
import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from assessments.models import Assessment
from progress.models import Report
from signatories.models import User

pytestmark = pytest.mark.django_db

MODELS = list(apps.get_app_config("progress").get_models())

CONSTRAINTS: dict[str, tuple[dict[str, Any], str]] = {
    "progress_report_state_known": ({"state": "lost"}, "A job waits, runs, is ready or failed."),
    "progress_report_running_has_lease": (
        {"state": "running"},
        "A job that runs has a lease, and no other has one.",
    ),
    "progress_report_percent_to_100": ({"percent": 101}, "Progress ends at 100 percent."),
    "report_ready_has_file": (
        {"state": "done"},
        "A report is ready when its file and hash are kept.",
    ),
}


@pytest.fixture
def report(assessment: Assessment, lead: User) -> Report:
    """One that waits to be made."""
    return Report.objects.create(
        key="k", partner=assessment.partner, round=assessment.round, requested_by=lead
    )


def test_every_constraint_is_broken_here() -> None:
    found = {constraint.name for model in MODELS for constraint in model._meta.constraints}
    assert found == set(CONSTRAINTS)
    ours = {model._meta.label for model in MODELS}
    assert [one for model, one in pgtrigger.registered() if model._meta.label in ours] == []


@pytest.mark.parametrize("name", CONSTRAINTS)
def test_a_form_and_the_database_refuse(name: str, report: Report) -> None:
    change, words = CONSTRAINTS[name]
    for field, value in change.items():
        setattr(report, field, value)
    with pytest.raises(ValidationError) as told:
        report.validate_constraints()
    assert told.value.messages == [words]
    with pytest.raises(IntegrityError, match=f'"{name}"'), transaction.atomic():
        report.save()


@pytest.mark.parametrize("change", [{"file": "a.pdf"}, {"sha256": "a" * 64}])
def test_a_report_that_is_not_ready_has_neither_file_nor_hash(
    change: dict[str, str], report: Report
) -> None:
    same = Report.objects.filter(pk=report.pk)
    with pytest.raises(IntegrityError, match='"report_ready_has_file"'), transaction.atomic():
        same.update(**change)


@pytest.mark.parametrize("field", ["key", "code"])
def test_a_key_and_a_code_mean_one_report(field: str, report: Report) -> None:
    same = {"key": "other", "code": "other"} | {field: getattr(report, field)}
    with pytest.raises(IntegrityError, match=field), transaction.atomic():
        Report.objects.create(
            **same, partner=report.partner, round=report.round, requested_by=report.requested_by
        )
