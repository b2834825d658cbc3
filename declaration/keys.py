"""Keys that make one form one wish, however often it is sent."""

import re
import secrets

KEY = re.compile(r"[\w-]{1,64}", re.ASCII)


def new_key() -> str:
    """Return a key for a form that is about to be shown."""
    return secrets.token_urlsafe(16)


def key_of(typed: str) -> str:
    """Return the key as it was sent; one that we did not make is replaced."""
    return typed if KEY.fullmatch(typed) else new_key()
