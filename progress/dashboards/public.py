"""What everybody may see: the Declaration's commitments, and who has signed it."""

from dataclasses import dataclass
from datetime import datetime

from commitments.models import Commitment, Edition
from signatories.models import Partner, Signature


@dataclass(frozen=True)
class Signatory:
    """One partner that has signed, by the name under which it did."""

    name: str
    signed_at: datetime


@dataclass(frozen=True)
class Home:
    """What the public home page shows; without a published edition only the empty lists."""

    title: str
    region: str
    commitments: tuple[str, ...]
    signatories: tuple[Signatory, ...]
    partners: int

    @property
    def is_published(self) -> bool:
        """Whether there is a text that can be signed."""
        return bool(self.commitments)


def home() -> Home:
    """Read the newest published edition and its signatories, in three queries."""
    newest = Edition.objects.published().values("pk")[:1]
    commitments = list(
        Commitment.objects.filter(edition__in=newest).order_by("number").select_related("edition")
    )
    edition = commitments[0].edition if commitments else None
    active = Partner.objects.active()
    signed = (
        Signature.objects.live()
        .filter(edition=edition, partner__in=active)
        .order_by("partner_name")
        .values_list("partner_name", "signed_at")
    )
    return Home(
        title=edition.title if edition else "The Essex Data Declaration",
        region=edition.region if edition else "",
        commitments=tuple(commitment.title for commitment in commitments),
        signatories=tuple(Signatory(*row) for row in signed) if edition else (),
        partners=active.count(),
    )
