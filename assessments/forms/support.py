"""What people type about support: what they ask for, what they reply, which requests to show."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from assessments.dashboards.support import ALL, ENDED, MINE, NOBODY, OWN_WORDS, Filters
from assessments.forms.decisions import SeenForm
from assessments.forms.texts import read_carefully
from assessments.forms.written import WrittenForm
from assessments.models import SupportRequest
from commitments.models import Commitment, Indicator, SupportOffer
from declaration.fields import NameField
from declaration.forms import AddressField, CharacterCount, LongTextField, Radios
from signatories.forms.filters import FilterForm

OTHER = "other"


class SupportForm(WrittenForm):
    """A form of a page that has several: each has ids of its own."""

    ids = "id_%s"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.auto_id = self.ids
        read_carefully(self)


class AskForm(SupportForm):
    """An offer or the partner's own words, about one indicator of the newest edition."""

    indicator = forms.ChoiceField(
        label="Which indicator is it about?",
        error_messages={"required": "Select an indicator"},
    )
    offer = forms.ChoiceField(
        label="What support do you want?",
        widget=Radios(dividers={OTHER: "or"}, conditional={OTHER: "words"}),
        error_messages={"required": "Select an offer, or something else"},
    )
    words = LongTextField(
        label="What would help?",
        max_length=2000,
        rows=4,
        required=False,
        error_messages={"max_length": "What would help must be 2,000 characters or fewer"},
    )
    urgency = forms.ChoiceField(
        label="How soon do you need it?",
        choices=SupportRequest.Urgency.choices,
        initial=SupportRequest.Urgency.NORMAL.value,
        widget=Radios(
            hints={
                "normal": "ecda comes to it in turn",
                "soon": "It should not wait until the next round",
                "now": "People at ecda get an e-mail at once",
            }
        ),
        error_messages={"required": "Select how soon you need it"},
    )

    def __init__(
        self,
        *args: Any,
        indicators: Iterable[Indicator],
        offers: Iterable[SupportOffer],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.indicators = {str(each.pk): each for each in indicators}
        self.offers = {each.slug: each for each in offers}
        indicator: Any = self.fields["indicator"]
        # Whoever comes from an offer finds what it serves first.
        offered = self.offers.get(str(self["offer"].value() or ""))
        served = set(offered.indicators.all()) if offered else set()
        in_order = sorted(self.indicators.items(), key=lambda item: item[1] not in served)
        choices = [(key, str(each)) for key, each in in_order]
        indicator.choices = [("", "Select an indicator"), *choices]
        offer: Any = self.fields["offer"]
        names = [(slug, each.name) for slug, each in self.offers.items()]
        offer.choices = [*names, (OTHER, "Something else")]
        offer.widget.hints = {slug: self._serves(each) for slug, each in self.offers.items()}

    @staticmethod
    def _serves(offer: SupportOffer) -> str:
        return f"{offer.description} Serves {codes_of(offer)}."

    def clean(self) -> dict[str, Any]:
        """Refuse an offer that does not serve the indicator, and words that are missing."""
        given = super().clean() or {}
        slug, key = given.get("offer"), given.get("indicator")
        if slug == OTHER and not given.get("words", "x").strip():
            self.add_error("words", "Say what would help")
        offer = self.offers.get(slug or "")
        if offer and key and self.indicators[key] not in offer.indicators.all():
            words = (
                f"{offer} serves {codes_of(offer)}. Select one of these indicators, "
                "or say what would help in your own words"
            )
            self.add_error("offer", ValidationError(words))
        return given

    @property
    def arguments(self) -> dict[str, Any]:
        """The cleaned input as the arguments of `ask`; words count only where they were asked."""
        given = self.cleaned_data
        offer = self.offers.get(given["offer"])
        return {
            "indicator": self.indicators[given["indicator"]],
            "offer": offer,
            "words": "" if offer else given["words"],
            "urgency": given["urgency"],
        }


def codes_of(offer: SupportOffer) -> str:
    """The indicators that the offer serves, by their codes, as a sentence lists them."""
    codes = [indicator.code for indicator in offer.indicators.all()]
    return " and ".join([", ".join(codes[:-1]), codes[-1]] if len(codes) > 1 else codes)


class ReplyForm(SupportForm):
    """A message to the other side."""

    ids = "id_reply_%s"
    words = LongTextField(
        label="Your message",
        max_length=5000,
        rows=5,
        error_messages={"required": "Write what you want to say"},
    )


class DeclineForm(SupportForm):
    """Why ecda cannot give the support; the partner reads it."""

    ids = "id_decline_%s"
    reason = LongTextField(
        label="Why can ecda not give this support?",
        help_text="The partner reads this as a message.",
        max_length=5000,
        rows=4,
        error_messages={"required": "Say why ecda cannot give this support"},
    )


class ConnectForm(SupportForm):
    """A partner who can help, and a note that both sides read; a button for each partner."""

    ids = "id_connect_%s"
    note = forms.CharField(
        label="Note to both partners (optional)",
        help_text="Say what the two could talk about. Both get it with the other’s contact.",
        max_length=500,
        required=False,
        widget=CharacterCount(500, rows=3),
    )
    helper = forms.SlugField(
        widget=forms.HiddenInput,
        error_messages={"required": "Select the partner to connect with"},
    )


class WantContactForm(forms.Form):
    """Which partner’s leads are asked for a contact: the button beside it says so."""

    partner = forms.SlugField()


class ContactForm(SupportForm, SeenForm):
    """Whom other partners may contact, and that they agree; `seen` is when the stored one did."""

    name = NameField(
        label="Full name",
        max_length=200,
        error_messages={"required": "Enter the full name"},
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )
    job_title = NameField(
        label="Job title (optional)",
        max_length=200,
        required=False,
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    email = AddressField(
        label="E-mail address",
        error_messages={"required": "Enter the e-mail address"},
        widget=forms.EmailInput({"autocomplete": "off", "spellcheck": "false"}),
    )
    phone = forms.CharField(
        label="Telephone number (optional)",
        max_length=40,
        required=False,
        widget=forms.TextInput({"autocomplete": "off", "inputmode": "tel"}),
    )
    agreed = forms.BooleanField(
        label="This person agrees that ecda gives these details to partners it connects us with",
        error_messages={
            "required": "Ask this person, and confirm that they agree to be contacted",
        },
    )

    @property
    def arguments(self) -> dict[str, Any]:
        """The cleaned input as the arguments of `give_contact`."""
        names = ("name", "job_title", "email", "phone", "seen")
        return {name: self.cleaned_data[name] for name in names}

    def see(self, agreed_at: datetime) -> None:
        """Go on with the contact that was agreed then, which stands beside the form."""
        self.data = self.data.copy()  # type: ignore[attr-defined]  # a QueryDict
        self.data["seen"] = agreed_at.isoformat()  # type: ignore[index]  # the copy can be changed


# --- Which requests to show -----------------------------------------------------------------------


class QueueForm(FilterForm):
    """Which requests to show; what is not known is named in words and left out."""

    state = forms.ChoiceField(
        required=False,
        label="State",
        choices=[
            ("", "Waiting"),
            *((each.value, each.label) for each in SupportRequest.State),
            (ENDED, "Ended"),
            (ALL, "All"),
        ],
        error_messages={"invalid_choice": "There is no such state. What is waiting is shown."},
    )
    owner = forms.ChoiceField(
        required=False,
        label="Who has it",
        choices=[("", "Anybody"), (MINE, "Me"), (NOBODY, "Nobody")],
        error_messages={"invalid_choice": "There is no such choice. Anybody’s are shown."},
    )
    urgency = forms.ChoiceField(
        required=False,
        label="Urgency",
        choices=[("", "Any"), *SupportRequest.Urgency.choices],
        error_messages={"invalid_choice": "There is no such urgency. All are shown."},
    )
    offer = forms.ChoiceField(
        required=False,
        label="Offer",
        error_messages={"invalid_choice": "There is no such offer. All are shown."},
    )
    commitment = forms.ChoiceField(
        required=False,
        label="Commitment",
        error_messages={"invalid_choice": "There is no such commitment. All are shown."},
    )

    def __init__(
        self, data: Mapping[str, Any], *, offers: Mapping[str, str], commitments: list[Commitment]
    ) -> None:
        super().__init__(data)
        fields: Any = self.fields
        fields["offer"].choices = [("", "All"), *offers.items(), (OWN_WORDS, "In their own words")]
        fields["commitment"].choices = [("", "All"), *_named(commitments)]
        # Once more, now that the choices are known.
        self.full_clean()

    @property
    def filters(self) -> Filters:
        """What was asked for, with all in place of what was not understood."""
        return Filters(**self.understood)


def _named(commitments: list[Commitment]) -> list[tuple[str, str]]:
    """Commitments by id; of several editions, each with its edition."""
    several = len({each.edition_id for each in commitments}) > 1
    return [
        (str(each.pk), f"{each} ({each.edition})" if several else str(each)) for each in commitments
    ]
