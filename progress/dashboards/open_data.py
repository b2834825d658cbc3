"""The page of the open data: which files there are, and what has changed."""

from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from progress.dashboards.released import sealed_releases
from progress.opendata.changes import CHANGES
from progress.opendata.describing import APOSTROPHE, ATTRIBUTION, LICENCE, LICENCE_ADDRESS
from progress.opendata.reading import read_editions
from progress.opendata.rows import Edition


@dataclass(frozen=True)
class ReleaseFiles:
    """One release’s files: the round by its slug and name, and whether it counts."""

    round: str
    name: str
    number: int
    released_on: date
    is_newest: bool


@dataclass(frozen=True)
class Entry:
    """One line of the changelog; a release’s has the release, a change of form its version."""

    on: date
    words: str


@dataclass(frozen=True)
class OpenDataPage:
    """All that the page says."""

    licence: str
    licence_address: str
    attribution: str
    apostrophe: str
    editions: tuple[Edition, ...]
    releases: tuple[ReleaseFiles, ...]
    changes: tuple[Entry, ...]


def open_data() -> OpenDataPage:
    """Read which files there are, the newest first: two queries."""
    sealed = sealed_releases()
    newest = {each.round_id: each.pk for each in sealed}
    releases = tuple(
        ReleaseFiles(
            round=each.round.slug,
            name=each.round.name,
            number=each.number,
            released_on=timezone.localdate(each.released_at),
            is_newest=newest[each.round_id] == each.pk,
        )
        for each in reversed(sealed)
    )
    return OpenDataPage(
        LICENCE,
        LICENCE_ADDRESS,
        ATTRIBUTION,
        APOSTROPHE,
        tuple(read_editions()),
        releases,
        _changes(releases),
    )


def _changes(releases: tuple[ReleaseFiles, ...]) -> tuple[Entry, ...]:
    """Releases and changes of form together, the newest first."""
    forms = [Entry(each.since, f"Version {each.version}. {each.words}") for each in CHANGES]
    return tuple(
        sorted([*(_entry(each) for each in releases), *forms], key=lambda one: one.on, reverse=True)
    )


def _entry(release: ReleaseFiles) -> Entry:
    again = ""
    if release.number > 1:
        again = f" It supersedes release {release.number - 1}, whose files stay where they are."
    words = f"Release {release.number} of the round {release.name}.{again}"
    return Entry(release.released_on, words)
