"""Clear away the files of reports and parts that no row names: a worker died before it said so."""

from collections.abc import Callable
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from declaration import files
from progress.actions.bundling import PARTS
from progress.actions.making import FOLDER
from progress.models import Report, ReportPart

# A task ends within minutes; whatever is younger may be one whose row is written next.
UNCLAIMED_FOR = timedelta(days=1)


def clear_files() -> int:
    """Delete files that no row names and that are older than a day; return how many there were."""
    return _clear(FOLDER, _named_reports) + _clear(PARTS, _named_parts)


def _clear(folder: str, named: Callable[[list[str]], set[str]]) -> int:
    cleared = 0
    for names in files.older_than(timezone.now() - UNCLAIMED_FOR, folder):
        for name in set(names) - named(names):
            files.remove(name)
            cleared += 1
    return cleared


def _named_reports(names: list[str]) -> set[str]:
    found = Report.objects.filter(Q(file__in=names) | Q(page__in=names)).order_by()
    return {name for row in found.values_list("file", "page") for name in row}


def _named_parts(names: list[str]) -> set[str]:
    found = ReportPart.objects.filter(file__in=names).order_by()
    return set(found.values_list("file", flat=True))
