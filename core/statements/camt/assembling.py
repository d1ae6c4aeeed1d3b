"""From a gathered account to its statements: signs, currencies, and what is not booked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import zip_longest
from typing import NamedTuple

from core.money import exponent
from core.statements.camt.balances import opening_and_closing, signed_so_that_they_follow
from core.statements.camt.lines import day_of, minor_of
from core.statements.camt.parts import Part
from core.statements.camt.summaries import summary_problems
from core.statements.camt.vocabulary import Balance, currency_code, direction, is_true
from core.statements.statement import Problem, Statement, StatementLine

_NUMBERS_TOLD = 10


class _Ends(NamedTuple):
    """Opening and closing balance in minor units, None where unknown."""

    opening_minor: int | None
    closing_minor: int | None


def statements_of(part: Part, assumed_currency: str) -> tuple[list[Statement], list[Problem]]:
    """Return an account's statements, one per currency, and what could not be trusted in it.

    Entries that are not booked are left out and told. Where a report has no others, they are
    its lines all the same, in a statement that says of itself that it is provisional.
    """
    problems = list(part.problems)
    unbooked = [line for lines in part.unbooked.values() for line in lines]
    is_provisional = bool(unbooked) and not part.lines
    lines = part.lines
    if is_provisional:
        lines = sorted(unbooked, key=lambda line: line.line)
    problems += _unbooked_problems(part, is_provisional=is_provisional)
    problems += _undated_problems(part)
    problems += summary_problems(part.summaries, part.lines, [*part.lines, *unbooked])
    currency = _currency(part, lines, assumed_currency)
    lines, ends, told = _settled(part, lines, currency, is_provisional=is_provisional)
    problems += told
    groups: defaultdict[str, list[StatementLine]] = defaultdict(list)
    for line in lines:
        groups[line.currency].append(line)
    main = Statement(
        account=part.account,
        currency=currency,
        lines=tuple(groups.pop(currency, ())),
        opening_balance_minor=ends.opening_minor,
        closing_balance_minor=ends.closing_minor,
        period_start=day_of(part.from_day),
        period_end=day_of(part.to_day),
        number=part.electronic_number or part.legal_number,
        provisional=is_provisional,
    )
    others = [
        Statement(
            account=part.account,
            currency=other,
            lines=tuple(group),
            opening_balance_minor=ends.opening_minor,
            closing_balance_minor=ends.closing_minor,
            period_start=day_of(part.from_day),
            period_end=day_of(part.to_day),
            number=part.electronic_number or part.legal_number,
            provisional=is_provisional,
        )
        for other, group in groups.items()
        for ends in [_ends_in(part, other)]
    ]
    if groups:
        first = min(line.line for group in groups.values() for line in group)
        problems.append(
            Problem(
                first,
                f"Entry {first} and others are in {' and '.join(groups)} while the account is in"
                f" {currency}: they are shown as statements of their own, with those balances"
                " only that are in their currency.",
            )
        )
    return [main, *others], problems


def _currency(part: Part, lines: Sequence[StatementLine], assumed: str) -> str:
    """Return the account's currency: that of its balances, else as stated, else its entries'."""
    stated = [balance.currency for balance in part.balances if balance.currency]
    own = currency_code(part.currency)
    if stated and own not in stated:
        return stated[0]
    return own or (lines[0].currency if lines else assumed)


def _settled(
    part: Part, lines: list[StatementLine], currency: str, *, is_provisional: bool
) -> tuple[list[StatementLine], _Ends, list[Problem]]:
    """Choose between the readings that a careless file leaves open: the one its balances prove.

    A negative amount repeats that money went, turns the direction round, or means nothing; a
    balance without a mark may be either; an amount in a foreign currency may have been booked as
    if it were in the account's.
    """
    opening, closing, told = _balances(part, lines, currency)
    told += _unmarked(opening, closing)
    if opening is None or closing is None or is_provisional:
        return lines, _unproved(opening, closing, currency), told
    marked = _marked(opening, currency), _marked(closing, currency)
    readings = [lines]
    for is_credit in dict.fromkeys(part.negative.values()):
        came = {number for number, said in part.negative.items() if said is is_credit}
        readings.append(_turned(lines, came))
    readings += [relabelled for reading in readings if (relabelled := _in(reading, currency))]
    for reading in readings:
        movement = sum(line.amount_minor for line in reading if line.currency == currency)
        first, last = signed_so_that_they_follow(*marked, movement)
        if first + movement == last:
            break
    else:
        reading = lines
        movement = sum(line.amount_minor for line in reading if line.currency == currency)
        first, last = signed_so_that_they_follow(*marked, movement)
    return reading, _Ends(first, last), told + _relabelled_problems(lines, reading, currency)


def _ends_in(part: Part, currency: str) -> _Ends:
    """Return the balances of a further currency, which some accounts hold beside their own."""
    own = [balance for balance in part.balances if balance.currency == currency]
    return _unproved(*opening_and_closing(own), currency)


def _balances(
    part: Part, lines: Sequence[StatementLine], currency: str
) -> tuple[Balance | None, Balance | None, list[Problem]]:
    """Return the opening and the closing balance of a currency of the account.

    ISO 20022 has every balance in the account's currency. A lone one that is marked otherwise,
    while no entry is in that currency, is taken as if it were not, and told.
    """
    own = [balance for balance in part.balances if balance.currency in {"", currency}]
    others = {"", currency, *(line.currency for line in lines)}
    strays = [balance for balance in part.balances if balance.currency not in others]
    alike = [each for each in strays if exponent(each.currency) == exponent(currency)]
    taken: list[Balance | None] = []
    told = []
    for kept, like, stray in zip(
        opening_and_closing(own),
        opening_and_closing(alike),
        opening_and_closing(strays),
        strict=True,
    ):
        taken.append(kept or like)
        if kept is None and (missing := like or stray):
            message = (
                f"The balance {missing.kind} is marked {missing.currency} while the account is in"
                f" {currency}: it is taken as {missing.amount} {currency}. Check it."
                if like
                else f"The balance {missing.kind} is in {missing.currency} while the account is in"
                f" {currency}: it is left out."
            )
            told.append(Problem(None, message))
    opening, closing = taken
    return opening, closing, told


def _marked(balance: Balance, currency: str) -> tuple[int, bool | None]:
    return minor_of(balance.amount, currency), direction(balance.direction)


def _unproved(opening: Balance | None, closing: Balance | None, currency: str) -> _Ends:
    return _Ends(_alone(opening, currency), _alone(closing, currency))


def _alone(balance: Balance | None, currency: str) -> int | None:
    if balance is None:
        return None
    amount_minor, is_credit = _marked(balance, currency)
    return -amount_minor if is_credit is False else amount_minor


def _turned(lines: list[StatementLine], numbers: set[int]) -> list[StatementLine]:
    """Read the amounts of these entries the other way round."""
    return [
        line._replace(amount_minor=-line.amount_minor) if line.line in numbers else line
        for line in lines
    ]


def _in(lines: list[StatementLine], currency: str) -> list[StatementLine] | None:
    """Read foreign amounts as amounts of the account; None where there are none to read so."""
    places = exponent(currency)
    if all(line.currency == currency for line in lines):
        return None
    if any(exponent(line.currency) != places for line in lines):
        return None
    return [line._replace(currency=currency) for line in lines]


def _relabelled_problems(
    lines: list[StatementLine], reading: list[StatementLine], currency: str
) -> list[Problem]:
    return [
        Problem(
            before.line,
            f"Entry {before.line} is marked {before.currency}, but the balances only follow if"
            f" its amount was booked in {currency}: it is read so.",
        )
        for before, after in zip(lines, reading, strict=True)
        if before.currency != after.currency
    ]


def _unmarked(*balances: Balance | None) -> list[Problem]:
    if all(balance is None or direction(balance.direction) is not None for balance in balances):
        return []
    message = (
        "A balance does not say whether it is a credit or a debit; it is read as the movements"
        " prove, else as a credit."
    )
    return [Problem(None, message)]


def _unbooked_problems(part: Part, *, is_provisional: bool) -> list[Problem]:
    problems = []
    for reason, lines in part.unbooked.items():
        numbers = ", ".join(str(line.line) for line in lines[:_NUMBERS_TOLD])
        more = " and more" if len(lines) > _NUMBERS_TOLD else ""
        result = (
            "nothing in this report is booked, so it is shown but never imported"
            if is_provisional
            else "no money has moved, so it is not counted"
        )
        entries = f"{len(lines)} entries ({numbers}{more}) are"
        if len(lines) == 1:
            entries = f"Entry {numbers} is"
        problems.append(Problem(lines[0].line, f"{entries} {reason}: {result}."))
    return problems


def page_problems(parts: Sequence[Part]) -> list[Problem]:
    """Return where a statement says that it goes on, and the file has no more of it."""
    problems = []
    for part, following in zip_longest(parts, parts[1:]):
        has_more = bool(part.last_page) and not is_true(part.last_page)
        if has_more and (following is None or following.account != part.account):
            message = (
                f"The statement of {part.account or 'the account'} is page {part.page or '?'} and"
                " says that more pages follow: they are in another file."
            )
            problems.append(Problem(None, message))
    return problems


def _undated_problems(part: Part) -> list[Problem]:
    if not part.undated:
        return []
    count = len(part.undated)
    entries = f"{count} entries have" if count > 1 else f"Entry {part.undated[0]} has"
    message = f"{entries} no booking date: the value date is taken, else the date of the statement."
    return [Problem(part.undated[0], message)]
