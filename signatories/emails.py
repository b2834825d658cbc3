"""The words of the e-mails that leave through the outbox, as text and as HTML."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from email.utils import make_msgid
from itertools import groupby
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from signatories.access import unsubscribe_token
from signatories.models import Invitation, Letter, Membership, Notice, User

Role = Membership.Role

MAY = {
    Role.CONTRIBUTOR: "Contributors answer indicators, add evidence and ask for support.",
    Role.LEAD: (
        "Leads answer indicators, look after the members and send the assessment for sign-off."
    ),
    Role.LEADER: "Leaders sign the Declaration and sign off assessments.",
}
WAITING = "Waiting for you"
HAPPENED = "What happened"
# How many lines of news a digest has; a longer one is read by nobody.
LINES = 50
# Of how many partners it says how much more has happened, each with its timeline.
NAMED = 10
SUBJECT = 200


@dataclass(frozen=True)
class Written:
    """What an e-mail says; the HTML says the same as the text."""

    subject: str
    body: str
    html: str


@dataclass(frozen=True)
class Line:
    """One thing that is told, and its page."""

    words: str
    url: str


@dataclass(frozen=True)
class Group:
    """What is told of one partner, newest last; no heading where all is about one."""

    heading: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Rest:
    """What was left out, in words, and the page that shows it."""

    words: str
    url: str


@dataclass(frozen=True)
class Part:
    """What waits for the person, or what else happened."""

    title: str
    groups: tuple[Group, ...]


def invitation_letter(invitation: Invitation) -> Written:
    """Tell an address which role it is offered, at which partner, by whom and until when."""
    partner = _one_line(invitation.partner.name)
    context = {
        "name": _one_line(invitation.name),
        "by": _one_line(str(invitation.invited_by)),
        "partner": partner,
        "role": invitation.get_role_display().lower(),
        "may": MAY[Role(invitation.role)],
        "link": address("signatories:invitation-detail", invitation.code),
        "address": invitation.email,
        "until": f"{timezone.localtime(invitation.expires_at):%-d %B %Y, %H:%M}",
    }
    return _written("invitation", f"Invitation to the Essex Data Declaration: {partner}", context)


def letter_email(letter: Letter, person: User) -> Written:
    """What somebody at ecda wrote, addressed to one person."""
    context = {
        "name": _one_line(str(person)),
        "words": letter.body.strip(),
        "by": _one_line(str(letter.by)),
    }
    return _written("letter", letter.subject, context)


def digest(person: User, notices: Sequence[Notice]) -> Written:
    """Tell a person all that waits for them, and all that happened but for the oldest news.

    News of partners are left out beyond `LINES`; their timelines show them. The notices come
    oldest first, with their events' partners.
    """
    left_out = _left_out(notices)
    shown = [notice for notice in notices if notice not in left_out]
    many = len({notice.event.partner_id for notice in shown}) > 1
    parts = [
        Part(title, _groups([each for each in shown if each.at_once == waits], headed=many))
        for title, waits in ((WAITING, True), (HAPPENED, False))
    ]
    context = {
        "name": _one_line(str(person)),
        "parts": [part for part in parts if part.groups],
        "more": _rest(left_out),
        "choose": address("signatories:subscription"),
    }
    if can_turn_off(person):
        context["unsubscribe"] = address("signatories:unsubscribe", unsubscribe_token(person))
    return _written("digest", _digest_subject(notices), context)


def can_turn_off(person: User) -> bool:
    """Whether there is anything left that the person has not turned off."""
    return person.gets_news or person.gets_reminders


def address(name: str, *its: str) -> str:
    """The whole address of a page, as an e-mail needs it."""
    return settings.PUBLIC_URL + reverse(name, args=its)


def new_message_id() -> str:
    """Return a Message-ID that no other e-mail has."""
    return make_msgid(domain=urlsplit(settings.PUBLIC_URL).hostname or "localhost")


def _left_out(notices: Sequence[Notice]) -> set[Notice]:
    """The oldest news beyond `LINES`, of those that a partner's timeline shows."""
    news = [
        notice
        for notice in notices
        if notice.topic == Notice.Topic.NEWS and not notice.at_once and notice.event.partner
    ]
    return set(sorted(news, key=lambda notice: -notice.pk)[LINES:])


def _rest(left_out: Iterable[Notice]) -> list[Rest]:
    """How much more has happened at each partner, most first; of many partners in one line."""
    counted = Counter(notice.event.partner for notice in left_out if notice.event.partner)
    if len(counted) > NAMED:
        words = f"and {counted.total()} more at {len(counted)} partners, on their timelines"
        return [Rest(words, address("progress:start"))]
    return [
        Rest(
            f"and {many} more at {_one_line(partner.name)}, on its timeline",
            address("progress:partner-timeline", partner.slug),
        )
        for partner, many in sorted(counted.items(), key=lambda item: (-item[1], item[0].name))
    ]


def _groups(notices: list[Notice], *, headed: bool) -> tuple[Group, ...]:
    def name(notice: Notice) -> str:
        return str(notice.event.partner or "")

    by_partner = groupby(sorted(notices, key=lambda each: (name(each), each.pk)), key=name)
    return tuple(
        Group(_one_line(partner) if headed else "", tuple(map(_line, group)))
        for partner, group in by_partner
    )


def _line(notice: Notice) -> Line:
    # A note may have lines; in the text they stay under their bullet.
    words = "\n  ".join(line.strip() for line in notice.words.splitlines() if line.strip())
    return Line(words, settings.PUBLIC_URL + notice.path if notice.path else "")


def _digest_subject(notices: Sequence[Notice]) -> str:
    waiting = [notice for notice in notices if notice.at_once]
    if len(waiting) > 1:
        words = f"{len(waiting)} things wait for you"
    elif waiting or len(notices) == 1:
        words = _one_line((waiting or notices)[0].words).rstrip(".")
    else:
        words = f"{len(notices)} things have happened"
    return f"Essex Data Declaration: {words}"


def _written(template: str, subject: str, context: dict[str, Any]) -> Written:
    # A person’s note may have lines; a subject is one, or no e-mail could be made of it.
    subject = _cut(_one_line(subject), SUBJECT)
    given = {**context, "subject": subject, "site": settings.PUBLIC_URL}
    body = render_to_string(f"emails/{template}.txt", given)
    return Written(subject, body, render_to_string(f"emails/{template}.html", given))


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1].rstrip()}…"


def _one_line(text: str) -> str:
    """A name may have been typed with line ends; a line of an e-mail is one."""
    return " ".join(text.split())
