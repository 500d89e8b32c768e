"""A real browser for the tests of the reading room: Debian's Chromium, driven by Playwright."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

PATH = shutil.which("chromium") or shutil.which("chromium-browser")


@contextmanager
def browser() -> Iterator[Browser]:
    """The browser; without one the test is skipped, or fails where CI is set."""
    if PATH is None:
        if os.environ.get("CI"):
            pytest.fail("no Chromium; `.ci/run` installs it")
        pytest.skip("no Chromium (on Debian: apt install chromium)")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=PATH, args=["--no-sandbox"])
        try:
            yield launched
        finally:
            launched.close()


@dataclass
class Watched:
    """A page whose requests and complaints are noted: where it asked, what its console said."""

    page: Page
    asked: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def only(self, *origins: str) -> None:
        """Nothing else was asked, and nothing was complained of."""
        ours = {urlsplit(origin).netloc for origin in origins}
        foreign = [url for url in self.asked if url[:5] != "data:" and urlsplit(url).netloc not in ours]
        assert foreign == []


def watch(context: BrowserContext) -> Watched:
    """A new page of a context, watched."""
    page = context.new_page()
    watched = Watched(page)
    page.on("request", lambda request: watched.asked.append(request.url))
    page.on("console", lambda message: watched.said.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: watched.said.append(f"error: {error}"))
    page.on("dialog", lambda dialog: watched.said.append(f"dialog: {dialog.message}"))
    return watched
