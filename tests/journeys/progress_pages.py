"""Which pages of figures, reports and open data are looked at, and as whom."""

from tests.journeys.visit import Visit
from tests.servers import Portal

STAFF = "staff@ecda.example"


def of_progress(portal: Portal) -> list[Visit]:
    """What adds up, for each of those who read it."""
    return [*_of_figures(portal), *_of_reports(portal), *_of_partners(portal), *_public(portal)]


def _of_figures(portal: Portal) -> list[Visit]:
    """What ecda reads."""
    return []


def _of_reports(portal: Portal) -> list[Visit]:
    """Reports, and how far they are."""
    return []


def _of_partners(portal: Portal) -> list[Visit]:
    """A partner's own pages."""
    return []


def _public(portal: Portal) -> list[Visit]:
    """What everybody reads."""
    return []
