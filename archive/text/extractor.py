"""The name of what makes a Text, apart from the extraction itself: who only asks for it loads little."""

from importlib.metadata import version

EXTRACTOR = f"strandline-text 5; trafilatura {version('trafilatura')}"
"""Extractor and version of every Text made here; to be raised with every change that may alter a text."""
