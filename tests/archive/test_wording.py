"""Word diffs that can be read."""

from archive.wording import parts


def test_equal_and_changed_alternate() -> None:
    assert parts(["The ", "cat ", "sat"], ["The ", "dog ", "sat"], [(0, 0, 1), (2, 2, 1)]) == [
        ("The ", "The "),
        ("cat", "dog"),
        (" sat", " sat"),
    ]


def test_a_short_word_between_two_changes_is_folded() -> None:
    old, new = ["Nine ", "of ", "them ", "left"], ["Most ", "of ", "us ", "left"]
    assert parts(old, new, [(1, 1, 1), (3, 3, 1)]) == [("Nine of them", "Most of us"), (" left", " left")]


def test_a_short_word_between_two_insertions_is_not() -> None:
    old, new = ["A ", "big ", "cat"], ["A ", "very ", "big ", "black ", "cat"]
    assert parts(old, new, [(0, 0, 1), (1, 2, 1), (2, 4, 1)]) == [
        ("A ", "A "),
        ("", "very "),
        ("big ", "big "),
        ("", "black "),
        ("cat", "cat"),
    ]


def test_punctuation_does_not_swallow_a_word() -> None:
    old, new = ["Hello ", "world", "."], ["Hello", ", ", "world", "!"]
    assert parts(old, new, [(0, 0, 1), (1, 2, 1)]) == [
        ("Hello", "Hello"),
        ("", ","),
        (" world", " world"),
        (".", "!"),
    ]


def test_a_word_equal_but_for_its_space_stays_equal() -> None:
    assert parts(["home"], ["home ", "early"], [(0, 0, 1)]) == [("home", "home"), ("", " early")]
