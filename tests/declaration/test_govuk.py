"""GOV.UK components, compared with those upstream publishes, and the tags that render them."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.template import Context, Template
from django.test.html import parse_html
from django.utils.html import format_html
from django.utils.safestring import mark_safe

from declaration.govuk import UnknownComponentError, component

UPSTREAM = Path(settings.ROOT, "node_modules/govuk-frontend/dist/govuk/components")
USED = (
    *("back-link", "breadcrumbs", "button", "character-count", "checkboxes", "date-input"),
    *("details", "error-message", "error-summary", "fieldset", "file-upload", "generic-header"),
    *("hint", "input", "inset-text", "label", "notification-banner", "pagination", "panel"),
    *("password-input", "radios", "select", "service-navigation", "skip-link", "summary-list"),
    *("table", "tabs", "tag", "task-list", "textarea", "warning-text"),
)

# The macros of govuk-frontend-jinja 4.1 follow GOV.UK Frontend 6.3. What 6.6 has added since then:
DEVIATIONS = {
    # An icon's neighbour is wrapped in a span now; the words and the look are the same.
    "button": {"start link with html"},
    # The way of counting can be chosen now. We count characters as the default does.
    "character-count": {
        "with maxwords",
        *(f"with count type '{kind}'" for kind in ("length", "characters", "words")),
        *(
            f"with count type '{kind}' and {what}"
            for kind in ("characters", "words")
            for what in ("value", "error message", "threshold")
        ),
    },
    # Values, labels and errors by name of the box are new. We say each box's ourselves.
    "date-input": {
        *("with translations", "with values", "with values and name prefix"),
        *("with values, name prefix and custom names", "day and month", "month and year"),
        *("with errors only", "with errors only (using classes)", "with errors only (using items)"),
        *("with error message and hint", "with error message and hint (using items)"),
        *(f"with error on {box} input" for box in ("day", "month", "year")),
        *(f"with error on {box} input (using items)" for box in ("day", "month", "year")),
        *("custom pattern", "custom inputmode", "with nested name", "with id on items"),
        *("suffixed id", "with item value", "with field value", "with field value and items"),
        *("with field value and item value", "with field value, item value and values"),
        *("with field value overriding values", "with error message and described by"),
        *("with error on single field", "with error on single field by omission"),
        *("with error on single field using classes", "with error on single item"),
        *("with error on single item by omission", "items with classes", "items without classes"),
    },
    # The interruption page is new. We have none.
    "panel": {
        *("interruption", "interruption-with-content-with-long-line-length"),
        *("interruption-with-headings-content-and-lists", "interruption with custom classes"),
        *("interruption, with actions classes and attributes", "interruption, submit action"),
        *("interruption, button link", "interruption, no actions"),
        "interruption, no actions items",
    },
    # A place for the language navigation is new. We have one language.
    "service-navigation": {
        "with right-aligned language navigation",
        "with `inline` end slot",
    },
}


def fixtures(name: str) -> list[dict[str, Any]]:
    """What upstream publishes for a component: parameters and the markup they give."""
    found: list[dict[str, Any]] = json.loads((UPSTREAM / name / "fixtures.json").read_text())[
        "fixtures"
    ]
    return found


def cases() -> Iterator[Any]:
    """Each published case of each component in use."""
    for name in USED:
        for case in fixtures(name):
            yield pytest.param(name, case, id=f"{name}: {case['name']}")


def trusted(value: Any, key: str = "", parent: str = "") -> Any:
    """Mark as safe what upstream means as markup, as our own callers have to."""
    if isinstance(value, dict):
        return {name: trusted(inner, name, key) for name, inner in value.items()}
    if isinstance(value, list):
        return [trusted(inner, key, parent) for inner in value]
    markup = key in {"html", "attributes"} or key.endswith("Html") or parent == "slots"
    return mark_safe(value) if markup and isinstance(value, str) else value


@pytest.mark.parametrize(("name", "case"), list(cases()))
def test_a_component_is_as_upstream_makes_it(name: str, case: dict[str, Any]) -> None:
    ours = parse_html(component(name, trusted(case["options"])))
    same = ours == parse_html(case["html"])
    # A deviation that has gone from the library must go from the list too.
    assert same is (case["name"] not in DEVIATIONS.get(name, set()))


def test_the_deviations_are_cases_that_exist() -> None:
    for name, cases_of in DEVIATIONS.items():
        assert cases_of <= {case["name"] for case in fixtures(name)}


# --- The tag -------------------------------------------------------------------------------------


def rendered(source: str, **context: Any) -> str:
    """What a template that loads our tags gives."""
    return Template("{% load govuk %}" + source).render(Context(context)).strip()


def test_an_unknown_component_is_refused_with_those_there_are() -> None:
    with pytest.raises(UnknownComponentError, match=r"“buton”.*back-link.*button.*warning-text"):
        component("buton", {})


def test_the_tag_nests_keys_and_names_attributes_with_hyphens() -> None:
    source = '{% govuk "button" text="Save" attributes__hx_get=url attributes__id=none %}'
    page = rendered(source, url="/a/?b=1&c=2", none=None)
    assert 'hx-get="/a/?b=1&amp;c=2"' in page
    assert "id=" not in page


def test_the_tag_lays_keywords_over_a_dict_and_leaves_it_alone() -> None:
    params = {"text": "Old", "attributes": {"id": "a"}}
    page = rendered('{% govuk "tag" params text="New" attributes__id="b" %}', params=params)
    assert page == '<strong class="govuk-tag" id="b">\n  New\n</strong>'
    assert params == {"text": "Old", "attributes": {"id": "a"}}


def test_the_block_tag_puts_its_body_into_the_component() -> None:
    page = rendered('{% govukblock "inset-text" %}<b>{{ x }}</b>{% endgovukblock %}', x="<i>")
    assert "<b>&lt;i&gt;</b>" in page


@pytest.mark.parametrize("key", ["text", "html"])
def test_a_plain_text_never_becomes_markup(key: str) -> None:
    page = component("inset-text", {key: "<script>alert(1)</script>"})
    assert "&lt;script&gt;" in page
    assert "<script>" not in page


def test_safe_markup_stays_markup() -> None:
    assert "<b>&lt;</b>" in component("inset-text", {"html": format_html("<b>{}</b>", "<")})


def test_messages_become_one_banner() -> None:
    class Message:
        level_tag = "success"

        def __init__(self, message: str) -> None:
            self.message = message

    page = rendered("{% notices messages %}", messages=[Message("Saved"), Message("<Sent>")])
    assert page.count('data-module="govuk-notification-banner"') == 1
    assert "govuk-notification-banner--success" in page
    assert "&lt;Sent&gt;" in page
    assert rendered("{% notices messages %}") == ""
