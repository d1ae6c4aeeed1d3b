"""A sandbox that runs by itself, until somebody ends it."""

from __future__ import annotations

import signal
from types import FrameType

from core.gateways.sandbox.server import Sandbox

_POLL_S = 0.2


def serve_until_stopped(sandbox: Sandbox) -> None:
    """Wait for Ctrl+C or SIGTERM, then stop a started sandbox; only in the main thread."""
    stopped = False

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        nonlocal stopped
        stopped = True

    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, on_signal) for number in numbers]
    try:
        while not stopped:
            # A wait without an end is not woken by signals on Windows.
            sandbox.wait(_POLL_S)
    finally:
        sandbox.stop()
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)
