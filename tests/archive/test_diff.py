"""Comparing two texts: what a reader would say has changed, in any language, at any size."""

import random
import subprocess
import sys
import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.diff import Block, Diff, Field, Op, compare, compare_strings
from archive.model import Text


def marked(old: str, new: str) -> str:
    """The comparison in one line: [-old-]{+new+}, moves as [>old>] and {>new>}."""
    return "".join(_mark(block) for block in checked(old, new))


def _mark(block: Block) -> str:
    if block.op is Op.MOVE:
        return f"[>{block.old}>]" if block.old else f"{{>{block.new}>}}"
    return "".join(
        part.old
        if part.op is Op.EQUAL
        else f"[-{part.old}-]" * bool(part.old) + f"{{+{part.new}+}}" * bool(part.new)
        for part in block.words or (block,)
    )


def checked(old: str, new: str) -> tuple[Block, ...]:
    """The blocks, which must make up both texts, and whose words must make up the blocks."""
    blocks = compare_strings(old, new)
    assert "".join(block.old for block in blocks) == old
    assert "".join(block.new for block in blocks) == new
    for block in blocks:
        assert block.old or block.new
        assert bool(block.words) == (block.op is Op.REPLACE)
        assert (block.old == block.new) == (block.op is Op.EQUAL)
        if block.words:
            assert "".join(word.old for word in block.words) == block.old
            assert "".join(word.new for word in block.words) == block.new
        if block.op in (Op.INSERT, Op.DELETE, Op.MOVE):
            assert not (block.old and block.new)
    return blocks


def diff(old: str, new: str) -> Diff:
    return Diff((), checked(old, new))


def text(body: str, title: str | None = None, day: date | None = None, author: str | None = None) -> Text:
    return Text(title, day, author, None, body, (), "test 1")


LEDGER = "The harbour master keeps a ledger of every vessel that came in since 1931."


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        ("The cat sat on the mat.", "The dog sat on the mat.", "The [-cat-]{+dog+} sat on the mat."),
        ("It was happy there.", "It was very happy there.", "It was {+very +}happy there."),
        ("It cost 5.7 million.", "It cost 5.9 million.", "It cost [-5.7-]{+5.9+} million."),
        ("It cost 1,700 euros.", "It cost 11,700 euros.", "It cost [-1,700-]{+11,700+} euros."),
        ("Hello world. Bye.", "Hello, world! Bye.", "Hello{+,+} world[-.-]{+!+} Bye."),
        ("He said it was fine.", "He said “it was fine”.", "He said {+“+}it was fine{+”+}."),
        (
            "Roses are red\nViolets are blue",
            "Roses are red\nViolets are mauve",
            "Roses are red\nViolets are [-blue-]{+mauve+}",
        ),
        ("我在北京工作。天气很好！", "我在上海工作。天气很好！", "我在[-北京-]{+上海+}工作。天气很好！"),
        ("今日は雨です。寒い。", "今日は雪です。寒い。", "今日は[-雨-]{+雪+}です。寒い。"),
        ("ผมรักภาษาไทยมาก", "ผมรักภาษาลาวมาก", "ผมรักภาษา[-ไทย-]{+ลาว+}มาก"),
        (
            "Он пришёл домой. Было поздно.",
            "Он пришёл домой рано. Было поздно.",
            "Он пришёл домой{+ рано+}. Было поздно.",
        ),
        ("יש לי חתול שחור בבית.", "יש לי כלב שחור בבית.", "יש לי [-חתול-]{+כלב+} שחור בבית."),
        ("A cafe\u0301 in the town.", "A cafe in the town.", "A [-cafe\u0301-]{+cafe+} in the town."),
        ("मैं हिन्दी बोलता हूँ।", "मैं मराठी बोलता हूँ।", "मैं [-हिन्दी-]{+मराठी+} बोलता हूँ।"),
        ("", "All of it is new.", "{+All of it is new.+}"),
        ("All of it is gone.", "", "[-All of it is gone.-]"),
        ("One.\n\nTwo.", "One.\n\nTwo.\n\nThree.", "One.\n\nTwo.{+\n\n+}{+Three.+}"),
        ("One here. Two here.", "One here.\n\nTwo here.", "One here.[- -]{+\n\n+}Two here."),
    ],
)
def test_a_reader_sees_what_changed(old: str, new: str, shown: str) -> None:
    assert marked(old, new) == shown


def test_a_block_is_a_sentence() -> None:
    blocks = checked(
        "It rained. Dr. Smith, e.g., paid. We left.", "It rained. Dr. Smith, e.g., fled. We left."
    )
    assert [block.op for block in blocks] == [Op.EQUAL, Op.REPLACE, Op.EQUAL]
    assert blocks[1].old == "Dr. Smith, e.g., paid. "


def test_a_sentence_between_two_changed_ones_can_vanish() -> None:
    old = "The first of these was short. Nobody will miss this at all. The third of these was long."
    new = "The first of these is short. The third of these is long."
    gone = "[-Nobody will miss this at all. -]"
    assert marked(old, new) == (
        f"The first of these [-was-]{{+is+}} short. {gone}The third of these [-was-]{{+is+}} long."
    )


def test_what_has_little_in_common_is_told_as_deleted_and_inserted() -> None:
    old = "The council met on Monday to talk about the state of the old pier."
    new = "On the islands, people of all ages went to sea in a boat by night."
    assert [block.op for block in checked(old, new)] == [Op.DELETE, Op.INSERT]


def test_a_rewritten_paragraph_is_not_mixed_with_its_successor() -> None:
    old = "Ten ships came from Riga. All brought salt. They left again before dawn.\n\n" + LEDGER
    new = (
        "Nobody remembers why winters felt longer then. Perhaps children measure time by other means.\n\n"
        + LEDGER
    )
    assert [block.op for block in checked(old, new)] == [Op.DELETE] * 3 + [Op.INSERT] * 2 + [Op.EQUAL]


def test_a_short_heading_that_grew_is_an_insertion() -> None:
    assert marked("Riga", "Riga, a city by the sea, in autumn") == "Riga{+, a city by the sea, in autumn+}"


def test_two_sentences_that_were_joined_are_one_replacement() -> None:
    old, new = "It is late. The mayor agreed at last.", "It is late, and the mayor agreed at last."
    assert marked(old, new) == "It is late[-. The-]{+, and the+} mayor agreed at last."
    assert diff(old, new).changed == 1
    assert marked(new, old) == "It is late[-, and the-]{+. The+} mayor agreed at last."


def test_a_moved_paragraph_is_neither_added_nor_removed() -> None:
    first, last = "One stands here. It is first of all.", "Three stands here. It may be the last. Or not."
    old = f"{first}\n\n{LEDGER} It is safe.\n\n{last}"
    new = f"{first}\n\n{last}\n\n{LEDGER} It is safe."
    away, here = f"[>{LEDGER} >][>It is safe.\n\n>]", f"{{>{LEDGER} >}}{{>It is safe.>}}"
    assert marked(old, new) == f"{first}\n\n{away}{last}{{+\n\n+}}{here}"
    result = diff(old, new)
    assert (result.added, result.removed, result.changed, result.moved) == (0, 0, 0, 2)
    assert not result.empty


def test_a_stanza_of_short_lines_can_move() -> None:
    stanza, rest = (
        "Roses are red\nViolets are blue\nSugar is sweet",
        [f"A line with the number {n}." for n in range(5)],
    )
    old, new = "\n\n".join([stanza, *rest]), "\n\n".join([*rest, stanza])
    assert diff(old, new).moved == 3
    assert diff(old, new).added == 0


def test_a_short_phrase_that_changes_places_has_not_moved() -> None:
    assert Op.MOVE not in {block.op for block in checked("Yes.\nNo.\nWell.", "No.\nWell.\nYes.")}


def test_words_are_counted_as_a_reader_counts() -> None:
    english = diff("The old pier costs 5.7 million.", "The pier costs well over 6 million — don't ask.")
    assert (english.added, english.removed, english.changed) == (5, 2, 1)
    chinese = diff("我在北京工作。", "我在上海市工作。")
    assert (chinese.added, chinese.removed) == (3, 2)


def test_a_change_of_line_breaks_alone_changes_no_sentence() -> None:
    result = diff("One here. Two here.", "One here.\nTwo here.")
    assert (result.added, result.removed, result.changed) == (0, 0, 0)
    assert not result.empty


def test_metadata_is_compared_apart_from_the_text() -> None:
    old = text("Same.", "Harbour", date(2025, 1, 27), "A. Writer")
    new = text("Same.", "The harbour", date(2025, 1, 28))
    result = compare(old, new)
    assert result.metadata == (
        Field("title", "Harbour", "The harbour"),
        Field("date", "2025-01-27", "2025-01-28"),
        Field("author", "A. Writer", None),
    )
    assert [block.op for block in result.blocks] == [Op.EQUAL]
    assert not result.empty
    assert compare(old, old).empty


def test_repeated_lines_do_not_confuse_the_order() -> None:
    old = "\n\n".join(f"Entry {n} tells of the day {n}.\nRead more" for n in range(6))
    new = "\n\n".join(f"Entry {n} tells of the day {n}.\nRead more" for n in [9, 0, 1, 2, 4, 5])
    result = diff(old, new)
    assert (result.moved, result.changed) == (0, 0)
    assert (result.added, result.removed) == (9, 9)


def test_the_result_is_the_same_in_every_process() -> None:
    program = (
        "from archive.diff import compare_strings\n"
        "old = ' '.join(f'Word{n % 7} and word{n % 11} met.' for n in range(200))\n"
        "new = ' '.join(f'Word{n % 5} and word{n % 11} met.' for n in range(180))\n"
        "print(compare_strings(old, new))"
    )
    runs = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": "."},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(runs) == 1


# --- any text at all

WORDS = st.sampled_from(
    [
        "a",
        "tide",
        "came",
        "The",
        "of",
        "5.7",
        "don't",
        "é",
        "e\u0301",
        "汐",
        "が",
        "ไทย",
        "море",
        "Dr.",
        "e.g.",
    ]
)
ENDS = st.sampled_from([". ", ".\n", ".\n\n", "\n", "! ", "。", " ", "… ", "?\n\n"])
SENTENCES = st.builds(lambda words, end: " ".join(words) + end, st.lists(WORDS, max_size=8), ENDS)
PROSE = st.lists(SENTENCES, max_size=15).map("".join)
HOSTILE = st.text(
    alphabet=st.sampled_from(list(" \n\t.!?…。»)\x00\x1b\x85\u2028\u202e\ufeff\ud800'’-_aбชé\u0301")),
    max_size=60,
)
ANY = st.one_of(PROSE, HOSTILE, st.text(max_size=60))


@given(ANY, ANY)
def test_both_texts_can_be_rebuilt(old: str, new: str) -> None:
    checked(old, new)


@given(PROSE, PROSE, PROSE, PROSE)
def test_an_edit_in_the_middle_can_be_rebuilt_and_leaves_the_rest(
    head: str, old: str, new: str, tail: str
) -> None:
    head, tail = "Here it begins.\n\n" + head, tail + "\n\nHere it ends."
    blocks = checked(head + "\n" + old + tail, head + "\n" + new + tail)
    assert blocks[0].op is Op.EQUAL
    assert blocks[-1].op is Op.EQUAL


@given(ANY, ANY)
def test_the_same_texts_give_the_same_diff(old: str, new: str) -> None:
    assert compare_strings(old, new) == compare_strings(old, new)


@given(ANY, ANY)
def test_only_equal_texts_have_an_empty_diff(old: str, new: str) -> None:
    assert Diff((), compare_strings(old, old)).empty
    assert Diff((), compare_strings(old, new)).empty == (old == new)
    assert Diff((), compare_strings(new, old)).empty == (old == new)


# --- any size

SENTENCE = "The same sentence comes again and again. "


def _article(words: int, share: float) -> tuple[str, str]:
    """A text of so many different words, and the same with a share of its words replaced."""
    rng = random.Random(words)
    old = [f"w{rng.randrange(6000)}" + (". W" if n % 17 == 16 else "") for n in range(words)]
    new = [f"v{rng.randrange(6000)}" if rng.random() < share else word for word in old]
    return " ".join(old), " ".join(new)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param(*_article(20_000, 0.1), id="20,000 words, 10 % replaced"),
        pytest.param(
            SENTENCE * 5_000,
            (SENTENCE * 9 + "Another one came in between. ") * 500,
            id="one sentence 5,000 times",
        ),
        pytest.param("a b " * 10_000, "b a a " * 7_000, id="two words 20,000 times"),
        pytest.param("\n" * 100_000, "x" + "\n" * 50_000, id="only line ends"),
        pytest.param("." * 100_000, ".)" * 50_000, id="only full stops"),
        pytest.param(" " * 100_000, "x" + " " * 100_000, id="only spaces"),
        pytest.param("'" * 50_000 + "1," * 50_000, "1." * 50_000, id="only apostrophes and commas"),
        pytest.param("汐" * 50_000, "潮" * 50_000, id="no sentence end, no space"),
    ],
)
def test_no_text_takes_long(old: str, new: str) -> None:
    start = time.process_time()
    compare_strings(old, new)
    assert time.process_time() - start < 1


def test_time_does_not_grow_with_the_square_of_the_length() -> None:
    old, new = _article(150_000, 0.3)
    start = time.process_time()
    checked(old, new)
    assert time.process_time() - start < 6


def _by_chance(words: str, seed: int) -> str:
    return " ".join(random.Random(seed).choices(words, k=20_000))


def test_hostile_repetition_gets_a_coarse_answer_in_time() -> None:
    """Each takes a tenth of a second, or two; the bound is for a busy machine."""
    lines = [f"Line {n} holds {n * 7919 % 1009}.\n" for n in range(10_000)]
    line = "Line one is here.\nLine two is here.\n"
    said = [f"Sentence {n} says {n * 7919 % 1009} and {n * 31 % 97} things. " for n in range(20_000)]
    shuffled = sorted(said, key=lambda sentence: sentence[::-1])
    cases = {
        "one word": ("word " * 1_000_000, "word " * 500_000 + "and " + "word " * 499_000),
        "another word": ("word " * 1_000_000, "ward " * 1_000_000),
        "two lines": (line * 20_000, line[::-1] * 20_000),
        "dots": ("." * 1_000_000, ". " * 500_000),
        "two words by chance": (_by_chance("ab", 1), _by_chance("ab", 2)),
        "four words by chance": (_by_chance("abcd", 1), _by_chance("abcd", 2)),
        "runs of one word": tuple(" ".join("a " * n + end for n in range(190)) for end in "bc"),
        "shuffled lines": ("".join(lines), "".join(random.Random(1).sample(lines, len(lines)))),
        "many short sentences": ("X! " * 50_000, "X! Y! " * 25_000),
        "letters without spaces": ("天" * 100_000, "天地" * 60_000),
        "shuffled sentences": ("".join(said), "".join(shuffled)),
        "every sentence edited": ("".join(said), "".join(one.replace("says", "said") for one in said)),
        "a word that is nowhere else": ("".join(said), "".join(said).replace("s 77 a", "s 78 a")),
    }
    for name, (old, new) in cases.items():
        spent = []
        for _ in range(2):
            start = time.process_time()
            blocks = compare_strings(old, new)
            spent.append(time.process_time() - start)
        assert "".join(block.old for block in blocks) == old, name
        assert "".join(block.new for block in blocks) == new, name
        assert min(spent) < 1.5, (name, spent)  # 0.4 where nothing else runs


def test_an_edit_in_a_very_long_text_is_shown_word_by_word() -> None:
    lines = [f"Paragraph {n} of a very long list of things that nobody reads.\n\n" for n in range(4_500)]
    edited = [*lines[2_500:], *lines[:2_500]]
    edited[3_000] = edited[3_000].replace("nobody", "everybody")
    blocks = checked("".join(lines), "".join(edited))
    words = [(word.old, word.new) for block in blocks for word in block.words if word.op is not Op.EQUAL]
    assert words == [("nobody", "everybody")]
    assert Diff((), blocks).added == 1
