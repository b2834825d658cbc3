"""Write the references of states from the tables in `workflow` and `helping`."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from assessments import helping, workflow
from assessments.models import GoodPractice, SupportRequest

FOLDER = Path("docs/reference")
WHO_WORDS = {
    workflow.Who.LEAD: "lead or leader of the partner",
    workflow.Who.LEADER: "leader of the partner",
    workflow.Who.ECDA: "ecda’s staff, never of a partner they belong to",
}
SIDES = {helping.Side.PARTNER: "the partner", helping.Side.ECDA: "ecda"}


def reference() -> str:
    """The page about assessments in Markdown: the diagram, the states, the moves, the movers."""
    states = [
        f"| {workflow.LABELS[state]} | {workflow.TURNS[state]} | "
        f"{'yes' if state in workflow.OPEN_TO_ANSWERS else 'no'} | {workflow.NEXT[state]} |"
        for state in workflow.State
    ]
    moves = [
        f"| {workflow.WORDS[step.move]} | {WHO_WORDS[workflow.WHO[step.move]]} | "
        f"{workflow.LABELS[step.source]} | {workflow.LABELS[step.target]} |"
        for step in workflow.STEPS
    ]
    lines = [
        "# The states of an assessment",
        "",
        "Written by `manage.py write_reference` from the tables in `assessments/workflow.py`;",
        "a test fails when the two differ.",
        "",
        *_drawn(workflow.diagram()),
        "## States",
        "",
        *_table("State | Whose turn | Partner may write | What happens next", states),
        "In “Changes requested” only the indicators that ecda commented on are open. After the",
        "round has closed, partners cannot write, send or sign off in any state.",
        "",
        "## Moves",
        "",
        *_table("Move | Who | From | To", moves),
        "Taken back or sent back to the lead, an assessment returns to the state it came from.",
        "",
        *_movers(),
    ]
    return "\n".join(lines)


def support_reference() -> str:
    """The page about requests for support and good practices in Markdown."""
    lines = [
        "# The states of a request for support and of a good practice",
        "",
        "Written by `manage.py write_reference` from the tables in `assessments/helping.py`;",
        "a test fails when the two differ. Triggers refuse every other change of a state.",
        "",
    ]
    for title, steps, choices in (
        ("Requests for support", helping.SUPPORT, SupportRequest.State.choices),
        ("Good practices", helping.PRACTICES, GoodPractice.State.choices),
    ):
        labels = {str(value): str(label) for value, label in choices}
        lines += [f"## {title}", "", *_drawn(_diagram(steps, labels))]
        moves = [
            f"| {_words(step.move)} | {SIDES[step.side]} | "
            f"{labels[step.source]} | {labels[step.target]} |"
            for step in steps
        ]
        lines += _table("Move | Who | From | To", moves)
    return "\n".join(lines)


def _movers() -> list[str]:
    """Who may bring an assessment from which state to which, as the trigger reads it."""
    movers = [
        f"| {source} | {target} | {', '.join(who)} |"
        for (source, target), who in workflow.movers().items()
    ]
    return [
        "## Movers",
        "",
        "What the database lets through, whoever asks it: from which state to which, and who it is",
        "that `moved_by` has to name. Every other change of the state is refused by a trigger. A",
        "lead’s moves are a leader’s too, and `ecda` is staff who do not belong to the partner.",
        "",
        *_table("From | To | Moved by", movers),
    ]


def _diagram(steps: Iterable[helping.Step], labels: dict[str, str]) -> str:
    """The states and moves as a Mermaid diagram; they begin in the first state of the table."""
    listed = list(steps)
    lines = ["stateDiagram-v2", f"    [*] --> {listed[0].source}"]
    lines += [f"    {value}: {label}" for value, label in labels.items()]
    lines += [f"    {step.source} --> {step.target}: {_words(step.move)}" for step in listed]
    return "\n".join(lines)


def _words(move: str) -> str:
    return move.replace("_", " ")


def _drawn(diagram: str) -> list[str]:
    return ["```mermaid", diagram.rstrip(), "```", ""]


def _table(header: str, rows: list[str]) -> list[str]:
    columns = header.count("|") + 1
    return [f"| {header} |", "|---" * columns + "|", *rows, ""]


PAGES: dict[str, Callable[[], str]] = {
    "assessment-states.md": reference,
    "support-states.md": support_reference,
}


class Command(BaseCommand):
    """Write the pages, or with --check only say whether they are up to date."""

    help = "Write the references of states from the tables that the portal works by."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the folder's path, and --check."""
        parser.add_argument("--folder", type=Path, default=FOLDER)
        parser.add_argument("--check", action="store_true", help="change nothing")

    def handle(self, *args: Any, folder: Path, check: bool, **options: Any) -> None:
        """Write or compare; a difference found by --check is an error."""
        for name, written in PAGES.items():
            path, text = folder / name, written()
            if not check:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
                self.stdout.write(f"Written: {path}")
            elif not path.exists() or path.read_text(encoding="utf-8") != text:
                raise CommandError(f"{path} is out of date: run manage.py write_reference.")
