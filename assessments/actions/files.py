"""Files behind answers: kept, replaced, scanned and handed out.

The bytes are written before the transaction that names them, and removed again when it fails; what
a killed process leaves is cleared once a day.
"""

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import PurePath
from typing import Any

from django.core.files import File
from django.db import InterfaceError, OperationalError
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone

from assessments.actions.evidence import (
    NOT_PUBLIC,
    StaleEvidenceError,
    change_evidence,
    lock,
    may_publish,
    tell,
)
from assessments.actions.opening import closed_by_trigger, open_assessment
from assessments.dashboards import number_in
from assessments.models import Answer, Assessment, Evidence, EvidenceFile
from assessments.verbs import NOTICES, Verb
from declaration import files, jobs, scanning
from declaration.actions import RefusedError, action
from declaration.uploads import Checked
from signatories.actions.events import record
from signatories.models import User

logger = logging.getLogger(__name__)

FOLDER = "evidence"
LOST = "This file is lost. Upload it again, or tell ecda."
BEING_CHECKED = "This file is being checked for viruses. Try again in a minute."
NOT_CHECKED = "This file could not be checked for viruses yet. It is the turn of ecda."
REFUSED = "The virus scanner refused this file, so nobody can download it."
UNCLAIMED_FOR = timedelta(days=1)

Written = Sequence[tuple[Checked, files.Kept]]
State, Verdict = EvidenceFile.State, EvidenceFile.Verdict


# --- Adding ------------------------------------------------------------------------------------


def add_files(
    *,
    answer: Answer,
    files: Sequence[Checked],
    by: User,
    dated_on: date | None = None,
    note: str = "",
) -> list[EvidenceFile]:
    """Put the files behind the answer, each as a piece of evidence with this date and note.

    What the answer has already, byte for byte, is left out. RefusedError when the answer is closed
    or a file cannot be written; then none is added.
    """
    with _written(files) as written:
        return _add(answer=answer, written=written, dated_on=dated_on, note=note, by=by)


def replace_file(
    *,
    evidence: Evidence,
    file: Checked,
    by: User,
    seen: str | None = None,
    said: Mapping[str, Any] | None = None,
) -> EvidenceFile:
    """Add a revision to a file; the earlier ones are kept.

    What somebody below lead puts in a public file's place is not public. With it goes what is
    `said` of the file, as arguments of `change_evidence`: both, or nothing. StaleEvidenceError when
    the file has been replaced since the stamp `seen`, RefusedError when the answer is closed, the
    file removed or the new one is the same as before.
    """
    with _written([file]) as written:
        return _replace(evidence=evidence, written=written, seen=seen, said=said, by=by)


@contextmanager
def _written(found: Sequence[Checked]) -> Iterator[list[tuple[Checked, files.Kept]]]:
    """Write the files, and remove those that no row names when the block has ended."""
    written: list[tuple[Checked, files.Kept]] = []
    try:
        for file in found:
            # Not in one go: what is written by then has to be known when the next one fails.
            written.append((file, files.keep_upload(file.upload, FOLDER)))  # noqa: PERF401
        yield written
    except (OperationalError, InterfaceError):
        # Whether the row was committed before the database went away, nobody knows.
        raise
    except BaseException:
        _remove(kept.name for _, kept in written)
        raise
    names = {kept.name for _, kept in written}
    _remove(names - set(EvidenceFile.objects.filter(file__in=names).values_list("file", flat=True)))


def _remove(names: Iterable[str]) -> None:
    for name in names:
        files.remove(name)


@action
def _add(
    *, answer: Answer, written: Written, dated_on: date | None, note: str, by: User
) -> list[EvidenceFile]:
    assessment = open_assessment(answer)
    Answer.objects.select_for_update(no_key=True).get(pk=answer.pk)
    there = _contents(answer)
    added = []
    with closed_by_trigger():
        for file, kept in written:
            if kept.sha256 in there:
                continue
            there.add(kept.sha256)
            evidence = Evidence(
                answer=answer,
                title=PurePath(file.name).stem[:200],
                dated_on=dated_on,
                note=note,
                added_by=by,
            )
            evidence.save(force_insert=True)
            added.append(_revision(evidence, 1, file, kept, by))
    if added:
        names = ", ".join(file.name for file in added)
        tell(Verb.FILES_ADDED, assessment, added[0].evidence, names, by)
    return added


@action
def _replace(
    *,
    evidence: Evidence,
    written: Written,
    seen: str | None,
    said: Mapping[str, Any] | None,
    by: User,
) -> EvidenceFile:
    if not evidence.is_file:
        raise RefusedError("This is a link. Change its address instead.")
    assessment = open_assessment(evidence.answer)
    file, kept = written[0]
    with closed_by_trigger():
        stored = lock(evidence)
        newest = stored.files.order_by("-number").first()
        if newest is not None and newest.sha256 == kept.sha256:
            raise RefusedError(f"“{file.name}” is the same file as the one that is here.")
        number = newest.number + 1 if newest is not None else 1
        if seen is not None and number_in(seen) != str(number - 1):
            raise StaleEvidenceError(stored)
        if said is not None:
            stored = change_evidence(evidence=stored, **said, by=by)
        revision = _revision(stored, number, file, kept, by)
        hides = stored.public and not may_publish(assessment, by)
        if hides:
            Evidence.objects.filter(pk=stored.pk).update(public=False)
    what = f"{file.name}, revision {number}" + (NOT_PUBLIC if hides else "")
    tell(Verb.FILE_REPLACED, assessment, evidence, what, by)
    return revision


def _contents(answer: Answer) -> set[str]:
    """The hashes of the files that the answer has now, by their last revisions."""
    current = EvidenceFile.objects.filter(
        evidence__answer=answer, evidence__removed_at__isnull=True
    )
    newest = current.order_by("evidence_id", "-number").distinct("evidence_id")
    return set(newest.values_list("sha256", flat=True))


def _revision(
    evidence: Evidence, number: int, file: Checked, kept: files.Kept, by: User
) -> EvidenceFile:
    """Store the row; where a scanner is set up, the file waits for its verdict."""
    done = {"state": State.DONE, "percent": 100, "finished_at": Now()}
    revision = EvidenceFile(
        key=kept.name,
        evidence=evidence,
        number=number,
        file=kept.name,
        name=file.name,
        size=file.size,
        media_type=file.media_type,
        sha256=kept.sha256,
        uploaded_by=by,
        **({} if scanning.is_set_up() else done),
    )
    revision.save(force_insert=True)
    if revision.state != State.DONE:
        jobs.ring(revision)
    return revision


# --- Scanning ----------------------------------------------------------------------------------


def scan_file(file: EvidenceFile) -> dict[str, Any]:
    """Ask the scanner about a file; return the fields to store when the job is finished.

    Without a scanner, which may have been taken away since, the file stays unscanned. Raises
    JobFailedError when the file is gone, and what the scanner's absence raises.
    """
    if not scanning.is_set_up():
        return {"verdict": Verdict.UNSCANNED}
    try:
        with files.open_kept(file.file, LOST) as content:
            found = scanning.scan(content)
    except RefusedError as error:
        raise jobs.JobFailedError(str(error)) from error
    if found:
        logger.warning("the virus scanner found %s in evidence file %s", found, file.pk)
    return {"verdict": Verdict.INFECTED if found else Verdict.CLEAN}


@action
def file_scanned(file: EvidenceFile) -> None:
    """Tell the one who uploaded a file that the scanner refused it, while they may see it."""
    if file.verdict != Verdict.INFECTED:
        return
    answer = Answer.objects.select_related("assessment__partner", "indicator__commitment").get(
        evidence=file.evidence_id
    )
    person = file.uploaded_by
    allowed = Assessment.objects.visible_to(person).filter(pk=answer.assessment_id).exists()
    record(
        verb=Verb.FILE_REFUSED,
        by=None,
        partner=answer.assessment.partner,
        subject=answer.assessment,
        note=f"{answer.indicator.code}: {file.name}",
        path=reverse("assessments:evidence-detail", args=[file.evidence_id]),
        notices=NOTICES,
        also=[person] if allowed else [],
    )


@action
def retry_scan(*, file: EvidenceFile, by: User) -> None:
    """Have a file scanned again that could not be."""
    if not jobs.retry(file):
        raise RefusedError("This file has not failed, so there is nothing to try again.")
    answer = file.evidence.answer
    tell(Verb.FILE_RETRIED, answer.assessment, file.evidence, file.name, by)


# --- Handing out -------------------------------------------------------------------------------


@action
def download_file(*, file: EvidenceFile, by: User | None) -> File[bytes]:
    """Open a file that may be downloaded, and note who took it; nobody is None.

    RefusedError says whose turn it is when the file has not been found clean, or is lost.
    """
    if file.verdict == Verdict.INFECTED:
        raise RefusedError(REFUSED)
    if not file.is_ready:
        raise RefusedError(BEING_CHECKED if file.is_waiting else NOT_CHECKED)
    if by is not None:
        answer = file.evidence.answer
        tell(Verb.FILE_DOWNLOADED, answer.assessment, file.evidence, file.name, by)
    return files.open_kept(file.file, LOST)


# --- Clearing ----------------------------------------------------------------------------------


def clear_files() -> int:
    """Delete files that no row names and that are older than a day; return how many there were.

    They are left by a process that was killed after it wrote one and before it committed.
    """
    cleared = 0
    for names in files.older_than(timezone.now() - UNCLAIMED_FOR, FOLDER):
        named = set(EvidenceFile.objects.filter(file__in=names).values_list("file", flat=True))
        unclaimed = set(names) - named
        _remove(unclaimed)
        cleared += len(unclaimed)
    return cleared
