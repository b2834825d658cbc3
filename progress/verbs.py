"""What can happen in this app, and who is told of it: tables, no ORM."""

from enum import StrEnum

from signatories.verbs import Audience, Topic


class Verb(StrEnum):
    """What an event says happened; the value is how it reads after a person's name."""

    REPORT_REQUESTED = "asked for a progress report"
    REPORT_RETRIED = "tried a progress report again"
    REPORT_MADE = "made a progress report"
    REPORT_DOWNLOADED = "downloaded a progress report"


# Only the one who asked is told, and the action names them.
NOTICES = {
    Verb.REPORT_MADE: Audience(
        "The progress report of {partner} for {note} is ready.",
        topic=Topic.ESSENTIAL,
        at_once=True,
    ),
}
