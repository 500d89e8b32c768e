"""Extraction in worker processes, bounded in time and memory: a page can cost itself and nothing else."""

import contextlib
import multiprocessing
import os
import queue
import signal
import threading
from concurrent.futures import Future
from dataclasses import dataclass
from importlib import import_module
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from types import TracebackType
from typing import Self

from archive.model import Text

MEMORY = 2 * 1024**3
"""Address space of a worker in bytes."""
START = 120.0
"""Seconds a worker may need to start and load its libraries, on top of the page's own limit."""

_SPAWN = multiprocessing.get_context("spawn")


class TextError(Exception):
    """A page that could not be extracted: its worker died, hung or ran out of memory. Says which."""


@dataclass(frozen=True, slots=True)
class _Task:
    payload: bytes
    url: str
    content_type: str | None
    future: Future[Text]


class Extractors:
    """A pool of worker processes for `extract`; a context manager.

    `workers` is one less than the processors unless given; `seconds` is the wall time a page may take.
    Processes are started by the first pages, not before. Each worker holds one page at a time, so that a
    worker that dies or hangs fails exactly the Future of that page; the next page gets a new worker.
    """

    def __init__(self, workers: int | None = None, seconds: float = 30) -> None:
        self._most = max(1, workers if workers is not None else (os.cpu_count() or 2) - 1)
        self._seconds = seconds
        self._tasks: queue.SimpleQueue[_Task | None] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._waiting = 0
        self._lock = threading.Lock()
        self._closed = False
        self._workers: set[_Worker] = set()

    def submit(self, payload: bytes, url: str, content_type: str | None = None) -> Future[Text]:
        """Have a page extracted. The Future raises TextError when the page could not be."""
        future: Future[Text] = Future()
        with self._lock:
            if self._closed:
                raise RuntimeError("these Extractors are closed; make new ones")
            self._waiting += 1
            if len(self._threads) < min(self._most, self._waiting):
                thread = threading.Thread(target=self._serve, name="extractor", daemon=True)
                self._threads.append(thread)
                thread.start()
            self._tasks.put(_Task(payload, url, content_type, future))
        return future

    def close(self) -> None:
        """Finish the submitted pages and end the workers."""
        with self._lock:
            self._closed = True
            for _ in self._threads:
                self._tasks.put(None)
        for thread in self._threads:
            thread.join()

    @property
    def pids(self) -> tuple[int, ...]:
        """The process ids of the running workers."""
        with self._lock:
            return tuple(worker.pid for worker in self._workers)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            self._cancel()
        self.close()

    def _cancel(self) -> None:
        with contextlib.suppress(queue.Empty):
            while True:
                task = self._tasks.get_nowait()
                if task is not None:
                    task.future.cancel()

    def _serve(self) -> None:
        """One thread for one worker: hands it a page, waits for the answer, replaces it when it fails."""
        worker: _Worker | None = None
        while (task := self._tasks.get()) is not None:
            if not task.future.set_running_or_notify_cancel():
                continue
            try:
                worker = self._living(worker)
                result = worker.extract(task, self._seconds)
            except (
                Exception
            ) as error:  # whatever went wrong belongs to this page's Future, never to the thread
                result = (
                    error if isinstance(error, TextError) else TextError(f"{task.url}: no worker: {error}")
                )
            with self._lock:
                self._waiting -= 1
            if isinstance(result, Text):
                task.future.set_result(result)
            else:
                self._end(worker)
                worker = None
                task.future.set_exception(result)
        self._end(worker)

    def _living(self, worker: "_Worker | None") -> "_Worker":
        if worker is not None and worker.process.is_alive():
            return worker
        self._end(worker)
        worker = _Worker(self._seconds)
        with self._lock:
            self._workers.add(worker)
        return worker

    def _end(self, worker: "_Worker | None") -> None:
        if worker is not None:
            worker.end()
            with self._lock:
                self._workers.discard(worker)


class _Worker:
    """The parent's side of one worker process."""

    def __init__(self, seconds: float) -> None:
        self.line, theirs = _SPAWN.Pipe()
        self.process: SpawnProcess = _SPAWN.Process(target=_work, args=(theirs, seconds), daemon=True)
        # Ctrl-C and service managers signal the whole group, and it is for the parent to decide when to stop.
        # The worker inherits this from its first instant on. The tracker would undo it when it is started.
        resource_tracker.ensure_running()
        signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT, signal.SIGTERM))
        self.process.start()
        theirs.close()
        self.pid = self.process.pid or 0
        self.ready = False

    def extract(self, task: _Task, seconds: float) -> Text | TextError:
        if not self.ready:
            self._receive(START, task.url)
            self.ready = True
        try:
            self.line.send((task.payload, task.url, task.content_type))
        except OSError:
            return self._died(task.url)
        answer = self._receive(seconds, task.url)
        return answer if isinstance(answer, Text) else TextError(f"{task.url}: {answer}")

    def _receive(self, seconds: float, url: str) -> object:
        if not self.line.poll(seconds):
            raise TextError(f"{url}: took more than {seconds:g} s; the worker was ended")
        try:
            return self.line.recv()
        except (EOFError, OSError):
            raise self._died(url) from None

    def _died(self, url: str) -> TextError:
        self.process.join(5)
        code = self.process.exitcode
        name = signal.Signals(-code).name if code is not None and code < 0 else f"exit code {code}"
        return TextError(f"{url}: the worker died ({name})")

    def end(self) -> None:
        self.line.close()
        self.process.join(0.5 if self.ready else 0)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()


def _work(line: Connection, seconds: float) -> None:
    """A worker's life: read a page, answer with a Text or the reason why not, until the parent is gone."""
    _bound()
    # Here and not above: the process that hands out the pages has no use for it.
    page = import_module("archive.text.page")
    page.warm()
    with contextlib.suppress(EOFError, OSError):
        line.send("ready")
        while True:
            payload, url, content_type = line.recv()
            # Ends this process even inside a C library that never returns, and when the parent is gone too.
            signal.setitimer(signal.ITIMER_REAL, seconds + 5)
            text = page.extract(payload, url, content_type)
            signal.setitimer(signal.ITIMER_REAL, 0)
            line.send(_trouble(text) or text)


def _trouble(text: Text) -> str | None:
    """Why a page was not read, where that is no property of the page: it must not become an empty text.

    libxml2 says "unknown error" when it gets no memory.
    """
    reason = next((reason for reason in text.reasons[:1] if reason.startswith("could not be read")), None)
    starved = reason and ("MemoryError" in reason or "XMLSyntaxError: unknown error" in reason)
    return "ran out of memory" if starved else reason


def _bound() -> None:
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource  # not on every platform

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_die_with, args=(parent.sentinel,), daemon=True).start()


def _die_with(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)
