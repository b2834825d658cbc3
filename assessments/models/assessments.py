"""A partner's self-assessment in one round, and who may move it."""

from datetime import date
from typing import Self

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from assessments import workflow
from assessments.models.rounds import Round
from assessments.workflow import State, Who
from signatories.models import Partner, User

STATE_CHOICES = [(state.value, workflow.LABELS[state]) for state in State]

# The date in Essex.
TODAY = "(now() AT TIME ZONE 'Europe/London')::date"

# What each kind of mover has to be; `own` is the role at the partner, `place` the office at ecda,
# `writes` whether the round is open to the partner.
MOVERS = {
    Who.LEAD: "own IN ('lead', 'leader') AND writes",
    Who.LEADER: "own = 'leader' AND writes",
    Who.ECDA: "place IN ('staff', 'administrator') AND own IS NULL",
}


def _moved_by_whom() -> str:
    """The trigger's body: who may make which move, by the table in `workflow`.

    Partners move nothing once the round is closed to them; ecda's review goes on. A move has a
    time of its own: who made the one before has not made this one.
    """
    allowed = " OR ".join(
        f"(OLD.state = '{source}' AND NEW.state = '{target}' AND ({MOVERS[Who(each)]}))"
        for (source, target), who in workflow.movers().items()
        for each in who
    )
    return f"""
        SELECT m.role INTO own FROM signatories_membership m
        JOIN signatories_user p ON p.id = m.person_id AND p.is_active
        WHERE m.person_id = NEW.moved_by_id AND m.partner_id = NEW.partner_id
            AND m.ended_at IS NULL;
        SELECT u.office INTO place FROM signatories_user u
        WHERE u.id = NEW.moved_by_id AND u.is_active;
        SELECT COALESCE({TODAY} <= NEW.extended_to, FALSE)
            OR (r.closed_at IS NULL AND {TODAY} <= r.closes_on)
        INTO writes FROM assessments_round r WHERE r.id = NEW.round_id;
        IF NEW.moved_at IS DISTINCT FROM OLD.moved_at AND ({allowed}) THEN RETURN NEW; END IF;
        RAISE EXCEPTION 'this person may not make this move'
            USING ERRCODE = 'restrict_violation';
    """


class AssessmentQuerySet(models.QuerySet["Assessment"]):
    """Sets of assessments."""

    def visible_to(self, user: User) -> Self:
        """Every assessment for ecda, those of their own partners for everybody else."""
        if user.is_ecda:
            return self
        return self.filter(
            partner__memberships__person=user, partner__memberships__ended_at__isnull=True
        ).distinct()


class Assessment(models.Model):
    """One partner in one round; moves between states by the table in `workflow`."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="assessments")
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="assessments")
    state = models.CharField(max_length=20, choices=STATE_CHOICES, default=State.DRAFT.value)
    came_from = models.CharField(max_length=20, choices=STATE_CHOICES, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    sent_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    snapshot = models.OneToOneField(
        "assessments.Snapshot", models.PROTECT, null=True, blank=True, related_name="+"
    )
    # The last day on which this partner can write, where it is a later one than the round's.
    extended_to = models.DateField(null=True, blank=True)
    # Who at ecda has the review in hand, since when.
    reviewer = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    taken_at = models.DateTimeField(null=True, blank=True)
    # Who brought it to the state it is in, when.
    moved_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    moved_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        """What can never be true of an assessment."""

        ordering = ["round", "partner"]
        constraints = [
            models.UniqueConstraint(
                fields=["round", "partner"],
                name="assessment_once_per_round",
                violation_error_message="This partner already has an assessment in this round.",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in State]),
                name="assessment_state_known",
                violation_error_message="This is not one of the states of an assessment.",
            ),
            models.CheckConstraint(
                condition=Q(state="awaiting", came_from__in=["draft", "changes"])
                | (~Q(state="awaiting") & Q(came_from="")),
                name="assessment_awaiting_came_from",
                violation_error_message="An assessment awaiting sign-off came from somewhere.",
            ),
            models.CheckConstraint(
                condition=~Q(state="awaiting") | Q(sent_at__isnull=False, sent_by__isnull=False),
                name="assessment_awaiting_sent_by_and_at",
                violation_error_message="An assessment is sent for sign-off by somebody.",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["submitted", "accepted"])
                | Q(submitted_at__isnull=False, submitted_by__isnull=False),
                name="assessment_submitted_by_and_at",
                violation_error_message="A submitted assessment was signed off by somebody.",
            ),
            models.CheckConstraint(
                condition=Q(state="accepted", snapshot__isnull=False)
                | (~Q(state="accepted") & Q(snapshot__isnull=True)),
                name="assessment_accepted_has_snapshot",
                violation_error_message="An accepted assessment has a snapshot, no other has.",
            ),
            models.CheckConstraint(
                condition=Q(reviewer__isnull=True, taken_at__isnull=True)
                | Q(reviewer__isnull=False, taken_at__isnull=False),
                name="assessment_taken_by_and_at",
                violation_error_message="A review that somebody has was taken at some time.",
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="assessment_moves", field="state", transitions=workflow.transitions()
            ),
            pgtrigger.Trigger(
                name="assessment_starts_as_draft",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                condition=pgtrigger.Q(new__state__df="draft"),
                func="""
                    RAISE EXCEPTION 'an assessment starts as a draft'
                        USING ERRCODE = 'restrict_violation';
                """,
            ),
            pgtrigger.Trigger(
                name="assessment_returns_to_where_it_came_from",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                condition=pgtrigger.Q(old__state="awaiting")
                & pgtrigger.Q(new__state__in=["draft", "changes"]),
                func="""
                    IF NEW.state = OLD.came_from THEN RETURN NEW; END IF;
                    RAISE EXCEPTION 'an assessment returns to where it came from'
                        USING ERRCODE = 'restrict_violation';
                """,
            ),
            pgtrigger.ReadOnly(name="assessment_keeps_its_place", fields=["round", "partner"]),
            pgtrigger.Trigger(
                name="assessment_moved_by_whom",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                condition=pgtrigger.Q(old__state__df=pgtrigger.F("new__state")),
                declare=[("own", "TEXT"), ("place", "TEXT"), ("writes", "BOOLEAN")],
                func=_moved_by_whom(),
            ),
            pgtrigger.Trigger(
                name="assessment_in_an_opened_round",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                func="""
                    IF EXISTS (
                        SELECT 1 FROM assessments_round
                        WHERE id = NEW.round_id AND opened_at IS NOT NULL
                    ) THEN RETURN NEW; END IF;
                    RAISE EXCEPTION 'a round has assessments once it has opened'
                        USING ERRCODE = 'restrict_violation';
                """,
            ),
            pgtrigger.Trigger(
                name="assessment_extended_with_reason",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                condition=pgtrigger.Q(old__extended_to__df=pgtrigger.F("new__extended_to")),
                func="""
                    IF EXISTS (
                        SELECT 1 FROM assessments_extension
                        WHERE assessment_id = NEW.id AND until = NEW.extended_to
                    ) THEN RETURN NEW; END IF;
                    RAISE EXCEPTION 'an extension has a reason'
                        USING ERRCODE = 'restrict_violation';
                """,
            ),
            pgtrigger.Trigger(
                name="assessment_starts_without_extension",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                condition=pgtrigger.Q(new__extended_to__isnull=False),
                func="""
                    RAISE EXCEPTION 'an assessment starts without an extension'
                        USING ERRCODE = 'restrict_violation';
                """,
            ),
            pgtrigger.Trigger(
                name="assessment_keeps_its_own_snapshot",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                condition=pgtrigger.Q(new__snapshot__isnull=False),
                func="""
                    IF NEW.id = (
                        SELECT assessment_id FROM assessments_snapshot WHERE id = NEW.snapshot_id
                    ) THEN RETURN NEW; END IF;
                    RAISE EXCEPTION 'a snapshot belongs to the assessment it was taken of'
                        USING ERRCODE = 'restrict_violation';
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.partner}, {self.round}"

    @property
    def status(self) -> State:
        """The state as the workflow's own word."""
        return State(self.state)

    @property
    def turn(self) -> str:
        """Whose turn it is, in words."""
        return workflow.TURNS[self.status]

    @property
    def due_on(self) -> date:
        """The day by which this partner is to send it: the round's, or its extension's.

        The round's own last day is no extension: it mends a day that was given by mistake.
        """
        until = self.extended_to
        return until if until is not None and until > self.round.closes_on else self.round.due_on

    @property
    def closes_on(self) -> date:
        """The last day on which this partner can write: the round's, or its extension's."""
        return max(self.round.closes_on, self.extended_to or self.round.closes_on)

    @property
    def closed_on(self) -> date:
        """The day on which it closed to this partner: the round may have been closed by hand."""
        by_hand = self.round.closed_at
        if by_hand is None:
            return self.closes_on
        closed = min(timezone.localdate(by_hand), self.round.closes_on)
        return max(closed, self.extended_to or closed)

    def is_closed(self, today: date | None = None) -> bool:
        """Whether this partner can no longer write, send or sign off, by the date in Essex."""
        today = today or timezone.localdate()
        if self.extended_to is not None and today <= self.extended_to:
            return False
        return self.round.is_closed(today)
