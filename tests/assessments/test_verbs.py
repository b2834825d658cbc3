"""The table of events and notices: every word of it fits and can be filled in."""

import pytest

from assessments.verbs import NOTICES, Verb
from signatories.models import Event, Membership, User

QUIET = {Verb.STARTED, Verb.EVIDENCE_REMOVED}


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
    assert audience.roles or audience.offices
