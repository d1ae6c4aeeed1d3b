"""What was learned, as it is shown and as a person points at it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.matching.fees import FeeRule
from core.model.lessons import PayerMark
from core.model.reconciliations import StatementProvider


class LessonKind(StrEnum):
    """What a lesson is about."""

    PAYER = "payer"
    WORDING = "wording"
    FEE = "fee"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class LessonRef:
    """Which lesson is meant; ``key`` means something to the learning service only."""

    kind: LessonKind
    key: str


@dataclass(frozen=True, slots=True)
class LessonRow:
    """One lesson: what a statement shows, what it was taken for, how often, by whom last.

    ``shown`` is the mark, the wording, the payment method of a fee, or the declined line;
    ``meaning`` the payer, the reason or the declined payments. ``mark`` is set for payers,
    ``fee`` for fees, whose amounts are minor units of ``currency``; ``statement`` is a
    declined line's file.
    """

    ref: LessonRef
    provider: StatementProvider
    shown: str
    meaning: str
    times: int
    last_by: str
    last_at: datetime
    mark: PayerMark | None = None
    fee: FeeRule | None = None
    currency: str = ""
    statement: str = ""


@dataclass(frozen=True, slots=True)
class SuggestedReason:
    """Why an open line may be set aside: a line worded like it was, so often, by whom last."""

    line_id: int
    reason: str
    wording: str
    times: int
    last_by: str
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What one removal took out, so that it can be put back; keys of rows."""

    payers: tuple[int, ...] = ()
    wordings: tuple[int, ...] = ()
    fees: tuple[int, ...] = ()
    declines: tuple[int, ...] = ()

    @property
    def number(self) -> int:
        """How many rows it holds; 0 means that nothing was left to forget."""
        return sum(map(len, (self.payers, self.wordings, self.fees, self.declines)))
