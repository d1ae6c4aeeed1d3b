"""The sentences that explain a decision."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from core.matching.facts import (
    LineFacts,
    PaymentFacts,
    days_after,
    names_agree,
)
from core.matching.identifiers import Hit, IdentifierKind
from core.matching.names import Agreement
from core.matching.records import OpenLine
from core.money import display

if TYPE_CHECKING:
    from core.matching.damage import NearHit

_display = lru_cache(maxsize=10_000)(display)
"""Prices repeat: each is written once."""


def named(hit: Hit) -> str:
    """Say which identifier stands in the line."""
    identifier = hit.identifier
    return stands(identifier.kind, identifier.written, as_written=hit.as_written)


def stands(kind: IdentifierKind, written: str, *, as_written: bool) -> str:
    """Say that an identifier stands in the line."""
    how = "stands in the text" if as_written else "stands in the text, written differently"
    return f"{kind.words} {written} {how}"


def nearly_named(hit: NearHit) -> str:
    """Say which identifier the line seems to mean."""
    identifier = hit.identifier
    return f"{identifier.kind.words} {identifier.written} is meant by “{hit.seen}” ({hit.damage})"


def not_meant(named: PaymentFacts, hit: Hit) -> str:
    """Say that what the line names literally is another amount and payer, and why it is out."""
    money = display(named.amount_minor, named.currency)
    return f"{hit.identifier.written} itself is another payer's {money} and is not open"


def amount(line: OpenLine, payment: PaymentFacts) -> str:
    """Say how the amounts compare."""
    difference = payment.amount_minor - line.amount_minor
    if difference == 0:
        return equal_amount(line.amount_minor, line.currency)
    if difference > 0 and difference == line.fee_minor:
        fee = _display(difference, line.currency)
        return f"amount equal after the fee the statement states: {fee}"
    size = _display(abs(difference), line.currency)
    return f"the statement shows {size} {'less' if difference > 0 else 'more'} than recorded"


@lru_cache(maxsize=10_000)
def equal_amount(amount_minor: int, currency: str) -> str:
    """Say that the amounts are the same."""
    return f"amount equal: {_display(amount_minor, currency)}"


def time(line: OpenLine, payment: PaymentFacts) -> str:
    """Say how long after the payment the line is booked."""
    return delay(days_after(line, payment))


@lru_cache(maxsize=1_000)
def delay(days: int) -> str:
    """Say how many days after the payment a line is booked."""
    if days == 0:
        return "same day"
    unit = "day" if abs(days) == 1 else "days"
    return f"{abs(days)} {unit} {'after' if days > 0 else 'before'} the payment"


def payer(line: LineFacts, payment: PaymentFacts) -> tuple[str, ...]:
    """Say what the payer's phone and name add, if anything."""
    customer = payment.customer_name
    return (*phone(line, payment.national), *name(line, customer, names_agree(line, payment)))


def phone(line: LineFacts, national: str) -> tuple[str, ...]:
    """Say what the phones of a line add about a customer's, if anything."""
    if not national:
        return ()
    if line.shows_phone(national):
        return (f"payer's phone 0{national} stands in the text",)
    phones = line.phones
    if not (phones.full or phones.masked):
        return ()
    if phones.may_show(national):
        return (f"the masked phone fits 0{national}",)
    return (f"another payer's phone stands in the text, not 0{national}",)


def name(line: LineFacts, customer: str, agreement: Agreement) -> tuple[str, ...]:
    """Say what the payer's name adds about a customer's, if anything."""
    if agreement is Agreement.AGREES:
        return (f"payer's name agrees: {customer}",)
    if agreement is Agreement.DIFFERS:
        return (f"the payer is {line.line.counterparty}, the customer {customer}",)
    return ()


def circumstances(line: LineFacts, payment: PaymentFacts) -> tuple[str, ...]:
    """Say amount, payer and time, in this order."""
    return (
        amount(line.line, payment),
        *payer(line, payment),
        time(line.line, payment),
    )


def about(line: LineFacts, payment: PaymentFacts) -> str:
    """Say of one payment among several what speaks for and against it."""
    facts = [*payer(line, payment), time(line.line, payment)]
    if payment.amount_minor != line.line.amount_minor:
        facts.insert(0, amount(line.line, payment))
    return f"{payment.called}: {', '.join(facts)}"
