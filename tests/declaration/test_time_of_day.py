"""A time of day among the settings: understood, off, or refused with what to write."""

from datetime import time

import pytest
from django.core.exceptions import ImproperlyConfigured

from declaration.env import Environment


@pytest.mark.parametrize(
    ("written", "understood"),
    [("07:00", time(7)), (" 18:30 ", time(18, 30)), ("", None), ("off", None), ("OFF", None)],
)
def test_a_time_or_off_is_understood(
    written: str, understood: time | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIGEST_AT", written)
    assert Environment().clock("DIGEST_AT", "07:00") == understood


def test_what_is_not_set_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DIGEST_AT", raising=False)
    assert Environment().clock("DIGEST_AT", "07:00") == time(7)


@pytest.mark.parametrize("written", ["seven", "25:00", "7", "07:00:61", "on"])
def test_anything_else_is_refused_with_an_example(
    written: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIGEST_AT", written)
    with pytest.raises(ImproperlyConfigured, match="Set DIGEST_AT to a time such as 07:00"):
        Environment().clock("DIGEST_AT", "07:00")
