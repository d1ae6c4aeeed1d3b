"""By what matched lines and their payments differ, and why: the one place that says so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement

from core.model.reconciliations import DifferenceKind, Match, WriteOffReason
from core.services.reconciliation_report.contract import DifferenceGroup
from core.services.reconciliation_report.words import DIFFERENCE_WORDS, WRITE_OFF_WORDS
from core.services.reconciliations.service import FEE_KINDS
from core.services.rows import DIFFERING_KINDS

DIFFERENCE_COLUMNS = (
    Match.kind,
    Match.difference_minor,
    Match.difference_kind,
    Match.difference_reason,
    Match.difference_note,
    Match.difference_by,
    Match.difference_at,
)
"""What :func:`difference_of` is told of a match."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What a match's lines show beyond its payments, signed; ``reason`` is in words.

    ``who`` and ``at`` are given where somebody answered for it apart from the match.
    """

    group: DifferenceGroup
    amount_minor: int
    reason: str
    who: str = ""
    at: datetime | None = None


def difference_of(
    match_kind: str,
    difference_minor: int,
    difference_kind: DifferenceKind,
    reason: str,
    note: str,
    who: str,
    at: datetime | None,
) -> Difference | None:
    """Return by what a match differs, or None.

    A match keeps what was recorded less what was received. A report tells it as the
    reconciliation's own discrepancy: what the statement shows less what the books say. A reversal,
    refund or charge has no payment to differ from.
    """
    amount_minor = -difference_minor
    if not amount_minor or match_kind not in {*FEE_KINDS, *DIFFERING_KINDS}:
        return None
    if difference_kind is DifferenceKind.WRITE_OFF:
        told = [
            f"Written off: {WRITE_OFF_WORDS[WriteOffReason(reason)]}."
            if reason
            else "Written off.",
            note,
        ]
        words = " ".join(filter(None, told))
        return Difference(DifferenceGroup.WRITTEN_OFF, amount_minor, words, who, at)
    if match_kind in FEE_KINDS or difference_kind is DifferenceKind.FEE:
        words = DIFFERENCE_WORDS[DifferenceGroup.FEE]
        return Difference(DifferenceGroup.FEE, amount_minor, words, who, at)
    group = DifferenceGroup.OVER if amount_minor > 0 else DifferenceGroup.UNDER
    return Difference(group, amount_minor, DIFFERENCE_WORDS[group])


def may_differ() -> tuple[ColumnElement[bool], ...]:
    """Return which matches :func:`difference_of` finds a difference of."""
    return (Match.difference_minor != 0, Match.kind.in_((*DIFFERING_KINDS, *FEE_KINDS)))
