"""The lines an invoice or a credit note bears: the goods, or a part's share of each tax class."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Any, Self

from core.documents.phrases import Phrases
from core.model.customers import Order, TaxClass
from core.model.invoices import CreditNoteLine, InvoiceLine
from core.model.payments import Payment
from core.services.papers.tax_shares import (
    Share,
    Shares,
    add_up,
    left_of,
    part_of,
    proportion,
    standard_share,
    tax_inside,
)


@dataclass(frozen=True, slots=True)
class PaperLine:
    """One line before it stands on a paper; prices include ``tax_minor``."""

    description: str
    quantity: int
    unit_price_minor: int
    total_minor: int
    tax_class: TaxClass
    tax_minor: int

    @classmethod
    def of_goods(
        cls, description: str, quantity: int, unit_price_minor: int, tax_class: TaxClass
    ) -> Self:
        """Return the line of so many of one article."""
        total_minor = quantity * unit_price_minor
        tax_minor = tax_inside(tax_class, total_minor)
        return cls(description, quantity, unit_price_minor, total_minor, tax_class, tax_minor)

    def as_row(self) -> dict[str, Any]:
        """Return the columns of a paper's line that the line itself knows."""
        return {each.name: getattr(self, each.name) for each in fields(self)}


Kept = InvoiceLine | CreditNoteLine | PaperLine


def sale_lines(payment: Payment, words: Phrases) -> list[PaperLine]:
    """Return what a payment's invoice bears, in the words of its language.

    The whole price of an order: its articles. A part of it: one line for each tax class, with
    the part's share of what the order's other invoices have left.
    """
    order = payment.order
    if order is None:
        return [_alone(_name_without_order(payment, words), payment.amount_minor)]
    goods = [
        PaperLine.of_goods(line.description, line.quantity, line.unit_price_minor, line.tax_class)
        for line in order.lines
    ]
    if goods and payment.amount_minor == order.total_minor == _total(goods):
        return goods
    if not goods and payment.amount_minor == order.total_minor:
        return [_alone(words.order.format(number=order.order_number), payment.amount_minor)]
    whole = _whole(order, goods)
    shares = part_of(payment.amount_minor, left=left_of(whole, _taken(payment)), whole=whole)
    return by_class(words.part_of_order.format(number=order.order_number), shares)


def refund_lines(payment: Payment, amount_minor: int, words: Phrases) -> list[PaperLine]:
    """Return what the credit note of a refund bears.

    All of a price at once: the invoice's own lines. A part: its share of each tax class, so that
    what all notes give back is never more than the invoice and, at the end, exactly it.
    """
    sold: Sequence[Kept] = payment.invoice.lines if payment.invoice else ()
    sold = sold or sale_lines(payment, words)
    notes = [r.credit_note for r in payment.refund_requests if r.credit_note is not None]
    if not notes and amount_minor == _total(sold):
        return [_copied(line) for line in sold]
    given_back = shares_of(line for note in notes for line in note.lines)
    left = left_of(shares_of(sold), given_back)
    shares = part_of(amount_minor, left=left, whole=shares_of(sold))
    return by_class(words.part_of_price, shares)


def _whole(order: Order, goods: Sequence[PaperLine]) -> Shares:
    if not goods:
        return standard_share(order.total_minor)
    shares = shares_of(goods)
    return shares if _total(goods) == order.total_minor else proportion(order.total_minor, shares)


def _taken(payment: Payment) -> Shares:
    """Return what the order's other invoices bear, less what was given back on them."""
    order = payment.order
    others = [p for p in order.payments if p is not payment] if order else []
    live = [
        (other, other.invoice)
        for other in others
        if other.invoice is not None and other.invoice.void_date is None
    ]
    borne = shares_of(line for _, invoice in live for line in invoice.lines)
    given_back = shares_of(
        line
        for other, _ in live
        for refund in other.refund_requests
        if refund.credit_note is not None
        for line in refund.credit_note.lines
    )
    return left_of(borne, given_back)


def shares_of(lines: Iterable[Kept]) -> Shares:
    """Return what lines add up to by tax class."""
    return add_up((line.tax_class, Share(line.total_minor, line.tax_minor)) for line in lines)


def by_class(description: str, shares: Shares) -> list[PaperLine]:
    """Return one line for each tax class of a part."""
    return [
        PaperLine(description, 1, share.total_minor, share.total_minor, tax_class, share.tax_minor)
        for tax_class, share in sorted(shares.items(), key=lambda item: item[0].value)
    ]


def _alone(description: str, amount_minor: int) -> PaperLine:
    standard = TaxClass.STANDARD
    tax_minor = tax_inside(standard, amount_minor)
    return PaperLine(description, 1, amount_minor, amount_minor, standard, tax_minor)


def _name_without_order(payment: Payment, words: Phrases) -> str:
    if payment.subscription is not None:
        return f"{words.subscription} {payment.subscription.subscription_number}"
    return payment.transaction_reference or words.sale


def _copied(line: Kept) -> PaperLine:
    return PaperLine(
        line.description,
        line.quantity,
        line.unit_price_minor,
        line.total_minor,
        line.tax_class,
        line.tax_minor,
    )


def _total(lines: Sequence[Kept]) -> int:
    return sum(line.total_minor for line in lines)
