"""What is known about each line and payment, worked out once before the passes begin."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from functools import lru_cache
from typing import TYPE_CHECKING

from core.matching.fees import FeeModel
from core.matching.identifiers import (
    MIN_IN_OWN_FIELD,
    Field,
    Hit,
    Identifier,
    Named,
    fields_of,
    fold,
    identifiers_of,
    one_slip_apart,
)
from core.matching.names import MIN_WORDS, Agreement, compare, compare_names, name_words
from core.matching.phones import LinePhones, phones_in, stands_as_word
from core.matching.records import OpenLine, OpenPayment, OpenRefund
from core.matching.values import late

if TYPE_CHECKING:
    from core.matching.books import Books
    from core.matching.identifier_index import IdentifierIndex

CLOCK_SLACK_DAYS = 1
"""A network's day may end before the shop's: allowed with a unique identifier only."""


_NARROWEST_COLUMN = 30
_MIN_TRANSACTION = 6

_name_of = lru_cache(maxsize=100_000)(name_words)
"""Payers return: each name is read once."""


class Fit(IntEnum):
    """How a line's amount fits a payment's, best first."""

    EXACT = 0
    STATED_FEE = 1
    AGREED_FEE = 2
    SMALL_DIFFERENCE = 3
    NONE = 4


class LineFacts:
    """A line and what it names; whatever else can be read in it is read when first asked for.

    Most lines name one payment and are decided by that. ``named`` are the identifiers of its
    ``hits``, one for each.
    """

    def __init__(self, line: OpenLine, named: Sequence[Named], index: IdentifierIndex) -> None:
        self.line = line
        self.line_id = line.line_id
        self.named = named
        self._index = index

    @late
    def hits(self) -> tuple[Hit, ...]:
        """What it names: per payment its strongest identifier, by payment id."""
        return tuple(map(self._index.hit, self.named))

    @late
    def fields(self) -> tuple[Field, ...]:
        """The searchable fields; seldom asked for again after the first search."""
        return fields_of(self.line)

    @late
    def names_something(self) -> bool:
        """Whether something has the shape of our references."""
        return self._names_number or bool(self._codes)

    @late
    def _names_number(self) -> bool:
        return self._index.names_number(self.fields)

    @late
    def _codes(self) -> tuple[str, ...]:
        return self._index.codes_in(self.fields)

    def names_another(self, payment: PaymentFacts) -> bool:
        """Tell whether something of that shape is not even one slip from the payment's own."""
        if self._names_number:
            return True
        ours = [each.folded for each in payment.identifiers] if self._codes else []
        return any(
            not any(code == each or one_slip_apart(code, each) for each in ours)
            for code in self._codes
        )

    @late
    def phones(self) -> LinePhones:
        """The telephone numbers."""
        return phones_in(self.line)

    def shows_phone(self, national: str) -> bool:
        """Tell whether a national number stands in the line in full."""
        return stands_as_word(national, self.line.text) or self.phones.shows(national)

    @late
    def counterparty(self) -> tuple[str, ...]:
        """The words of the payer's name, where the line has a field for it."""
        return _name_of(self.line.counterparty)

    @late
    def text_words(self) -> frozenset[str]:
        """The words of the text."""
        return frozenset(self._words)

    @late
    def cut_words(self) -> tuple[str, ...]:
        """The words of a text that may end inside one of them."""
        return self._words if _may_be_cut(self.line.text) else ()

    @late
    def _words(self) -> tuple[str, ...]:
        return name_words(self.line.text)


class PaymentFacts:
    """A payment and its payer: the nine digits of the phone, and the words of the name.

    Most are only compared by amount, day and payer; the rest is read when first asked for.
    """

    def __init__(self, books: Books, place: int, name: tuple[str, ...]) -> None:
        self._books = books
        self._columns = columns = books.columns
        self._place = place
        self.payment_id = columns.payment_ids[place]
        self.day = columns.days[place]
        self.amount_minor = columns.amounts_minor[place]
        self.currency = columns.currencies[place]
        self.customer_name = columns.customer_names[place]
        self.name = name

    @late
    def national(self) -> str:
        """The nine national digits of the phone, "" where it has none."""
        return self._books.national(self._place)

    @property
    def method(self) -> str:
        """How it was paid."""
        return self._columns.methods[self._place]

    @property
    def transaction_id(self) -> str:
        """The network's id."""
        return self._columns.transaction_ids[self._place]

    @property
    def account_number(self) -> str:
        """The account it was paid from."""
        return self._columns.account_numbers[self._place]

    @property
    def refunded(self) -> tuple[OpenRefund, ...]:
        """What was given back on it."""
        return self._columns.refunded.get(self._place, ())

    @late
    def payment(self) -> OpenPayment:
        """All of it."""
        return self._columns.payment(self._place)

    @property
    def called(self) -> str:
        """What a person knows it by: the weakest of its identifiers, or its id."""
        kinds = [(fold(written), written) for written in self._written() if written]
        for number in range(len(kinds) - 1, -1, -1):
            folded, written = kinds[number]
            is_first = all(folded != stronger for stronger, _ in kinds[:number])
            if len(folded) >= MIN_IN_OWN_FIELD and is_first:
                return written.strip()
        return self.payment_id

    @late
    def identifiers(self) -> tuple[Identifier, ...]:
        """The identifiers, strongest kind first; read when first asked for."""
        return identifiers_of(self.payment_id, self._written())

    def _written(self) -> tuple[str, ...]:
        """Return what each kind of identifier is, strongest first."""
        columns, place = self._columns, self._place
        return (
            columns.transaction_ids[place],
            columns.references[place],
            columns.invoice_numbers[place],
            columns.order_numbers[place],
        )


def _may_be_cut(text: str) -> bool:
    """Tell whether a text is as wide as a bank's column and ends inside a word or a name."""
    return len(text) >= _NARROWEST_COLUMN and text[-1].isalpha()


def fit_of(line: OpenLine, payment: PaymentFacts, fees: FeeModel) -> Fit:
    """Return how the amount fits; NONE for another currency or money going out."""
    if line.currency != payment.currency or line.amount_minor <= 0:
        return Fit.NONE
    difference = payment.amount_minor - line.amount_minor
    if difference == 0:
        return Fit.EXACT
    if difference < 0:
        return Fit.NONE
    return fit_of_less(line, payment.amount_minor, payment.method, fees)


def fit_of_less(line: OpenLine, amount_minor: int, method: str, fees: FeeModel) -> Fit:
    """Return how a line fits a payment of its currency that is more than it brings."""
    difference = amount_minor - line.amount_minor
    if difference == line.fee_minor:
        return Fit.STATED_FEE
    if difference == fees.fee_minor(method, amount_minor):
        return Fit.AGREED_FEE
    if fees.is_small(amount_minor, difference):
        return Fit.SMALL_DIFFERENCE
    return Fit.NONE


def names_agree(line: LineFacts, payment: PaymentFacts) -> Agreement:
    """Compare the payment's customer with the line's counterparty or text."""
    return name_agrees(line, payment.name)


def name_agrees(line: LineFacts, customer: tuple[str, ...]) -> Agreement:
    """Compare a customer's name with the line's counterparty, or where it has none, its text."""
    if len(line.counterparty) >= MIN_WORDS:
        return compare_names(customer, line.counterparty)
    return compare(customer, line.counterparty, line.text_words, line.cut_words)


def shows_payer(line: LineFacts, payment: PaymentFacts) -> bool:
    """Tell whether a line shows the phone or the name of the payment's payer."""
    shown = bool(payment.national) and line.phones.shows(payment.national)
    return shown or names_agree(line, payment) is Agreement.AGREES


def other_transaction(line: OpenLine, payment: PaymentFacts) -> bool:
    """Tell whether the network's id on the line is another than the payment's own.

    Only ids of one form are compared: a bank has its own for money that a network moved.
    """
    theirs = fold(line.transaction_id)
    if len(theirs) < _MIN_TRANSACTION:
        return False
    ours = fold(payment.transaction_id)
    if theirs == ours or len(ours) < _MIN_TRANSACTION:
        return False
    if theirs.isdigit() and ours.isdigit():
        return abs(len(theirs) - len(ours)) <= 1
    return len(theirs) == len(ours) and theirs[:2] == ours[:2] and theirs[:2].isalpha()


def days_after(line: OpenLine, payment: PaymentFacts) -> int:
    """Return how many days after the payment the line is booked; negative before it."""
    return (line.day - payment.day).days
