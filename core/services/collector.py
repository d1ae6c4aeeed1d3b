"""Python's cycle collector, kept away from work that makes a million objects and no cycles.

Every so many new objects it would walk over all the others again. Where it is off already, as
while a window is open, it stays off.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_paused() -> Iterator[None]:
    """Keep automatic collection off for a while."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
