"""Tables without a header row: columns known by cells, only where a balance proves them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from decimal import Decimal
from itertools import permutations

from core.statements.amounts import currency_named, decimal_mark_of, exact, written_amount
from core.statements.profile import Role
from core.statements.tables.columns import SAMPLE_ROWS, ColumnContent, Layout, Row, content_of

_FEWEST_ROWS = 3
_MAX_MONEY_COLUMNS = 5


def headerless_layout(rows: Sequence[Row]) -> Layout | None:
    """Return the columns of a table that has no header, or None when nothing proves them.

    The amount, with or without a fee, must explain every step of the running balance; a guess
    that is not proved is not made, because it would be money.
    """
    body = [row for row in rows[:SAMPLE_ROWS] if sum(bool(cell.strip()) for cell in row) >= 3]
    if len(body) < _FEWEST_ROWS:
        return None
    width = max(len(row) for row in body)
    columns = [[row[i].strip() if i < len(row) else "" for row in body] for i in range(width)]
    contents = [content_of(cells) for cells in columns]
    dates = [i for i, c in enumerate(contents) if c.filled == len(body) and c.dates == 1]
    if not dates:
        return None
    money = [i for i, c in enumerate(contents) if _is_money(c, columns[i])][-_MAX_MONEY_COLUMNS:]
    values = {i: _values(columns[i]) for i in money}
    for amount, balance, fee in _combinations(money):
        fees = values[fee] if fee is not None else [Decimal(0)] * len(body)
        if _proves(values[amount], values[balance], fees):
            roles: list[tuple[Role, tuple[int, ...]]] = [
                (Role.DATE, (dates[0],)),
                (Role.AMOUNT, (amount,)),
                (Role.BALANCE, (balance,)),
            ]
            if fee is not None:
                roles.append((Role.FEE, (fee,)))
            coded = _currencies(columns, money)
            roles.extend((Role.CURRENCY, (index,)) for index in coded)
            roles.extend(_others(columns, contents, {dates[0], *money, *coded}))
            return Layout((), 0, None, tuple(roles), 1)
    return _signed(columns, contents, dates, money)


def _signed(
    columns: Sequence[Sequence[str]],
    contents: Sequence[ColumnContent],
    dates: Sequence[int],
    money: Sequence[int],
) -> Layout | None:
    """Return the columns where one amount in every row carries its sign or a word for it.

    Nothing proves such a guess; ``assembling`` tells it.
    """
    full = [index for index in money if contents[index].filled == len(columns[index])]
    if len(full) != 1:
        return None
    amount = full[0]
    words = [i for i, c in enumerate(contents) if c.filled == len(columns[i]) and c.indicators == 1]
    signs = {written.negative for cell in columns[amount] if (written := written_amount(cell))}
    roles: list[tuple[Role, tuple[int, ...]]] = [(Role.DATE, (dates[0],)), (Role.AMOUNT, (amount,))]
    taken = {dates[0], amount}
    if len(words) == 1 and words[0] != amount and len(set(columns[words[0]])) == 2:
        roles.append((Role.INDICATOR, (words[0],)))
        taken.add(words[0])
    elif signs != {True, False}:
        return None
    coded = _currencies(columns, taken)
    roles.extend((Role.CURRENCY, (index,)) for index in coded)
    roles.extend(_others(columns, contents, {*taken, *dates, *coded}))
    return Layout((), 0, None, tuple(roles), 1)


def _currencies(columns: Sequence[Sequence[str]], taken: Collection[int]) -> list[int]:
    """Return the first column that names a currency in every row, if there is one."""
    free = (index for index in range(len(columns)) if index not in taken)
    return [index for index in free if all(map(currency_named, columns[index]))][:1]


def _is_money(content: ColumnContent, cells: Sequence[str]) -> bool:
    longest = max((len(cell) for cell in cells), default=0)
    return content.filled > 0 and content.amounts == 1 and content.dates == 0 and longest <= 18


def _values(cells: Sequence[str]) -> list[Decimal]:
    written = [written_amount(cell) for cell in cells]
    mark, _ = decimal_mark_of(Counter(w for w in written if w), decimals=0)
    return [(exact(w, mark) or Decimal(0)) if w else Decimal(0) for w in written]


def _combinations(money: Sequence[int]) -> Iterator[tuple[int, int, int | None]]:
    for amount, balance in permutations(money, 2):
        yield amount, balance, None
    yield from permutations(money, 3)


def _proves(amounts: list[Decimal], balances: list[Decimal], fees: list[Decimal]) -> bool:
    if not any(amounts) or len(set(balances)) < 2:
        return False
    effects = [amount - fee for amount, fee in zip(amounts, fees, strict=True)]
    count = len(amounts)
    forwards = all(balances[i - 1] + effects[i] == balances[i] for i in range(1, count))
    backwards = all(balances[i] + effects[i - 1] == balances[i - 1] for i in range(1, count))
    return forwards or backwards


def _others(
    columns: Sequence[Sequence[str]], contents: Sequence[ColumnContent], taken: set[int]
) -> list[tuple[Role, tuple[int, ...]]]:
    """Return wallet addresses as payer and payee, and the remaining words as the description."""
    free = [i for i, c in enumerate(contents) if i not in taken and c.filled]
    wallets = [i for i in free if all("/" in cell or not cell for cell in columns[i])]
    wallets = [i for i in wallets if any(cell.upper().startswith("FRI:") for cell in columns[i])]
    roles: list[tuple[Role, tuple[int, ...]]] = []
    if len(wallets) == 2:
        roles += [(Role.FROM_ACCOUNT, (wallets[0],)), (Role.TO_ACCOUNT, (wallets[1],))]
    else:
        wallets = []
    texts = tuple(i for i in free if i not in wallets)
    if texts:
        roles.append((Role.DESCRIPTION, texts))
    return roles
