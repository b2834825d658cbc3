"""A believable demonstration: sixteen partners in the middle of a round.

It is made by actions, the printed password apart. Every person is made up, every address is
reserved for examples, and the same seed tells the same story each time.
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
from assessments.actions.answering import Wanted, save_answer
from assessments.actions.assigning import assign
from assessments.actions.evidence import Link
from assessments.actions.improving import Planned, add_improvement
from assessments.actions.reviewing import accept, request_changes
from assessments.actions.rounds import begin_round
from assessments.actions.submitting import send, sign_off
from assessments.models import Answer, Assessment, Round
from assessments.workflow import State
from commitments.models import Edition, Rating
from declaration import jobs
from declaration.uploads import check
from progress.management.demo_ecda import EcdasSide
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
WITHDRAWN = "The council votes on it again after the election, with its new members."
# The partner whose sign-ins are printed.
BRAINTREE = "braintree-district-council"
ASSIGNED = "4.1"


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
        self.names = iter(self._names())

    def tell(self) -> Iterator[str]:
        """Make everything, step by step; yields what was made, in words."""
        self._import_partners()
        yield f"{Partner.objects.count()} partners"
        round_ = self._open_round()
        yield f"round {round_}, due on {round_.due_on:%d/%m/%Y}"
        partners = list(Partner.objects.order_by("name"))
        self.random.shuffle(partners)
        # Braintree's people have work to do: the demonstration begins with theirs.
        partners.sort(key=lambda partner: partner.slug == BRAINTREE)
        for place, (partner, state) in enumerate(zip(partners, STATES, strict=True)):
            self._tell_partner(partner, round_, state, place)
            yield f"{partner}: {workflow.LABELS[state].lower()}"
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

    def _open_round(self) -> Round:
        opened = timezone.localdate() - timedelta(days=40)
        return begin_round(
            edition=self.edition,
            name=str(opened.year),
            opens_on=opened,
            due_on=opened + timedelta(days=61),
            closes_on=opened + timedelta(days=92),
            by=self.staff,
        )

    def _tell_partner(self, partner: Partner, round_: Round, state: State, place: int) -> None:
        leader = self._member(partner, "leader")
        lead = self._member(partner, "lead")
        needed = place % 3 == 0 or state == State.DRAFT
        contributor = self._member(partner, "contributor") if needed else lead
        if partner.kind == Partner.Kind.FIRE:
            self._sign_on_paper(partner, leader)
        elif state != State.DRAFT or place < len(STATES) - UNSIGNED:
            self._sign(partner, leader)
        elif place == len(STATES) - UNSIGNED:
            withdraw(signature=self._sign(partner, leader), reason=WITHDRAWN, by=leader)
        assessment = Assessment.objects.get(partner=partner, round=round_)
        self._answer(assessment, lead, state, place)
        if state != State.DRAFT:
            self._move(assessment, state, lead, leader)
        if partner.slug == BRAINTREE:
            self._share_out(assessment, lead, contributor)

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

    def _sign(self, partner: Partner, leader: User) -> Signature:
        return sign(partner=partner, edition=self.edition, by=leader, **self._said(partner, leader))

    def _sign_on_paper(self, partner: Partner, leader: User) -> Signature:
        scan = (FIXTURES / "demo-scan.png").read_bytes()
        return record_on_paper(
            partner=partner,
            edition=self.edition,
            signed_on=timezone.localdate() - timedelta(days=75),
            minute_reference="Authority minute 2026/41",
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

    def _answer(self, assessment: Assessment, lead: User, state: State, place: int) -> None:
        answers = list(assessment.answers.in_order())
        if state == State.DRAFT:
            answers = answers[: [8, 5, 0, 9][place % 4]]
        usual = self.random.choice([1, 2, 2, 3])
        partner = assessment.partner
        aside = self.words["not_applicable"] if partner.kind == Partner.Kind.COMMISSIONER else []
        reasons = {item["code"]: item["reason"] for item in aside}
        for answer in answers:
            if reason := reasons.get(answer.indicator.code):
                self._set_aside(answer, lead, reason)
            else:
                self._save(answer, lead, usual)

    def _share_out(self, assessment: Assessment, lead: User, contributor: User) -> None:
        """Ask a colleague for an answer, and plan improvements: one overdue, one without owner."""
        today = timezone.localdate()
        answers = {answer.indicator.code: answer for answer in assessment.answers.in_order()}
        due_on = today + timedelta(days=9)
        assign(answer=answers[ASSIGNED], person=contributor, due_on=due_on, by=lead)
        for item in self.words["improvements"]:
            planned = Planned(item["what"], item["owner"], today + timedelta(days=item["due_in"]))
            indicator = answers[item["indicator"]].indicator
            partner = assessment.partner
            add_improvement(partner=partner, indicator=indicator, planned=planned, by=lead)

    def _set_aside(self, answer: Answer, lead: User, reason: str) -> None:
        save_answer(
            answer=answer,
            version=answer.version,
            rating=None,
            not_applicable=True,
            reason=reason,
            narrative="",
            completed=True,
            by=lead,
        )

    def _save(self, answer: Answer, lead: User, usual: int) -> None:
        rating = min(4, max(0, usual + self.random.choice([-1, 0, 0, 1])))
        code = answer.indicator.code
        variant = self.random.choice(self.words["answers"][code][rating])
        domain = self.words["domains"][answer.assessment.partner.slug]
        links = [
            Link(title=found["title"], url=found["url"].format(domain=domain))
            for found in variant["evidence"]
        ]
        save_answer(
            answer=answer,
            version=answer.version,
            rating=rating,
            not_applicable=False,
            reason="",
            narrative=variant["narrative"],
            completed=True,
            willing_to_share=rating >= Rating.ESTABLISHED and bool(links),
            by=lead,
            links=links,
            wanted=self._wanted(answer, rating),
        )

    def _wanted(self, answer: Answer, rating: int) -> Wanted:
        """Those who are not far yet ask for help now and then."""
        if rating > 1 or self.random.random() > 0.3:
            return Wanted()
        offers = tuple(answer.indicator.support_offers.all()[:1])
        code = answer.indicator.code
        texts = [item["text"] for item in self.words["support_texts"] if item["indicator"] == code]
        return Wanted(offers=offers, words="" if offers or not texts else texts[0])

    def _move(self, assessment: Assessment, state: State, lead: User, leader: User) -> None:
        send(assessment=assessment, by=lead)
        if state == State.AWAITING:
            return
        sign_off(assessment=assessment, by=leader)
        if state == State.ACCEPTED:
            note = self.random.choice(self.words["review_comments"])
            accept(assessment=assessment, note=str(note), by=self.staff)
        if state == State.CHANGES:
            asked = assessment.answers.in_order()[4:6]
            comments = {answer.indicator_id: self._request() for answer in asked}
            note = "Two answers need a little more before we can accept them."
            request_changes(assessment=assessment, note=note, comments=comments, by=self.staff)

    def _request(self) -> str:
        return str(self.random.choice(self.words["change_requests"]))
