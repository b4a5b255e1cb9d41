"""Exact counts in the attacker's hands: what few quarters may be beside all others."""

import numpy as np

from metrics.attack.withheld import Equations

FREE = (np.zeros(4), np.full(4, 100.0))
ROWS = [({0: 1.0, 1: 1.0}, 10.0, 10.0), ({2: 1.0, 3: 1.0}, 6.0, 6.0)]
NO_MORE = ({0: 1.0, 2: 1.0}, 0.0, 3.0)


def test_few_counts_alone_keep_to_rows_with_what_the_others_are():
    """Two and the third are 3 at most, so that the third is 1 at most."""
    fits = np.array([2.0, 8.0, 1.0, 5.0])
    alone = Equations.of([*ROWS, NO_MORE], *FREE).only(np.array([2, 3]), fits)
    assert alone.rows.toarray().tolist() == [[1, 1], [1, 0]]
    assert [end.tolist() for end in alone.ends] == [[0, -3], [0, 0]]
    assert [end.tolist() for end in (alone.low, alone.high)] == [[0, 0], [100, 100]]
    assert alone.best(np.array([1.0, 0.0])).tolist() == [0, 6]
    assert alone.best(np.array([-1.0, 0.0])).tolist() == [1, 5]


def test_rows_that_are_the_same_to_what_moves_hold_between_the_nearest_ends():
    """The third is 3 at most with the first, which is 2, and 0 at least by itself."""
    fits = np.array([2.0, 8.0, 1.0, 5.0])
    more = ({2: 1.0}, 0.0, 50.0)
    alone = Equations.of([*ROWS, NO_MORE, more], *FREE).only(np.array([2, 3]), fits)
    assert alone.rows.toarray().tolist() == [[1, 1], [1, 0]]
    assert [end.tolist() for end in alone.ends] == [[0, -1], [0, 0]]


def test_where_no_table_fits_there_is_none():
    assert Equations.of([*ROWS, ({0: 1.0}, 11.0, 12.0)], *FREE).any_table() is None
