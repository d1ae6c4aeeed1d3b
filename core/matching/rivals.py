"""The payments that a payer's phone, account or name, an amount and a few days leave for a line.

Where a payer has more of them than anyone could tell apart, only the latest are handed on, and
the whole crowd is remembered: what stands in one is nobody's certain match.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum

import numpy as np

from core.matching.board import MAX_SET, Board
from core.matching.books import Books
from core.matching.facts import LineFacts, name_agrees
from core.matching.identifiers import fold
from core.matching.letters import Places, spread
from core.matching.names import Agreement
from core.matching.order import NOTHING, UNKNOWN, Groups

MIN_ACCOUNT = 8
_CROWD = 2 * MAX_SET
_FEW = 500
_MANY = 128
_CHECK_EVERY = 256

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


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is asked for: the payments of some lines' prices and of some payer of each.

    ``lines`` by their number, ``marks`` by the mark's; in ``groups`` a price has one code for
    each of the ``known`` marks.
    """

    groups: Groups
    known: Sequence[str]
    lines: Places
    marks: Places

    @classmethod
    def of(cls, groups: Groups, known: Sequence[str], pairs: Sequence[tuple[int, int]]) -> _Asked:
        """Ask for pairs of line and mark."""
        lines, marks = np.array(pairs, np.int64).reshape(-1, 2).T
        return cls(groups, known, lines, marks)


@dataclass(frozen=True, slots=True)
class Found:
    """Lines, by their number, and the places of payments that may be theirs; by line and id."""

    lines: Places
    places: Places

    def __iter__(self) -> Iterator[tuple[int, int]]:
        """Go through the pairs."""
        return zip(self.lines.tolist(), self.places.tolist(), strict=True)


class Rivals:
    """Looks for the possible payments of lines among those that are free now."""

    def __init__(self, board: Board, days: int, lines: Sequence[LineFacts]) -> None:
        self._board = board
        self._books = board.payments
        self._lines = lines
        self._days = days
        self._names = _Names(self._books)
        self._agreeing: dict[tuple[object, ...], Sequence[str]] = {}
        self._crowds: dict[tuple[_Price, str], tuple[date, date]] = {}
        self._prices = self._books.prices(line.line for line in lines)
        number = self._books.calendar.number
        self._booked = np.array([number(line.line.day) for line in lines], np.int64)
        self._earliest = self._earliest_of_methods()

    def found(self) -> tuple[Found, Found]:
        """Return which payments may be which lines', by any mark of their payers.

        First what phones and accounts find, then what only names find.
        """
        by_mark = [self._latest(asked) for asked in (self._by_phone(), self._by_account()) if asked]
        by_name = self._latest(self._by_name())
        crowded = {line for _, _, crowds in by_mark for line in crowds}
        pairs = self._pairs(*(each[:2] for each in by_mark))
        of_names = self._pairs(by_name[:2])
        # A crowd has more with the phone or account than were handed on.
        also = of_names[np.isin(of_names // self._width, list(crowded))] if crowded else NOTHING
        likely = np.union1d(pairs, also)
        return self._found(likely), self._found(np.setdiff1d(of_names, likely))

    @property
    def _width(self) -> int:
        return max(1, len(self._books))

    def _pairs(self, *found: tuple[Places, Places]) -> Places:
        """Return lines and places as one number a pair, each once."""
        numbers = [lines * self._width + places for lines, places in found]
        return np.unique(np.concatenate([NOTHING, *numbers]))

    def _found(self, pairs: Places) -> Found:
        lines, places = np.divmod(pairs, self._width)
        order = self._books.in_order(lines, places)
        return Found(lines[order], places[order])

    def _by_phone(self) -> _Asked | None:
        """Ask by the phones that lines show."""
        return self._by_marks(
            self._books.by_price_and_phone, [line.phones.full for line in self._lines]
        )

    def _by_account(self) -> _Asked | None:
        """Ask by the accounts that lines show."""
        if not any(self._books.columns.account_numbers):
            return None
        return self._by_marks(
            self._books.by_price_and_account, [accounts_in(line) for line in self._lines]
        )

    def _by_marks(
        self, groups_of: Callable[[Sequence[str]], Groups], marks: Sequence[Set[str]]
    ) -> _Asked | None:
        known = sorted({mark for shown in marks for mark in shown})
        if not known:
            return None
        number_of = {mark: number for number, mark in enumerate(known)}
        pairs = [(line, number_of[mark]) for line, shown in enumerate(marks) for mark in shown]
        return _Asked.of(groups_of(known), known, pairs)

    def _by_name(self) -> _Asked:
        """Ask by the customers whose names agree with lines."""
        groups, names = self._books.by_price_and_name()
        pairs: list[tuple[int, int]] = []
        for number, line in enumerate(self._lines):
            if number % _CHECK_EVERY == 0:
                self._board.check()
            pairs += [(number, names.of(written)) for written in self._named(line)]
        return _Asked.of(groups, names.values, pairs)

    def _named(self, line: LineFacts) -> Sequence[str]:
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
        price = line.line.currency, line.line.amount_minor
        return self._names.agreeing(line, _in_common(sharing, self._books.names_of_amount(*price)))

    def _latest(self, asked: _Asked) -> tuple[Places, Places, list[int]]:
        """Return lines with the latest payments that may be theirs, and which have too many.

        Of very many no more are looked at than tell that they are a crowd.
        """
        booked, prices = self._booked[asked.lines], self._prices[asked.lines]
        codes = np.where(prices == UNKNOWN, UNKNOWN, prices * len(asked.known) + asked.marks)
        starts, ends = asked.groups.windows(codes, booked - self._days, booked)
        asked_for, places = self._in_time(asked, np.maximum(starts, ends - _MANY), ends)
        number = np.bincount(asked_for, minlength=len(codes))
        again = (number <= _CROWD) & (ends - starts > _MANY)
        if again.any():
            more, more_places = self._in_time(asked, np.where(again, starts, ends), ends)
            kept = ~again[asked_for]
            asked_for = np.append(asked_for[kept], more)
            places = np.append(places[kept], more_places)
            order = np.argsort(asked_for, kind="stable")
            asked_for, places = asked_for[order], places[order]
            number = np.bincount(asked_for, minlength=len(codes))
        for each in np.flatnonzero(number > _CROWD).tolist():
            self._note_crowd(int(asked.lines[each]), asked.known[int(asked.marks[each])])
        after = np.cumsum(number)[asked_for] - np.arange(len(asked_for))
        kept = after <= np.where(number > _CROWD, MAX_SET, _CROWD)[asked_for]
        crowded: list[int] = asked.lines[number >= MAX_SET].tolist()
        return asked.lines[asked_for[kept]], places[kept], crowded

    def _in_time(self, asked: _Asked, starts: Places, ends: Places) -> tuple[Places, Places]:
        """Return, of what stands between bounds, what is free and not too long before its line."""
        asked_for, rows = spread(starts, ends)
        places = asked.groups.at(rows)
        days, methods = self._books.days_and_methods(places)
        kept = days >= self._booked[asked.lines[asked_for]] - self._earliest[methods]
        kept &= self._board.free_payments.are_free(places)
        return asked_for[kept], places[kept]

    def _earliest_of_methods(self) -> Places:
        """Return, by the methods' numbers, how many days before a line its payment may be."""
        usual = [
            self._board.usual_days(method, at_most=self._days) for method in self._books.methods()
        ]
        return np.array(usual, np.int64)

    def _note_crowd(self, number: int, mark: str) -> None:
        line = self._lines[number].line
        price = line.currency, line.amount_minor
        first, last = line.day - timedelta(days=self._days), line.day
        known = self._crowds.get((price, mark), (first, last))
        self._crowds[price, mark] = min(first, known[0]), max(last, known[1])

    def crowd_around(self, payment_id: str, by: Mark) -> bool:
        """Tell whether a payment is one of more that were equally possible than were looked at."""
        if not self._crowds:
            return False
        payment = self._books[payment_id]
        price = payment.currency, payment.amount_minor
        mark = {
            Mark.PHONE: payment.national,
            Mark.ACCOUNT: fold(payment.account_number),
            Mark.NAME: payment.customer_name,
        }[by]
        first, last = self._crowds.get((price, mark), (date.max, date.min))
        return first <= payment.day <= last
