"""Pairing sentences by the words they share."""

from archive.pairing import spans

OLD = ["aaaaaaaaaa", "bbbbbbbbbb", "cccccccccc"]
NEW = ["AAAAAAAAAA", "BBBBBBBBBB", "CCCCCCCCCC"]


def one(i: int, j: int) -> tuple[range, range]:
    return range(i, i + 1), range(j, j + 1)


def test_the_heaviest_pairs_win() -> None:
    shared = {(0, 0): 2, (0, 1): 7, (1, 1): 4, (1, 2): 2, (2, 2): 8}
    assert spans(shared, OLD, NEW) == [one(0, 1), one(2, 2)]


def test_a_sentence_is_used_once() -> None:
    assert spans({(0, 0): 5, (1, 0): 4}, OLD, NEW) == [one(0, 0)]


def test_a_sentence_that_is_mostly_in_its_neighbours_partner_was_joined_to_it() -> None:
    assert spans({(0, 0): 9, (1, 0): 7}, OLD, NEW) == [(range(0, 2), range(0, 1))]
    assert spans({(0, 0): 7, (1, 0): 9}, OLD, NEW) == [(range(0, 2), range(0, 1))]


def test_a_sentence_can_be_parted_in_three() -> None:
    assert spans({(0, 0): 7, (0, 1): 9, (0, 2): 7}, OLD, NEW) == [(range(0, 1), range(0, 3))]


def test_sentences_apart_are_not_joined() -> None:
    assert spans({(0, 0): 9, (2, 0): 7}, OLD, NEW) == [one(0, 0)]


def test_nothing_shared_nothing_paired() -> None:
    assert spans({}, OLD, NEW) == []
