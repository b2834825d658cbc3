"""Sign the Declaration."""

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from commitments.models import Edition
from declaration import jobs
from declaration.actions import RefusedError, action
from signatories.actions.events import record
from signatories.models import Certificate, Partner, Signature, User
from signatories.verbs import Verb


class AlreadySignedError(RefusedError):
    """The partner has a live signature of this edition."""


@action
def sign(
    *,
    partner: Partner,
    edition: Edition,
    signatory_name: str,
    job_title: str,
    authority: str,
    by: User,
) -> Signature:
    """Sign the edition for the partner and ask for the certificate.

    The partner's name is kept as it is now. Raises AlreadySignedError when the partner has
    signed, also when another leader does so in the same moment; RefusedError for an edition that
    is not published and a partner that does not exist today.
    """
    if not edition.is_published:
        raise RefusedError(f"“{edition.title}” is not published yet, so nobody can sign it.")
    if not Partner.objects.active().filter(pk=partner.pk).exists():
        raise RefusedError(f"{partner} does not exist as an organisation today.")
    _require_unsigned(partner, edition)
    try:
        with transaction.atomic():
            signature = Signature.objects.create(
                partner=partner,
                edition=edition,
                partner_name=partner.name,
                signatory_name=signatory_name,
                job_title=job_title,
                authority=authority,
                signed_by=by,
            )
    except IntegrityError:
        # Somebody else signed between our look and our insert; the constraint held.
        _require_unsigned(partner, edition)
        raise
    _ask_for_certificate(signature)
    path = reverse("signatories:signature-detail", args=[partner.slug])
    record(verb=Verb.SIGNED, by=by, partner=partner, subject=signature, path=path)
    return signature


def _require_unsigned(partner: Partner, edition: Edition) -> None:
    found = Signature.objects.live().filter(partner=partner, edition=edition).first()
    if found is not None:
        day = date_format(timezone.localtime(found.signed_at), "j F Y")
        raise AlreadySignedError(
            f"{found.signatory_name} signed “{edition.title}” for {partner} on {day}. "
            "A partner signs an edition once."
        )


def _ask_for_certificate(signature: Signature) -> Certificate:
    certificate = Certificate.objects.create(signature=signature, key=f"certificate-{signature.pk}")
    jobs.ring(certificate)
    return certificate
