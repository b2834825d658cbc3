"""What people type and tick to write to people of several partners."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.safestring import SafeString

from assessments.dashboards.recipients import PEOPLE, WITHOUT_ROUND, WORDS, Choice, Group
from assessments.forms.written import WrittenForm
from assessments.models import Round
from declaration.forms import Checkboxes, LongTextField, Radios
from declaration.keys import key_of, new_key
from signatories.models import Partner

LONGEST = 5000


class LetterForm(WrittenForm):
    """Whom a letter is for, and what it says; the hidden key makes it one letter."""

    group = forms.ChoiceField(
        label="Whom is it for?",
        choices=[(group.value, words) for group, words in WORDS.items()],
        widget=Radios(
            conditional={Group.PICKED.value: "partners"}, dividers={Group.PICKED.value: "or"}
        ),
        error_messages={
            "required": "Select whom the letter is for",
            "invalid_choice": "Select whom the letter is for from the list",
        },
    )
    partners = forms.MultipleChoiceField(
        label="Which partners?",
        required=False,
        widget=Checkboxes(small=True),
        error_messages={"invalid_choice": "Select partners from the list"},
    )
    round = forms.ChoiceField(
        label="In which round?",
        required=False,
        help_text="What partners have done differs from round to round.",
        error_messages={"invalid_choice": "Select a round from the list"},
    )
    roles = forms.MultipleChoiceField(
        label="Which of their people?",
        choices=[(role, words.capitalize()) for role, words in PEOPLE.items()],
        widget=Checkboxes(),
        error_messages={
            "required": "Select at least one role",
            "invalid_choice": "Select roles from the list",
        },
    )
    subject = forms.CharField(
        label="Subject",
        max_length=150,
        error_messages={
            "required": "Enter a subject",
            "max_length": "Subject must be 150 characters or less",
        },
    )
    text = LongTextField(
        label="What do you want to say?",
        help_text="It begins with “Hello” and the person’s name, and ends with your name.",
        max_length=LONGEST,
        rows=12,
        error_messages={"required": "Enter what you want to say"},
    )
    key = forms.CharField(widget=forms.HiddenInput, required=False, initial=new_key)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, rounds: Iterable[Round], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rounds = list(rounds)
        choices = {
            "round": [(each.slug, each.name) for each in self.rounds],
            "partners": list(Partner.objects.active().order_by("name").values_list("slug", "name")),
        }
        for name, offered in choices.items():
            self.fields[name].choices = offered  # type: ignore[attr-defined]  # a ChoiceField
        if not self.rounds:
            self.fields["round"].widget = forms.HiddenInput()

    def clean_subject(self) -> str:
        """A subject is one line."""
        return " ".join(self.cleaned_data["subject"].split())

    def clean_key(self) -> str:
        """Return the key as it was given; one that we did not make is replaced."""
        return key_of(self.cleaned_data["key"])[:40]

    def clean(self) -> dict[str, Any]:
        """Picked partners have to be picked, and where they stand is in a round."""
        found = self.cleaned_data
        group = found.get("group")
        if group == Group.PICKED and not found.get("partners") and "partners" not in self.errors:
            self.add_error("partners", "Select at least one partner")
        if group and Group(group) not in WITHOUT_ROUND and not self.rounds:
            words = "No round has opened yet. Select all partners, or pick them"
            self.add_error("group", words)
        return found

    @property
    def choice(self) -> Choice:
        """Whom it is for; the newest round where none was chosen."""
        found = self.cleaned_data
        named = (each for each in self.rounds if each.slug == found["round"])
        return Choice(
            group=Group(found["group"]),
            round=next(named, self.rounds[0] if self.rounds else None),
            picked=tuple(found["partners"]),
            roles=tuple(found["roles"]),
        )

    def renew_key(self) -> None:
        """Make it another letter than the one that was sent with this form."""
        self.cleaned_data["key"] = new_key()

    def hold(self, seen: str) -> list[SafeString]:
        """Every field out of sight, for the page before the sending, with who is shown there."""
        self.data = self.data.copy()  # type: ignore[attr-defined]  # a QueryDict or a dict
        self.data["seen"] = seen  # type: ignore[index]  # the copy can be changed
        self.data["key"] = self.cleaned_data["key"]  # type: ignore[index]  # as above
        return [self[name].as_hidden() for name in self.fields]


def letter_defaults(asked: Mapping[str, str], picked: Iterable[str]) -> dict[str, Any]:
    """What the form holds at first, by the address that led to it; what is unknown is left out."""
    group = asked.get("group", "")
    partners = list(picked)
    if partners and not group:
        group = Group.PICKED.value
    return {
        "group": group if group in set(Group) else "",
        "round": asked.get("round", ""),
        "partners": partners,
        "roles": ["lead", "leader"],
    }
