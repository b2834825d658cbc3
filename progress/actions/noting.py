"""What the timeline says of reports: one verb for each kind and each thing that happens to it."""

from collections.abc import Mapping

from django.urls import reverse

from progress.models import Report
from progress.verbs import NOTICES, Verb
from signatories.actions.events import record
from signatories.models import User

Kind = Report.Kind
Verbs = Mapping[str, Verb]

REQUESTED: Verbs = {
    Kind.PARTNER: Verb.REPORT_REQUESTED,
    Kind.SYSTEM: Verb.SYSTEM_REPORT_REQUESTED,
    Kind.ALL: Verb.BUNDLE_REQUESTED,
    Kind.CERTIFICATES: Verb.BUNDLE_REQUESTED,
}
MADE: Verbs = {
    Kind.PARTNER: Verb.REPORT_MADE,
    Kind.SYSTEM: Verb.SYSTEM_REPORT_MADE,
    Kind.ALL: Verb.BUNDLE_MADE,
    Kind.CERTIFICATES: Verb.BUNDLE_MADE,
}
FAILED: Verbs = {
    Kind.PARTNER: Verb.REPORT_FAILED,
    Kind.SYSTEM: Verb.SYSTEM_REPORT_FAILED,
    Kind.ALL: Verb.BUNDLE_FAILED,
    Kind.CERTIFICATES: Verb.BUNDLE_FAILED,
}
RETRIED: Verbs = {
    Kind.PARTNER: Verb.REPORT_RETRIED,
    Kind.SYSTEM: Verb.SYSTEM_REPORT_RETRIED,
    Kind.ALL: Verb.BUNDLE_RETRIED,
    Kind.CERTIFICATES: Verb.BUNDLE_RETRIED,
}
DOWNLOADED: Verbs = {
    Kind.PARTNER: Verb.REPORT_DOWNLOADED,
    Kind.SYSTEM: Verb.SYSTEM_REPORT_DOWNLOADED,
    Kind.ALL: Verb.BUNDLE_DOWNLOADED,
    Kind.CERTIFICATES: Verb.BUNDLE_DOWNLOADED,
}


def note_report(report: Report, verbs: Verbs, *, by: User | None, tell: bool = False) -> None:
    """Append to the timeline what happened to a report; with `tell` the one who asked is told.

    Only while they may still see it. Call it inside an action's transaction.
    """
    person = report.requested_by
    told = tell and Report.objects.visible_to(person).filter(pk=report.pk).exists()
    where = str(report.round or report.edition)
    record(
        verb=verbs[report.kind],
        by=by,
        partner=report.partner,
        subject=report,
        note=f"{report.get_kind_display()}, {where}" if report.is_bundle else where,
        path=reverse("progress:report-detail", args=[report.code]),
        notices=NOTICES,
        also=[person] if told else [],
    )
