"""Commands that run until they are told to stop: Ctrl+C, or SIGTERM from whoever started them."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

LOOK_EVERY_S = 0.5
"""How often to look whether to stop: Windows delivers a signal only while Python code runs."""


@contextmanager
def told_to_stop() -> Iterator[threading.Event]:
    """Give an event that is set when the program is told to stop; signals work as before after."""
    stopping = threading.Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        stopping.set()

    before = {each: signal.signal(each, stop) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stopping
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
