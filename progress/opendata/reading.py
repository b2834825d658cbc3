"""The rows of the open tables that are read as they stand: one query each."""

from datetime import date

from django.db.models import Count, Exists, F, OuterRef, Q
from django.utils import timezone

from assessments.models import Release as SealedRelease
from assessments.models import Round as OpenedRound
from commitments import models as promised
from progress.opendata import rows
from signatories.models import Certificate, Partner, Signature

Validity = Certificate.Validity


def read_editions() -> list[rows.Edition]:
    """The published editions, the newest first."""
    found = promised.Edition.objects.published().annotate(
        commitment_count=Count("commitments", distinct=True),
        indicator_count=Count("commitments__indicators", distinct=True),
    )
    return [
        rows.Edition(slug, title, region, timezone.localdate(published), commitments, indicators)
        for slug, title, region, published, commitments, indicators in found.values_list(
            "slug", "title", "region", "published_at", "commitment_count", "indicator_count"
        )
        if published is not None
    ]


def read_commitments(edition: str = "") -> list[rows.Commitment]:
    """The commitments of one edition, or of all published ones from the newest on."""
    found = promised.Commitment.objects.filter(edition__published_at__isnull=False)
    if edition:
        found = found.filter(edition__slug=edition)
    return [
        rows.Commitment(*row)
        for row in found.order_by("-edition__published_at", "edition_id", "number").values_list(
            "edition__slug", "number", "title", "statement"
        )
    ]


def read_indicators(edition: str = "") -> list[rows.Indicator]:
    """The indicators of one edition, or of all published ones from the newest on."""
    found = promised.Indicator.objects.filter(commitment__edition__published_at__isnull=False)
    if edition:
        found = found.filter(commitment__edition__slug=edition)
    ordered = found.order_by(
        "-commitment__edition__published_at", "commitment__edition", "commitment__number", "number"
    )
    return [
        rows.Indicator(slug, f"{commitment}.{number}", commitment, title, text)
        for slug, commitment, number, title, text in ordered.values_list(
            "commitment__edition__slug", "commitment__number", "number", "title", "text"
        )
    ]


def read_signatories() -> list[rows.Signatory]:
    """Every signature, by its partner’s name and from the newest on."""
    newer = Signature.objects.live().filter(
        partner=OuterRef("partner"), edition__published_at__gt=OuterRef("edition__published_at")
    )
    found = Signature.objects.select_related("partner", "edition").annotate(
        superseded=Exists(newer)
    )
    return [
        _signatory(each, superseded=vars(each)["superseded"])  # the annotation
        for each in found.order_by("partner__name", "-signed_at", "-pk")
    ]


def ended(partner: Partner) -> date | None:
    """The partner’s last day, once it has passed."""
    last = partner.active_to
    return last if last is not None and last < timezone.localdate() else None


def _signatory(signature: Signature, *, superseded: bool) -> rows.Signatory:
    partner, withdrawn = signature.partner, signature.withdrawn_at
    state = Validity.SUPERSEDED if superseded else Validity.VALID
    return rows.Signatory(
        signature=signature.pk,
        partner=partner.slug,
        name=partner.name,
        signed_as=signature.partner_name,
        kind=partner.kind,
        gss_code=partner.gss_code or None,
        edition=signature.edition.slug,
        signed_on=timezone.localdate(signature.signed_at),
        state=(Validity.WITHDRAWN if withdrawn else state).value,
        withdrawn_on=timezone.localdate(withdrawn) if withdrawn else None,
        ended_on=ended(partner),
    )


def read_rounds() -> list[rows.Round]:
    """The rounds that have opened, the newest first."""
    found = OpenedRound.objects.opened().latest_first()
    sealed = Count("releases", filter=Q(releases__sealed=True))
    return [
        rows.Round(slug, name, edition, timezone.localdate(opened), due_on, closes_on, made)
        for slug, name, edition, opened, due_on, closes_on, made in found.annotate(
            made=sealed
        ).values_list("slug", "name", "edition__slug", "opened_at", "due_on", "closes_on", "made")
        if opened is not None
    ]


def read_release_rows() -> list[rows.Release]:
    """Every release, of the newest round first and from its newest on."""
    later = SealedRelease.objects.filter(
        round=OuterRef("round"), number__gt=OuterRef("number"), sealed=True
    )
    found = SealedRelease.objects.filter(sealed=True).annotate(
        slug=F("round__slug"),
        newest=~Exists(later),
        counted=Count("entries", filter=Q(entries__snapshot__isnull=False)),
        left_out=Count("entries", filter=Q(entries__snapshot__isnull=True)),
    )
    return [
        rows.Release(slug, number, timezone.localdate(released), newest, counted, out, sha256)
        for slug, number, released, newest, counted, out, sha256 in found.order_by(
            "-round__opens_on", "-round", "-number"
        ).values_list("slug", "number", "released_at", "newest", "counted", "left_out", "sha256")
    ]
