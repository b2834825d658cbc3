"""The demonstration's sign-ins are told where its people exist, and nowhere else."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from progress.management.demo import PASSWORD, SIGN_INS
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def told() -> str:
    out = StringIO()
    call_command("demo_signins", stdout=out)
    return out.getvalue()


@pytest.fixture
def demo(settings: object) -> None:
    """DEMO=on, whatever the tests were started with."""
    settings.DEMO = True  # type: ignore[attr-defined]  # pytest-django's settings


@pytest.mark.usefixtures("demo")
def test_nothing_is_told_in_a_database_of_other_people() -> None:
    make_user("Olive Other")
    assert told() == ""


@pytest.mark.usefixtures("demo")
def test_each_of_its_people_is_told_with_the_password() -> None:
    for sign_in in SIGN_INS[1:]:
        make_user(sign_in.who, email=sign_in.email)
    text = told()
    assert SIGN_INS[0].email not in text
    assert all(f"{sign_in.email}\n" in text for sign_in in SIGN_INS[1:])
    assert text.endswith(f"Password of all of them: {PASSWORD}\n")


def test_there_are_none_outside_demo_mode(settings: object) -> None:
    settings.DEMO = False  # type: ignore[attr-defined]  # pytest-django's settings
    with pytest.raises(CommandError, match="set DEMO=on"):
        told()
