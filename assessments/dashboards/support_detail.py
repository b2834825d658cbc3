"""One request for support: what both sides wrote, what happened, and who could help."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from textwrap import shorten

from django.db.models import Exists, OuterRef, Subquery
from django.db.models.functions import JSONObject
from django.utils import timezone

from assessments import helping
from assessments.dashboards.support import Line, lines_of
from assessments.helping import Side
from assessments.models import (
    Answer,
    Connection,
    Contact,
    GoodPractice,
    SupportReply,
    SupportRequest,
)
from assessments.verbs import PRIVATE, Verb
from assessments.workflow import State
from commitments.models import Rating
from signatories.models import Event, Partner

# An excerpt of what a partner says of itself: the whole is one link away.
EXCERPT = 400
HELPERS_SHOWN = 10
# A partner is not asked for a contact again sooner than that.
ASK_AGAIN = timedelta(days=7)


@dataclass(frozen=True)
class Post:
    """One entry of the conversation: a reply, or a connection with the contacts both sides got."""

    at: datetime
    who: str
    from_ecda: bool
    words: str
    connection: Connection | None = None


@dataclass(frozen=True)
class Wanted:
    """Who of ecda asked a partner for a contact last, and when."""

    by: str
    at: datetime

    @property
    def is_recent(self) -> bool:
        """Whether it is too soon to ask again."""
        return self.at > timezone.now() - ASK_AGAIN


@dataclass(frozen=True)
class Helper:
    """A partner that is strong at the indicator and willing to share, with what speaks for it."""

    partner: Partner
    answer_id: int
    assessment_id: int
    rating: int
    round: str
    excerpt: str
    practice_slug: str
    practice_title: str
    has_contact: bool
    is_connected: bool
    wanted: Wanted | None = None

    @property
    def rating_words(self) -> str:
        """The rating in words."""
        return f"{self.rating} {Rating(self.rating).label}"


@dataclass(frozen=True)
class Detail:
    """All that a request's page shows to one side."""

    request: SupportRequest
    side: Side
    posts: tuple[Post, ...]
    events: tuple[Event, ...]

    @property
    def line(self) -> Line:
        """The request as lists show it."""
        return lines_of([self.request])[0]

    @property
    def connected_at(self) -> datetime | None:
        """When ecda connected the partner last, while the request is open; None before."""
        if self.request.state != SupportRequest.State.CONNECTED:
            return None
        return max((post.at for post in self.posts if post.connection), default=None)

    @property
    def is_ecda(self) -> bool:
        """Whether the person who looks sees to it for ecda."""
        return self.side == Side.ECDA

    @property
    def moves(self) -> frozenset[str]:
        """The moves that this side can make now."""
        found = {
            step.move
            for step in helping.SUPPORT
            if step.source == self.request.state and step.side == self.side
        }
        # Nobody has what was left behind: anybody takes it on, and nobody gives it back.
        if self.is_ecda and self.line.is_left:
            found = found - {"give_back"} | {"take"}
        return frozenset(found)

    @property
    def may_reply(self) -> bool:
        """Whether anybody can still write here."""
        return self.request.state != SupportRequest.State.WITHDRAWN


def read_detail(request: SupportRequest, side: Side) -> Detail:
    """Read a request's page for one side: three queries."""
    # An event of another partner, such as whom ecda asked for a contact, is not the asker’s to see.
    events = Event.objects.about(request).select_related("by")
    if side != Side.ECDA:
        private = [verb.value for verb in PRIVATE]
        events = events.filter(partner=request.partner).exclude(verb__in=private)
    return Detail(request, side, tuple(_posts(request)), tuple(events))


def _posts(request: SupportRequest) -> list[Post]:
    """Replies and connections, the oldest first."""
    replies = SupportReply.objects.filter(request=request).select_related("by")
    made = Connection.objects.filter(request=request).select_related("helper", "made_by")
    posts = [Post(each.at, str(each.by), each.from_ecda, each.words) for each in replies]
    posts += [Post(each.made_at, str(each.made_by), True, each.note, each) for each in made]
    return sorted(posts, key=lambda post: post.at)


def read_helpers(request: SupportRequest) -> list[Helper]:
    """The partners who could help, the strongest first: two queries.

    Those who rated themselves 3 or 4 at the indicator, or the one it continues, in their latest
    accepted assessment, and are willing to share it; not who asked, nor who exists no more.
    """
    found = [_helper(answer, request) for answer in _strong(request)]
    ranked = sorted(found, key=_rank)[:HELPERS_SHOWN]
    return _with_wanted(ranked)


def _strong(request: SupportRequest) -> list[Answer]:
    """The answers that count: one for each partner, of its latest accepted assessment."""
    title = request.indicator.title
    accepted = Answer.objects.filter(
        assessment__state=State.ACCEPTED,
        indicator__title__iexact=title,
        assessment__partner__in=Partner.objects.active().exclude(pk=request.partner_id),
    )
    latest = accepted.order_by("assessment__partner_id", "-assessment__round__opens_on", "-pk")
    latest = latest.distinct("assessment__partner_id")
    partner = OuterRef("assessment__partner")
    practices = GoodPractice.objects.published().filter(
        partner=partner, indicator__title__iexact=title
    )
    made = Connection.objects.filter(request=request, helper=partner)
    strong = Answer.objects.filter(
        pk__in=latest.values("pk"), rating__gte=Rating.ESTABLISHED, willing_to_share=True
    )
    related = strong.select_related("assessment__partner", "assessment__round")
    return list(
        related.annotate(
            practice=Subquery(practices.values(facts=JSONObject(slug="slug", title="title"))[:1]),
            has_contact=Exists(Contact.objects.filter(partner=partner)),
            is_connected=Exists(made),
        )
    )


def _helper(answer: Answer, request: SupportRequest) -> Helper:
    found = vars(answer)  # the annotations
    practice = found["practice"] or {"slug": "", "title": ""}
    assessment = answer.assessment
    return Helper(
        partner=assessment.partner,
        answer_id=answer.pk,
        assessment_id=assessment.pk,
        rating=answer.rating or 0,
        round=assessment.round.name,
        excerpt=shorten(answer.narrative, EXCERPT, placeholder=" …"),
        practice_slug=practice["slug"],
        practice_title=practice["title"],
        has_contact=found["has_contact"],
        is_connected=found["is_connected"],
    )


def _rank(helper: Helper) -> tuple[int, bool, bool, str]:
    """Strong ones first; of those, who shows how it is done and who can be reached at once."""
    has_practice = bool(helper.practice_slug)
    return -helper.rating, not has_practice, not helper.has_contact, helper.partner.name


def _with_wanted(helpers: list[Helper]) -> list[Helper]:
    """Each with who asked it last for a contact, and when."""
    asked = wanted_of([helper.partner for helper in helpers])
    return [replace(helper, wanted=asked.get(helper.partner.pk)) for helper in helpers]


def wanted_of(partners: list[Partner]) -> dict[int, Wanted]:
    """When each was last asked for a contact, by the partner's id: one query."""
    asked = Event.objects.filter(partner__in=partners, verb=Verb.CONTACT_WANTED.value)
    latest = asked.order_by("partner_id", "-at", "-pk").distinct("partner_id").select_related("by")
    return {
        event.partner_id: Wanted(str(event.by or "The portal"), event.at)
        for event in latest
        if event.partner_id is not None
    }
