"""Two people at once: one takes a request, one connection is made, one request is asked for."""

from collections.abc import Callable
from threading import Barrier, Thread
from time import monotonic

import pytest
from django.db import connection as database
from django.db import transaction

from assessments.actions import contacts, support_moves, support_queue, supporting
from assessments.actions.connecting import connect
from assessments.models import Connection, Round, SupportRequest
from assessments.verbs import Verb
from commitments.models import Edition
from declaration.actions import RefusedError
from signatories.models import Event, Partner, User
from tests.assessment_factories import make_round
from tests.assessments.helping import agree, make_request

pytestmark = pytest.mark.django_db(transaction=True)

RACES = 20


def both(first: Callable[[], object], second: Callable[[], object]) -> list[Exception]:
    """Run the two at the same time, and say what went wrong."""
    barrier, wrong = Barrier(2), []

    def run(act: Callable[[], object]) -> None:
        try:
            barrier.wait(10)
            act()
        except Exception as error:
            wrong.append(error)
        finally:
            database.close()

    threads = [Thread(target=run, args=(act,)) for act in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return wrong


@pytest.fixture
def round(edition: Edition, partner: Partner, other_partner: Partner, staff: User) -> Round:
    return make_round(edition, staff)


@pytest.fixture
def support(round: Round, partner: Partner, lead: User) -> SupportRequest:
    indicator = partner.assessments.get(round=round).answers.in_order()[0].indicator
    return make_request(partner, indicator, lead)


def test_of_two_who_take_a_request_one_has_it_and_the_other_is_told(
    support: SupportRequest, staff: User, administrator: User
) -> None:
    for _ in range(RACES):
        wrong = both(
            lambda: support_queue.take(request=support, by=staff),
            lambda: support_queue.take(request=support, by=administrator),
        )
        assert [type(error) for error in wrong] == [RefusedError]
        assert "has taken on this request already" in str(wrong[0])
        support_queue.give_back(request=support, by=staff)
    assert Event.objects.filter(verb=Verb.SUPPORT_TAKEN.value).count() == RACES


def test_connected_twice_at_once_both_sides_are_told_once(
    support: SupportRequest, partner: Partner, other_partner: Partner, staff: User, lead: User
) -> None:
    agree(partner)
    agree(other_partner)

    def act() -> object:
        return connect(request=support, helper=other_partner, note="", by=staff)

    assert both(act, act) == []
    assert Connection.objects.count() == 1
    assert Event.objects.filter(verb=Verb.CONNECTED.value).count() == 2


def test_asked_for_twice_at_once_it_is_one_request(
    support: SupportRequest, staff: User, lead: User
) -> None:
    indicator = support.indicator
    for _ in range(RACES):
        support_queue.finish(request=SupportRequest.objects.waiting().get(), by=staff)
        wrong = both(
            lambda: make_request(support.partner, indicator, lead),
            lambda: make_request(support.partner, indicator, lead),
        )
        assert [type(error) for error in wrong] == [RefusedError]
        assert SupportRequest.objects.waiting().count() == 1


def test_without_the_lock_the_second_would_fail_with_no_words(
    support: SupportRequest, staff: User, lead: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: only the constraint is left, and it has no words for anybody."""
    monkeypatch.setattr(supporting, "lock_partner", lambda partner: None)
    found = set()
    for _ in range(RACES):
        support_queue.finish(request=SupportRequest.objects.waiting().get(), by=staff)
        wrong = both(
            lambda: make_request(support.partner, support.indicator, lead),
            lambda: make_request(support.partner, support.indicator, lead),
        )
        found |= {type(error).__name__ for error in wrong}
    assert "IntegrityError" in found


# --- Partners are locked before requests ----------------------------------------------------------


def want_while_asking(support: SupportRequest, staff: User, lead: User) -> list[Exception]:
    """One asks the partner for a contact while another asks for support in its name."""
    barrier, wrong = Barrier(2), []

    def want() -> None:
        barrier.wait(10)
        contacts.want_contact(request=support, partner=support.partner, by=staff)

    def ask() -> None:
        with transaction.atomic():
            support_moves.lock_partner(support.partner)
            barrier.wait(10)
            wait_until_held()
            supporting.ask_for(support.partner, support.indicator, [], "Other words", lead)

    def run(act: Callable[[], object]) -> None:
        try:
            act()
        except Exception as error:
            wrong.append(error)
        finally:
            database.close()

    threads = [Thread(target=run, args=(act,)) for act in (want, ask)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return wrong


def wait_until_held() -> None:
    """Wait until another connection waits for a lock that this one has."""
    found, deadline = False, monotonic() + 10
    while not found and monotonic() < deadline:
        with database.cursor() as cursor:
            cursor.execute(
                "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted"
                " AND pg_backend_pid() = ANY(pg_blocking_pids(pid)))"
            )
            [found] = cursor.fetchone()
    assert found


def test_asking_for_a_contact_and_for_support_at_once_both_happen(
    support: SupportRequest, staff: User, lead: User
) -> None:
    assert want_while_asking(support, staff, lead) == []
    assert Event.objects.filter(verb=Verb.CONTACT_WANTED.value).exists()
    assert SupportRequest.objects.waiting().get().words == "Other words"


def test_with_the_request_locked_first_the_two_would_deadlock(
    support: SupportRequest, staff: User, lead: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: the other order."""

    def other_way_round(partner: Partner) -> None:
        support_moves.lock_request(support)
        support_moves.lock_partner(partner)

    monkeypatch.setattr(contacts, "lock_partner", other_way_round)
    wrong = want_while_asking(support, staff, lead)
    assert [type(error).__name__ for error in wrong] == ["OperationalError"]
    assert "deadlock" in str(wrong[0])
