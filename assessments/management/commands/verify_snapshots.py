"""Check that every accepted snapshot and every release still has the hash taken of it."""

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from django.core.management.base import BaseCommand, CommandError

from assessments.actions import releasing, snapshots
from assessments.models import Release, Snapshot

Row = TypeVar("Row", Snapshot, Release)


class Command(BaseCommand):
    """`manage.py verify_snapshots`, after a restore and whenever the copies are doubted."""

    help = "Check every snapshot and release against its hash; fails and names those that differ."

    def handle(self, *args: Any, **options: Any) -> None:
        """Read each snapshot and release, count those that are intact and name the others."""
        related = "assessment__partner", "assessment__round"
        copies = Snapshot.objects.select_related(*related).order_by("pk")
        releases = Release.objects.select_related("round").order_by("pk")
        changed = [
            *self._check("snapshots", copies.iterator(chunk_size=100), snapshots.is_intact),
            *self._check("releases", releases.iterator(chunk_size=100), releasing.is_intact),
        ]
        if changed:
            raise CommandError("Not intact: " + "; ".join(changed))

    def _check(self, name: str, rows: Iterator[Row], is_intact: Callable[[Row], bool]) -> list[str]:
        """Say how many are intact, and name those that are not."""
        intact, changed = 0, []
        for row in rows:
            if is_intact(row):
                intact += 1
            else:
                changed.append(f"{row} (id {row.pk})")
        self.stdout.write(f"Intact {name}: {intact}")
        return changed
