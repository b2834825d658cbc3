"""What must never be false: each constraint and trigger of this app, broken once."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, ProgrammingError, models, transaction
from django.utils import timezone

from commitments.models import Edition
from signatories import models as facts
from signatories.actions.events import record
from signatories.models import (
    Certificate,
    Event,
    Membership,
    Message,
    Notice,
    Partner,
    Signature,
    User,
)
from signatories.verbs import Verb
from tests.factories import make_partner, make_signature, make_user

pytestmark = pytest.mark.django_db

# pgtrigger raises a plain exception, which Django takes for a fault of the query.
Refused = (IntegrityError, ProgrammingError)


def refusal(write: Callable[[], object]) -> str:
    """What the database says to a write that it refuses."""
    with pytest.raises(Refused) as caught, transaction.atomic():
        write()
    return str(caught.value)


def words(row: models.Model) -> str:
    """What a form would say about the same row."""
    with pytest.raises(ValidationError) as caught:
        row.validate_constraints()
    return " ".join(caught.value.messages)


@pytest.fixture
def signature(partner: Partner, edition: Edition, leader: User) -> Signature:
    return make_signature(partner, edition, leader)


@pytest.fixture
def event(partner: Partner, leader: User) -> Event:
    return record(verb=Verb.SIGNED, by=leader, partner=partner)


# --- People and partners -----------------------------------------------------------------------


def test_an_address_belongs_to_one_person_without_case() -> None:
    make_user(email="anna@example.org")
    twin = User(name="Anna", email="Anna@Example.ORG", password="x")
    assert words(twin) == "A person with this e-mail address already exists."
    assert "user_email_once" in refusal(twin.save)


def test_an_office_is_one_of_three() -> None:
    king = User(name="King", email="king@example.org", password="x", office="king")
    assert words(king) == "An office is none, staff or administrator."
    assert "user_office_known" in refusal(king.save)


@pytest.mark.parametrize(
    ("name", "message", "fields"),
    [
        ("partner_name_once", "A partner of this name already exists.", {"name": "ESSEX police"}),
        (
            "partner_gss_code_once",
            "A partner with this GSS code already exists.",
            {"gss_code": "E07000067"},
        ),
        (
            "partner_gss_code_shape",
            "A GSS code is a capital letter and eight digits.",
            {"gss_code": "e07000067"},
        ),
        ("partner_kind_known", "This is not one of the kinds of partner.", {"kind": "parish"}),
        (
            "partner_ends_after_it_begins",
            "A partner cannot end before it begins.",
            {"active_from": date(2026, 2, 1), "active_to": date(2026, 1, 31)},
        ),
    ],
)
def test_a_partner_is_one_and_whole(name: str, message: str, fields: dict[str, Any]) -> None:
    Partner.objects.create(name="Essex Police", slug="a", kind="police", gss_code="E07000067")
    wrong = Partner(**({"name": "Other", "slug": "b", "kind": "other"} | fields))
    assert words(wrong) == message
    assert name in refusal(wrong.save)


def test_a_slug_means_one_partner() -> None:
    make_partner("One", slug="same")
    assert "slug" in refusal(lambda: make_partner("Two", slug="same"))


# --- Memberships -------------------------------------------------------------------------------


def test_a_person_has_one_current_role_at_a_partner(partner: Partner, lead: User) -> None:
    second = Membership(person=lead, partner=partner, role="leader")
    assert words(second) == "This person already has a role at this partner."
    assert "membership_once_at_a_time" in refusal(second.save)


def test_a_role_is_one_of_three(other_partner: Partner, lead: User) -> None:
    wrong = Membership(person=lead, partner=other_partner, role="mascot")
    assert words(wrong) == "A role is contributor, lead or leader."
    assert "membership_role_known" in refusal(wrong.save)


def test_a_membership_does_not_end_before_it_starts(lead: User) -> None:
    member = Membership.objects.get(person=lead)
    member.ended_at = member.started_at - timedelta(seconds=1)
    assert words(member) == "A membership cannot end before it starts."
    assert "membership_ends_after_it_starts" in refusal(member.save)


# --- Signatures and certificates ---------------------------------------------------------------


def test_a_partner_has_one_live_signature_of_an_edition(signature: Signature) -> None:
    second = Signature(
        partner=signature.partner,
        edition=signature.edition,
        partner_name="x",
        signatory_name="x",
        job_title="x",
        authority="x",
        signed_by=signature.signed_by,
    )
    assert words(second) == "This partner has already signed this edition."
    assert "signature_live_once" in refusal(second.save)


def test_a_withdrawal_says_who_when_and_why(signature: Signature) -> None:
    signature.withdrawn_at = timezone.now()
    assert words(signature) == "A withdrawal says who, when and why."
    assert "signature_withdrawn_with_reason" in refusal(signature.save)


@pytest.mark.parametrize(
    "change",
    [
        {"signatory_name": "Somebody Else"},
        {"partner_name": "Other"},
        {"signed_at": timezone.now()},
        {"job_title": "King"},
    ],
)
def test_the_facts_of_a_signature_never_change(
    signature: Signature, change: dict[str, Any]
) -> None:
    here = Signature.objects.filter(pk=signature.pk)
    said = refusal(lambda: here.update(**change))
    assert "a signature is never edited, only withdrawn" in said


def test_a_signature_is_never_deleted(signature: Signature) -> None:
    Certificate.objects.filter(signature=signature).delete()
    said = refusal(lambda: Signature.objects.filter(pk=signature.pk).delete())
    assert "a signature is never edited, only withdrawn" in said


def test_a_withdrawal_is_not_taken_back(signature: Signature, leader: User) -> None:
    here = Signature.objects.filter(pk=signature.pk)
    here.update(withdrawn_at=timezone.now(), withdrawn_by=leader, withdrawal_reason="Mistake")
    said = refusal(lambda: here.update(withdrawn_at=None, withdrawn_by=None, withdrawal_reason=""))
    assert "a signature is never edited, only withdrawn" in said


def test_a_certificate_is_ready_with_its_file_and_hash(signature: Signature) -> None:
    certificate = signature.certificate
    certificate.state = Certificate.State.DONE
    assert words(certificate) == "A certificate is ready when its file and hash are kept."
    assert "certificate_ready_has_file" in refusal(certificate.save)


def test_a_certificate_that_is_ready_never_changes(signature: Signature) -> None:
    here = Certificate.objects.filter(signature=signature)
    here.update(state="done", file="a.pdf", sha256="a" * 64)
    assert "Cannot" in refusal(lambda: here.update(sha256="b" * 64))
    assert "Cannot" in refusal(here.delete)


@pytest.mark.parametrize("field", ["code", "number"])
def test_codes_and_numbers_mean_one_certificate(
    signature: Signature, other_partner: Partner, edition: Edition, leader: User, field: str
) -> None:
    other = make_signature(other_partner, edition, leader).certificate
    same = {field: getattr(other, field)}
    here = Certificate.objects.filter(signature=signature)
    assert field in refusal(lambda: here.update(**same))


# --- Jobs --------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["certificate", "message"])
@pytest.mark.parametrize(
    ("name", "message", "fields"),
    [
        ("state_known", "A job waits, runs, is ready or failed.", {"state": "lost"}),
        (
            "running_has_lease",
            "A job that runs has a lease, and no other has one.",
            {"state": "running"},
        ),
        ("percent_to_100", "Progress ends at 100 percent.", {"percent": 101}),
    ],
)
def test_a_job_is_in_a_state_it_can_be_in(
    signature: Signature, kind: str, name: str, message: str, fields: dict[str, Any]
) -> None:
    person = signature.signed_by
    assert person is not None
    letter = Message.objects.create(key="m", person=person, to=person.email, message_id="<m>")
    job = signature.certificate if kind == "certificate" else letter
    for field, value in fields.items():
        setattr(job, field, value)
    assert message in words(job)
    assert f"signatories_{kind}_{name}" in refusal(job.save)


def test_a_job_is_asked_for_once(leader: User) -> None:
    fields = {"key": "digest-1", "person": leader, "to": leader.email}
    Message.objects.create(**fields, message_id="<a>")
    assert "key" in refusal(lambda: Message.objects.create(**fields, message_id="<b>"))


# --- Events, notices, imports ------------------------------------------------------------------


def test_an_event_is_never_changed_and_never_deleted(event: Event) -> None:
    here = Event.objects.filter(pk=event.pk)
    assert "Cannot update or delete" in refusal(lambda: here.update(note="otherwise"))
    assert "Cannot update or delete" in refusal(here.delete)


def test_a_person_is_told_of_an_event_once(event: Event, lead: User) -> None:
    told = Notice.objects.filter(event=event, person=lead)
    if not told.exists():
        Notice.objects.create(event=event, person=lead, words="x", due_at=timezone.now())
    again = Notice(event=event, person=lead, words="x", due_at=timezone.now())
    assert words(again) == "This person is told of this event already."
    assert "notice_once_per_person_and_event" in refusal(again.save)


def test_every_constraint_of_the_app_is_broken_here() -> None:
    files = Path(__file__).parent.glob("test_database_refuses*.py")
    # Long words stand on several lines.
    text = "".join(path.read_text(encoding="utf-8") for path in files).replace('"\n    "', "")
    tested = {"state_known", "running_has_lease", "percent_to_100"}
    for model in (getattr(facts, name) for name in facts.__all__):
        for constraint in model._meta.constraints:
            short = constraint.name.removeprefix(f"{model._meta.label_lower.replace('.', '_')}_")
            assert constraint.name in text or short in tested, constraint.name
            assert constraint.violation_error_message in text, constraint.name
