"""The sign rules of ``signs`` over whole columns, where the running balance follows throughout."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain
from operator import add, ne, neg, sub

from core.money import exponent
from core.statements.profile import Role, SignRule
from core.statements.statement import Statement
from core.statements.tables.columnwise import Figures, PlainRows, whole
from core.statements.tables.sign_rules import (
    CARD,
    CARD_AS_WRITTEN,
    MIXED_MARKS,
    NO_SIGN,
    Terms,
    looks_charged,
    mixed_debits,
)
from core.statements.tables.signs import direction_of


@dataclass(frozen=True, slots=True)
class PlainSettled:
    """The effect of every row, + is money in, in the unit of the figures."""

    effects: list[int]
    moves: list[int]
    """By how much each row moves the balance: less than the effect where a fee goes off too."""
    fees: list[int]
    fees_separate: bool
    newest_first: bool
    compared: int
    rule: SignRule
    doubt: str


def settle_plain(rows: PlainRows, terms: Terms) -> PlainSettled | None:
    """Return what ``signs.settle`` would, or None where it has to choose between rules."""
    opening: int | None = None
    if terms.opening is not None:
        opening = int(terms.opening.scaleb(rows.decimals))
        if opening != terms.opening.scaleb(rows.decimals):
            return None
    balances = _filled(rows.figures.get(Role.BALANCE))
    fees = [abs(fee or 0) for fee in rows.figures.get(Role.FEE, ())]
    charged = not terms.net and any(fees)
    newest_first, certain = direction_of(
        rows.days,
        (rows.moments[0], rows.moments[-1]) if rows.moments else (None, None),
    )
    for rule, effects, doubt in _trials(rows, terms):
        for separate in (True, False) if charged else (False,):
            moves = list(map(sub, effects, fees)) if separate else effects
            settled = (effects, moves, fees, separate)
            if balances is None:
                return PlainSettled(*settled, newest_first, 0, rule, doubt)
            compared = len(moves) - (opening is None)
            breaks = _breaks(moves, balances, opening, newest_first=newest_first)
            if rule == SignRule.INVERTED and terms.rule == SignRule.AUTO and max(balances) <= 0:
                return None
            if not breaks:
                return PlainSettled(*settled, newest_first, compared, rule, "")
            if opening is not None or not certain:
                other = _breaks(moves, balances, opening, newest_first=not newest_first)
                if not other:
                    return PlainSettled(*settled, not newest_first, compared, rule, "")
                breaks = min(breaks, other)
            if breaks * 10 <= compared:
                return None
    return None


def _filled(balances: Figures | None) -> list[int] | None:
    return None if not balances or None in balances else whole(balances)


def _breaks(
    moves: Sequence[int], balances: Sequence[int], opening: int | None, *, newest_first: bool
) -> int:
    if newest_first:
        moves, balances = moves[::-1], balances[::-1]
    before = balances[:-1] if opening is None else [opening, *balances[:-1]]
    first = 1 if opening is None else 0
    return sum(map(ne, map(add, before, moves[first:]), balances[first:]))


def _trials(rows: PlainRows, terms: Terms) -> Iterator[tuple[SignRule, list[int], str]]:
    """Yield the rules that fit the columns with their effects, the usual one first."""
    credit = rows.figures.get(Role.CREDIT, [])
    debit = rows.figures.get(Role.DEBIT, [])
    if any(value is not None for column in (credit, debit) for value in column):
        yield from _column_trials(rows, credit, debit)
        return
    amounts = whole(rows.figures[Role.AMOUNT])
    marked = any(rows.marks)
    if terms.rule == SignRule.INDICATOR or (terms.rule == SignRule.AUTO and marked):
        yield from _marked_trials(rows.marks, amounts)
        return
    if marked:
        return
    if terms.rule == SignRule.SIGNED:
        yield SignRule.SIGNED, amounts, ""
        return
    if terms.rule == SignRule.INVERTED:
        yield SignRule.INVERTED, list(map(neg, amounts)), ""
        return
    unsigned = min(amounts) >= 0
    payers, payees = rows.texts[Role.FROM_ACCOUNT], rows.texts[Role.TO_ACCOUNT]
    if unsigned and any(map(all, zip(payers, payees, strict=True))):
        return
    if rows.figures.get(Role.BALANCE):  # where it follows, no other rule can follow too
        if amounts.count(0) * 2 > len(amounts):
            return
        yield SignRule.SIGNED, amounts, ""
    if looks_charged(amounts, rows.texts[Role.DESCRIPTION], card=terms.card):
        yield SignRule.INVERTED, list(map(neg, amounts)), CARD
        yield SignRule.SIGNED, amounts, ""
        return
    doubt = CARD_AS_WRITTEN if terms.card else ""
    yield SignRule.SIGNED, amounts, NO_SIGN if unsigned else doubt
    if not unsigned:
        yield SignRule.INVERTED, list(map(neg, amounts)), ""


def _column_trials(
    rows: PlainRows, credit: Figures, debit: Figures
) -> Iterator[tuple[SignRule, list[int], str]]:
    nothing = [0] * len(rows.lines)
    ins, outs = whole(credit) or nothing, whole(debit) or nothing
    minus_means_debit, doubt = mixed_debits([value for value in outs if value])
    first, second = (add, sub) if minus_means_debit else (sub, add)
    yield SignRule.COLUMNS, list(map(first, ins, outs)), doubt
    yield SignRule.COLUMNS, list(map(second, ins, outs)), doubt


def _marked_trials(
    marks: Sequence[str], amounts: Sequence[int]
) -> Iterator[tuple[SignRule, list[int], str]]:
    negative = {mark for mark, amount in zip(marks, amounts, strict=True) if amount < 0}
    positive = {mark for mark, amount in zip(marks, amounts, strict=True) if amount > 0}
    doubt = "" if negative <= {"D"} and not (negative & positive) else MIXED_MARKS
    sizes = map(abs, amounts)
    by_word = [s if mark == "C" else -s for mark, s in zip(marks, sizes, strict=True)]
    yield SignRule.INDICATOR, by_word, doubt
    signed = [a if mark == "C" else -a for mark, a in zip(marks, amounts, strict=True)]
    yield SignRule.INDICATOR, signed, ""
    yield SignRule.SIGNED, list(amounts), ""


def uneven_figures(rows: PlainRows, settled: PlainSettled, currency: str) -> list[Decimal]:
    """Return a figure, in major units, that is finer than a currency's smallest coin, if any."""
    spare = rows.decimals - exponent(currency)
    if spare <= 0:
        return []
    unit = 10**spare
    balances = rows.figures.get(Role.BALANCE) or ()
    figures = chain(settled.effects, settled.fees, balances)
    uneven = next((figure for figure in figures if figure and figure % unit), None)
    return [] if uneven is None else [Decimal(uneven).scaleb(-rows.decimals)]


def balances_of(rows: PlainRows, settled: PlainSettled) -> tuple[Decimal, Decimal] | None:
    """Return the balances before the first and after the last movement, in major units."""
    balances = _filled(rows.figures.get(Role.BALANCE))
    if balances is None:
        return None
    oldest, newest = (-1, 0) if settled.newest_first else (0, -1)
    opening = balances[oldest] - settled.moves[oldest]
    return (
        Decimal(opening).scaleb(-rows.decimals),
        Decimal(balances[newest]).scaleb(-rows.decimals),
    )


def gap_of(rows: PlainRows, settled: PlainSettled, statement: Statement) -> int | None:
    """Return ``Statement.balance_gap_minor`` from the sum of a column."""
    opening, closing = statement.opening_balance_minor, statement.closing_balance_minor
    if opening is None or closing is None:
        return None
    moved = Decimal(sum(settled.moves)).scaleb(exponent(statement.currency) - rows.decimals)
    return closing - opening - int(moved)
