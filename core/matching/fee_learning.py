"""Which fee rule confirmed payments show: exact arithmetic, and no rule where one pair disagrees.

The simplest form that explains every pair is taken: one fixed fee, a percentage, a percentage
within bounds, a percentage and a fixed part, and last tiers. A form counts only where more pairs
bear it out than it has free figures; where two equally simple ones explain the pairs, none does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from core.matching.fees import FeeRule, FeeTier

MIN_PAIRS = 3
_SCALE = 10_000
_MAX_TIERS = 12
_MAX_BASIS_POINTS = 2_000
_FEWEST_BOUND = 2
_ROUND = (500, 100, 50, 25, 10, 5)


@dataclass(frozen=True, slots=True, order=True)
class FeePair:
    """A confirmed payment: what the customer paid, and what the channel kept of it."""

    gross_minor: int
    fee_minor: int


def rule_of(method: str, pairs: Sequence[FeePair]) -> FeeRule | None:
    """Return the rule that all pairs of one payment method bear out; None where none does."""
    distinct = sorted(set(pairs))
    contradicted = any(one.gross_minor == other.gross_minor for one, other in pairwise(distinct))
    if len(pairs) < MIN_PAIRS or contradicted or any(pair.fee_minor <= 0 for pair in distinct):
        return None
    simple = list(_simple(distinct))
    if simple:
        return FeeRule(method, (simple[0],)) if len(simple) == 1 else None
    tier = _bounded(distinct) or _percent_and_fixed(distinct)
    if tier is not None:
        return FeeRule(method, (tier,))
    tiers = _tiers(distinct)
    return FeeRule(method, tiers) if tiers else None


def _simple(pairs: Sequence[FeePair]) -> Iterator[FeeTier]:
    """Yield what one figure explains, where the pairs have more than one price."""
    if len(pairs) < 2:
        return
    if all(pair.fee_minor == pairs[0].fee_minor for pair in pairs):
        yield FeeTier(fixed_minor=pairs[0].fee_minor)
    percent = _percent(pairs)
    if percent is not None:
        yield FeeTier(basis_points=percent)


def _percent(pairs: Sequence[FeePair]) -> int | None:
    """Return the roundest percentage, in basis points, whose rounded share is every fee."""
    low, high = _percents(pairs)
    return _roundest(low, high)


def _percents(pairs: Sequence[FeePair]) -> tuple[int, int]:
    """Return from which to which basis points every share rounds, half up, to its fee."""
    # fee <= (2 * gross * points + scale) / (2 * scale) < fee + 1
    low = max(-(-_SCALE * (2 * pair.fee_minor - 1) // (2 * pair.gross_minor)) for pair in pairs)
    high = min((_SCALE * (2 * pair.fee_minor + 1) - 1) // (2 * pair.gross_minor) for pair in pairs)
    return low, min(high, _MAX_BASIS_POINTS)


def _roundest(low: int, high: int) -> int | None:
    low = max(low, 1)
    if low > high:
        return None
    for step in _ROUND:
        if (found := -(-low // step) * step) <= high:
            return found
    return low


def _bounded(pairs: Sequence[FeePair]) -> FeeTier | None:
    """Return a percentage that never goes below, or above, a fee that several prices show."""
    least, most = min(pair.fee_minor for pair in pairs), max(pair.fee_minor for pair in pairs)
    at_least = [pair for pair in pairs if pair.fee_minor == least]
    at_most = [pair for pair in pairs if pair.fee_minor == most]
    for floored, capped in ((True, False), (False, True), (True, True)):
        if (floored and len(at_least) < _FEWEST_BOUND) or (capped and len(at_most) < _FEWEST_BOUND):
            continue
        between = [
            pair
            for pair in pairs
            if not (floored and pair.fee_minor == least) and not (capped and pair.fee_minor == most)
        ]
        if len(between) < _FEWEST_BOUND:
            continue
        low, high = _percents(between)
        if floored:
            largest = max(pair.gross_minor for pair in at_least)
            high = min(high, _percents([FeePair(largest, least)])[1])
        if capped:
            smallest = min(pair.gross_minor for pair in at_most)
            low = max(low, _percents([FeePair(smallest, most)])[0])
        percent = _roundest(low, high)
        if percent is not None:
            tier = FeeTier(
                basis_points=percent,
                minimum_minor=least if floored else 0,
                maximum_minor=most if capped else None,
            )
            if _explains(tier, pairs):
                return tier
    return None


def _percent_and_fixed(pairs: Sequence[FeePair]) -> FeeTier | None:
    """Return a percentage and a fixed part that make every fee together."""
    if len(pairs) < MIN_PAIRS + 1:
        return None
    first, last = pairs[0], pairs[-1]
    rise, run = last.fee_minor - first.fee_minor, last.gross_minor - first.gross_minor
    low = max(1, _SCALE * (rise - 1) // run)
    high = min(_MAX_BASIS_POINTS, _SCALE * (rise + 1) // run + 1)
    fitting = []
    for points in range(low, high + 1):
        fixed = first.fee_minor - FeeTier(basis_points=points).fee_minor(first.gross_minor)
        if fixed > 0 and _explains(FeeTier(basis_points=points, fixed_minor=fixed), pairs):
            fitting.append((points, fixed))
    if not fitting:
        return None
    points, fixed = min(fitting, key=lambda each: (_unevenness(each[0]), each))
    return FeeTier(basis_points=points, fixed_minor=fixed)


def _unevenness(points: int) -> int:
    return next((place for place, step in enumerate(_ROUND) if points % step == 0), len(_ROUND))


def _explains(tier: FeeTier, pairs: Sequence[FeePair]) -> bool:
    return all(tier.fee_minor(pair.gross_minor) == pair.fee_minor for pair in pairs)


def _tiers(pairs: Sequence[FeePair]) -> tuple[FeeTier, ...]:
    """Return tiers over the prices seen; between two of them, and beyond, no fee is known.

    Where a tier really ends is not shown by payments, so none is taken beyond its last one.
    """
    tiers: list[FeeTier] = []
    reached, rest = 0, list(pairs)
    while rest:
        length, tier = _longest(rest)
        if tier is None or len(tiers) >= 2 * _MAX_TIERS:
            return ()
        if rest[0].gross_minor > reached + 1:
            tiers.append(FeeTier(up_to_minor=rest[0].gross_minor - 1))
        reached = rest[length - 1].gross_minor
        tiers.append(
            FeeTier(
                basis_points=tier.basis_points, fixed_minor=tier.fixed_minor, up_to_minor=reached
            )
        )
        rest = rest[length:]
    return tuple(tiers)


def _longest(pairs: Sequence[FeePair]) -> tuple[int, FeeTier | None]:
    """Return how many of the lowest prices one simple form explains, and which."""
    low, high, fixed = 1, _MAX_BASIS_POINTS, pairs[0].fee_minor
    is_fixed = True
    longest: tuple[int, FeeTier | None] = (0, None)
    for number, pair in enumerate(pairs, 1):
        share_low, share_high = _percents([pair])
        low, high = max(low, share_low), min(high, share_high)
        is_fixed = is_fixed and pair.fee_minor == fixed
        percent = _roundest(low, high)
        if not is_fixed and percent is None:
            break
        if number >= MIN_PAIRS:
            tier = FeeTier(fixed_minor=fixed) if is_fixed else FeeTier(basis_points=percent or 0)
            longest = number, tier
    return longest
