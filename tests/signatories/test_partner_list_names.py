"""Names are compared as the database compares them, whatever Python knows of their letters."""

import pytest

from signatories.actions.partner_lists import Kind, Row
from signatories.models import Partner
from signatories.resources import open_list
from tests.factories import make_partner

pytestmark = pytest.mark.django_db

# A picture that is newer than Python’s table of letters, and letters with more than one small form.
ODD = ["New \U0001fae8", "İstanbul", "ΟΔΟΣ", "οδος", "ΟΔΟσ", "Straße", "ﬁre", "K of kelvin"]


def read(*lines: str, save: bool = False) -> list[Row]:
    content = "\n".join(["name,kind", *lines]).encode()
    return list(open_list(content, "partners.csv").rows(save=save))


@pytest.mark.parametrize("name", ODD)
def test_a_name_is_found_again(name: str) -> None:
    make_partner(name, kind="other")
    assert [row.kind for row in read(f"{name},other")] == [Kind.UNCHANGED]


@pytest.mark.parametrize("name", ODD)
def test_a_name_twice_in_a_file_is_refused_before_the_database_refuses_it(name: str) -> None:
    _, again = read(f"{name},other", f"{name},health")
    assert [problem.reason for problem in again.problems] == [
        "This is the same partner as in line 2"
    ]


@pytest.mark.parametrize("name", ["ΟΔΟΣ", "ασ,", "ΑΣ", "İstanbul", "STRASSE"])
def test_whatever_is_new_can_be_written_also_beside_its_likes(name: str) -> None:
    likes = ["οδος", "οδοσ", "ας", "ασ", "istanbul", "i\u0307stanbul", "straße"]
    rows = read(*(f'"{each}",other' for each in [name, *likes]))
    good = [row.name for row in rows if row.kind == Kind.NEW]
    read(*(f'"{each}",other' for each in good), save=True)
    assert sorted(Partner.objects.values_list("name", flat=True)) == sorted(good)
    assert {row.kind for row in read(*(f'"{each}",other' for each in good))} == {Kind.UNCHANGED}


def test_a_name_of_another_partner_is_found_whatever_its_letters() -> None:
    partner = make_partner("Alpha", kind="other")
    Partner.objects.filter(pk=partner.pk).update(gss_code="E00000001")
    make_partner("ΟΔΟΣ \U0001fae8", kind="other")
    content = "name,kind,gss_code\nΟΔΟΣ \U0001fae8,other,E00000001\n".encode()
    (row,) = open_list(content, "partners.csv").rows()
    assert [problem.column for problem in row.problems] == ["name"]
