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

    def __init__(self, data: Any, rounds: list[Round]) -> None:
        super().__init__(data)
        self.rounds = rounds
        self.fields["round"].choices = [(round.slug, round.name) for round in rounds]  # type: ignore[attr-defined]  # a ChoiceField

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
