"""Signatures of an edition, and the certificates made of them."""

import secrets
from typing import Self

import pghistory
import pgtrigger
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Now

from commitments.models import Edition
from declaration.jobs import Job, Urgency
from signatories.models.partners import Partner
from signatories.models.users import User

# No vowels, so that no word appears; nothing that is read as something else.
NUMBER_ALPHABET = "23456789BCDFGHJKLMNPQRSTVWXZ"


def new_code() -> str:
    """Return a code that cannot be guessed, for the address of the check page."""
    return secrets.token_urlsafe(18)


def new_number() -> str:
    """Return a short number that a person can read out, such as `7KQM-2RXD`."""
    signs = "".join(secrets.choice(NUMBER_ALPHABET) for _ in range(8))
    return f"{signs[:4]}-{signs[4:]}"


class SignatureQuerySet(models.QuerySet["Signature"]):
    """Sets of signatures."""

    def live(self) -> Self:
        """Those that have not been withdrawn."""
        return self.filter(withdrawn_at__isnull=True)


@pghistory.track(model_name="SignatureHistory")
class Signature(models.Model):
    """A leader's signing of an edition for a partner; may be withdrawn, is never edited."""

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="signatures")
    edition = models.ForeignKey(Edition, models.PROTECT, related_name="signatures")
    partner_name = models.CharField(max_length=200)
    signatory_name = models.CharField(max_length=200)
    job_title = models.CharField(max_length=200)
    authority = models.CharField(max_length=200)
    # The leader who signed here; nobody for a signature given on paper.
    signed_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="signatures"
    )
    # When; of a signature on paper the day it bears, at noon.
    signed_at = models.DateTimeField(db_default=Now())
    # A signature given on paper: who recorded it, when, the minute it rests on, and its scan.
    recorded_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="recorded_signatures"
    )
    recorded_at = models.DateTimeField(null=True, blank=True)
    minute_reference = models.CharField(max_length=200, blank=True)
    scan = models.FileField(max_length=200, blank=True)
    scan_name = models.CharField(max_length=300, blank=True)
    scan_media_type = models.CharField(max_length=100, blank=True)
    scan_sha256 = models.CharField(max_length=64, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="withdrawals"
    )
    withdrawal_reason = models.TextField(blank=True)

    objects = SignatureQuerySet.as_manager()

    class Meta:
        """One live signature per partner and edition; its facts stay as they were signed."""

        ordering = ["-signed_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["partner", "edition"],
                condition=Q(withdrawn_at__isnull=True),
                name="signature_live_once",
                violation_error_message="This partner has already signed this edition.",
            ),
            models.CheckConstraint(
                condition=Q(
                    withdrawn_at__isnull=True, withdrawn_by__isnull=True, withdrawal_reason=""
                )
                | (
                    Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False)
                    & ~Q(withdrawal_reason="")
                ),
                name="signature_withdrawn_with_reason",
                violation_error_message="A withdrawal says who, when and why.",
            ),
            models.CheckConstraint(
                condition=Q(
                    signed_by__isnull=False,
                    recorded_by__isnull=True,
                    recorded_at__isnull=True,
                    minute_reference="",
                    scan="",
                    scan_name="",
                    scan_media_type="",
                    scan_sha256="",
                )
                | (
                    Q(
                        signed_by__isnull=True,
                        recorded_by__isnull=False,
                        recorded_at__isnull=False,
                        signed_at__lte=F("recorded_at"),
                    )
                    & ~Q(minute_reference="")
                    & ~Q(scan="")
                    & ~Q(scan_name="")
                    & ~Q(scan_media_type="")
                    & ~Q(scan_sha256="")
                ),
                name="signature_here_or_on_paper",
                violation_error_message=(
                    "A signature is given here by a person, or on paper with a scan, a minute "
                    "reference, and who recorded it and when, after it was signed."
                ),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="signature_facts_frozen",
                operation=pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.Before,
                declare=[("loose", "TEXT[]")],
                func="""
                    loose := ARRAY['withdrawn_at', 'withdrawn_by_id', 'withdrawal_reason'];
                    IF TG_OP = 'UPDATE' AND OLD.withdrawn_at IS NULL
                        AND to_jsonb(NEW) - loose = to_jsonb(OLD) - loose
                    THEN RETURN NEW; END IF;
                    RAISE EXCEPTION 'a signature is never edited, only withdrawn'
                        USING ERRCODE = 'restrict_violation';
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.partner_name}, signed by {self.signatory_name}"

    @property
    def on_paper(self) -> bool:
        """Whether it was given on paper and recorded by an administrator."""
        return self.recorded_by_id is not None


class CertificateQuerySet(models.QuerySet["Certificate"]):
    """Sets of certificates."""

    def with_validity(self) -> Self:
        """Each with `superseded`: whether its partner has signed a newer edition since."""
        newer = Signature.objects.live().filter(
            partner=OuterRef("signature__partner"),
            edition__published_at__gt=OuterRef("signature__edition__published_at"),
        )
        return self.annotate(superseded=Exists(newer))


class Certificate(Job):
    """The PDF of a signature, made once; its validity derives from signatures."""

    class Validity(models.TextChoices):
        """What a certificate is worth now."""

        VALID = "valid", "Valid"
        SUPERSEDED = "superseded", "Superseded"
        WITHDRAWN = "withdrawn", "Withdrawn"

    task = "signatories.tasks.make_certificate"
    superseded: bool

    signature = models.OneToOneField(Signature, models.PROTECT, related_name="certificate")
    code = models.CharField(max_length=40, unique=True, default=new_code, editable=False)
    number = models.CharField(max_length=9, unique=True, default=new_number, editable=False)
    file = models.FileField(max_length=200, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    template_version = models.PositiveSmallIntegerField(default=1)

    objects = CertificateQuerySet.as_manager()

    class Meta(Job.Meta):
        """Ready means file and hash, and then nothing changes any more."""

        ordering = ["-queued_at"]
        constraints = [
            *Job.Meta.constraints,
            models.CheckConstraint(
                condition=(Q(state="done") & ~Q(file="") & ~Q(sha256=""))
                | (~Q(state="done") & Q(file="", sha256="")),
                name="certificate_ready_has_file",
                violation_error_message="A certificate is ready when its file and hash are kept.",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="certificate_made_once",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__state="done"),
            ),
        ]

    def __str__(self) -> str:
        return f"Certificate {self.number}"

    @property
    def urgency(self) -> Urgency:
        """Before documents: one is short, and is shown to the public."""
        return Urgency.SHORT_STEP

    @property
    def validity(self) -> Validity:
        """What it is worth now; needs a row fetched by `with_validity`."""
        if self.signature.withdrawn_at is not None:
            return self.Validity.WITHDRAWN
        return self.Validity.SUPERSEDED if self.superseded else self.Validity.VALID
