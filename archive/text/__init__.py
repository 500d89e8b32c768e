"""The text room: from the bytes of a page to what it says.

`extract` reads one page, `Extractors` many pages in worker processes, `decoded` undoes an encoding, `digests`
are those of a text's blocks, `rendered` is the whole page, menus and all. The names are loaded at their first
use, so that importing this room costs next to nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from archive.text.blocks import digests
    from archive.text.decode import decoded
    from archive.text.extractor import EXTRACTOR
    from archive.text.page import extract
    from archive.text.whole import Rendered, rendered
    from archive.text.workers import Extractors, TextError

__all__ = ["EXTRACTOR", "Extractors", "Rendered", "TextError", "decoded", "digests", "extract", "rendered"]

_HOMES = {
    "EXTRACTOR": "extractor",
    "Extractors": "workers",
    "Rendered": "whole",
    "TextError": "workers",
    "decoded": "decode",
    "digests": "blocks",
    "extract": "page",
    "rendered": "whole",
}


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"archive.text.{_HOMES[name]}"), name)
