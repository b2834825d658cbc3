"""Make, hand out and try again the certificate of a signature."""

from collections.abc import Callable

from django.core.files import File
from django.urls import reverse

from declaration import files, jobs
from declaration.actions import RefusedError, action
from signatories.actions.events import record
from signatories.certificates import TEMPLATE_VERSION, certificate_html
from signatories.models import Certificate, Signature, User
from signatories.verbs import NOTICES, Verb


def make_certificate(
    certificate: Certificate, *, render: Callable[[str], bytes]
) -> dict[str, str | int]:
    """Lay out and keep the PDF; return the fields to store when the job is finished.

    `render` turns the document's HTML into the bytes of a PDF. Raises JobFailedError for a
    document that can never be made, whatever `render` raises for trouble that may pass.
    """
    jobs.tell(certificate, 10, "laying out the page")
    html = certificate_html(certificate)
    jobs.tell(certificate, 40, "making the PDF")
    try:
        content = render(html)
    except ValueError as error:
        raise jobs.JobFailedError(f"The page could not be laid out: {error}.") from error
    jobs.tell(certificate, 90, "keeping the PDF")
    kept = files.keep(content, "certificates", ".pdf")
    return {"file": kept.name, "sha256": kept.sha256, "template_version": TEMPLATE_VERSION}


def certificate_made(certificate: Certificate) -> None:
    """Tell the partner's leads that the certificate is ready; runs in the finishing transaction.

    Of a signature that was withdrawn meanwhile it is only noted.
    """
    # Locked, as a withdrawal locks it: who withdraws now waits, and is told of last.
    locked = Signature.objects.select_for_update(of=("self",))
    signature = locked.select_related("partner", "edition").get(pk=certificate.signature_id)
    record(
        verb=Verb.CERTIFICATE_MADE,
        by=None,
        partner=signature.partner,
        subject=certificate,
        note=f"{signature.edition.title}, signed by {signature.signatory_name}",
        path=reverse("signatories:signature-detail", args=[signature.partner.slug, signature.pk]),
        notices=NOTICES if signature.withdrawn_at is None else {},
    )


@action
def retry_certificate(*, certificate: Certificate, by: User) -> Certificate:
    """Try again to make a certificate that could not be made."""
    if not jobs.retry(certificate):
        raise RefusedError("This certificate is not waiting for another try.")
    record(
        verb=Verb.CERTIFICATE_RETRIED,
        by=by,
        partner=certificate.signature.partner,
        subject=certificate,
        note=certificate.number,
    )
    return certificate


@action
def download_certificate(*, certificate: Certificate, by: User) -> File[bytes]:
    """Open the PDF and note that the person took it; RefusedError while there is none."""
    if certificate.state != Certificate.State.DONE:
        raise RefusedError("The certificate is not ready to download yet. Look again in a minute.")
    lost = "The file of this certificate is lost. Ask ecda to bring it back from the backup."
    file = files.open_kept(certificate.file, lost)
    record(
        verb=Verb.CERTIFICATE_DOWNLOADED,
        by=by,
        partner=certificate.signature.partner,
        subject=certificate,
        note=certificate.number,
    )
    return file
