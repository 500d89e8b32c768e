"""The care of a home: whether it is whole, making it anew, taking in and giving away.

The names below are this folder's door.
"""

from archive.care.take_in import Order, Taken, take_in

__all__ = ["Order", "Taken", "take_in"]
