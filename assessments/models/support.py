"""Help that partners ask for."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from commitments.models import Indicator, SupportOffer
from signatories.models import Partner, User


class SupportRequestQuerySet(models.QuerySet["SupportRequest"]):
    """Sets of support requests."""

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
    reply = models.TextField(blank=True)
    owner = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    asked_at = models.DateTimeField(db_default=Now())
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

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
        ]

    def __str__(self) -> str:
        return self.offer.name if self.offer else self.words
