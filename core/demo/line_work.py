"""What a clerk made of a statement's lines: matches with their reasons, lines set aside."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from core.demo.bulk import BulkWriter, Row
from core.demo.journal import Journal
from core.demo.movements import Movement, MovementKind
from core.matching.records import MatchKind
from core.model.reconciliations import (
    LineState,
    Match,
    MatchLine,
    MatchPayment,
    MatchState,
)
from core.model.reconciliations import StatementLine as StoredLine
from core.money import DEFAULT_CURRENCY, display, major
from core.statements.fingerprints import fingerprints
from core.statements.statement import StatementLine

_APPROVED_AFTER = timedelta(minutes=12)
_KINDS = {
    MovementKind.PAYMENT: MatchKind.ONE_TO_ONE,
    MovementKind.SETTLEMENT: MatchKind.SETTLEMENT,
    MovementKind.REFUND: MatchKind.REFUND,
}
_CONFIDENCE = {
    MatchKind.ONE_TO_ONE: 98,
    MatchKind.SETTLEMENT: 90,
    MatchKind.REFUND: 96,
}
_SET_ASIDE = "The bank's own charge."


class LineWork:
    """Writes the lines of a statement and what is known about each."""

    def __init__(self, writer: BulkWriter, journal: Journal) -> None:
        self._writer = writer
        self._journal = journal
        self._last_line = 0
        self._last_match = 0

    def explain(
        self,
        *,
        reconciliation: tuple[int, str],
        account: str,
        lines: Sequence[StatementLine],
        movements: Sequence[Movement],
        at: datetime,
    ) -> list[LineState]:
        """Write every line with its match; return the lines' states.

        ``reconciliation`` is its key and public id; ``account`` is what the fingerprints are
        made for; ``at`` is when the statement was imported.
        """
        marks = fingerprints(account, lines)
        states = []
        for line, movement, mark in zip(lines, movements, marks, strict=True):
            self._last_line += 1
            state = _state_of(movement)
            states.append(state)
            aside = _SET_ASIDE if state is LineState.IGNORED else ""
            self._writer.add(
                StoredLine,
                _line_row(self._last_line, reconciliation[0], line, mark)
                | {"state": state, "ignored_reason": aside},
            )
            if movement.kind in _KINDS:
                self._match(reconciliation, line, movement, state, at)
            elif aside:
                self._note_aside(reconciliation[1], line, at)
        return states

    def _match(
        self,
        reconciliation: tuple[int, str],
        line: StatementLine,
        movement: Movement,
        state: LineState,
        at: datetime,
    ) -> None:
        self._last_match += 1
        kind = _KINDS[movement.kind]
        approved = state is LineState.MATCHED
        decided_at = at + _APPROVED_AFTER
        reasons = _reasons(movement)
        self._writer.add(
            Match,
            {
                "id": self._last_match,
                "reconciliation_id": reconciliation[0],
                "kind": kind.value,
                "automatic": True,
                "ambiguous": False,
                "confidence": _CONFIDENCE[kind],
                "reasons": reasons,
                "difference_minor": 0,
                "state": MatchState.APPROVED if approved else MatchState.PROPOSED,
                "proposed_at": at + timedelta(minutes=1),
                "decided_by": "clerk" if approved else "",
                "decided_at": decided_at if approved else None,
                "version": 1,
            },
        )
        self._writer.add(
            MatchLine,
            {"match_id": self._last_match, "line_id": self._last_line, "active": approved},
        )
        proves = approved and kind is not MatchKind.REFUND
        for sale in movement.sales:
            self._writer.add(
                MatchPayment,
                {
                    "match_id": self._last_match,
                    "payment_id": sale.key,
                    "active": proves,
                    "completed_here": False,
                },
            )
        if approved:
            self._note_match(reconciliation[1], line, movement, decided_at, reasons)

    def _note_match(
        self,
        public_id: str,
        line: StatementLine,
        movement: Movement,
        at: datetime,
        reasons: list[str],
    ) -> None:
        kind = _KINDS[movement.kind].value
        payment_ids = [sale.payment_id for sale in movement.sales]
        details: Row = {"kind": kind, "lines": [line.line]}
        self._journal.note(
            at,
            "clerk",
            "match:approved",
            ("reconciliation", public_id),
            details | {"match": self._last_match, "payments": payment_ids, "reasons": reasons},
        )
        for payment_id in payment_ids:
            self._journal.note(at, "clerk", "match:approved", ("payment", payment_id), details)

    def _note_aside(self, public_id: str, line: StatementLine, at: datetime) -> None:
        self._journal.note(
            at + _APPROVED_AFTER,
            "clerk",
            "line:ignored",
            ("reconciliation", public_id),
            {
                "line": line.line,
                "amount": major(line.amount_minor, line.currency),
                "reason": _SET_ASIDE,
            },
        )


def unexplained_minor(movements: Sequence[Movement], states: Sequence[LineState]) -> int:
    """Return the sum of the lines that nobody has explained yet."""
    return sum(
        movement.amount_minor
        for movement, state in zip(movements, states, strict=True)
        if state in {LineState.UNMATCHED, LineState.SUGGESTED}
    )


def _state_of(movement: Movement) -> LineState:
    if movement.kind is MovementKind.CHARGE:
        return LineState.IGNORED
    if movement.kind not in _KINDS:
        return LineState.UNMATCHED
    if all(sale.reconciled_at is not None for sale in movement.sales):
        return LineState.MATCHED
    return LineState.SUGGESTED


def _reasons(movement: Movement) -> list[str]:
    amount = display(abs(movement.amount_minor), DEFAULT_CURRENCY)
    if movement.kind is MovementKind.SETTLEMENT:
        return [f"{len(movement.sales)} card payments of the day before make {amount} together"]
    if movement.kind is MovementKind.REFUND:
        return [
            f"the refund's transaction id {movement.transaction_id} stands in the text",
            f"amount equals the refund: {amount}",
        ]
    return [
        f"transaction id {movement.transaction_id} stands in the text",
        f"amount equal: {amount}",
        "same day",
    ]


def _line_row(key: int, reconciliation_key: int, line: StatementLine, mark: str) -> Row:
    return {
        "id": key,
        "reconciliation_id": reconciliation_key,
        "line_number": line.line,
        "fingerprint": mark,
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
    }
