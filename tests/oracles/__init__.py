"""Independent programs that judge the WARC files we write.

pywb and ReplayWeb.page are run as separate programs, never imported: they are under the GPL and the AGPL, and
pywb's `brotlipy` would break the decoding of `br` in our own environment. `./run tests` puts both into
`.venv-oracles`; ReplayWeb.page also needs Chromium, which comes from the system. Where one of them is missing
the tests that ask for it are skipped with the reason; in CI they fail.
"""

from tests.oracles.pywb import pywb_cdx, pywb_replay
from tests.oracles.replayed import Replayed
from tests.oracles.replayweb import ReplayWeb, replayweb_replay
from tests.oracles.wacz import py_wacz, strict_wacz

__all__ = [
    "ReplayWeb",
    "Replayed",
    "py_wacz",
    "pywb_cdx",
    "pywb_replay",
    "replayweb_replay",
    "strict_wacz",
]
