"""Bundles: many reports or certificates in one ZIP, made in short tasks.

Each task does a little and says that more is to come, so a worker may die at any moment: what it
did is there, and the next task begins where the rows say. No task holds a file in memory.
"""

from collections.abc import Sequence
from functools import partial
from tempfile import TemporaryFile
from typing import Any
from zipfile import ZipFile

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Count, Q

from assessments.models import Assessment
from declaration import files, jobs
from declaration.exports import csv_lines
from progress.actions.zips import add_bytes, add_file, new_zip
from progress.dashboards.bundle import Member, count_members, members_of
from progress.models import Report, ReportPart
from progress.reports import TEMPLATE_VERSION

FOLDER = "reports"
PARTS = "parts"
# Reports of a bundle that wait at once, and below how many more are added: what somebody else
# asks for meanwhile stands behind these few, not behind five hundred.
WAVE, FEW = 40, 20
PART_FILES = 50
CONTENTS = "contents.csv"
HEADER = ("partner", "file_name", "sha256", "state", "left_out_because")
# How far it is, in percent, when its reports are made, and when its parts are.
REPORTS_MADE, PARTS_MADE = 80, 95


def make_bundle(report: Report) -> dict[str, Any]:
    """Do the next short task of a bundle; return the fields to store after the last one.

    Raises MoreError after every other task, and JobFailedError when there is nothing to put in.
    """
    parts = list(report.parts.order_by("number"))
    if report.kind == Report.Kind.ALL and not parts:
        _require_children(report)
    of, ready = count_members(report)
    if not ready:
        raise jobs.JobFailedError("None of the files that belong into it could be made.")
    first = len(parts) * PART_FILES
    if first < of:
        _add_part(report, len(parts) + 1, members_of(report, first, PART_FILES))
        put = min(first + PART_FILES, of)
        percent = REPORTS_MADE + (PARTS_MADE - REPORTS_MADE) * put // of
        raise jobs.MoreError(percent, f"{put} of {of} files are put together")
    jobs.tell(report, PARTS_MADE, "putting the parts together")
    return _join(report, parts, members_of(report))


# --- The reports of all partners ---------------------------------------------------------------


def _require_children(report: Report) -> None:
    """Add reports for partners that have none in the bundle yet; MoreError until all have ended."""
    with transaction.atomic():
        _require_hold(report)
        ended = Q(state__in=[Report.State.DONE, Report.State.FAILED])
        found = report.children.aggregate(
            all=Count("pk"),
            ended=Count("pk", filter=ended),
            failed=Count("pk", filter=Q(state=Report.State.FAILED)),
        )
        added = 0
        if found["all"] - found["ended"] < FEW:
            added = _add_children(report, WAVE - found["all"] + found["ended"])
    if added or found["ended"] < found["all"]:
        of = max(Assessment.objects.filter(round=report.round_id).count(), found["all"], 1)
        words = f"{found['ended'] - found['failed']} of {of} reports are made"
        if found["failed"]:
            words += f", {found['failed']} could not be made"
        # Each report that is made rings for the bundle, and so does the sweep.
        raise jobs.MoreError(REPORTS_MADE * found["ended"] // of, words, soon=False)


def _add_children(report: Report, many: int) -> int:
    """Add the reports of the next partners by name, and ring for them; how many there were."""
    there = report.children.values("partner")
    rows = Assessment.objects.filter(round=report.round_id).exclude(partner__in=there)
    partners = rows.order_by("partner__name", "partner").values_list("partner", flat=True)[:many]
    children = Report.objects.bulk_create(
        Report(
            key=f"report-{report.pk}-{partner}",
            kind=Report.Kind.PARTNER,
            parent=report,
            partner_id=partner,
            round_id=report.round_id,
            requested_by_id=report.requested_by_id,
        )
        for partner in partners
    )
    for child in children:
        jobs.ring(child)
    return len(children)


# --- Parts -------------------------------------------------------------------------------------


def _add_part(report: Report, number: int, members: Sequence[Member]) -> None:
    """Put the files of some members that are ready into a ZIP of their own, and keep it."""
    with files.needing_room(), TemporaryFile() as file:
        with new_zip(file) as zip_:
            ready = [member for member in members if member.is_ready]
            whole = [member for member in ready if files.is_whole(member.file, member.sha256)]
            for member in whole:
                with default_storage.open(member.file) as source:
                    add_file(zip_, member.name, source)
        kept = files.keep_file(file, PARTS, f"-{report.pk}.zip")
    with transaction.atomic():
        _require_hold(report)
        ReportPart.objects.create(
            report=report, number=number, file=kept.name, sha256=kept.sha256, files=len(whole)
        )


def remove_parts(report: Report) -> None:
    """Forget the parts of a bundle and delete their files once that is committed."""
    for part in report.parts.all():
        transaction.on_commit(partial(files.remove, str(part.file.name)), robust=True)
    report.parts.all().delete()


# --- The whole ---------------------------------------------------------------------------------


def _join(report: Report, parts: Sequence[ReportPart], members: Sequence[Member]) -> dict[str, Any]:
    """Put all parts into one ZIP behind a list of what is in it, and keep that."""
    _require_whole(report, parts)
    inside: set[str] = set()
    for part in parts:
        with default_storage.open(str(part.file.name)) as file, ZipFile(file) as zip_:
            inside.update(zip_.namelist())
    with files.needing_room(), TemporaryFile() as whole:
        with new_zip(whole) as out:
            add_bytes(out, CONTENTS, _contents(members, inside))
            for part in parts:
                with default_storage.open(str(part.file.name)) as file, ZipFile(file) as zip_:
                    for name in zip_.namelist():
                        with zip_.open(name) as source:
                            add_file(out, name, source)
        kept = files.keep_file(whole, FOLDER, ".zip")
    return {"file": kept.name, "sha256": kept.sha256, "template_version": TEMPLATE_VERSION}


def _require_whole(report: Report, parts: Sequence[ReportPart]) -> None:
    """MoreError when the file of a part is lost or broken: it and those after it are made again."""
    for part in parts:
        if not files.is_whole(str(part.file.name), part.sha256):
            with transaction.atomic():
                _require_hold(report)
                report.parts.filter(number__gte=part.number).delete()
            raise jobs.MoreError(REPORTS_MADE, "a part was lost and is made again")


def _contents(members: Sequence[Member], inside: set[str]) -> bytes:
    """The list of what is in the ZIP, and of what was left out and why, as CSV."""
    rows = [
        (each.partner, each.name, each.sha256, "in this file", "")
        if each.name in inside
        else (each.partner, "", "", "left out", each.why or "Its file could not be read.")
        for each in members
    ]
    return b"".join(csv_lines(HEADER, rows))


def _require_hold(report: Report) -> None:
    """End this task when another attempt has taken the bundle over meanwhile."""
    if not jobs.hold(report):
        raise jobs.MoreError(0, "another worker goes on with it", soon=False)
