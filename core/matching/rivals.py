"""The payments that a payer's phone, account or name, an amount and a few days leave for a line.

Where a payer has more of them than anyone could tell apart, only the latest are handed on, and
the whole crowd is remembered: what stands in one is nobody's certain match.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from datetime import date, timedelta
from enum import Enum
from itertools import islice

import numpy as np

from core.matching.board import MAX_SET, Board
from core.matching.books import Books
from core.matching.facts import LineFacts, name_agrees
from core.matching.identifiers import fold
from core.matching.letters import Places
from core.matching.names import Agreement
from core.matching.order import Stretch
from core.matching.records import OpenLine

MIN_ACCOUNT = 8
_CROWD = 2 * MAX_SET
_FEW = 500
_MANY = 128

_Price = tuple[str, int]


class Mark(Enum):
    """By what a payer is known."""

    PHONE = "phone"
    ACCOUNT = "account"
    NAME = "name"


def accounts_in(line: LineFacts) -> frozenset[str]:
    """Return the words of a line that are long enough for an account number, folded."""
    return frozenset(
        fold(run) for field in line.fields for run in field.tokens if len(run) >= MIN_ACCOUNT
    )


class _Names:
    """All customers' names as written, by their words."""

    def __init__(self, books: Books) -> None:
        self.words_of = {written: books.name(written) for written in books.written_names()}
        self._with_word: dict[str, list[str]] = defaultdict(list)
        for written, words in self.words_of.items():
            for word in set(words):
                if len(word) > 1:
                    self._with_word[word].append(written)

    def sharing(self, words: Set[str]) -> list[Sequence[str]]:
        """Return the names that have one of these words, word by word."""
        return [self._with_word[word] for word in words if word in self._with_word]

    def agreeing(self, line: LineFacts, among: Iterable[str]) -> list[str]:
        """Return those of some names that agree with a line's payer."""
        words_of = self.words_of
        return [each for each in among if name_agrees(line, words_of[each]) is Agreement.AGREES]


def _in_common(lists: Sequence[Sequence[str]], names: Set[str]) -> set[str]:
    """Return the names that are in one of the lists and among those, looking through the fewer."""
    if sum(map(len, lists)) <= len(names):
        return {each for some in lists for each in some if each in names}
    return {each for some in lists for each in some}.intersection(names)


class Rivals:
    """Looks for a line's possible payments among those free when it was made."""

    def __init__(self, board: Board, days: int, lines: Collection[LineFacts]) -> None:
        self._board = board
        phones = {national for line in lines for national in line.phones.full}
        self._by_phone = board.payments.with_phones(phones)
        self._by_account: Mapping[str, Stretch] = {}
        if any(board.payments.columns.account_numbers):
            accounts = {account for line in lines for account in accounts_in(line)}
            self._by_account = board.payments.with_accounts(accounts)
        self._days = days
        self._usual_days = {
            method: board.usual_days(method, at_most=days) for method in board.payments.methods()
        }
        self._names = _Names(board.payments)
        self._agreeing: dict[tuple[object, ...], Sequence[str]] = {}
        self._earliest: dict[date, Mapping[str, date]] = {}
        self._first_days: dict[date, Places] = {}
        self._crowds: dict[tuple[_Price, str], tuple[date, date]] = {}

    def of(self, line: LineFacts) -> tuple[set[int], set[int]]:
        """Return the places of the payments that may be the line's, by any mark of its payer.

        First what phones and accounts find, then what only names find.
        """
        price = line.line.currency, line.line.amount_minor
        window = line.line.day - timedelta(days=self._days), line.line.day
        of_mark = [
            self._near(
                line.line, self._of_price(line.line, stretch.between(*window), price), price, mark
            )
            for mark, stretch in self._stretches_of(line)
        ]
        by_mark, by_name = {place for places in of_mark for place in places}, set[int]()
        for written in self._named(line, price):
            of_payer = self._board.payments.of_amount_and_name(price, written, *window)
            likely = self._of_time(line.line, of_payer)
            by_name.update(self._near(line.line, likely, price, written))
        if any(len(places) >= MAX_SET for places in of_mark):
            # A crowd has more with the phone or account than were handed on.
            return by_mark | by_name, set()
        return by_mark, by_name - by_mark

    def _stretches_of(self, line: LineFacts) -> Iterator[tuple[str, Stretch]]:
        """Yield the payments of the phones and accounts that a line shows."""
        for national in line.phones.full & self._by_phone.keys():
            yield national, self._by_phone[national]
        if self._by_account:
            for account in accounts_in(line) & self._by_account.keys():
                yield account, self._by_account[account]

    def _named(self, line: LineFacts, price: _Price) -> Sequence[str]:
        """Return the customers whose names agree with a line, by whichever way is shorter.

        Lines repeat in all that tells names. So few that share a word are compared once with all
        such lines, of many only those that have payments of the price.
        """
        key = line.counterparty, line.text_words, line.cut_words
        if key in self._agreeing:
            return self._agreeing[key]
        sharing = self._names.sharing(line.text_words.union(line.counterparty))
        if sum(map(len, sharing)) <= _FEW:
            each_once = dict.fromkeys(written for names in sharing for written in names)
            self._agreeing[key] = self._names.agreeing(line, each_once)
            return self._agreeing[key]
        return self._names.agreeing(
            line, _in_common(sharing, self._board.payments.names_of_amount(*price))
        )

    def crowd_around(self, payment_id: str, by: Mark) -> bool:
        """Tell whether a payment is one of more that were equally possible than were looked at."""
        if not self._crowds:
            return False
        payment = self._board.payments[payment_id]
        price = payment.currency, payment.amount_minor
        mark = {
            Mark.PHONE: payment.national,
            Mark.ACCOUNT: fold(payment.account_number),
            Mark.NAME: payment.customer_name,
        }[by]
        first, last = self._crowds.get((price, mark), (date.max, date.min))
        return first <= payment.day <= last

    def _earliest_of(self, booked: date) -> Mapping[str, date]:
        """Return the first day of which a line of a day may bring payments, by method."""
        if booked not in self._earliest:
            self._earliest[booked] = {
                method: booked - timedelta(days) for method, days in self._usual_days.items()
            }
        return self._earliest[booked]

    def _first_days_of(self, booked: date) -> Places:
        """Return the same as numbers of days, by the methods' numbers."""
        if booked not in self._first_days:
            number = self._board.payments.calendar.number
            earliest = self._earliest_of(booked)
            in_order = [number(earliest[method]) for method in self._board.payments.methods()]
            self._first_days[booked] = np.array(in_order, np.int64)
        return self._first_days[booked]

    def _of_price(self, line: OpenLine, places: Sequence[int], price: _Price) -> Iterator[int]:
        """Yield which of a payer's payments may be a line's, the latest first."""
        columns, is_free = self._board.payments.columns, self._board.free_payments.has_place
        days, methods, earliest = columns.days, columns.methods, self._earliest_of(line.day)
        for place in reversed(places):
            if (
                is_free(place)
                and days[place] >= earliest[methods[place]]
                and columns.amounts_minor[place] == price[1]
                and columns.currencies[place] == price[0]
            ):
                yield place

    def _of_time(self, line: OpenLine, places: Places) -> Sequence[int]:
        """Return which payments of a payer and a line's price may be the line's, latest first.

        Of very many no more than tell that they are a crowd.
        """
        for some in (places[-_MANY:], places):
            free = self._board.free_payments.places_among(some)
            days, methods = self._board.payments.days_and_methods(free)
            found = free[days >= self._first_days_of(line.day)[methods]]
            if len(found) > _CROWD or len(some) == len(places):
                break
        latest: list[int] = found[: -_CROWD - 2 : -1].tolist()
        return latest

    def _near(self, line: OpenLine, likely: Iterable[int], price: _Price, mark: str) -> list[int]:
        """Return which of a payer's payments may be a line's, of a crowd only the latest."""
        found = list(islice(likely, _CROWD + 1))
        if len(found) <= _CROWD:
            return found
        first, last = line.day - timedelta(days=self._days), line.day
        known = self._crowds.get((price, mark), (first, last))
        self._crowds[price, mark] = min(first, known[0]), max(last, known[1])
        return found[:MAX_SET]
