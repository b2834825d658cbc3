"""The cache keeps what counts: a limit that is used up is not forgotten in busy traffic."""

from typing import Any

import pytest
from allauth.core import ratelimit
from django.core.cache import cache
from django.test import RequestFactory

from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_counted() -> None:
    cache.clear()


def is_let_through(key: str) -> bool:
    request: Any = RequestFactory().post("/")
    request.user = make_user()
    return bool(ratelimit.consume(request, action="send_confirmation", key=key))


def test_seven_hundred_other_rows_do_not_wipe_out_a_used_up_limit() -> None:
    while is_let_through("somebody"):
        pass
    for number in range(700):
        cache.set(f"another-{number}", [1], 300)
    assert not is_let_through("somebody")
    assert is_let_through("somebody else")
