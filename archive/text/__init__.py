"""The text room: from the bytes of a page to what it says.

`extract` reads one page, `Extractors` many pages in worker processes. The names are loaded at their first
use, so that importing this room costs next to nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from archive.text.page import EXTRACTOR, extract
    from archive.text.workers import Extractors, TextError

__all__ = ["EXTRACTOR", "Extractors", "TextError", "extract"]


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    home = "archive.text.workers" if name in ("Extractors", "TextError") else "archive.text.page"
    return getattr(import_module(home), name)
