"""Is the input well-formed: people, their roles, and who is invited."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from declaration.fields import NameField
from declaration.forms import AddressField, Radios
from signatories.actions.domains import is_outside
from signatories.models import Membership

Role = Membership.Role

ROLE_HINTS = {
    Role.CONTRIBUTOR: "Answers indicators, adds evidence, asks for support",
    Role.LEAD: "Also invites and removes members, and sends the assessment for sign-off",
    Role.LEADER: "Also signs the Declaration and signs off assessments",
}


# What programs for e-mail make a link of: the name opens a letter to somebody who asked for none.
LINK = re.compile(r"://|www\.|@", re.IGNORECASE)


def no_link(name: str) -> None:
    """Refuse a name that would carry a web or e-mail address into a letter."""
    if LINK.search(name):
        raise ValidationError("Enter a name without web and e-mail addresses", code="link")


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


class InvitationForm(RoleForm):
    """Who is invited, and to which role.

    An address outside the partner's e-mail domains needs a tick, which is asked for only then.
    """

    email = AddressField(
        label="E-mail address",
        help_text="The invitation is for this address only. They sign in with it.",
        error_messages={"required": "Enter their e-mail address"},
        widget=forms.EmailInput({"autocomplete": "off", "spellcheck": "false"}),
    )
    name = NameField(
        label="Full name",
        max_length=200,
        validators=[no_link],
        help_text="They can correct it. Somebody who is known to the portal keeps their name.",
        error_messages={"required": "Enter their full name"},
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )
    outside = forms.BooleanField(
        label="This address is outside the partner’s e-mail domains: invite anyway",
        required=False,
    )
    field_order = ("name", "email", "outside", "role")

    def __init__(self, *args: Any, domains: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.domains = [domain.lower().lstrip("@") for domain in domains]
        self.tick = self.fields.pop("outside")

    def clean(self) -> dict[str, Any]:
        """Ask whether an address outside the partner's domains is meant."""
        given = super().clean() or {}
        email = given.get("email")
        if email and is_outside(email, self.domains):
            self.fields["outside"] = self.tick
            self.order_fields(self.field_order)
            if not self.data.get("outside"):
                known = " or ".join(f"@{domain}" for domain in self.domains)
                words = f"{email} does not end in {known}. Check it, or tick to invite it anyway"
                self.add_error("outside", words)
        return given


class NewPersonForm(forms.Form):
    """What somebody is called whose address the portal does not know yet."""

    name = NameField(
        label="Your full name",
        max_length=200,
        validators=[no_link],
        help_text="As your colleagues should see it",
        error_messages={"required": "Enter your full name"},
        widget=forms.TextInput({"autocomplete": "name", "spellcheck": "false"}),
    )
