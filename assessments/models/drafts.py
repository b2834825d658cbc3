"""What one person has typed in an answer and not saved, and who has the page open."""

from typing import Self

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Cast, Now
from django.db.models.lookups import LessThanOrEqual

from assessments.models.answers import Answer
from signatories.models import User

# The largest draft that is kept, in bytes of its JSON: more than any form can hold that is saved.
MAX_DRAFT_BYTES = 2_000_000
MAX_ASIDE_BYTES = 3 * MAX_DRAFT_BYTES


def _json_bytes(field: str) -> models.Func:
    text = Cast(field, models.TextField())
    return models.Func(text, function="octet_length", output_field=models.IntegerField())


class DraftQuerySet(models.QuerySet["Draft"]):
    """Sets of drafts."""

    def visible_to(self, user: User) -> Self:
        """Those that the person wrote; nobody else ever sees one, ecda neither."""
        return self.filter(person=user)


class Draft(models.Model):
    """One person's unsaved typing in one answer: no history, and nobody else sees it.

    `typed` is the form as the browser sent it, field name to list of texts, checked by nobody yet:
    a half-typed address and a date without a year are kept too. `version` is the answer's version
    that the typing began from. `page` is the opened page that wrote last and `revision` counts the
    writings, so that two tabs of one person do not overwrite each other. `aside` holds what a
    later page of the same person took the place of, the latest first: a list of {"kept_at",
    "typed", "version"}.
    """

    answer = models.ForeignKey(Answer, models.PROTECT, related_name="drafts")
    person = models.ForeignKey(User, models.PROTECT, related_name="drafts")
    version = models.PositiveIntegerField()
    typed = models.JSONField()
    aside = models.JSONField(default=list, blank=True)
    page = models.CharField(max_length=40)
    revision = models.PositiveIntegerField(default=1)
    kept_at = models.DateTimeField(db_default=Now())

    objects = DraftQuerySet.as_manager()

    class Meta:
        """A person has one draft of an answer."""

        ordering = ["-kept_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["answer", "person"],
                name="draft_once_per_person_and_answer",
                violation_error_message="This person already has a draft of that answer.",
            ),
            models.CheckConstraint(
                condition=Q(LessThanOrEqual(_json_bytes("typed"), MAX_DRAFT_BYTES))
                & Q(LessThanOrEqual(_json_bytes("aside"), MAX_ASIDE_BYTES)),
                name="draft_not_too_large",
                violation_error_message="This is too long to be kept as a draft.",
            ),
        ]
        triggers = [pgtrigger.ReadOnly(name="draft_keeps_its_place", fields=["answer", "person"])]

    def __str__(self) -> str:
        return f"{self.person}’s draft of {self.answer}"


class Presence(models.Model):
    """A person has an answer's page open, or had it a moment ago: a note, not a lock."""

    answer = models.ForeignKey(Answer, models.PROTECT, related_name="presences")
    person = models.ForeignKey(User, models.PROTECT, related_name="+")
    seen_at = models.DateTimeField(db_default=Now())

    class Meta:
        """One row for each person and answer, renewed while the page is open."""

        constraints = [
            models.UniqueConstraint(
                fields=["answer", "person"],
                name="presence_once_per_person_and_answer",
                violation_error_message="This person is already noted here.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} at {self.answer}"
