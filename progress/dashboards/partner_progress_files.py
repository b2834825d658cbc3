"""A partner's own page as files: a row for each round and indicator, and what they mean."""

from collections.abc import Iterable

from django.utils import timezone

from commitments.models import Rating
from progress.dashboards.notes import LEGEND, Note, source_of
from progress.dashboards.partner_progress import Page, Standing
from progress.dashboards.released import Group, Shown
from signatories.models import Partner

Value = str | int | None
GROUPS = ("all", "kind")
COUNTS = (
    *(rating.name.lower() for rating in Rating),
    "not_applicable", "rated", "of", "median", "not_shown_because",
)  # fmt: skip
HEADER = (
    "round", "state", "counts_in_figures", "commitment", "indicator", "title", "rating",
    "rating_name", "movement", "compared_with",
    *(f"{group}_{name}" for group in GROUPS for name in COUNTS),
)  # fmt: skip


def progress_rows(page: Page) -> Iterable[tuple[Value, ...]]:
    """A row for each indicator of each round, the newest first, in the order of HEADER.

    The movement and the other partners' figures stand in the rows of the page's round.
    """
    others = {line.asked.pk: line for line in page.lines}
    for standing in reversed(page.standings):
        for asked in standing.asked:
            line = others.get(asked.pk) if standing == page.standing else None
            said = standing.said.get(asked.key, (None, False))
            yield (
                *_about(standing),
                asked.commitment,
                asked.code,
                asked.title,
                "not applicable" if said[1] else said[0],
                "" if said[0] is None else Rating(said[0]).label,
                line.how if line else "",
                page.compared_words if line else "",
                *(_figures(line.everyone if line else None)),
                *(_figures(line.kind if line else None)),
            )


def progress_notes(page: Page, partner: Partner) -> list[Note]:
    """The notes beside the rows."""
    return [
        ("What this shows", f"Where {partner} stands and stood with each indicator, and others"),
        ("Partner", f"{partner.name}, {partner.get_kind_display()}"),
        ("Round chosen", str(page.round)),
        ("The partner’s own ratings are", f"its answers on {timezone.localdate():%-d %B %Y}"),
        ("counts_in_figures", "Only accepted assessments count; why one does not is said there"),
        *((f"{each.name} in", _release(page, each)) for each in page.groups),
        ("all_…", "All partners in that release; empty where they are not shown"),
        ("kind_…", "The partners of its kind in that release; empty where they are not shown"),
        *(("Not shown", why) for why in page.hidden),
        *_left_out(page),
        *LEGEND,
    ]


def _release(page: Page, group: Group) -> str:
    """Which release the group's figures are from: of which round, with its number and its day."""
    round = page.comparison.round if page.comparison else page.round
    return f"round {round}, {source_of(group.release)}"


def _about(standing: Standing) -> tuple[Value, ...]:
    left_out = f"no: {standing.left_out}" if standing.left_out else "yes"
    return standing.round.name, standing.state, left_out


def _figures(shown: Shown | None) -> tuple[Value, ...]:
    if shown is None:
        return (None,) * len(COUNTS)
    if shown.roll_up is None:
        return (*(None,) * (len(COUNTS) - 1), shown.why)
    found = shown.roll_up
    return (*found.counts, found.not_applicable, found.rated, found.of, found.median, "")


def _left_out(page: Page) -> Iterable[Note]:
    """How many partners the released figures leave out; who they are is theirs to say."""
    for reason, count in page.groups[0].figures.left_out if page.groups else ():
        yield f"Left out of all partners: {reason}", str(count)
