"""Forms that hold more words than anybody wants to type twice."""

from django import forms

from assessments.forms.typed import Typed, in_words
from declaration.writers import sign_writer

# For what says nothing of its length itself: choices and dates.
SHORT = 200


class WrittenForm(forms.Form):
    """A form that says in a signed token whose words it holds; see `views/keeping.py`."""

    writer = forms.CharField(widget=forms.HiddenInput, required=False)

    def give_to(self, person_pk: int, path: str) -> None:
        """Name the person as the writer of the form on the page at this path.

        A form that comes back with errors gets a new token too.
        """
        token = sign_writer(person_pk, path)
        self.initial["writer"] = token
        if self.is_bound:
            self.data = self.data.copy()  # type: ignore[attr-defined]  # a QueryDict or a dict
            self.data["writer"] = token  # type: ignore[index]  # the copy can be changed

    def copy_out(self) -> tuple[list[Typed], list[str]]:
        """All that was typed, to be copied, each text as far as the form allows.

        With the labels of the texts of which only the first part is there.
        """
        texts, shortened = [], []
        for name, field in self.fields.items():
            if field.widget.is_hidden or isinstance(field, forms.FileField):
                continue
            words = in_words(self, name, {name: self[name].value()})
            limit = getattr(field, "max_length", None) or SHORT
            if len(words) > limit:
                shortened.append(str(field.label))
            if words:
                texts.append(Typed(str(field.label), words[:limit]))
        return texts, shortened
