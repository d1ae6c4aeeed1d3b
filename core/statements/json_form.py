"""A statement file as the command line's JSON: amounts as strings in major units, ISO dates."""

from __future__ import annotations

from core.money import major
from core.statements.statement import Statement, StatementFile, StatementLine


def to_json_document(file: StatementFile) -> dict[str, object]:
    """Return the structure that ``statements read --json`` prints; its field names are fixed."""
    return {
        "format": file.format,
        "statements": [_statement(statement) for statement in file.statements],
        "problems": [
            {"line": problem.line, "message": problem.message} for problem in file.problems
        ],
    }


def _statement(statement: Statement) -> dict[str, object]:
    currency = statement.currency
    start, end = statement.period_start, statement.period_end
    return {
        "account": statement.account,
        "currency": currency,
        "opening_balance": _major(statement.opening_balance_minor, currency),
        "closing_balance": _major(statement.closing_balance_minor, currency),
        "period_start": start.isoformat() if start else None,
        "period_end": end.isoformat() if end else None,
        "lines": [_line(line) for line in statement.lines],
    }


def _line(line: StatementLine) -> dict[str, object]:
    return {
        "line": line.line,
        "date": line.date.isoformat(),
        "value_date": line.value_date.isoformat() if line.value_date else None,
        "amount": major(line.amount_minor, line.currency),
        "currency": line.currency,
        "fee": major(line.fee_minor, line.currency),
        "balance": _major(line.balance_minor, line.currency),
        "reference": line.reference,
        "transaction_id": line.transaction_id,
        "description": line.description,
        "counterparty": line.counterparty,
        "counterparty_account": line.counterparty_account,
        "status": line.status,
    }


def _major(amount_minor: int | None, currency: str) -> str | None:
    return None if amount_minor is None else major(amount_minor, currency)
