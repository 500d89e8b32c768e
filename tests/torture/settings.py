"""The harvester's settings for the torture tests, in the child process.

The torture server's own addresses stand for public ones, so that the refusal of all others is under test;
made-up names resolve; and the longest pause that a server may ask for is short.
"""

import json
import os

from scrapy.resolver import dnscache
from twisted.internet.address import IPv4Address

from crawler import address, outcome, wire
from crawler.settings import *  # noqa: F403 - all of them, but:

DOWNLOAD_TIMEOUT = float(os.environ["TORTURE_SECONDS"])

COOLING = 3.0
OWN = "127.7."

outcome.COOLING_LIMIT = COOLING
wire.is_public = lambda ip: ip.startswith(OWN) or address.is_public(ip)
for name, found in json.loads(os.environ["TORTURE_NAMES"]).items():
    dnscache[name] = [IPv4Address("TCP", ip, 0) for ip in found]
