"""A bundle of five hundred files needs no more memory than one of ten."""

import tracemalloc
from typing import Any

import pytest
from django.utils import timezone

from assessments.models import Round
from commitments.models import Edition
from declaration import files
from progress.models import Report
from signatories.models import Partner, User
from tests.assessment_factories import make_round
from tests.progress.bundling import content_of, contents, finished, step

pytestmark = pytest.mark.django_db
BYTES = 20_000


@pytest.fixture
def round(edition: Edition, staff: User) -> Round:
    """A round that nobody has to write anything in."""
    return make_round(edition, staff)


def bundle_of(many: int, round: Round, staff: User) -> Report:
    """A bundle whose reports are all ready, each with a file."""
    partners = Partner.objects.bulk_create(
        Partner(name=f"{many} {n:03}", slug=f"c-{many}-{n}", kind=Partner.Kind.OTHER)
        for n in range(many)
    )
    whole = Report.objects.create(key=f"b{many}", kind="all", round=round, requested_by=staff)
    # They all say the same, and each is in the ZIP by itself.
    kept = files.keep(b"page" * (BYTES // 4), "reports", ".pdf")
    Report.objects.bulk_create(made(whole, partner, kept) for partner in partners)
    return whole


def made(whole: Report, partner: Partner, kept: files.Kept) -> Report:
    """A report of the bundle that is ready."""
    about: dict[str, Any] = {"parent": whole, "partner": partner, "round": whole.round}
    return Report(
        key=f"{whole.key}-{partner.pk}",
        state=Report.State.DONE,
        file=kept.name,
        sha256=kept.sha256,
        finished_at=timezone.now(),
        requested_by=whole.requested_by,
        **about,
    )


def peak_of(whole: Report) -> int:
    """Put it together; the most memory that any of its tasks took, in bytes."""
    peak = 0
    tracemalloc.start()
    waits = True
    while waits:
        tracemalloc.reset_peak()
        before = tracemalloc.get_traced_memory()[0]
        waits = step(whole).is_waiting
        peak = max(peak, tracemalloc.get_traced_memory()[1] - before)
    tracemalloc.stop()
    return peak


def test_memory_stays_flat_from_ten_files_to_five_hundred(round: Round, staff: User) -> None:
    few, many = bundle_of(10, round, staff), bundle_of(500, round, staff)
    # What is imported by the first one is no memory of a bundle.
    finished(bundle_of(1, round, staff))
    peaks = peak_of(few), peak_of(many)
    print(f"peaks: 10 files {peaks[0]:,} bytes, 500 files {peaks[1]:,} bytes")
    # What grows is the list of what is inside: some 2 kB for each, and never a file.
    assert peaks[1] - peaks[0] < 490 * 4_000
    made = Report.objects.get(pk=many.pk)
    assert len(content_of(made)) > 500 * BYTES
    assert len([row for row in contents(made) if row[3] == "in this file"]) == 500
