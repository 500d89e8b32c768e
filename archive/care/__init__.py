"""The care of a home: whether it is whole, making it anew, taking in and giving away.

The names below are this folder's door.
"""

__all__: list[str] = []
