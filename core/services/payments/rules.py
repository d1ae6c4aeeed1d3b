"""What a cashier enters for a payment, and what must have been seen before it counts as paid."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.database.lock_order import Lock
from core.database.unit_of_work import UnitOfWork
from core.errors import ConflictError, InvalidInputError
from core.model.customers import TaxClass
from core.model.payments import (
    ASKED_TRANSACTION_STATUSES,
    PAYMENT_TRANSITIONS,
    Payment,
    PaymentMethod,
    PaymentStatus,
    PaymentType,
    TransactionStatus,
)
from core.money import DEFAULT_CURRENCY, MAX_MINOR, display, require_currency
from core.permissions import Actor, Permission
from core.phones import network_of, normalize_phone
from core.services.session import KeyedCommand


@dataclass(frozen=True, slots=True)
class SaleLine:
    """One article sold; the price includes tax."""

    description: str
    quantity: int
    unit_price_minor: int
    tax_class: TaxClass = TaxClass.STANDARD


@dataclass(frozen=True, slots=True)
class RecordPayment(KeyedCommand):
    """What a cashier enters for a new payment.

    ``complete_now`` says that the money has been seen: counted in cash, approved on the card
    terminal, or found at the bank under ``transaction_id``. Mobile money is always an intent, and
    points are always spent at once;
    ``again`` says that a sale its network has already confirmed is charged once more on purpose.
    """

    method: PaymentMethod
    amount_minor: int
    currency: str = DEFAULT_CURRENCY
    payment_type: PaymentType = PaymentType.ORDER_PAYMENT
    transaction_reference: str = ""
    order_number: str = ""
    customer_name: str = ""
    phone_number: str = ""
    account_number: str = ""
    customer_notes: str = ""
    tendered_minor: int | None = None
    card_approval_code: str = ""
    card_last4: str = ""
    transaction_id: str = ""
    complete_now: bool = False
    lines: tuple[SaleLine, ...] = ()
    again: bool = False


@dataclass(frozen=True, slots=True)
class CompletePayment(KeyedCommand):
    """What was seen when the money arrived; ``note`` is the reason when a manager says so."""

    payment_id: str
    tendered_minor: int | None = None
    card_approval_code: str = ""
    card_last4: str = ""
    transaction_id: str = ""
    note: str = ""


def checked_recording(command: RecordPayment) -> RecordPayment:
    """Return the command with its fields in stored form, or say which cannot be used."""
    require_currency(command.currency)
    if not 0 < command.amount_minor <= MAX_MINOR:
        raise InvalidInputError("Type an amount above zero.", field="amount")
    method = command.method
    phone = normalize_phone(command.phone_number) if command.phone_number.strip() else ""
    if not method.is_money:
        command = _checked_points(command, phone)
    if method.is_mobile_money:
        if not phone:
            raise InvalidInputError("Type the customer's telephone number.", field="phone")
        if command.complete_now:
            raise InvalidInputError(
                "Nothing was recorded. Mobile money is confirmed by the network, not at the desk."
            )
    _check_tendered(command.tendered_minor, command.amount_minor, command.currency)
    if command.complete_now:
        _require_proof(
            method,
            command.amount_minor,
            command.currency,
            tendered_minor=command.tendered_minor,
            approval_code=command.card_approval_code,
            transaction_id=command.transaction_id,
        )
    _check_card(command.card_last4, command.card_approval_code)
    for line in command.lines:
        if line.quantity < 1 or line.unit_price_minor < 0 or not line.description.strip():
            raise InvalidInputError("Each line needs a name, a number and a price.", field="lines")
    if command.lines and _lines_total(command.lines) != command.amount_minor:
        raise InvalidInputError("The lines do not add up to the amount.", field="lines")
    return replace(command, phone_number=phone)


def _checked_points(command: RecordPayment, phone: str) -> RecordPayment:
    """Points are there or not: such a payment is completed at once, and of type loyalty."""
    if not phone and not command.customer_name.strip():
        raise InvalidInputError("Type the customer's telephone number or name.", field="phone")
    return replace(command, payment_type=PaymentType.LOYALTY, complete_now=True)


def _lines_total(lines: Sequence[SaleLine]) -> int:
    return sum(line.quantity * line.unit_price_minor for line in lines)


def _require_proof(
    method: PaymentMethod,
    amount_minor: int,
    currency: str,
    *,
    tendered_minor: int | None,
    approval_code: str,
    transaction_id: str,
    note: str = "",
) -> None:
    """Refuse to call a payment received without what must have been seen for its method.

    Where a slip or a bank's reference is not at hand, a note says in words what was seen.
    """
    if method is PaymentMethod.CASH and tendered_minor is None:
        raise InvalidInputError("Type the amount the customer gave.", field="tendered")
    _check_tendered(tendered_minor, amount_minor, currency)
    if note.strip():
        return
    if method is PaymentMethod.CARD and not approval_code.strip():
        raise InvalidInputError("Type the approval code from the card slip.", field="approval_code")
    if method is PaymentMethod.BANK_TRANSFER and not transaction_id.strip():
        raise InvalidInputError("Type the bank's reference.", field="transaction_id")


def _check_tendered(tendered_minor: int | None, amount_minor: int, currency: str) -> None:
    if tendered_minor is None:
        return
    if tendered_minor < amount_minor:
        raise InvalidInputError(
            f"The customer gave {display(tendered_minor, currency)}, which is"
            f" {display(amount_minor - tendered_minor, currency)} too little.",
            field="tendered",
        )
    if tendered_minor > MAX_MINOR:
        raise InvalidInputError("No customer gives that much.", field="tendered")


def holds_card_number(text: str) -> bool:
    """Tell whether so many digits follow each other that they may be a card's whole number."""
    return re.search(r"(?:\d[ -]?){12}", text) is not None


def _check_card(last4: str, approval_code: str) -> None:
    if holds_card_number(approval_code):
        raise InvalidInputError(
            "This looks like a card's number, which is never kept: type the approval code.",
            field="approval_code",
        )
    if last4 and not re.fullmatch(r"\d{4}", last4):
        raise InvalidInputError(
            "Only the last 4 digits of a card are kept, never more.", field="card_last4"
        )


def check_evidence(actor: Actor, payment: Payment, command: CompletePayment) -> None:
    """Refuse to complete a payment without what must have been seen for its method."""
    if payment.payment_method.is_mobile_money:
        actor.require(Permission.COMPLETE_BY_HAND)
        if not command.note.strip():
            raise InvalidInputError(
                "Nothing was changed. Write why this mobile-money payment is completed by hand.",
                field="note",
            )
    if PaymentStatus.COMPLETED not in PAYMENT_TRANSITIONS[payment.status]:
        return  # the transition itself refuses, with the state in words
    _check_card(command.card_last4, command.card_approval_code)
    _require_proof(
        payment.payment_method,
        payment.amount_minor,
        payment.currency,
        tendered_minor=command.tendered_minor
        if command.tendered_minor is not None
        else payment.tendered_minor,
        approval_code=command.card_approval_code or payment.card_approval_code,
        transaction_id=command.transaction_id or payment.transaction_id or "",
        note=command.note,
    )


def take_evidence(unit: UnitOfWork, payment: Payment, command: CompletePayment) -> None:
    """Keep with the payment what was seen when the money arrived."""
    if command.tendered_minor is not None:
        payment.tendered_minor = command.tendered_minor
    if command.card_approval_code:
        payment.card_approval_code = command.card_approval_code.strip()
    if command.card_last4:
        payment.card_last4 = command.card_last4
    if command.transaction_id.strip():
        refuse_used_transaction(
            unit, payment.payment_method, command.transaction_id.strip(), but=payment.payment_id
        )
        payment.transaction_id = command.transaction_id.strip()


def payment_with_transaction(
    session: Session, method: PaymentMethod, transaction_id: str, *, but: str = ""
) -> str | None:
    """Return the payment that a network's or bank's id belongs to, in capitals or not."""
    found = session.execute(
        select(Payment.payment_id, Payment.payment_method).where(
            Payment.transaction_id.in_(
                {transaction_id, transaction_id.upper(), transaction_id.lower()}
            ),
            Payment.payment_id != but,
        )
    )
    # Compared here: asked for both, SQLite may walk through all payments of the method.
    return next((payment_id for payment_id, of_method in found if of_method is method), None)


def refuse_used_transaction(
    unit: UnitOfWork, method: PaymentMethod, transaction_id: str, *, but: str = ""
) -> None:
    """Refuse a network's or bank's id that already confirmed another sale, in capitals or not."""
    unit.lock(Lock.TRANSACTION, f"{method} {transaction_id.casefold()}")
    other = payment_with_transaction(unit.session, method, transaction_id, but=but)
    if other is not None:
        raise ConflictError(
            f"Nothing was changed. {transaction_id} already belongs to payment {other}."
        )


def refuse_points_on_statement(payment: Payment, fact: str) -> None:
    """Refuse to prove a payment made with points by a statement, which shows money only."""
    if not payment.payment_method.is_money:
        raise ConflictError(f"{fact} It was paid with points, which stand on no statement.")


def refuse_while_network_may_answer(
    actor: Actor, payment: Payment, wanted: PaymentStatus, note: str
) -> None:
    """A network that was asked may still take the money: only its answer ends the payment.

    Where it gives none, a manager who looked at the network's own books decides, with a reason.
    """
    if (
        not payment.payment_method.is_mobile_money
        or payment.transaction_status not in ASKED_TRANSACTION_STATUSES
    ):
        return
    # Without a request of this program's own, as after an import, no answer will ever come.
    is_left_to_people = (
        payment.transaction_status is TransactionStatus.UNRESOLVED or not payment.attempts
    )
    if not is_left_to_people or wanted is not PaymentStatus.FAILED:
        raise ConflictError(
            "Nothing was changed. The network was already asked, so the customer may still be"
            " charged; wait for its answer."
        )
    actor.require(Permission.COMPLETE_BY_HAND)
    if not note.strip():
        raise InvalidInputError(
            "Nothing was changed. Write where you saw that no money came.", field="note"
        )


def suggested_method(phone_number: str) -> PaymentMethod | None:
    """Return the mobile-money channel a telephone number hints at, for preselection only."""
    try:
        network = network_of(normalize_phone(phone_number))
    except InvalidInputError:
        return None
    return {
        "MTN": PaymentMethod.MTN_MOBILE_MONEY,
        "AIRTEL": PaymentMethod.AIRTEL_MONEY,
    }.get(network or "")
