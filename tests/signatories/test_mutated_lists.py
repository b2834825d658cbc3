"""A thousand spoilt partner lists: each is imported whole or not at all, and none breaks a page."""

import random
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import reverse

from signatories.actions.partner_lists import Kind
from signatories.models import Invitation, Membership, Partner, PartnerImport, User
from signatories.resources import open_list
from signatories.tasks import read_partner_list
from tests.signatories.importing import imported
from tests.signatories.long_lists import as_csv, rows_of

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]
Spoil = Callable[[random.Random, bytes], bytes]

BATCHES, EACH = 10, 100
LIST = as_csv(rows_of(12))
NASTY = [
    *(b'"', b'""', b"\0", b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf", b"\x80", b"\xf0\x9f"),
    *(b",", b";", b"\t", b"\r", b"\n", b"\r\n\r\n", b"=1+1", b"'", b"<script>", b"1.23E+05"),
    *(t.encode() for t in ("\u202e", "\u200b", "Ynys Môn", "e\u0301", "＝1", "\u2028", "😀")),
    *("’£é".encode("cp1252"), b"E00000001", b"name", b"kind", b"sep=;\r\n", b"a@b.example"),
]


def place(chance: random.Random, content: bytes) -> int:
    return chance.randrange(len(content) + 1)


def flip(chance: random.Random, content: bytes) -> bytes:
    at = place(chance, content)
    return content[:at] + bytes([chance.randrange(256)]) + content[at + 1 :]


def insert(chance: random.Random, content: bytes) -> bytes:
    at = place(chance, content)
    return content[:at] + chance.choice(NASTY) + content[at:]


def cut(chance: random.Random, content: bytes) -> bytes:
    at = place(chance, content)
    return content[:at] + content[at + chance.randrange(40) :]


def double(chance: random.Random, content: bytes) -> bytes:
    at = place(chance, content)
    return content[:at] + content[at : at + chance.randrange(200)] + content[at:]


def truncate(chance: random.Random, content: bytes) -> bytes:
    return content[: place(chance, content)]


def shuffle(chance: random.Random, content: bytes) -> bytes:
    lines = content.splitlines(keepends=True)
    chance.shuffle(lines)
    return b"".join(lines)


def recode(chance: random.Random, content: bytes) -> bytes:
    """Another row's code, so that a partner would be renamed or is there twice."""
    one, two = (f"E{chance.randrange(12):08d}".encode() for _ in range(2))
    return content.replace(one, two)


def encode_otherwise(chance: random.Random, content: bytes) -> bytes:
    text = content.decode("utf-8", "replace")
    return text.encode(chance.choice(["utf-16", "utf-16-le", "utf-8-sig", "cp1252"]), "replace")


def separate_otherwise(chance: random.Random, content: bytes) -> bytes:
    return content.replace(b",", chance.choice([b";", b"\t", b"|"]))


SPOILS: tuple[Spoil, ...] = (
    *(flip, insert, insert, cut, double, truncate, shuffle, recode),
    *(encode_otherwise, separate_otherwise),
)


@pytest.fixture
def client(administrator: User, client_of: ClientOf) -> Client:
    return client_of(administrator)


@pytest.fixture
def known(administrator: User) -> None:
    """Half of the partners are there already, with other websites."""
    imported(as_csv(rows_of(6, website="https://before.example")), administrator)


def state() -> tuple[list[Any], list[Any], list[Any]]:
    """All that an import may write."""
    partners = Partner.objects.order_by("pk").values_list()
    invitations = Invitation.objects.order_by("pk").values_list("email", "partner", "role")
    return list(partners), list(invitations), list(Membership.objects.values_list())


def assert_whole(found: PartnerImport, before: int) -> None:
    """Everything that the preview said is there."""
    assert Partner.objects.count() == before + found.new_count
    rows = list(found.rows.exclude(kind="unchanged").select_related("partner"))
    assert len(rows) == found.new_count + found.changed_count
    for row in rows:
        assert row.partner is not None
        for change in row.changes:
            if change["column"] in {"name", "kind", "website", "gss_code"}:
                assert getattr(row.partner, change["column"]) == change["new"]
            elif change["column"].startswith("lead "):
                email = change["column"].removeprefix("lead ")
                assert Invitation.objects.filter(partner=row.partner, email=email).exists()


def try_to_import(client: Client, content: bytes) -> str:
    """Upload, read, look and confirm with all ticks; what became of it."""
    before = state()
    file = SimpleUploadedFile("partners.csv", content)
    taken = client.post(reverse("signatories:partner-import"), {"file": file})
    assert taken.status_code in {200, 302}
    if taken.status_code == 200:
        assert state() == before
        return "no partner list"
    found = PartnerImport.objects.order_by("-pk")[0]
    read_partner_list(found.pk)
    found.refresh_from_db()
    assert found.state == PartnerImport.State.DONE, found.error
    assert client.get(reverse("signatories:import-detail", args=[found.pk])).status_code == 200
    assert state() == before
    asked = sum(len([c for c in row.changes if c["tick"]]) for row in found.rows.all())
    ticks = {"ticks": ["all"]} if asked > 1 else {}
    confirmed = client.post(reverse("signatories:import-confirm", args=[found.pk]), ticks)
    found.refresh_from_db()
    if found.confirmed_at is None:
        assert confirmed.status_code == 409
        assert state() == before
        return "refused rows" if found.refused_count else "refused by the database"
    assert not found.refused_count
    if asked != 1:
        assert_whole(found, len(before[0]))
    return "imported"


@pytest.mark.parametrize("batch", range(BATCHES))
def test_a_spoilt_list_is_imported_whole_or_not_at_all(
    batch: int, client: Client, known: None
) -> None:
    outcomes: Counter[str] = Counter()
    for number in range(EACH):
        chance = random.Random(batch * EACH + number)
        content = LIST
        for spoil in chance.choices(SPOILS, k=chance.randint(1, 3)):
            content = spoil(chance, content)
        with transaction.atomic():
            outcomes[try_to_import(client, content)] += 1
            transaction.set_rollback(True)
    print(f"\n{EACH} spoilt lists: {dict(outcomes)}")
    # The files are spoilt enough to be refused, and not so much that none is ever written.
    assert outcomes["imported"] >= 5
    assert outcomes["refused rows"] >= 20
    assert outcomes["no partner list"] >= 3


def test_a_half_written_list_would_be_seen(known: None) -> None:
    """The negative control: with nothing around it that takes it back, a refused list stays."""
    before = state()
    rows = list(open_list(LIST.replace(b"district", b"parish", 1), "p.csv").rows(save=True))
    assert [row.kind for row in rows].count(Kind.REFUSED) == 1
    assert state() != before
