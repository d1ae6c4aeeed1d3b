"""The payments that a payer's phone, account or name, an amount and a few days leave for a line.

Where a payer has more of them than anyone could tell apart, only the latest are handed on, and
the whole crowd is remembered: what stands in one is nobody's certain match.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence, Set
from datetime import date, timedelta
from enum import Enum

from core.matching.board import MAX_SET, Board
from core.matching.books import Books
from core.matching.facts import LineFacts, name_agrees
from core.matching.identifiers import fold
from core.matching.names import Agreement
from core.matching.order import Stretch
from core.matching.records import OpenLine

MIN_ACCOUNT = 8
_CROWD = 2 * MAX_SET

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
        self.words_of = {
            written: books.name(written) for written in set(books.columns.customer_names)
        }
        self._with_word: dict[str, list[str]] = defaultdict(list)
        for written, words in self.words_of.items():
            for word in set(words):
                if len(word) > 1:
                    self._with_word[word].append(written)

    def sharing(self, words: Set[str], among: Collection[str]) -> set[str]:
        """Return the names that have one of these words, by whichever way is shorter."""
        lists = [self._with_word[word] for word in words if word in self._with_word]
        if sum(map(len, lists)) <= len(among):
            return {written for found in lists for written in found if written in among}
        shared = {word for word in words if len(word) > 1}
        return {written for written in among if not shared.isdisjoint(self.words_of[written])}


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
            method: board.usual_days(method, at_most=days)
            for method in set(board.payments.columns.methods)
        }
        self._names = _Names(board.payments)
        self._of_payer: dict[int, Stretch] = {}
        self._agreeing: dict[tuple[object, ...], Sequence[tuple[str, Stretch]]] = {}
        self._crowds: dict[tuple[_Price, str], tuple[date, date]] = {}

    def of(self, line: LineFacts) -> set[int]:
        """Return the places of the payments that may be the line's, by any mark of its payer."""
        price = line.line.currency, line.line.amount_minor
        found: set[int] = set()
        for national in line.phones.full & self._by_phone.keys():
            found.update(self._near(line.line, self._by_phone[national], price, national))
        if self._by_account:
            for account in accounts_in(line) & self._by_account.keys():
                found.update(self._near(line.line, self._by_account[account], price, account))
        for written, of_payer in self._named(line, price):
            found.update(self._near(line.line, of_payer, price, written))
        return found

    def _named(self, line: LineFacts, price: _Price) -> Sequence[tuple[str, Stretch]]:
        """Return the customers of a price whose names agree with a line, and their payments.

        Lines repeat in all that tells: a popular price, and what their own customers are called.
        """
        key = price, line.counterparty, line.text_words, line.cut_words
        if key not in self._agreeing:
            words = line.text_words.union(line.counterparty)
            codes = self._board.payments.named(*price)
            self._agreeing[key] = [
                (written, self._payments_of(codes[written]))
                for written in self._names.sharing(words, codes.keys())
                if name_agrees(line, self._names.words_of[written]) is Agreement.AGREES
            ]
        return self._agreeing[key]

    def _payments_of(self, payer: int) -> Stretch:
        """Return the payments of a price and payer, as many lines ask for the same."""
        if payer not in self._of_payer:
            self._of_payer[payer] = self._board.payments.of_amount_and_name(payer)
        return self._of_payer[payer]

    def crowd_around(self, payment_id: str, by: Mark) -> bool:
        """Tell whether a payment is one of more that were equally possible than were looked at."""
        if not self._crowds:
            return False
        payment = self._board.payments[payment_id]
        price = payment.payment.currency, payment.payment.amount_minor
        mark = {
            Mark.PHONE: payment.national,
            Mark.ACCOUNT: fold(payment.payment.account_number),
            Mark.NAME: payment.payment.customer_name,
        }[by]
        first, last = self._crowds.get((price, mark), (date.max, date.min))
        return first <= payment.payment.day <= last

    def _near(self, line: OpenLine, stretch: Stretch, price: _Price, mark: str) -> list[int]:
        columns, free = self._board.payments.columns, self._board.free_payments
        first, last = line.day - timedelta(days=self._days), line.day
        found = []
        for place in reversed(stretch.between(first, last)):
            if (
                columns.amounts_minor[place] == price[1]
                and columns.currencies[place] == price[0]
                and columns.payment_ids[place] in free
                and (line.day - columns.days[place]).days
                <= self._usual_days[columns.methods[place]]
            ):
                found.append(place)
                if len(found) > _CROWD:
                    known = self._crowds.get((price, mark), (first, last))
                    self._crowds[price, mark] = min(first, known[0]), max(last, known[1])
                    return found[:MAX_SET]
        return found
