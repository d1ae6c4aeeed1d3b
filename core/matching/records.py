"""What goes into the matcher and what comes out: plain values, no database rows.

Amounts are whole minor units of ``currency``; a line's amount is signed, money in being positive.
Days are calendar days of the shop.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from core.matching.values import value_class

if TYPE_CHECKING:
    from core.matching.read_identifiers import ReadIdentifiers


class MatchKind(StrEnum):
    """What a proposal says the lines and payments have to do with each other."""

    ONE_TO_ONE = "one_to_one"
    FEE_NET = "fee_net"
    SETTLEMENT = "settlement"
    SPLIT = "split"
    REVERSAL = "reversal"
    REFUND = "refund"
    BANK_CHARGE = "bank_charge"


@value_class(frozen=True, slots=True)
class OpenLine:
    """A statement line that no payment is tied to yet.

    ``text`` is the description and whatever else the file says; ``phone`` is digits, perhaps
    masked (``2507****123``); ``fee_minor`` is the fee the file itself states for the line.
    """

    line_id: int
    day: date
    amount_minor: int
    currency: str = "RWF"
    text: str = ""
    reference: str = ""
    transaction_id: str = ""
    counterparty: str = ""
    phone: str = ""
    fee_minor: int = 0


@value_class(frozen=True, slots=True)
class OpenRefund:
    """Money given back on a payment, whose debit line may be on the statement."""

    refund_id: str
    amount_minor: int
    day: date
    transaction_id: str = ""


@value_class(frozen=True, slots=True)
class OpenPayment:
    """A recorded payment that no statement line proves yet.

    ``day`` is the shop day it was paid, or created where that is not known; ``phone`` is E.164.
    A ``reconciled`` one is already proved: it is given only so that refunds, reversals and second
    payments of it are recognised, and is never matched again.
    """

    payment_id: str
    day: date
    amount_minor: int
    currency: str = "RWF"
    method: str = ""
    transaction_id: str = ""
    reference: str = ""
    invoice_number: str = ""
    order_number: str = ""
    phone: str = ""
    customer_name: str = ""
    account_number: str = ""
    refunded: tuple[OpenRefund, ...] = ()
    reconciled: bool = False


@dataclass(frozen=True, slots=True)
class PaymentColumns:
    """Open payments, one list per field of :class:`OpenPayment`; the same place, the same payment.

    ``refunded`` and ``reconciled`` hold places, as both are rare. ``read_identifiers`` is what was
    read of the identifiers on the way, of all payments in their order, or nothing.
    """

    payment_ids: list[str] = field(default_factory=list)
    days: list[date] = field(default_factory=list)
    amounts_minor: list[int] = field(default_factory=list)
    currencies: list[str] = field(default_factory=list)
    methods: list[str] = field(default_factory=list)
    transaction_ids: list[str] = field(default_factory=list)
    references: list[str] = field(default_factory=list)
    invoice_numbers: list[str] = field(default_factory=list)
    order_numbers: list[str] = field(default_factory=list)
    phones: list[str] = field(default_factory=list)
    customer_names: list[str] = field(default_factory=list)
    account_numbers: list[str] = field(default_factory=list)
    refunded: dict[int, tuple[OpenRefund, ...]] = field(default_factory=dict)
    reconciled: set[int] = field(default_factory=set)
    read_identifiers: list[ReadIdentifiers] = field(default_factory=list, repr=False, compare=False)

    @property
    def identifiers(self) -> tuple[list[str], ...]:
        """Return the columns of identifiers, one per kind, the strongest first."""
        return (
            self.transaction_ids,
            self.references,
            self.invoice_numbers,
            self.order_numbers,
        )

    def __len__(self) -> int:
        """Return how many payments there are."""
        return len(self.payment_ids)

    @classmethod
    def of(cls, payments: Iterable[OpenPayment]) -> PaymentColumns:
        """Return payments as columns, by id."""
        columns = cls()
        for place, each in enumerate(sorted(payments, key=lambda payment: payment.payment_id)):
            columns.payment_ids.append(each.payment_id)
            columns.days.append(each.day)
            columns.amounts_minor.append(each.amount_minor)
            columns.currencies.append(each.currency)
            columns.methods.append(each.method)
            columns.transaction_ids.append(each.transaction_id)
            columns.references.append(each.reference)
            columns.invoice_numbers.append(each.invoice_number)
            columns.order_numbers.append(each.order_number)
            columns.phones.append(each.phone)
            columns.customer_names.append(each.customer_name)
            columns.account_numbers.append(each.account_number)
            if each.refunded:
                columns.refunded[place] = each.refunded
            if each.reconciled:
                columns.reconciled.add(place)
        return columns

    def payment(self, place: int) -> OpenPayment:
        """Return one payment."""
        return OpenPayment(
            self.payment_ids[place],
            self.days[place],
            self.amounts_minor[place],
            self.currencies[place],
            self.methods[place],
            self.transaction_ids[place],
            self.references[place],
            self.invoice_numbers[place],
            self.order_numbers[place],
            self.phones[place],
            self.customer_names[place],
            self.account_numbers[place],
            self.refunded.get(place, ()),
            place in self.reconciled,
        )


@value_class(frozen=True, slots=True)
class Proposal:
    """A decision about some lines and payments, with its reasons in plain words.

    ``difference_minor`` is the recorded amount less what the statement shows (a fee, mostly).
    ``ambiguous`` says that nothing tells the members of the set apart: a person chooses.
    """

    line_ids: tuple[int, ...]
    payment_ids: tuple[str, ...]
    kind: MatchKind
    automatic: bool
    confidence: int
    reasons: tuple[str, ...]
    difference_minor: int = 0
    ambiguous: bool = False


@value_class(frozen=True, slots=True)
class GivenUp:
    """A line whose payments were too many to search, in words for the person who has to look."""

    line_id: int
    reason: str


@value_class(frozen=True, slots=True)
class MatchingResult:
    """Everything the matcher decided, in a stable order.

    ``matches`` need no person, ``suggestions`` do. A line or payment in a suggestion only is
    also in the unmatched lists: nothing is settled about it. ``given_up`` tells, at most once for
    a line, that a search was too large to be made.
    """

    matches: tuple[Proposal, ...]
    suggestions: tuple[Proposal, ...]
    unmatched_line_ids: tuple[int, ...]
    unmatched_payment_ids: tuple[str, ...]
    given_up: tuple[GivenUp, ...] = ()
