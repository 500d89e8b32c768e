"""One answer is worked on at a time, and nobody waits for ever."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask

from strandline.web import turnstile


def slow_app() -> tuple[Flask, threading.Event, list[int]]:
    """An application whose answers wait until they are let go, and how many were at work."""
    app, go_on, at_work = Flask(__name__), threading.Event(), [0]
    turnstile.put(app)

    @app.get("/")
    def slow() -> str:
        at_work.append(at_work[-1] + 1)
        go_on.wait(10)
        at_work.append(at_work[-1] - 1)
        return "done"

    return app, go_on, at_work


def test_one_is_at_work_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turnstile, "PATIENCE", 20)
    app, go_on, at_work = slow_app()
    with ThreadPoolExecutor(8) as pool:
        answers = [pool.submit(lambda: app.test_client().get("/").status_code) for _ in range(8)]
        threading.Timer(0.3, go_on.set).start()
        assert [one.result(20) for one in answers] == [200] * 8
    assert max(at_work) == turnstile.AT_ONCE


def test_who_has_waited_for_long_is_let_through(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turnstile, "PATIENCE", 0.1)
    app, go_on, at_work = slow_app()
    with ThreadPoolExecutor(8) as pool:
        answers = [pool.submit(lambda: app.test_client().get("/").status_code) for _ in range(6)]
        threading.Timer(2.0, go_on.set).start()
        assert [one.result(20) for one in answers] == [200] * 6
    assert max(at_work) == 6
