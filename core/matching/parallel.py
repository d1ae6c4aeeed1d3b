"""Portions of one work on two threads: what numpy does with them needs no lock of Python's.

Only where most of the time goes by in numpy. Beside a thread that runs Python all the time, each
of its calls would wait for the lock again, and nothing be gained.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain, islice
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")

_THREADS = 2
_AHEAD = 2 * _THREADS


def in_parallel(work: Callable[[T], R], portions: Iterable[T]) -> Iterator[R]:
    """Yield what a work makes of portions, in their order; no thread is left over after it.

    The work on one portion changes nothing that the work on another looks at.
    """
    coming = iter(portions)
    first = list(islice(coming, 2))
    if len(first) < 2:
        yield from map(work, first)
        return
    waiting: deque[Future[R]] = deque()
    with ThreadPoolExecutor(_THREADS, "matching") as pool:
        try:
            for portion in chain(first, coming):
                waiting.append(pool.submit(work, portion))
                if len(waiting) > _AHEAD:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for each in waiting:
                each.cancel()
