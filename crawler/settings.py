"""Scrapy's settings for the harvester; `crawler/child.py` adds those that depend on the source.

Every default that touches the network, a file or the time by itself is off: what is fetched is decided by
the frontier, and what came is read by us.
"""

BOT_NAME = "strandline"
SPIDER_MODULES: list[str] = []
TWISTED_REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"
TWISTED_DNS_RESOLVER = "scrapy.resolver.CachingHostnameResolver"

SCHEDULER = "crawler.scheduler.Scheduler"
DOWNLOAD_HANDLERS = {
    "http": "crawler.wire.WireHandler",
    "https": "crawler.wire.WireHandler",
    "data": None,
    "file": None,
    "ftp": None,
    "s3": None,
}
ALLOW_PRIVATE = False

# The pace is kept by the scheduler; the downloader hands on at once what it is given.
DOWNLOAD_DELAY = 0
# The default starts a hundred tasks for every response, for items that this spider never yields.
CONCURRENT_ITEMS = 1
DOWNLOAD_TIMEOUT = 60

DOWNLOADER_MIDDLEWARES_BASE: dict[str, int] = {}
SPIDER_MIDDLEWARES_BASE: dict[str, int] = {}
EXTENSIONS_BASE: dict[str, int] = {}
COOKIES_ENABLED = False
HTTPPROXY_ENABLED = False
ROBOTSTXT_OBEY = False
REDIRECT_ENABLED = False
RETRY_ENABLED = False
COMPRESSION_ENABLED = False
REFERER_ENABLED = False

REMOTE_CONTROL_ENABLED = False
TELNETCONSOLE_ENABLED = False
STATS_CLASS = "scrapy.statscollectors.DummyStatsCollector"
STATS_DUMP = False
LOG_INSTALL_ROOT_HANDLER = False
LOG_FORMATTER = "crawler.log.Silence"
LOG_VERSIONS: list[str] = []
