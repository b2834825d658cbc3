"""Which tables may be shown: the cases that people would ask about."""

import random
from time import process_time

import pytest

from progress.suppression import (
    OTHERS,
    PUBLIC,
    Part,
    Sitting,
    Table,
    Verdict,
    algebra,
    decide,
    decide_round,
)
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
    # Another copy may say the same as the one that was published.
    later = Table(parts(*range(4)) | parts(4, 5, copy=2), parts(*range(4)) | parts(4, 5, copy=2))
    assert decide([six, later], known=parts(4, 5)) == (FEW, FEW)
    assert decide([later], known=parts(4, 5, copy=2)) == (FEW,)


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


def sitting(districts: range, others: range) -> Sitting:
    everybody = table(*districts, *others)
    return Sitting(everybody, {"district": table(*districts), "other": table(*others)})


def test_eleven_of_sixteen_see_their_kind_and_eleven_of_fifteen_do_not() -> None:
    """What is left of all are five of whom none is the reader; with one fewer, four."""
    [found] = decide_round([sitting(range(11), range(11, 16))])
    assert (found.everyone, found.of_kind("district")) == (SHOWN, SHOWN)
    # The five others would need a sixth, as one of them reads it.
    assert (found.of_kind("other"), found.of_kind("health")) == (FEW, FEW)
    [found] = decide_round([sitting(range(11), range(11, 15))])
    assert (found.everyone, found.of_kind("district")) == (SHOWN, CLOSE)


def test_a_release_that_follows_gives_way_to_a_kind_that_was_shown() -> None:
    first, second = sitting(range(11), range(11, 16)), sitting(range(1, 11), range(11, 11))
    assert decide([first.everyone, second.everyone], least=PUBLIC) == (SHOWN, SHOWN)
    found = decide_round([first, second])
    assert [each.everyone for each in found] == [SHOWN, CLOSE]
    assert [each.of_kind("district") for each in found] == [SHOWN, CLOSE]


@pytest.mark.parametrize(
    ("partners", "kinds", "releases", "most"), [(16, 3, 3, 0.2), (500, 13, 1, 0.3)]
)
def test_it_takes_no_time(partners: int, kinds: int, releases: int, most: float) -> None:
    """Thirteen indicators: several releases of a few partners, and one of many."""
    algebra.tells.cache_clear()
    chance = random.Random(7)
    everybody = range(partners)
    began = process_time()
    for _ in range(13):
        rated = {who for who in everybody if chance.random() < 0.9}
        sittings = []
        for copy in range(releases):
            changed = set(chance.sample(everybody, 6))
            parts = {who: Part(who, copy if who in changed else 0) for who in everybody}
            tables = {}
            for kind in range(-1, kinds):
                group = {who for who in everybody if kind in {-1, who % kinds}}
                counted = frozenset(parts[who] for who in group)
                tables[str(kind)] = Table(frozenset(parts[who] for who in group & rated), counted)
            sittings.append(Sitting(tables.pop("-1"), tables))
        decide_round(sittings)
    assert process_time() - began < most
