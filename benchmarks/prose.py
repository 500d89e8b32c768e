"""Prose of several languages for generated homes: words of a Zipf distribution in paragraphs.

It is always the same, and means nothing; lengths, alphabets and how often words recur are those of articles.
"""

import random
from itertools import accumulate

PARAGRAPHS = 3000
"""Paragraphs of a language that texts are put together from."""

_SYLLABLES = {
    "en": "an be con der est for ing ment ol per ra sh ti un ver wel ack out ly ness",
    "de": "auf ber che dung ein fer ge haf ich keit lung mar nis ober sch tig und vor wär zü",
    "fr": "au bli ce dé eur fa gne hui ier ju lle mon née ou pré qui rê sion tou ver",
    "lv": "ai brī ce dzi ēja gar īgs jūr kra ļau mē nīs ova pār rū šan tie už vēr žu",
    "ru": "ан бе во го дер ен жи за ис ко ло мо на об по ра ско ть ус чи",
    "el": "αν βε γο δι ερ ζω ημ θα ικ κο λο με να ου πρ ρα στ τη υπ χω",
    "ar": "ال بر تم جد حق دو رس سل شم صو طر عل فق قد كت لم من نو هي يو",
}
LANGUAGES = ("en", "de", "en", "ru", "en", "fr", "zh", "el", "en", "ar", "lv", "en")
"""One a source, in turn."""


class Prose:
    """The paragraphs of one language."""

    def __init__(self, language: str) -> None:
        self.language = language
        chance = random.Random(language)
        self._words = _vocabulary(language, chance)
        self._weights = list(accumulate(1 / (rank + 3) for rank in range(len(self._words))))
        self.paragraphs = [self._paragraph(chance) for _ in range(PARAGRAPHS)]

    def sentence(self, chance: random.Random, length: int) -> str:
        """A sentence of so many words; of Chinese, so many times two characters."""
        words = chance.choices(self._words, cum_weights=self._weights, k=length)
        if self.language == "zh":
            return "".join(words) + "。"
        said = " ".join(words)
        return said[:1].upper() + said[1:] + "."

    def title(self, chance: random.Random) -> str:
        """A title, without the full stop."""
        return self.sentence(chance, chance.randint(3, 9))[:-1]

    def _paragraph(self, chance: random.Random) -> str:
        sentences = [self.sentence(chance, chance.randint(6, 22)) for _ in range(chance.randint(2, 7))]
        return ("" if self.language == "zh" else " ").join(sentences)


def _vocabulary(language: str, chance: random.Random) -> list[str]:
    if language == "zh":
        letters = [chr(0x4E00 + chance.randrange(6000)) for _ in range(2500)]
        return ["".join(chance.choices(letters, k=chance.choice((1, 2, 2, 3)))) for _ in range(12_000)]
    syllables = _SYLLABLES[language].split()
    few = list(dict.fromkeys("".join(chance.choices(syllables, k=1 + (n > 40))) for n in range(400)))
    many = {"".join(chance.choices(syllables, k=chance.choice((2, 3, 3, 4, 5)))) for _ in range(30_000)}
    return few + sorted(many - set(few), key=lambda word: (len(word), word[::-1]))
