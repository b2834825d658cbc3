"""Publish an edition, which freezes its text for ever."""

from collections import defaultdict
from collections.abc import Callable

from django.urls import reverse
from django.utils import timezone

from commitments.models import Edition, Indicator, LevelDescription, Rating
from declaration.actions import RefusedError, action
from signatories.actions.events import record
from signatories.models import Membership, Partner, User
from signatories.verbs import Verb


class AlreadyPublishedError(RefusedError):
    """The edition was published before; nothing has changed."""


@action
def publish_edition(*, edition: Edition, by: User | None) -> Edition:
    """Publish a whole edition; from then on partners can sign it and nobody can change it.

    The leaders of all partners are told, with a link to where they sign.
    Raises AlreadyPublishedError, or RefusedError for an edition that lacks something.
    """
    edition = Edition.objects.select_for_update().get(pk=edition.pk)
    if edition.is_published:
        raise AlreadyPublishedError(f"“{edition.title}” is already published.")
    _require_whole(edition)
    edition.published_at = timezone.now()
    edition.save(update_fields=["published_at"])
    record(
        verb=Verb.EDITION_PUBLISHED,
        by=by,
        subject=edition,
        note=edition.title,
        path=_where_to_sign(),
    )
    return edition


def _where_to_sign() -> Callable[[User], str]:
    """Say on which page a leader signs; whoever leads several partners begins at their list."""
    leading = Membership.objects.current().filter(
        role=Membership.Role.LEADER, partner__in=Partner.objects.active()
    )
    slugs: dict[int, list[str]] = defaultdict(list)
    for person, slug in leading.values_list("person", "partner__slug"):
        slugs[person].append(slug)

    def path(person: User) -> str:
        if len(slugs[person.pk]) == 1:
            return reverse("signatories:signature-create", args=slugs[person.pk])
        return reverse("progress:start")

    return path


def _require_whole(edition: Edition) -> None:
    if not edition.commitments.exists():
        raise RefusedError(f"“{edition.title}” has no commitments, so it cannot be published.")
    bare = edition.commitments.filter(indicators__isnull=True).order_by("number").first()
    if bare is not None:
        raise RefusedError(f"Commitment {bare.number} has no indicators.")
    levels = LevelDescription.objects.filter(indicator__commitment__edition=edition).count()
    needed = Indicator.objects.of(edition).count() * len(Rating)
    if levels != needed:
        raise RefusedError(
            f"“{edition.title}” describes {levels} levels, but its indicators need {needed}."
        )
