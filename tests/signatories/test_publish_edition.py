"""An edition is published whole, once, and for ever."""

import pytest
from django.core.management import CommandError, call_command

from commitments.models import Edition, Indicator, LevelDescription
from declaration.actions import RefusedError
from signatories.actions.editions import AlreadyPublishedError, publish_edition
from signatories.models import Event, User
from signatories.verbs import Verb
from tests.factories import make_edition

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft() -> Edition:
    return make_edition(publish=False)


def test_publishing_sets_the_time_and_says_who_did_it(draft: Edition, administrator: User) -> None:
    edition = publish_edition(edition=draft, by=administrator)
    assert edition.is_published
    event = Event.objects.about(edition).get()
    assert (event.verb, event.by) == (Verb.EDITION_PUBLISHED, administrator)


def test_an_edition_is_not_published_twice(draft: Edition) -> None:
    first = publish_edition(edition=draft, by=None)
    with pytest.raises(AlreadyPublishedError, match="already published"):
        publish_edition(edition=draft, by=None)
    draft.refresh_from_db()
    assert draft.published_at == first.published_at
    assert Event.objects.count() == 1


def test_an_edition_without_commitments_is_refused() -> None:
    empty = Edition.objects.create(slug="empty", title="An empty edition")
    with pytest.raises(RefusedError, match="no commitments"):
        publish_edition(edition=empty, by=None)


def test_an_edition_with_a_bare_commitment_is_refused(draft: Edition) -> None:
    bare = Indicator.objects.filter(commitment__number=4)
    LevelDescription.objects.filter(indicator__in=bare).delete()
    for indicator in bare:
        indicator.support_offers.clear()
    bare.delete()
    with pytest.raises(RefusedError, match="Commitment 4 has no indicators"):
        publish_edition(edition=draft, by=None)


def test_an_edition_that_lacks_one_level_is_refused(draft: Edition) -> None:
    LevelDescription.objects.filter(rating=3).first().delete()  # type: ignore[union-attr]  # there are 13
    with pytest.raises(RefusedError, match="describes 64 levels, but its indicators need 65"):
        publish_edition(edition=draft, by=None)
    assert not Event.objects.exists()


def test_the_command_publishes_and_says_so_when_it_was_done_before(
    draft: Edition, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("publish_edition", draft.slug)
    call_command("publish_edition", draft.slug)
    said = capsys.readouterr().out
    assert said == f"{draft.title}: published\n{draft.title}: already published\n"


def test_the_command_is_loud_about_an_unknown_slug(draft: Edition) -> None:
    with pytest.raises(CommandError, match=r"There is no edition “suffolk”. There are: essex"):
        call_command("publish_edition", "suffolk")


def test_the_command_is_loud_when_nothing_is_loaded(db: None) -> None:
    with pytest.raises(CommandError, match="Load one with load_declaration first"):
        call_command("publish_edition", "essex")
