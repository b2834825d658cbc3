"""Is the input well-formed: what everybody may ask about certificates and the register."""

import hashlib
from functools import cached_property

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from signatories.dashboards.register import LABELS, Filters
from signatories.forms.filters import FilterForm
from signatories.models import Partner

MAX_PDF_BYTES = 5 * 1024 * 1024
PDF_BEGINS = b"%PDF-"


class CertificateCheckForm(forms.Form):
    """The number or the code of a certificate, as somebody types it off paper."""

    number = forms.CharField(
        label="Certificate number or code",
        max_length=300,
        help_text="The number is eight letters and digits, like 7KQM-2RXD",
        error_messages={"required": "Enter a certificate’s number or code"},
        widget=forms.TextInput(
            {"class": "govuk-input--width-20", "autocomplete": "off", "spellcheck": "false"}
        ),
    )


class CertificateFileForm(forms.Form):
    """The PDF of a certificate, which is read once and not kept."""

    file = forms.FileField(
        label="The certificate’s PDF",
        help_text="A PDF of 5 MB or less. We compare it and do not keep it.",
        widget=forms.ClearableFileInput({"accept": ".pdf,application/pdf"}),
        error_messages={
            "required": "Select the certificate’s PDF",
            "empty": "The file is empty. Download the certificate again and check that file",
            "invalid": "Select the certificate’s PDF",
        },
    )

    def clean_file(self) -> "UploadedFile[bytes]":
        """Refuse what is too large, did not arrive whole or is no PDF, before it is compared."""
        found: UploadedFile[bytes] = self.cleaned_data["file"]
        if (found.size or 0) > MAX_PDF_BYTES:
            raise ValidationError("The file must be 5 MB or smaller. Certificates are much smaller")
        if trouble := getattr(found, "trouble", ""):
            raise ValidationError(f"The file {trouble}")
        begins = found.read(len(PDF_BEGINS))
        found.seek(0)
        if begins != PDF_BEGINS:
            raise ValidationError(
                "The file is not a PDF. Select the certificate as it was downloaded, "
                "not a scan or a picture of it"
            )
        return found

    @cached_property
    def sha256(self) -> str:
        """The hash of the file’s bytes, read piece by piece."""
        digest = hashlib.sha256()
        for piece in self.cleaned_data["file"].chunks():
            digest.update(piece)
        return digest.hexdigest()


class RegisterForm(FilterForm):
    """Which partners the register shows; what is not known is named in words and left out."""

    kind = forms.ChoiceField(
        required=False,
        label="Kind of partner",
        choices=[("", "All kinds"), *Partner.Kind.choices],
        error_messages={"invalid_choice": "There is no such kind. All kinds are shown."},
    )
    state = forms.ChoiceField(
        required=False,
        label="State",
        choices=[("", "All"), *((state.value, words) for state, words in LABELS.items())],
        error_messages={"invalid_choice": "There is no such state. All partners are shown."},
    )

    @property
    def filters(self) -> Filters:
        """What was asked for, with everything in place of what was not understood."""
        return Filters(**self.understood)
