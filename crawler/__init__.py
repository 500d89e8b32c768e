"""The harvester: fetches what a source's scope allows, politely, and leaves a WARC file.

The names below are this room's door; see `archive/__init__.py` for why they are modules.
"""

__all__ = [
    "address",
    "admission",
    "harvest",
    "polling",
    "presets",
    "preview",
    "probe",
    "scope",
    "source",
    "unreached",
    "visit",
    "why",
]
