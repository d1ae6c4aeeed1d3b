"""How one OFX file writes amounts and dates, where the standard is not kept.

By the standard (OFX 2.3, chapter 3, basic data types) an amount has a sign, digits and one
decimal mark, comma or point, and a date is ``YYYYMMDD``, then perhaps a time and a zone. Files
also group thousands, glue currency signs on, put the minus behind and write dates as people do.
What one amount leaves open, the others decide.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from decimal import Decimal
from functools import cached_property, lru_cache

from core.errors import InvalidInputError
from core.money import exponent, from_major
from core.statements.amounts import WrittenAmount, exact, written_amount
from core.statements.dates import FIRST_YEAR, LAST_YEAR, DateOrder, order_of, written_date
from core.statements.ofx.outline import LEAVES, Outline
from core.statements.statement import Problem

_CENTS = re.compile(r"-?[0-9]{1,13}[.,][0-9]{2}")
"""How nearly every amount is written; it is read without looking at its parts."""
_PLAIN = re.compile(r"([+-]?)([0-9]{1,13})(?:[.,]([0-9]{1,2}))?")
_DOLLARS = re.compile(r"(?<![A-Za-z])[A-Za-z]{1,2}(?=\$)")
_LONGEST_AMOUNT = 40
_POSTED, _AMOUNT = LEAVES.index("DTPOSTED"), LEAVES.index("TRNAMT")


class Habits:
    """Reads the amounts and dates of one file; ``date_order`` is a person's answer, or ""."""

    def __init__(self, outline: Outline, date_order: str = "") -> None:
        self._outline = outline
        self._date_order = date_order
        self._asked_order = self._asked_mark = False

    def minor(self, written: str, currency: str) -> int:
        """Return the signed minor units of an amount.

        Raises:
            InvalidInputError: it is no amount, or finer than the currency's smallest coin.

        """
        written = written.strip()
        places = exponent(currency)
        if places == 2 and _CENTS.fullmatch(written):
            return int(written[:-3] + written[-2:])
        if match := _PLAIN.fullmatch(written):
            sign, whole, fraction = match.groups("")
            if len(fraction) <= places:
                amount_minor = int(whole + fraction.ljust(places, "0"))
                return -amount_minor if sign == "-" else amount_minor
        value = self._major(written, places)
        if not written:
            raise InvalidInputError("There is no amount.")
        if value is None:
            raise InvalidInputError(f"“{written[:_LONGEST_AMOUNT]}” is not an amount.")
        return from_major(value, currency)

    def majors(self) -> list[Decimal]:
        """Return every amount of the file in major units, to see how fine they are."""
        found = (self._major(text, 2) for text in self._amounts())
        return [value for value in found if value is not None]

    def day(self, written: str) -> dt.date | None:
        """Return the calendar day as written, in the bank's own zone; None for no date."""
        day = _day(written[:8])
        if day is not None:
            return day
        written = written.strip()
        day = _day(written[:8])
        if day is not None or not written or written[:8].isdigit():
            return day
        iso = written_date(written[:10], "ymd")
        if iso and written[:4].isdigit():
            return iso.day
        self._asked_order = True
        found = written_date(written, self._order.order)
        return found.day if found else None

    @property
    def date_order_unsure(self) -> bool:
        """Tell whether a date was needed whose day and month nothing tells apart."""
        return self._asked_order and self._order.guessed

    def problems(self) -> list[Problem]:
        """Return what was guessed while reading."""
        problems = []
        if self.date_order_unsure:
            problems.append(
                Problem(
                    None,
                    "The dates can be read day first or month first; they were read day first."
                    " Check one date, or choose the order.",
                )
            )
        if self._asked_mark and self._shown_mark == "":
            problems.append(
                Problem(
                    None,
                    "It is not certain whether a mark before three digits is a decimal mark; a"
                    " point was taken for one and a comma for thousands: check a sum.",
                )
            )
        return problems

    @cached_property
    def _order(self) -> DateOrder:
        if self._date_order:
            return DateOrder(self._date_order)
        return order_of([[usual[_POSTED].strip() for usual in self._outline.transactions()]])

    def _amounts(self) -> Iterator[str]:
        for usual in self._outline.transactions():
            yield usual[_AMOUNT].strip()
        for text in self._outline.balances():
            yield text.strip()

    def _major(self, text: str, places: int) -> Decimal | None:
        written = _parts(text)
        if written is None:
            return None
        number = written.number
        dots, commas = number.count("."), number.count(",")
        if dots + commas == 1 and _open(number):
            mark = self._shown_mark
            if not mark:
                self._asked_mark = self._asked_mark or places != 3
                mark = "." if dots or places != 3 else ","
            return exact(written, mark)
        return exact(written, _own_mark(number))

    @cached_property
    def _shown_mark(self) -> str:
        """The decimal mark that amounts of the file show beyond doubt, or ""."""
        votes = {".": 0, ",": 0}
        for text in self._amounts():
            written = _parts(text)
            if written is None:
                continue
            number = written.number
            dots, commas = number.count("."), number.count(",")
            if dots + commas == 1 and _open(number):
                continue
            if dots and commas:
                votes[_own_mark(number)] += 1
            elif dots + commas > 1:
                votes["," if dots else "."] += 1
            elif dots or commas:
                votes["." if dots else ","] += 1
        if not votes["."] and not votes[","]:
            return ""
        return "." if votes["."] >= votes[","] else ","


def _parts(text: str) -> WrittenAmount | None:
    """Return an amount's digits and sign; zeros in front do not make it long."""
    if len(text) > _LONGEST_AMOUNT:
        return None
    written = written_amount(_DOLLARS.sub("", text))
    if written is None:
        return None
    if written.mark == "C" and written.negative:
        return None
    number = written.number
    if number.startswith("00"):
        number = number.lstrip("0")
        number = number if number[:1].isdigit() else f"0{number}"
    return WrittenAmount(number, written.negative or written.mark == "D")


def _open(number: str) -> bool:
    """Tell whether the one mark may stand before thousands: one to three digits, then three."""
    whole, _, rest = number.replace(",", ".").partition(".")
    return len(rest) == 3 and 1 <= len(whole) <= 3 and whole != "0" and whole.isdigit()


def _own_mark(number: str) -> str:
    """Return the decimal mark that an amount shows by itself."""
    dots, commas = number.count("."), number.count(",")
    if dots and commas:
        return "." if number.rfind(".") > number.rfind(",") else ","
    if dots > 1:
        return ","
    return "," if commas == 1 else "."


@lru_cache(maxsize=4096)
def _day(digits: str) -> dt.date | None:
    if len(digits) != 8 or not digits.isdecimal():
        return None
    try:
        day = dt.date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else None
