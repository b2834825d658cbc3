"""GOV.UK Frontend's markup from parameters and from Django forms, through its own macros."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeAlias

from django import forms
from django.forms.boundfield import BoundField
from django.forms.renderers import DjangoTemplates
from django.utils.functional import Promise
from django.utils.html import conditional_escape, format_html_join
from django.utils.safestring import SafeString, mark_safe
from jinja2 import ChainableUndefined, Environment, PackageLoader, PrefixLoader

from declaration.forms import BOXES, CharacterCount, DateBoxes, Options, PlainErrors

Params = dict[str, Any]
AnyForm: TypeAlias = "forms.BaseForm | forms.BaseFormSet[Any]"
LIBRARY = "govuk_frontend_jinja"


# --- Components --------------------------------------------------------------------------------


class UnknownComponentError(LookupError):
    """Somebody asked for a component that GOV.UK Frontend does not have."""


def component(name: str, params: Params) -> SafeString:
    """Render a component by its kebab-case name.

    `text` is always escaped; `html` is escaped unless it is marked safe (`format_html`, another
    component), so that text which reaches it by mistake does no harm.
    """
    return mark_safe(_macro(name)(_guarded(params)).strip())  # noqa: S308  escaped by the macro


@cache
def _environment() -> Environment:
    loader = PrefixLoader({LIBRARY: PackageLoader(LIBRARY)})
    environment = Environment(
        loader=loader,
        autoescape=True,
        undefined=ChainableUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    # The macros indent what they nest; that would change the text inside a nested text area.
    environment.filters["indent"] = lambda markup, *args, **kwargs: markup
    return environment


@cache
def _macro(name: str) -> Callable[[Params], str]:
    suffix = "/macro.html"
    prefix = f"{LIBRARY}/components/"
    if f"{prefix}{name}{suffix}" not in _environment().list_templates():
        found = (path for path in _environment().list_templates() if path.endswith(suffix))
        known = ", ".join(sorted(path[len(prefix) : -len(suffix)] for path in found))
        raise UnknownComponentError(f"No GOV.UK component “{name}”. There are: {known}.")
    module = _environment().get_template(f"{prefix}{name}{suffix}").module
    macro: Callable[[Params], str] = getattr(module, f"govuk{name.title().replace('-', '')}")
    return macro


def _guarded(value: Any, key: str = "", parent: str = "") -> Any:
    """Copy parameters with lazy texts read and unsafe markup escaped."""
    if isinstance(value, dict):
        return {name: _guarded(inner, name, key) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_guarded(inner, key, parent) for inner in value]
    if isinstance(value, Promise):
        value = str(value)
    holds_markup = key in {"html", "attributes"} or key.endswith("Html") or parent == "slots"
    return conditional_escape(value) if holds_markup and isinstance(value, str) else value


# --- Fields ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Look:
    """How one field is shown; the words come from the field itself."""

    page_heading: bool = False
    label_size: str = "s"
    hide_label: bool = False
    prefix: str = ""
    suffix: str = ""

    def label(self, words: object, kind: str) -> Params:
        """Return the parameters of a label (`govuk-label`) or legend of a group of inputs."""
        size = "l" if self.page_heading and self.label_size == "s" else self.label_size
        looks = [f"{kind}--{size}" if size else "", "govuk-visually-hidden" * self.hide_label]
        heading = {"isPageHeading": True} if self.page_heading else {}
        return _words(words) | heading | {"classes": " ".join(filter(None, looks))}


# Attributes of Django's widgets that never reach the browser: it would refuse or cut off what was
# typed before we could say what is wrong, or they stand elsewhere in the component.
DROPPED = {"required", "maxlength", "minlength", "placeholder", "autofocus"}
PLACED = {"id", "class", "rows", "cols", "autocomplete", "type"}


def field_group(bound: BoundField, **options: Any) -> SafeString:
    """Render a field with its label, hint and errors as the component for its widget."""
    widget = bound.field.widget
    if widget.is_hidden:
        return bound.as_widget()
    for kind, render in RENDERERS:
        if isinstance(widget, kind):
            return render(bound, widget, Look(**options))
    raise TypeError(f"No GOV.UK component for the widget {type(widget).__name__}.")


def _words(value: object) -> Params:
    return {"html": value} if hasattr(value, "__html__") else {"text": str(value)}


def _id(bound: BoundField) -> str:
    return str(bound.field.widget.attrs.get("id") or bound.auto_id or bound.html_name)


def _shared(bound: BoundField) -> Params:
    """Return the parameters that all components of forms have."""
    attrs = bound.field.widget.attrs
    params: Params = {"name": bound.html_name, "classes": attrs.get("class", "")}
    params["attributes"] = {
        name: {"value": value, "optional": True} if isinstance(value, bool) else value
        for name, value in attrs.items()
        if name not in DROPPED | PLACED
    }
    if bound.help_text:
        params["hint"] = _words(bound.help_text)
    if bound.errors:
        lines = [(message,) for message in PlainErrors(bound).messages()]
        params["errorMessage"] = {"html": format_html_join(mark_safe("<br>"), "{}", lines)}
    if bound.field.disabled:
        params["disabled"] = True
    return params


def _single(bound: BoundField, look: Look) -> Params:
    """Return the parameters of a component that is one input with a label."""
    label = look.label(bound.label, "govuk-label")
    params = _shared(bound) | {"id": _id(bound), "label": label}
    if autocomplete := bound.field.widget.attrs.get("autocomplete"):
        params["autocomplete"] = autocomplete
    return params


def _grouped(bound: BoundField, look: Look) -> Params:
    """Return the parameters of a component that is several inputs with a legend."""
    legend = look.label(bound.label, "govuk-fieldset__legend")
    return _shared(bound) | {"idPrefix": _id(bound), "fieldset": {"legend": legend}}


def _input(bound: BoundField, widget: forms.widgets.Input, look: Look) -> SafeString:
    params = _single(bound, look) | {"type": widget.input_type}
    if widget.input_type == "number":
        # A wheel or a stray key changes number inputs unnoticed; the keyboard is what is wanted.
        mode = "decimal" if isinstance(bound.field, forms.DecimalField) else "numeric"
        kept = {key: params["attributes"][key] for key in params["attributes"].keys() - STEPS}
        params |= {"type": "text", "inputmode": mode, "attributes": kept}
    for affix in ("prefix", "suffix"):
        if words := getattr(look, affix):
            params[affix] = {"text": words}
    value = widget.format_value(bound.value())
    return component("input", params if value is None else params | {"value": value})


STEPS = {"min", "max", "step"}


def _password(bound: BoundField, widget: forms.PasswordInput, look: Look) -> SafeString:
    return component("password-input", _single(bound, look))


def _file(bound: BoundField, widget: forms.FileInput, look: Look) -> SafeString:
    params = _single(bound, look) | {"javascript": True}
    if widget.allow_multiple_selected:
        params |= {"multiple": True} | SEVERAL_FILES
    return component("file-upload", params)


SEVERAL_FILES = {
    "chooseFilesButtonText": "Choose files",
    "dropInstructionText": "or drop files",
    "noFileChosenText": "No files chosen",
}


def _textarea(bound: BoundField, widget: forms.Textarea, look: Look) -> SafeString:
    value = str(widget.format_value(bound.value()) or "")
    # Browsers drop the first newline of a text area; the second one stays.
    kept = f"\n{value}" if value.startswith(("\n", "\r")) else value
    params = _single(bound, look) | {"value": kept, "rows": widget.attrs.get("rows", 5)}
    if not isinstance(widget, CharacterCount):
        return component("textarea", params)
    limit = widget.maxlength or getattr(bound.field, "max_length", None)
    return component("character-count", params | {"maxlength": limit})


def _select(bound: BoundField, widget: forms.Select, look: Look) -> SafeString:
    params = _single(bound, look)
    items = [
        {"value": str(option["value"]), "text": option["label"], "selected": option["selected"]}
        for option in _options(bound, widget)
    ]
    if widget.allow_multiple_selected:
        params["attributes"]["multiple"] = {"value": True, "optional": True}
    return component("select", params | {"items": items})


def _radios(bound: BoundField, widget: forms.RadioSelect, look: Look) -> SafeString:
    return component("radios", _choices(bound, widget, look, "radios"))


def _checkboxes(bound: BoundField, widget: forms.RadioSelect, look: Look) -> SafeString:
    return component("checkboxes", _choices(bound, widget, look, "checkboxes"))


def _checkbox(bound: BoundField, widget: forms.CheckboxInput, look: Look) -> SafeString:
    """One box to tick: the label is the option's, and the hint hangs under it."""
    params = _shared(bound) | {"idPrefix": _id(bound)}
    item = _words(bound.label) | {"value": "on", "checked": widget.check_test(bound.value())}
    item["attributes"] = params.pop("attributes")
    if hint := params.pop("hint", None):
        item["hint"] = hint
    if params.pop("disabled", False):
        item["disabled"] = True
    return component("checkboxes", params | {"items": [item]})


def _date(bound: BoundField, widget: DateBoxes, look: Look) -> SafeString:
    wrong = PlainErrors(bound).boxes() or (set(BOXES) if bound.errors else set())
    typed = dict(zip(BOXES, DateBoxes.typed(bound.value()), strict=True))
    items = []
    for box in BOXES:
        looks = [f"govuk-input--width-{4 if box == 'year' else 2}"]
        looks += ["govuk-input--error"] if box in wrong else []
        items.append({"name": box, "classes": " ".join(looks), "value": typed[box]})
    params = _grouped(bound, look) | {"id": _id(bound), "namePrefix": bound.html_name}
    return component("date-input", params | {"items": items})


def _options(bound: BoundField, widget: forms.widgets.ChoiceWidget) -> Iterator[Params]:
    """Yield the options as Django prepares them, without the blank line of optional radios."""
    chosen = widget.format_value(bound.value())
    blank = isinstance(widget, forms.RadioSelect)
    for _, options, _ in widget.optgroups(bound.html_name, chosen):
        for option in options:
            if not (blank and option["value"] == "" and str(option["label"]).startswith("---")):
                yield option


def _choices(bound: BoundField, widget: forms.RadioSelect, look: Look, kind: str) -> Params:
    more = widget if isinstance(widget, Options) else Options()
    items: list[Params] = []
    for option in _options(bound, widget):
        value = str(option["value"])
        item = _words(option["label"]) | {"value": value, "checked": option["selected"]}
        if value in more.dividers:
            items.append({"divider": more.dividers[value]})
        if hint := more.hints.get(value):
            item["hint"] = _words(hint)
        if name := more.conditional.get(value):
            item["conditional"] = {"html": field_group(bound.form[name], label_size="")}
        if bound.field.disabled:
            item["disabled"] = True
        items.append(item)
    params = _grouped(bound, look) | {"items": items}
    looks = [name for name in ("inline", "small") if getattr(more, name)]
    classes = [params["classes"], *(f"govuk-{kind}--{name}" for name in looks)]
    return params | {"classes": " ".join(filter(None, classes))}


# The first that fits: Django's checkboxes are a kind of its radios.
RENDERERS: list[tuple[type[forms.Widget], Callable[[BoundField, Any, Look], SafeString]]] = [
    (DateBoxes, _date),
    (forms.CheckboxSelectMultiple, _checkboxes),
    (forms.RadioSelect, _radios),
    (forms.CheckboxInput, _checkbox),
    (forms.Select, _select),
    (forms.Textarea, _textarea),
    (forms.PasswordInput, _password),
    (forms.FileInput, _file),
    (forms.widgets.Input, _input),
]


# --- Forms -------------------------------------------------------------------------------------


class FormRenderer(DjangoTemplates):
    """Django's form renderer: whole forms and field groups are GOV.UK components.

    Single widgets stay as Django makes them; only its admin shows those.
    """

    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> str:
        """Render a form or a field group ourselves and leave all else to Django."""
        if template_name == self.form_template_name:
            return mark_safe("\n".join(_groups(context["form"])))  # noqa: S308  groups are safe
        if template_name == self.field_template_name:
            return field_group(context["field"])
        return super().render(template_name, context, request)


def _groups(form: forms.BaseForm) -> Iterator[SafeString]:
    """Yield each field once: one that hangs under an option comes with that option."""
    widgets = [field.widget for field in form.fields.values()]
    under = {
        name
        for widget in widgets
        if isinstance(widget, Options)
        for name in widget.conditional.values()
    }
    for bound in form:
        if bound.name not in under:
            yield field_group(bound)


def summarise_errors(*found: "AnyForm | None") -> SafeString:
    """Render the error summary of forms and formsets; empty without an error."""
    errors = [line for form in found if form for line in _error_lines(form)]
    if not errors:
        return SafeString("")
    return component("error-summary", {"titleText": "There is a problem", "errorList": errors})


def _error_lines(form: AnyForm) -> Iterator[Params]:
    if isinstance(form, forms.BaseFormSet):
        if form.is_bound:
            yield from ({"text": message} for message in form.non_form_errors())
        for inner in form.forms:
            yield from _error_lines(inner)
        return
    yield from ({"text": message} for message in form.non_field_errors())
    for bound in form:
        target = _first_wrong(bound)
        for message in PlainErrors(bound).messages():
            yield {"text": message} | ({} if bound.is_hidden else {"href": f"#{target}"})


def _first_wrong(bound: BoundField) -> str:
    """Return the id of the input an error links to: the first one, or the first wrong box."""
    if not isinstance(bound.field.widget, DateBoxes):
        return _id(bound)
    wrong = PlainErrors(bound).boxes()
    return f"{_id(bound)}-{next((box for box in BOXES if box in wrong), BOXES[0])}"
