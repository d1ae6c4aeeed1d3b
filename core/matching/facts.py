"""What is known about each line and payment, worked out once before the passes begin."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from core.matching.fees import FeeModel
from core.matching.identifiers import (
    Field,
    Hit,
    Identifier,
    IdentifierIndex,
    fields_of,
    fold,
    identifiers_of,
)
from core.matching.names import Agreement, compare, name_words
from core.matching.phones import LinePhones, national_number, phones_in
from core.matching.records import OpenLine, OpenPayment

CLOCK_SLACK_DAYS = 1
"""A network's day may end before the shop's: allowed with a unique identifier only."""


_NARROWEST_COLUMN = 30
_MIN_TRANSACTION = 6


class Fit(IntEnum):
    """How a line's amount fits a payment's, best first."""

    EXACT = 0
    STATED_FEE = 1
    AGREED_FEE = 2
    SMALL_DIFFERENCE = 3
    NONE = 4


@dataclass(frozen=True, slots=True)
class LineFacts:
    """A line, its searchable fields and what they name."""

    line: OpenLine
    fields: tuple[Field, ...]
    hits: tuple[Hit, ...]
    names_something: bool
    phones: LinePhones
    counterparty: tuple[str, ...]
    text_words: frozenset[str]
    cut_words: tuple[str, ...] = ()

    @property
    def line_id(self) -> int:
        """The line's own id."""
        return self.line.line_id


@dataclass(frozen=True, slots=True)
class PaymentFacts:
    """A payment, its identifiers and its payer."""

    payment: OpenPayment
    identifiers: tuple[Identifier, ...]
    national: str
    name: tuple[str, ...]

    @property
    def payment_id(self) -> str:
        """The payment's own id."""
        return self.payment.payment_id


def facts_of(payment: OpenPayment, name: tuple[str, ...]) -> PaymentFacts:
    """Return the facts of a payment whose customer's name has these words."""
    return PaymentFacts(
        payment=payment,
        identifiers=identifiers_of(payment),
        national=national_number(payment.phone),
        name=name,
    )


def line_facts(lines: Iterable[OpenLine], index: IdentifierIndex) -> dict[int, LineFacts]:
    """Return the facts of each line by its id, in the order given."""
    facts = {}
    for line in lines:
        fields, words = fields_of(line), name_words(line.text)
        facts[line.line_id] = LineFacts(
            line=line,
            fields=fields,
            hits=index.find(fields),
            names_something=index.names_something(fields),
            phones=phones_in(line),
            counterparty=name_words(line.counterparty),
            text_words=frozenset(words),
            cut_words=words if _may_be_cut(line.text) else (),
        )
    return facts


def _may_be_cut(text: str) -> bool:
    """Tell whether a text is as wide as a bank's column and ends inside a word or a name."""
    return len(text) >= _NARROWEST_COLUMN and text[-1].isalpha()


def fit_of(line: OpenLine, payment: OpenPayment, fees: FeeModel) -> Fit:
    """Return how the amount fits; NONE for another currency or money going out."""
    if line.currency != payment.currency or line.amount_minor <= 0:
        return Fit.NONE
    difference = payment.amount_minor - line.amount_minor
    if difference == 0:
        return Fit.EXACT
    if difference < 0:
        return Fit.NONE
    if difference == line.fee_minor:
        return Fit.STATED_FEE
    if difference == fees.fee_minor(payment.method, payment.amount_minor):
        return Fit.AGREED_FEE
    if fees.is_small(payment.amount_minor, difference):
        return Fit.SMALL_DIFFERENCE
    return Fit.NONE


def names_agree(line: LineFacts, payment: PaymentFacts) -> Agreement:
    """Compare the payment's customer with the line's counterparty or text."""
    return compare(payment.name, line.counterparty, line.text_words, line.cut_words)


def other_transaction(line: OpenLine, payment: OpenPayment) -> bool:
    """Tell whether the network's id on the line is another than the payment's own.

    Only ids of one form are compared: a bank has its own for money that a network moved.
    """
    theirs, ours = fold(line.transaction_id), fold(payment.transaction_id)
    if theirs == ours or min(len(theirs), len(ours)) < _MIN_TRANSACTION:
        return False
    if theirs.isdigit() and ours.isdigit():
        return abs(len(theirs) - len(ours)) <= 1
    return len(theirs) == len(ours) and theirs[:2] == ours[:2] and theirs[:2].isalpha()


def days_after(line: OpenLine, payment: OpenPayment) -> int:
    """Return how many days after the payment the line is booked; negative before it."""
    return (line.day - payment.day).days
