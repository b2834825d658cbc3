"""People and partners for tests, without surprises."""

import time
from itertools import count
from pathlib import Path
from typing import Any

import yaml
from django.test import Client

from commitments.actions import load_edition
from commitments.models import Edition
from signatories.actions.editions import publish_edition
from signatories.actions.signing import sign
from signatories.models import Membership, Partner, Signature, User

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"
PASSWORD = "correct horse battery staple"
numbers = count(1)

EDITION_DATA: dict[str, Any] = yaml.safe_load(
    (FIXTURES / "essex_data_declaration.yaml").read_text(encoding="utf-8")
)


def make_edition(*, publish: bool = True) -> Edition:
    """The real Declaration, published unless told otherwise."""
    edition = load_edition(data=EDITION_DATA)
    return publish_edition(edition=edition, by=None) if publish else edition


def make_user(name: str = "", *, email: str = "", office: str = "", is_active: bool = True) -> User:
    """A person who signs in by e-mailed code."""
    number = next(numbers)
    user = User(
        name=name or f"Person {number}",
        email=(email or f"person{number}@people.example").lower(),
        office=office,
        is_active=is_active,
    )
    user.set_unusable_password()
    user.save()
    return user


def make_partner(name: str = "", *, slug: str = "", kind: str = "district") -> Partner:
    """A partner that exists today."""
    number = next(numbers)
    return Partner.objects.create(
        name=name or f"Partner {number}", slug=slug or f"partner-{number}", kind=kind
    )


def make_member(partner: Partner, role: str, name: str = "") -> User:
    """A new person with the role at the partner."""
    person = make_user(name)
    Membership.objects.create(person=person, partner=partner, role=role)
    return person


def make_signature(partner: Partner, edition: Edition, leader: User) -> Signature:
    """The leader's signature for the partner."""
    return sign(
        partner=partner,
        edition=edition,
        signatory_name=leader.name,
        job_title="Chief Executive",
        authority="Under delegated powers",
        by=leader,
    )


def note_sign_in(client: Client, user: User, *, seconds_ago: float = 0) -> None:
    """Note in the client's session when the person signed in, as the account library does."""
    session = client.session
    session["account_authentication_methods"] = [
        {"method": "code", "at": time.time() - seconds_ago, "email": user.email}
    ]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
