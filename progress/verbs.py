"""What can happen in this app, and who is told of it: tables, no ORM."""

from enum import StrEnum

from signatories.verbs import Audience, Topic


class Verb(StrEnum):
    """What an event says happened; the value is how it reads after a person's name."""

    REPORT_REQUESTED = "asked for a progress report"
    REPORT_RETRIED = "tried a progress report again"
    REPORT_MADE = "made a progress report"
    REPORT_FAILED = "could not make a progress report"
    REPORT_DOWNLOADED = "downloaded a progress report"
    SYSTEM_REPORT_REQUESTED = "asked for a system report"
    SYSTEM_REPORT_RETRIED = "tried a system report again"
    SYSTEM_REPORT_MADE = "made a system report"
    SYSTEM_REPORT_FAILED = "could not make a system report"
    SYSTEM_REPORT_DOWNLOADED = "downloaded a system report"
    BUNDLE_REQUESTED = "asked for a bundle"
    BUNDLE_RETRIED = "tried a bundle again"
    BUNDLE_MADE = "made a bundle"
    BUNDLE_FAILED = "could not make a bundle"
    BUNDLE_DOWNLOADED = "downloaded a bundle"


TRY_AGAIN = "Its page says why, and there you can try it again."
# Only the one who asked is told, and the action names them.
NOTICES = {
    Verb.REPORT_MADE: Audience(
        "The progress report of {partner} for {note} is ready.",
        topic=Topic.ESSENTIAL,
        at_once=True,
    ),
    Verb.SYSTEM_REPORT_MADE: Audience(
        "The system report of round {note} is ready.", topic=Topic.ESSENTIAL, at_once=True
    ),
    Verb.BUNDLE_MADE: Audience(
        "What you asked for is ready as a ZIP file: {note}.", topic=Topic.ESSENTIAL, at_once=True
    ),
    Verb.REPORT_FAILED: Audience(
        "The progress report of {partner} for {note} could not be made. " + TRY_AGAIN,
        topic=Topic.ESSENTIAL,
        at_once=True,
    ),
    Verb.SYSTEM_REPORT_FAILED: Audience(
        "The system report of round {note} could not be made. " + TRY_AGAIN,
        topic=Topic.ESSENTIAL,
        at_once=True,
    ),
    Verb.BUNDLE_FAILED: Audience(
        "The ZIP file that you asked for could not be made: {note}. " + TRY_AGAIN,
        topic=Topic.ESSENTIAL,
        at_once=True,
    ),
}
