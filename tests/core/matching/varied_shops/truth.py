"""What a made shop knows: lines, payments, and for every line what is true of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from core.matching.fees import DEFAULT_FEES, FeeModel
from core.matching.records import OpenLine, OpenPayment


class Story(StrEnum):
    """What happened, by what a statement shows of it."""

    IDENTIFIER = "identifier"
    DAMAGED = "damaged identifier"
    PAYER = "payer only"
    AMOUNT = "amount only"
    SEVERAL_NAMED = "several payments, named"
    SEVERAL_PAYER = "several payments, payer only"
    PARTS = "parts"
    FEE_NET = "net of fee"
    DAY = "settlement of a day"
    BATCHES = "settlement in two batches"
    WEEKEND = "settlement of a weekend"
    REVERSED = "reversal named"
    REVERSED_UNNAMED = "reversal not named"
    PAID_AGAIN = "paid again after a reversal"
    REFUND = "refund named"
    REFUND_WORDS = "refund by words"
    OVER_UNDER = "over- or underpaid"
    TWICE = "paid twice"
    CONTRADICTION = "contradiction"
    TOO_EARLY = "money before the order"
    CURRENCY = "other currency"
    DIRECTION = "wrong direction"
    FAILED = "failed or cancelled"
    STRANGER = "money nobody recorded"
    CHARGE = "bank charge"


@dataclass(frozen=True, slots=True)
class Said:
    """What a line says to tell whose money it is: pieces of identifiers, name, phone."""

    pieces: tuple[str, ...] = ()
    name: str = ""
    phone: str = ""


NOTHING = Said()


@dataclass(slots=True)
class Truth:
    """Lines and the payments they are; no payments where a match by itself would be wrong.

    ``also_right`` are other answers that no honest person would call wrong.
    """

    story: Story
    line_ids: tuple[int, ...]
    payment_ids: tuple[str, ...]
    decidable: bool | None = None
    said: Said = NOTHING
    detail: str = ""
    also_right: tuple[tuple[tuple[int, ...], tuple[str, ...]], ...] = ()

    def is_right(self, line_ids: tuple[int, ...], payment_ids: tuple[str, ...]) -> bool:
        """Tell whether an answer is this truth."""
        answer = (tuple(sorted(line_ids)), tuple(sorted(payment_ids)))
        mine = ((self.line_ids, self.payment_ids), *self.also_right)
        return answer in [(tuple(sorted(lines)), tuple(sorted(paid))) for lines, paid in mine]


@dataclass(slots=True)
class Shop:
    """A finished shop."""

    lines: list[OpenLine] = field(default_factory=list)
    payments: list[OpenPayment] = field(default_factory=list)
    truths: list[Truth] = field(default_factory=list)
    fees: FeeModel = DEFAULT_FEES
