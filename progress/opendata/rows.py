"""One row of each open table: its fields are a file’s columns and the API’s properties."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any


def said(title: str, description: str, example: Any) -> dict[str, Any]:
    """What is said of a field: its title, what it means in a sentence, and an example of it."""
    return {"title": title, "description": description, "examples": [example]}


@dataclass(frozen=True)
class Edition:
    """A published text of the Declaration. It never changes: a new text is a new edition."""

    edition: str = field(metadata=said("Edition", "What addresses call it.", "essex"))
    title: str = field(metadata=said("Title", "The edition’s title.", "The Essex Data Declaration"))
    region: str = field(metadata=said("Region", "The region that it is for.", "Greater Essex"))
    published_on: date = field(
        metadata=said("Published on", "The day it was published.", "2024-04-01")
    )
    commitments: int = field(metadata=said("Commitments", "How many commitments it has.", 5))
    indicators: int = field(metadata=said("Indicators", "How many success indicators it has.", 13))


@dataclass(frozen=True)
class Commitment:
    """One of the statements that a signatory commits itself to."""

    edition: str = field(metadata=said("Edition", "The edition that it belongs to.", "essex"))
    commitment: int = field(metadata=said("Commitment", "Its number, unique in the edition.", 1))
    title: str = field(
        metadata=said("Title", "Its short title.", "Championing the use of data and analytics")
    )
    statement: str = field(
        metadata=said(
            "Statement",
            "What a signatory commits itself to.",
            "We will champion the use of data and analytics …",
        )
    )


@dataclass(frozen=True)
class Indicator:
    """One success indicator, by which a partner can tell that it keeps a commitment."""

    edition: str = field(metadata=said("Edition", "The edition that it belongs to.", "essex"))
    indicator: str = field(
        metadata=said(
            "Indicator", "Its code, unique in the edition: commitment, full stop, number.", "2.3"
        )
    )
    commitment: int = field(metadata=said("Commitment", "The number of its commitment.", 2))
    title: str = field(
        metadata=said("Title", "Its short title.", "Senior leaders take up the Data Masterclass")
    )
    text: str = field(
        metadata=said(
            "Text",
            "What shows that the commitment is kept.",
            "Organisations promote and encourage senior leaders …",
        )
    )


@dataclass(frozen=True)
class Signatory:
    """One signature of an edition, whether it stands or not. No people are named here."""

    signature: int = field(metadata=said("Signature", "A number that only this signature has.", 12))
    partner: str = field(
        metadata=said("Partner", "What addresses call the partner.", "essex-county-council")
    )
    name: str = field(metadata=said("Name", "The partner’s name now.", "Essex County Council"))
    signed_as: str = field(
        metadata=said("Signed as", "Its name when it signed.", "Essex County Council")
    )
    kind: str = field(metadata=said("Kind", "What sort of organisation it is.", "county"))
    gss_code: str | None = field(
        metadata=said(
            "GSS code",
            "Its code from the Office for National Statistics, if it has one.",
            "E10000012",
        )
    )
    edition: str = field(metadata=said("Edition", "The edition that it signed.", "essex"))
    signed_on: date = field(metadata=said("Signed on", "The day it signed.", "2024-05-13"))
    state: str = field(
        metadata=said(
            "State",
            "Whether the signature is still valid: valid, superseded by one of a newer edition, or "
            "withdrawn.",
            "valid",
        )
    )
    withdrawn_on: date | None = field(
        metadata=said("Withdrawn on", "The day it was withdrawn; empty while it stands.", None)
    )
    ended_on: date | None = field(
        metadata=said("Ended on", "The partner’s last day, if the organisation is no more.", None)
    )


@dataclass(frozen=True)
class Round:
    """One cycle of self-assessment of an edition that has opened."""

    round: str = field(metadata=said("Round", "What addresses call it.", "2025"))
    name: str = field(metadata=said("Name", "Its name.", "2025"))
    edition: str = field(
        metadata=said("Edition", "The edition whose indicators partners answered.", "essex")
    )
    opened_on: date = field(metadata=said("Opened on", "The day it opened.", "2025-09-01"))
    due_on: date = field(metadata=said("Due on", "The day answers are due.", "2025-10-31"))
    closes_on: date = field(
        metadata=said(
            "Closes on",
            "The last day on which partners can answer: as planned while the round is open, the "
            "real one once it has closed.",
            "2025-11-30",
        )
    )
    releases: int = field(
        metadata=said("Releases", "How many releases it has; none while it is open.", 1)
    )


@dataclass(frozen=True)
class Release:
    """A frozen copy of a closed round’s accepted answers, until a later one supersedes it."""

    round: str = field(metadata=said("Round", "The round.", "2025"))
    release: int = field(metadata=said("Release", "Its number in the round, from 1.", 1))
    released_on: date = field(metadata=said("Released on", "The day it was made.", "2025-12-15"))
    newest: bool = field(
        metadata=said("Newest", "Whether no later release of the round supersedes it.", True)
    )
    counted: int = field(metadata=said("Counted", "How many partners are in its figures.", 14))
    left_out: int = field(
        metadata=said("Left out", "How many partners of the round are not in them.", 2)
    )
    sha256: str = field(
        metadata=said(
            "SHA-256",
            "The hash taken of the release when it was made: it shows any change.",
            "0" * 64,
        )
    )


@dataclass(frozen=True)
class Result:
    """What all partners that count said of one indicator, unless too few stand behind it."""

    round: str = field(metadata=said("Round", "The round.", "2025"))
    release: int = field(metadata=said("Release", "The number of the release.", 1))
    indicator: str = field(metadata=said("Indicator", "The indicator’s code.", "2.3"))
    suppressed: bool = field(
        metadata=said(
            "Suppressed",
            "Whether the numbers are left out, because too few partners stand behind them or one "
            "could be worked out from them.",
            False,
        )
    )
    not_started: int | None = field(
        metadata=said("Not started", "How many partners are rated 0.", 1)
    )
    exploring: int | None = field(metadata=said("Exploring", "How many partners are rated 1.", 2))
    developing: int | None = field(metadata=said("Developing", "How many partners are rated 2.", 4))
    established: int | None = field(
        metadata=said("Established", "How many partners are rated 3.", 5)
    )
    leading: int | None = field(metadata=said("Leading", "How many partners are rated 4.", 1))
    not_applicable: int | None = field(
        metadata=said("Not applicable", "How many partners said that it does not apply to them.", 1)
    )
    rated: int | None = field(metadata=said("Rated", "How many partners are rated.", 13))
    of: int | None = field(
        metadata=said("Of", "How many partners are in the release’s figures.", 14)
    )
    median: int | None = field(metadata=said("Median", "The lower median of the ratings.", 3))


@dataclass(frozen=True)
class Rating:
    """What one partner, whose leader chose to publish its ratings, said of one indicator."""

    round: str = field(metadata=said("Round", "The round.", "2025"))
    release: int = field(metadata=said("Release", "The number of the release.", 1))
    partner: str = field(
        metadata=said("Partner", "What addresses call the partner.", "essex-county-council")
    )
    name: str = field(
        metadata=said("Name", "The partner’s name in the release.", "Essex County Council")
    )
    kind: str = field(metadata=said("Kind", "What sort of organisation it was.", "county"))
    indicator: str = field(metadata=said("Indicator", "The indicator’s code.", "2.3"))
    rating: int | None = field(
        metadata=said(
            "Rating", "From 0 (Not started) to 4 (Leading); empty where it is not applicable.", 3
        )
    )
    not_applicable: bool = field(
        metadata=said(
            "Not applicable", "Whether the partner said that it does not apply to it.", False
        )
    )
