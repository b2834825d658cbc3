"""The renderer reads what belongs to the documents, and nothing else of the machine or the net."""

import base64
import subprocess
from pathlib import Path

import page
import pytest
from django.conf import settings

from declaration import pdf

PIXEL = base64.b64encode(
    b'<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"><path d="M0 0h1v1z"/></svg>'
).decode()


def document(body: str, style: str = "") -> str:
    file = "asset:fonts/source-sans-3-latin-400-normal.woff2"
    font = f'@font-face {{ font-family: F; src: url("{file}"); }}'
    return (
        '<!doctype html><html lang="en-GB"><head><meta charset="utf-8"><title>Paper</title>'
        f"<style>{font} html {{ font-family: F; }} {style}</style></head>"
        f"<body><h1>Paper</h1>{body}</body></html>"
    )


def test_a_document_is_accessible_and_brings_its_font() -> None:
    content = pdf.render(document("<p>Words.</p>"))
    found = page.validate_pdf_bytes(content, profile="PDF/UA-1")
    assert found.is_compliant, [each.message for each in found.failures]
    fonts = subprocess.run(["pdffonts", "-"], input=content, capture_output=True, check=True)
    for line in fonts.stdout.decode().splitlines()[2:]:
        assert "+F" in line
        assert line.split()[-5] == "yes", "embedded"


def test_a_data_url_is_read() -> None:
    image = f'<img alt="A dot" src="data:image/svg+xml;base64,{PIXEL}">'
    assert pdf.render(document(image)).startswith(b"%PDF-1.7")


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "http://127.0.0.1:1/",
        "https://example.org/a.png",
        "ftp://example.org/a.png",
        "//example.org/a.png",
        "asset:fonts/../../../settings.py",
        "asset:../static/app.scss/../../manage.py",
        "asset:%2e%2e/%2e%2e/manage.py",
        "asset:/etc/passwd",
        "asset:////etc/passwd",
        "asset:fonts",
        "asset:fonts/none.woff2",
        "asset:",
        "relative.png",
    ],
)
def test_every_other_address_stops_the_document(url: str) -> None:
    with pytest.raises(ValueError, match=r"documents may not read|no such asset"):
        pdf.render(document(f'<img alt="A picture" src="{url}">'))


def test_an_address_in_a_style_sheet_is_refused_too() -> None:
    with pytest.raises(ValueError, match="documents may not read"):
        pdf.render(document("", 'p { background: url("file:///etc/passwd") }') + "<p>x</p>")


def test_a_file_outside_the_assets_is_there_and_still_refused(tmp_path: Path) -> None:
    """Otherwise the refusals above could be for want of a file."""
    assert Path("/etc/passwd").is_file()
    root = Path(settings.STATICFILES_DIRS[0])
    assert (root / "../manage.py").resolve().is_file()
    with pytest.raises(ValueError, match="no such asset"):
        pdf.render(document('<img alt="A picture" src="asset:../manage.py">'))
