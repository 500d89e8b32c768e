"""The front desk: configuration and the command line; and `open_archive(HOME)`, an archive in Python."""

from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from strandline.notebooks import open_archive as open_archive

__version__ = version("strandline")


def __getattr__(name: str) -> object:
    """The archive is loaded by those who open it: no command pays for it."""
    if name == "open_archive":
        return import_module("strandline.notebooks").open_archive
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
