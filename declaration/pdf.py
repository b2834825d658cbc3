"""Turn an HTML document into a tagged PDF (PDF/UA-1); the only module that knows WeasyPrint."""

from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from django.conf import settings
from fontTools.ttLib import TTFont

from declaration.jobs import JobFailedError

try:
    import weasyprint
    from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse
except OSError as error:  # Pango or HarfBuzz is not installed on this machine.
    weasyprint = None
    URLFetcher = object
    MISSING = str(error)

SCHEME = "asset:"


class PdfUnavailableError(JobFailedError):
    """No PDF can be made on this machine; the message says what to install."""


class AssetFetcher(URLFetcher):  # type: ignore[misc]  # WeasyPrint has no type information
    """Reads fonts and pictures of the project, and data: URLs; refuses every other address."""

    def fetch(self, url: str, headers: Any = None) -> Any:
        """Return the asset or the data: URL's bytes; anything else stops the document."""
        if url.startswith("data:"):
            return super().fetch(url, headers)
        if not url.startswith(SCHEME):
            raise FatalURLFetchingError(f"documents may not read {url!r}")
        return URLFetcherResponse(url, body=_asset(unquote(url.removeprefix(SCHEME))))


@cache
def _asset(name: str) -> bytes:
    """The bytes of an asset; a packed font is unpacked, once for each process.

    WeasyPrint would unpack every font anew for every document, a fifth of its time.
    """
    content = _read(name)
    if not name.endswith(".woff2"):
        return content
    font, unpacked = TTFont(BytesIO(content)), BytesIO()
    font.flavor = None
    font.save(unpacked)
    return unpacked.getvalue()


def _read(name: str) -> bytes:
    for root in settings.STATICFILES_DIRS:
        path = (Path(root) / name.lstrip("/")).resolve()
        if path.is_relative_to(Path(root).resolve()) and path.is_file():
            return path.read_bytes()
    raise FatalURLFetchingError(f"no such asset: {name!r}")


def render(html: str) -> bytes:
    """Return the PDF/UA-1 bytes of an HTML document with its own styles, language and title.

    Raises PdfUnavailableError when the system libraries are missing, and ValueError when the
    document asks for anything but `asset:` and `data:` URLs.
    """
    if weasyprint is None:
        raise PdfUnavailableError(
            f"Install libpangoft2-1.0-0 and libharfbuzz-subset0 where the worker runs ({MISSING})."
        )
    try:
        document = weasyprint.HTML(string=html, base_url=SCHEME, url_fetcher=AssetFetcher())
        content: bytes = document.write_pdf(pdf_variant="pdf/ua-1")
    except FatalURLFetchingError as error:
        raise ValueError(str(error)) from error
    return content
