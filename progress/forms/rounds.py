"""Choosing the round that a page shows."""

from typing import Any

from django import forms

from assessments.models import Round


class RoundForm(forms.Form):
    """Choose one of the rounds; nothing chosen, or one that is not known, means the newest."""

    round = forms.ChoiceField(
        required=False,
        label="Round",
        error_messages={"invalid_choice": "There is no such round. The newest one is shown."},
    )

    def __init__(self, data: Any, rounds: list[Round], *, names_planned: bool = False) -> None:
        """Offer the rounds; `names_planned` says of one to come that it has not opened yet."""
        super().__init__(data)
        self.rounds = rounds
        self.names_planned = names_planned
        self.fields["round"].choices = [(round.slug, round.name) for round in rounds]  # type: ignore[attr-defined]  # a ChoiceField

    def full_clean(self) -> None:
        """Read the address, and tell a round to come from one that nobody knows."""
        super().full_clean()
        if self.names_planned:
            name_planned(self)

    @property
    def has_choice(self) -> bool:
        """Whether there is anything to choose, or something wrong to show."""
        return len(self.rounds) > 1 or bool(self.errors)

    @property
    def chosen(self) -> Round | None:
        """The round to show; None while there is none."""
        slug = self.data.get("round")
        named = (round for round in self.rounds if round.slug == slug)
        return next(named, self.rounds[0] if self.rounds else None)


def name_planned(form: forms.BaseForm) -> None:
    """Where the form does not know its round, say so if that one is planned: one query then.

    For those only who are told of rounds to come.
    """
    if "round" not in form.errors:
        return
    asked = form.data.get("round")
    # Compared here, not in the database: what stands in an address may be no text for it.
    planned = next((each for each in Round.objects.planned() if each.slug == asked), None)
    if planned is not None:
        del form.errors["round"]
        form.add_error("round", f"Round {planned} has not opened yet. The newest one is shown.")
