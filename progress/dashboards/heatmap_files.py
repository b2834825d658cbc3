"""The rows of the heatmap's two tables as files have them, and what their notes say."""

from collections.abc import Iterable, Sequence
from dataclasses import astuple

from assessments.models import Round
from assessments.scoring import RollUp
from commitments.models import Rating
from progress.dashboards.adding_up import AddedUp
from progress.dashboards.figures import Asked, Figures, Said
from progress.dashboards.heatmap import Heatmap, Row
from progress.dashboards.moves import Moves
from progress.dashboards.notes import MOVEMENT, Note, notes_of
from signatories.models import Partner

Value = str | int | None
ABOUT = ("partner", "kind", "state", "counts_in_figures")
FIGURES = (
    *(rating.name.lower() for rating in Rating),
    "not_applicable", "no_answer", "rated", "of", "median",
    "up", "same", "down", "new", "to_or_from_not_applicable",
)  # fmt: skip
SUMS = ("commitment", "indicator", "title", *FIGURES)
COMMITMENTS = ("commitment", *FIGURES)
NOT_COMPARED = "Not applicable in the round, the one before or both: nothing is compared"
WHAT = "Each partner’s rating of each indicator in one round, and how it moved since the one before"
WHAT_SUMS = "What each indicator adds up to over the accepted assessments of a round"
WHAT_COMMITMENTS = "What each commitment adds up to over the accepted assessments of a round"


def header(columns: Sequence[Asked]) -> tuple[str, ...]:
    """The names of the table's columns: about the partner, then three groups of indicators."""
    names = [asked.code.replace(".", "_") for asked in columns]
    groups = ("rating", "before", "movement")
    return (*ABOUT, *(f"{group}_{name}" for group in groups for name in names))


def partner_rows(rows: Iterable[Row]) -> Iterable[tuple[Value, ...]]:
    """A row for each partner, in the order of `header`."""
    for row in rows:
        yield (
            row.name,
            Partner.Kind(row.kind).label,
            row.mark or "Accepted",
            "yes" if row.counts else "no",
            *(_value((cell.rating, cell.value == "na")) for cell in row.cells),
            *(_value(cell.was) for cell in row.cells),
            *(cell.movement or "" for cell in row.cells),
        )


def sum_rows(heatmap: Heatmap) -> Iterable[tuple[Value, ...]]:
    """A row for each indicator, in the order of SUMS; movement is empty in the first round."""
    for each in heatmap.sums:
        asked = each.asked
        yield asked.commitment, asked.code, asked.title, *figure_cells(each.figures, each.moves)


def commitment_rows(added: AddedUp) -> Iterable[tuple[Value, ...]]:
    """A row for each commitment, in the order of COMMITMENTS."""
    for each in added.commitments:
        yield each.number, *figure_cells(each.figures, each.moves)


def figure_cells(figures: RollUp, moves: Moves | None) -> tuple[Value, ...]:
    """What something adds up to, in the order of FIGURES."""
    return (
        *figures.counts,
        figures.not_applicable,
        figures.of - figures.rated - figures.not_applicable,
        figures.rated,
        figures.of,
        figures.median,
        *(astuple(moves) if moves else [None] * 5),
    )


def partner_notes(heatmap: Heatmap, figures: Figures, filters: str) -> list[Note]:
    """The notes beside the partners' ratings."""
    also = [
        ("rating_…", "The rating in this round; empty without an answer"),
        (
            "before_…",
            f"The rating in {_before(heatmap.earlier)}; empty where no accepted answer was given",
        ),
        ("movement_…", "up, down, same, new or other, in the words below"),
        *MOVEMENT,
        ("other", NOT_COMPARED),
        ("counts_in_figures", "Only accepted assessments count in roll-ups and medians"),
        *(_column(asked) for asked in heatmap.columns),
    ]
    return notes_of(WHAT, figures, filters=filters, left_out=heatmap.left_out, also=also)


def sum_notes(heatmap: Heatmap, figures: Figures, filters: str) -> list[Note]:
    """The notes beside what the indicators add up to."""
    also = [("Assessments counted", str(heatmap.counted)), *_sums(heatmap.earlier)]
    return notes_of(WHAT_SUMS, figures, filters=filters, left_out=heatmap.left_out, also=also)


def commitment_notes(added: AddedUp, figures: Figures) -> list[Note]:
    """The notes beside what the commitments add up to."""
    also = [("Assessments counted", added.stands_on), *_sums(added.earlier)]
    return notes_of(WHAT_COMMITMENTS, figures, also=also)


def _before(earlier: Round | None) -> str:
    return f"round {earlier}" if earlier else "the round before: there is none"


def _sums(earlier: Round | None) -> list[Note]:
    return sums_legend(_before(earlier))


def sums_legend(before: str) -> list[Note]:
    """What the columns of FIGURES mean; `before` names the round that movement is counted from."""
    return [
        ("not_started … leading", "How many answers of accepted assessments give each rating"),
        ("no_answer", "How many of the answers are neither rated nor not applicable"),
        ("up … new", f"How the answers moved since {before}"),
        *MOVEMENT,
        ("to_or_from_not_applicable", NOT_COMPARED),
    ]


def _column(asked: Asked) -> Note:
    return f"…_{asked.code.replace('.', '_')}", f"{asked.code} {asked.title}"


def _value(said: Said | None) -> Value:
    if said is None:
        return None
    return "not applicable" if said[1] else said[0]
