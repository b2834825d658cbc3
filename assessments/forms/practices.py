"""What people type about good practice, and what they look for in it."""

from typing import Any

from django import forms

from assessments.actions.practices import Words
from assessments.dashboards.practices import Filters, Show, Subjects
from assessments.forms.answers import HiddenNumber
from assessments.forms.texts import read_carefully
from assessments.forms.written import WrittenForm
from assessments.models import GoodPractice
from declaration.forms import CharacterCount, LongTextField
from signatories.forms.filters import FilterForm
from signatories.models import Partner

# As long as the narrative that an offer begins from.
MOST_SIGNS = 10_000


class PracticeForm(WrittenForm):
    """A title and what others can learn; `version` is what the typing began from."""

    version = HiddenNumber(required=False)
    title = forms.CharField(
        label="Title",
        help_text="What a reader would look for, in a few words",
        max_length=150,
        error_messages={
            "required": "Enter a title",
            "max_length": "Title must be 150 characters or fewer",
        },
    )
    body = LongTextField(
        label="What is done, and what others can learn from it",
        max_length=MOST_SIGNS,
        rows=14,
        error_messages={"required": "Say what others can learn from it"},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        read_carefully(self)

    @classmethod
    def of(cls, practice: GoodPractice) -> "PracticeForm":
        """The form as the stored one fills it."""
        names = ("title", "body", "version")
        return cls(initial={name: getattr(practice, name) for name in names})

    def begin_from(self, version: int) -> None:
        """Let what was typed be a change of this version: its writer has seen it."""
        self.data = self.data.copy()  # type: ignore[attr-defined]  # a QueryDict or a dict
        self.data["version"] = str(version)  # type: ignore[index]  # the copy can be changed

    @property
    def words(self) -> Words:
        """The cleaned input as the actions take it."""
        return Words(self.cleaned_data["title"], self.cleaned_data["body"])


class OfferForm(PracticeForm):
    """An offer, with the partner’s agreement to be read by everybody."""

    agree = forms.BooleanField(
        label="Our partner agrees that ecda edits this and publishes it with our name",
        help_text="You can withdraw it at any time, also when it is published.",
        error_messages={"required": "Agree that ecda publishes this with your partner’s name"},
    )


class ReasonForm(WrittenForm):
    """Why ecda does not publish it, or takes it down; it stands on a page with another form."""

    reason = LongTextField(
        label="Reason",
        help_text="The partner’s leads read this.",
        max_length=2000,
        rows=4,
        error_messages={"required": "Enter a reason: the partner’s leads read it"},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "reason-%s", **kwargs})
        read_carefully(self)


class WithdrawForm(WrittenForm):
    """Why a partner takes it back, if it wants to say so."""

    reason = forms.CharField(
        label="Reason (optional)",
        help_text="ecda reads this.",
        required=False,
        strip=False,
        max_length=2000,
        widget=CharacterCount(2000, rows=4),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        read_carefully(self)


class PracticeSearchForm(FilterForm):
    """What to look for; a filter that is not known is named in words and left out."""

    q = forms.CharField(
        label="Search words",
        help_text="For example, data sharing. Put quotation marks around what belongs together",
        required=False,
        max_length=200,
        error_messages={"max_length": "Search with 200 characters or fewer. All are shown."},
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    commitment = forms.ChoiceField(
        label="Commitment",
        required=False,
        error_messages={"invalid_choice": "There is no such commitment. All are shown."},
    )
    indicator = forms.ChoiceField(
        label="Indicator",
        required=False,
        error_messages={"invalid_choice": "There is no such indicator. All are shown."},
    )
    kind = forms.ChoiceField(
        label="Kind of partner",
        required=False,
        choices=[("", "All kinds"), *Partner.Kind.choices],
        error_messages={"invalid_choice": "There is no such kind. All kinds are shown."},
    )

    def __init__(self, data: Any, subjects: Subjects) -> None:
        self.subjects = subjects
        super().__init__(data)

    def full_clean(self) -> None:
        """Know the choices before the address is read."""
        for name, rows in (
            ("commitment", self.subjects.commitments),
            ("indicator", self.subjects.indicators),
        ):
            field: Any = self.fields[name]
            field.choices = [("", f"All {name}s"), *((row.slug, row.label) for row in rows)]
        super().full_clean()

    @property
    def filters(self) -> Filters:
        """What was asked for, with everything in place of what was not understood."""
        return Filters(**self.understood)


class PracticeQueueForm(FilterForm):
    """Which good practices ecda looks at."""

    state = forms.ChoiceField(
        label="State",
        required=False,
        choices=Show.choices,
        error_messages={"invalid_choice": "There is no such state. What is offered is shown."},
    )
