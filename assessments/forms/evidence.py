"""What people type about evidence: about files that they upload, and about one link or file."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Self

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.datastructures import MultiValueDict

from assessments.dashboards import stamp
from assessments.forms.links import LinkForm
from assessments.forms.texts import read_carefully
from assessments.forms.written import WrittenForm
from assessments.models import Evidence
from declaration.forms import BOXES, GovukDateField

MAX_NOTE = 500
# Where the field has another name than what it says.
FIELDS = {"dated_on": "date"}
STALE = (
    "Somebody else changed this while you were writing, and nothing was saved yet. Their version "
    "stands first, and yours is in the form"
)
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


class EvidenceForm(WrittenForm):
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

    def said(self, before: Mapping[str, Any]) -> dict[str, Any]:
        """The cleaned input by the names that are compared; what is not asked is as it was."""
        given = self.cleaned_data
        return {
            "title": given["title"],
            "url": given.get("url", ""),
            "dated_on": given["date"],
            "note": given["note"],
            "public": given.get("public", before["public"]),
        }

    @classmethod
    def asking(
        cls,
        sent: MultiValueDict[str, str],
        current: Evidence,
        values: Mapping[str, Any],
        asked: Mapping[str, str],
        form: "EvidenceForm",
    ) -> "EvidenceForm":
        """The form with these values, as a change of what is stored now, and what it asks about."""
        again, dated_on = sent.copy(), values["dated_on"]
        boxes = (dated_on.day, dated_on.month, dated_on.year) if dated_on else ("", "", "")
        texts = {name: values[name] for name in ("title", "url", "note")}
        texts |= {f"date-{box}": text for box, text in zip(BOXES, boxes, strict=True)}
        texts |= {"public": "on" if values["public"] else "", "seen": stamp(current)}
        for name, text in texts.items():
            again[name] = str(text)
        found = cls(again, evidence=current, may_publish="public" in form.fields)
        found.add_error(None, STALE)
        for name, words in asked.items():
            found.add_error(FIELDS.get(name, name), words)
        return found

    def with_number(self, number: int) -> Self:
        """The same form, which now knows of the revision with this number."""
        data: Any = self.data
        self.data = data.copy()
        said = str(data.get("seen", "")).partition(".")[0]
        self.data["seen"] = f"{said}.{number}"  # type: ignore[index]  # the copy can be changed
        return self

    @classmethod
    def labels(cls, names: Iterable[str]) -> list[str]:
        """The labels of fields by the names that are compared, for a sentence."""
        found = (str(cls.base_fields[FIELDS.get(name, name)].label) for name in names)
        return [label.removesuffix(" (optional)") for label in found]
