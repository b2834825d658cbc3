"""Choosing that everybody may see a partner's own ratings."""

from django import forms


class PublishForm(forms.Form):
    """A leader says that they know what becomes public."""

    understood = forms.BooleanField(
        label="I have read what becomes public, and that released files stay as they are",
        error_messages={"required": "Confirm that you have read what becomes public"},
    )
