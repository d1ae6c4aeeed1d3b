"""Messages become statements: the balances, the currency, and the movements between them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence
from decimal import Decimal

from core.errors import InvalidInputError
from core.money import MAX_MINOR, exponent
from core.statements.currencies import currency_of
from core.statements.mt940.entries import EntryReader
from core.statements.mt940.fields import Message
from core.statements.mt940.pages import Page, joined, missing_pages
from core.statements.mt940.sums import stated_sums, sum_problems
from core.statements.mt940.values import Balance, balance_of, day_of
from core.statements.statement import Problem, Statement, StatementLine

_CURRENCY_AT_START = re.compile(r"\d{0,5}\s*([A-Z]{3})")
_CURRENCY_AT_END = re.compile(r"\d[ /]?([A-Z]{3})")
_AMOUNT = re.compile(r"[A-Za-z](\d{1,18})(?:[,.](\d{1,6}))?")
_PROGRESS_STEP = 1000


def statements_of(
    messages: Sequence[Message], assumed: str, progress: Callable[[int, int], None]
) -> tuple[tuple[Statement, ...], list[Problem]]:
    """Return the statements of a file; ``assumed`` is the currency where a message names none."""
    builder = _Builder(assumed, progress, sum(len(message.entries) for message in messages))
    pages = joined([builder.page_of(message) for message in messages])
    problems = builder.problems + missing_pages(pages)
    for page in pages:
        if page.is_complete:
            problems += sum_problems(page.statement, page.sums)
    return tuple(page.statement for page in pages), problems


class _Builder:
    """Makes pages of messages, and counts the movements through the whole file."""

    def __init__(self, assumed: str, progress: Callable[[int, int], None], total: int) -> None:
        self.problems: list[Problem] = []
        self._assumed = assumed
        self._progress = progress
        self._total = total
        self._count = 0

    def page_of(self, message: Message) -> Page:
        """Return the part of a statement that one message holds."""
        opening = self._balance(message, message.openings, "opening")
        closing = self._balance(message, message.closings, "closing")
        currency = self._currency(message, opening, closing)
        if closing and closing.currency != currency:
            closing = self._in_currency_of_opening(message, closing, currency)
        if message.openings and not message.closings:
            self._tell(
                f"{_named(message, first=True)} has no closing balance: the file may have been cut"
                " off, and movements may be missing."
            )
        if message.closings and message.entries and not message.openings:
            self._tell(
                f"{_named(message, first=True)} has no opening balance: whether movements are"
                " missing cannot be told."
            )
        start, end = _date_of(opening), _date_of(closing) or _moment_of(message)
        lines = self._lines(message, currency, end or start)
        start, end = _period(start, end, lines)
        sums, unread = stated_sums(message, currency)
        for text in unread:
            self._tell(f"A sum in {_named(message)} cannot be read (“{text}”); it is not compared.")
        statement = Statement(
            account=message.account,
            currency=currency,
            lines=lines,
            opening_balance_minor=opening.amount_minor if opening else None,
            closing_balance_minor=closing.amount_minor if closing else None,
            period_start=start,
            period_end=end,
            number=message.number,
        )
        return Page(
            statement,
            opens_between=bool(message.openings) and message.openings[0][0] == "60M",
            closes_between=bool(message.closings) and message.closings[-1][0] == "62M",
            is_interim=message.is_interim,
            is_complete=len(lines) == len(message.entries),
            sums=tuple(sums),
        )

    def _lines(
        self, message: Message, currency: str, near: dt.date | None
    ) -> tuple[StatementLine, ...]:
        reader = EntryReader(currency, near)
        lines = []
        count = self._count
        for entry in message.entries:
            count += 1
            line = reader.line_of(count, entry)
            if line is not None:
                lines.append(line)
            if count % _PROGRESS_STEP == 0:
                self._progress(count, self._total)
        self._count = count
        self.problems += reader.problems
        return tuple(lines)

    def _balance(
        self, message: Message, fields: Sequence[tuple[str, str]], which: str
    ) -> Balance | None:
        """Return the opening balance, the first of several, or the closing one, the last."""
        if not fields:
            return None
        texts = [text for _tag, text in fields]
        is_first = which == "opening"
        text = texts[0 if is_first else -1]
        if len(set(texts)) > 1:
            self._tell(
                f"{_named(message, first=True)} has {len(texts)} {which} balances; the"
                f" {'first' if is_first else 'last'} one is taken."
            )
        try:
            balance = balance_of(text)
        except InvalidInputError as error:
            self._tell(f"The {which} balance of {_named(message)} is left out: {error.message}.")
            return None
        if abs(balance.amount_minor) > MAX_MINOR:
            self._tell(f"The {which} balance of {_named(message)} is too large to be true.")
            return None
        if balance.day is not None and not balance.day.as_written:
            self._tell(
                f"The date of the {which} balance of {_named(message)} does not exist"
                f" (“{text[:7]}”); {balance.day.date:%Y-%m-%d} is taken."
            )
        return balance

    def _in_currency_of_opening(
        self, message: Message, closing: Balance, currency: str
    ) -> Balance | None:
        """Return a closing balance that is marked in another currency, as far as it can be one.

        SWIFT asks only the first two letters to agree between the balances of a message.
        """
        if exponent(closing.currency) == exponent(currency):
            taken, kept = f"taken as {currency}: check it", closing._replace(currency=currency)
            if closing.currency[:2] == currency[:2]:
                return kept
        else:
            taken, kept = "left out", None
        self._tell(
            f"{_named(message, first=True)} opens in {currency} and closes in"
            f" {closing.currency}: the closing balance is {taken}."
        )
        return kept

    def _currency(self, message: Message, opening: Balance | None, closing: Balance | None) -> str:
        """Return the currency the message names, or the likeliest for its amounts."""
        balance = opening or closing
        if balance:
            return balance.currency
        for text in (*message.floors, *(text for _tag, text in message.sums)):
            match = _CURRENCY_AT_START.match(text)
            if match:
                return match.group(1)
        for text in (text for _tag, text in (*message.openings, *message.closings)):
            match = re.match(r"[A-Z]\d{6}([A-Z]{3})", text)
            if match:
                return match.group(1)
        at_end = _CURRENCY_AT_END.search(message.account[-5:])
        amounts = [_major_of(entry.field_61) for entry in message.entries]
        currency, problems = currency_of(amounts, at_end.group(1) if at_end else "", self._assumed)
        self.problems += problems
        return currency

    def _tell(self, sentence: str) -> None:
        self.problems.append(Problem(None, sentence))


def _named(message: Message, *, first: bool = False) -> str:
    account = message.account or "the account"
    name = f"statement {message.number} of {account}" if message.number else account
    return name[0].upper() + name[1:] if first else name


def _period(
    start: dt.date | None, end: dt.date | None, lines: Sequence[StatementLine]
) -> tuple[dt.date | None, dt.date | None]:
    """Return the days of the balances, or of the movements where those make no period."""
    days = [line.date for line in lines]
    if start and end and start > end:
        start = end = None
    if days:
        start, end = start or min(days), end or max(days)
    return (start, end) if not (start and end and start > end) else (end, start)


def _date_of(balance: Balance | None) -> dt.date | None:
    return balance.day.date if balance and balance.day else None


def _moment_of(message: Message) -> dt.date | None:
    """Return the day of an interim report (``:13D:`` YYMMDDhhmm and the time zone)."""
    digits = message.date_time[:6]
    day = day_of(digits) if re.fullmatch(r"[0-9]{6}", digits) else None
    return day.date if day else None


def _major_of(field_61: str) -> Decimal:
    match = _AMOUNT.search(field_61[6:40])
    return Decimal(f"{match.group(1)}.{match.group(2) or 0}") if match else Decimal(0)
