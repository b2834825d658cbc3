"""The filters of a list: a form that changes only the address, each selection removable."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms


@dataclass(frozen=True)
class Selection:
    """One filter that is set: its field, what is selected, and the address without it."""

    label: str
    text: str
    href: str


class FilterForm(forms.Form):
    """Filters from an address; a value that is not known counts as none, and is said in words."""

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        self.is_valid()

    @property
    def understood(self) -> dict[str, str]:
        """The value of each filter, "" for none."""
        return {name: str(self.cleaned_data.get(name) or "") for name in self.fields}

    @property
    def kept(self) -> dict[str, str]:
        """The filters that are set, for the addresses of other pages and of files."""
        return {name: value for name, value in self.understood.items() if value}

    @property
    def query(self) -> str:
        """The same as the end of an address, with its question mark; nothing for no filter."""
        return f"?{urlencode(self.kept)}" if self.kept else ""

    @property
    def selections(self) -> list[Selection]:
        """The filters that are set, each with the address that is without it."""
        return [
            Selection(str(self.fields[name].label), self._words(name, value), self._without(name))
            for name, value in self.kept.items()
        ]

    @property
    def said(self) -> str:
        """The filters that are set, in words; “all” for none."""
        return ", ".join(f"{one.label}: {one.text}" for one in self.selections) or "all"

    def _words(self, name: str, value: str) -> str:
        choices: Any = getattr(self.fields[name], "choices", ())
        return str(dict(choices).get(value, value))

    def _without(self, name: str) -> str:
        rest = {other: value for other, value in self.kept.items() if other != name}
        return f"?{urlencode(rest)}" if rest else "?"
