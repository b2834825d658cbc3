"""The links between the numbered pages of a long list."""

from django.core.paginator import Page, Paginator

from declaration.paging import numbered_pages


def page_of(count: int, number: int = 1) -> Page[int]:
    return Paginator(range(count), 10).get_page(number)


def test_one_page_has_no_links() -> None:
    assert numbered_pages(page_of(10), {}, "Pages") == {}


def test_each_link_asks_for_the_same_and_leaves_out_what_is_empty() -> None:
    links = numbered_pages(page_of(20), {"search": "a b&c", "show": "", "page": "7"}, "Pages")
    assert links == {
        "landmarkLabel": "Pages",
        "items": [
            {"number": 1, "href": "?search=a+b%26c&page=1", "current": True},
            {"number": 2, "href": "?search=a+b%26c&page=2", "current": False},
        ],
        "next": {"href": "?search=a+b%26c&page=2"},
    }


def test_a_list_shown_at_another_address_links_to_its_own() -> None:
    links = numbered_pages(page_of(20), {}, "Pages", at="/list/")
    assert links["next"] == {"href": "/list/?page=2"}
    assert links["items"][0]["href"] == "/list/?page=1"


def test_many_pages_are_shortened_around_the_one_that_is_read() -> None:
    links = numbered_pages(page_of(200, 10), {}, "Pages")
    numbers = [item.get("number", "…") for item in links["items"]]
    assert numbers == [1, "…", 9, 10, 11, "…", 20]
    assert links["previous"] == {"href": "?page=9"}
    assert links["next"] == {"href": "?page=11"}
