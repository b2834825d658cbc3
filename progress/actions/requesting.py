"""Ask for a report of a partner, of a round, of all partners, or for all certificates."""

from typing import Any

from assessments.models import Assessment, Round
from commitments.models import Edition
from declaration import jobs
from declaration.actions import RefusedError, action
from progress.actions.noting import REQUESTED, note_report
from progress.models import Report
from signatories.models import Partner, Signature, User

Kind = Report.Kind
WAITING = (Report.State.QUEUED, Report.State.RUNNING)


@action
def request_report(*, partner: Partner, round: Round, key: str, by: User) -> Report:
    """Ask for the progress report of a partner and a round, and ring for it.

    The same person, partner, round and key mean the same report, however often it is sent; while
    one of theirs about the same is not made yet, that one is returned. RefusedError for a partner
    without an assessment in the round.
    """
    if not Assessment.objects.filter(partner=partner, round=round).exists():
        raise RefusedError(
            f"{partner} has no assessment in {round}, so there is nothing to report."
        )
    name = f"report-{by.pk}-{partner.pk}-{round.pk}-{key}"
    return _ask(name, by, kind=Kind.PARTNER, partner=partner, round=round)


@action
def request_system_report(*, round: Round, key: str, by: User) -> Report:
    """Ask for the report of a round over all partners, and ring for it; see `request_report`.

    RefusedError for a round with nobody in it.
    """
    _require_somebody(round)
    return _ask(f"system-{by.pk}-{round.pk}-{key}", by, kind=Kind.SYSTEM, round=round)


@action
def request_bundle(*, round: Round, key: str, by: User) -> Report:
    """Ask for the progress reports of all partners of a round in a ZIP; see `request_report`.

    RefusedError for a round with nobody in it.
    """
    _require_somebody(round)
    return _ask(f"all-{by.pk}-{round.pk}-{key}", by, kind=Kind.ALL, round=round)


@action
def request_certificates(*, edition: Edition, key: str, by: User) -> Report:
    """Ask for the certificates of all who signed an edition in a ZIP; see `request_report`.

    RefusedError for an edition that nobody has signed.
    """
    if not Signature.objects.live().filter(edition=edition).exists():
        raise RefusedError(f"Nobody has signed “{edition}”, so there are no certificates.")
    name = f"certificates-{by.pk}-{edition.pk}-{key}"
    return _ask(name, by, kind=Kind.CERTIFICATES, edition=edition)


def _require_somebody(round: Round) -> None:
    if not Assessment.objects.filter(round=round).exists():
        raise RefusedError(
            f"No partner takes part in round {round} yet, so there is nothing to report."
        )


def _ask(key: str, by: User, **about: Any) -> Report:
    """The report with the key, or one of theirs about the same that waits, or a new one."""
    # One after the other for a person: two clicks at once would both find nothing that waits.
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    mine = Report.objects.on_their_own().filter(requested_by=by, **about)
    found = mine.filter(key=key).first() or mine.filter(state__in=WAITING).first()
    if found is not None:
        return found
    report = Report.objects.create(key=key, requested_by=by, **about)
    note_report(report, REQUESTED, by=by)
    jobs.ring(report)
    return report
