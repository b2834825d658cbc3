"""Addresses that were asked to take a role at a partner."""

from datetime import timedelta
from typing import Self

import pghistory
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Now
from django.utils import timezone

from signatories.models.imports import PartnerImport
from signatories.models.memberships import Membership
from signatories.models.partners import Partner
from signatories.models.signatures import new_code
from signatories.models.users import User

LIFETIME = timedelta(days=14)


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Sets of invitations."""

    def waiting(self) -> Self:
        """Those that were neither accepted nor revoked; some of them may have expired."""
        return self.filter(accepted_at__isnull=True, revoked_at__isnull=True)


@pghistory.track(model_name="InvitationHistory")
class Invitation(models.Model):
    """A role offered to an e-mail address; accepted once, by whoever signs in with that address."""

    class State(models.TextChoices):
        """What has become of it."""

        WAITING = "waiting", "Invited"
        EXPIRED = "expired", "Invitation expired"
        ACCEPTED = "accepted", "Accepted"
        REVOKED = "revoked", "Revoked"

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="invitations")
    email = models.EmailField("e-mail address")
    name = models.CharField(max_length=200, blank=True)
    role = models.CharField(max_length=20, choices=Membership.Role)
    code = models.CharField(max_length=40, unique=True, default=new_code, editable=False)
    invited_by = models.ForeignKey(User, models.PROTECT, related_name="invitations")
    invited_at = models.DateTimeField(db_default=Now())
    sent_at = models.DateTimeField(db_default=Now())
    sent_count = models.PositiveSmallIntegerField(default=1)
    expires_at = models.DateTimeField()
    # The partner list that sent it, so that undoing the import takes it back.
    partner_import = models.ForeignKey(
        PartnerImport, models.PROTECT, null=True, blank=True, related_name="invitations"
    )
    accepted_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="accepted_invitations"
    )
    accepted_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="revoked_invitations"
    )
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        """An address waits for one invitation of a partner, and an invitation ends once."""

        ordering = ["-invited_at"]
        constraints = [
            models.UniqueConstraint(
                "partner",
                Lower("email"),
                condition=Q(accepted_at__isnull=True, revoked_at__isnull=True),
                name="invitation_waiting_once",
                violation_error_message="This address has an invitation of this partner already.",
            ),
            models.CheckConstraint(
                condition=Q(role__in=["contributor", "lead", "leader"]),
                name="invitation_role_known",
                violation_error_message="A role is contributor, lead or leader.",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True, accepted_by__isnull=True)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False),
                name="invitation_accepted_by_and_at",
                violation_error_message="An accepted invitation says by whom and when.",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False),
                name="invitation_revoked_by_and_at",
                violation_error_message="A revoked invitation says by whom and when.",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True) | Q(revoked_at__isnull=True),
                name="invitation_ends_once",
                violation_error_message="An invitation is accepted or revoked, not both.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email}, {self.get_role_display().lower()} at {self.partner}"

    @property
    def state(self) -> State:
        """What has become of it, by the web server's clock; accepting asks the database's."""
        if self.accepted_at is not None:
            return self.State.ACCEPTED
        if self.revoked_at is not None:
            return self.State.REVOKED
        expired = self.expires_at <= timezone.now()
        return self.State.EXPIRED if expired else self.State.WAITING

    @property
    def who_else(self) -> str:
        """Who can send it if whoever sent it cannot: only ecda appoints leaders."""
        ecda = self.role == Membership.Role.LEADER
        return "ecda" if ecda else f"a lead of {self.partner} or ecda"

    @property
    def message_key(self) -> str:
        """The key of the e-mail that was last sent for it."""
        return f"invitation-{self.pk}-{self.sent_count}"
