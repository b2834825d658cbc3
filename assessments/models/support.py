"""Help that partners ask for."""

from typing import Self

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from assessments import helping
from commitments.models import Indicator, SupportOffer
from signatories.models import Membership, Partner, User


class SupportRequestQuerySet(models.QuerySet["SupportRequest"]):
    """Sets of support requests."""

    def visible_to(self, user: User) -> Self:
        """Every request for ecda, those of their own partners for everybody else."""
        if user.is_ecda:
            return self
        return self.filter(
            partner__memberships__person=user, partner__memberships__ended_at__isnull=True
        ).distinct()

    def knowing_owner(self) -> Self:
        """Each with `owner_is_theirs`: who has it belongs to the partner, and acts for it."""
        theirs = Membership.objects.current().filter(
            person=models.OuterRef("owner"), partner=models.OuterRef("partner")
        )
        return self.annotate(owner_is_theirs=models.Exists(theirs))

    def waiting(self) -> Self:
        """Those that nobody has ended yet."""
        return self.filter(state__in=SupportRequest.WAITING)


class SupportRequest(models.Model):
    """A partner asks for help with an indicator: one of ecda's offers, or in its own words."""

    class State(models.TextChoices):
        """How far the help is."""

        NEW = "new", "New"
        WITH_ECDA = "with_ecda", "With ecda"
        CONNECTED = "connected", "Connected"
        DONE = "done", "Done"
        DECLINED = "declined", "Declined"
        WITHDRAWN = "withdrawn", "Withdrawn"

    class Urgency(models.TextChoices):
        """How soon the help is needed."""

        NORMAL = "normal", "When it suits"
        SOON = "soon", "Within three months"
        NOW = "now", "Now"

    WAITING = (State.NEW, State.WITH_ECDA, State.CONNECTED)

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="support_requests")
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="support_requests")
    offer = models.ForeignKey(
        SupportOffer, models.PROTECT, null=True, blank=True, related_name="requests"
    )
    words = models.TextField(blank=True)
    urgency = models.CharField(max_length=10, choices=Urgency, default=Urgency.NORMAL)
    state = models.CharField(max_length=20, choices=State, default=State.NEW)
    owner = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    asked_at = models.DateTimeField(db_default=Now())
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = SupportRequestQuerySet.as_manager()

    class Meta:
        """A partner asks for an offer once at a time."""

        ordering = ["-asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["partner", "indicator", "offer"],
                condition=Q(state__in=["new", "with_ecda", "connected"]),
                nulls_distinct=False,
                name="support_request_waiting_once",
                violation_error_message="This partner has already asked for this.",
            ),
            models.CheckConstraint(
                condition=Q(offer__isnull=False) | ~Q(words=""),
                name="support_request_says_what",
                violation_error_message="A request names an offer or says what is needed.",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=["new", "with_ecda", "connected", "done", "declined", "withdrawn"]
                ),
                name="support_request_state_known",
                violation_error_message="This is not one of the states of a support request.",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["new", "with_ecda", "connected"], ended_at__isnull=True)
                | Q(state__in=["done", "declined", "withdrawn"], ended_at__isnull=False),
                name="support_request_ended_at",
                violation_error_message="An ended request says when it ended.",
            ),
            models.CheckConstraint(
                condition=~Q(state="with_ecda") | Q(owner__isnull=False),
                name="support_request_with_ecda_has_owner",
                violation_error_message="A request that is with ecda is with somebody.",
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="support_request_moves",
                field="state",
                transitions=helping.transitions(helping.SUPPORT),
            ),
            pgtrigger.Trigger(
                name="support_request_starts_as_new",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                condition=pgtrigger.Q(new__state__df="new"),
                func="""
                    RAISE EXCEPTION 'a request for support starts as new'
                        USING ERRCODE = 'restrict_violation';
                """,
            ),
            pgtrigger.ReadOnly(
                name="support_request_keeps_its_place",
                fields=["partner", "indicator", "offer", "asked_by"],
            ),
            pgtrigger.Protect(name="support_request_never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.offer.name if self.offer else self.words


class SupportReply(models.Model):
    """What ecda or the partner wrote about a request, seen by both."""

    request = models.ForeignKey(SupportRequest, models.PROTECT, related_name="replies")
    words = models.TextField()
    from_ecda = models.BooleanField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        """A reply is kept as it was sent."""

        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(words=""),
                name="support_reply_has_words",
                violation_error_message="A reply says something.",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="support_reply_kept", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return self.words
