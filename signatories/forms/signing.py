"""Is the input well-formed: signatures here and on paper, withdrawals, numbers of certificates."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from commitments.models import Edition
from declaration.actions import RefusedError
from declaration.fields import NameField
from declaration.forms import GovukDateField, LongTextField
from declaration.uploads import Checked, Upload, check
from signatories.actions.recording import require_likely
from signatories.actions.withdrawing import MAX_REASON

SCANS = frozenset({"application/pdf", "image/png", "image/jpeg"})
NO_SCAN = "The scan must be a PDF, PNG or JPEG file"


class ConfirmedForm(forms.Form):
    """A form that may ask besides for a code that was e-mailed to whoever fills it in.

    `code_sent_to` is the address to which a code has gone just now.
    """

    code_sent_to = ""

    def ask_for_code(self, address: str) -> None:
        """Show a field for the code."""
        self.fields["code"] = forms.CharField(
            label="Code from our e-mail",
            required=False,
            help_text=(
                f"We e-mail it to {address}. It works for 15 minutes, and only in this browser."
            ),
            widget=forms.TextInput(
                {
                    "class": "govuk-input--width-10",
                    "autocomplete": "one-time-code",
                    "autocapitalize": "characters",
                    "spellcheck": "false",
                }
            ),
        )


class SignatureForm(ConfirmedForm):
    """What a leader states when signing; `edition` is the one whose text the page showed.

    `writer` is a token of whom the page was shown to.
    """

    edition = forms.CharField(widget=forms.HiddenInput, required=False)
    writer = forms.CharField(widget=forms.HiddenInput, required=False)
    signatory_name = NameField(
        label="Your full name",
        max_length=200,
        help_text="As it should stand on the certificate",
        widget=forms.TextInput({"autocomplete": "name", "spellcheck": "false"}),
    )
    job_title = NameField(
        label="Your job title",
        max_length=200,
        help_text="For example, Chief Executive",
        widget=forms.TextInput({"autocomplete": "organization-title"}),
    )
    authority = NameField(
        label="Your authority to sign",
        max_length=200,
        help_text=(
            "What lets you bind your organisation. For example, “under delegated powers” or "
            "“decision of Cabinet, 12 May 2026”"
        ),
    )
    confirmed = forms.BooleanField(
        label="I confirm that I have read the Declaration and may sign it for my organisation",
        error_messages={"required": "Confirm that you have read the Declaration and may sign it"},
    )

    def __init__(self, *args: Any, edition: Edition, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.to_sign = edition
        self.initial["edition"] = edition.slug
        self.is_outdated = False

    def clean(self) -> dict[str, Any]:
        """Refuse a signature of a text that the page did not show, and ask for it again."""
        given = super().clean() or {}
        if given.get("edition") != self.to_sign.slug:
            self.is_outdated = True
            typed = {name: self.data.get(name) for name in self.data}
            self.data = typed | {"edition": self.to_sign.slug, "confirmed": ""}
            words = "Read this text first: it was published after you had opened the page"
            self.add_error("confirmed", words)
        return given


class PaperSignatureForm(forms.Form):
    """A signature that was given on paper, with its scan; `editions` are the published ones."""

    edition = forms.ChoiceField(
        label="Which edition did they sign?", error_messages={"required": "Select an edition"}
    )
    signatory_name = NameField(
        label="Full name of who signed",
        max_length=200,
        help_text="As it should stand on the certificate",
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": "Enter the full name of who signed"},
    )
    job_title = NameField(
        label="Their job title", max_length=200, help_text="For example, Chief Executive"
    )
    authority = NameField(
        label="Their authority to sign",
        max_length=200,
        help_text="For example, “under delegated powers”",
    )
    signed_on = GovukDateField(
        label="When did they sign?",
        subject="Day of the signature",
        help_text="The date on the paper. For example, 27 3 2026",
    )
    minute_reference = NameField(
        label="Minute reference",
        max_length=200,
        help_text=(
            "Where your records say that it was received. It stands on the certificate. "
            "For example, “ecda board 12 May 2026, item 4”"
        ),
        error_messages={"required": "Enter the minute reference"},
    )
    scan = forms.FileField(
        label="Scan of the signed paper",
        help_text="A PDF, PNG or JPEG file of 25 MB or less. People at the partner and ecda see it",
        widget=forms.ClearableFileInput({"accept": ".pdf,.png,.jpg,.jpeg"}),
        error_messages={
            "required": "Select the scan of the signed paper",
            "empty": "The scan is empty. Select another file",
        },
        max_length=300,
    )
    confirmed = forms.BooleanField(
        label="I have seen the signed paper, and what I have entered is what it says",
        error_messages={"required": "Confirm that you have seen the signed paper"},
    )

    def __init__(self, *args: Any, editions: list[Edition], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.editions = {edition.slug: edition for edition in editions}
        field = self.fields["edition"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  for the type checker
        field.choices = [(slug, edition.title) for slug, edition in self.editions.items()]

    def clean_signed_on(self) -> date:
        """Refuse a day to come, and one that is too long ago to be meant."""
        found: date = self.cleaned_data["signed_on"]
        try:
            require_likely(found)
        except RefusedError as error:
            raise ValidationError(str(error)) from error
        return found

    def clean_scan(self) -> Checked:
        """Look at what the file really holds; only papers and pictures are scans."""
        upload: Upload = self.cleaned_data["scan"]
        try:
            found = check(upload)
        except RefusedError as error:
            raise ValidationError(str(error)) from error
        if found.media_type not in SCANS:
            raise ValidationError(NO_SCAN)
        return found


class WithdrawalForm(ConfirmedForm):
    """Why a signature is withdrawn."""

    reason = LongTextField(
        label="Why is the signature withdrawn?",
        help_text="Everyone can read the reason in the register",
        max_length=MAX_REASON,
        rows=5,
        error_messages={
            "required": "Enter why the signature is withdrawn",
            "max_length": "The reason must be 1,000 characters or fewer",
        },
    )
    confirmed = forms.BooleanField(
        label="I confirm that I withdraw this signature for the organisation",
        error_messages={"required": "Confirm that you withdraw this signature"},
    )
