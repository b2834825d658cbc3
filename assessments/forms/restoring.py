"""Which version of an answer is to come back, and which one the person saw as the present one."""

from django import forms


class RestoreForm(forms.Form):
    """Both are hidden: the button says what it does."""

    restored = forms.CharField(widget=forms.HiddenInput)
    version = forms.CharField(widget=forms.HiddenInput)
