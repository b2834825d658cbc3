"""Partners who help one another: whom others may contact, and whom ecda connected."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from assessments.models.support import SupportRequest
from signatories.models import Partner, User


class Contact(models.Model):
    """Whom other partners may contact, as a lead agreed; without a row, nobody."""

    partner = models.OneToOneField(Partner, models.PROTECT, related_name="contact")
    name = models.CharField(max_length=200)
    job_title = models.CharField(max_length=200, blank=True)
    email = models.EmailField()
    phone = models.CharField(max_length=40, blank=True)
    agreed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    agreed_at = models.DateTimeField(db_default=Now())

    class Meta:
        """A contact has a name and an address."""

        constraints = [
            models.CheckConstraint(
                condition=~Q(name="") & ~Q(email=""),
                name="contact_has_name_and_email",
                violation_error_message="A contact has a name and an e-mail address.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.email}"


class Connection(models.Model):
    """ecda brought together a partner who asked and one who can help; both were told.

    The contacts are kept as they were given to the other side.
    """

    request = models.ForeignKey(SupportRequest, models.PROTECT, related_name="connections")
    helper = models.ForeignKey(Partner, models.PROTECT, related_name="connections")
    note = models.TextField(blank=True)
    asker_contact = models.TextField()
    helper_contact = models.TextField()
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        """A request is connected with a partner once."""

        ordering = ["made_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["request", "helper"],
                name="connection_once_per_helper",
                violation_error_message="These partners have been connected about this already.",
            ),
            models.CheckConstraint(
                condition=~Q(asker_contact="") & ~Q(helper_contact=""),
                name="connection_has_both_contacts",
                violation_error_message="Both sides get the other’s contact.",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="connection_kept", operation=pgtrigger.Update | pgtrigger.Delete
            ),
            pgtrigger.Trigger(
                name="connection_of_two_partners",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                func="""
                    IF NEW.helper_id <> (
                        SELECT partner_id FROM assessments_supportrequest WHERE id = NEW.request_id
                    ) THEN RETURN NEW; END IF;
                    RAISE EXCEPTION 'nobody is connected with themselves'
                        USING ERRCODE = 'restrict_violation';
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request.partner} and {self.helper}"
