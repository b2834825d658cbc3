"""Good practice as pages show it: found by its words, listed for its partner, queued for ecda."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.search import (
    CombinedSearchVector,
    SearchHeadline,
    SearchQuery,
    SearchRank,
    SearchVector,
    SearchVectorField,
)
from django.core.paginator import Page, Paginator
from django.db.models import F, QuerySet, TextChoices
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.text import Truncator, slugify

from assessments.models import Answer, GoodPractice
from assessments.models.practices import GoodPracticeQuerySet
from commitments.models import Indicator
from signatories.models import Partner

PER_PAGE = 20
QUEUE_PER_PAGE = 50
CONFIG = "english"
# How long an excerpt is where no word was looked for, in words.
EXCERPT_WORDS = 40
State = GoodPractice.State

# --- What was found, marked ----------------------------------------------------------------------

# Unassigned for ever, so that nobody’s text means anything by them; stray ones only vanish.
BEGIN, END = "\ue000", "\ue001"
FOUND = re.compile(f"{BEGIN}([^{BEGIN}{END}]*){END}|([^{BEGIN}{END}]+)|[{BEGIN}{END}]")


@dataclass(frozen=True)
class Stretch:
    """A stretch of text, and whether it is among the words that were looked for."""

    text: str
    is_found: bool


def stretches(headline: str) -> Iterator[Stretch]:
    """Take apart what PostgreSQL marked with BEGIN and END; all of it is still plain text."""
    for part in FOUND.finditer(headline):
        if part[1] or part[2]:
            yield Stretch(part[1] or part[2], is_found=bool(part[1]))


def marked(headline: str) -> SafeString:
    """The text as HTML, everything escaped, and what was found in a `mark`."""
    shown = ((_tag(one)[0], one.text, _tag(one)[1]) for one in stretches(headline))
    return format_html_join("", "{}{}{}", shown)


def _tag(stretch: Stretch) -> tuple[SafeString, SafeString]:
    if stretch.is_found:
        return SafeString("<mark>"), SafeString("</mark>")
    return SafeString(""), SafeString("")


# --- The public search ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Filters:
    """What is looked for: words, and which commitment, indicator and kind of partner."""

    q: str = ""
    commitment: str = ""
    indicator: str = ""
    kind: str = ""


@dataclass(frozen=True)
class Subject:
    """A commitment or an indicator, as addresses and lists of choices name it."""

    slug: str
    label: str
    title: str


@dataclass(frozen=True)
class Subjects:
    """What good practice can be about, each once: an edition’s continues the earlier one’s."""

    commitments: tuple[Subject, ...]
    indicators: tuple[Subject, ...]


@dataclass(frozen=True)
class Found:
    """One good practice among those found, with an excerpt; both are HTML."""

    practice: GoodPractice
    title: SafeString
    excerpt: SafeString


def read_subjects() -> Subjects:
    """The commitments and indicators of the published editions, the newest edition’s first.

    One query. The address of one is its title, so that it outlives an edition.
    """
    published = Indicator.objects.filter(commitment__edition__published_at__isnull=False)
    commitments: dict[str, Subject] = {}
    indicators: dict[str, Subject] = {}
    ordered = published.select_related("commitment").order_by(
        "-commitment__edition__published_at", "commitment__number", "number"
    )
    for indicator in ordered:
        above = indicator.commitment
        key = slugify(above.title)
        commitments.setdefault(key, Subject(key, str(above), above.title))
        key = slugify(indicator.title)
        indicators.setdefault(key, Subject(key, str(indicator), indicator.title))
    return Subjects(tuple(commitments.values()), tuple(indicators.values()))


def find_practices(filters: Filters, subjects: Subjects, page: str | None = None) -> Page[Any]:
    """The published ones that fit, best first, or newest first where no word is looked for.

    `PER_PAGE` of them, in two queries. A page that there is not becomes the nearest that there is.
    """
    found = GoodPractice.objects.published().select_related("partner", "indicator__commitment")
    if filters.kind:
        found = found.filter(partner__kind=filters.kind)
    for one in subjects.commitments:
        if one.slug == filters.commitment:
            found = found.filter(indicator__commitment__title__iexact=one.title)
    for one in subjects.indicators:
        if one.slug == filters.indicator:
            found = found.filter(indicator__title__iexact=one.title)
    found = _matching(found, filters.q) if filters.q else found.order_by("-published_at", "-pk")
    return Paginator(found, PER_PAGE).get_page(page)


def _matching(found: GoodPracticeQuerySet, words: str) -> Any:
    """Those with the words in them, in their partner’s name or in their indicator’s title."""
    query = SearchQuery(words, search_type="websearch", config=CONFIG)
    names = SearchVector("partner__name", "indicator__title", weight="C", config=CONFIG)
    vector = CombinedSearchVector(F("search"), "||", names, None, output_field=SearchVectorField())
    marks: dict[str, Any] = {"config": CONFIG, "start_sel": BEGIN, "stop_sel": END}
    ranked = found.annotate(words=vector).filter(words=query)
    return ranked.annotate(
        rank=SearchRank(F("words"), query),
        marked_title=SearchHeadline("title", query, highlight_all=True, **marks),
        marked_body=SearchHeadline(
            "body",
            query,
            max_words=45,
            min_words=20,
            max_fragments=2,
            fragment_delimiter=" … ",
            **marks,
        ),
    ).order_by("-rank", "-published_at", "-pk")


def shown(page: Page[Any]) -> list[Found]:
    """The good practices of a page with their excerpts, marked where words were looked for."""
    return [
        Found(
            practice=practice,
            title=marked(getattr(practice, "marked_title", practice.title)),
            excerpt=marked(_excerpt(practice.body, getattr(practice, "marked_body", ""))),
        )
        for practice in page
    ]


def _excerpt(body: str, headline: str) -> str:
    """What is shown of the text: where words were found in it, else its beginning."""
    if BEGIN not in headline:
        return str(Truncator(body).words(EXCERPT_WORDS, truncate=" …"))
    plain = headline.replace(BEGIN, "").replace(END, "")
    before = "" if body.startswith(plain[:EXCERPT_WORDS]) else "… "
    after = "" if body.endswith(plain[-EXCERPT_WORDS:]) else " …"
    return f"{before}{headline}{after}"


# --- For its partner, and for ecda ---------------------------------------------------------------


@dataclass(frozen=True)
class Own:
    """A partner’s good practices, and the answers it is willing to share and has not offered."""

    practices: tuple[GoodPractice, ...]
    willing: tuple[Answer, ...]


def read_own(partner: Partner) -> Own:
    """All that the partner offered, and what it could offer from its newest round: two queries."""
    practices = GoodPractice.objects.filter(partner=partner)
    found = tuple(practices.select_related("indicator__commitment", "offered_by"))
    answers = Answer.objects.filter(
        assessment__partner=partner, willing_to_share=True, updated_at__isnull=False
    )
    newest = answers.order_by("-assessment__round__opens_on", "-pk")
    live = {
        one.indicator.title.casefold()
        for one in found
        if one.state in {State.OFFERED, State.PUBLISHED}
    }
    willing: dict[str, Answer] = {}
    for answer in newest.select_related("assessment__round", "indicator__commitment"):
        willing.setdefault(answer.indicator.title.casefold(), answer)
    offered = {title: one for title, one in willing.items() if title not in live}
    ordered = sorted(
        offered.values(), key=lambda one: (one.indicator.commitment.number, one.indicator.number)
    )
    return Own(found, tuple(ordered))


class Show(TextChoices):
    """Which good practices ecda looks at."""

    OFFERED = "", "Offered, to be decided"
    PUBLISHED = "published", "Published"
    DECLINED = "declined", "Declined or taken down"
    WITHDRAWN = "withdrawn", "Withdrawn by the partner"


def read_practice_queue(state: str, page: str | None = None) -> Page[GoodPractice]:
    """Those in the state, the oldest offer first and else the newest: two queries."""
    return Paginator(practices_in(state), QUEUE_PER_PAGE).get_page(page)


def practices_in(state: str) -> QuerySet[GoodPractice]:
    """Those in the state, "" for the offered, in the queue's order."""
    found = GoodPractice.objects.filter(state=state or State.OFFERED)
    order = ("offered_at", "pk") if not state else ("-offered_at", "-pk")
    related = found.select_related("partner", "indicator__commitment", "offered_by", "published_by")
    return related.order_by(*order)


@dataclass(frozen=True)
class Offered:
    """What a good practice said when its partner offered it."""

    title: str
    body: str


def read_as_offered(practice: GoodPractice) -> Offered:
    """What the partner offered, before ecda changed anything: one query."""
    history: Any = practice.history  # type: ignore[attr-defined]  # pghistory's related name
    first = history.filter(version=1).order_by("pgh_id").values_list("title", "body").first()
    return Offered(*(first or (practice.title, practice.body)))


def waiting_offer(answer: Answer) -> GoodPractice | None:
    """What the partner has offered about the answer’s indicator and ecda has not decided."""
    found = GoodPractice.objects.filter(
        partner=answer.assessment.partner, indicator=answer.indicator, state=State.OFFERED
    )
    return found.first()
