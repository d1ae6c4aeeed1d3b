"""Exact search for disjoint sets of amounts that make several totals at once, bounded in steps.

A total alone is made by many sets of popular prices; the totals of one day together leave few
ways to deal the day's amounts out. Equal amounts are one value here: which of them it is, no
total can tell.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import gcd, lcm

_MAX_STEPS = 40_000
_MAX_LEFT_OUT = 2
_MAX_SETS = 1_000

_ROUND = (1000, 500, 100, 50, 10, 5)

Values = tuple[int, ...]
"""Amounts, ascending, each as often as it is used."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A number of amounts and what they make together: one total, or one of a few."""

    size: int
    totals: tuple[int, ...]


class SearchGivenUpError(Exception):
    """The search reached its bound: nothing is known."""


class Steps:
    """A budget shared by the searches of one day."""

    def __init__(self, number: int = _MAX_STEPS) -> None:
        self.left = number

    def take(self, number: int = 1) -> None:
        """Use some steps; raise SearchGivenUpError where none is left."""
        self.left -= number
        if self.left < 0:
            raise SearchGivenUpError


class Supply:
    """The amounts of a day as values and how often there is each, ready to be searched.

    For every number of the smallest values it knows which totals so many of them make, one bit a
    total: the search enters no branch that cannot end in a set.
    """

    def __init__(self, amounts: Sequence[int], sizes: Iterable[int]) -> None:
        self.amounts = tuple(amounts)
        self.stock = Counter(amounts)
        self._values = sorted(self.stock)
        self._unit = gcd(*amounts) or 1
        number = len(self.amounts)
        largest = max((min(each, number - each) for each in sizes), default=0)
        made = [1] + [0] * max(0, largest)
        self._made_of_smallest = [made]
        for value in self._values:
            made = made[:]
            for _ in range(self.stock[value]):
                for size in range(len(made) - 1, 0, -1):
                    made[size] |= made[size - 1] << value // self._unit
            self._made_of_smallest.append(made)

    def sets(self, size: int, total: int, steps: Steps, enough: int | None) -> list[Values]:
        """Return the sets of a size that make a total; raises as `value_sets` does."""
        found: list[Values] = []

        def extend(chosen: Values, missing: int, below: int, rest: int) -> None:
            if not missing:
                found.append(chosen)
                if len(found) > _MAX_SETS:
                    raise SearchGivenUpError
                return
            for place in range(min(below, bisect_right(self._values, rest)) - 1, -1, -1):
                value = self._values[place]
                if value * missing < rest or len(found) == enough:
                    return
                steps.take()
                for times in range(1, min(missing, self.stock[value]) + 1):
                    left = rest - times * value
                    if self._can_make(missing - times, left, place):
                        extend((value,) * times + chosen, missing - times, place, left)

        if self._can_make(size, total, len(self._values)):
            extend((), size, len(self._values), total)
        return found

    def _can_make(self, size: int, total: int, smallest: int) -> bool:
        if total < 0 or total % self._unit:
            return False
        return bool(self._made_of_smallest[smallest][size] >> total // self._unit & 1)


def value_sets(
    supply: Supply, wanted: Wanted, steps: Steps | None = None, *, enough: int | None = None
) -> list[Values]:
    """Return every set of values that makes a total, equal amounts counted once.

    Where most of the amounts are wanted, what they leave out is searched instead. With
    ``enough`` the search ends at so many.

    Raises:
        SearchGivenUpError: there are too many, or the search for them is too long.

    """
    steps = steps or Steps()
    left_out = len(supply.amounts) - wanted.size
    if left_out < 0:
        return []
    if left_out >= wanted.size:
        return [
            found
            for total in wanted.totals
            for found in supply.sets(wanted.size, total, steps, enough)
        ]
    return [
        tuple(sorted((supply.stock - Counter(rest)).elements()))
        for total in wanted.totals
        for rest in supply.sets(left_out, sum(supply.amounts) - total, steps, enough)
    ]


class Reach:
    """Which totals the sets of some amounts make, to tell how little a found set may say.

    One bit per total and size, moved along by each amount: the whole table costs one shift per
    amount and size.
    """

    def __init__(self, amounts: Sequence[int], sizes: Iterable[int]) -> None:
        self._unit = gcd(*amounts) or 1
        self._amounts, self._number, self._sum = amounts, len(amounts), sum(amounts)
        largest = max((min(each, self._number - each) for each in sizes), default=0)
        self._made = [1] + [0] * max(0, largest)
        for amount in amounts:
            for size in range(len(self._made) - 1, 0, -1):
                self._made[size] |= self._made[size - 1] << (amount // self._unit)

    def makes(self, wanted: Wanted) -> bool:
        """Tell whether some set makes the total."""
        if wanted.size > self._number:
            return False
        for total in wanted.totals:
            made, place = self._look_up(wanted.size, total)
            if total % self._unit == 0 and place >= 0 and made >> place & 1:
                return True
        return False

    def chance(self, wanted: Wanted) -> float:
        """Return which part of the neighbouring, equally round totals a set makes as well."""
        if wanted.size > self._number or not wanted.totals:
            return 1.0
        total = next((each for each in wanted.totals if each % self._unit == 0), wanted.totals[0])
        round_to = self._roundness(total)
        step = lcm(round_to, self._unit)
        spread = total // 4 // step
        wide = step // self._unit
        made, place = self._look_up(wanted.size, total)
        low = place - spread * wide
        every = (1 << (2 * spread + 1) * wide) - 1
        window = (made >> low if low >= 0 else made << -low) & every
        multiples = every // ((1 << wide) - 1)
        others = (window & multiples).bit_count() - (window >> spread * wide & 1)
        neighbours = 2 * (total // 4 // round_to) + 1
        return min(1.0, len(wanted.totals) * (others + 1) / neighbours)

    def _roundness(self, total: int) -> int:
        """Return the roundest step that a total shares with enough of the amounts to matter."""
        for step in _ROUND:
            if total % step == 0 and 4 * sum(each % step == 0 for each in self._amounts) >= (
                self._number
            ):
                return step
        return 1

    def _look_up(self, size: int, total: int) -> tuple[int, int]:
        """Return the totals made, and the place of one; of what is left out where that is less."""
        left_out = self._number - size
        if left_out < size:
            return self._made[left_out], (self._sum - total) // self._unit
        return self._made[size], total // self._unit


@dataclass(frozen=True, slots=True)
class Dealt:
    """What every way to deal amounts out has in common for one total.

    ``explained`` is the share of the ways that serve it, each leaving out as few totals as can
    be; ``values`` is its set, where it is served in every way and always by the same.
    """

    explained: float
    values: Values | None = None


def deal_most(amounts: Sequence[int], totals: Sequence[Wanted]) -> list[Dealt]:
    """Serve as many totals as can be, leaving out at most a few that lack one of their amounts.

    Raises:
        SearchGivenUpError: the bound was reached before it was known which can be served.

    """
    steps = Steps()
    supply = Supply(amounts, (each.size for each in totals))
    sets = {index: value_sets(supply, each, steps) for index, each in enumerate(totals)}
    for number in range(min(_MAX_LEFT_OUT, len(totals)) + 1):
        ways: list[dict[int, Values | None]] = []
        for left_out in combinations(sets, number):
            served = {index: sets[index] for index in sets if index not in left_out}
            way = _common(supply.stock, served, steps)
            if way is not None:
                ways.append(way)
        if ways:
            return [_in_common(ways, index) for index in sets]
    return [Dealt(0.0) for _ in totals]


def _in_common(ways: Sequence[dict[int, Values | None]], index: int) -> Dealt:
    sets = {way.get(index) for way in ways}
    explained = sum(index in way for way in ways) / len(ways)
    return Dealt(explained, sets.pop() if len(sets) == 1 else None)


def _common(
    stock: Counter[int], sets: Mapping[int, Sequence[Values]], steps: Steps
) -> dict[int, Values | None] | None:
    """Return the set that each total has in every way to serve all of them, None where it varies.

    None as a whole means that there is no way.
    """
    first = _way(stock, sets, steps)
    if first is None:
        return None
    varying: set[int] = set()
    for index, possible in sets.items():
        if index not in varying:
            others = [each for each in possible if each != first[index]]
            another = _way(stock, {**sets, index: others}, steps)
            if another is not None:
                varying |= {each for each in sets if another[each] != first[each]}
    return {index: None if index in varying else first[index] for index in sets}


def _way(
    stock: Counter[int], options: Mapping[int, Sequence[Values]], steps: Steps
) -> dict[int, Values] | None:
    """Return one choice for each total such that no amount is used more often than there is."""
    if not options:
        return {}
    index = min(options, key=lambda each: (len(options[each]), each))
    for chosen in options[index]:
        if not _available(stock, chosen):
            continue
        used = frozenset(chosen)
        stock.subtract(chosen)
        rest = {
            other: [each for each in sets if used.isdisjoint(each) or _available(stock, each)]
            for other, sets in options.items()
            if other != index
        }
        steps.take(1 + sum(map(len, rest.values())))
        way = _way(stock, rest, steps) if all(rest.values()) else None
        stock.update(chosen)
        if way is not None:
            return {index: chosen} | way
    return None


def _available(stock: Counter[int], values: Values) -> bool:
    return all(stock[value] >= values.count(value) for value in values)
