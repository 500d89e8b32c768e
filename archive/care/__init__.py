"""The care of a home: whether it is whole, making it anew, taking in and giving away.

The names below are this folder's door.
"""

from archive.care.check import Checked, check, note
from archive.care.fixity import Finding
from archive.care.rebuild import Damage, Rebuilt, rebuild
from archive.care.still import Busy, sources
from archive.care.take_in import Order, Taken, take_in

__all__ = [
    "Busy",
    "Checked",
    "Damage",
    "Finding",
    "Order",
    "Rebuilt",
    "Taken",
    "check",
    "note",
    "rebuild",
    "sources",
    "take_in",
]
