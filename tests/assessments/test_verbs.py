"""The table of events and notices: every word of it fits and can be filled in."""

import pytest

from assessments.verbs import NOTICES, Verb
from signatories.models import Event, Membership, User

# What colleagues see on the page itself, or did themselves: it is in the timeline, not in the mail.
QUIET = {
    Verb.STARTED,
    Verb.CARRIED_FORWARD,
    Verb.RESTORED,
    Verb.UNASSIGNED,
    Verb.EVIDENCE_REMOVED,
    Verb.EVIDENCE_CHANGED,
    Verb.FILES_ADDED,
    Verb.FILE_REPLACED,
    Verb.FILE_REMOVED,
    Verb.FILE_DOWNLOADED,
    Verb.FILE_RETRIED,
    Verb.IMPROVEMENT_ADDED,
    Verb.IMPROVEMENT_CHANGED,
    Verb.SHEET_DOWNLOADED,
    Verb.SHEET_CONFIRMED,
    Verb.DOCUMENT_REQUESTED,
    Verb.DOCUMENT_RETRIED,
    Verb.DOCUMENT_DOWNLOADED,
    Verb.SUPPORT_GIVEN_BACK,
    Verb.REVIEW_TAKEN,
    Verb.REVIEW_GIVEN_BACK,
    Verb.NOTE_ADDED,
    Verb.CONTACT_GIVEN,
    Verb.CONTACT_REMOVED,
    Verb.ROUND_PLANNED,
    Verb.PLAN_CHANGED,
    Verb.PLAN_DROPPED,
    # ecda is, of the round as a whole.
    Verb.RELEASED,
}
# Told to those whom the action names.
TO_ONE = {
    Verb.REMINDED,
    Verb.REMINDED_LATE,
    Verb.ASSIGNED,
    Verb.FILE_REFUSED,
    Verb.REVIEW_TAKEN_OVER,
    Verb.SUPPORT_WITHDRAWN,
}


def test_everybody_concerned_is_told_of_all_but_the_quiet_events() -> None:
    assert set(NOTICES) == set(Verb) - QUIET


@pytest.mark.parametrize("verb", Verb)
def test_a_verb_fits_its_column(verb: Verb) -> None:
    length = Event._meta.get_field("verb").max_length
    assert length is not None
    assert len(verb.value) <= length


@pytest.mark.parametrize("verb", NOTICES)
def test_a_notice_names_the_partner_and_knows_its_people(verb: Verb) -> None:
    audience = NOTICES[verb]
    words = audience.words.format(partner="Braintree", by="Lee", note="2026")
    assert "Braintree" in words
    assert "{" not in words
    assert audience.roles <= set(Membership.Role.values)
    assert audience.offices <= set(User.Office.values)
    assert bool(audience.roles or audience.offices) == (verb not in TO_ONE)
