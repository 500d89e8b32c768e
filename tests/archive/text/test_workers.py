"""Real worker processes: killed, hung, out of memory, orphaned. Only the page at fault is lost."""
# ruff: noqa: E501  (a page reads best unbroken)

import os
import signal
import subprocess
import sys
import time

import psutil
import pytest

from archive.text import Extractors, TextError, extract

URL = "https://lamp.example/"
PAGE = b"<html><body><h1>The lamp</h1><p>The lamp in the tower was replaced on Tuesday after forty years.</p></body></html>"
BIG = (
    b"<html><body>"
    + b"<div><p>A paragraph of some length, with a <a href=/x>link</a> in it.</p></div>" * 200_000
)
"""About 15 MB: seconds of work."""


def test_pages_come_back_as_extract_reads_them() -> None:
    with Extractors(workers=2) as pool:
        assert pool.pids == ()
        futures = [
            pool.submit(PAGE.replace(b"forty", b"%d" % n), f"{URL}{n}", "text/html") for n in range(20)
        ]
        texts = [future.result(60) for future in futures]
        assert 1 <= len(pool.pids) <= 2
    assert texts == [extract(PAGE.replace(b"forty", b"%d" % n), f"{URL}{n}", "text/html") for n in range(20)]


def test_a_killed_worker_costs_its_page_only() -> None:
    with Extractors(workers=1) as pool:
        assert pool.submit(PAGE, URL, None).result(60).title == "The lamp"
        (pid,) = pool.pids
        lost = pool.submit(BIG, f"{URL}big", None)
        others = [pool.submit(PAGE, URL, None) for _ in range(3)]
        time.sleep(0.3)
        os.kill(pid, signal.SIGKILL)
        with pytest.raises(TextError, match=r"lamp\.example/big: the worker died \(SIGKILL\)"):
            lost.result(60)
        assert [other.result(60).title for other in others] == ["The lamp"] * 3
        assert pid not in pool.pids


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_what_tells_the_whole_group_to_stop_costs_no_page(number: signal.Signals) -> None:
    """Ctrl-C and service managers signal the workers too, also while they start."""
    code = (
        "import os, signal, time\nfrom archive.text import Extractors\nif __name__ == '__main__':\n"
        f"    signal.signal({number}, lambda *_: None)\n    pool = Extractors(1)\n"
        f"    page = pool.submit({PAGE!r}, 'http://a.example/', None)\n"
        "    while not pool.pids:\n        time.sleep(0.001)\n"
        f"    os.killpg(0, {number})\n    print(page.result().title)\n    os.killpg(0, {number})\n"
        f"    print(pool.submit({PAGE!r}, 'http://a.example/', None).result().title)\n    pool.close()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        start_new_session=True,
    )
    assert done.stdout.splitlines() == ["The lamp", "The lamp"], done.stderr


def test_a_page_that_takes_too_long_is_given_up() -> None:
    with Extractors(workers=1, seconds=0.4) as pool:
        slow = pool.submit(BIG, f"{URL}slow", None)
        quick = pool.submit(PAGE, URL, None)
        with pytest.raises(TextError, match=r"lamp\.example/slow: took more than 0\.4 s"):
            slow.result(60)
        assert quick.result(60).title == "The lamp"


def test_pages_made_to_hurt_are_read_or_named_and_the_next_page_is_read() -> None:
    pages = {
        "nest": b"<div>" * 100_000 + b"deep",
        "tables": b"<table><tr><td>x" * 10_000,
        "large": b"<p>" + b"word " * 2_000_000,
        "scripts": b"\xe9<script>" * 40_000,
        "comments": b"<!--" * 200_000,
        "separators": b"<title>" + b"a | b - " * 50_000 + b"</title><h1>x</h1>",
        "dates": b"<p>" + b"5 July 2025, " * 50_000,
        "json": b'<script type="application/ld+json">' + b"[{" * 50_000 + b"</script><p>x",
        "spaces": b"<p>" + b" " * 2_000_000 + b"x",
        "control characters": b"<p>a&#1;b&#x1f;c</p><form>\x0c</form>\x01",
    }
    with Extractors(workers=1, seconds=20) as pool:
        for name, payload in pages.items():
            page = pool.submit(payload, f"{URL}{name}", "text/html")
            error = page.exception(60)
            assert error is None or (isinstance(error, TextError) and name in str(error)), name
        assert pool.submit(PAGE, URL, None).result(60).title == "The lamp"


def test_a_page_that_needs_more_memory_than_there_is_costs_itself_only() -> None:
    code = (
        "from archive.text import Extractors\nimport resource\n"
        "if __name__ == '__main__':\n    pool = Extractors(1)\n"
        f"    pool.submit({PAGE!r}, 'http://a.example/', None).result()\n"
        "    resource.prlimit(pool.pids[0], resource.RLIMIT_AS, (400 * 2**20, 400 * 2**20))\n"
        "    print(pool.submit(b'<p>a <b>b</b></p>' * 900_000, 'http://a.example/big', None).exception())\n"
        f"    print(pool.submit({PAGE!r}, 'http://a.example/', None).result().title)\n    pool.close()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=90, check=False
    )
    first, second = done.stdout.splitlines()
    assert first == "http://a.example/big: ran out of memory", done.stderr
    assert second == "The lamp"


def test_workers_end_with_a_parent_that_is_killed() -> None:
    code = (
        "import sys, time\nfrom archive.text import Extractors\nif __name__ == '__main__':\n"
        f"    pool = Extractors(1)\n    pool.submit({PAGE!r}, 'http://a.example/', None).result()\n"
        "    big = pool.submit(b'<p>a word <b>or two</b></p>' * 500_000, 'http://a.example/', None)\n"
        "    print(*pool.pids, flush=True)\n    time.sleep(60)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    worker = psutil.Process(int(parent.stdout.readline()))
    parent.kill()
    parent.wait()
    worker.wait(10)
    assert not worker.is_running()


def test_a_closed_pool_takes_no_pages_and_leaves_no_process() -> None:
    pool = Extractors(workers=1)
    pool.submit(PAGE, URL, None).result(60)
    (pid,) = pool.pids
    pool.close()
    assert not psutil.pid_exists(pid)
    with pytest.raises(RuntimeError, match="closed"):
        pool.submit(PAGE, URL, None)
