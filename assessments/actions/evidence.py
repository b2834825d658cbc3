"""Add, change and take away what stands behind an answer: links, and what is said of any of it."""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from assessments.actions.opening import closed_by_trigger, open_assessment
from assessments.dashboards import stamp, values_of_evidence
from assessments.models import Answer, Assessment, Evidence
from assessments.verbs import NOTICES, Verb
from declaration.actions import RefusedError, action
from signatories.access import Role, has_role, role_at
from signatories.actions.events import record
from signatories.models import User

NOT_PUBLIC = ", not shown to the public any more"
GONE = "This has been removed by somebody else."


class StaleEvidenceError(RefusedError):
    """Somebody changed the evidence since the person read it; `current` is what is stored now."""

    def __init__(self, current: Evidence) -> None:
        super().__init__("Somebody else changed this while you were writing.")
        self.current = current


@dataclass(frozen=True)
class Link:
    """A new link to evidence."""

    title: str
    url: str
    dated_on: date | None = None
    note: str = ""


def add_links(answer: Answer, links: Sequence[Link], by: User) -> list[Evidence]:
    """Add the links that the answer does not have yet, in the caller's transaction.

    The answer's row is locked by then, so nobody adds the same one meanwhile.
    """
    if not links:
        return []
    there = set(answer.evidence.current().values_list("url", flat=True))
    added = []
    for link in links:
        if link.url not in there:
            there.add(link.url)
            added.append(
                Evidence(
                    answer=answer,
                    title=link.title,
                    url=link.url,
                    dated_on=link.dated_on,
                    note=link.note,
                    added_by=by,
                )
            )
    Evidence.objects.bulk_create(added)
    return added


@action
def change_evidence(
    *,
    evidence: Evidence,
    title: str,
    dated_on: date | None,
    note: str,
    public: bool,
    by: User,
    url: str = "",
    seen: str | None = None,
) -> Evidence:
    """Change what is said of a link or a file; the address counts for links only.

    `seen` is the stamp of what the person read: StaleEvidenceError when it has changed since.
    Whether this person may make it public is for the caller to ask; but what is public is so no
    more when somebody below lead gives it another address.
    """
    assessment = open_assessment(evidence.answer)
    with closed_by_trigger():
        stored = lock(evidence)
        wanted = copy(stored)
        wanted.title, wanted.dated_on, wanted.note, wanted.public = title, dated_on, note, public
        if not stored.is_file:
            wanted.url = _new_url(stored, url)
        if values_of_evidence(wanted) == values_of_evidence(stored):
            return stored
        if seen is not None and seen != stamp(stored):
            raise StaleEvidenceError(stored)
        if wanted.url != stored.url and not may_publish(assessment, by):
            wanted.public = False
        wanted.save(update_fields=["title", "url", "dated_on", "note", "public"])
    what = title + (NOT_PUBLIC if stored.public and not wanted.public else "")
    tell(Verb.EVIDENCE_CHANGED, assessment, evidence, what, by)
    return wanted


@action
def unpublish_evidence(*, evidence: Evidence, by: User) -> None:
    """Show the public a link or a file no longer, whatever the assessment's state.

    Nothing happens when it is not public. RefusedError when it has been removed.
    """
    stored = lock(evidence)
    if Evidence.objects.filter(pk=stored.pk, public=True).update(public=False):
        assessment = evidence.answer.assessment
        tell(Verb.EVIDENCE_CHANGED, assessment, evidence, stored.title + NOT_PUBLIC, by)


def may_publish(assessment: Assessment, by: User) -> bool:
    """Whether the person decides what the assessment's partner shows to the public."""
    return has_role(role_at(by, assessment.partner), Role.LEAD)


def _new_url(evidence: Evidence, url: str) -> str:
    others = evidence.answer.evidence.current().exclude(pk=evidence.pk)
    if others.filter(url=url).exists():
        raise RefusedError("This indicator already has that link.")
    return url


@action
def remove_evidence(*, evidence: Evidence, by: User) -> None:
    """Take a link or a file away again; it is kept, with who removed it, and shown nowhere."""
    assessment = open_assessment(evidence.answer)
    with closed_by_trigger():
        there = Evidence.objects.filter(pk=evidence.pk, removed_at__isnull=True)
        removed = there.update(removed_at=timezone.now(), removed_by=by)
    if not removed:
        return
    what = f"{evidence.title}, {evidence.url}" if evidence.url else evidence.title
    verb = Verb.FILE_REMOVED if evidence.is_file else Verb.EVIDENCE_REMOVED
    tell(verb, assessment, evidence, what, by)


def lock(evidence: Evidence) -> Evidence:
    """Lock the answer and the evidence, as every change of them does in this order.

    RefusedError when it has been removed.
    """
    Answer.objects.select_for_update(no_key=True).get(pk=evidence.answer_id)
    there = Evidence.objects.select_for_update(no_key=True).filter(removed_at__isnull=True)
    stored = there.filter(pk=evidence.pk).first()
    if stored is None:
        raise RefusedError(GONE)
    return stored


def tell(verb: Verb, assessment: Assessment, evidence: Evidence, what: str, by: User) -> None:
    """Append the event to the assessment's timeline, with the indicator's code."""
    record(
        verb=verb,
        by=by,
        partner=assessment.partner,
        subject=assessment,
        note=f"{evidence.answer.indicator.code}: {what}",
        notices=NOTICES,
    )
