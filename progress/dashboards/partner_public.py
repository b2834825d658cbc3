"""A partner’s public page: what it signed, what it shares, and its ratings where it shows them."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.utils import timezone

from assessments.models import (
    Assessment,
    Evidence,
    EvidenceFile,
    GoodPractice,
    Publication,
    Release,
    ReleasedRating,
)
from assessments.workflow import State
from commitments.models import Rating
from declaration.jobs import Job
from signatories.models import Certificate, Partner, Signature


@dataclass(frozen=True)
class Signed:
    """One signature: of which edition, when, and what its certificate is worth now."""

    edition: str
    partner_name: str
    signed_on: date
    validity: str
    code: str


@dataclass(frozen=True)
class Shared:
    """Good practice or evidence that everybody can read; `about` is its indicator."""

    title: str
    address: str
    about: str
    is_file: bool = False


@dataclass(frozen=True)
class Rated:
    """What the partner said of one indicator; without a rating it is not applicable."""

    code: str
    title: str
    rating: int | None

    @property
    def words(self) -> str:
        """The rating with its name."""
        if self.rating is None:
            return "Not applicable"
        return f"{self.rating} {Rating(self.rating).label}"


@dataclass(frozen=True)
class RatedRound:
    """Its own ratings in one released round."""

    name: str
    slug: str
    release: int
    ratings: tuple[Rated, ...]


@dataclass(frozen=True)
class PartnerPage:
    """All that everybody may know of one partner."""

    partner: Partner
    ended_on: date | None
    publishes: bool
    successor_is_public: bool
    signatures: tuple[Signed, ...]
    practices: tuple[Shared, ...]
    evidence: tuple[Shared, ...]
    rounds: tuple[RatedRound, ...]


def partner_page(slug: str) -> PartnerPage | None:
    """Read what is public of a partner of the register; None for any other: three queries.

    Ratings are there only where they were published in the newest release of the round and the
    leader’s choice still stands.
    """
    partner = _partners().filter(slug=slug).first()
    if partner is None:
        return None
    notes = vars(partner)  # the annotations
    last = partner.active_to
    return PartnerPage(
        partner=partner,
        ended_on=last if last is not None and last < timezone.localdate() else None,
        publishes=notes["publishes"],
        successor_is_public=notes["successor_is_public"],
        signatures=_signatures(partner),
        practices=tuple(_practice(each) for each in notes["practices"]),
        evidence=tuple(_evidence(each) for each in notes["evidence"] if _is_there(each)),
        rounds=_rounds(partner) if notes["publishes"] else (),
    )


def _partners() -> QuerySet[Partner]:
    """The partners of the register, each with what it shares."""
    practices = GoodPractice.objects.published().filter(partner=OuterRef("pk"))
    return (
        Partner.objects.filter(_is_public("pk"))
        .select_related("succeeded_by")
        .annotate(
            successor_is_public=_is_public("succeeded_by"),
            publishes=Exists(Publication.objects.live().filter(partner=OuterRef("pk"))),
            practices=ArraySubquery(
                practices.order_by("-published_at", "pk").values(
                    facts=JSONObject(
                        title="title",
                        slug="slug",
                        commitment="indicator__commitment__number",
                        number="indicator__number",
                        about="indicator__title",
                    )
                )
            ),
            evidence=ArraySubquery(_public_evidence()),
        )
    )


def _is_public(partner: str) -> Q:
    """Whether a partner has a page: it exists today, or has signed at some time."""
    active = Partner.objects.active().filter(pk=OuterRef(partner))
    signed = Signature.objects.filter(partner=OuterRef(partner))
    return Q(Exists(active)) | Q(Exists(signed))


def _public_evidence() -> QuerySet[Evidence, Any]:
    """What the partner shows to everybody of its newest accepted assessment."""
    accepted = Assessment.objects.filter(partner=OuterRef(OuterRef("pk")), state=State.ACCEPTED)
    newest = accepted.order_by("-round__opens_on", "-pk").values("pk")[:1]
    found = Evidence.objects.filter(
        removed_at__isnull=True, public=True, answer__assessment=Subquery(newest)
    )
    file = EvidenceFile.objects.filter(evidence=OuterRef("pk")).order_by("-number")
    facts = JSONObject(
        title="title",
        url="url",
        commitment="answer__indicator__commitment__number",
        number="answer__indicator__number",
        about="answer__indicator__title",
        file=Subquery(
            file.values(facts=JSONObject(code="code", state="state", verdict="verdict"))[:1]
        ),
    )
    ordered = found.order_by(
        "answer__indicator__commitment__number", "answer__indicator__number", "added_at", "pk"
    )
    return ordered.values(facts=facts)


def _about(facts: dict[str, Any]) -> str:
    return f"{facts['commitment']}.{facts['number']} {facts['about']}"


def _practice(facts: dict[str, Any]) -> Shared:
    return Shared(facts["title"], facts["slug"], _about(facts))


def _is_there(facts: dict[str, Any]) -> bool:
    """Whether there is something to open: a link, or a file that may be downloaded."""
    file = facts["file"]
    if facts["url"] or file is None:
        return bool(facts["url"])
    infected = EvidenceFile.Verdict.INFECTED.value
    return bool(file["state"] == Job.State.DONE.value and file["verdict"] != infected)


def _evidence(facts: dict[str, Any]) -> Shared:
    if facts["url"]:
        return Shared(facts["title"], facts["url"], _about(facts))
    return Shared(facts["title"], facts["file"]["code"], _about(facts), is_file=True)


def _signatures(partner: Partner) -> tuple[Signed, ...]:
    found = Certificate.objects.with_validity().filter(signature__partner=partner)
    related = found.select_related("signature__edition")
    return tuple(
        Signed(
            edition=each.signature.edition.title,
            partner_name=each.signature.partner_name,
            signed_on=timezone.localdate(each.signature.signed_at),
            validity=each.validity.value,
            code=each.code,
        )
        for each in related.order_by("-signature__signed_at", "-signature__pk")
    )


def _rounds(partner: Partner) -> tuple[RatedRound, ...]:
    """Its published ratings by round, the newest first: one query."""
    later = Release.objects.filter(
        round=OuterRef("entry__release__round"),
        number__gt=OuterRef("entry__release__number"),
        sealed=True,
    )
    found = ReleasedRating.objects.filter(
        ~Exists(later),
        entry__partner=partner,
        entry__published=True,
        entry__release__sealed=True,
    )
    rounds: dict[tuple[str, str, int], list[Rated]] = {}
    for name, slug, release, commitment, number, title, rating in found.order_by(
        "-entry__release__round__opens_on",
        "-entry__release__round",
        "indicator__commitment__number",
        "indicator__number",
    ).values_list(
        "entry__release__round__name",
        "entry__release__round__slug",
        "entry__release__number",
        "indicator__commitment__number",
        "indicator__number",
        "indicator__title",
        "rating",
    ):
        mine = rounds.setdefault((name, slug, release), [])
        mine.append(Rated(f"{commitment}.{number}", title, rating))
    return tuple(RatedRound(*key, tuple(ratings)) for key, ratings in rounds.items())
