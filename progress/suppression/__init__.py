"""Which figures may be shown so that nobody can work out what a few partners said: pure.

A table is what the partners of a group said of one indicator. Whoever reads several can add and
subtract them, so each is weighed against all that were shown before it: no sum or difference of
them, however far-fetched, may be about fewer than the least number of partners, unless it is
about none.

The tables of different indicators have nothing in common, and are decided apart.
"""

from progress.suppression.classes import Decided, Sitting, decide_reader, decide_round
from progress.suppression.tables import OTHERS, PUBLIC, Part, Table, Verdict, decide

__all__ = [
    "OTHERS",
    "PUBLIC",
    "Decided",
    "Part",
    "Sitting",
    "Table",
    "Verdict",
    "decide",
    "decide_reader",
    "decide_round",
]
