"""Confirming and undoing at once, and writing partners meanwhile: the lock keeps it whole (F13)."""

import threading
from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

import pytest
from django.db import connection, transaction

from declaration.actions import RefusedError
from signatories.actions import partner_imports
from signatories.actions.invitations import accept
from signatories.actions.partner_imports import KEPT, confirm_import
from signatories.actions.partner_lists import Reading, Row, Tick
from signatories.actions.undoing import undo_import
from signatories.models import Event, Invitation, Partner, PartnerImport, User
from signatories.resources import open_list
from signatories.verbs import Verb
from tests.factories import make_partner, make_user
from tests.signatories.importing import SIXTEEN, confirm, imported, preview, upload
from tests.signatories.test_signing_race import in_a_thread, until_somebody_waits_for_a_lock

pytestmark = pytest.mark.django_db(transaction=True)


def outcomes_of(work: Callable[[], object]) -> list[str]:
    """Do the same from two threads at once; what became of each."""
    start = threading.Barrier(2)
    outcomes: list[str] = []

    def run() -> None:
        start.wait()
        try:
            work()
        except RefusedError as error:
            outcomes.append(str(error))
        else:
            outcomes.append("done")

    for thread in [in_a_thread(run) for _ in range(2)]:
        thread.join(timeout=30)
    return sorted(outcomes)


def test_of_two_confirmations_at_once_one_writes(administrator: User) -> None:
    found = preview(SIXTEEN, administrator)
    refused, done = outcomes_of(lambda: confirm(found, administrator))
    assert refused.endswith("Nothing was written twice.")
    assert done == "done"
    assert Partner.objects.count() == 16
    assert Event.objects.filter(verb=Verb.PARTNERS_IMPORTED).count() == 1


def test_of_two_undoings_at_once_one_is_done(administrator: User) -> None:
    found = imported(SIXTEEN, administrator)
    outcomes = outcomes_of(lambda: undo_import(partner_import=found, by=administrator))
    assert outcomes == ["Ada Administrator has undone this import already.", "done"]
    assert not Partner.objects.exists()
    assert Event.objects.filter(verb=Verb.IMPORT_UNDONE).count() == 1


@dataclass
class Meeting:
    """A reader that lets somebody else write a partner of the list before it hands over rows."""

    order: list[str] = field(default_factory=list)
    threads: list[threading.Thread] = field(default_factory=list)

    def open(self, content: bytes, file_name: str) -> Reading:
        """Open the file as usual, with rows that are late."""
        return Late(open_list(content, file_name), self)

    def meet(self) -> None:
        """Let somebody write, and wait until they have or cannot."""
        thread = in_a_thread(lambda: self.order.append(make_partner("Essex Police").name))
        self.threads.append(thread)
        until_somebody_waits_for_a_lock(thread)


@dataclass(frozen=True)
class Late:
    """The real reading; somebody else comes first."""

    real: Reading
    meeting: Meeting

    @property
    def encoding(self) -> str:
        return self.real.encoding

    @property
    def remarks(self) -> tuple[str, ...]:
        return self.real.remarks

    @property
    def headers(self) -> tuple[str, ...]:
        return self.real.headers

    @property
    def total(self) -> int:
        return self.real.total

    def rows(self, *, save: bool = False, ticks: AbstractSet[Tick] = frozenset()) -> Iterator[Row]:
        """Hand over the rows once somebody has tried to write."""
        self.meeting.meet()
        yield from self.real.rows(save=save, ticks=ticks)


def write_in_mid_confirm(found: PartnerImport, by: User) -> list[str]:
    """Add a partner of the list while it is confirmed; return who came first."""
    meeting = Meeting()
    try:
        with transaction.atomic():
            confirm_import(partner_import=found, ticks=frozenset(), by=by, open_=meeting.open)
            meeting.order.append("confirmed")
    except RefusedError as error:
        meeting.order.append(str(error))
    for thread in meeting.threads:
        thread.join(timeout=30)
    return meeting.order


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_nobody_writes_partners_while_a_list_is_written(administrator: User) -> None:
    found = preview(SIXTEEN, administrator)
    assert write_in_mid_confirm(found, administrator) == ["confirmed"]
    assert Partner.objects.count() == 16


def test_without_the_lock_somebody_could_and_all_is_refused(
    administrator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: the write comes first, and the list is not as it was previewed."""
    monkeypatch.setattr(partner_imports, "lock_partners", lambda: None)
    found = preview(SIXTEEN, administrator)
    order = write_in_mid_confirm(found, administrator)
    assert order[0] == "Essex Police"
    assert "nothing was written" in order[1]
    assert Partner.objects.count() == 1


def test_reading_goes_on_during_an_import() -> None:
    counted: list[int] = []

    def look() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '200ms'")
            counted.append(Partner.objects.count())

    with transaction.atomic():
        partner_imports.lock_partners()
        in_a_thread(look).join(timeout=10)
    assert counted == [0]


def test_a_new_list_leaves_alone_what_is_confirmed_at_the_moment(administrator: User) -> None:
    """The oldest of too many goes, unless somebody holds it; nobody waits for that."""
    oldest = preview(SIXTEEN, administrator)
    for _ in range(KEPT - 1):
        upload(SIXTEEN, administrator)
    with transaction.atomic():
        confirm(oldest, administrator)
        thread = in_a_thread(lambda: upload(SIXTEEN, administrator))
        until_somebody_waits_for_a_lock(thread)
        waited = thread.is_alive()
    thread.join(timeout=30)
    assert not waited
    oldest.refresh_from_db()
    assert oldest.confirmed_at is not None
    assert PartnerImport.objects.count() == KEPT + 1


def test_undoing_waits_for_somebody_who_is_accepting(administrator: User) -> None:
    partner = make_partner("Alpha")
    list_ = b"name,kind,leads\nAlpha,other,ada@b.example\n"
    found = imported(list_, administrator)
    outcomes: list[str] = []

    def undo() -> None:
        try:
            undo_import(partner_import=found, by=administrator)
        except RefusedError as error:
            outcomes.append(str(error))

    with transaction.atomic():
        accept(invitation=Invitation.objects.get(), by=make_user(email="ada@b.example"))
        thread = in_a_thread(undo)
        until_somebody_waits_for_a_lock(thread)
    thread.join(timeout=30)
    assert len(outcomes) == 1
    assert "used since: Alpha (line 2)" in outcomes[0]
    partner.refresh_from_db()
    assert partner.memberships.get().role == "lead"
    assert Invitation.objects.get().revoked_at is None
