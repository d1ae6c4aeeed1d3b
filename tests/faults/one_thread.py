"""The worker with all its threads made one, so that its system calls come in one order."""

from __future__ import annotations

import threading
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from core.services.gateways import worker as gateway_worker
from core.services.gateways.worker import GatewayWorker


class _InlineThread:
    """A thread that does its work where it is started."""

    def __init__(
        self, *, target: Callable[..., object], args: tuple[Any, ...] = (), **_: object
    ) -> None:
        self._target = target
        self._args = args

    def start(self) -> None:
        self._target(*self._args)

    def join(self, timeout: float | None = None) -> None:
        """It is over already."""


class _InlineCalls:
    """The threads for calls, of which there are none."""

    def run(self, work: Callable[[], None]) -> None:
        work()

    def stop(self) -> None:
        """Nothing runs."""


class _LastWait(threading.Event):
    """The worker's rest between two looks, which ends its work when there is no more."""

    def __init__(self, worker: GatewayWorker, is_done: Callable[[], bool]) -> None:
        super().__init__()
        self._worker = worker
        self._is_done = is_done

    def wait(self, timeout: float | None = None) -> bool:
        if self._is_done():
            self._worker._stopping.set()
            return True
        return super().wait(timeout)


def serve_in_this_thread(worker: GatewayWorker, is_done: Callable[[], bool]) -> None:
    """Let the worker serve here until there is no more to do."""
    vars(gateway_worker)["threading"] = SimpleNamespace(
        Thread=_InlineThread, Event=threading.Event, Condition=threading.Condition
    )
    worker._threads = _InlineCalls()  # type: ignore[assignment]
    worker._wake = _LastWait(worker, is_done)
    worker.start()
    worker.stop()
