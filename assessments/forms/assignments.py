"""Whom a lead asks to answer an indicator, and until when."""

from collections.abc import Iterable
from typing import Any

from django import forms

from declaration.forms import GovukDateField, Radios
from signatories.models import Membership, User


class AssignForm(forms.Form):
    """One of the partner's members, and a date."""

    person = forms.ChoiceField(
        label="Who should answer this indicator?",
        widget=Radios,
        error_messages={
            "required": "Select a member",
            "invalid_choice": "Select a member who belongs to this partner now",
        },
    )
    due_on = GovukDateField(
        label="By when? (optional)",
        subject="Due date",
        help_text="For example, 27 3 2027",
        required=False,
    )

    def __init__(self, *args: Any, members: Iterable[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.members = {str(member.person_id): member for member in members}
        person: Any = self.fields["person"]
        person.choices = [
            (key, f"{member.person}, {member.get_role_display().lower()}")
            for key, member in self.members.items()
        ]
        # Two people may have one name.
        person.widget.hints = {key: member.person.email for key, member in self.members.items()}

    @property
    def chosen(self) -> User:
        """The person who was chosen."""
        return self.members[self.cleaned_data["person"]].person
