"""A region of any size: made-up partners with rounds behind them, for measuring how pages grow.

Set-based, with every rule of the database on: what takes the actions one partner after the other
is written for all of them at once here, in the order in which the actions write it.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from random import Random

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.utils import timezone

from assessments.actions import snapshots
from assessments.actions.closing import close_round
from assessments.actions.releasing import release
from assessments.actions.rounds import begin_round
from assessments.dashboards import Opening, Row, Sheet
from assessments.models import (
    Answer,
    Assessment,
    Improvement,
    Publication,
    Review,
    Round,
    Snapshot,
    SupportRequest,
)
from assessments.verbs import Verb
from assessments.workflow import State
from commitments.models import Edition, Indicator, Rating
from declaration.actions import RefusedError
from progress.management.ageing import let_pass
from signatories.actions.events import Entry, record_each
from signatories.models import Certificate, Membership, Partner, Signature, User

SEED = 2026
# How many days lie between rounds, and how long one is open.
YEAR, RUNS = 365, 60
PREFIX = "made-up-"
BATCH = 2000
KINDS = (*["district"] * 8, "unitary", "county", "police", "fire", "health", "university", "other")
ROLES = (Membership.Role.LEAD, Membership.Role.LEADER)
# One partner in so many never finishes, shows its ratings to everybody, asks for support.
UNFINISHED, PUBLISHING, ASKING = 7, 40, 3
NOT_APPLICABLE = "Another partner does this for us under an agreement."
NARRATIVES = {
    Rating.NOT_STARTED: "We have not begun, and nobody has been asked to see to it yet.",
    Rating.EXPLORING: "Two colleagues have looked at what others do. Nothing has been decided.",
    Rating.DEVELOPING: "Three of our nine departments do this; the others have dates next year.",
    Rating.ESTABLISHED: "Every department does this. One named person sees to it each quarter.",
    Rating.LEADING: "We review it with other partners each year, and two have taken it over.",
}
CLOSED = Opening(every=False, indicators=frozenset())


@dataclass(frozen=True)
class Size:
    """How much is made: partners, and rounds of a year each; the last one stays open."""

    partners: int
    rounds: int = 1


class Region:
    """Made-up partners of one edition, through rounds that followed one another."""

    def __init__(self, edition: Edition, staff: User) -> None:
        self.edition = edition
        self.staff = staff
        self.random = Random(SEED)  # noqa: S311  a story, not a secret

    def make(self, size: Size) -> Iterator[str]:
        """Make everything, step by step; yields what was made, in words.

        RefusedError outside demo mode, and while a round of the edition is open or planned.
        """
        if not settings.DEMO:
            raise RefusedError("Made-up partners are for demonstrations only: set DEMO=on.")
        if self.edition.rounds.filter(closed_at__isnull=True).exists():
            raise RefusedError("A round of this edition is open or planned. Close it first.")
        yield f"{len(self._add_partners(size.partners))} partners"
        this_year = (timezone.localdate() - timedelta(days=RUNS // 2)).year
        for left in reversed(range(size.rounds)):
            name = str(this_year - left)
            if left:
                round_ = self._run(name, opened=RUNS)
                close_round(round=round_, by=self.staff)
                release(round=round_, by=self.staff, confirmed_left_out=True)
                let_pass(YEAR - RUNS // 2)
            else:
                round_ = self._run(name, opened=RUNS // 2)
            yield f"round {round_}"

    def _add_partners(self, count: int) -> list[Partner]:
        """Partners with a lead and a leader each; the leaders have signed."""
        first = Partner.objects.filter(slug__startswith=PREFIX).count() + 1
        numbers = range(first, first + count)
        partners = Partner.objects.bulk_create(
            Partner(
                name=f"Made-up Partner {number:04}",
                slug=f"{PREFIX}{number:04}",
                kind=KINDS[number % len(KINDS)],
                website=f"https://{PREFIX}{number:04}.example/",
            )
            for number in numbers
        )
        people = {role: self._people(partners, role) for role in ROLES}
        self._sign(partners, people[Membership.Role.LEADER])
        self._publish(partners, people[Membership.Role.LEADER])
        return partners

    def _people(self, partners: Sequence[Partner], role: Membership.Role) -> list[User]:
        nobody = make_password(None)
        people = User.objects.bulk_create(
            User(
                email=f"{role}@{each.slug}.example",
                name=f"{role.label} of {each.name}",
                password=nobody,
            )
            for each in partners
        )
        pairs = zip(people, partners, strict=True)
        Membership.objects.bulk_create(
            Membership(person=person, partner=partner, role=role) for person, partner in pairs
        )
        return people

    def _sign(self, partners: Sequence[Partner], leaders: Sequence[User]) -> None:
        signatures = Signature.objects.bulk_create(
            Signature(
                partner=partner,
                edition=self.edition,
                partner_name=partner.name,
                signatory_name=leader.name,
                job_title="Chief Executive",
                authority="Under delegated powers",
                signed_by=leader,
            )
            for partner, leader in zip(partners, leaders, strict=True)
        )
        Certificate.objects.bulk_create(
            Certificate(signature=each, key=f"certificate-{each.pk}") for each in signatures
        )

    def _publish(self, partners: Sequence[Partner], leaders: Sequence[User]) -> None:
        pairs = list(zip(partners, leaders, strict=True))
        Publication.objects.bulk_create(
            Publication(partner=partner, started_by=leader)
            for partner, leader in pairs[::PUBLISHING]
        )

    def _run(self, name: str, *, opened: int) -> Round:
        """A round that opened so many days ago: all answer, most send, sign off, are accepted."""
        opens_on = timezone.localdate() - timedelta(days=opened)
        round_ = begin_round(
            edition=self.edition,
            name=name,
            opens_on=opens_on,
            due_on=opens_on + timedelta(days=RUNS // 2),
            closes_on=opens_on + timedelta(days=RUNS),
            by=self.staff,
        )
        mine = round_.assessments.filter(partner__slug__startswith=PREFIX)
        found = list(mine.select_related("partner", "round").order_by("partner__name"))
        done = [each for place, each in enumerate(found, 1) if place % UNFINISHED]
        self._answer(found)
        self._plan(found)
        self._move(done)
        return round_

    # --- Answers ---------------------------------------------------------------------------------

    def _answer(self, assessments: Sequence[Assessment]) -> None:
        """Rate everything: at first anywhere, later near what was said the year before."""
        by_rating: dict[int | None, list[int]] = defaultdict(list)
        answers = Answer.objects.filter(assessment__in=assessments).order_by(
            "assessment__partner__name", "indicator__commitment__number", "indicator__number"
        )
        for pk, before, aside in answers.values_list("pk", "rating", "not_applicable"):
            by_rating[self._rate(before, aside=aside)].append(pk)
        for rating, pks in sorted(by_rating.items(), key=lambda each: str(each[0])):
            self._save(pks, rating)
        starts = [Entry(each.partner, each) for each in assessments]
        record_each(verb=Verb.STARTED, by=None, entries=starts, notices={})

    def _rate(self, before: int | None, *, aside: bool) -> int | None:
        if aside or (before is None and self.random.random() < 1 / 30):
            return None
        if before is None:
            return self.random.choice([0, 1, 1, 2, 2, 3])
        return min(4, max(0, before + self.random.choice([-1, 0, 0, 0, 1, 1])))

    def _save(self, pks: Sequence[int], rating: int | None) -> None:
        lead = Membership.objects.filter(
            partner__assessments=OuterRef("assessment_id"), role=Membership.Role.LEAD
        ).order_by()
        Answer.objects.filter(pk__in=pks).update(
            rating=rating,
            not_applicable=rating is None,
            reason=NOT_APPLICABLE if rating is None else "",
            narrative="" if rating is None else NARRATIVES[Rating(rating)],
            willing_to_share=rating is not None and rating >= Rating.ESTABLISHED,
            completed=True,
            version=F("version") + 1,
            updated_at=timezone.now(),
            updated_by=Subquery(lead.values("person")[:1]),
        )

    def _plan(self, assessments: Sequence[Assessment]) -> None:
        """An improvement of each, due soon or overdue next time; support for some."""
        leads = self._who(assessments, Membership.Role.LEAD)
        indicators = list(Indicator.objects.filter(commitment__edition=self.edition).order_by("pk"))
        chosen = [self.random.choice(indicators) for _ in assessments]
        pairs = list(zip(assessments, chosen, strict=True))
        Improvement.objects.bulk_create(
            Improvement(
                partner=each.partner,
                indicator=indicator,
                what=f"Take the next step by the end of the round {each.round.name}.",
                owner="Head of Data",
                due_on=timezone.localdate() + timedelta(days=100),
                added_by=leads[each.partner_id],
            )
            for each, indicator in pairs
        )
        SupportRequest.objects.bulk_create(
            (
                SupportRequest(
                    partner=each.partner,
                    indicator=indicator,
                    words=f"Who could talk to us about the round {each.round.name}?",
                    asked_by=leads[each.partner_id],
                )
                for each, indicator in pairs[::ASKING]
            ),
            # Some are still waiting for what they asked a year ago.
            ignore_conflicts=True,
        )

    def _who(self, assessments: Sequence[Assessment], role: Membership.Role) -> Mapping[int, User]:
        """Who has the role, by the partner's number."""
        roles = Membership.objects.current().filter(role=role)
        partners = [each.partner_id for each in assessments]
        found = roles.filter(partner__in=partners).select_related("person")
        return {each.partner_id: each.person for each in found}

    # --- Moves -----------------------------------------------------------------------------------

    def _move(self, assessments: Sequence[Assessment]) -> None:
        """Send, sign off and accept, each by somebody who may."""
        pks = [each.pk for each in assessments]
        mine = Assessment.objects.filter(pk__in=pks)
        sent = self._by(Membership.Role.LEAD)
        at = timezone.now()
        mine.update(
            state=State.AWAITING,
            came_from=State.DRAFT,
            sent_at=at,
            sent_by=sent,
            moved_at=at,
            moved_by=sent,
        )
        signed = self._by(Membership.Role.LEADER)
        at = timezone.now()
        mine.update(
            state=State.SUBMITTED,
            came_from="",
            submitted_at=at,
            submitted_by=signed,
            moved_at=at,
            moved_by=signed,
        )
        self._accept(mine)

    def _by(self, role: Membership.Role) -> Subquery:
        """Who has the role at the partner of the assessment that is updated."""
        roles = Membership.objects.filter(partner=OuterRef("partner_id"), role=role)
        return Subquery(roles.order_by().values("person")[:1])

    def _accept(self, submitted: QuerySet[Assessment]) -> None:
        related = ("round__edition", "partner", "sent_by", "submitted_by")
        found = list(submitted.select_related(*related).order_by("pk"))
        Review.objects.bulk_create(
            Review(assessment=each, decision=Review.Decision.ACCEPTED, by=self.staff)
            for each in found
        )
        rows = self._rows(found)
        copies = (self._copy(Sheet(each, CLOSED, tuple(rows[each.pk]))) for each in found)
        Snapshot.objects.bulk_create(copies, batch_size=BATCH)
        own = Snapshot.objects.filter(assessment=OuterRef("pk"))
        submitted.update(
            state=State.ACCEPTED,
            snapshot=Subquery(own.order_by().values("pk")[:1]),
            moved_at=timezone.now(),
            moved_by=self.staff,
        )
        for verb, by in [(Verb.SENT, None), (Verb.SIGNED_OFF, None), (Verb.ACCEPTED, self.staff)]:
            entries = [Entry(each.partner, each) for each in found]
            record_each(verb=verb, by=by, entries=entries, notices={})

    def _rows(self, assessments: Sequence[Assessment]) -> Mapping[int, list[Row]]:
        """All answers by their assessment, as accepted copies are made of them."""
        found: dict[int, list[Row]] = defaultdict(list)
        answers = Answer.objects.filter(assessment__in=assessments).in_order()
        for answer in answers.select_related("indicator__commitment", "updated_by"):
            found[answer.assessment_id].append(Row(answer, is_open=False, comment=""))
        return found

    def _copy(self, sheet: Sheet) -> Snapshot:
        content = snapshots.content_of(sheet, 1)
        return Snapshot(
            assessment=sheet.assessment,
            number=1,
            partner_name=sheet.assessment.partner.name,
            content=content,
            sha256=snapshots.digest(content),
            accepted_by=self.staff,
        )
