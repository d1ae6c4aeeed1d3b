"""The telephone numbers of all payments, read at once and found by their national digits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set

import numpy as np

from core.matching.identifiers import stretches
from core.matching.letters import Places, Sought, mixed
from core.matching.order import NOTHING, UNKNOWN
from core.matching.phones import NATIONAL_LENGTH, national_number

_WORTH = 10 ** np.arange(NATIONAL_LENGTH - 1, -1, -1)
_LEAST = 7 * 10 ** (NATIONAL_LENGTH - 1)


class PhoneIndex:
    """Each payment's national number ``at`` its place, ``UNKNOWN`` where it has none."""

    def __init__(self, e164: Sequence[str]) -> None:
        read = [_read(e164[each]) for each in stretches(len(e164))]
        self.at = np.concatenate([np.empty(0, np.int64), *read])
        self._mixed = mixed(self.at)

    def national(self, place: int) -> str:
        """Return the national number of a payment, "" where it has none."""
        number = self.at.item(place)
        return "" if number == UNKNOWN else str(number)

    def of(self, wanted: Sequence[str]) -> tuple[Places, Places]:
        """Return where some national numbers stand, and which of them each is."""
        numbers = np.array([_number(each) for each in wanted], np.int64)
        order = np.argsort(numbers)
        likely = Sought(mixed(numbers)).among(self._mixed) if len(numbers) else NOTHING
        nationals = self.at[likely]
        rows = np.searchsorted(numbers[order], nationals).clip(max=len(numbers) - 1)
        found = np.flatnonzero((numbers[order[rows]] == nationals) & (nationals != UNKNOWN))
        return likely[found], order[rows[found]]

    def showing(self, wanted: Set[str]) -> Iterator[tuple[int, str]]:
        """Yield where the wanted national numbers stand, and which."""
        numbers = [int(each) for each in wanted if len(each) == NATIONAL_LENGTH]
        likely = Sought(mixed(np.array(numbers, np.int64))).among(self._mixed)
        for place, number in zip(likely.tolist(), self.at[likely].tolist(), strict=True):
            national = str(number)
            if national in wanted:
                yield place, national


def _number(national: str) -> int:
    """Return a national number; ``UNKNOWN`` for what none of the payments' can be."""
    is_number = len(national) == NATIONAL_LENGTH and national.isascii() and national.isdigit()
    return int(national) if is_number else UNKNOWN


def _read(e164: Sequence[str]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Return the national numbers of some texts: all that end in nine figures at once."""
    written = np.frombuffer("".join(e164).encode("ascii", "replace"), np.uint8)
    lengths = np.fromiter(map(len, e164), np.int64, len(e164))
    long_enough = np.flatnonzero(lengths >= NATIONAL_LENGTH)
    width = int(lengths[0]) if len(lengths) else 0
    if len(long_enough) and (lengths == width).all():
        tails = written.reshape(-1, width)[:, -NATIONAL_LENGTH:]
    else:
        from_end = np.arange(-NATIONAL_LENGTH, 0)
        tails = written[np.cumsum(lengths)[long_enough][:, None] + from_end]
    digits = tails - np.uint8(ord("0"))
    figures_alone = (digits <= 9).all(axis=1)
    nationals = np.full(len(e164), UNKNOWN, np.int64)
    nationals[long_enough[figures_alone]] = digits[figures_alone] @ _WORTH
    nationals[nationals < _LEAST] = UNKNOWN
    nationals[nationals >= _LEAST // 7 * 8] = UNKNOWN
    for place in long_enough[~figures_alone].tolist():
        national = national_number(e164[place])
        nationals[place] = int(national) if national else UNKNOWN
    return nationals
