"""Django's admin, whatever is registered in it: administrators look, and nobody writes."""

import re
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from django.contrib import admin
from django.db import models, transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from assessments.models import Document
from declaration.admin import ReadOnlyAdmin
from tests.architecture.access_table import PERSONAS
from tests.architecture.walking import fingerprint

pytestmark = pytest.mark.django_db

OTHERS = [persona for persona in PERSONAS if persona != "administrator"]
MODELS = list(admin.site._registry)
REST = "nothing/here/"


def routes(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
    """The route of every URL below, with its converters."""
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from routes(entry, prefix + str(entry.pattern))
        elif isinstance(entry, URLPattern):
            yield prefix + str(entry.pattern)


def first(model: type[models.Model]) -> Any:
    row = model._default_manager.order_by("pk").first()
    return "1" if row is None else row.pk


def addresses() -> list[str]:
    """An address for every URL of the admin, about rows that exist where there are any."""
    root = reverse("admin:index")
    [resolver] = [
        entry
        for entry in get_resolver().url_patterns
        if isinstance(entry, URLResolver) and entry.namespace == "admin"
    ]
    keys = {f"{model._meta.app_label}/{model._meta.model_name}": first(model) for model in MODELS}
    found = set()
    for route in routes(resolver):
        if route.startswith("^"):
            labels = {model._meta.app_label for model in MODELS}
            found |= {f"{root}{label}/" for label in labels}
        elif route.startswith("(?P<url>"):
            found.add(root + REST)
        else:
            key = keys.get("/".join(route.split("/")[:2]), "1")
            found.add(root + re.sub("<.*?>", str(key), route))
    assert len(found) > 5 * len(MODELS)
    assert not any(set("<>^$?") & set(path) for path in found), found
    return sorted(found)


def sent_away(response: Any) -> bool:
    """Refused, or led to a door: to sign in, to the admin's index, to one's own password."""
    names = ("account_login", "admin:login", "admin:index", "account_change_password")
    doors = [reverse(name) for name in names]
    location = response.get("Location", "").partition("?")[0]
    return response.status_code in {403, 404, 405} or location in doors


def ask(client: Client, method: str, path: str, data: dict[str, Any]) -> Any:
    """One request of which nothing stays, neither in the database nor with the client."""
    cookies = deepcopy(client.cookies)
    response = getattr(client, method)(path, data)
    client.cookies = cookies
    return response


def test_only_administrators_are_let_in(world: object, clients: dict[str, Client]) -> None:
    let_in = []
    before = fingerprint()
    for path in addresses():
        for persona in OTHERS:
            for method in ("get", "head", "post"):
                with transaction.atomic():
                    response = ask(clients[persona], method, path, {})
                    transaction.set_rollback(True)
                if not sent_away(response) or "CANARY" in str(response.content):
                    let_in.append(f"{method} {path} as {persona}: {response.status_code}")
    assert let_in == []
    assert fingerprint() == before


def test_an_administrator_adds_changes_and_deletes_nothing(
    world: object, clients: dict[str, Client]
) -> None:
    written = []
    before = fingerprint()
    for path in addresses():
        everything = {"action": "delete_selected", "_selected_action": "1", "post": "yes"}
        for data in ({}, everything, {"state": "done", "name": "Other", "email": "o@a.example"}):
            with transaction.atomic():
                response = ask(clients["administrator"], "post", path, data)
                if fingerprint() != before or response.status_code >= 500:
                    written.append(f"{path}: {response.status_code}")
                transaction.set_rollback(True)
    assert written == []


@pytest.mark.parametrize("what", ["add", "change", "delete"])
def test_no_form_of_the_admin_is_taken(
    what: str, world: object, clients: dict[str, Client]
) -> None:
    taken = []
    for model in MODELS:
        args = [] if what == "add" else [first(model)]
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}_{what}"
        response = clients["administrator"].post(reverse(name, args=args), {"post": "yes"})
        # A row that is not there is led away from, one that is there is refused.
        if response.status_code != 403 and model._default_manager.exists():
            taken.append(f"{name}: {response.status_code}")
    assert taken == []


def test_an_administrator_reads_every_list(world: object, clients: dict[str, Client]) -> None:
    wrong = []
    for model in MODELS:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
        for method in ("get", "head"):
            response = getattr(clients["administrator"], method)(reverse(name))
            if response.status_code != 200:
                wrong.append(f"{method} {name}: {response.status_code}")
    assert len(MODELS) > 20
    assert wrong == []


def test_a_row_that_could_be_deleted_would_be_noticed(
    world: object, clients: dict[str, Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: what these tests prove depends on ReadOnlyAdmin."""
    monkeypatch.setattr(ReadOnlyAdmin, "has_delete_permission", lambda *args, **kwargs: True)
    path = reverse("admin:assessments_document_delete", args=[first(Document)])
    before = fingerprint()
    ask(clients["administrator"], "post", path, {"post": "yes"})
    assert fingerprint() != before
