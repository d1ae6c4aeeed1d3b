"""Taking payments: record, complete, fail, cancel, and the actions on many at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.database.lock_order import Lock
from core.database.unit_of_work import Database, UnitOfWork
from core.errors import ConflictError, InvalidInputError, KnownError, NotFoundError
from core.model.customers import Customer, Order
from core.model.journal import Topic
from core.model.payments import (
    PAYMENT_TRANSITIONS,
    Payment,
    PaymentMethod,
    PaymentStatus,
    TransactionStatus,
)
from core.model.people import TillSession
from core.model.providers import BankTransferProvider
from core.model.transitions import require_step
from core.money import major
from core.permissions import Actor, Permission
from core.services.customers.identity import survivor
from core.services.customers.order_rules import held_order, order_to_pay
from core.services.customers.payers import find_or_add_customer, known_customer
from core.services.gateways.accounts import GatewayAccounts, method_of
from core.services.gateways.attempts import close_attempt, open_collect
from core.services.mapping import payment_row
from core.services.matching.refusals import payment_taken
from core.services.papers.issuing import issue_invoice, next_invoice_number, settle_invoice
from core.services.payments.completion import before_completion, payment_ended
from core.services.payments.rules import (
    CompletePayment,
    RecordPayment,
    check_evidence,
    checked_recording,
    refuse_points_on_statement,
    refuse_used_transaction,
    refuse_while_network_may_answer,
    take_evidence,
)
from core.services.providers.forms import NETWORK_NAMES
from core.services.rows import Outcome, PaymentRow
from core.services.session import once

GATEWAY_NAMES = {method_of(network): name for network, name in NETWORK_NAMES.items()}


class PaymentService:
    """The verbs of a payment; each method is one unit of work.

    Without ``accounts`` no network is ever asked: mobile money stays an intent.
    """

    def __init__(self, database: Database, accounts: GatewayAccounts | None = None) -> None:
        self._database = database
        self._accounts = accounts

    def record(self, actor: Actor, command: RecordPayment) -> PaymentRow:
        """Write a new payment, completed at once when its money has been seen.

        The same key again returns the same payment.

        Raises:
            InvalidInputError: a field cannot be used; its name is on the error.
            NotAllowedError: the person may not take payments.
                The amount may not be more than what its order has left.
            ConflictError: the transaction id already belongs to another payment, the network was
                asked for the same sale and its answer is owed, or the order is cancelled.

        """
        self._database.require(actor, Permission.TAKE_PAYMENT)
        checked = checked_recording(command)
        account = self._accounts.in_use(checked.method) if self._accounts else None
        with self._database.write(actor, beside_others=True) as unit:

            def act() -> str:
                payment = _new_payment(unit, actor, checked)
                unit.session.add(payment)
                unit.session.flush()
                if account is not None and account.is_ready:
                    # What a placed order has left says by itself what may still be charged.
                    again = checked.again or (payment.order is not None and payment.order.is_placed)
                    open_collect(unit, payment, account, again=again)
                journal_recorded(unit, payment, again=checked.again)
                if checked.complete_now:
                    _complete(unit, payment, note="")
                unit.changed(Topic.PAYMENTS, payment.payment_id)
                return payment.payment_id

            payment_id, _ = once(unit, "payment:record", command, act)
            row = payment_row(_payment_of(unit, payment_id))
            unit.commit()
            return row

    def complete(self, actor: Actor, command: CompletePayment) -> PaymentRow:
        """Confirm that the money of a waiting payment was received; draws the invoice number.

        Raises:
            NotAllowedError: only a manager completes mobile money by hand.
            InvalidInputError: the evidence for the method is missing.
            ConflictError: the payment's state does not allow it.

        """
        self._database.require(actor, Permission.CONFIRM_PAYMENT)
        with self._database.write(actor, beside_others=True) as unit:

            def act() -> str:
                payment = held_payment(unit, command.payment_id)
                check_evidence(actor, payment, command)
                take_evidence(unit, payment, command)
                _complete(unit, payment, note=command.note.strip(), receiver=actor)
                return payment.payment_id

            payment_id, _ = once(unit, "payment:complete", command, act)
            row = payment_row(_payment_of(unit, payment_id))
            unit.commit()
            return row

    def fail(self, actor: Actor, payment_id: str, *, note: str) -> PaymentRow:
        """Record that the money of a waiting payment did not come, and why.

        Raises:
            ConflictError: the state does not allow it, or a network may still answer.

        """
        return self._end(actor, payment_id, PaymentStatus.FAILED, note)

    def cancel(self, actor: Actor, payment_id: str, *, note: str = "") -> PaymentRow:
        """Call a waiting payment off.

        Raises:
            ConflictError: the state does not allow it, or a network was already asked.

        """
        return self._end(actor, payment_id, PaymentStatus.CANCELLED, note)

    def mark_reconciled(self, actor: Actor, payment_id: str, *, note: str) -> PaymentRow:
        """Say by hand that a completed payment was found on a statement.

        Raises:
            ConflictError: the payment is not completed, or is already reconciled.

        """
        self._database.require(actor, Permission.MARK_RECONCILED)
        with self._database.write(actor, beside_others=True) as unit:
            payment = held_payment(unit, payment_id)
            refuse_points_on_statement(payment, "Nothing was changed.")
            if payment.status is not PaymentStatus.COMPLETED:
                raise ConflictError(
                    f"Nothing was changed. This payment is {payment.status}; only a completed one"
                    " can be reconciled."
                )
            if payment.reconciled:
                raise payment_taken(unit.session, payment.id, nothing="Nothing was changed.")
            set_reconciled(unit, payment, by=actor.name)
            unit.audit("payment:reconciled", "payment", payment_id, by_hand=True, note=note)
            row = payment_row(payment)
            unit.commit()
            return row

    def each(self, payment_ids: Sequence[str], act: Callable[[str], object]) -> tuple[Outcome, ...]:
        """Do one thing to many payments, each in its own unit of work; a refusal stops no other."""
        outcomes = []
        for payment_id in payment_ids:
            try:
                act(payment_id)
            except KnownError as error:
                outcomes.append(Outcome(payment_id, done=False, refusal=error.message))
            else:
                outcomes.append(Outcome(payment_id, done=True))
        return tuple(outcomes)

    def _end(self, actor: Actor, payment_id: str, status: PaymentStatus, note: str) -> PaymentRow:
        self._database.require(actor, Permission.CONFIRM_PAYMENT)
        with self._database.write(actor, beside_others=True) as unit:
            payment = held_payment(unit, payment_id)
            refuse_while_network_may_answer(actor, payment, status, note)
            close_attempt(payment, TransactionStatus.FAILED, unit.now)
            before = payment.status
            if status is PaymentStatus.FAILED:
                payment.mark_as_failed(note.strip(), unit.now)
            else:
                payment.mark_as_cancelled(note.strip(), unit.now)
            unit.audit(
                f"payment:{status}",
                "payment",
                payment_id,
                note=note.strip(),
                before=before,
                after=payment.status,
            )
            payment_ended(unit, payment)
            unit.changed(Topic.PAYMENTS, payment_id)
            unit.session.flush()
            row = payment_row(payment)
            unit.commit()
            return row


def find_payment(session: Session, payment_id: str) -> Payment:
    """Return a payment by its public id.

    Raises:
        NotFoundError: there is none in this shop.

    """
    payment = session.scalar(select(Payment).where(Payment.payment_id == payment_id))
    if payment is None:
        raise NotFoundError(f"Nothing was changed. There is no payment {payment_id} in this shop.")
    return payment


def held_payment(unit: UnitOfWork, payment_id: str) -> Payment:
    """Return a payment that nobody else decides about until the unit ends.

    Raises:
        NotFoundError: there is none in this shop.

    """
    unit.lock(Lock.PAYMENT, payment_id)
    return find_payment(unit.session, payment_id)


def _payment_of(unit: UnitOfWork, payment_id: str) -> Payment:
    """Return the payment an act has just written, or one that an earlier act of its key wrote."""
    unit.session.flush()
    held = (each for each in unit.session.identity_map.values() if isinstance(each, Payment))
    written = next((each for each in held if each.payment_id == payment_id), None)
    return written or find_payment(unit.session, payment_id)


def set_reconciled(unit: UnitOfWork, payment: Payment, *, by: str) -> None:
    """Mark a payment as proven by a statement."""
    payment.reconciled = True
    payment.reconciled_at = unit.now
    payment.reconciled_by = by
    payment.updated_at = unit.now
    unit.changed(Topic.PAYMENTS, payment.payment_id)
    unit.session.flush()


def complete_from_statement(unit: UnitOfWork, payment: Payment) -> None:
    """Complete a waiting payment that a matched statement line proves."""
    _complete(unit, payment, note="found on a statement")


def complete_from_gateway(unit: UnitOfWork, payment: Payment, transaction_id: str) -> None:
    """Complete a payment that its network confirmed, late or not.

    A completed one stays so, with the id it was completed under: that may be other money.
    """
    if PaymentStatus.COMPLETED not in PAYMENT_TRANSITIONS[payment.status]:
        payment.transaction_id = payment.transaction_id or transaction_id or None
        return
    payment.transaction_id = transaction_id or payment.transaction_id
    _complete(unit, payment, note=f"confirmed by {payment.gateway_name}")


def _complete(
    unit: UnitOfWork, payment: Payment, *, note: str, receiver: Actor | None = None
) -> None:
    if receiver is not None:
        # Cash lies in the drawer of the one who received it, not of the one who wrote it down.
        payment.till_session_id = _open_till_id(unit.session, receiver)
    require_step("payment", payment.status, PaymentStatus.COMPLETED, PAYMENT_TRANSITIONS)
    close_attempt(payment, TransactionStatus.SUCCEEDED, unit.now)
    before = payment.status
    draft = before_completion(unit, payment)
    payment.mark_as_completed(unit.now, lambda: next_invoice_number(unit, unit.now))
    invoice = issue_invoice(unit, payment, draft)
    settle_invoice(unit, payment)
    unit.audit(
        "payment:completed",
        "payment",
        payment.payment_id,
        invoice=invoice.invoice_number,
        note=note,
        before=before,
        after=payment.status,
        **({} if payment.payment_method.is_money else {"with_points": True}),
    )
    unit.changed(Topic.PAYMENTS, payment.payment_id)
    unit.session.flush()


def _new_payment(unit: UnitOfWork, actor: Actor, command: RecordPayment) -> Payment:
    session = unit.session
    transaction_id = command.transaction_id.strip()
    if transaction_id:
        refuse_used_transaction(unit, command.method, transaction_id)
    known = held_order(unit, command.order_number)
    owner = owner_of(session, known)
    customer = owner or (
        find_or_add_customer(unit, command.customer_name, command.phone_number)
        if command.method.is_money
        else known_customer(session, command.customer_name, command.phone_number)
    )
    if owner is not None and not command.method.is_money:
        _refuse_points_of_another(session, command, owner)
    mobile = command.method.is_mobile_money
    return Payment(
        payment_method=command.method,
        payment_type=command.payment_type,
        amount_minor=command.amount_minor,
        currency=command.currency,
        status=PaymentStatus.PENDING,
        transaction_id=transaction_id or None,
        transaction_reference=command.transaction_reference.strip(),
        transaction_status=TransactionStatus.CREATED if mobile else None,
        customer=customer,
        customer_name=command.customer_name.strip() or (customer.name if customer else ""),
        phone_number=command.phone_number or (owner.phone_number if owner else ""),
        account_number=command.account_number.strip(),
        customer_notes=command.customer_notes.strip(),
        tendered_minor=command.tendered_minor,
        card_approval_code=command.card_approval_code.strip(),
        card_last4=command.card_last4,
        gateway_name=GATEWAY_NAMES.get(command.method, ""),
        order=order_to_pay(unit, known, command, customer),
        till_session_id=_open_till_id(session, actor),
        bank_provider_id=receiving_bank_id(session, command.method),
        created_by=actor.name,
        created_at=unit.now,
        updated_at=unit.now,
        # It is new: there is nothing of it to look for.
        attempts=[],
        invoice=None,
    )


def _refuse_points_of_another(session: Session, command: RecordPayment, owner: Customer) -> None:
    """An order's money may be brought by anybody; its owner's points only by the owner."""
    name = command.customer_name.strip() or owner.name
    if known_customer(session, name, command.phone_number or owner.phone_number) is not owner:
        raise InvalidInputError(
            f"Nothing was paid. Order {command.order_number.strip()} is on the account of"
            f" {owner.name}, whose points are not {name}'s to spend.",
            field="customer",
        )


def journal_recorded(unit: UnitOfWork, payment: Payment, *, again: bool = False) -> None:
    """Write into the history that a payment was written down, by whom and for what."""
    unit.audit(
        "payment:recorded",
        "payment",
        payment.payment_id,
        method=payment.payment_method,
        amount=major(payment.amount_minor, payment.currency),
        currency=payment.currency,
        customer=payment.customer_name,
        reference=payment.transaction_reference,
        **({"again": True} if again else {}),
    )


def receiving_bank_id(session: Session, method: PaymentMethod) -> int | None:
    """Return the shop's bank account a transfer goes to, where there is only one it can be."""
    if method is not PaymentMethod.BANK_TRANSFER:
        return None
    banks = session.scalars(
        select(BankTransferProvider.id).where(BankTransferProvider.is_active).limit(2)
    ).all()
    return banks[0] if len(banks) == 1 else None


def _open_till_id(session: Session, actor: Actor) -> int | None:
    return session.scalar(
        select(TillSession.id).where(
            TillSession.user_id == actor.user_id, TillSession.closed_at.is_(None)
        )
    )


def owner_of(session: Session, order: Order | None) -> Customer | None:
    """Return who owes a placed order; its payments belong to their account, whoever brings them."""
    if order is None or not order.is_placed or order.customer is None:
        return None
    return survivor(session, order.customer)
