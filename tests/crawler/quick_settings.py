"""The harvester's settings, for tests that wait for a timeout."""

from crawler.settings import *  # noqa: F403 - all of them, but:

DOWNLOAD_TIMEOUT = 1
