"""Where columns lie that no line divides: free stretches, and edges at which amounts align."""

from __future__ import annotations

from collections import Counter

_GRAIN = 2.0
"""Edges are counted in steps of half a point."""
_ALIGNED = 1.5
_SPACE = 3


class Coverage:
    """How many words stand over each point of a page's width."""

    def __init__(self) -> None:
        self._counts: list[int] = []

    def add(self, left: float, right: float) -> None:
        """Count one more word."""
        first, last = max(0, int(left)), max(0, int(right))
        if last >= len(self._counts):
            self._counts.extend([0] * (last + 1 - len(self._counts)))
        for at in range(first, last + 1):
            self._counts[at] += 1

    def freest(self, start: float, end: float, *, nearest: bool = False) -> float:
        """Return the middle of the widest least covered stretch, the last of equally wide.

        With ``nearest`` the first stretch counts that is wider than a space.
        """
        first, last = max(0, int(start)), max(0, int(end))
        counts = [
            self._counts[at] if at < len(self._counts) else 0 for at in range(first, last + 1)
        ]
        if not counts:
            return (start + end) / 2
        least = min(counts)
        best = (0, 0)
        began: int | None = None
        for offset, count in enumerate([*counts, least + 1]):
            if count == least and began is None:
                began = offset
            elif count != least and began is not None:
                if offset - began >= best[1] - best[0]:
                    best = began, offset
                if nearest and offset - began > _SPACE:
                    break
                began = None
        return first + (best[0] + best[1]) / 2


class Alignment:
    """At which edge the amounts of one column stand below each other."""

    def __init__(self) -> None:
        self._rights: Counter[int] = Counter()
        self._lefts: Counter[int] = Counter()
        self._reach: dict[int, float] = {}

    def add(self, left: float, right: float) -> None:
        """Count one more amount."""
        edge = round(right * _GRAIN)
        self._rights[edge] += 1
        self._lefts[round(left * _GRAIN)] += 1
        self._reach[edge] = min(left, self._reach.get(edge, left))

    @property
    def right(self) -> float | None:
        """Return the edge at which the amounts end; None where they begin at one, or at none."""
        if not self._rights:
            return None
        (edge, count), *_ = self._rights.most_common(1)
        if self._lefts.most_common(1)[0][1] > count or count * 2 < self._rights.total():
            return None
        return edge / _GRAIN

    @property
    def left(self) -> float | None:
        """Return where the widest amount begins; None where the amounts align at no edge."""
        right = self.right
        if right is not None:
            return min(left for edge, left in self._reach.items() if self._near(edge, right))
        if not self._lefts:
            return None
        (edge, count), *_ = self._lefts.most_common(1)
        return edge / _GRAIN if count * 2 >= self._lefts.total() else None

    def holds(self, right: float) -> bool:
        """Tell whether an amount that ends here is one of the column."""
        known = self.right
        return known is not None and abs(right - known) <= _ALIGNED

    def _near(self, edge: int, right: float) -> bool:
        return abs(edge / _GRAIN - right) <= _ALIGNED
