"""Every URL × every persona: an unlisted URL fails, and a refusal changes and shows nothing."""

import hashlib
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from assessments.models import Assessment, Evidence
from assessments.models.assessments import AssessmentQuerySet
from progress.models import Report, ReportQuerySet
from signatories.models import Membership, PartnerImport, User
from signatories.models.partners import PartnerQuerySet
from tests.architecture.access_table import OK, PERSONAS, SIGN_IN, TABLE, Outcome, Row
from tests.assessment_factories import save
from tests.factories import make_signature

pytestmark = pytest.mark.django_db

# Where other people's code answers: allauth's account pages and Django's admin.
ELSEWHERE = ("account_", "admin:")
OURS = ("commitments", "signatories", "assessments", "progress")
OBJECTS = [row for row in TABLE if row.needs and row.needs != "certificate" and row.name]


def names(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            inside = f"{prefix}{entry.namespace}:" if entry.namespace else prefix
            yield from names(entry, inside)
        elif isinstance(entry, URLPattern):
            yield f"{prefix}{entry.name}"


def test_every_url_has_its_row() -> None:
    listed = [row.name for row in TABLE]
    found = [name for name in names(get_resolver()) if not name.startswith(ELSEWHERE)]
    assert sorted(found) == sorted(listed)


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
    }


@pytest.fixture
def clients(world: object, request: pytest.FixtureRequest) -> dict[str, Client]:
    """A client for each persona; the disabled person's session is from before."""
    found = {"anonymous": Client(raise_request_exception=False)}
    for persona in PERSONAS[1:]:
        found[persona] = Client(raise_request_exception=False)
        found[persona].force_login(request.getfixturevalue(persona))
    return found


def address(row: Row, world: dict[str, dict[str, Any]]) -> str:
    kwargs = world[row.needs]
    if row.needs == "membership":
        kwargs = {name: kwargs[name] for name in parameters(row.name)}
    return reverse(row.name, kwargs=kwargs)


def parameters(name: str) -> list[str]:
    """The names in a URL's pattern."""
    found: Any = get_resolver()
    for part in name.split(":")[:-1]:
        found = found.namespace_dict[part][1]
    return list(found.reverse_dict.getlist(name.split(":")[-1])[0][0][0][1])


def fingerprint() -> str:
    """A hash over every row of the portal's own tables."""
    tables = [
        model._meta.db_table for app in OURS for model in apps.get_app_config(app).get_models()
    ]
    with connection.cursor() as cursor:
        parts = [
            f"SELECT '{t}', md5(string_agg(x::text, '' ORDER BY x::text)) FROM {t} x"
            for t in tables
        ]
        cursor.execute(" UNION ALL ".join(parts))
        return str(sorted(cursor.fetchall()))


def outcome_of(response: Any) -> int:
    """The response as the table speaks of it."""
    if response.status_code == 302 and response["Location"].startswith(reverse(settings.LOGIN_URL)):
        return SIGN_IN
    status: int = response.status_code
    return status if status in {403, 404, 405} else OK


def walk(
    row: Row, method: str, expected: Outcome, clients: dict[str, Client], path: str
) -> list[str]:
    """Everything about this URL and method that is not as the table says."""
    wrong = []
    before = fingerprint()
    for persona in PERSONAS:
        with transaction.atomic():
            response = clients[persona].generic(method, path)
            found = outcome_of(response)
            unchanged = found == OK or fingerprint() == before
            transaction.set_rollback(True)
        where = f"{method} {row.name} as {persona}"
        if found != expected[persona]:
            wrong.append(f"{where}: {response.status_code}, not {expected[persona]}")
        if response.status_code >= 500:
            wrong.append(f"{where}: {response.status_code}")
        if found != OK:
            said = f"{response.content!r} {response.headers}"
            if "CANARY" in said or (found == 404 and "Braintree" in said):
                wrong.append(f"{where}: shows what it refuses")
            if not unchanged:
                wrong.append(f"{where}: refused, and yet something changed")
    return wrong


def of_app(app: str) -> list[Row]:
    return [row for row in TABLE if row.name.rpartition(":")[0] == app]


@pytest.mark.parametrize("app", [*OURS, ""])
def test_each_persona_gets_what_the_table_says(
    app: str, world: dict[str, dict[str, Any]], clients: dict[str, Client]
) -> None:
    wrong = []
    for row in of_app(app):
        path = address(row, world)
        for method, expected in [("GET", row.get), ("HEAD", row.get), ("POST", row.post)]:
            wrong += walk(row, method, expected, clients, path)
    assert wrong == []


@pytest.mark.parametrize("app", [*OURS, ""])
def test_no_url_takes_other_methods(
    app: str, world: dict[str, dict[str, Any]], clients: dict[str, Client]
) -> None:
    before = fingerprint()
    taken = []
    for row in of_app(app):
        for method in ["PUT", "DELETE", "PATCH"]:
            for persona in PERSONAS:
                response = clients[persona].generic(method, address(row, world))
                if outcome_of(response) not in {SIGN_IN, 403, 404, 405}:
                    taken.append(f"{method} {row.name} as {persona}: {response.status_code}")
    assert taken == []
    assert fingerprint() == before


def test_with_visibility_opened_the_table_would_fail(
    world: dict[str, dict[str, Any]], clients: dict[str, Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: what the table proves depends on `visible_to`."""
    for kind in (PartnerQuerySet, AssessmentQuerySet, ReportQuerySet):
        monkeypatch.setattr(kind, "visible_to", lambda self, user: self)
    noticed = []
    for row in OBJECTS:
        if 404 in {row.get["stranger"], row.post["stranger"]}:
            method = "GET" if row.get["stranger"] == 404 else "POST"
            response = clients["stranger"].generic(method, address(row, world))
            noticed.append(outcome_of(response) != 404)
    assert len(noticed) > 20
    assert sum(noticed) >= 0.95 * len(noticed)
