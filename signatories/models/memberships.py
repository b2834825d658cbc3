"""Who belongs to which partner, and in what role."""

from typing import Self

import pghistory
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from signatories.models.partners import Partner
from signatories.models.users import User


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Sets of memberships."""

    def current(self) -> Self:
        """Those that have not ended, of people who may sign in."""
        return self.filter(ended_at__isnull=True, person__is_active=True)


@pghistory.track(model_name="MembershipHistory")
class Membership(models.Model):
    """One person's role at one partner, with its start and its end."""

    class Role(models.TextChoices):
        """What a person may do for the partner; each includes the one before it."""

        CONTRIBUTOR = "contributor", "Contributor"
        LEAD = "lead", "Lead"
        LEADER = "leader", "Leader"

    person = models.ForeignKey(User, models.PROTECT, related_name="memberships")
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role)
    started_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        """A person has one current role at a partner."""

        ordering = ["partner", "person"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "partner"],
                condition=Q(ended_at__isnull=True),
                name="membership_once_at_a_time",
                violation_error_message="This person already has a role at this partner.",
            ),
            models.CheckConstraint(
                condition=Q(role__in=["contributor", "lead", "leader"]),
                name="membership_role_known",
                violation_error_message="A role is contributor, lead or leader.",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at")),
                name="membership_ends_after_it_starts",
                violation_error_message="A membership cannot end before it starts.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}, {self.get_role_display().lower()} at {self.partner}"
