"""System checks: each combination of settings that would fail later, with an id and a hint."""

from collections.abc import Callable, Sequence
from ctypes.util import find_library
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning
from django.core.exceptions import ImproperlyConfigured

from declaration import scanning

Check = Callable[..., Sequence[CheckMessage]]

LOCAL_HOSTS = {"localhost", "127.0.0.1", "::1"}
PDF_LIBRARIES = {"pangoft2-1.0": "libpangoft2-1.0-0", "harfbuzz-subset": "libharfbuzz-subset0"}


def check_public_url(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """The address printed in e-mails and QR codes must be one that people can open."""
    url = urlsplit(settings.PUBLIC_URL)
    if url.scheme not in {"http", "https"} or not url.hostname:
        hint = "Give scheme and host, such as https://declaration.example."
        return [Error(f"PUBLIC_URL {settings.PUBLIC_URL!r} is no address.", hint, id="floor.E001")]
    if settings.HTTPS and url.scheme != "https":
        hint = "Use an https address, or HTTPS=off for a demonstration on this machine."
        return [Error("PUBLIC_URL is not https while HTTPS is on.", hint, id="floor.E002")]
    return []


def check_demo_is_local(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Demo sign-ins, plain cookies, open outbox and debug pages are for one machine only."""
    found: list[CheckMessage] = []
    local = urlsplit(settings.PUBLIC_URL).hostname in LOCAL_HOSTS
    if settings.OUTBOX_ROOT and not local:
        hint = "Unset OUTBOX_ROOT and set EMAIL_URL: everybody can read the outbox page."
        found.append(Error("OUTBOX_ROOT is set on a public address.", hint, id="floor.E003"))
    if not settings.HTTPS and not local:
        hint = "Set HTTPS=on; passwords and sessions would travel readable by anybody."
        found.append(Error("HTTPS is off on a public address.", hint, id="floor.E004"))
    if settings.DEMO and not local:
        hint = "Set DEMO=off: its sign-ins are printed in the documentation."
        found.append(Error("DEMO is on at a public address.", hint, id="floor.E005"))
    if settings.DEBUG and not local:
        hint = "Set DEBUG=off: its error pages show settings and data to anybody."
        found.append(Error("DEBUG is on at a public address.", hint, id="floor.E008"))
    return found


def check_lease(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """A lease shorter than the sweep would hand a job to two workers for nothing."""
    if settings.LEASE_SECONDS < settings.SWEEP_SECONDS or settings.SWEEP_SECONDS < 1:
        hint = "Use LEASE_SECONDS=15 and SWEEP_SECONDS=5."
        return [Error("LEASE_SECONDS is below SWEEP_SECONDS.", hint, id="floor.E006")]
    return []


def check_pdf_libraries(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """WeasyPrint needs two system libraries; without them the site serves, but makes no PDF."""
    missing = [package for name, package in PDF_LIBRARIES.items() if not find_library(name)]
    if not missing:
        return []
    hint = f"apt-get install {' '.join(missing)}, on machines that run workers."
    return [Warning("PDFs cannot be made on this machine.", hint, id="floor.W001")]


def check_secret_key(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """A key that anybody could guess signs nothing."""
    if len(settings.SECRET_KEY) < 50:
        hint = "Make one: python -c 'import secrets; print(secrets.token_urlsafe(50))'."
        return [Error("SECRET_KEY is shorter than 50 characters.", hint, id="floor.E007")]
    return []


def check_proxy(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """HTTPS ends in a proxy; one whose word is not believed would be redirected for ever."""
    if settings.HTTPS and not settings.PROXY_COUNT:
        hint = "Set PROXY_COUNT to the number of proxies, unless the process speaks HTTPS itself."
        return [Warning("HTTPS is on, but no proxy is believed.", hint, id="floor.W002")]
    return []


def check_scanner(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """A scanner that cannot be addressed would hold back every uploaded file."""
    if not scanning.is_set_up():
        return []
    try:
        scanning.address()
    except ValueError:
        hint = "Give host and port, such as clamav:3310, or leave it empty."
        return [Error("CLAMAV_ADDRESS is no address.", hint, id="floor.E009")]
    return []


EVERY_START: list[Check] = [
    check_public_url,
    check_demo_is_local,
    check_lease,
    check_pdf_libraries,
    check_secret_key,
    check_proxy,
    check_scanner,
]


def refuse_unsafe_settings() -> None:
    """Raise ImproperlyConfigured with what is unsafe and how to mend it.

    manage.py checks at each start by itself; web and worker processes call this.
    """
    found = [message for check in EVERY_START for message in check(None) if message.is_serious()]
    if found:
        words = [f"{message.id}: {message.msg} {message.hint}" for message in found]
        raise ImproperlyConfigured("\n".join(words))
