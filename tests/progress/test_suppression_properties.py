"""Whatever is shown, nobody works out what fewer than five other partners said."""

from collections.abc import Sequence

from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

from progress.suppression import OTHERS, PUBLIC, Part, Table, Verdict, decide
from tests.progress.attacker import works_out

PARTNERS = 16
MOST = 11


@st.composite
def any_tables(draw: st.DrawFn) -> list[Table]:
    """Tables of any partners whatever, in two copies of each."""
    partners = st.sets(st.integers(0, MOST - 1), min_size=4, max_size=MOST)
    tables = []
    for _ in range(draw(st.integers(2, 5))):
        later = draw(st.sets(st.integers(0, MOST - 1), max_size=6))
        counted = {Part(who, int(who in later)) for who in draw(partners)}
        aside = draw(st.sets(st.sampled_from(sorted(counted)), max_size=3))
        tables.append(Table(frozenset(counted - aside), frozenset(counted)))
    return tables


@st.composite
def released(draw: st.DrawFn) -> tuple[list[Table], list[Table], frozenset[Part], int]:
    """One to three releases of a round: of all, of the reader's kind, who publishes, who reads.

    The second and third have partners that are new, or were accepted anew.
    """
    kinds = draw(st.lists(st.sampled_from("abc"), min_size=PARTNERS, max_size=PARTNERS))
    reader = draw(st.integers(0, PARTNERS - 1))
    publishers = draw(st.sets(st.integers(0, PARTNERS - 1), max_size=3))
    aside = draw(st.sets(st.integers(0, PARTNERS - 1), max_size=3))
    counted = set(range(draw(st.integers(10, PARTNERS))))
    copies = dict.fromkeys(range(PARTNERS), 1)
    everyone: list[Table] = []
    own: list[Table] = []
    known: set[Part] = set()
    for number in range(draw(st.integers(1, 3))):
        if number:
            counted |= draw(st.sets(st.integers(0, PARTNERS - 1), max_size=6))
            for who in draw(st.sets(st.integers(0, PARTNERS - 1), max_size=6)):
                copies[who] += 1
        every = {who: Part(who, copies[who]) for who in counted}
        known |= {every[who] for who in publishers & counted}
        for group, tables in (("abc", everyone), (kinds[reader], own)):
            found = {who: part for who, part in every.items() if kinds[who] in group}
            rated = frozenset(part for who, part in found.items() if who not in aside)
            tables.append(Table(rated, frozenset(found.values())))
    return everyone, own, frozenset(known), reader


def shown(tables: Sequence[Table], verdicts: Sequence[Verdict]) -> list[Table]:
    return [
        each for each, verdict in zip(tables, verdicts, strict=True) if verdict is Verdict.SHOWN
    ]


def is_safe(tables: Sequence[Table], known: frozenset[Part]) -> bool:
    """Whether neither ratings nor who was counted tell of fewer than five."""
    rated = works_out([each.rated for each in tables], known, OTHERS)
    return rated is None and works_out([each.counted for each in tables], known, OTHERS) is None


@settings(max_examples=150, deadline=None)
@given(any_tables(), st.sets(st.integers(0, MOST - 1), max_size=2))
def test_no_sum_of_any_tables_tells_of_fewer_than_five(tables: list[Table], own: set[int]) -> None:
    known = frozenset(Part(who, copy) for who in own for copy in (0, 1))
    visible = shown(tables, decide(tables, known=known))
    assert is_safe(visible, known)
    assert all(len(each.rated - known) >= OTHERS for each in visible)


@settings(max_examples=150, deadline=None)
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


@settings(max_examples=150, deadline=None)
@given(released())
def test_neither_the_public_nor_a_partner_works_out_what_few_others_said(
    found: tuple[list[Table], list[Table], frozenset[Part], int],
) -> None:
    everyone, own, published, reader = found
    public = shown(everyone, decide(everyone, known=published, least=PUBLIC))
    mine = {part for each in everyone for part in each.counted if part.who == reader}
    known = published | mine
    kind = shown(own, decide(own, known=known, before=public))
    assert is_safe([*public, *kind], known)


def test_counting_heads_alone_would_not_do() -> None:
    """The control: where each table just has five behind it, somebody can be worked out."""

    def is_found_out(tables: list[Table]) -> bool:
        enough = [each for each in tables if len(each.rated) >= OTHERS]
        return not is_safe(enough, frozenset())

    found = find(any_tables(), is_found_out, settings=settings(phases=[Phase.generate]))
    assert Verdict.CLOSE in decide(found)
