"""Links within sentences are a part of a text; those that stand alone are not."""

import time

import pytest

from archive import diff
from archive.model import Kind, Text
from archive.text import extract

URL = "https://lamp.example/a"
PLAIN = "https://town.example/list"


def text(target: str = PLAIN, aside: str = "/b", name: str = "the list of the town") -> Text:
    body = f"""<nav><a href="{aside}">Home of the harbour office in the town by the sea</a></nav>
        <article><h1>Boats</h1><p>The harbour master had counted nine boats, as
        <a href="{target}">{name}</a> tells.</p>
        <p>Nobody on the quay would have thought of asking him for more than that.</p>
        <p><a href="{aside}">Read more about the boats of the town and of the harbour</a></p></article>"""
    page = f"<html><head><title>Boats</title></head><body>{body}</body></html>"
    return extract(page.encode(), URL)


def test_a_link_in_a_sentence_is_kept_with_its_target() -> None:
    assert text().links == ("town.example/list",)


@pytest.mark.parametrize(
    "target", ["https://other.example/list", "https://town.example/lists", PLAIN + "?id=8"]
)
def test_the_same_words_that_lead_elsewhere_are_a_change_of_links(target: str) -> None:
    assert diff.kinds(text(), text(target)) == (Kind.LINKS,)


@pytest.mark.parametrize(
    "target",
    ["http://town.example/list", "https://www.town.example/list/", PLAIN + "?utm_source=x&fbclid=1",
     PLAIN + "#b", PLAIN + "?sessionid=8f2a"],
)  # fmt: skip
def test_an_address_written_otherwise_is_none(target: str) -> None:
    assert diff.kinds(text(), text(target)) == ()


def test_links_that_stand_alone_and_links_that_go_with_their_words_are_none() -> None:
    assert diff.kinds(text(), text(aside="/c")) == ()
    assert diff.kinds(text(), text("https://other.example/", name="the book of the town")) == (Kind.BODY,)
    assert diff.kinds(text(), text("")) == ()


def test_hostile_nesting_takes_bounded_time() -> None:
    frames = "".join(f'<div>Some words around <a href="/{n}">a link</a> ' for n in range(200))
    page = f"<html><title>x</title><body>{frames}{'many words ' * 30_000}</body></html>"
    began = time.process_time()
    extract(page.encode(), URL)
    assert time.process_time() - began < 20


def test_many_links_take_bounded_time() -> None:
    links = "".join(
        f'<p>A sentence of some length with <a href="/{n}">a link</a> in it.</p>' for n in range(20_000)
    )
    page = f"<html><title>x</title><body><article>{links}</article></body></html>"
    assert len(extract(page.encode(), URL).links) <= 500
