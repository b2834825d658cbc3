"""Which tables may be shown: the cases that people would ask about."""

import random
from time import process_time

import pytest

from progress.suppression import OTHERS, PUBLIC, Part, Table, Verdict, decide
from tests.progress.attacker import works_out

SHOWN, FEW, CLOSE = Verdict.SHOWN, Verdict.FEW, Verdict.CLOSE


def parts(*who: int, copy: int = 1) -> frozenset[Part]:
    return frozenset(Part(each, copy) for each in who)


def table(*who: int, besides: tuple[int, ...] = ()) -> Table:
    """A table of rated partners, and of others for whom the indicator is not applicable."""
    return Table(parts(*who), parts(*who, *besides))


@pytest.mark.parametrize(
    ("rated", "verdict"), [(0, FEW), (1, FEW), (4, FEW), (5, SHOWN), (16, SHOWN)]
)
def test_five_rated_partners_have_to_stand_behind_a_table(rated: int, verdict: Verdict) -> None:
    assert decide([table(*range(rated), besides=(20, 21, 22, 23, 24))]) == (verdict,)


def test_the_reader_and_publishers_are_not_among_the_five() -> None:
    six = table(*range(6))
    assert decide([six], known=parts(0)) == (SHOWN,)
    assert decide([six], known=parts(0, 1)) == (FEW,)
    # Another copy of the same partner is not what was published.
    assert decide([six], known=parts(0) | parts(1, copy=2)) == (SHOWN,)


def test_everybody_reads_the_public_ones_so_they_take_six() -> None:
    assert decide([table(*range(5))], least=PUBLIC) == (FEW,)
    assert decide([table(*range(6))], least=PUBLIC) == (SHOWN,)
    # Whichever of the six reads it, five others stand behind it.
    assert all(decide([table(*range(6))], known=parts(each)) == (SHOWN,) for each in range(6))


@pytest.mark.parametrize("rest", range(1, 8))
def test_a_group_within_another_differs_by_none_or_by_five(rest: int) -> None:
    found = decide([table(*range(6 + rest)), table(*range(6))])
    assert found == (SHOWN, SHOWN if rest >= OTHERS else CLOSE)
    assert decide([table(*range(6)), table(*range(6))]) == (SHOWN, SHOWN)


def test_the_rest_of_all_kinds_together_cannot_be_worked_out() -> None:
    """All less two kinds leaves three: each of the kinds alone is harmless."""
    everybody, first, second = range(16), range(6), range(6, 13)
    assert decide([table(*everybody), table(*first), table(*second)]) == (SHOWN, SHOWN, CLOSE)


def test_from_fifteen_to_sixteen_partners_the_first_release_stays() -> None:
    assert decide([table(*range(15)), table(*range(16))], least=PUBLIC) == (SHOWN, CLOSE)
    assert decide([table(*range(15)), table(*range(21))], least=PUBLIC) == (SHOWN, SHOWN)


def test_one_changed_copy_is_not_told_by_two_releases() -> None:
    before, after = parts(*range(12)), parts(*range(11)) | parts(11, copy=2)
    assert decide([Table(before, before), Table(after, after)]) == (SHOWN, CLOSE)
    # Three partners have six copies between them, and are still three.
    after = parts(*range(9)) | parts(9, 10, 11, copy=2)
    assert decide([Table(before, before), Table(after, after)]) == (SHOWN, CLOSE)
    after = parts(*range(7)) | parts(7, 8, 9, 10, 11, copy=2)
    assert decide([Table(before, before), Table(after, after)]) == (SHOWN, SHOWN)


def test_a_third_release_is_weighed_against_both_before() -> None:
    first, second, third = range(6), range(12), range(6, 14)
    assert decide([table(*second), table(*third)]) == (SHOWN, SHOWN)
    # What is new in the second one is known from the first; without it, two are left of the third.
    assert decide([table(*first), table(*second), table(*third)]) == (SHOWN, SHOWN, CLOSE)


def test_who_is_not_applicable_cannot_be_worked_out_either() -> None:
    """The ratings are the same, and one more is counted: that one said "not applicable"."""
    assert decide([table(*range(8)), table(*range(8), besides=(8,))]) == (SHOWN, CLOSE)


def test_tables_that_are_seen_in_any_case_count() -> None:
    everybody, kind = table(*range(16)), table(*range(12))
    assert decide([kind]) == (SHOWN,)
    assert decide([kind], before=[everybody]) == (CLOSE,)


def test_overlapping_tables_with_small_cells_are_fine_where_no_sum_is_about_them() -> None:
    """Two partners changed their kind: the tables share them, and nothing tells them apart."""
    one, other = table(*range(10)), table(*range(8, 20))
    assert decide([one, other]) == (SHOWN, SHOWN)
    assert works_out([one.rated, other.rated], frozenset(), OTHERS) is None


def test_with_the_rule_off_the_attacker_finds_somebody() -> None:
    """The control: what is hidden above can be worked out where it is shown."""
    cases = (
        [table(*range(15)), table(*range(16))],
        [table(*range(16)), table(*range(6)), table(*range(6, 13))],
        [table(*range(6)), table(*range(12)), table(*range(6, 14))],
    )
    for tables in cases:
        assert works_out([each.rated for each in tables], frozenset(), OTHERS) is not None


def test_it_takes_no_time() -> None:
    """Thirteen indicators, all partners and twelve kinds, three releases."""
    chance = random.Random(7)
    kinds = [chance.randrange(12) for _ in range(60)]
    began = process_time()
    for _ in range(13):
        rated = {who for who in range(60) if chance.random() < 0.9}
        tables = []
        for copy in (1, 2, 3):
            changed = set(chance.sample(range(60), 6))
            every = {who: Part(who, copy if who in changed else 0) for who in range(60)}
            for kind in range(-1, 12):
                counted = frozenset(every[who] for who in every if kind in {-1, kinds[who]})
                tables.append(
                    Table(frozenset(each for each in counted if each.who in rated), counted)
                )
        decide(tables)
    assert process_time() - began < 0.5, "five times what it takes"
