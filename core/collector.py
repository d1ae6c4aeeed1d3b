"""Python's cycle collector, held back while a million objects are made that form no cycles."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_held() -> Iterator[None]:
    """Hold the cycle collector back: the cells and lines of a statement form no cycles.

    It would walk the half million of them again and again while they are made, for a quarter of
    the time. Reference counting goes on, and what is left counts among the oldest objects, which
    the collector looks through when it looks through everything. Where it is off already, as
    while a window is open, it stays off.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        if not gc.get_freeze_count():
            gc.freeze()  # with the next line: to the oldest objects, unwalked
            gc.unfreeze()
        gc.enable()
