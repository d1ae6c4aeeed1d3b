"""How far the matching is, and whether the person still wants it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from time import monotonic
from typing import TypeVar

from core.errors import KnownError

_STEPS = 256
_TELL_EVERY_S = 0.05

T = TypeVar("T")


class MatchingCancelledError(KnownError):
    """The person stopped the matching before it was done."""


def stop_if(cancelled: Callable[[], bool] | None) -> None:
    """Stop here if the person said so.

    Raises:
        MatchingCancelledError: ``cancelled`` answered yes.

    """
    if cancelled is not None and cancelled():
        raise MatchingCancelledError("Nothing was changed. The matching was stopped.")


class Work:
    """Counts what is done of ``total``; asks and tells at a bounded distance of steps and time."""

    def __init__(
        self,
        total: int,
        cancelled: Callable[[], bool] | None,
        progress: Callable[[int, int], None] | None,
    ) -> None:
        self._total = max(total, 1)
        self._cancelled = cancelled
        self._progress = progress
        self._done = 0
        self._told_at = 0.0

    def check(self) -> None:
        """Stop here if the person said so.

        Raises:
            MatchingCancelledError: they did.

        """
        stop_if(self._cancelled)

    def done(self, steps: int) -> None:
        """Count steps, and stop here if the person said so."""
        self.check()
        self._done = min(self._done + steps, self._total)
        now = monotonic()
        finished = self._done == self._total
        if self._progress is not None and (finished or now - self._told_at >= _TELL_EVERY_S):
            self._told_at = now
            self._progress(self._done, self._total)

    def through(self, things: Iterable[T]) -> Iterator[T]:
        """Hand things on, each a step."""
        waiting = 0
        for thing in things:
            yield thing
            waiting += 1
            if waiting == _STEPS:
                self.done(waiting)
                waiting = 0
        self.done(waiting)
