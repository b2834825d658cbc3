"""Three texts of one thing: what merges by itself, and what is for a person to decide."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.merging import BOTH, MINE, THEIRS, decide, merge

NAMES = ("rating", "reason", "narrative", "willing_to_share", "completed")
VALUES = st.fixed_dictionaries(
    {
        "rating": st.sampled_from(["", "0", "3", "na"]),
        "reason": st.sampled_from(["", "r", "s"]),
        "narrative": st.sampled_from(["", "n", "m"]),
        "willing_to_share": st.booleans(),
        "completed": st.booleans(),
    }
)
BASE = {
    "rating": "2",
    "reason": "",
    "narrative": "then",
    "willing_to_share": False,
    "completed": False,
}


def test_fields_that_only_one_side_changed_merge_by_themselves() -> None:
    mine = BASE | {"narrative": "mine"}
    theirs = BASE | {"rating": "3", "willing_to_share": True}
    merged = merge(BASE, mine, theirs)
    assert merged.values == BASE | {"narrative": "mine", "rating": "3", "willing_to_share": True}
    assert (merged.conflicts, merged.taken) == ((), ("rating", "willing_to_share"))


def test_a_field_that_both_changed_is_to_be_decided_and_holds_mine() -> None:
    merged = merge(BASE, BASE | {"narrative": "mine"}, BASE | {"narrative": "theirs"})
    assert merged.conflicts == ("narrative",)
    assert merged.values["narrative"] == "mine"


def test_the_same_change_on_both_sides_is_no_conflict() -> None:
    both = BASE | {"narrative": "same", "rating": "4"}
    assert merge(BASE, both, both).conflicts == ()


def test_without_a_base_everything_that_differs_is_to_be_decided() -> None:
    merged = merge(None, BASE | {"rating": "1"}, BASE)
    assert (merged.conflicts, merged.taken) == (("rating",), ())


@pytest.mark.parametrize("swapped", [False, True])
def test_completed_was_said_of_a_rating_so_both_are_asked_about(*, swapped: bool) -> None:
    sides = BASE | {"rating": "4"}, BASE | {"completed": True}
    mine, theirs = reversed(sides) if swapped else sides
    assert merge(BASE, mine, theirs).conflicts == ("rating", "completed")


def test_both_keeps_the_two_texts_and_of_a_choice_mine() -> None:
    mine, theirs = BASE | {"narrative": "mine", "rating": "1"}, BASE | {"narrative": "theirs"}
    decided = decide(mine, theirs, {"narrative": BOTH, "rating": BOTH})
    assert (decided["narrative"], decided["rating"]) == ("theirs\n\nmine", "1")
    assert decide(mine, BASE | {"narrative": " "}, {"narrative": BOTH})["narrative"] == "mine"


@pytest.mark.parametrize(
    ("mine", "theirs", "choice"), list(product("ab", "ab", [MINE, THEIRS, BOTH]))
)
def test_what_is_decided_is_one_of_the_two_or_both(mine: str, theirs: str, choice: str) -> None:
    found = decide(BASE | {"reason": mine}, BASE | {"reason": theirs}, {"reason": choice})
    expected = {MINE: mine, THEIRS: theirs, BOTH: f"{theirs}\n\n{mine}"}
    assert found["reason"] == expected[choice]


@given(base=VALUES, mine=VALUES, theirs=VALUES)
def test_nothing_that_anybody_changed_is_silently_lost(
    base: dict[str, object], mine: dict[str, object], theirs: dict[str, object]
) -> None:
    merged = merge(base, mine, theirs)
    for name in NAMES:
        changed_by_me, changed_by_them = mine[name] != base[name], theirs[name] != base[name]
        if name in merged.conflicts:
            assert mine[name] != theirs[name]
        elif changed_by_me:
            assert merged.values[name] == mine[name]
        elif changed_by_them:
            assert merged.values[name] == theirs[name]
        else:
            assert merged.values[name] == base[name]


@given(base=VALUES, mine=VALUES, theirs=VALUES)
def test_the_two_sides_see_the_same_conflicts(
    base: dict[str, object], mine: dict[str, object], theirs: dict[str, object]
) -> None:
    ours, others = merge(base, mine, theirs), merge(base, theirs, mine)
    assert set(ours.conflicts) == set(others.conflicts)


def test_of_a_set_each_side_adds_and_takes_away_for_itself() -> None:
    base = BASE | {"support": ("a", "b"), "support_words": ""}
    merged = merge(base, base | {"support": ("a", "b", "c")}, base | {"support": ("b",)})
    assert (merged.values["support"], merged.conflicts) == (("b", "c"), ())


def test_a_set_that_was_never_seen_is_to_be_decided() -> None:
    base = BASE | {"support": None, "support_words": None}
    mine = BASE | {"support": ("a",), "support_words": ""}
    assert merge(base, mine, mine | {"support": ("b",)}).conflicts == ("support",)


def test_not_applicable_is_never_left_without_its_reason() -> None:
    """They say that it does not apply, for the reason that was there; I take the reason away."""
    base = BASE | {"reason": "Because"}
    merged = merge(base, base | {"reason": ""}, base | {"rating": "na"})
    assert merged.conflicts == ("rating", "reason")
