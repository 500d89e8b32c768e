"""The front desk: configuration and the command line."""

from importlib.metadata import version

__version__ = version("strandline")
