"""Write the reference of an assessment's states from the tables in `workflow`."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from assessments import workflow

DEFAULT = Path("docs/reference/assessment-states.md")
WHO_WORDS = {
    workflow.Who.LEAD: "lead or leader of the partner",
    workflow.Who.LEADER: "leader of the partner",
    workflow.Who.ECDA: "ecda’s staff, never of a partner they belong to",
}


def reference() -> str:
    """The page in Markdown: the diagram, the states and the moves."""
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
    return "\n".join(
        [
            "# The states of an assessment",
            "",
            "Written by `manage.py write_reference` from the tables in `assessments/workflow.py`;",
            "a test fails when the two differ.",
            "",
            "```mermaid",
            workflow.diagram().rstrip(),
            "```",
            "",
            "## States",
            "",
            "| State | Whose turn | Partner may write | What happens next |",
            "|---|---|---|---|",
            *states,
            "",
            "In “Changes requested” only the indicators that ecda commented on are open. After the",
            "round has closed, partners cannot write, send or sign off in any state.",
            "",
            "## Moves",
            "",
            "| Move | Who | From | To |",
            "|---|---|---|---|",
            *moves,
            "",
            "Taken back or sent back to the lead, an assessment returns to the state it came from.",
            "",
        ]
    )


class Command(BaseCommand):
    """Write the page, or with --check only say whether it is up to date."""

    help = "Write the reference of an assessment's states from the workflow's tables."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the file's path, and --check."""
        parser.add_argument("--path", type=Path, default=DEFAULT)
        parser.add_argument("--check", action="store_true", help="change nothing")

    def handle(self, *args: Any, path: Path, check: bool, **options: Any) -> None:
        """Write or compare; a difference found by --check is an error."""
        text = reference()
        if not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            self.stdout.write(f"Written: {path}")
        elif not path.exists() or path.read_text(encoding="utf-8") != text:
            raise CommandError(f"{path} is out of date: run manage.py write_reference.")
