"""Which pages of figures, reports and open data are looked at, and as whom."""

from tests.journeys.visit import Visit
from tests.servers import Portal

STAFF = "staff@ecda.example"


def of_progress(portal: Portal) -> list[Visit]:
    """What adds up, for each of those who read it."""
    return [*_of_figures(portal), *_of_reports(portal), *_of_partners(portal), *_public(portal)]


def _of_figures(portal: Portal) -> list[Visit]:
    """What ecda reads."""
    return [
        Visit("progress:heatmap", STAFF, "/heatmap/?state=all&sort=-2.1"),
        Visit("progress:heatmap", STAFF, "/heatmap/?kind=castle&page=99"),
        *_of_indicators(portal),
    ]


def _of_indicators(portal: Portal) -> list[Visit]:
    """One indicator and one commitment, in the round that is open, which has answers accepted."""
    [[found]] = portal.query(
        "SELECT slug FROM assessments_round "
        "WHERE opened_at IS NOT NULL ORDER BY opens_on DESC LIMIT 1"
    )
    indicator, commitment = f"/figures/{found}/indicators/1.1/", f"/figures/{found}/commitments/1/"
    return [
        Visit("progress:indicator-detail", STAFF, indicator),
        Visit("progress:indicator-detail", STAFF, f"{indicator}?kind=castle&sort=-rating"),
        Visit("progress:indicator-detail", STAFF, f"{indicator}?kind=university"),
        Visit("progress:commitment-detail", STAFF, commitment),
        Visit("progress:commitment-detail", STAFF, f"{commitment}?kind=district&sort=-1.1"),
        Visit("progress:commitment-detail", STAFF, f"{commitment}?kind=university"),
    ]


def _of_reports(portal: Portal) -> list[Visit]:
    """Reports, and how far they are."""
    return [
        Visit("progress:report-staff-list", STAFF, "/reports/"),
        Visit("progress:report-staff-list", STAFF, "/reports/?kind=castle&round=x"),
        *_asked_for(portal),
    ]


def _asked_for(portal: Portal) -> list[Visit]:
    """One of each kind that the demonstration has, and the page of one that is ready."""
    found = portal.query("SELECT DISTINCT ON (kind) code FROM progress_report ORDER BY kind, id")
    ready = portal.query("SELECT code FROM progress_report WHERE page <> '' ORDER BY kind LIMIT 1")
    return [
        *(Visit("progress:report-detail", STAFF, f"/reports/{code}/") for (code,) in found),
        *(Visit("progress:report-page", STAFF, f"/reports/{code}/page/") for (code,) in ready),
    ]


def _of_partners(portal: Portal) -> list[Visit]:
    """A partner's own pages."""
    home, lead = "/partners/braintree-district-council", "lead@braintree.example"
    return [
        Visit("progress:partner-progress", lead, f"{home}/progress/"),
        Visit("progress:partner-progress", STAFF, f"{home}/progress/?round=nothing"),
        Visit("progress:publishing-detail", "leader@braintree.example", f"{home}/publishing/"),
    ]


def _public(portal: Portal) -> list[Visit]:
    """What everybody reads."""
    return [
        Visit("progress:public-progress", "", "/progress/"),
        Visit("progress:public-progress", "", "/progress/?round=nope"),
        Visit("progress:partner-public", "", "/register/braintree-district-council/"),
        Visit("progress:partner-public", "", "/register/basildon-council/"),
        Visit("progress:open-data", "", "/open-data/"),
        Visit("progress:open-data-api", "", "/open-data/api/"),
    ]
