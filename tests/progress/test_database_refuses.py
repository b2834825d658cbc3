"""Each constraint and trigger of reports and of their parts, broken once by its name."""

from collections.abc import Callable
from typing import Any

import pgtrigger
import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, transaction

from assessments.models import Assessment
from progress.models import Report, ReportPart
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
    "report_about_its_own": (
        {"kind": "system"},
        "A report is about a partner and round, a round, or an edition, as its kind is.",
    ),
}


def part(bundle: Report, **change: Any) -> ReportPart:
    given: dict[str, Any] = {"number": 1, "file": "a.zip", "sha256": "0" * 64, "files": 50}
    return ReportPart.objects.create(report=bundle, **given | change)


def _twice_in_a_bundle(bundle: Report) -> None:
    child = Report.objects.get(partner__isnull=False)
    for key in "ab":
        child.pk, child.key, child.code, child.parent = None, key, key, bundle
        child.save()


def _part_twice(bundle: Report) -> None:
    part(bundle)
    part(bundle)


OF_BUNDLES: dict[str, Callable[[Report], Any]] = {
    "report_once_in_a_bundle": _twice_in_a_bundle,
    "report_part_once": _part_twice,
    "report_part_has_file": lambda bundle: part(bundle, file=""),
}

TRIGGERS: dict[str, Callable[[Report], Any]] = {
    "report_part_kept": lambda bundle: ReportPart.objects.filter(pk=part(bundle).pk).update(
        number=2
    ),
}


@pytest.fixture
def report(assessment: Assessment, lead: User) -> Report:
    """One that waits to be made."""
    return Report.objects.create(
        key="k", partner=assessment.partner, round=assessment.round, requested_by=lead
    )


@pytest.fixture
def bundle(report: Report) -> Report:
    """One of all partners."""
    return Report.objects.create(
        key="all", kind="all", round=report.round, requested_by=report.requested_by
    )


def test_every_constraint_and_trigger_is_broken_here() -> None:
    found = {constraint.name for model in MODELS for constraint in model._meta.constraints}
    assert found == {*CONSTRAINTS, *OF_BUNDLES}
    ours = {model._meta.label for model in MODELS}
    triggers = [one.name for model, one in pgtrigger.registered() if model._meta.label in ours]
    assert sorted(map(str, triggers)) == sorted(TRIGGERS)


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


@pytest.mark.parametrize("name", OF_BUNDLES)
def test_the_database_refuses_of_bundles(name: str, bundle: Report) -> None:
    with pytest.raises(IntegrityError, match=f'"{name}"'), transaction.atomic():
        OF_BUNDLES[name](bundle)


@pytest.mark.parametrize("name", TRIGGERS)
def test_a_part_stays_as_it_was_written(name: str, bundle: Report) -> None:
    with pytest.raises(DatabaseError, match="Cannot update rows"), transaction.atomic():
        TRIGGERS[name](bundle)


@pytest.mark.parametrize("kind", ["system", "all", "certificates"])
def test_each_kind_is_about_its_own(kind: str, report: Report) -> None:
    """Neither a partner, nor nothing at all, nor a part of a bundle."""
    same: dict[str, Any] = {"kind": kind, "requested_by": report.requested_by}
    edition = report.round.edition if report.round else None
    right: dict[str, Any] = (
        {"edition": edition} if kind == "certificates" else {"round": report.round}
    )
    made = Report.objects.create(key=kind, **same, **right)
    assert made.is_bundle is (kind != "system")
    for number, wrong in enumerate(
        [{}, right | {"partner": report.partner}, right | {"parent": made}]
    ):
        with (
            pytest.raises(IntegrityError, match='"report_about_its_own"'),
            transaction.atomic(),
        ):
            Report.objects.create(key=f"{kind}{number}", **same, **wrong)


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
