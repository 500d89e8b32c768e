"""How long a comparison takes, beside difflib and diff-match-patch. Run: `python benchmarks/diff.py`.

Seconds are the median of five runs, from two strings to the finished answer; the ratios are of one run.
difflib compares words, with `autojunk` off since it reports equal words as changed otherwise; where it would
take minutes it is left out. diff-match-patch compares characters and gives up finding the best answer after a
second, as is its default; it is compared with where it is installed: `pip install diff-match-patch`.
"""

import random
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from difflib import SequenceMatcher
from importlib import import_module
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from archive.diff import compare_strings

RUNS = 5
DIFFLIB_LIMIT = 50_000_000  # pairs of equal words, old and new, that it would look at
Case = tuple[str, str, str]


def article(words: int, seed: int) -> list[str]:
    """Words with the frequencies of a language, in sentences and paragraphs."""
    rng = random.Random(seed)
    vocabulary = ["".join(rng.choices("aeioubdklmnprst", k=rng.randint(2, 9))) for _ in range(6_000)]
    chosen = rng.choices(vocabulary, [1 / (n + 3) for n in range(len(vocabulary))], k=words)
    text: list[str] = []
    left = 0
    for word in chosen:
        if not left:
            left = rng.randint(8, 30)
            word = word.capitalize()
        left -= 1
        text.append(word if left else word + rng.choice([".", ".", "?", ".\n\n"]))
    return text


def edited(text: list[str], share: float) -> list[str]:
    """The text with bursts of words replaced, inserted or deleted."""
    rng = random.Random(len(text))
    result = list(text)
    for _ in range(max(1, int(len(text) * share / 3))):
        at, size = rng.randrange(len(result)), rng.randint(1, 5)
        if "." not in "".join(result[at : at + size]):
            result[at : at + size] = rng.choice([["anew"] * size, [*result[at : at + size], "besides"], []])
    return result


def cases() -> Iterator[Case]:
    for words in (500, 3_000, 20_000):
        text = article(words, words)
        for share in (0.01, 0.1, 0.5):
            yield f"{words:,} words, {share:.0%} edited", " ".join(text), " ".join(edited(text, share))
        yield f"{words:,} words, rewritten", " ".join(text), " ".join(article(words, words + 1))
    paragraphs = " ".join(article(3_000, 7)).split("\n\n")
    moved = [*paragraphs[3:], *paragraphs[:3]]
    yield "3,000 words, paragraphs moved", "\n\n".join(paragraphs), "\n\n".join(moved)
    sentence = "The same sentence comes again and again. "
    yield "one sentence 5,000 times", sentence * 5_000, (sentence * 9 + "Another came in between. ") * 500
    yield "two words, 20,000 in all", "a b " * 10_000, "b a a " * 6_666
    one, other = (" ".join(random.Random(n).choices("ab", k=20_000)) for n in (1, 2))
    yield "two words by chance, 20,000", one, other
    bits = " ".join("ab"[bit] for bit in de_bruijn(14))
    yield "two words, de Bruijn, 16,384", bits, bits[::-1]
    one, other = (" ".join("a " * n + end for n in range(190)) for end in "bc")
    yield "runs of one word, 1 to 189 long", one, other
    yield "one word 1,000,000 times", "word " * 1_000_000, "word " * 500_000 + "and " + "word " * 499_000
    lines = "Line one is here.\nLine two is here.\n"
    yield "two lines 20,000 times", lines * 20_000, lines[::-1] * 20_000
    sentences = [f"Number {n} says {n * 7919 % 1009} things. " for n in range(20_000)]
    shuffled = random.Random(5).sample(sentences, len(sentences))
    yield "20,000 sentences, shuffled", "".join(sentences), "".join(shuffled)
    lines_apart = [f"Line {n} holds {n * 7919 % 1009}.\n" for n in range(20_000)]
    for number in (10_000, 20_000):
        some = lines_apart[:number]
        yield f"{number:,} lines, shuffled", "".join(some), "".join(random.Random(5).sample(some, number))
    han = [chr(0x4E00 + n * n % 2_500) for n in range(20_000)]
    yield "20,000 Han characters, 2% edited", "".join(han), "".join(edited(han, 0.02))


def de_bruijn(order: int) -> list[int]:
    """A series of two signs that holds each series of `order` of them once: nothing in it stands out."""
    bits = [0] * order
    there = {tuple(bits)}
    for _ in range(2**order):
        after = next((bit for bit in (1, 0) if (*bits[1 - order :], bit) not in there), None)
        if after is None:
            break
        there.add((*bits[1 - order :], after))
        bits.append(after)
    return bits


def work_of_difflib(old: str, new: str) -> int:
    there = Counter(words(new))
    return sum(number * there[word] for word, number in Counter(words(old)).items())


def words(text: str) -> list[str]:
    """As it suits difflib: white space left out, characters where there is none."""
    return text.split() if " " in text else list(text)


def by_difflib(old: str, new: str) -> object:
    return SequenceMatcher(None, words(old), words(new), autojunk=False).get_opcodes()


def seconds(compare: Callable[[str, str], object], old: str, new: str) -> float:
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        compare(old, new)
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def by_patch() -> Callable[[str, str], object] | None:
    with suppress(ImportError):
        module = import_module("diff_match_patch")  # not among our dependencies
        compare: Callable[[str, str], object] = module.diff_match_patch().diff_main
        return compare
    return None


def main() -> None:
    patch = by_patch()
    print(f"{'case':34} {'seconds':>9} {'difflib':>9} {'ratio':>8} {'d-m-p':>9} {'ratio':>8}")
    for name, old, new in cases():
        ours = seconds(compare_strings, old, new)
        row = f"{name:34} {ours:9.4f}"
        there = by_difflib if work_of_difflib(old, new) <= DIFFLIB_LIMIT else None
        for other in (there, patch):
            theirs = seconds(other, old, new) if other else None
            row += f" {'-':>9} {'-':>8}" if theirs is None else f" {theirs:9.4f} {theirs / ours:7.1f}x"
        print(row, flush=True)
    if patch is None:
        print("diff-match-patch is not installed; to compare with it: pip install diff-match-patch")


if __name__ == "__main__":
    main()
