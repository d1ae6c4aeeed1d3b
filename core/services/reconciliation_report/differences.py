"""By what matched lines and their payments differ, and why: the one place that says so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement

from core.model.reconciliations import Match
from core.services.reconciliation_report.contract import DifferenceGroup
from core.services.reconciliation_report.words import DIFFERENCE_WORDS
from core.services.reconciliations import FEE_KINDS
from core.services.rows import DIFFERING_KINDS

DIFFERENCE_COLUMNS = (Match.kind, Match.difference_minor)
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


def difference_of(match_kind: str, difference_minor: int) -> Difference | None:
    """Return by what a match differs, or None.

    A match keeps what was recorded less what was received. A report tells it as the
    reconciliation's own discrepancy: what the statement shows less what the books say. A reversal,
    refund or charge has no payment to differ from.
    """
    amount_minor = -difference_minor
    if not amount_minor or match_kind not in {*FEE_KINDS, *DIFFERING_KINDS}:
        return None
    if match_kind in FEE_KINDS:
        group = DifferenceGroup.FEE
    else:
        group = DifferenceGroup.OVER if amount_minor > 0 else DifferenceGroup.UNDER
    return Difference(group, amount_minor, DIFFERENCE_WORDS[group])


def may_differ() -> tuple[ColumnElement[bool], ...]:
    """Return which matches :func:`difference_of` finds a difference of."""
    return (Match.difference_minor != 0, Match.kind.in_((*DIFFERING_KINDS, *FEE_KINDS)))
