"""Requests for support in lists: ecda's queue under its filters, what one partner has asked for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from assessments.dashboards.turns import age_words
from assessments.models import Connection, Contact, SupportReply, SupportRequest
from assessments.models.support import SupportRequestQuerySet
from commitments.models import Commitment, SupportOffer
from signatories.models import Partner, User

State = SupportRequest.State
Urgency = SupportRequest.Urgency

# What the filters may say besides the states, the urgencies, offers’ slugs and commitments’ ids.
ENDED = "ended"
ALL = "all"
MINE, NOBODY = "mine", "nobody"
OWN_WORDS = "own-words"

COLOURS = {
    State.NEW: "blue",
    State.WITH_ECDA: "light-blue",
    State.CONNECTED: "purple",
    State.DONE: "green",
    State.DECLINED: "red",
    State.WITHDRAWN: "grey",
}


# When ecda connected the partner last, of a request that nobody has ended since.
CONNECTED_AT = Subquery(
    Connection.objects.filter(request=OuterRef("pk"), request__state="connected")
    .order_by("-made_at")
    .values("made_at")[:1]
)


@dataclass(frozen=True)
class Filters:
    """Which requests: "" is no filter, and for the state those that are waiting."""

    state: str = ""
    owner: str = ""
    urgency: str = ""
    offer: str = ""
    commitment: str = ""


@dataclass(frozen=True)
class Line:
    """One request as lists show it."""

    request: SupportRequest
    today: date
    replies: int = 0
    replied_at: datetime | None = None
    connected_at: datetime | None = None

    @property
    def age(self) -> str:
        """How long it has been waiting, such as "for 3 days"; empty once it has ended."""
        if self.request.ended_at is not None:
            return ""
        return age_words(self.request.asked_at, self.today)

    @property
    def colour(self) -> str:
        """The colour of its state’s tag, which only underlines the words."""
        return COLOURS[State(self.request.state)]

    @property
    def is_urgent(self) -> bool:
        """Whether the support is needed now and nobody has ended the request yet."""
        return self.request.urgency == Urgency.NOW and self.request.ended_at is None

    @property
    def who(self) -> str:
        """Who has it, or had it, at ecda."""
        return str(self.request.owner) if self.request.owner else "Nobody"

    @property
    def is_left(self) -> bool:
        """Whether who has it does not see to it any more, so that anybody at ecda can take it."""
        request = self.request
        if request.owner is None or request.ended_at is not None:
            return False
        theirs = vars(request).get("owner_is_theirs", False)
        return not request.owner.is_ecda or bool(theirs)


@dataclass(frozen=True)
class Tally:
    """How many requests are in a state, and the filter that shows them."""

    label: str
    count: int
    state: str


# What nobody sees to: who had it has left ecda, or acts for the partner.
UNSEEN = Q(owner=None) | Q(ended_at=None) & (
    Q(owner__is_active=False) | Q(owner__office="") | Q(owner_is_theirs=True)
)


def matching(filters: Filters, user: User) -> QuerySet[SupportRequest]:
    """The requests that fit, the oldest first."""
    found = _in_state(filters.state).knowing_owner().annotate(connected_at=CONNECTED_AT)
    if filters.owner:
        found = found.filter(owner=user) if filters.owner == MINE else found.filter(UNSEEN)
    if filters.urgency:
        found = found.filter(urgency=filters.urgency)
    if filters.offer == OWN_WORDS:
        found = found.filter(offer=None)
    elif filters.offer:
        found = found.filter(offer__slug=filters.offer)
    if filters.commitment:
        found = found.filter(indicator__commitment=int(filters.commitment))
    related = found.select_related(
        "partner", "indicator__commitment", "offer", "owner", "asked_by", "ended_by"
    )
    return related.order_by("asked_at", "pk")


def _in_state(state: str) -> SupportRequestQuerySet:
    requests = SupportRequest.objects.all()
    if state == ENDED:
        return requests.exclude(state__in=SupportRequest.WAITING)
    if state == ALL:
        return requests
    return requests.filter(state=state) if state else requests.waiting()


def lines_of(requests: Iterable[SupportRequest]) -> list[Line]:
    """The requests as lists show them today."""
    today = timezone.localdate()
    return [
        Line(
            each,
            today,
            getattr(each, "reply_count", 0),
            getattr(each, "replied_at", None),
            getattr(each, "connected_at", None),
        )
        for each in requests
    ]


def tallies() -> list[Tally]:
    """How many are new, with ecda, connected and ended: one query."""
    counted = SupportRequest.objects.order_by().values("state").annotate(count=Count("pk"))
    counts: dict[str, int] = dict(counted.values_list("state", "count"))
    waiting = [Tally(str(s.label), counts.get(s.value, 0), s.value) for s in SupportRequest.WAITING]
    ended = sum(counts.values()) - sum(tally.count for tally in waiting)
    return [*waiting, Tally("Ended", ended, ENDED)]


def read_offer_names() -> Mapping[str, str]:
    """The offers of published editions, name by slug; the newest edition’s name where several."""
    offers = SupportOffer.objects.filter(edition__published_at__isnull=False)
    named = offers.order_by("edition__published_at", "name").values_list("slug", "name")
    return dict(sorted(dict(named).items(), key=lambda item: item[1]))


def read_commitments() -> list[Commitment]:
    """The commitments of published editions, the newest edition first: one query."""
    found = Commitment.objects.filter(edition__published_at__isnull=False)
    return list(found.select_related("edition").order_by("-edition__published_at", "number"))


# --- What one partner has asked for, and whom it helps -------------------------------------------


def of_partner(partner: Partner) -> QuerySet[SupportRequest]:
    """The partner's requests with what ecda replied: those that wait first, the latest of each."""
    replies = SupportReply.objects.filter(request=OuterRef("pk"), from_ecda=True)
    counted = replies.order_by().values("request").annotate(count=Count("pk"))
    found = (
        SupportRequest.objects.filter(partner=partner)
        .knowing_owner()
        .annotate(
            reply_count=Subquery(counted.values("count")),
            replied_at=Subquery(replies.order_by("-at").values("at")[:1]),
            has_ended=Q(ended_at__isnull=False),
            connected_at=CONNECTED_AT,
        )
    )
    related = found.select_related("indicator__commitment", "offer", "owner", "asked_by")
    return related.order_by("has_ended", "-asked_at", "-pk")


def read_helping(partner: Partner) -> list[Connection]:
    """The connections by which ecda asked this partner to help others, the latest first."""
    found = Connection.objects.filter(helper=partner).order_by("-made_at", "-pk")
    return list(found.select_related("request__partner", "request__indicator__commitment"))


def contact_of(partner: Partner) -> Contact | None:
    """Whom other partners may contact; None when nobody was agreed."""
    return Contact.objects.filter(partner=partner).select_related("agreed_by").first()


# --- Offers ---------------------------------------------------------------------------------------


def read_offers() -> list[SupportOffer]:
    """The newest edition's offers with their indicators and `waiting`, how many wait: two queries.

    Without a published edition there are none.
    """
    waiting = SupportRequest.objects.waiting().filter(offer=OuterRef("pk")).order_by()
    counted = waiting.values("offer").annotate(count=Count("pk"))
    later = SupportOffer.objects.filter(edition__published_at__gt=OuterRef("edition__published_at"))
    found = SupportOffer.objects.filter(~Exists(later), edition__published_at__isnull=False)
    annotated = found.annotate(waiting=Subquery(counted.values("count"))).order_by("name")
    return list(annotated.prefetch_related("indicators__commitment"))


def asked_for(offer: SupportOffer) -> QuerySet[SupportRequest]:
    """Who asked for the offer, those that wait first, the oldest of each first."""
    found = SupportRequest.objects.filter(offer=offer).knowing_owner()
    annotated = found.annotate(has_ended=Q(ended_at__isnull=False), connected_at=CONNECTED_AT)
    related = annotated.select_related("partner", "indicator__commitment", "offer", "owner")
    return related.order_by("has_ended", "asked_at", "pk")


# --- As a file ------------------------------------------------------------------------------------

HEADER = (
    "request", "partner", "kind", "indicator", "indicator_title", "offer", "words", "urgency",
    "state", "asked_by", "asked_on", "with", "ended_on", "ended_by",
)  # fmt: skip


def rows(requests: Iterable[SupportRequest]) -> Iterable[tuple[str | int | date | None, ...]]:
    """A row for each request, in the order of HEADER."""
    for each in requests:
        yield (
            each.pk,
            each.partner.name,
            each.partner.get_kind_display(),
            each.indicator.code,
            each.indicator.title,
            each.offer.name if each.offer else "",
            each.words,
            each.get_urgency_display(),
            each.get_state_display(),
            each.asked_by.name,
            timezone.localdate(each.asked_at),
            each.owner.name if each.owner else "",
            timezone.localdate(each.ended_at) if each.ended_at else None,
            each.ended_by.name if each.ended_by else "",
        )
