"""What must never be false of a signature given here or on paper, broken once."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from commitments.models import Edition
from signatories.models import Partner, Signature, User
from tests.signatories.test_database_refuses import refusal, words

pytestmark = pytest.mark.django_db

MESSAGE = (
    "A signature is given here by a person, or on paper with a scan, a minute "
    "reference, and who recorded it and when, after it was signed."
)


@pytest.fixture
def here(partner: Partner, edition: Edition, leader: User) -> dict[str, Any]:
    """What a signature given here consists of."""
    return {
        "partner": partner,
        "edition": edition,
        "partner_name": "x",
        "signatory_name": "x",
        "job_title": "x",
        "authority": "x",
        "signed_by": leader,
        "signed_at": timezone.now(),
    }


@pytest.fixture
def on_paper(here: dict[str, Any], administrator: User) -> dict[str, Any]:
    """What a signature given on paper consists of."""
    return here | {
        "signed_by": None,
        "recorded_by": administrator,
        "recorded_at": timezone.now(),
        "minute_reference": "Item 4",
        "scan": "scans/aa/1",
        "scan_name": "signed.pdf",
        "scan_media_type": "application/pdf",
        "scan_sha256": "a" * 64,
    }


def test_a_signature_here_and_one_on_paper_are_whole(
    here: dict[str, Any], on_paper: dict[str, Any], other_partner: Partner
) -> None:
    Signature.objects.create(**here)
    assert Signature.objects.create(**on_paper | {"partner": other_partner}).on_paper


@pytest.mark.parametrize(
    "name",
    [
        "recorded_by",
        "recorded_at",
        "minute_reference",
        "scan",
        "scan_name",
        "scan_media_type",
        "scan_sha256",
    ],
)
def test_a_signature_is_given_here_or_on_paper_and_never_by_halves(
    here: dict[str, Any], on_paper: dict[str, Any], name: str
) -> None:
    """One fact of the paper too few, or one too many."""
    missing = None if name.startswith("recorded") else ""
    for facts in (on_paper | {name: missing}, here | {name: on_paper[name]}):
        wrong = Signature(**facts)
        assert words(wrong) == MESSAGE
        assert "signature_here_or_on_paper" in refusal(wrong.save)


@pytest.mark.parametrize("who", ["nobody", "both"])
def test_a_signature_is_somebodys_who_signed_here_or_recorded_it(
    here: dict[str, Any], on_paper: dict[str, Any], who: str
) -> None:
    signed_by = here["signed_by"]
    facts = here | {"signed_by": None} if who == "nobody" else on_paper | {"signed_by": signed_by}
    wrong = Signature(**facts)
    assert words(wrong) == MESSAGE
    assert "signature_here_or_on_paper" in refusal(wrong.save)


def test_a_paper_is_recorded_after_it_was_signed(on_paper: dict[str, Any]) -> None:
    later = on_paper["recorded_at"] + timedelta(seconds=1)
    wrong = Signature(**on_paper | {"signed_at": later})
    assert words(wrong) == MESSAGE
    assert "signature_here_or_on_paper" in refusal(wrong.save)


def test_the_scan_of_a_signature_never_changes(on_paper: dict[str, Any]) -> None:
    signature = Signature.objects.create(**on_paper)
    here = Signature.objects.filter(pk=signature.pk)
    said = refusal(lambda: here.update(scan="scans/bb/2"))
    assert "a signature is never edited, only withdrawn" in said
