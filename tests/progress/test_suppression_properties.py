"""Whatever is shown, nobody works out what fewer than five other partners said."""

from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st

from progress.suppression import (
    OTHERS,
    PUBLIC,
    Decided,
    Part,
    Sitting,
    Table,
    Verdict,
    algebra,
    classes,
    decide,
    decide_reader,
    decide_round,
)
from progress.suppression.tables import Scales
from tests.progress.attacker import is_found_out

PARTNERS = 14
MOST = 11
KINDS = "ab"
SEARCH = settings(
    phases=[Phase.generate],
    max_examples=5000,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@st.composite
def any_tables(draw: st.DrawFn) -> list[Table]:
    """Tables of any partners whatever, in two copies of each."""
    partners = st.sets(st.integers(0, MOST - 1), min_size=4, max_size=MOST)
    tables = []
    for _ in range(draw(st.integers(2, 4))):
        later = draw(st.sets(st.integers(0, MOST - 1), max_size=6))
        counted = {Part(who, int(who in later)) for who in draw(partners)}
        aside = draw(st.sets(st.sampled_from(sorted(counted)), max_size=3))
        tables.append(Table(frozenset(counted - aside), frozenset(counted)))
    return tables


@st.composite
def any_round(draw: st.DrawFn) -> list[Sitting]:
    """One to three releases of a round, of partners of two kinds, some of which publish.

    In the second and third some partners are new, others missing, and others accepted anew.
    """
    kinds = draw(st.lists(st.sampled_from(KINDS), min_size=PARTNERS, max_size=PARTNERS))
    publishers = draw(st.sets(st.integers(0, PARTNERS - 1), max_size=2))
    aside = draw(st.sets(st.integers(0, PARTNERS - 1), max_size=3))
    copies = dict.fromkeys(range(PARTNERS), 1)
    sittings = []
    for number in range(draw(st.integers(1, 3))):
        if number:
            for who in draw(st.sets(st.integers(0, PARTNERS - 1), max_size=6)):
                copies[who] += 1
        missing = draw(st.sets(st.integers(0, PARTNERS - 1), max_size=6))
        every = {who: Part(who, copies[who]) for who in copies if who not in missing}
        tables = {}
        for group in (KINDS, *KINDS):
            found = {who: part for who, part in every.items() if kinds[who] in group}
            rated = frozenset(part for who, part in found.items() if who not in aside)
            tables[group] = Table(rated, frozenset(found.values()))
        published = frozenset(every[who] for who in publishers & set(every))
        sittings.append(Sitting(tables.pop(KINDS), tables, published))
    return sittings


def shown(tables: Sequence[Table], verdicts: Sequence[Verdict]) -> list[Table]:
    return [
        each for each, verdict in zip(tables, verdicts, strict=True) if verdict is Verdict.SHOWN
    ]


def is_safe(tables: Sequence[Table], known: frozenset[Part]) -> bool:
    """Whether neither ratings nor who was counted tell of fewer than five."""
    return not is_found_out([each.rated for each in tables], known, OTHERS) and not is_found_out(
        [each.counted for each in tables], known, OTHERS
    )


def seen_by(
    sittings: Sequence[Sitting], decided: Sequence[Decided], *kinds: str
) -> tuple[list[Table], frozenset[Part]]:
    """All that the people of these kinds were ever shown, and what was published."""
    everyone = shown([each.everyone for each in sittings], [each.everyone for each in decided])
    own = [
        sitting.kinds[kind]
        for sitting, verdicts in zip(sittings, decided, strict=True)
        for kind in kinds
        if verdicts.of_kind(kind) is Verdict.SHOWN
    ]
    return [*everyone, *own], frozenset[Part]().union(*(each.published for each in sittings))


def said_by(who: int, tables: Sequence[Table]) -> frozenset[Part]:
    return frozenset(part for each in tables for part in each.counted if part.who == who)


def is_round_safe(sittings: Sequence[Sitting], decided: Sequence[Decided], who: int) -> bool:
    """Whether nobody of one partner works anything out, whichever kind it is of."""
    for kind in KINDS:
        if any(part.who == who for each in sittings for part in each.kinds[kind].counted):
            tables, published = seen_by(sittings, decided, kind)
            return is_safe(tables, published | said_by(who, [each.everyone for each in sittings]))
    return is_safe(*seen_by(sittings, decided))


@settings(max_examples=60, deadline=None)
@given(any_tables(), st.sets(st.integers(0, MOST - 1), max_size=2))
def test_no_sum_of_any_tables_tells_of_fewer_than_five(tables: list[Table], own: set[int]) -> None:
    known = frozenset(Part(who, copy) for who in own for copy in (0, 1))
    visible = shown(tables, decide(tables, known=known))
    assert is_safe(visible, known)
    assert all(len(each.rated - known) >= OTHERS for each in visible)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(any_tables())
def test_what_is_hidden_had_to_be(tables: list[Table]) -> None:
    """Each table that is hidden would tell something together with those shown before it."""
    visible: list[Table] = []
    for table, verdict in zip(tables, decide(tables), strict=True):
        if verdict is Verdict.SHOWN:
            visible.append(table)
        else:
            few = len(table.rated) < OTHERS
            assert few or not is_safe([*visible, table], frozenset())


@settings(max_examples=60, deadline=None)
@given(any_round(), st.integers(0, PARTNERS - 1))
def test_no_partner_works_out_what_few_others_said(sittings: list[Sitting], reader: int) -> None:
    """It knows its own ratings, and everything that it was ever shown, in whatever order."""
    assert is_round_safe(sittings, decide_round(sittings), reader)


@settings(max_examples=60, deadline=None)
@given(any_round())
def test_one_release_tells_nothing_to_who_saw_all_kinds(sittings: list[Sitting]) -> None:
    first = sittings[:1]
    assert is_safe(*seen_by(first, decide_round(first), *KINDS))


@settings(max_examples=60, deadline=None)
@given(any_round())
def test_no_later_release_changes_what_was_decided(sittings: list[Sitting]) -> None:
    decided = decide_round(sittings)
    kinds = [list(KINDS)] * len(sittings)
    own = said_by(0, [each.everyone for each in sittings])
    reader = decide_reader(sittings, decided, kinds, own)
    for count in range(1, len(sittings)):
        assert decide_round(sittings[:count]) == decided[:count]
        found = decide_reader(sittings[:count], decided[:count], kinds[:count], own)
        assert found == reader[:count]
    for verdicts, mine in zip(decided, reader, strict=True):
        assert all(
            verdict is not Verdict.SHOWN or verdicts.of_kind(kind) is Verdict.SHOWN
            for kind, verdict in mine.items()
        )


def test_counting_heads_alone_would_not_do() -> None:
    """The control: where each table just has five behind it, somebody can be worked out."""

    def is_out(tables: list[Table]) -> bool:
        enough = [each for each in tables if len(each.rated) >= OTHERS]
        return not is_safe(enough, frozenset())

    assert Verdict.CLOSE in decide(find(any_tables(), is_out, settings=SEARCH))


@pytest.fixture
def forgotten() -> None:
    """Nothing is remembered of tables that were weighed by other rules."""
    algebra.tells.cache_clear()


def test_without_one_of_the_rules_the_attacker_succeeds(
    monkeypatch: pytest.MonkeyPatch, forgotten: None
) -> None:
    """The controls: copies taken for changed, and the kinds' tables forgotten by what follows."""
    late, six, five = range(1), range(1, 7), range(7, 12)
    copied = [
        sitting([*late, *six], five, copy=1),
        sitting(six, five, copy=2, copied=five),
    ]
    ordered = [sitting(range(11), range(11, 16)), sitting(range(1, 11), ())]
    for sittings, owner, rule, value in (
        (copied, Scales, "has_copies", False),
        (ordered, classes._Round, "_for_kind", lambda *_: Verdict.SHOWN),
    ):
        assert is_round_safe(sittings, decide_round(sittings), 3)
        with monkeypatch.context() as patched:
            patched.setattr(owner, rule, value)
            assert not is_round_safe(sittings, decide_round(sittings), 3)


def sitting(
    districts: Sequence[int], others: Sequence[int], copy: int = 1, copied: Sequence[int] = ()
) -> Sitting:
    """One release, in which all are rated; some may be copies of before."""
    tables = [
        frozenset(Part(who, copy if who in copied else 1) for who in group)
        for group in (districts, others)
    ]
    first, second = (Table(each, each) for each in tables)
    every = tables[0] | tables[1]
    return Sitting(Table(every, every), {"a": first, "b": second})


def test_odd_and_even_counts_tell_of_nobody(
    monkeypatch: pytest.MonkeyPatch, forgotten: None
) -> None:
    """Each of eighteen partners is counted twice, and one once: its rating is the odd one."""
    a, b, c, one = (
        frozenset(Part(who, 1) for who in range(*ends))
        for ends in ((0, 6), (6, 12), (12, 18), (18, 19))
    )
    tables = [Table(each, each) for each in (a | b, b | c, a | c | one)]
    decided = (Verdict.SHOWN, Verdict.SHOWN, Verdict.CLOSE)
    assert decide(tables, least=PUBLIC) == decided
    algebra.tells.cache_clear()
    monkeypatch.setattr(algebra, "SMALL", ())
    assert decide(tables, least=PUBLIC) == (Verdict.SHOWN,) * 3
    algebra.tells.cache_clear()
    assert not is_safe(tables, frozenset())
    assert is_safe(shown(tables, decided), frozenset())
