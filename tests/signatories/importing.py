"""Partner lists in tests: uploaded, read by the real task, confirmed."""

from collections.abc import Iterable

from signatories.actions.partner_imports import confirm_import, upload_list
from signatories.actions.partner_lists import Tick
from signatories.models import PartnerImport, User
from signatories.resources import open_list
from signatories.tasks import read_partner_list
from tests.factories import FIXTURES

SIXTEEN = (FIXTURES / "partners.csv").read_bytes()


def upload(content: bytes, by: User, name: str = "partners.csv") -> PartnerImport:
    """A list that waits to be read."""
    return upload_list(file_name=name, content=content, by=by, open_=open_list)


def preview(content: bytes, by: User, name: str = "partners.csv") -> PartnerImport:
    """A list that was read as the worker would."""
    found = upload(content, by, name)
    read_partner_list(found.pk)
    found.refresh_from_db()
    return found


def confirm(found: PartnerImport, by: User, *ticks: Tick) -> PartnerImport:
    """The list, imported."""
    return confirm_import(partner_import=found, ticks=frozenset(ticks), by=by, open_=open_list)


def imported(content: bytes, by: User, ticks: Iterable[Tick] = ()) -> PartnerImport:
    """A list that was read and imported."""
    return confirm(preview(content, by), by, *ticks)
