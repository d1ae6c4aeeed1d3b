"""Entries as statement lines: minor units, and the other party of a wallet's row."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal, InvalidOperation
from functools import partial
from itertools import repeat

from core.errors import InvalidInputError
from core.money import MAX_MINOR, display, exponent, from_major
from core.statements.profile import Role
from core.statements.statement import StatementLine
from core.statements.tables.cells import Column, shapes
from core.statements.tables.columnwise import PlainRows
from core.statements.tables.columnwise_signs import PlainSettled
from core.statements.tables.entries import Entry


def line_of(entry: Entry, currency: str) -> StatementLine:
    """Return the movement of an entry.

    Raises:
        InvalidInputError: the amount is finer than the currency's smallest coin, or too large.

    """
    amount_minor = _held(from_major(coined(entry.effect, currency), currency), currency)
    fee_minor = _held(from_major(coined(entry.fee, currency), currency), currency)
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
        amount_minor=amount_minor,
        currency=currency,
        value_date=entry.value_day,
        fee_minor=fee_minor,
        balance_minor=balance,
        reference=entry.reference,
        transaction_id=entry.transaction_id,
        description=" ".join(entry.texts),
        counterparty=" ".join(party.split()),
        counterparty_account=party_account,
        status=entry.status,
        time=entry.moment,
    )


def _held(amount_minor: int, currency: str) -> int:
    if abs(amount_minor) > MAX_MINOR:
        raise InvalidInputError(f"{display(amount_minor, currency)} is too large.", field="amount")
    return amount_minor


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
    """Return minor units, or None for what is unknown, too large or finer than a coin."""
    if amount is None:
        return None
    try:
        amount_minor = from_major(coined(amount, currency), currency)
    except InvalidInputError:
        return None
    return amount_minor if abs(amount_minor) <= MAX_MINOR else None


def plain_lines(rows: PlainRows, settled: PlainSettled, currency: str) -> list[StatementLine]:
    """Return the movements of plain rows; every figure fits the currency's smallest coin."""
    count = len(rows.lines)
    texts = rows.texts
    balances = rows.figures.get(Role.BALANCE) or [None] * count
    party, account = texts[Role.COUNTERPARTY], texts[Role.COUNTERPARTY_ACCOUNT]
    if any(map(any, (texts[role] for role in _WALLETS))):
        party, account = _other_sides(rows, settled.effects)
    cells = zip(
        rows.lines,
        rows.days,
        scaled(settled.effects, rows.decimals, currency),
        repeat(currency),
        rows.value_days,
        scaled(settled.fees, rows.decimals, currency) if any(settled.fees) else repeat(0),
        scaled(balances, rows.decimals, currency),
        texts[Role.REFERENCE],
        texts[Role.TRANSACTION_ID],
        texts[Role.DESCRIPTION],
        party,
        account,
        texts[Role.STATUS],
        rows.moments or repeat(None),
        strict=False,
    )
    return list(map(_made, cells))


_WALLETS = (Role.FROM_ACCOUNT, Role.FROM_NAME, Role.TO_ACCOUNT, Role.TO_NAME)
_made: Callable[[Iterable[object]], StatementLine] = partial(tuple.__new__, StatementLine)


def scaled(figures: Sequence[int | None], decimals: int, currency: str) -> Sequence[int | None]:
    """Return figures with so many decimals in minor units; they are known to fit."""
    shift = exponent(currency) - decimals
    if shift == 0:
        return figures
    if shift > 0:
        factor = 10**shift
        return [None if figure is None else figure * factor for figure in figures]
    divisor = 10**-shift
    return [None if figure is None else figure // divisor for figure in figures]


def _other_sides(rows: PlainRows, effects: Sequence[int]) -> tuple[Column, Column]:
    """Return name and account of the other party: the payer of money in, the payee of money out."""
    texts = rows.texts
    sides = [(texts[Role.FROM_NAME], texts[Role.TO_NAME])]
    sides.append((texts[Role.FROM_ACCOUNT], texts[Role.TO_ACCOUNT]))
    names, accounts = (
        [
            payer if effect > 0 else payee
            for effect, payer, payee in zip(effects, *side, strict=True)
        ]
        for side in sides
    )
    return (
        _or_else(texts[Role.COUNTERPARTY], names),
        _or_else(texts[Role.COUNTERPARTY_ACCOUNT], _subscribers(accounts)),
    )


def _or_else(column: Column, others: Column) -> Column:
    if not any(column):
        return others
    return [own or other for own, other in zip(column, others, strict=True)]


def _subscribers(accounts: Column) -> Column:
    """Return the numbers in wallet addresses: they stand at one place in addresses of one shape."""
    shaped = shapes(accounts)
    if shaped is None:
        return [subscriber(account) for account in accounts]
    places: dict[str, slice] = {}
    for shape in set(shaped):
        number = subscriber(shape)
        start = shape.find(number)
        places[shape] = slice(start, start + len(number))
    return [
        account[place]
        for account, place in zip(accounts, map(places.__getitem__, shaped), strict=True)
    ]
