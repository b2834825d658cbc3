"""GOV.UK components, form fields and the error summary as template tags."""

from collections.abc import Iterable
from typing import Any

from django import template
from django.contrib.messages.storage.base import Message
from django.forms.boundfield import BoundField
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from declaration.govuk import AnyForm, Params, component, field_group, summarise_errors

register = template.Library()


@register.simple_tag
def govuk(name: str, params: Params | None = None, /, **kwargs: Any) -> SafeString:
    """Render a component: `{% govuk "button" text="Save" attributes__id="save" %}`."""
    return component(name, nest(params or {}, kwargs))


@register.simple_block_tag
def govukblock(
    content: SafeString, name: str, /, *, into: str = "html", **kwargs: Any
) -> SafeString:
    """Render a component around markup, which becomes its `html` (or the parameter `into`)."""
    return component(name, nest({}, {into: content} | kwargs))


@register.simple_tag
def field(bound: BoundField, **options: Any) -> SafeString:
    """Render one field of a form, with the options of `declaration.govuk.Look`."""
    return field_group(bound, **options)


@register.simple_tag
def error_summary(*forms: "AnyForm | None") -> SafeString:
    """Render what is wrong with the forms, with links to the fields; nothing without an error."""
    return summarise_errors(*forms)


@register.simple_tag
def notices(messages: Iterable[Message]) -> SafeString:
    """Render the messages of a request as one notification banner; nothing without a message.

    An extra tag like `saved-answer=12` becomes the attribute `data-saved-answer="12"`, by which
    scripts learn what happened.
    """
    found = list(messages)
    if not found:
        return SafeString("")
    lines = [(_data(message), message.message) for message in found]
    html = format_html_join("", '<p class="govuk-notification-banner__heading"{}>{}</p>', lines)
    went_well = all(message.level_tag == "success" for message in found)
    kind = {"type": "success"} if went_well else {}
    return component("notification-banner", {"html": html} | kind)


def _data(message: Message) -> SafeString:
    name, equals, value = (getattr(message, "extra_tags", "") or "").partition("=")
    return format_html(' data-{}="{}"', name, value) if equals else SafeString("")


def nest(params: Params, flat: Params) -> Params:
    """Lay keys such as `a__b` over a copy of the parameters, as {"a": {"b": …}}.

    Attribute names are written with `_` for `-`, which a template's keyword cannot hold; an
    attribute without a value is left out, True and False make one without a value or none.
    """
    nested = dict(params)
    for key, value in flat.items():
        *outer, last = key.split("__")
        target = nested
        for part in outer:
            inner = target.get(part)
            target[part] = dict(inner) if isinstance(inner, dict) else {}
            target = target[part]
        if "attributes" not in outer:
            target[last] = value
        elif value not in (None, ""):
            name = last.replace("_", "-")
            target[name] = {"value": value, "optional": True} if isinstance(value, bool) else value
    return nested
