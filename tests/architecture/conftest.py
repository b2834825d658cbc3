"""Partner A with one of everything that a URL can name, and a client for each persona."""

import hashlib
from pathlib import Path
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.test import Client

from assessments.models import Assessment, Evidence
from progress.models import Report
from signatories.models import Membership, Message, PartnerImport, User
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
    report = Report.objects.create(key="k", partner=partner, round=round, requested_by=lead)
    upload = PartnerImport.objects.create(
        file_name="p.csv",
        content=b"name,kind\nA Council,district\n",
        sha256=hashlib.sha256(b"").hexdigest(),
        encoding="utf-8",
        preview_sha256="",
        uploaded_by=administrator,
    )
    message = Message.objects.create(
        key="m", person=lead, to=lead.email, subject="S", body="B", message_id="<m@x.example>"
    )
    membership = Membership.objects.get(person=contributor)
    return {
        "": {},
        "partner": {"slug": partner.slug},
        "partner round": {"slug": partner.slug, "round": round.slug},
        "membership": {"slug": partner.slug, "pk": membership.pk},
        "certificate": {"code": signature.certificate.code},
        "import": {"pk": upload.pk},
        "assessment": {"pk": assessment.pk},
        "answer": {"pk": answer.pk},
        "evidence": {"pk": evidence.pk},
        "report": {"code": report.code},
        "reset link": {"uidb36": "1", "key": "used-before"},
        "e-mail link": {"key": "used-before"},
        "rest": {"rest": "1/1/"},
        "mail": {"key": outbox},
        "message": {"pk": message.pk},
    }


@pytest.fixture
def clients(world: object, request: pytest.FixtureRequest) -> dict[str, Client]:
    """A client for each persona; the disabled person's session is from before."""
    found = {"anonymous": Client(raise_request_exception=False)}
    for persona in PERSONAS[1:]:
        found[persona] = Client(raise_request_exception=False)
        found[persona].force_login(request.getfixturevalue(persona))
    return found
