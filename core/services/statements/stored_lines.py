"""Statement lines by the ten thousand: which are here already, and how new ones are written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.database.bulk import insert_rows
from core.database.spelling import each_text
from core.model.reconciliations import LineState
from core.model.reconciliations import StatementLine as StoredLine
from core.statements.statement import StatementLine

_COLUMNS = (
    "id", "reconciliation_id", "line_number", "fingerprint", "line_date", "value_date",
    "amount_minor", "fee_minor", "balance_minor", "currency", "reference", "transaction_id",
    "description", "counterparty", "counterparty_account", "state", "ignored_reason",
)  # fmt: skip
_REFERENCE, _NAME = 200, 300
"""How many characters are kept."""


def known_fingerprints(session: Session, fingerprints: Sequence[str]) -> set[str]:
    """Return which of these movements the shop has, in one question whatever their number."""
    known = select(StoredLine.fingerprint).where(
        StoredLine.fingerprint.in_(each_text(fingerprints))
    )
    return set(session.scalars(known))


def add_lines(
    session: Session, reconciliation_id: int, first: int, lines: Iterable[tuple[StatementLine, str]]
) -> None:
    """Write lines with their fingerprints, without an object for each.

    ``reconciliation_id`` is the internal key; ``first`` is the first of the lines' own, drawn
    beforehand.
    """
    days: dict[date, str] = {}

    def stored(day: date) -> str:
        return days.get(day) or days.setdefault(day, day.isoformat())

    rows = [
        (
            key,
            reconciliation_id,
            line.line,
            fingerprint,
            stored(line.date),
            stored(line.value_date) if line.value_date else None,
            line.amount_minor,
            line.fee_minor,
            line.balance_minor,
            line.currency,
            line.reference[:_REFERENCE],
            line.transaction_id[:_REFERENCE],
            line.description,
            line.counterparty[:_NAME],
            line.counterparty_account[:_REFERENCE],
            LineState.UNMATCHED.value,
            "",
        )
        for key, (line, fingerprint) in enumerate(lines, first)
    ]
    if rows:
        insert_rows(session, "statement_line", _COLUMNS, rows)


def as_open_lines(first: int, lines: Sequence[StatementLine]) -> tuple[Sequence[object], ...]:
    """Return what the matcher will read of lines stored from a key on: a column for each field."""
    return (
        range(first, first + len(lines)),
        [line.date for line in lines],
        [line.amount_minor for line in lines],
        [line.currency for line in lines],
        [line.description for line in lines],
        [line.reference[:_REFERENCE] for line in lines],
        [line.transaction_id[:_REFERENCE] for line in lines],
        [line.counterparty[:_NAME] for line in lines],
        [line.counterparty_account[:_REFERENCE] for line in lines],
        [line.fee_minor for line in lines],
    )
