"""What people type about evidence: about files that they upload, and about one link or file."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.datastructures import MultiValueDict

from assessments.dashboards import stamp
from assessments.forms.links import LinkForm
from assessments.forms.texts import read_carefully
from assessments.models import Evidence
from declaration.forms import GovukDateField

MAX_NOTE = 500
WITHOUT = "The files were uploaded without this. Give it again under “Change” beside each file"


class AboutFilesForm(forms.Form):
    """The date and the note of the files that are uploaded together; part of the answer's form."""

    files_date = GovukDateField(label="Date of the files", required=False)
    files_note = forms.CharField(label="Note about the files", max_length=MAX_NOTE, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        read_carefully(self)
        self.is_valid()

    @property
    def about(self) -> dict[str, Any]:
        """Date and note as arguments of `add_files`, without what could not be read."""
        dated_on: date | None = self.cleaned_data.get("files_date")
        return {"dated_on": dated_on, "note": self.cleaned_data.get("files_note", "")}

    @property
    def trouble(self) -> list[str]:
        """What could not be read, in words for when the files are there all the same."""
        found = [str(words) for errors in self.errors.values() for words in errors]
        return [f"{words}. {WITHOUT}" for words in found]


class EvidenceForm(forms.Form):
    """What is said of one link or file; the address is a link's, the new file a file's.

    Only with `may_publish` is there a box to show it to the public.
    """

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    title = forms.CharField(
        label="Name", max_length=200, error_messages={"required": "Enter a name"}
    )
    url = LinkForm.base_fields["url"]
    date = GovukDateField(
        label="When it was published (optional)",
        subject="Date",
        help_text="For example, 27 3 2026",
        required=False,
    )
    note = forms.CharField(label="Note (optional)", max_length=MAX_NOTE, required=False)
    public = forms.BooleanField(
        label="Show this to the public",
        help_text=(
            "Anybody can then see and download it, without signing in. Otherwise only people at "
            "your organisation and ecda can."
        ),
        required=False,
    )
    file = forms.FileField(
        label="Replace the file (optional)",
        help_text="The earlier file is kept, and listed below.",
        required=False,
        allow_empty_file=True,
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        sent: MultiValueDict[str, UploadedFile[Any]] | None = None,
        *,
        evidence: Evidence,
        may_publish: bool,
    ) -> None:
        initial = {
            "seen": stamp(evidence),
            "title": evidence.title,
            "url": evidence.url,
            "date": evidence.dated_on,
            "note": evidence.note,
            "public": evidence.public,
        }
        super().__init__(data, sent, initial=initial)
        self.evidence = evidence
        self.fields["url"].required = True
        self.fields["url"].error_messages["required"] = "Enter the address of the page or document"
        del self.fields["url" if evidence.is_file else "file"]
        if not may_publish:
            del self.fields["public"]
        read_carefully(self)

    @property
    def values(self) -> dict[str, Any]:
        """The cleaned input as arguments of `change_evidence`."""
        given = self.cleaned_data
        return {
            "title": given["title"],
            "url": given.get("url", ""),
            "dated_on": given["date"],
            "note": given["note"],
            "public": given.get("public", self.evidence.public),
            "seen": given["seen"],
        }
