"""No form takes a name that hides what is in it: signatures, people, invitations."""

from collections.abc import Callable
from typing import Any

import pytest
from django.forms import Field, Form
from django.test import Client
from django.urls import reverse

from commitments.models import Edition
from declaration.fields import NameField
from signatories.forms import (
    InvitationForm,
    NewPersonForm,
    PaperSignatureForm,
    SignatureForm,
)
from signatories.forms.people import AppointForm, NameForm
from signatories.models import Partner, Signature, User
from tests.factories import EDITION_DATA

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]
STATED = ("signatory_name", "job_title", "authority")
NAMES: list[tuple[type[Form], tuple[str, ...]]] = [
    (SignatureForm, STATED),
    (PaperSignatureForm, (*STATED, "minute_reference")),
    (NameForm, ("name",)),
    (AppointForm, ("name",)),
    (InvitationForm, ("name",)),
    (NewPersonForm, ("name",)),
]


@pytest.mark.parametrize(("form", "names"), NAMES)
def test_every_name_is_a_field_that_refuses_what_cannot_be_seen(
    form: type[Form], names: tuple[str, ...]
) -> None:
    fields: dict[str, Field] = form.base_fields
    assert {name for name in names if isinstance(fields[name], NameField)} == set(names)


@pytest.mark.parametrize("name", STATED)
@pytest.mark.parametrize("sign", ["\u200b", "\u3164", "\u202egnp", "a\x01b", "\ufffe"], ids=ascii)
def test_a_leader_is_told_which_sign_and_nothing_is_signed(
    partner: Partner, edition: Edition, leader: User, client_of: ClientOf, name: str, sign: str
) -> None:
    typed: dict[str, Any] = dict.fromkeys(STATED, "Chief Executive")
    typed |= {"edition": EDITION_DATA["slug"], "confirmed": "on", name: sign}
    path = reverse("signatories:signature-confirm", args=[partner.slug])
    page = client_of(leader).post(path, typed).text
    assert "a sign that cannot be seen" in page
    assert not Signature.objects.exists()


def test_a_name_in_two_lines_is_signed_in_one(
    partner: Partner, edition: Edition, leader: User, client_of: ClientOf
) -> None:
    typed = dict.fromkeys(STATED, "Zoe\u0308\r\nLeader")
    typed |= {"edition": EDITION_DATA["slug"], "confirmed": "on"}
    client_of(leader).post(reverse("signatories:signature-confirm", args=[partner.slug]), typed)
    signature = Signature.objects.get()
    assert {getattr(signature, name) for name in STATED} == {"Zo\u00eb Leader"}
