"""Lines that pay out many payments at once: how they say so, and what they may hold."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from typing import overload

import numpy as np

from core.matching.board import Board
from core.matching.facts import LineFacts
from core.matching.fees import FeeModel
from core.matching.records import OpenPayment, PaymentColumns
from core.matching.values import late

_SETTLES = re.compile(
    r"\b(?:SETTL\w*|STLM?T?|BATCH|PAYOUT|DISBURSE\w*|POS|TPE|REMISE|REGLEMENT|BULK|TELECOLLECTE"
    r"|MERCHANT (?:DEPOSIT|CREDIT|CR|PAYMENTS?|SALES)|TAKINGS|COLLECTIONS?)\b"
)
_ITEMS = (
    r"(?:TXNS?|TRX|TRN|TRANS\w*|PAYMENTS?|PAIEMENTS?|SALES|VENTES|ITEMS|OPERATIONS?|OPS|CARTES?"
    r"|CARDS?|IBIKORWA|UBWISHYU)"
)
_HOW_MANY = re.compile(
    rf"\b(?P<before>\d{{1,3}})\s*{_ITEMS}\b"
    rf"|\b(?:{_ITEMS}|NBR?E?|COUNT|QTY)\s*[:=#]?\s*(?P<after>\d{{1,3}})(?!\w)"
)
_CHANNELS = (
    (re.compile(r"\b(?:POS|CARDS?|CARTES?|VISA|MASTERCARD|TPE)\b"), "card"),
    (re.compile(r"\b(?:MTN|MOMO)\b"), "mtn"),
    (re.compile(r"\bAIRTEL\b"), "airtel"),
)
_DATES = (
    re.compile(r"(?<!\d)(?P<y>20\d\d)-?(?P<m>\d\d)-?(?P<d>\d\d)(?!\d)"),
    re.compile(r"(?<!\d)(?P<d>\d\d)[/.-](?P<m>\d\d)(?:[/.-](?P<y>(?:20)?\d\d))?(?!\d)"),
    re.compile(r"(?<![\dA-Z])(?P<d>\d\d)(?P<m>\d\d)(?P<y>\d\d)(?![\dA-Z])"),
    re.compile(
        r"(?<!\d)(?P<d>\d{1,2})[ .-]?(?P<m>JAN|FEV|FEB|MAR|AVR|APR|MAI|MAY|JUIN|JUN|JUIL|JUL|AOU"
        r"|AUG|SEP|OCT|NOV|DEC)[A-Z]{0,6}(?:[ .-]?(?P<y>(?:20)?\d\d))?(?!\d)"
    ),
)
_MONTH_NAMES = (
    ("JAN",), ("FEB", "FEV"), ("MAR",), ("APR", "AVR"), ("MAY", "MAI"), ("JUN", "JUIN"),
    ("JUL", "JUIL"), ("AUG", "AOU"), ("SEP",), ("OCT",), ("NOV",), ("DEC",),
)  # fmt: skip
_MONTHS = {name: month for month, names in enumerate(_MONTH_NAMES, start=1) for name in names}
_LONGEST_DELAY_DAYS = 10
MAX_NAMED = 1_000


Days = tuple[date, ...]
"""The days whose payments a line holds: mostly one, a weekend's where only workdays pay out."""


class Weighing(Enum):
    """What a channel adds up: the payments themselves, or what is left of them after fees."""

    GROSS = "gross"
    NET_OF_EACH = "net of the fee of each"
    NET_OF_TOTAL = "net of one fee on the total"


@dataclass(frozen=True, slots=True)
class Settlement:
    """A line that pays out, and what it says about itself.

    ``stated`` is the number of payments, 0 where the text has none; ``stated_day`` is the day
    they were paid, where the text names it.
    """

    line: LineFacts
    channel: str
    stated: int
    stated_day: date | None

    @property
    def line_id(self) -> int:
        """The line's own id."""
        return self.line.line_id


def settlement_of(line: LineFacts) -> Settlement | None:
    """Return what a line says it pays out; None where it is no settlement, or names a payment."""
    text = f"{line.line.text} {line.line.reference}".upper()
    if line.hits or not _SETTLES.search(text):
        return None
    channel = next((name for pattern, name in _CHANNELS if pattern.search(text)), "")
    counts = {int(found["before"] or found["after"]) for found in _HOW_MANY.finditer(text)}
    stated = counts.pop() if len(counts) == 1 else 0
    return Settlement(line, channel, stated, _day_in(text, line.line.day))


def _day_in(text: str, booked: date) -> date | None:
    """Return the one day that a text names, if it can be the day of the payments."""
    days = set()
    for pattern in _DATES:
        for found in pattern.finditer(text):
            year = int(found["y"] or booked.year)
            try:
                month = _MONTHS.get(found["m"]) or int(found["m"])
                day = date(year + 2000 if year < 100 else year, month, int(found["d"]))
            except ValueError:
                continue
            if timedelta() <= booked - day <= timedelta(_LONGEST_DELAY_DAYS):
                days.add(day)
    return days.pop() if len(days) == 1 else None


class Pool(Sequence[OpenPayment]):
    """Payments that a settlement may hold, made when one is looked at: most are too many for it."""

    def __init__(self, columns: PaymentColumns, places: Sequence[int]) -> None:
        self._columns, self._places = columns, places

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._places)

    @overload
    def __getitem__(self, index: int) -> OpenPayment: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[OpenPayment, ...]: ...

    def __getitem__(self, index: int | slice) -> OpenPayment | tuple[OpenPayment, ...]:
        """Return one of them, or some."""
        return self._payments[index]

    def __iter__(self) -> Iterator[OpenPayment]:
        """Go through them, by place."""
        return iter(self._payments)

    @late
    def _payments(self) -> tuple[OpenPayment, ...]:
        return tuple(map(self._columns.payment, self._places))


class Pools:
    """The open payments of some days, as what a settlement of a channel may hold.

    A pool is read when it is first asked for: what is taken afterwards stays in it.
    """

    def __init__(self, board: Board) -> None:
        self._board = board
        self._cache: dict[tuple[str, str, Days], Pool] = {}

    def of(self, settlement: Settlement, days: Days) -> Pool:
        """Return the payments of some days that can belong to a settlement, by id.

        No more than a line can state, as a larger pool is not searched.
        """
        key = settlement.channel, settlement.line.line.currency, days
        if key not in self._cache:
            self._cache[key] = Pool(self._board.payments.columns, self._places(*key))
        return self._cache[key]

    def _places(self, channel: str, currency: str, days: Days) -> list[int]:
        books, free = self._board.payments, self._board.free_payments
        methods = [
            method
            for method in books.methods()
            if method != "cash" and (not method or channel in method)
        ]
        found = free.places_among(books.of_days(currency, days, methods))
        taken_back = [books.places[each] for each in self._board.reversals_of_payment]
        possible: list[int] = found[~np.isin(found, taken_back)][:MAX_NAMED].tolist()
        return possible


def weights(pool: Sequence[OpenPayment], weighing: Weighing, fees: FeeModel) -> list[int]:
    """Return what each payment of a pool adds to a settlement."""
    if weighing is not Weighing.NET_OF_EACH:
        return [payment.amount_minor for payment in pool]
    return [
        payment.amount_minor - fees.fee_minor(payment.method, payment.amount_minor)
        for payment in pool
    ]


def totals(
    settlement: Settlement, pool: Sequence[OpenPayment], weighing: Weighing, fees: FeeModel
) -> tuple[int, ...]:
    """Return what the weights may add up to: the line's amount, or the gross it is the net of."""
    line = settlement.line.line
    if weighing is Weighing.GROSS:
        return (line.amount_minor + line.fee_minor,)
    if weighing is Weighing.NET_OF_EACH:
        return (line.amount_minor,)
    return _gross_of(line.amount_minor, pool[0].method, fees) if pool else ()


def _gross_of(net_minor: int, method: str, fees: FeeModel) -> tuple[int, ...]:
    """Return the amounts of which a fee leaves this net; rounding may leave it of a few."""
    low, high = net_minor, 2 * net_minor
    while low < high:
        middle = (low + high) // 2
        if middle - fees.fee_minor(method, middle) < net_minor:
            low = middle + 1
        else:
            high = middle
    nearby = range(low, low + 4)
    return tuple(each for each in nearby if each - fees.fee_minor(method, each) == net_minor)


def weighings(pool: Sequence[OpenPayment], fees: FeeModel) -> tuple[Weighing, ...]:
    """Return the ways of adding up that can make a difference."""
    if fees.rules and any(fees.fee_minor(payment.method, payment.amount_minor) for payment in pool):
        return tuple(Weighing)
    return (Weighing.GROSS,)
