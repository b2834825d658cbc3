"""Every template compiles, and none holds what the content security policy refuses."""

import re
from pathlib import Path

import pytest
from django.template.loader import get_template

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
PAGES = sorted(str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.html"))
ON_SCREEN = [name for name in PAGES if not name.startswith("documents/")]

REFUSED = {
    "an inline style": re.compile(r"<style|\sstyle=", re.IGNORECASE),
    "an inline script": re.compile(r"<script(?![^>]*\bsrc=)", re.IGNORECASE),
    "an event handler": re.compile(r"\son(click|change|submit|load|input)=", re.IGNORECASE),
    "a form field typed by hand": re.compile(
        r"<(input|textarea|select)\b(?![^>]*hidden)", re.IGNORECASE
    ),
    "an address of somebody else": re.compile(r"(src|href)=\"https?://", re.IGNORECASE),
}
# Mail programs read no other style; the content security policy is for pages on the site.
IN_EMAILS = {"an inline style"}
# allauth hands this element a field's parts, not the field, so no renderer can draw it.
ALLOWED = {"allauth/elements/field.html": {"a form field typed by hand"}}


@pytest.mark.parametrize("name", PAGES)
def test_a_template_compiles(name: str) -> None:
    get_template(name)


@pytest.mark.parametrize("name", ON_SCREEN)
def test_a_page_holds_nothing_that_is_refused(name: str) -> None:
    text = (TEMPLATES / name).read_text(encoding="utf-8")
    found = {what for what, pattern in REFUSED.items() if pattern.search(text)}
    allowed = IN_EMAILS if name.startswith("emails/") else ALLOWED.get(name, set())
    assert found <= allowed
    assert found >= ALLOWED.get(name, set())


@pytest.mark.parametrize(
    "text",
    [
        '<p style="color: red">',
        "<script>alert(1)</script>",
        '<a onclick="x()">',
        '<input type="text" name="x">',
        '<img src="https://elsewhere.example/x.png">',
    ],
)
def test_the_patterns_notice_what_they_look_for(text: str) -> None:
    assert any(pattern.search(text) for pattern in REFUSED.values())
