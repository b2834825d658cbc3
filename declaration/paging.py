"""The links between the numbered pages of a long list."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page


def numbered_pages(
    page: Page[Any], kept: Mapping[str, str], name: str, *, at: str = ""
) -> dict[str, Any]:
    """The parameters of GOV.UK's pagination, with the numbers of pages; empty for one page.

    `kept` is what else each link asks for, such as the filters; what is empty is left out.
    `name` is what a screen reader calls the links. `at` is the list's address, for a list that
    can be shown at another one.
    """
    if not page.has_other_pages():
        return {}
    asked = {key: value for key, value in kept.items() if value and key != "page"}

    def href(number: int) -> str:
        return f"{at}?{urlencode({**asked, 'page': number})}"

    def item(number: int | str) -> dict[str, Any]:
        if not isinstance(number, int):
            return {"ellipsis": True}
        return {"number": number, "href": href(number), "current": number == page.number}

    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    items = [item(number) for number in numbers]
    links: dict[str, Any] = {"landmarkLabel": name, "items": items}
    if page.has_previous():
        links["previous"] = {"href": href(page.previous_page_number())}
    if page.has_next():
        links["next"] = {"href": href(page.next_page_number())}
    return links
