"""Two small invented statements, which every writer of tables can write."""

from __future__ import annotations

import datetime as dt

from core.statements.statement import Statement, StatementLine


def shop() -> Statement:
    """Return a week of a shop's account in francs."""
    return _statement(
        "00040-0123456-78",
        "RWF",
        500_000,
        [
            (250_000, "FT26005KEZA", "Incoming transfer KEZA TRADERS & SONS"),
            (-120_000, "FT26006RENT", "Rent January"),
            (-590, "FT26006RENT", "Transfer fee"),
            (18_500, "FT26007MOMO", "MTN MOBILE MONEY 2507XXXXXXXX"),
            (-45_000, "FT26009ATM", "ATM cash withdrawal\nKIMIRONKO"),
            (45_000, "FT26009ATM", "Reversal ATM cash withdrawal"),
        ],
    )


def dollars() -> Statement:
    """Return a few movements of an account in dollars, with cents."""
    return _statement(
        "00040-7654321-09",
        "USD",
        123_456,
        [
            (30, "R1", "Interest"),
            (-1_050, "R2", "SMS & email fee <monthly>"),
            (99_999, "R3", "Café “Chez Lando”"),
        ],
    )


def _statement(
    account: str, currency: str, opening: int, movements: list[tuple[int, str, str]]
) -> Statement:
    lines = []
    balance = opening
    for n, (amount, reference, text) in enumerate(movements, start=1):
        balance += amount
        day = dt.date(2026, 1, 4 + n)
        lines.append(
            StatementLine(
                line=n,
                date=day,
                amount_minor=amount,
                currency=currency,
                value_date=day,
                balance_minor=balance,
                reference=reference,
                description=text,
            )
        )
    return Statement(
        account=account,
        currency=currency,
        lines=tuple(lines),
        opening_balance_minor=opening,
        closing_balance_minor=balance,
    )
