"""Every URL × every persona: an unlisted URL fails, and a refusal changes and shows nothing."""

from copy import deepcopy
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import get_resolver, reverse

from assessments.models.assessments import AssessmentQuerySet
from assessments.models.drafts import DraftQuerySet
from assessments.models.improvements import ImprovementQuerySet
from assessments.models.support import SupportRequestQuerySet
from assessments.models.uploads import SheetUploadQuerySet
from progress.models import ReportQuerySet
from signatories.models.partners import PartnerQuerySet
from tests.architecture.access_table import (
    ACCOUNTS,
    OK,
    OUTBOX,
    PERSONAS,
    SIGN_IN,
    TABLE,
    Outcome,
    Row,
)
from tests.architecture.figures_table import FIGURES
from tests.architecture.walking import OURS, fingerprint, names, outcome_of, take, written
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db

ROWS = [*TABLE, *FIGURES, *ACCOUNTS, *(OUTBOX if settings.OUTBOX_ROOT else [])]
OBJECTS = [
    row for row in [*TABLE, *FIGURES] if row.needs and row.needs != "certificate" and row.name
]


def test_every_url_has_its_row() -> None:
    listed = [row.name for row in ROWS]
    found = {name for name in names(get_resolver()) if not name.startswith("admin:")}
    assert sorted(found) == sorted(listed)


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


def walk(
    row: Row,
    method: str,
    expected: Outcome,
    clients: dict[str, Client],
    path: str,
    before: str,
) -> list[str]:
    """Everything about this URL and method that is not as the table says.

    `before` is the fingerprint of what there is; whatever a request does is undone.
    """
    wrong = []
    for persona in PERSONAS:
        count = written()
        cookies = deepcopy(clients[persona].cookies)
        with transaction.atomic():
            response = take(clients[persona].generic(method, path))
            found = outcome_of(response)
            unchanged = found == OK or written() == count or fingerprint() == before
            transaction.set_rollback(True)
        clients[persona].cookies = cookies
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
    return [row for row in ROWS if row.name.rpartition(":")[0] == app]


@pytest.mark.parametrize("app", [*OURS, "outbox", ""])
def test_each_persona_gets_what_the_table_says(
    app: str, world: dict[str, dict[str, Any]], clients: dict[str, Client]
) -> None:
    wrong = []
    before = fingerprint()
    for row in of_app(app):
        path = address(row, world)
        for method, expected in [("GET", row.get), ("HEAD", row.get), ("POST", row.post)]:
            wrong += walk(row, method, expected, clients, path, before)
    assert wrong == []


@pytest.mark.parametrize("app", [*OURS, "outbox", ""])
def test_no_url_takes_other_methods(
    app: str, world: dict[str, dict[str, Any]], clients: dict[str, Client]
) -> None:
    before = fingerprint()
    taken = []
    for row in of_app(app):
        if row in ACCOUNTS:
            continue
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
    for kind in (
        PartnerQuerySet,
        AssessmentQuerySet,
        DraftQuerySet,
        ImprovementQuerySet,
        ReportQuerySet,
        SheetUploadQuerySet,
        SupportRequestQuerySet,
    ):
        monkeypatch.setattr(kind, "visible_to", lambda self, user: self)
    noticed = []
    for row in OBJECTS:
        is_hidden = 404 in {row.get["stranger"], row.post["stranger"]}
        # What is there for nobody is no matter of visibility.
        if is_hidden and row.get["lead"] != 404:
            method = "GET" if row.get["stranger"] == 404 else "POST"
            response = take(clients["stranger"].generic(method, address(row, world)))
            noticed.append(outcome_of(response) != 404)
    assert len(noticed) > 20
    assert sum(noticed) >= 0.95 * len(noticed)


def test_nobody_signs_up(client: Client) -> None:
    before = fingerprint()
    typed = {"email": "new@example.org", "password1": PASSWORD, "password2": PASSWORD}
    page = client.post(reverse("account_signup"), typed)
    assert "There is no sign-up" in page.text
    assert fingerprint() == before
