"""Regions with released rounds, for tests of what everybody may see."""

from assessments.models import Release
from commitments.models import Edition
from progress.management.scale import Region, Size
from signatories.models import User


def make_region(edition: Edition, staff: User, *, partners: int = 8, rounds: int = 2) -> None:
    """Made-up partners with so many rounds; all but the last one are closed and released."""
    for _ in Region(edition, staff).make(Size(partners=partners, rounds=rounds)):
        pass


def newest() -> Release:
    """The newest release of the newest round that has one."""
    found = Release.objects.select_related("round").order_by("-round__opens_on", "-number")
    return found[0]
