"""Finding the items of two sequences that stand still."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from archive.anchors import ends, gaps, standing


def test_what_occurs_once_and_in_order_stands_still() -> None:
    still, crossing = standing("axbcxd", "dabxcx")
    assert still == [(0, 1), (2, 2), (3, 4)]
    assert crossing == [(5, 0)]


@given(st.permutations(range(7)))
def test_the_longest_series_is_found(order: list[int]) -> None:
    still, crossing = standing([str(n) for n in range(7)], [str(n) for n in order])
    places = [j for _, j in still]
    assert places == sorted(places)
    assert sorted(still + crossing) == [(n, order.index(n)) for n in range(7)]
    where = [order.index(n) for n in range(7)]
    longest = max(k for k in range(1, 8) for part in combinations(where, k) if list(part) == sorted(part))
    assert len(still) == longest


def test_ends_do_not_overlap() -> None:
    assert ends("abcd", "abxcd") == (2, 2)
    assert ends("aaa", "aa") == (2, 0)
    assert ends("", "a") == (0, 0)


def test_there_is_a_gap_before_each_pair_and_one_after_the_last() -> None:
    assert list(gaps([(1, 0), (2, 3)], 4, 4)) == [
        (range(0, 1), range(0, 0), (1, 0)),
        (range(2, 2), range(1, 3), (2, 3)),
        (range(3, 4), range(4, 4), None),
    ]
