"""Confirming at once, and writing partners meanwhile: the lock keeps it all or nothing."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection, transaction

from declaration.actions import RefusedError
from signatories.actions import partner_imports
from signatories.actions.partner_imports import confirm_import, preview_import
from signatories.models import Event, Partner, PartnerImport, User
from signatories.resources import read_partners
from tests.factories import FIXTURES, make_partner
from tests.signatories.test_signing_race import in_a_thread, until_somebody_waits_for_a_lock

pytestmark = pytest.mark.django_db(transaction=True)

SIXTEEN = (FIXTURES / "partners.csv").read_bytes()


@pytest.fixture
def previewed(administrator: User) -> PartnerImport:
    return preview_import(
        file_name="partners.csv", content=SIXTEEN, by=administrator, read=read_partners
    )


def test_of_two_confirmations_at_once_one_writes(
    previewed: PartnerImport, administrator: User
) -> None:
    start = threading.Barrier(2)
    outcomes: list[str] = []

    def confirm() -> None:
        start.wait()
        try:
            confirm_import(partner_import=previewed, by=administrator, read=read_partners)
        except RefusedError as error:
            outcomes.append(type(error).__name__)
        else:
            outcomes.append("written")

    for thread in [in_a_thread(confirm) for _ in range(2)]:
        thread.join(timeout=30)
    assert sorted(outcomes) == ["AlreadyConfirmedError", "written"]
    assert Partner.objects.count() == 16
    assert Event.objects.count() == 1


def write_in_mid_confirm(previewed: PartnerImport, by: User) -> list[str]:
    """Add a partner of the list between the look and the write; return who came first."""
    order: list[str] = []

    def read_and_meet(content: bytes, *, save: bool = False) -> partner_imports.Preview:
        if save:
            thread = in_a_thread(lambda: order.append(make_partner("Essex Police").name))
            threads.append(thread)
            until_somebody_waits_for_a_lock(thread)
        return read_partners(content, save=save)

    threads: list[threading.Thread] = []
    try:
        with transaction.atomic():
            confirm_import(partner_import=previewed, by=by, read=read_and_meet)
            order.append("confirmed")
    except RefusedError as error:
        order.append(str(error))
    for thread in threads:
        thread.join(timeout=30)
    return order


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_nobody_writes_partners_between_the_look_and_the_write(
    previewed: PartnerImport, administrator: User
) -> None:
    order = write_in_mid_confirm(previewed, administrator)
    assert order == ["confirmed"]
    assert Partner.objects.count() == 16


def test_without_the_lock_somebody_could(
    previewed: PartnerImport, administrator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: the write comes first, and only the constraint saves the list."""
    monkeypatch.setattr(partner_imports, "_lock_partners", lambda: None)
    order = write_in_mid_confirm(previewed, administrator)
    assert order[0] == "Essex Police"


def locked_for_reading() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '200ms'")
        cursor.execute("SELECT count(*) FROM signatories_partner")
        return cursor.fetchone() is None


def test_reading_goes_on_during_an_import() -> None:
    readings: list[bool] = []

    def look() -> None:
        with transaction.atomic():
            readings.append(locked_for_reading())

    run: Callable[[], None] = look
    with transaction.atomic():
        partner_imports._lock_partners()
        in_a_thread(run).join(timeout=10)
    assert readings == [False]
