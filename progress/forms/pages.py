"""Which page of a long table is shown, and what is said of one that is not there."""

from collections.abc import Sequence
from typing import TypeVar

from django.core.paginator import InvalidPage, Page, Paginator

from signatories.forms.filters import FilterForm

T = TypeVar("T")


def page_or_first(form: FilterForm, rows: Sequence[T], size: int, of: str) -> Page[T]:
    """The page that the address asks for; the first one, said in words, where there is no such.

    `of` names what the pages list, such as "partners".
    """
    pages = Paginator(rows, size)
    try:
        return pages.page(form.data.get("page") or 1)
    except InvalidPage:
        form.add_error(None, f"There is no such page of {of}. The first one is shown.")
        return pages.page(1)
