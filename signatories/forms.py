"""Is the input well-formed: people, signatures, certificates’ numbers, partner lists."""

from collections.abc import Iterable
from pathlib import PurePath
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from commitments.models import Edition
from declaration.forms import Radios
from signatories.models import Membership

Role = Membership.Role
MAX_LIST_BYTES = 2 * 1024 * 1024

ROLE_HINTS = {
    Role.CONTRIBUTOR: "Answers indicators, adds evidence, asks for support",
    Role.LEAD: "Also adds and removes members, and sends the assessment for sign-off",
    Role.LEADER: "Also signs the Declaration and signs off assessments",
}


class RoleForm(forms.Form):
    """A member's role, from those that the person who asks may give."""

    role = forms.ChoiceField(
        label="Role", widget=Radios(), error_messages={"required": "Select a role"}
    )

    def __init__(self, *args: object, roles: Iterable[Role], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # handed on as they are
        field = self.fields["role"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  for the type checker
        offered = [role for role in Role if role in frozenset(roles)]
        field.choices = [(role.value, role.label) for role in offered]
        assert isinstance(field.widget, Radios)  # noqa: S101  for the type checker
        field.widget.hints = {role.value: ROLE_HINTS[role] for role in offered}


class MemberForm(RoleForm):
    """A person, by e-mail address, and the role they are to have."""

    email = forms.EmailField(
        label="E-mail address",
        max_length=254,
        help_text="They sign in with it. Somebody who is known to the portal keeps their name.",
        widget=forms.EmailInput({"autocomplete": "off", "spellcheck": "false"}),
    )
    name = forms.CharField(
        label="Full name", max_length=200, widget=forms.TextInput({"autocomplete": "off"})
    )
    field_order = ("name", "email", "role")


class SignatureForm(forms.Form):
    """What a leader states when signing; `edition` is the one whose text the page showed."""

    edition = forms.CharField(widget=forms.HiddenInput, required=False)
    signatory_name = forms.CharField(
        label="Your full name",
        max_length=200,
        help_text="As it should stand on the certificate",
        widget=forms.TextInput({"autocomplete": "name", "spellcheck": "false"}),
    )
    job_title = forms.CharField(
        label="Your job title",
        max_length=200,
        help_text="For example, Chief Executive",
        widget=forms.TextInput({"autocomplete": "organization-title"}),
    )
    authority = forms.CharField(
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


class PartnerListForm(forms.Form):
    """An uploaded partner list."""

    file = forms.FileField(
        label="Partner list",
        help_text="A CSV file of 2 MB or less",
        widget=forms.ClearableFileInput({"accept": ".csv,text/csv"}),
        error_messages={"empty": "The file is empty", "required": "Select a CSV file"},
        max_length=300,
    )

    def clean_file(self) -> "UploadedFile[bytes]":
        """Refuse what is too large or is not called a CSV file; the bytes are read later."""
        found: UploadedFile[bytes] = self.cleaned_data["file"]
        if (found.size or 0) > MAX_LIST_BYTES:
            raise ValidationError("The file must be 2 MB or smaller")
        if PurePath(found.name or "").suffix.lower() != ".csv":
            raise ValidationError("The file must be a CSV file, with a name that ends in .csv")
        return found
