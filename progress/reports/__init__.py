"""Reports: what each says, as a document for paper and as a page of the site."""

from django.template.loader import render_to_string

from progress.models import Report
from progress.reports.partner import Progress
from progress.reports.reading import read_partner
from progress.reports.system import System
from progress.reports.system_reading import read_system

__all__ = ["TEMPLATE_VERSION", "Progress", "System", "page", "read", "write"]

# Raise it when the reports' words or layout change: what was made before stays as it was.
TEMPLATE_VERSION = 3


def read(report: Report) -> Progress | System:
    """Read all that a report says, as it stands now.

    What was read says what it was made from: `snapshot` and `release`, each None without one.
    """
    return read_system(report) if report.kind == Report.Kind.SYSTEM else read_partner(report)


def write(found: Progress | System) -> str:
    """The report as an HTML document for paper."""
    if isinstance(found, System):
        return render_to_string("documents/system.html", {"system": found})
    return render_to_string("documents/report.html", {"progress": found})


def page(found: Progress | System) -> str:
    """The same report as a part of a page of the site: its headings begin at the second level."""
    if isinstance(found, System):
        return render_to_string("progress/_report_page_system.html", {"system": found})
    return render_to_string("progress/_report_page_partner.html", {"progress": found})
