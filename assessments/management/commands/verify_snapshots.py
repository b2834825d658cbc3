"""Check that every accepted snapshot still has the hash that was taken of it."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from assessments.actions.snapshots import is_intact
from assessments.models import Snapshot


class Command(BaseCommand):
    """`manage.py verify_snapshots`, after a restore and whenever the copies are doubted."""

    help = "Check every accepted snapshot against its hash; fails and names those that differ."

    def handle(self, *args: Any, **options: Any) -> None:
        """Read each snapshot, count those that are intact and name the others."""
        related = "assessment__partner", "assessment__round"
        snapshots = Snapshot.objects.select_related(*related).order_by("pk")
        intact, changed = 0, []
        for snapshot in snapshots.iterator(chunk_size=100):
            if is_intact(snapshot):
                intact += 1
            else:
                changed.append(f"{snapshot} (id {snapshot.pk})")
        self.stdout.write(f"Intact snapshots: {intact}")
        if changed:
            raise CommandError("Not intact: " + "; ".join(changed))
