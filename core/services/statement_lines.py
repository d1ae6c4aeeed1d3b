"""Statement lines by the ten thousand: which are here already, and how new ones are written."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from sqlalchemy import column, func, insert, select
from sqlalchemy.orm import Session

from core.model.reconciliations import LineState
from core.model.reconciliations import StatementLine as StoredLine
from core.statements.statement import StatementLine


def known_fingerprints(session: Session, fingerprints: Sequence[str]) -> set[str]:
    """Return which of these movements the shop has, in one question whatever their number."""
    asked = func.json_each(json.dumps(list(fingerprints))).table_valued(column("value"))
    known = select(StoredLine.fingerprint).where(StoredLine.fingerprint.in_(select(asked.c.value)))
    return set(session.scalars(known))


def add_lines(
    session: Session, reconciliation_id: int, lines: Iterable[tuple[StatementLine, str]]
) -> int:
    """Write lines with their fingerprints, in one statement and without an object for each.

    ``reconciliation_id`` is the internal key. Returns how many there were.
    """
    rows = [
        {
            "reconciliation_id": reconciliation_id,
            "line_number": line.line,
            "fingerprint": fingerprint,
            "line_date": line.date,
            "value_date": line.value_date,
            "amount_minor": line.amount_minor,
            "fee_minor": line.fee_minor,
            "balance_minor": line.balance_minor,
            "currency": line.currency,
            "reference": line.reference[:200],
            "transaction_id": line.transaction_id[:200],
            "description": line.description,
            "counterparty": line.counterparty[:300],
            "counterparty_account": line.counterparty_account[:200],
            "state": LineState.UNMATCHED,
            "ignored_reason": "",
        }
        for line, fingerprint in lines
    ]
    if rows:
        session.connection().execute(insert(StoredLine), rows)
    return len(rows)
