"""The sentences that explain a decision."""

from __future__ import annotations

from core.matching.damage import NearHit
from core.matching.facts import (
    LineFacts,
    PaymentFacts,
    days_after,
    names_agree,
)
from core.matching.identifiers import Hit
from core.matching.names import Agreement
from core.matching.records import OpenLine, OpenPayment
from core.money import display


def named(hit: Hit) -> str:
    """Say which identifier stands in the line."""
    identifier = hit.identifier
    how = "stands in the text" if hit.as_written else "stands in the text, written differently"
    return f"{identifier.kind.words} {identifier.written} {how}"


def nearly_named(hit: NearHit) -> str:
    """Say which identifier the line seems to mean."""
    identifier = hit.identifier
    return f"{identifier.kind.words} {identifier.written} is meant by “{hit.seen}” ({hit.damage})"


def not_meant(named: PaymentFacts, hit: Hit) -> str:
    """Say that what the line names literally is another amount and payer, and why it is out."""
    money = display(named.payment.amount_minor, named.payment.currency)
    return f"{hit.identifier.written} itself is another payer's {money} and is not open"


def amount(line: OpenLine, payment: OpenPayment) -> str:
    """Say how the amounts compare."""
    difference = payment.amount_minor - line.amount_minor
    if difference == 0:
        return f"amount equal: {display(line.amount_minor, line.currency)}"
    if difference > 0 and difference == line.fee_minor:
        fee = display(difference, line.currency)
        return f"amount equal after the fee the statement states: {fee}"
    size = display(abs(difference), line.currency)
    return f"the statement shows {size} {'less' if difference > 0 else 'more'} than recorded"


def time(line: OpenLine, payment: OpenPayment) -> str:
    """Say how long after the payment the line is booked."""
    days = days_after(line, payment)
    if days == 0:
        return "same day"
    unit = "day" if abs(days) == 1 else "days"
    return f"{abs(days)} {unit} {'after' if days > 0 else 'before'} the payment"


def payer(line: LineFacts, payment: PaymentFacts) -> tuple[str, ...]:
    """Say what the payer's phone and name add, if anything."""
    sentences = []
    if payment.national and line.phones.shows(payment.national):
        sentences.append(f"payer's phone 0{payment.national} stands in the text")
    elif payment.national and line.phones.may_show(payment.national):
        sentences.append(f"the masked phone fits 0{payment.national}")
    elif line.phones.shows_another(payment.national):
        sentences.append(f"another payer's phone stands in the text, not 0{payment.national}")
    agreement = names_agree(line, payment)
    if agreement is Agreement.AGREES:
        sentences.append(f"payer's name agrees: {payment.payment.customer_name}")
    elif agreement is Agreement.DIFFERS:
        sentences.append(
            f"the payer is {line.line.counterparty}, the customer {payment.payment.customer_name}"
        )
    return tuple(sentences)


def circumstances(line: LineFacts, payment: PaymentFacts) -> tuple[str, ...]:
    """Say amount, payer and time, in this order."""
    return (
        amount(line.line, payment.payment),
        *payer(line, payment),
        time(line.line, payment.payment),
    )


def about(line: LineFacts, payment: PaymentFacts) -> str:
    """Say of one payment among several what speaks for and against it."""
    name = payment.identifiers[-1].written if payment.identifiers else payment.payment_id
    facts = [*payer(line, payment), time(line.line, payment.payment)]
    if payment.payment.amount_minor != line.line.amount_minor:
        facts.insert(0, amount(line.line, payment.payment))
    return f"{name}: {', '.join(facts)}"
