"""A believable demonstration: sixteen partners in the middle of their third round.

It is made by actions, the printed password and the passing of time apart. Every person is made up,
every address is reserved for examples, and the same seed tells the same story each time.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property, partial
from pathlib import Path
from random import Random
from typing import Any

import yaml
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from assessments import workflow
from assessments.actions.assigning import assign
from assessments.actions.improving import Planned, add_improvement
from assessments.actions.reviewing import accept, request_changes
from assessments.actions.rounds import begin_round
from assessments.actions.submitting import send, sign_off
from assessments.models import Round
from assessments.workflow import State
from commitments.models import Edition
from declaration import jobs
from declaration.uploads import check
from progress.management.ageing import let_pass
from progress.management.demo_cast import ASKS_NOW, Author, Role
from progress.management.demo_ecda import EcdasSide
from progress.management.demo_past import CLOSES, DUE, YEAR, PastYear, settle
from signatories.actions.members import add_member
from signatories.actions.partner_imports import confirm_import, read_list, upload_list
from signatories.actions.people import appoint
from signatories.actions.recording import record_on_paper
from signatories.actions.signing import sign
from signatories.actions.withdrawing import withdraw
from signatories.models import Membership, Partner, PartnerImport, Signature, User
from signatories.resources import open_list

PASSWORD = "essex-demo-2026"  # noqa: S105  printed on purpose: demo sign-ins open nothing real
SEED = 2026
FIXTURES = Path(settings.ROOT) / "fixtures"

# How far each partner is, in the order of the partners' list; the first ones are furthest.
STATES = [
    *[State.ACCEPTED] * 6,
    *[State.SUBMITTED] * 3,
    *[State.AWAITING] * 2,
    State.CHANGES,
    *[State.DRAFT] * 4,
]
UNSIGNED = 3
# How many answers those still writing have, by their place.
WRITTEN = (8, 5, 0, 9)
# They signed in four groups: how many days it was from each to the next, and to the first round.
SIGNED = (9, 5, 14, 7)
# How many days this year's round has been open, and of these the days between its steps.
OPENED = 40
STEPS = (12, 5, 8, 4, 7, 4)
# Who wrote half of the first round's answers, and whose leader never signed them off.
HALF, NOT_SIGNED_OFF = frozenset({14}), frozenset({10})
# Whose leaders show their ratings since the second: two of the eleven districts, so that nobody
# can tell from the figures of the districts what the five that are none said.
PUBLISHING = frozenset({0, 7})
WITHDRAWN = "The council votes on it again after the election, with its new members."
# The partner whose sign-ins are printed.
BRAINTREE = "braintree-district-council"
ASSIGNED = "4.1"
# The commitments for which it has shown no evidence yet.
BARE = ("4", "5")


@dataclass(frozen=True)
class SignIn:
    """One way into the demonstration."""

    who: str
    email: str


SIGN_INS = [
    SignIn("Lead of Braintree District Council", "lead@braintree.example"),
    SignIn("Leader of Braintree District Council", "leader@braintree.example"),
    SignIn("Contributor at Braintree District Council", "contributor@braintree.example"),
    SignIn("ecda staff", "staff@ecda.example"),
    SignIn("Administrator", "administrator@ecda.example"),
]


class Demo:
    """Tells the story once, in a database that has no partners yet."""

    def __init__(self, edition: Edition) -> None:
        self.edition = edition
        self.random = Random(SEED)  # noqa: S311  a story, not a secret
        self.words: Mapping[str, Any] = yaml.safe_load(
            (FIXTURES / "demo.yaml").read_text(encoding="utf-8")
        )
        self.author = Author(self.words, SEED)
        self.names = iter(self._names())

    def tell(self) -> Iterator[str]:
        """Make everything, step by step; yields what was made, in words."""
        self._import_partners()
        yield f"{Partner.objects.count()} partners"
        roles = self._cast()
        for group, days in enumerate(SIGNED):
            for role in roles[group :: len(SIGNED)]:
                self._sign_for(role, ago=sum(SIGNED[group:]))
            let_pass(days)
        yield f"{Signature.objects.count()} signatures"
        yield from self._tell_past(roles)
        round_ = self._tell_this_year(roles)
        yield f"round {round_}, due on {round_.due_on:%d/%m/%Y}"
        for role in roles:
            yield f"{role.partner}: {workflow.LABELS[role.state].lower()}"
        yield from EcdasSide(round_, self.staff, self.words["ecda"]).tell()

    @cached_property
    def password(self) -> str:
        """The hash of the one password, made once: hashing is slow on purpose."""
        return make_password(PASSWORD)

    @cached_property
    def administrator(self) -> User:
        """Who runs the portal."""
        return self._ecda("administrator", User.Office.ADMINISTRATOR)

    @cached_property
    def staff(self) -> User:
        """Who reviews."""
        return self._ecda("staff", User.Office.STAFF)

    # --- Who is there ----------------------------------------------------------------------------

    def _names(self) -> list[str]:
        return [f"{name['given']} {name['family']}" for name in self.words["names"]]

    def _ecda(self, box: str, office: str) -> User:
        email = f"{box}@{self.words['staff_domain']}"
        person = appoint(email=email, name=next(self.names), office=User.Office(office), by=None)
        return self._let_in(person)

    def _let_in(self, person: User) -> User:
        """Give the person the demonstration's password; nobody real has a printed one."""
        person.password = self.password
        person.save(update_fields=["password"])
        return person

    def _import_partners(self) -> None:
        content = (FIXTURES / "partners.csv").read_bytes()
        by = self.administrator
        found = upload_list(file_name="partners.csv", content=content, by=by, open_=open_list)
        jobs.run(PartnerImport, found.pk, partial(read_list, open_=open_list))
        confirm_import(partner_import=found, ticks=frozenset(), by=by, open_=open_list)

    def _cast(self) -> list[Role]:
        """Every partner with its people, in the order of how far it is this year."""
        partners = list(Partner.objects.order_by("name"))
        self.random.shuffle(partners)
        # Braintree's people have work to do: the demonstration begins with theirs.
        partners.sort(key=lambda partner: partner.slug == BRAINTREE)
        return [
            self._role(partner, state, place)
            for place, (partner, state) in enumerate(zip(partners, STATES, strict=True))
        ]

    def _role(self, partner: Partner, state: State, place: int) -> Role:
        leader = self._member(partner, "leader")
        lead = self._member(partner, "lead")
        needed = place % 3 == 0 or state == State.DRAFT
        contributor = self._member(partner, "contributor") if needed else lead
        bare = BARE if partner.slug == BRAINTREE else ()
        return Role(place, partner, state, leader, lead, contributor, bare)

    def _member(self, partner: Partner, role: str) -> User:
        domain = self.words["domains"][partner.slug]
        membership = add_member(
            partner=partner,
            email=f"{role}@{domain}",
            name=next(self.names),
            role=Membership.Role(role),
            by=self.administrator,
        )
        return self._let_in(membership.person)

    # --- Who signed ------------------------------------------------------------------------------

    def _sign_for(self, role: Role, *, ago: int) -> Signature | None:
        """All signed before the first round, the fire service on paper; a few never did."""
        if role.partner.kind == Partner.Kind.FIRE:
            return self._sign_on_paper(role.partner, role.leader, ago=ago)
        if role.place > len(STATES) - UNSIGNED:
            return None
        said = self._said(role.partner, role.leader)
        return sign(partner=role.partner, edition=self.edition, by=role.leader, **said)

    def _sign_on_paper(self, partner: Partner, leader: User, *, ago: int) -> Signature:
        """Record it so many days before the first round."""
        scan = (FIXTURES / "demo-scan.png").read_bytes()
        signed_on = timezone.localdate() - timedelta(days=12)
        in_the_story = signed_on - timedelta(days=ago + 2 * YEAR + OPENED)
        return record_on_paper(
            partner=partner,
            edition=self.edition,
            signed_on=signed_on,
            minute_reference=f"Authority minute {in_the_story.year}/41",
            scan=check(SimpleUploadedFile("signed-declaration.png", scan, "image/png")),
            by=self.administrator,
            **self._said(partner, leader),
        )

    def _said(self, partner: Partner, leader: User) -> dict[str, str]:
        """What a leader states when signing."""
        titles = self.words["job_titles"]["leaders"]
        return {
            "signatory_name": leader.name,
            "job_title": titles.get(partner.kind, titles["other"]),
            "authority": "Under delegated powers",
        }

    # --- The years -------------------------------------------------------------------------------

    def _name(self, years_ago: int) -> str:
        """The year in which this year's round opened, or so many years before it."""
        return str((timezone.localdate() - timedelta(days=OPENED)).year - years_ago)

    def _tell_past(self, roles: list[Role]) -> Iterator[str]:
        """Two years: in the first two partners never finish, before the second ends two publish."""
        first = PastYear(roles, self.author, self.staff, half=HALF, unsigned=NOT_SIGNED_OFF)
        yield first.tell(self.edition, self._name(2))
        second = PastYear(roles, self.author, self.staff, publishing=PUBLISHING)
        yield second.tell(self.edition, self._name(1))

    def _tell_this_year(self, roles: list[Role]) -> Round:
        """Open the round and let it run until today, each partner as far as its state says."""
        today = timezone.localdate()
        round_ = begin_round(
            edition=self.edition,
            name=self._name(0),
            opens_on=today,
            due_on=today + timedelta(days=DUE),
            closes_on=today + timedelta(days=CLOSES),
            by=self.staff,
        )
        settle(roles)
        days = iter(STEPS)
        # The furthest are two groups, and so are those still writing: not all on the same days.
        first, second = roles[:3], roles[3:]
        for group in (first, second):
            let_pass(next(days))
            self._answer(round_, group, State.ACCEPTED)
            self._send(round_, group, State.ACCEPTED)
        for group in (first, second):
            let_pass(next(days))
            self._accept(round_, group)
        self._answer(round_, roles, State.SUBMITTED, State.AWAITING, State.CHANGES)
        self._send(round_, roles, State.SUBMITTED, State.CHANGES)
        for group in (roles[:-2], roles[-2:]):
            let_pass(next(days))
            self._answer(round_, group, State.DRAFT)
        self._send(round_, roles, State.AWAITING)
        self._request_changes(round_, roles)
        self._share_out(round_, roles[-1])
        self._withdraw(roles[len(STATES) - UNSIGNED])
        return Round.objects.select_related("edition").get(pk=round_.pk)

    def _answer(self, round_: Round, roles: list[Role], *states: State) -> None:
        for role in roles:
            if role.state in states:
                answers = list(role.assessment(round_).answers.in_order())
                if role.state == State.DRAFT:
                    answers = answers[: WRITTEN[role.place % len(WRITTEN)]]
                self.author.write(role, answers, asks=ASKS_NOW)

    def _send(self, round_: Round, roles: list[Role], *states: State) -> None:
        for role in roles:
            if role.state in states:
                sent = send(assessment=role.assessment(round_), by=role.lead)
                if role.state != State.AWAITING:
                    sign_off(assessment=sent, by=role.leader)

    def _accept(self, round_: Round, roles: list[Role]) -> None:
        for role in roles:
            if role.state == State.ACCEPTED:
                note = str(self.random.choice(self.words["review_comments"]))
                accept(assessment=role.assessment(round_), note=note, by=self.staff)

    def _request_changes(self, round_: Round, roles: list[Role]) -> None:
        for role in roles:
            if role.state == State.CHANGES:
                assessment = role.assessment(round_)
                asked = assessment.answers.in_order()[4:6]
                comments = {answer.indicator_id: self._request() for answer in asked}
                note = "Two answers need a little more before we can accept them."
                request_changes(assessment=assessment, note=note, comments=comments, by=self.staff)

    def _request(self) -> str:
        return str(self.random.choice(self.words["change_requests"]))

    def _share_out(self, round_: Round, role: Role) -> None:
        """Ask a colleague for an answer, and plan improvements: one overdue, one without owner."""
        today = timezone.localdate()
        answers = role.assessment(round_).answers.in_order()
        by_code = {answer.indicator.code: answer for answer in answers}
        due_on = today + timedelta(days=9)
        assign(answer=by_code[ASSIGNED], person=role.contributor, due_on=due_on, by=role.lead)
        for item in self.words["improvements"]:
            planned = Planned(item["what"], item["owner"], today + timedelta(days=item["due_in"]))
            indicator = by_code[item["indicator"]].indicator
            add_improvement(
                partner=role.partner, indicator=indicator, planned=planned, by=role.lead
            )

    def _withdraw(self, role: Role) -> None:
        for signature in role.partner.signatures.live():
            withdraw(signature=signature, reason=WITHDRAWN, by=role.leader)
