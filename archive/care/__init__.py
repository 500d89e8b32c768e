"""The care of a home: whether it is whole, making it anew, taking in and giving away.

The names below are this folder's door.
"""

from archive.care.aside import InTheWay
from archive.care.check import Checked, check, note, words
from archive.care.fixity import Finding
from archive.care.git import NoGit
from archive.care.give import Giving, give
from archive.care.rebuild import Damage, Rebuilt, rebuild
from archive.care.still import Busy, sources
from archive.care.tables import NoParquet, Span
from archive.care.take_in import Order, Taken, take_in
from archive.warc import WarcError

__all__ = [
    "Busy",
    "Checked",
    "Damage",
    "Finding",
    "Giving",
    "InTheWay",
    "NoGit",
    "NoParquet",
    "Order",
    "Rebuilt",
    "Span",
    "Taken",
    "WarcError",
    "check",
    "give",
    "note",
    "rebuild",
    "sources",
    "take_in",
    "words",
]
