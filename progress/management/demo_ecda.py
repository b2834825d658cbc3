"""ecda's side of the demonstration: time given, notes, support, connections, good practice.

Made by actions like the rest, from what the partners' side has told so far.
"""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from django.utils import timezone

from assessments.actions import practices, support_queue
from assessments.actions.answering import Wanted, save_answer
from assessments.actions.connecting import connect
from assessments.actions.contacts import give_contact
from assessments.actions.extending import extend
from assessments.actions.noting import add_note
from assessments.actions.planning import plan_round
from assessments.actions.supporting import ask
from assessments.actions.taking import take
from assessments.models import Answer, Assessment, GoodPractice, Round, SupportRequest
from assessments.workflow import State
from commitments.models import Rating
from signatories.actions.writing import write_letter
from signatories.models import Membership, Partner, User

# How many partners agreed that others may contact them, and how many days ecda's next round is off.
CONTACTS = 4
HASTY = "colchester-borough-council"
URGENT = "braintree-district-council"
NEXT_ROUND = 325


class EcdasSide:
    """What staff did in the round so far."""

    def __init__(self, round_: Round, staff: User, words: Mapping[str, Any]) -> None:
        self.round = round_
        self.staff = staff
        self.words = words

    def tell(self) -> Iterator[str]:
        """Make everything, step by step; yields what was made, in words."""
        yield self._plan()
        yield self._extend()
        yield self._review()
        yield self._hasty()
        yield self._contacts()
        yield self._support()
        yield self._practices()
        yield self._letter()

    def _in(self, *states: State) -> list[Assessment]:
        found = self.round.assessments.filter(state__in=states).order_by("partner__name")
        return list(found.select_related("partner", "round"))

    def _lead(self, partner: Partner) -> User:
        return Membership.objects.current().get(partner=partner, role="lead").person

    def _plan(self) -> str:
        opens = timezone.localdate() + timedelta(days=NEXT_ROUND)
        planned = plan_round(
            edition=self.round.edition,
            name=str(int(self.round.name) + 1),
            opens_on=opens,
            due_on=opens + timedelta(days=61),
            closes_on=opens + timedelta(days=92),
            by=self.staff,
        )
        return f"round {planned}, planned for {planned.opens_on:%d/%m/%Y}"

    def _extend(self) -> str:
        late = self._in(State.DRAFT)[-1]
        until = self.round.closes_on + timedelta(days=14)
        extend(assessment=late, until=until, reason=self.words["extension"], by=self.staff)
        return f"{late.partner}: more time"

    def _review(self) -> str:
        first = min(self._in(State.SUBMITTED), key=lambda found: found.submitted_at or found.pk)
        take(assessment=first, by=self.staff)
        add_note(assessment=first, words=self.words["note"], by=self.staff)
        return f"{first.partner}: being reviewed"

    def _hasty(self) -> str:
        """One answer that quality checks ask about, and one partner that needs help now."""
        drafts = {found.partner.slug: found for found in self._in(State.DRAFT)}
        hasty = drafts[HASTY].answers.in_order().filter(completed=True)[0]
        save_answer(
            answer=hasty,
            version=hasty.version,
            rating=Rating.LEADING,
            not_applicable=False,
            reason="",
            narrative="",
            completed=True,
            by=self._lead(drafts[HASTY].partner),
            wanted=Wanted(words=self.words["hasty"]),
        )
        asker = drafts[URGENT].partner
        ask(
            partner=asker,
            indicator=hasty.indicator,
            offer=None,
            words=self.words["urgent"],
            urgency=SupportRequest.Urgency.NOW,
            by=self._lead(asker),
        )
        return f"{asker}: needs support now"

    def _contacts(self) -> str:
        asked = SupportRequest.objects.waiting().order_by("pk").values_list("partner", flat=True)
        strong = [found.partner for found in self._in(State.ACCEPTED)]
        askers = list(Partner.objects.filter(pk__in=asked[:CONTACTS]))
        agreed = {partner.pk: partner for partner in [*strong[:CONTACTS], *askers]}
        for partner in agreed.values():
            lead = self._lead(partner)
            mine = {"name": lead.name, "email": lead.email, **self.words["contact"]}
            give_contact(partner=partner, by=lead, **mine)
        return f"{len(agreed)} contacts"

    def _support(self) -> str:
        """Two are with ecda, one is done, one declined, one connected; the rest is new."""
        waiting = list(SupportRequest.objects.waiting().order_by("asked_at", "pk")[:5])
        for request, words in zip(waiting, self.words["replies"], strict=False):
            support_queue.take(request=request, by=self.staff)
            support_queue.reply(request=request, words=words, by=self.staff)
        for request in waiting[2:3]:
            support_queue.reply(request=request, words=self.words["done"], by=self.staff)
            support_queue.finish(request=request, by=self.staff)
        for request in waiting[3:4]:
            support_queue.decline(request=request, reason=self.words["declined"], by=self.staff)
        connected = self._connect()
        return f"{len(waiting)} requests for support answered, {connected} connected"

    def _connect(self) -> int:
        """Connect the first new request for which somebody strong agreed to be contacted."""
        new = SupportRequest.objects.filter(state="new", partner__contact__isnull=False)
        for request in new.select_related("partner", "indicator").order_by("pk"):
            strong = Answer.objects.filter(
                indicator=request.indicator,
                assessment__state=State.ACCEPTED,
                rating__gte=Rating.ESTABLISHED,
                willing_to_share=True,
                assessment__partner__contact__isnull=False,
            ).exclude(assessment__partner=request.partner)
            found = strong.select_related("assessment__partner").order_by("-rating", "pk").first()
            if found is not None:
                helper, note = found.assessment.partner, self.words["connection"]
                connect(request=request, helper=helper, note=note, by=self.staff)
                return 1
        return 0

    def _practices(self) -> str:
        """The first is published, the next waits for ecda."""
        offered = [found for said in self.words["practices"] if (found := self._offer(said))]
        for practice in offered[:1]:
            words = practices.Words(title=practice.title, body=practice.body)
            practices.publish(
                practice=practice, version=practice.version, words=words, by=self.staff
            )
        return f"{len(offered)} good practices"

    def _offer(self, said: Mapping[str, str]) -> GoodPractice | None:
        """Let the partner that is furthest with the indicator offer it; None when nobody is far."""
        commitment, number = said["indicator"].split(".")
        far = Answer.objects.filter(
            assessment__round=self.round,
            assessment__state=State.ACCEPTED,
            indicator__commitment__number=commitment,
            indicator__number=number,
            rating__gte=Rating.ESTABLISHED,
        ).select_related("assessment__partner")
        answer = far.order_by("-rating", "assessment__partner__name").first()
        if answer is None:
            return None
        words = practices.Words(title=said["title"], body=said["body"])
        lead = self._lead(answer.assessment.partner)
        return practices.offer(answer=answer, words=words, by=lead)

    def _letter(self) -> str:
        """Write to the leads who have not sent their self-assessment."""
        drafts = self._in(State.DRAFT)
        people = [self._lead(found.partner) for found in drafts]
        letter = write_letter(
            key="demonstration",
            chosen="Leads of partners that have not sent their self-assessment",
            people=people,
            by=self.staff,
            **self.words["letter"],
        )
        return f"a letter to {len(people)} leads: {letter}"
