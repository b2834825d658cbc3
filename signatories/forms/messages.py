"""Which e-mails to show, and which e-mails a person gets."""

from django import forms

from declaration.forms import Checkboxes
from signatories.dashboards.messages import Filters, Stands
from signatories.forms.filters import FilterForm
from signatories.models import Message, User


class MessagesForm(FilterForm):
    """Which e-mails to show; what is not known is named in words and left out."""

    search = forms.CharField(
        required=False,
        label="Name or e-mail address",
        max_length=200,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )
    kind = forms.ChoiceField(
        required=False,
        label="Kind",
        choices=[("", "All kinds"), *Message.Kind.choices],
        error_messages={"invalid_choice": "There is no such kind. All kinds are shown."},
    )
    state = forms.ChoiceField(
        required=False,
        label="State",
        choices=[("", "All states"), *Stands.choices],
        error_messages={"invalid_choice": "There is no such state. All states are shown."},
    )

    @property
    def filters(self) -> Filters:
        """What was asked for, with all in place of what was not understood."""
        return Filters(**self.understood)


class SubscriptionForm(forms.Form):
    """What a person gets besides the essential e-mails."""

    REMINDERS, NEWS = "reminders", "news"

    gets = forms.MultipleChoiceField(
        required=False,
        label="Which other e-mails do you want?",
        choices=[(REMINDERS, "Reminders of due dates"), (NEWS, "News")],
        widget=Checkboxes(
            hints={
                REMINDERS: "30 days and 7 days before your self-assessment is due",
                NEWS: "For example, that your organisation has signed, that somebody has joined, "
                "or that ecda has taken on your request for support",
            }
        ),
    )

    @classmethod
    def of(cls, person: User) -> "SubscriptionForm":
        """The form with what the person gets now."""
        gets = [(cls.REMINDERS, person.gets_reminders), (cls.NEWS, person.gets_news)]
        return cls(initial={"gets": [name for name, on in gets if on]})

    @property
    def chosen(self) -> dict[str, bool]:
        """Each of them, and whether it is wanted."""
        gets = self.cleaned_data["gets"]
        return {name: name in gets for name in (self.REMINDERS, self.NEWS)}
