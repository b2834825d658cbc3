"""Django's admin: administrators read in it, nobody writes in it, and it has no sign-in."""

from collections.abc import Callable

import pytest
from django.contrib import admin
from django.contrib.admin import ModelAdmin
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.urls import reverse

from commitments.models import Edition
from signatories.models import Invitation, Message, Partner, User
from tests.factories import make_signature
from tests.signatories.inviting import invited

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]
OURS = [model for model in admin.site._registry if model._meta.app_label == "signatories"]


def test_strangers_are_led_to_the_site_s_own_sign_in(client: Client) -> None:
    response = client.get("/admin/", follow=True)
    assert response.redirect_chain[-1][0].startswith(reverse("account_login"))
    assert client.get("/admin/login/")["Location"].startswith(reverse("account_login"))


def test_everybody_but_administrators_is_refused(
    staff: User, leader: User, client_of: ClientOf
) -> None:
    for person in (staff, leader):
        assert client_of(person).get("/admin/", follow=True).status_code == 403


def test_every_model_of_the_app_is_there() -> None:
    assert {model.__name__ for model in OURS} == {
        "Certificate",
        "Event",
        "ImportRow",
        "Invitation",
        "Letter",
        "Membership",
        "Message",
        "Notice",
        "Partner",
        "PartnerImport",
        "Signature",
        "User",
    }


def test_nothing_in_the_admin_can_be_written(administrator: User) -> None:
    def may(model_admin: "ModelAdmin[User]", what: str) -> bool:
        request = type("Asked", (), {"user": administrator})()
        return bool(getattr(model_admin, f"has_{what}_permission")(request))

    writable = [
        model.__name__
        for model, model_admin in admin.site._registry.items()
        if any(may(model_admin, what) for what in ("add", "change", "delete"))
    ]
    assert writable == []


@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_lists_and_rows_can_be_read(
    model: type[User],
    partner: Partner,
    edition: Edition,
    lead: User,
    leader: User,
    administrator: User,
    client_of: ClientOf,
) -> None:
    make_signature(partner, edition, leader)
    client = client_of(administrator)
    name = f"admin:signatories_{model._meta.model_name}"
    assert client.get(reverse(f"{name}_changelist"), {"q": "a"}).status_code == 200
    row = model.objects.order_by("pk").first()
    if row is not None:
        page = client.get(reverse(f"{name}_change", args=[row.pk]))
        assert page.status_code == 200
        assert "argon2" not in page.content.decode()


@pytest.mark.parametrize("kind", ["message", "invitation"])
def test_the_link_of_an_invitation_is_not_shown(
    partner: Partner, lead: User, administrator: User, client_of: ClientOf, kind: str
) -> None:
    code = invited(partner, lead).code
    row = (Message if kind == "message" else Invitation).objects.get()
    page = client_of(administrator).get(reverse(f"admin:signatories_{kind}_change", args=[row.pk]))
    assert "nia@example.org" in page.text
    assert code not in page.text


def test_there_is_no_view_on_site_which_no_row_has(
    administrator: User, client_of: ClientOf
) -> None:
    for kind in ContentType.objects.all():
        assert client_of(administrator).get(f"/admin/r/{kind.pk}/1/").status_code == 404
