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
    "reconciliation_id", "line_number", "fingerprint", "line_date", "value_date", "amount_minor",
    "fee_minor", "balance_minor", "currency", "reference", "transaction_id", "description",
    "counterparty", "counterparty_account", "state", "ignored_reason",
)  # fmt: skip


def known_fingerprints(session: Session, fingerprints: Sequence[str]) -> set[str]:
    """Return which of these movements the shop has, in one question whatever their number."""
    known = select(StoredLine.fingerprint).where(
        StoredLine.fingerprint.in_(each_text(fingerprints))
    )
    return set(session.scalars(known))


def add_lines(
    session: Session, reconciliation_id: int, lines: Iterable[tuple[StatementLine, str]]
) -> int:
    """Write lines with their fingerprints, in one statement and without an object for each.

    ``reconciliation_id`` is the internal key. Returns how many there were.
    """
    days: dict[date, str] = {}

    def stored(day: date) -> str:
        return days.get(day) or days.setdefault(day, day.isoformat())

    rows = [
        (
            reconciliation_id,
            line.line,
            fingerprint,
            stored(line.date),
            stored(line.value_date) if line.value_date else None,
            line.amount_minor,
            line.fee_minor,
            line.balance_minor,
            line.currency,
            line.reference[:200],
            line.transaction_id[:200],
            line.description,
            line.counterparty[:300],
            line.counterparty_account[:200],
            LineState.UNMATCHED.value,
            "",
        )
        for line, fingerprint in lines
    ]
    if rows:
        insert_rows(session, "statement_line", _COLUMNS, rows)
    return len(rows)
