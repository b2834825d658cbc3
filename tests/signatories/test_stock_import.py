"""The import buttons that the library brings for Django's admin are not reachable."""

from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client
from django.urls import get_resolver

from signatories.models import Partner, User

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]


def test_the_library_is_no_app_of_the_portal() -> None:
    assert "import_export" not in settings.INSTALLED_APPS


def test_no_address_of_the_admin_imports_or_exports() -> None:
    admin_urls = get_resolver("declaration.urls").namespace_dict["admin"][1]
    names = [str(name) for name in admin_urls.reverse_dict]
    assert "signatories_partner_changelist" in names
    assert not [name for name in names if {"import", "export"} & set(name.split("_"))]


@pytest.mark.parametrize("end", ["import/", "process_import/", "export/"])
def test_the_stock_pages_are_not_there(
    end: str, administrator: User, partner: Partner, client_of: ClientOf
) -> None:
    client = client_of(administrator)
    listed = client.get("/admin/signatories/partner/")
    assert listed.status_code == 200
    assert f"partner/{end}" not in listed.content.decode()
    # The admin takes what it does not know for the id of a partner that is not there.
    assert client.get(f"/admin/signatories/partner/{end}").status_code in {302, 404}
    posted = client.post(f"/admin/signatories/partner/{end}", {"confirm_form": "1"})
    assert posted.status_code in {302, 403, 404}
    assert Partner.objects.count() == 1
