"""Lists of reports that were asked for: where each stands, and whether a newer one counts."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.files.storage import default_storage
from django.core.paginator import Page, Paginator
from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Subquery, When
from django.template.defaultfilters import filesizeformat

from assessments.models import Release
from progress.dashboards.report_changes import has_changed, missing, of
from progress.models import Report
from signatories.models import Partner

PER_PAGE = 50
LOST = "lost"
Kind, State = Report.Kind, Report.State
COLOURS = {
    State.QUEUED: "govuk-tag--grey",
    State.RUNNING: "govuk-tag--blue",
    State.DONE: "govuk-tag--green",
    State.FAILED: "govuk-tag--red",
}


@dataclass(frozen=True)
class Filters:
    """What was asked for: a kind and a round's slug; "" is all."""

    kind: str = ""
    round: str = ""


@dataclass(frozen=True)
class Asked:
    """One report of a list; `marks` say in sentences what has changed since it was made."""

    code: str
    kind: str
    about: str
    round: str
    by: str
    at: datetime
    stands: str
    colour: str
    size: str
    marks: tuple[str, ...]


@dataclass(frozen=True)
class Listed:
    """One page of a list of reports."""

    page: Page[Report]
    reports: tuple[Asked, ...]


def reports_of(partner: Partner, number: str | None) -> Listed:
    """The reports of one partner that somebody asked for, the newest first: two queries."""
    return _listed(Report.objects.on_their_own().filter(partner=partner), number)


def all_reports(filters: Filters, number: str | None) -> Listed:
    """Everything that somebody asked for and that fits, the newest first: two queries."""
    found = Report.objects.on_their_own()
    if filters.kind:
        found = found.filter(kind=filters.kind)
    if filters.round:
        found = found.filter(round__slug=filters.round)
    return _listed(found, number)


def marks_of(report: Report) -> tuple[str, ...]:
    """What has changed since the report was made, in sentences: one query."""
    return _marks(_marked(Report.objects.filter(pk=report.pk)).get())


def _listed(reports: QuerySet[Report], number: str | None) -> Listed:
    related = _marked(reports).select_related(
        "partner", "round", "edition", "requested_by", "release"
    )
    page = Paginator(related, PER_PAGE).get_page(number)
    return Listed(page, tuple(_asked(report) for report in page.object_list))


def _asked(report: Report) -> Asked:
    state = State(report.state)
    if state is State.QUEUED and report.is_bundle and report.percent:
        # Between two of its short tasks.
        state = State.RUNNING
    stands = state.label
    if state is State.RUNNING and report.is_bundle:
        stands = f"{stands}, {report.percent}%"
    return Asked(
        code=report.code,
        kind=report.get_kind_display(),
        about=report.about,
        round=str(report.round or ""),
        by=str(report.requested_by),
        at=report.queued_at,
        stands=stands,
        colour=COLOURS[state],
        size=size_of(report),
        marks=_marks(report),
    )


def size_of(report: Report) -> str:
    """How large its file is, in words; empty without one."""
    if not report.file:
        return ""
    try:
        return filesizeformat(default_storage.size(str(report.file.name)))
    except OSError:
        return LOST


def _marked(reports: QuerySet[Report]) -> QuerySet[Report]:
    """Each with what its marks are made from."""
    read_at = Case(
        When(kind__in=[Kind.ALL, Kind.CERTIFICATES], then="queued_at"), default="started_at"
    )
    newest = Release.objects.filter(round=OuterRef("round"), sealed=True).order_by("-number")
    # One that lacks documents stands for no whole one.
    whole = _newer().filter(Q(lacks__isnull=True) | Q(lacks=0))
    has_newer = Q(Exists(whole)) | Q(Exists(_newer()), missing__gt=0)
    return reports.annotate(read_at=read_at, missing=missing(), of=of()).annotate(
        has_newer=Case(When(has_newer, then=True), default=False),
        newest_release=Subquery(newest.values("number")[:1]),
        has_changed=has_changed(),
    )


def _newer() -> QuerySet[Report]:
    """Those about the same that were asked for later and are ready, with what they lack."""
    same = Q(kind=OuterRef("kind"))
    for name in ("partner", "round", "edition"):
        same &= Q(**{name: OuterRef(name)}) | Q(**{f"{name}__isnull": True})
    later = Q(queued_at__gt=OuterRef("queued_at"), state=State.DONE)
    found = Report.objects.on_their_own().filter(same & later).order_by()
    return found.alias(lacks=missing())


CHANGED = {
    Kind.PARTNER: "The assessment has changed since.",
    Kind.SYSTEM: "Assessments have changed since.",
    Kind.ALL: "Assessments have changed since.",
    Kind.CERTIFICATES: "Signatures have been given or withdrawn since.",
}


def _marks(report: Any) -> tuple[str, ...]:
    if report.state != State.DONE:
        return ()
    found = []
    if report.missing:
        found.append(
            f"{report.missing} of {report.of} {'is' if report.missing == 1 else 'are'} not in it."
        )
    if report.has_newer:
        found.append("A newer one is ready.")
    newest, kind = report.newest_release, Kind(report.kind)
    if report.release and newest and newest > report.release.number:
        found.append(f"Made from release {report.release.number}; release {newest} counts now.")
    elif kind is Kind.SYSTEM and newest and not report.release:
        found.append(f"Made before the release; release {newest} counts now.")
    if report.has_changed:
        found.append(CHANGED[kind])
    return tuple(found)
