"""Read settings from the environment and fail loudly, with a hint, when one is missing or wrong."""

from datetime import time
from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

HINTS = {
    "SECRET_KEY": "a long random text, kept secret; script/server makes one for you",
    "DATABASE_URL": "postgres://user:password@host:5432/name",
    "REDIS_URL": "redis://:password@host:6379/0 (Redis or Valkey)",
    "PUBLIC_URL": "the address people type, such as https://declaration.example",
    "ALLOWED_HOSTS": "host names the portal answers to, separated by commas",
    "EMAIL_URL": "smtp+tls://user:password@host:587",
    "FILES_ROOT": "a folder that web and workers share, for certificates and reports",
}


class Environment:
    """The process's environment, read by name and type."""

    def __init__(self) -> None:
        self._env = environ.Env()

    def _read(self, kind: str, name: str, default: Any) -> Any:
        reader = getattr(self._env, kind)
        try:
            return reader(name) if default is None else reader(name, default=default)
        except (ImproperlyConfigured, ValueError) as error:
            hint = HINTS.get(name, "see .env.example")
            raise ImproperlyConfigured(f"Set {name}: {hint}. ({error})") from error

    def text(self, name: str, default: str | None = None) -> str:
        """Return the variable as text; without a default it must be set and not be empty."""
        value: str = self._read("str", name, default)
        if default is None and not value:
            raise ImproperlyConfigured(f"Set {name}: {HINTS.get(name, 'see .env.example')}.")
        return value

    def flag(self, name: str, default: bool) -> bool:
        """Return on/true/yes/1 as True; anything but a known word for on or off is an error."""
        word = self.text(name, "on" if default else "off").strip().lower()
        if word in {"on", "true", "yes", "1"}:
            return True
        if word in {"off", "false", "no", "0", ""}:
            return False
        raise ImproperlyConfigured(f"Set {name} to on or off, not {word!r}.")

    def number(self, name: str, default: int) -> int:
        """Return the variable as a whole number."""
        value: int = self._read("int", name, default)
        return value

    def clock(self, name: str, default: str) -> time | None:
        """Return a time of day such as 07:00; off or nothing is None."""
        word = self.text(name, default).strip().lower()
        if word in {"", "off"}:
            return None
        try:
            return time.fromisoformat(word).replace(tzinfo=None)
        except ValueError:
            raise ImproperlyConfigured(
                f"Set {name} to a time such as 07:00, or to off, not {word!r}."
            ) from None

    def words(self, name: str) -> list[str]:
        """Return a comma-separated variable, which must be set, as a list of at least one word."""
        found = [word.strip() for word in self.text(name).split(",") if word.strip()]
        if not found:
            raise ImproperlyConfigured(f"Set {name}: {HINTS.get(name, 'see .env.example')}.")
        return found

    def folder(self, name: str, default: Path | None = None) -> Path:
        """Return the variable as an absolute path."""
        return Path(self.text(name, str(default) if default else None)).absolute()

    def database(self, name: str) -> dict[str, Any]:
        """Return the database settings that the URL in the variable means."""
        value: dict[str, Any] = self._read("db_url", name, None)
        return value

    def email(self, name: str, default: str) -> dict[str, Any]:
        """Return the e-mail settings that the URL in the variable means."""
        value: dict[str, Any] = self._read("email_url", name, default)
        return value
