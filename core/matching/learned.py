"""What clerks decided before, as it is given to the matcher: plain values, ready to be sent."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from core.matching.declined import NOTHING_DECLINED, Declined
from core.matching.fees import FeeRule


@dataclass(frozen=True, slots=True)
class LearnedPayer:
    """Who a mark was matched with: the payer's names and phones, how often, and when last.

    ``mark`` and ``mark_kind`` are as ``marks.marks_of`` gives them; ``names`` are as written,
    ``phones`` nine national digits; ``day`` is the shop's day of the last time.
    """

    mark_kind: str
    mark: str
    mark_words: str
    payer: str
    names: tuple[str, ...]
    phones: tuple[str, ...]
    times: int
    by: str
    day: date


@dataclass(frozen=True, slots=True)
class Learned:
    """All that holds for one statement."""

    payers: tuple[LearnedPayer, ...] = ()
    fees: tuple[FeeRule, ...] = ()
    declined: Declined = field(default=NOTHING_DECLINED)


NOTHING_LEARNED = Learned()
