"""Good practice that partners agreed to share."""

from typing import Self

import pghistory
import pgtrigger
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from assessments import helping
from assessments.models.answers import Answer
from commitments.models import Indicator
from signatories.models import Partner, User


class GoodPracticeQuerySet(models.QuerySet["GoodPractice"]):
    """Sets of good practices."""

    def published(self) -> Self:
        """Those that everybody can read."""
        return self.filter(state=GoodPractice.State.PUBLISHED)

    def visible_to(self, user: User) -> Self:
        """Every one for ecda; for others what is published and what their own partners offered."""
        if user.is_ecda:
            return self
        mine = Q(partner__memberships__person=user, partner__memberships__ended_at__isnull=True)
        return self.filter(Q(state=GoodPractice.State.PUBLISHED) | mine).distinct()


@pghistory.track(model_name="GoodPracticeHistory", exclude=["search"])
class GoodPractice(models.Model):
    """What a partner does well about an indicator, in words that ecda edits and publishes."""

    class State(models.TextChoices):
        """How far it is."""

        OFFERED = "offered", "Offered"
        PUBLISHED = "published", "Published"
        DECLINED = "declined", "Declined"
        WITHDRAWN = "withdrawn", "Withdrawn"

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="good_practices")
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="good_practices")
    # The answer whose words it began from.
    answer = models.ForeignKey(
        Answer, models.PROTECT, null=True, blank=True, related_name="good_practices"
    )
    slug = models.SlugField(max_length=80, unique=True)
    title = models.CharField(max_length=150)
    body = models.TextField()
    state = models.CharField(max_length=20, choices=State, default=State.OFFERED)
    # Why it was declined or withdrawn.
    reason = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)
    offered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    offered_at = models.DateTimeField(db_default=Now())
    edited_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    edited_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)
    search = models.GeneratedField(
        expression=SearchVector("title", weight="A", config="english")
        + SearchVector("body", weight="B", config="english"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = GoodPracticeQuerySet.as_manager()

    class Meta:
        """An answer is offered once at a time; what is published says by whom and when."""

        ordering = ["-published_at", "-offered_at"]
        indexes = [GinIndex(fields=["search"], name="good_practice_search")]
        constraints = [
            models.UniqueConstraint(
                fields=["partner", "indicator"],
                condition=Q(state="offered"),
                name="good_practice_offered_once",
                violation_error_message="This partner has already offered this to ecda.",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["offered", "published", "declined", "withdrawn"]),
                name="good_practice_state_known",
                violation_error_message="This is not one of the states of a good practice.",
            ),
            models.CheckConstraint(
                condition=~Q(title="") & ~Q(body=""),
                name="good_practice_has_words",
                violation_error_message="A good practice has a title and says something.",
            ),
            models.CheckConstraint(
                condition=~Q(state="published")
                | Q(published_at__isnull=False, published_by__isnull=False),
                name="good_practice_published_by_and_at",
                violation_error_message="A published good practice was published by somebody.",
            ),
            models.CheckConstraint(
                condition=~Q(state="declined") | ~Q(reason=""),
                name="good_practice_declined_with_reason",
                violation_error_message="Who declines a good practice says why.",
            ),
            models.CheckConstraint(
                condition=Q(version__gte=1),
                name="good_practice_version_from_1",
                violation_error_message="Versions start at 1.",
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="good_practice_moves",
                field="state",
                transitions=helping.transitions(helping.PRACTICES),
            ),
            pgtrigger.Trigger(
                name="good_practice_starts_as_offered",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                condition=pgtrigger.Q(new__state__df="offered"),
                func="""
                    RAISE EXCEPTION 'a good practice starts as an offer'
                        USING ERRCODE = 'restrict_violation';
                """,
            ),
            pgtrigger.ReadOnly(
                name="good_practice_keeps_its_place",
                fields=["partner", "indicator", "answer", "slug", "offered_by"],
            ),
            pgtrigger.Protect(name="good_practice_never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.title
