"""The memory collector, held back while a large table is read."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_held() -> Iterator[None]:
    """Hold the cycle collector back: a table's cells and lines form no cycles.

    It would walk the half million of them again and again while they are made, for a quarter of
    the time. Reference counting goes on, and what is left counts among the oldest objects, which
    the collector looks through when it looks through everything.
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
