"""Two leaders sign at the same moment: the constraint lets one signature through."""

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from commitments.models import Edition
from signatories.actions.signing import AlreadySignedError
from signatories.models import Partner, Signature, User
from tests.factories import make_member, make_signature

pytestmark = pytest.mark.django_db(transaction=True)

ClientOf = Callable[[User], Client]
LIVE_ONCE = next(c for c in Signature._meta.constraints if c.name == "signature_live_once")


def in_a_thread(work: Callable[[], object]) -> threading.Thread:
    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def until_somebody_waits_for_a_lock(thread: threading.Thread) -> None:
    for _ in range(1000):
        with connection.cursor() as cursor:
            # Within a transaction the view shows what it showed at first, unless told to forget.
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            if cursor.fetchone()[0] or not thread.is_alive():
                return
        time.sleep(0.02)
    raise AssertionError("nobody waits")


def sign_while_another_signature_is_being_written(
    partner: Partner, edition: Edition, leader: User, second: Callable[[], object]
) -> None:
    """Run `second` in a thread between the first signature's insert and its commit."""
    with transaction.atomic():
        make_signature(partner, edition, leader)
        thread = in_a_thread(second)
        until_somebody_waits_for_a_lock(thread)
    thread.join(timeout=30)
    assert not thread.is_alive()


@pytest.fixture
def without_the_constraint() -> Iterator[None]:
    with connection.schema_editor() as editor:
        editor.remove_constraint(Signature, LIVE_ONCE)
    yield
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE signatories_signature CASCADE")
    with connection.schema_editor() as editor:
        editor.add_constraint(Signature, LIVE_ONCE)


def test_the_second_of_two_leaders_gets_a_page_that_says_so(
    partner: Partner, edition: Edition, leader: User, client_of: ClientOf
) -> None:
    client = client_of(make_member(partner, "leader", "Otto Other"))
    path = reverse("signatories:signature-confirm", args=[partner.slug])
    typed = {
        "signatory_name": "Otto",
        "job_title": "Mayor",
        "authority": "x",
        "confirmed": "on",
    } | {"edition": edition.slug}
    answers: list[Any] = []
    sign_while_another_signature_is_being_written(
        partner, edition, leader, lambda: answers.append(client.post(path, typed))
    )
    assert [answer.status_code for answer in answers] == [409]
    assert "Lara Leader signed" in answers[0].content.decode()
    assert Signature.objects.get().signatory_name == "Lara Leader"


def test_the_second_action_is_refused_in_words(
    partner: Partner, edition: Edition, leader: User
) -> None:
    refused: list[str] = []

    def second() -> None:
        try:
            make_signature(partner, edition, leader)
        except AlreadySignedError as error:
            refused.append(str(error))

    sign_while_another_signature_is_being_written(partner, edition, leader, second)
    assert len(refused) == 1
    assert Signature.objects.count() == 1


@pytest.mark.usefixtures("without_the_constraint")
def test_without_the_constraint_both_would_sign(
    partner: Partner, edition: Edition, leader: User
) -> None:
    """The negative control."""
    sign_while_another_signature_is_being_written(
        partner, edition, leader, lambda: make_signature(partner, edition, leader)
    )
    assert Signature.objects.live().count() == 2
