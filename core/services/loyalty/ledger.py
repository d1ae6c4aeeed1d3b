"""Moving points, inside a unit of work: earned, taken back, spent, returned, corrected.

The unit holds the account, or the whole shop, so what is read here is still so when it is written:
two desks cannot spend the same points. The database's guards check every entry once more.
"""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.database.lock_order import Lock
from core.database.unit_of_work import UnitOfWork
from core.errors import ConflictError, InvalidInputError, NotAllowedError
from core.model.customers import Customer, LoyaltyAccount
from core.model.journal import Topic
from core.model.loyalty import LoyaltyEntry, LoyaltyEntryKind
from core.model.payments import Payment, PaymentMethod, PaymentType
from core.model.refunds import RefundRequest, RefundStatus
from core.money import DEFAULT_CURRENCY, display, grouped
from core.permissions import Actor, Permission
from core.services.customers.identity import survivor
from core.services.loyalty.settings import LoyaltySettings
from core.services.setting_values import load_values


def settle_payment(unit: UnitOfWork, payment: Payment) -> None:
    """Do what a completed payment does to points: money earns them, points are spent.

    Raises:
        InvalidInputError: the amount is not a whole number of points.
        ConflictError: the points are not there, or the programme does not allow it.

    """
    settings = load_values(unit.session, LoyaltySettings)
    if payment.payment_method is PaymentMethod.LOYALTY_POINTS:
        _spend(unit, payment, settings)
    else:
        earn(unit, payment, settings)


def settle_refund(unit: UnitOfWork, refund: RefundRequest) -> None:
    """Do what a completed refund does to points: earned ones are taken back, spent ones return.

    Raises:
        ConflictError: the payment's points were not spent in these books.

    """
    if refund.payment.payment_method is PaymentMethod.LOYALTY_POINTS:
        _return(unit, refund)
    else:
        take_back(unit, refund)


def earn(unit: UnitOfWork, payment: Payment, settings: LoyaltySettings) -> int:
    """Credit the points a paid sale earns to its customer, if it has one; return how many."""
    counts = payment.currency == DEFAULT_CURRENCY and payment.payment_type != PaymentType.REFUND
    if payment.customer is None or not counts:
        return 0
    points = settings.points_for(payment.amount_minor)
    if points:
        account = account_of(unit, payment.customer)
        last = _write(unit, account, LoyaltyEntryKind.EARNED, points, payment=payment)
        _settle_owed(unit, account, last, points, payment=payment)
    return points


def take_back(unit: UnitOfWork, refund: RefundRequest) -> None:
    """Take back what the refunded part of a payment had earned.

    Reckoned over all its refunds together, so that a wholly refunded payment leaves nothing
    earned. What was spent meanwhile is remembered as owed.
    """
    payment = refund.payment
    earned = _entry(payment, LoyaltyEntryKind.EARNED)
    if earned is None:
        return
    returned_minor = sum(
        each.refund_amount_minor
        for each in payment.refund_requests
        if each.status is RefundStatus.COMPLETED
    )
    due = earned.points * returned_minor // payment.amount_minor - _claimed(unit.session, payment)
    if due <= 0:
        return
    account = account_of(unit, earned.account.customer)
    there = min(due, account.points)
    _write(
        unit,
        account,
        LoyaltyEntryKind.TAKEN_BACK,
        -there,
        owed=due - there,
        payment=payment,
        refund=refund,
    )


def correct(unit: UnitOfWork, customer: Customer, points: int, reason: str) -> None:
    """Add or take points by a person's decision.

    Raises:
        ConflictError: more would be taken than is there.

    """
    account = account_of(unit, customer)
    if account.points + points < 0:
        raise ConflictError(
            f"Nothing was changed. {customer.name} has {points_text(account.points)}; no more can"
            " be taken."
        )
    _write(unit, account, LoyaltyEntryKind.CORRECTED, points, note=reason)


def check_merger(session: Session, actor: Actor, gone: Customer, kept: Customer) -> None:
    """Refuse to make two customers one whose points the other could not spend before.

    Raises:
        NotAllowedError: one has points, and the person may not correct any.

    """
    if actor.may(Permission.ADJUST_POINTS):
        return
    for customer in (gone, kept):
        points = session.scalar(
            select(LoyaltyAccount.points).where(LoyaltyAccount.customer_id == customer.id)
        )
        if points:
            raise NotAllowedError(
                f"Nothing was changed. {customer.name} has {points_text(points)}, which the other"
                " could then spend; ask a manager to merge the two."
            )


def move_points(unit: UnitOfWork, gone: Customer, kept: Customer) -> None:
    """Give the points of a customer, and what they owe, to the one they are merged into."""
    account = unit.session.scalar(
        select(LoyaltyAccount).where(LoyaltyAccount.customer_id == gone.id)
    )
    last = last_entry(unit.session, account) if account is not None else None
    if account is None or last is None or not (last.balance_after or last.owed_after):
        return
    points, owed = last.balance_after, last.owed_after
    corrected = LoyaltyEntryKind.CORRECTED
    _write(unit, account, corrected, -points, owed=-owed, note=f"Merged into {kept.name}")
    taken_over = account_of(unit, kept)
    last = _write(
        unit, taken_over, corrected, points, owed=owed, note=f"Taken over from {gone.name}"
    )
    _settle_owed(unit, taken_over, last, taken_over.points)


def points_text(points: int) -> str:
    """Return a number of points in words: "1 point", "1 200 points"."""
    return f"{grouped(points)} {'point' if points == 1 else 'points'}"


def points_paid(payment: Payment) -> int:
    """Return how many points a payment was made with; 0 where it was made with money."""
    spent = _entry(payment, LoyaltyEntryKind.SPENT)
    return -spent.points if spent is not None else 0


def check_refund_of_points(payment: Payment, amount_minor: int) -> None:
    """Refuse to ask for a part of a points payment that is no whole number of its points.

    Raises:
        InvalidInputError: the amount cannot go back as points.
        ConflictError: the payment's points were not spent in these books.

    """
    if payment.payment_method is not PaymentMethod.LOYALTY_POINTS:
        return
    worth_minor = payment.amount_minor // _spent_points(payment, "Nothing was asked for.")
    if amount_minor % worth_minor:
        raise InvalidInputError(
            "Nothing was asked for. Points go back whole: type a multiple of"
            f" {display(worth_minor, payment.currency)}.",
            field="amount",
        )


def account_of(unit: UnitOfWork, customer: Customer) -> LoyaltyAccount:
    """Return a customer's account, made when it is first needed; a merged one's survivor's."""
    customer = survivor(unit.session, customer)
    unit.lock(Lock.POINTS, str(customer.id))
    account = unit.session.scalar(
        select(LoyaltyAccount)
        .where(LoyaltyAccount.customer_id == customer.id)
        .execution_options(populate_existing=True)
    )
    if account is None:
        account = LoyaltyAccount(customer=customer, points=0)
        unit.session.add(account)
        unit.session.flush()
    return account


def last_entry(session: Session, account: LoyaltyAccount) -> LoyaltyEntry | None:
    """Return the newest movement of an account."""
    return session.scalar(
        select(LoyaltyEntry)
        .where(LoyaltyEntry.account_id == account.id)
        .order_by(LoyaltyEntry.sequence.desc())
        .limit(1)
    )


def _spend(unit: UnitOfWork, payment: Payment, settings: LoyaltySettings) -> None:
    if not settings.loyalty_enabled:
        raise ConflictError("Nothing was paid. The loyalty programme is switched off.")
    points = settings.points_needed(payment.amount_minor)
    if points is None or payment.currency != DEFAULT_CURRENCY:
        raise InvalidInputError(
            "Nothing was paid. Points pay in steps of"
            f" {display(settings.loyalty_point_worth)}: change the amount.",
            field="amount",
        )
    order = payment.order
    is_part = order is not None and order.total_minor != payment.amount_minor
    if is_part and not settings.loyalty_part_payments:
        raise ConflictError("Nothing was paid. In this shop points pay whole orders only.")
    customer = payment.customer
    if customer is None:
        raise InvalidInputError(
            "Nothing was paid. No customer of this name and telephone has points.",
            field="customer",
        )
    account = account_of(unit, customer)
    if account.points < points:
        raise ConflictError(
            f"Nothing was paid. {points_text(points)} are needed, and {customer.name} has"
            f" {points_text(account.points)}."
        )
    _write(unit, account, LoyaltyEntryKind.SPENT, -points, payment=payment)


def _return(unit: UnitOfWork, refund: RefundRequest) -> None:
    payment = refund.payment
    points = _spent_points(payment, "Nothing was given back.")
    spent = _entry(payment, LoyaltyEntryKind.SPENT)
    if spent is None:
        raise AssertionError("points without their entry")
    # Asked for in whole points, so this divides without a rest.
    returned = refund.refund_amount_minor * points // payment.amount_minor
    account = account_of(unit, spent.account.customer)
    last = _write(
        unit, account, LoyaltyEntryKind.RETURNED, returned, payment=payment, refund=refund
    )
    _settle_owed(unit, account, last, returned, payment=payment, refund=refund)


def _spent_points(payment: Payment, fact: str) -> int:
    points = points_paid(payment)
    if not points:
        raise ConflictError(
            f"{fact} The points of this payment were not spent in these books; correct the"
            " customer's points instead."
        )
    return points


def _settle_owed(
    unit: UnitOfWork,
    account: LoyaltyAccount,
    last: LoyaltyEntry,
    came_in: int,
    *,
    payment: Payment | None = None,
    refund: RefundRequest | None = None,
) -> None:
    """Let points that came in make good what an earlier refund could not take back."""
    taken = min(came_in, last.owed_after)
    if taken:
        _write(
            unit,
            account,
            LoyaltyEntryKind.SETTLED,
            -taken,
            owed=-taken,
            payment=payment,
            refund=refund,
        )


def _claimed(session: Session, payment: Payment) -> int:
    """Return how many points earlier refunds of a payment asked back, there or not."""
    return int(
        session.scalar(
            select(func.coalesce(func.sum(LoyaltyEntry.owed - LoyaltyEntry.points), 0)).where(
                LoyaltyEntry.payment_id == payment.id,
                LoyaltyEntry.kind == LoyaltyEntryKind.TAKEN_BACK,
            )
        )
        or 0
    )


def _entry(payment: Payment, kind: LoyaltyEntryKind) -> LoyaltyEntry | None:
    return next((entry for entry in payment.loyalty_entries if entry.kind is kind), None)


def _write(
    unit: UnitOfWork,
    account: LoyaltyAccount,
    kind: LoyaltyEntryKind,
    points: int,
    *,
    owed: int = 0,
    payment: Payment | None = None,
    refund: RefundRequest | None = None,
    note: str = "",
) -> LoyaltyEntry:
    """Append one movement and return it.

    The entry goes first, as the database lets no account run ahead.
    """
    last = last_entry(unit.session, account)
    entry = LoyaltyEntry(
        account=account,
        sequence=(last.sequence if last else 0) + 1,
        at=unit.now,
        kind=kind,
        points=points,
        balance_after=(last.balance_after if last else 0) + points,
        owed=owed,
        owed_after=(last.owed_after if last else 0) + owed,
        payment=payment,
        refund=refund,
        note=note,
        by=unit.actor_name,
    )
    unit.session.add(entry)
    unit.session.flush()
    account.points = entry.balance_after
    unit.session.flush()
    customer_id = str(account.customer_id)
    details: dict[str, object] = {"points": points, "balance": entry.balance_after}
    if owed:
        details["owed"] = entry.owed_after
    if note:
        details["reason"] = note
    subject_type, subject_id = (
        ("customer", customer_id) if payment is None else ("payment", payment.payment_id)
    )
    unit.audit_details(f"points:{kind}", subject_type, subject_id, details)
    unit.changed(Topic.LOYALTY, customer_id)
    return entry
