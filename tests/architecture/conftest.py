"""Partner A with one of everything that a URL can name, and a client for each persona."""

import hashlib
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.test import Client
from django.utils import timezone

from assessments.dashboards import read_offline
from assessments.models import (
    Answer,
    Assessment,
    Document,
    Draft,
    Evidence,
    EvidenceFile,
    GoodPractice,
    Improvement,
    Release,
    Round,
    SheetUpload,
    SupportRequest,
)
from assessments.sheets import write_sheet
from progress.models import Report
from signatories.access import unsubscribe_token
from signatories.actions.invitations import invite
from signatories.models import Letter, Membership, Message, Partner, PartnerImport, User
from tests.architecture.access_table import PERSONAS
from tests.assessment_factories import save
from tests.assessment_fixtures import assessment, round
from tests.factories import make_signature

__all__ = ["assessment", "round"]


@pytest.fixture
def outbox(tmp_path: Path, settings: Any) -> str:
    """The key of the one e-mail that the outbox holds."""
    settings.OUTBOX_ROOT = str(tmp_path)
    mail = EmailMessage("Hello", "Text", "a@example.org", ["b@example.org"])
    (tmp_path / "20260101-1.log").write_bytes(mail.message().as_bytes())
    return "20260101-1-0"


def partner_import(administrator: User) -> PartnerImport:
    """A partner list that was read, with a row that is refused."""
    found = PartnerImport.objects.create(
        key="import-1",
        file_name="p.csv",
        content=b"name,kind\nA Council,parish\n",
        sha256=hashlib.sha256(b"").hexdigest(),
        encoding="UTF-8",
        state=PartnerImport.State.DONE,
        refused_count=1,
        uploaded_by=administrator,
    )
    problems = [["kind", "parish", "Enter one of the kinds"]]
    found.rows.create(line=2, kind="refused", name="A Council", problems=problems)
    return found


def draft_of(answer: Answer, person: User) -> Draft:
    """What a person has typed in the answer and not saved."""
    typed = {"narrative": ["CANARY"]}
    return Draft.objects.create(answer=answer, person=person, version=1, typed=typed)


def support_request(answer: Answer, person: User) -> SupportRequest:
    """What the partner asked ecda for."""
    return SupportRequest.objects.create(
        partner=answer.assessment.partner,
        indicator=answer.indicator,
        words="CANARY",
        asked_by=person,
    )


def sheet_upload(assessment: Assessment, person: User) -> SheetUpload:
    """A spreadsheet of answers that waits to be confirmed."""
    return SheetUpload.objects.create(
        assessment=assessment,
        file_name="CANARY.xlsx",
        content=write_sheet(assessment, read_offline(assessment)),
        sha256=hashlib.sha256(b"").hexdigest(),
        uploaded_by=person,
    )


def evidence_file(answer: Answer, person: User) -> EvidenceFile:
    """A file behind the answer that waits to be scanned."""
    evidence = Evidence.objects.create(answer=answer, title="CANARY", added_by=person)
    return EvidenceFile.objects.create(
        key="f",
        evidence=evidence,
        file="evidence/none",
        name="CANARY.pdf",
        size=1,
        media_type="application/pdf",
        sha256=hashlib.sha256(b"").hexdigest(),
        uploaded_by=person,
    )


def good_practice(answer: Answer, person: User) -> GoodPractice:
    """What a lead offered and ecda has not decided."""
    return GoodPractice.objects.create(
        partner=answer.assessment.partner,
        indicator=answer.indicator,
        answer=answer,
        slug="canary-practice",
        title="CANARY",
        body="CANARY",
        offered_by=person,
    )


def people(partner: Partner, member: User, lead: User) -> dict[str, dict[str, Any]]:
    """The partner, a member of it, and somebody who is invited."""
    membership = Membership.objects.get(person=member, partner=partner)
    invitation = invite(
        partner=partner, email="new@people.example", name="N", role="contributor", by=lead
    )
    return {
        "": {},
        "partner": {"slug": partner.slug},
        "membership": {"slug": partner.slug, "pk": membership.pk},
        "person": {"pk": member.pk},
        "invitation": {"slug": partner.slug, "pk": invitation.pk},
        "invitation link": {"code": invitation.code},
    }


def messages(lead: User, staff: User) -> dict[str, dict[str, Any]]:
    """An e-mail to the lead, a letter of ecda, and the link that turns the lead's e-mails off."""
    message = Message.objects.create(
        key="m", person=lead, to=lead.email, subject="S", body="B", message_id="<m@x.example>"
    )
    letter = Letter.objects.create(key="l", subject="S", body="CANARY", chosen="All", by=staff)
    return {
        "message": {"pk": message.pk},
        "letter": {"pk": letter.pk},
        "unsubscribe link": {"token": unsubscribe_token(lead)},
    }


def release(round: Round, staff: User) -> dict[str, Any]:
    """The first release of a round that has closed."""
    before = round.opens_on - timedelta(days=100)
    closed = Round.objects.create(
        edition=round.edition,
        name="Closed",
        slug="closed",
        opens_on=before,
        due_on=before,
        closes_on=before,
        opened_at=timezone.now(),
        closed_at=timezone.now(),
    )
    made = Release.objects.create(round=closed, number=1, sha256="0" * 64, released_by=staff)
    made.sealed = True
    made.save(update_fields=["sealed"])
    return {"slug": closed.slug, "number": 1}


def rounds(round: Round, staff: User) -> dict[str, dict[str, Any]]:
    """The open round, what it asks about, and a release of another one."""
    made = release(round, staff)
    return {
        "round": {"slug": round.slug},
        "round indicator": {"round": round.slug, "code": "1.1"},
        "round commitment": {"round": round.slug, "number": 1},
        "release": made,
        "round release": {"round": made["slug"], "number": made["number"]},
        "edition": {"edition": round.edition.slug},
    }


@pytest.fixture
def world(
    assessment: Assessment,
    contributor: User,
    lead: User,
    leader: User,
    stranger: User,
    former: User,
    disabled: User,
    staff: User,
    staff_member: User,
    administrator: User,
    outbox: str,
) -> dict[str, dict[str, Any]]:
    """Partner A with one of everything that a URL can name."""
    partner, round = assessment.partner, assessment.round
    signature = make_signature(partner, round.edition, leader)
    answer = assessment.answers.in_order()[0]
    save(answer, lead, narrative="CANARY")
    evidence = Evidence.objects.create(
        answer=answer, title="CANARY", url="https://a.example/", added_by=lead
    )
    improvement = Improvement.objects.create(
        partner=partner, indicator=answer.indicator, what="CANARY", added_by=lead
    )
    report = Report.objects.create(key="k", partner=partner, round=round, requested_by=lead)
    document = Document.objects.create(
        key="d", kind="assessment", assessment=assessment, round=round, requested_by=lead
    )
    return {
        **people(partner, contributor, lead),
        "partner round": {"slug": partner.slug, "round": round.slug},
        **rounds(round, staff),
        "signature": {"slug": partner.slug, "pk": signature.pk},
        "certificate": {"code": signature.certificate.code},
        "import": {"pk": partner_import(administrator).pk},
        "assessment": {"pk": assessment.pk},
        "answer": {"pk": answer.pk},
        "evidence": {"pk": evidence.pk},
        "evidence file": {"code": evidence_file(answer, lead).code},
        "draft": {"pk": draft_of(answer, lead).pk},
        "sheet upload": {"pk": sheet_upload(assessment, lead).pk},
        "improvement": {"pk": improvement.pk},
        "practice": {"slug": good_practice(answer, lead).slug},
        "support": {"pk": support_request(answer, lead).pk},
        "offer": {"pk": round.edition.support_offers.all()[0].pk},
        "document": {"code": document.code},
        "report": {"code": report.code},
        "reset link": {"uidb36": "1", "key": "used-before"},
        "e-mail link": {"key": "used-before"},
        "rest": {"rest": "1/1/"},
        "mail": {"key": outbox},
        **messages(lead, staff),
    }


@pytest.fixture
def clients(world: object, request: pytest.FixtureRequest) -> dict[str, Client]:
    """A client for each persona; the disabled person's session is from before."""
    found = {"anonymous": Client(raise_request_exception=False)}
    for persona in PERSONAS[1:]:
        found[persona] = Client(raise_request_exception=False)
        found[persona].force_login(request.getfixturevalue(persona))
    return found
