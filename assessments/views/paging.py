"""The links between the pages of a long list."""

from typing import Any

from django.core.paginator import Page


def pagination(page: Page[Any], newer: str, older: str) -> dict[str, Any] | None:
    """The parameters of GOV.UK's pagination, with words for its two links; None for one page.

    The first page has the newest.
    """
    if not page.has_other_pages():
        return None
    links: dict[str, Any] = {"classes": "govuk-pagination--block"}
    where = f"of {page.paginator.num_pages}"
    if page.has_previous():
        number = page.previous_page_number()
        label = f"Page {number} {where}"
        links["previous"] = {"href": f"?page={number}", "text": newer, "labelText": label}
    if page.has_next():
        number = page.next_page_number()
        label = f"Page {number} {where}"
        links["next"] = {"href": f"?page={number}", "text": older, "labelText": label}
    return links
