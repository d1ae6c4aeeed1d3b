"""Whether a statement file adds up: opening + movements = closing, balance by balance.

For formats whose every entry is a line of its own. Tables settle signs by their running balance
and check it while they do (``core.statements.tables.signs``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from core.money import display
from core.statements.statement import Problem, Statement


def balance_problems(statements: Sequence[Statement]) -> list[Problem]:
    """Return every place where balances do not follow from movements, one sentence each."""
    problems: list[Problem] = []
    for statement in statements:
        problems += _running(statement) or _ends(statement)
    problems += _between(statements)
    return problems


def _running(statement: Statement) -> Iterable[Problem]:
    """Name each line whose own balance is not the one before it plus its amount."""
    balance = statement.opening_balance_minor
    problems = []
    for line in statement.lines:
        if balance is not None:
            fee = line.fee_minor if statement.fees_separate else 0
            balance += line.amount_minor - fee
        stated = line.balance_minor
        if stated is None:
            continue
        if balance is not None and balance != stated:
            currency = statement.currency
            problems.append(
                Problem(
                    line.line,
                    f"Line {line.line}: the balance should be {display(balance, currency)} after"
                    f" the line before it, and the file says {display(stated, currency)}.",
                )
            )
        balance = stated
    return problems


def _ends(statement: Statement) -> Iterable[Problem]:
    gap = statement.balance_gap_minor()
    if not gap:
        return []
    opening, closing = statement.opening_balance_minor or 0, statement.closing_balance_minor or 0
    currency = statement.currency
    reached = opening + statement.movement_minor()
    named = statement.account or "the account"
    if statement.number:
        named = f"{named}, statement {statement.number}"
    message = (
        f"On {named} the opening balance {display(opening, currency)} and the movements make"
        f" {display(reached, currency)}, and the file says {display(closing, currency)}: lines"
        f" worth {display(gap, currency)} are missing or wrong."
    )
    return [Problem(None, message)]


def _between(statements: Sequence[Statement]) -> Iterable[Problem]:
    """Name the place where a statement does not open with what the one before it closed with."""
    last: dict[tuple[str, str], Statement] = {}
    problems = []
    for statement in statements:
        key = (statement.account, statement.currency)
        before = last.get(key)
        last[key] = statement
        if before is None:
            continue
        closed, opened = before.closing_balance_minor, statement.opening_balance_minor
        if closed is None or opened is None or closed == opened:
            continue
        currency = statement.currency
        problems.append(
            Problem(
                None,
                f"On {statement.account or 'the account'} a statement opens with"
                f" {display(opened, currency)} where the one before it closed with"
                f" {display(closed, currency)}: a statement is missing between them, or they"
                " are not in order.",
            )
        )
    return problems
