"""Organisations that sign the Declaration."""

from datetime import date
from typing import Self

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone

from signatories.models.users import User


class PartnerQuerySet(models.QuerySet["Partner"]):
    """Sets of partners."""

    def active(self, on: date | None = None) -> Self:
        """Those that exist today, or existed on the day."""
        day = on or timezone.localdate()
        return self.filter(
            Q(active_from__isnull=True) | Q(active_from__lte=day),
            Q(active_to__isnull=True) | Q(active_to__gte=day),
        )

    def visible_to(self, user: User) -> Self:
        """Every partner for ecda, the partners they belong to now for everybody else."""
        if user.is_ecda:
            return self
        return self.filter(memberships__person=user, memberships__ended_at__isnull=True).distinct()


@pghistory.track(model_name="PartnerHistory")
class Partner(models.Model):
    """An organisation that has signed the Declaration or may sign it."""

    class Kind(models.TextChoices):
        """What sort of organisation it is."""

        COUNTY = "county", "County council"
        UNITARY = "unitary", "Unitary authority"
        DISTRICT = "district", "District council"
        METROPOLITAN = "metropolitan", "Metropolitan district"
        LONDON = "london", "London borough"
        COMBINED = "combined", "Combined authority"
        POLICE = "police", "Police force"
        FIRE = "fire", "Fire and rescue service"
        COMMISSIONER = "commissioner", "Commissioner"
        HEALTH = "health", "Health"
        UNIVERSITY = "university", "University"
        OTHER = "other", "Other"

    name = models.CharField(max_length=200)
    slug = models.SlugField(max_length=200, unique=True)
    kind = models.CharField(max_length=20, choices=Kind)
    gss_code = models.CharField("GSS code", max_length=9, blank=True)
    website = models.URLField(blank=True)
    email_domains = ArrayField(models.CharField(max_length=253), default=list, blank=True)
    active_from = models.DateField(null=True, blank=True)
    active_to = models.DateField(null=True, blank=True)
    succeeded_by = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="predecessors"
    )

    objects = PartnerQuerySet.as_manager()

    class Meta:
        """A name and a GSS code mean one partner."""

        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                Lower("name"),
                name="partner_name_once",
                violation_error_message="A partner of this name already exists.",
            ),
            models.UniqueConstraint(
                fields=["gss_code"],
                condition=~Q(gss_code=""),
                name="partner_gss_code_once",
                violation_error_message="A partner with this GSS code already exists.",
            ),
            models.CheckConstraint(
                condition=Q(gss_code="") | Q(gss_code__regex=r"^[A-Z][0-9]{8}$"),
                name="partner_gss_code_shape",
                violation_error_message="A GSS code is a capital letter and eight digits.",
            ),
            models.CheckConstraint(
                condition=Q(
                    kind__in=[
                        "county", "unitary", "district", "metropolitan", "london", "combined",
                        "police", "fire", "commissioner", "health", "university", "other",
                    ]
                ),
                name="partner_kind_known",
                violation_error_message="This is not one of the kinds of partner.",
            ),
            models.CheckConstraint(
                condition=Q(active_to__gte=F("active_from"))
                | Q(active_from__isnull=True)
                | Q(active_to__isnull=True),
                name="partner_ends_after_it_begins",
                violation_error_message="A partner cannot end before it begins.",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name
