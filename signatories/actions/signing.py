"""Sign the Declaration, and keep what was signed, here or on paper."""

from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from commitments.models import Edition
from declaration import jobs
from declaration.actions import RefusedError, action
from signatories.actions.events import record
from signatories.models import Certificate, Event, Partner, Signature, User
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
    signature = keep_signature(
        partner=partner,
        edition=edition,
        signatory_name=signatory_name,
        job_title=job_title,
        authority=authority,
        signed_by=by,
    )
    record(
        verb=Verb.SIGNED,
        by=by,
        partner=partner,
        subject=signature,
        note=edition.title,
        path=signature_path(signature),
    )
    return signature


@action
def note_confirmed(*, by: User) -> Event:
    """Append to the timeline that the person has shown by an e-mailed code who they are."""
    return record(verb=Verb.IDENTITY_CONFIRMED, by=by, subject=by)


def keep_signature(
    *, partner: Partner, edition: Edition, on: date | None = None, **facts: Any
) -> Signature:
    """Write the one live signature of the edition for the partner, and ask for its certificate.

    `on` is the day it was given, when that is not today. Refuses as `require_signable` does.
    Called by actions, inside their transaction.
    """
    require_signable(partner, edition, on=on)
    try:
        with transaction.atomic():
            signature = Signature.objects.create(
                partner=partner, edition=edition, partner_name=partner.name, **facts
            )
    except IntegrityError:
        # Somebody else signed between our look and our insert; the constraint held.
        require_signable(partner, edition, on=on)
        raise
    _ask_for_certificate(signature)
    return signature


def require_signable(partner: Partner, edition: Edition, *, on: date | None = None) -> None:
    """Refuse a draft, a partner that does not exist today, and a second signature of an edition.

    With `on` the partner is to have existed on that day, whatever has become of it since.
    """
    if not edition.is_published:
        raise RefusedError(f"“{edition.title}” is not published yet, so nobody can sign it.")
    require_existing(partner, on=on)
    found = Signature.objects.live().filter(partner=partner, edition=edition).first()
    if found is not None:
        day = date_format(timezone.localtime(found.signed_at), "j F Y")
        raise AlreadySignedError(
            f"{found.signatory_name} signed “{edition.title}” for {partner} on {day}. "
            "A partner signs an edition once."
        )


def require_existing(partner: Partner, *, on: date | None = None) -> None:
    """Refuse a partner that does not exist today, or did not on the day."""
    if Partner.objects.active(on).filter(pk=partner.pk).exists():
        return
    if on is None or on == timezone.localdate():
        raise RefusedError(f"{partner} does not exist as an organisation today.")
    day = date_format(on, "j F Y")
    raise RefusedError(f"{partner} did not exist as an organisation on {day}.")


def signature_path(signature: Signature) -> str:
    """The page of the signature, for notices."""
    return reverse("signatories:signature-detail", args=[signature.partner.slug, signature.pk])


def _ask_for_certificate(signature: Signature) -> Certificate:
    certificate = Certificate.objects.create(signature=signature, key=f"certificate-{signature.pk}")
    jobs.ring(certificate)
    return certificate
