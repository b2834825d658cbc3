"""The register: every partner and signatory, what each has signed and when, and what stands now."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from commitments.models import Edition
from signatories.models import Partner, Signature


class State(StrEnum):
    """Where a partner is with the Declaration."""

    NEWEST = "newest"
    EARLIER = "earlier"
    WITHDRAWN = "withdrawn"
    NONE = "none"


LABELS = {
    State.NEWEST: "Signed the newest edition",
    State.EARLIER: "Signed an earlier edition",
    State.WITHDRAWN: "Signature withdrawn",
    State.NONE: "Not signed",
}

COLOURS = {
    State.NEWEST: "green",
    State.EARLIER: "yellow",
    State.WITHDRAWN: "red",
    State.NONE: "grey",
}


@dataclass(frozen=True)
class Filters:
    """Which partners are shown; nothing for all."""

    kind: str = ""
    state: str = ""


@dataclass(frozen=True)
class Signed:
    """One signature: of which edition, by whom, when, and whether it was withdrawn."""

    edition: str
    partner_name: str
    signatory: str
    job_title: str
    signed_on: date
    on_paper: bool
    withdrawn_on: date | None
    reason: str


@dataclass(frozen=True)
class Entry:
    """One partner, with its signatures from the newest on."""

    name: str
    slug: str
    kind: str
    gss_code: str
    ended_on: date | None
    state: State
    signatures: tuple[Signed, ...]

    @property
    def label(self) -> str:
        """Its state in words."""
        return LABELS[self.state]

    @property
    def colour(self) -> str:
        """The colour of its state’s tag, which only underlines the words."""
        return COLOURS[self.state]


@dataclass(frozen=True)
class Register:
    """The whole register under its filter; `counts` are by state, whatever state is asked for."""

    newest: str
    entries: tuple[Entry, ...]
    counts: Mapping[State, int] = field(default_factory=dict)

    @property
    def found(self) -> str:
        """How many partners are listed, and how many of them have signed the newest edition."""
        of = sum(self.counts.values())
        partners = f"{of} partner{'' if of == 1 else 's'}"
        if len(self.entries) != of:
            return f"{len(self.entries)} of {partners}"
        signed = self.counts.get(State.NEWEST, 0)
        have = "has" if signed == 1 else "have"
        return f"{partners}. {signed or 'None'} {have} signed the newest edition."


def register(filters: Filters) -> Register:
    """Read the register in three queries: the active partners and all that have ever signed."""
    newest = Edition.objects.published().values_list("pk", "title").first()
    partners = Partner.objects.order_by("name")
    if filters.kind:
        partners = partners.filter(kind=filters.kind)
    active = Partner.objects.active().filter(pk=OuterRef("pk"))
    ever_signed = Signature.objects.filter(partner=OuterRef("pk"))
    shown = partners.filter(Q(Exists(active)) | Q(Exists(ever_signed)))
    signatures = _signatures(filters.kind)
    edition = newest[0] if newest else None
    entries = [
        _entry(row, signatures.get(row[0], ()), edition)
        for row in shown.values_list("pk", "name", "slug", "kind", "gss_code", "active_to")
    ]
    return Register(
        newest=newest[1] if newest else "",
        entries=tuple(e for e in entries if filters.state in {"", e.state}),
        counts=Counter(entry.state for entry in entries),
    )


# The id of the edition, and the signature.
_Found = tuple[int, Signed]


def _signatures(kind: str) -> Mapping[int, Sequence[_Found]]:
    found: dict[int, list[_Found]] = {}
    signatures = Signature.objects.order_by("-edition__published_at", "-signed_at", "-pk")
    if kind:
        signatures = signatures.filter(partner__kind=kind)
    for partner, edition, title, name, signatory, job, signed, recorded, withdrawn, reason in (
        signatures.values_list(
            "partner_id", "edition_id", "edition__title", "partner_name", "signatory_name",
            "job_title", "signed_at", "recorded_by_id", "withdrawn_at", "withdrawal_reason",
        )
    ):  # fmt: skip
        one = Signed(
            edition=title,
            partner_name=name,
            signatory=signatory,
            job_title=job,
            signed_on=timezone.localdate(signed),
            on_paper=recorded is not None,
            withdrawn_on=timezone.localdate(withdrawn) if withdrawn else None,
            reason=reason,
        )
        found.setdefault(partner, []).append((edition, one))
    return found


def _entry(
    row: tuple[int, str, str, str, str, date | None], found: Sequence[_Found], newest: int | None
) -> Entry:
    _, name, slug, kind, gss_code, active_to = row
    ended = active_to is not None and active_to < timezone.localdate()
    return Entry(
        name=name,
        slug=slug,
        kind=Partner.Kind(kind).label,
        gss_code=gss_code,
        ended_on=active_to if ended else None,
        state=_state(found, newest),
        signatures=tuple(signed for _, signed in found),
    )


def _state(found: Sequence[_Found], newest: int | None) -> State:
    live = [edition for edition, signed in found if signed.withdrawn_on is None]
    if newest in live:
        return State.NEWEST
    if live:
        return State.EARLIER
    return State.WITHDRAWN if found else State.NONE


# --- As a file -----------------------------------------------------------------------------------

HEADER = (
    "partner", "kind", "gss_code", "state", "edition", "signed_as", "signatory", "job_title",
    "signed_on", "on_paper", "withdrawn_on", "withdrawal_reason", "partner_ended_on",
)  # fmt: skip


def rows(entries: Sequence[Entry]) -> list[tuple[str | date | None, ...]]:
    """A row for each signature, in the order of HEADER; one for a partner without any."""
    return [row for entry in entries for row in _rows(entry)]


def _rows(entry: Entry) -> list[tuple[str | date | None, ...]]:
    partner = (entry.name, entry.kind, entry.gss_code, entry.label)
    if not entry.signatures:
        return [(*partner, *[None] * 8, entry.ended_on)]
    return [
        (
            *partner,
            signed.edition,
            signed.partner_name,
            signed.signatory,
            signed.job_title,
            signed.signed_on,
            "yes" if signed.on_paper else "no",
            signed.withdrawn_on,
            signed.reason,
            entry.ended_on,
        )
        for signed in entry.signatures
    ]
