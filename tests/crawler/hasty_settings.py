"""The harvester's settings, for tests of runs longer than a robots.txt holds: here it is a second."""

from crawler import manners, turns
from crawler.settings import *  # noqa: F403 - all of them, but:

manners.LIFE = turns.LIFE = 1.0
