"""The base pages of the corpus: articles of several languages in six layouts, and what stands around them."""

import hashlib
import random
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import islice, pairwise

from archive.model import History, Observation, Target, Text
from archive.text import extract
from archive.versions import history
from tests.archive.text.test_stillness import INSIDE, SIDE, TEMPLATES, Rendering
from tests.sites.prose import ENGLISH, GERMAN, GREEK, RUSSIAN, SPANISH

URL = "https://gazette.example/2024/03/mill.html"
MONDAY = datetime(2025, 1, 27, 6, tzinfo=UTC)
TONGUES = {"en": ENGLISH, "de": GERMAN, "ru": RUSSIAN, "el": GREEK, "es": SPANISH}
NAMES = ("Rosalind Peake", "Edwin Hall", "Gil Forster", "Ivy Brandt", "Tom Rudkin")


@dataclass(frozen=True)
class Article:
    """What is edited: paragraphs of sentences. `layout` is the site's, which no edit touches."""

    layout: str
    language: str
    title: str
    author: str
    day: date
    paragraphs: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ("Opened in 1893", "34 metres high", "Closed on Mondays")
    caption: str = "The mill on its last evening. Photo: Ann Reed"

    def body(self) -> str:
        said = [f"<p>{' '.join(sentences)}</p>" for sentences in self.paragraphs]
        figure = f'<figure><img src="mill.jpg"><figcaption>{self.caption}</figcaption></figure>' * bool(
            self.caption
        )
        listed = "".join(f"<li>{note}</li>" for note in self.notes)
        said.insert(1, figure + f"<ul>{listed}</ul>" * bool(listed))
        return "\n".join(said)

    def with_sentence(self, place: int, number: int, sentence: str | None) -> "Article":
        """Another sentence in place of one, or none."""
        sentences = list(self.paragraphs[place])
        sentences[number : number + 1] = [] if sentence is None else [sentence]
        paragraphs = list(self.paragraphs)
        paragraphs[place] = tuple(sentences)
        return replace(self, paragraphs=tuple(one for one in paragraphs if one))


def articles(count: int) -> list[Article]:
    """So many articles, always the same ones."""
    return [_article(number) for number in range(count)]


def _article(number: int) -> Article:
    dice = random.Random(f"article {number}")
    language = list(TONGUES)[number % len(TONGUES)] if number % 2 else "en"
    tongue = TONGUES[language]
    sentences = list(islice(tongue.sentences(dice), 26))
    cuts = [0, 2, 5, 9, 12, 16, 19, 22, 26][: 4 + number % 5]
    return Article(
        layout=TEMPLATES[number % len(TEMPLATES)],
        language=language,
        title=tongue.title(dice),
        author=NAMES[number % len(NAMES)],
        day=date(2024, 3, 1 + number % 28),
        paragraphs=tuple(tuple(sentences[i:j]) for i, j in pairwise(cuts)),
    )


def page(article: Article, seed: int) -> bytes:
    """One rendering of an article: `seed` draws all that stands around it and within it and is not it."""
    dice = random.Random(seed)
    inside = "".join(INSIDE[name] for name in dice.sample(sorted(INSIDE), 2))
    side = "".join(SIDE[name] for name in dice.sample(sorted(SIDE), 4))
    return bare(article, seed, inside, side)


def bare(article: Article, seed: int, inside: str = "", side: str = "") -> bytes:
    """The same with what stands inside and at the side given."""
    return Rendering(seed).page(
        article.layout, inside, side, TITLE=article.title, AUTHOR=article.author, BODY=article.body(),
        DATE=f"{article.day.day} {article.day:%B %Y}", ISO=article.day.isoformat(),
    )  # fmt: skip


@dataclass(frozen=True)
class Answer:
    """What a server said: a page under a status."""

    payload: bytes
    status: int = 200
    content_type: str = "text/html; charset=utf-8"
    truncated: bool = False
    target: Target | None = None


def told(*answers: bytes | Answer, front: bytes | None = None) -> History:
    """The history of a page that answered so, a day apart each, through the extractor and the rules."""
    shown = None if front is None else extract(front, "https://gazette.example/")
    return history(
        _observation(day, one if isinstance(one, Answer) else Answer(one), shown)
        for day, one in enumerate(answers)
    )


def _observation(day: int, answer: Answer, front: Text | None) -> Observation:
    readable = 200 <= answer.status < 300 and not answer.truncated
    return Observation(
        capture=day,
        at=MONDAY + timedelta(days=day),
        status=answer.status,
        payload="sha256:" + hashlib.sha256(answer.payload).hexdigest(),
        text=extract(answer.payload, URL, answer.content_type) if readable else None,
        target=answer.target,
        truncated=answer.truncated,
        healthy=False,
        front=front,
    )
