"""The calendar: the source files, and when each of them is due.

The names below are this room's door; see `archive/__init__.py` for why they are modules.
"""

__all__ = ["cadence", "due", "editing", "proposal", "service", "skipped", "sources", "template", "toml"]
