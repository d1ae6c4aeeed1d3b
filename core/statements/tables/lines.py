"""Entries as statement lines: minor units, and the other party of a wallet's row."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

from core.errors import InvalidInputError
from core.money import exponent, from_major
from core.statements.statement import StatementLine
from core.statements.tables.entries import Entry


def line_of(entry: Entry, currency: str) -> StatementLine:
    """Return the movement of an entry.

    Raises:
        InvalidInputError: the amount is finer than the currency's smallest coin.

    """
    fee = from_major(coined(entry.fee, currency), currency)
    party, party_account = entry.counterparty, entry.counterparty_account
    if any(entry.payer) or any(entry.payee):
        other = entry.payer if entry.effect > 0 else entry.payee
        party_account = party_account or subscriber(other[0])
        party = party or other[1]
    balance = None
    if entry.balance is not None:
        balance = minor(entry.balance, currency)
    return StatementLine(
        line=entry.line,
        date=entry.day,
        amount_minor=from_major(coined(entry.effect, currency), currency),
        currency=currency,
        value_date=entry.value_day,
        fee_minor=fee,
        balance_minor=balance,
        reference=entry.reference,
        transaction_id=entry.transaction_id,
        description=" ".join(entry.texts),
        counterparty=" ".join(party.split()),
        counterparty_account=party_account,
        status=entry.status,
        time=entry.moment,
    )


def subscriber(account: str) -> str:
    """Return the number in a wallet address such as FRI:250788000111/MSISDN."""
    match = re.fullmatch(r"(?:FRI:|ID:)?([^/@]+)(?:/\w+)?(?:@.*)?", account.strip(), re.IGNORECASE)
    return match[1] if match else account


def coined(amount: Decimal, currency: str) -> Decimal:
    """Drop binary noise far below the smallest coin; anything larger stays and is refused."""
    try:
        rounded = round(amount, exponent(currency))
    except InvalidOperation:
        return amount
    return rounded if abs(rounded - amount) < Decimal("0.0001") else amount


def minor(amount: Decimal | None, currency: str) -> int | None:
    """Return minor units, or None for what is unknown or finer than the smallest coin."""
    if amount is None:
        return None
    try:
        return from_major(coined(amount, currency), currency)
    except InvalidInputError:
        return None
