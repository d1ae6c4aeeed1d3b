"""The loyalty programme: what customers have, who may correct it, and what the rules are."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from core.clock import day_end, day_start, shop_date
from core.database.unit_of_work import Database
from core.errors import ConflictError, InvalidInputError, NotFoundError
from core.model.customers import Customer, LoyaltyAccount
from core.model.loyalty import LoyaltyEntry, LoyaltyEntryKind
from core.model.payments import Payment, PaymentStatus, PaymentType
from core.model.refunds import RefundStatus
from core.money import DEFAULT_CURRENCY
from core.permissions import Actor, Permission
from core.phones import normalize_phone
from core.services.customers.identity import account_ids, survivor
from core.services.customers.payers import known_customer
from core.services.loyalty.ledger import correct, earn, last_entry, take_back
from core.services.loyalty.rows import (
    CreditReport,
    LoyaltyEntryRow,
    MemberRow,
    PaymentPoints,
)
from core.services.loyalty.settings import MAX_POINTS, LoyaltySettings, check_loyalty_settings
from core.services.loyalty.tiers import MONEY_METHODS, spending_of, standing_of
from core.services.payments.service import find_payment
from core.services.rows import Page
from core.services.session import KeyedCommand, once
from core.services.setting_values import load_values, save_values

CREDITED_AT_ONCE = 500
"""Past payments credited in one transaction, so that no other desk waits long."""

_SHOWN_NAMESAKES = 5
_LOOKED_AT = 50


@dataclass(frozen=True, slots=True)
class CorrectPoints(KeyedCommand):
    """Points to add (or, negative, to take) by hand, and why."""

    customer_id: int
    points: int
    reason: str


class LoyaltyService:
    """The questions about points, and the few acts that are not a payment or a refund."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def settings(self) -> LoyaltySettings:
        """Return the rules of the programme."""
        with self._database.read() as session:
            return load_values(session, LoyaltySettings)

    def save_settings(self, actor: Actor, settings: LoyaltySettings) -> LoyaltySettings:
        """Keep the rules; what was earned and spent before stays as it is.

        Raises:
            NotAllowedError: the person may not change settings.
            InvalidInputError: a value cannot be used; its field is on the error.

        """
        self._database.require(actor, Permission.MANAGE_SETTINGS)
        check_loyalty_settings(settings)
        with self._database.write(actor) as unit:
            if save_values(unit, settings, subject="loyalty"):
                unit.commit()
        return settings

    def member(self, actor: Actor, customer_id: int) -> MemberRow:
        """Return a customer's points and tier; a customer without an account has no points.

        Raises:
            NotFoundError: there is no such customer.

        """
        self._database.require(actor, Permission.VIEW_PAYMENTS)
        with self._database.read() as session:
            return self._member(session, _find_customer(session, customer_id))

    def known(self, actor: Actor, name: str, phone_number: str) -> MemberRow | None:
        """Return the customer a sale of this name and phone counts for; None where nobody is known.

        The same rule that a payment follows: a name with its phone, or a phone only one has.
        """
        self._database.require(actor, Permission.VIEW_PAYMENTS)
        try:
            phone = normalize_phone(phone_number) if phone_number.strip() else ""
        except InvalidInputError:
            return None
        with self._database.read() as session:
            customer = known_customer(session, name, phone)
            return self._member(session, customer) if customer is not None else None

    def find(self, actor: Actor, text: str) -> MemberRow:
        """Return the one customer of a telephone number, a name or a customer's number.

        Raises:
            NotFoundError: nobody is called so.
            InvalidInputError: several are; the message names them.

        """
        self._database.require(actor, Permission.VIEW_PAYMENTS)
        with self._database.read() as session:
            found = _customers_called(session, text.strip())
            if not found:
                raise NotFoundError(f"Nobody was found. There is no customer “{text.strip()}”.")
            if len(found) > 1:
                shown = [f"{one.name} {one.phone_number}".strip() for one in found]
                names = ", ".join(shown[:_SHOWN_NAMESAKES])
                raise InvalidInputError(
                    f"Nothing was done. “{text.strip()}” may be {names}"
                    f"{' or others' if len(found) > _SHOWN_NAMESAKES else ''}: give the telephone"
                    " number.",
                    field="customer",
                )
            return self._member(session, found[0])

    def ledger(
        self, actor: Actor, customer_id: int, *, offset: int = 0, limit: int = 100
    ) -> Page[LoyaltyEntryRow]:
        """Return a stretch of a customer's movements of points, newest first."""
        self._database.require(actor, Permission.VIEW_PAYMENTS)
        of_customer = LoyaltyAccount.customer_id == customer_id
        with self._database.read() as session:
            total = session.scalar(
                select(func.count())
                .select_from(LoyaltyEntry)
                .join(LoyaltyAccount, LoyaltyAccount.id == LoyaltyEntry.account_id)
                .where(of_customer)
            )
            entries = session.scalars(
                select(LoyaltyEntry)
                .join(LoyaltyAccount, LoyaltyAccount.id == LoyaltyEntry.account_id)
                .where(of_customer)
                .options(joinedload(LoyaltyEntry.payment), joinedload(LoyaltyEntry.refund))
                .order_by(LoyaltyEntry.sequence.desc())
                .offset(offset)
                .limit(limit)
            )
            return Page(tuple(_entry_row(entry) for entry in entries), offset, total or 0)

    def of_payment(self, actor: Actor, payment_id: str) -> PaymentPoints | None:
        """Return what a payment did to points; None where it did nothing.

        Raises:
            NotFoundError: there is no such payment.

        """
        self._database.require(actor, Permission.VIEW_PAYMENTS)
        with self._database.read() as session:
            payment = find_payment(session, payment_id)
            moved = {
                entry.kind: abs(entry.points)
                for entry in payment.loyalty_entries
                if entry.refund_request_id is None
            }
            if not moved:
                return None
            return PaymentPoints(
                earned=moved.get(LoyaltyEntryKind.EARNED, 0),
                settled=moved.get(LoyaltyEntryKind.SETTLED, 0),
                spent=moved.get(LoyaltyEntryKind.SPENT, 0),
                balance_after=payment.loyalty_entries[0].account.points,
            )

    def correct(self, actor: Actor, command: CorrectPoints) -> MemberRow:
        """Add or take points by hand, with the reason; the same key again changes nothing.

        Raises:
            NotAllowedError: only a manager corrects points.
            InvalidInputError: no points, too many, or no reason.
            ConflictError: more would be taken than is there.

        """
        self._database.require(actor, Permission.ADJUST_POINTS)
        command = replace(command, reason=command.reason.strip())
        if not command.reason:
            raise InvalidInputError(
                "Nothing was changed. Write why the points are corrected.", field="reason"
            )
        if not 0 < abs(command.points) <= MAX_POINTS:
            raise InvalidInputError(
                "Nothing was changed. Type how many points to add or take.", field="points"
            )
        with self._database.write(actor) as unit:

            def act() -> str:
                customer = _find_customer(unit.session, command.customer_id)
                correct(unit, customer, command.points, command.reason)
                return str(command.customer_id)

            once(unit, "points:correct", command, act)
            row = self._member(unit.session, _find_customer(unit.session, command.customer_id))
            unit.commit()
            return row

    def credit_history(
        self, actor: Actor, *, first_day: date | None = None, last_day: date | None = None
    ) -> CreditReport:
        """Credit the points of payments that came in without earning any: imports, or older sales.

        Only by this explicit act, as nobody can tell what the old books gave already. Each payment
        earns once however often this runs, less what of it was refunded; payments from before an
        account's opening balance are held to be in it. A kill in the middle is healed by running
        it again.

        Raises:
            NotAllowedError: only a manager credits points.
            ConflictError: the programme is switched off.

        """
        self._database.require(actor, Permission.ADJUST_POINTS)
        payments = points = last_id = 0
        while True:
            with self._database.write(actor) as unit:
                settings = load_values(unit.session, LoyaltySettings)
                if not settings.loyalty_enabled:
                    raise ConflictError(
                        "Nothing was credited. The loyalty programme is switched off."
                    )
                found = _uncredited(unit.session, settings, last_id, first_day, last_day)
                if not found:
                    return CreditReport(payments, points)
                for payment in found:
                    points += earn(unit, payment, settings)
                    for refund in payment.refund_requests:
                        if refund.status is RefundStatus.COMPLETED:
                            take_back(unit, refund)
                unit.commit()
            payments += len(found)
            last_id = found[-1].id

    def _member(self, session: Session, customer: Customer) -> MemberRow:
        settings = load_values(session, LoyaltySettings)
        today = shop_date(self._database.clock())
        rows = account_ids(session, customer.id)
        spent_minor = sum(spending_of(session, rows, today).values())
        account = session.scalar(
            select(LoyaltyAccount).where(LoyaltyAccount.customer_id == customer.id)
        )
        last = last_entry(session, account) if account is not None else None
        return MemberRow(
            customer_id=customer.id,
            customer_name=customer.name,
            phone_number=customer.phone_number,
            points=account.points if account is not None else 0,
            owed_points=last.owed_after if last is not None else 0,
            standing=standing_of(spent_minor, settings, today),
            settings=settings,
        )


def _find_customer(session: Session, customer_id: int) -> Customer:
    customer = session.get(Customer, customer_id)
    if customer is None:
        raise NotFoundError(f"Nothing was changed. There is no customer {customer_id}.")
    return survivor(session, customer)


def _customers_called(session: Session, text: str) -> list[Customer]:
    """Return who has this telephone number, else this name, else this number, else a like name.

    Those merged into another are found as that one.
    """
    try:
        conditions = [Customer.phone_number == normalize_phone(text)]
    except InvalidInputError:
        conditions = []
    conditions.append(func.lower(Customer.name) == text.lower())
    if text.isdecimal() and len(text) < 10:
        conditions.append(Customer.id == int(text))
    conditions.append(Customer.name.icontains(text, autoescape=True))
    for condition in conditions if text else []:
        query = select(Customer).where(condition).order_by(Customer.name, Customer.id)
        rows = session.scalars(query.limit(_LOOKED_AT))
        found = dict.fromkeys(survivor(session, customer) for customer in rows)
        if found:
            return list(found)[: _SHOWN_NAMESAKES + 1]
    return []


def _uncredited(
    session: Session,
    settings: LoyaltySettings,
    after_id: int,
    first_day: date | None,
    last_day: date | None,
) -> list[Payment]:
    """Return the next completed payments of known customers that could have earned and did not."""
    earned = select(LoyaltyEntry.id).where(
        LoyaltyEntry.payment_id == Payment.id, LoyaltyEntry.kind == LoyaltyEntryKind.EARNED
    )
    opened_later = (
        select(LoyaltyEntry.id)
        .join(LoyaltyAccount, LoyaltyAccount.id == LoyaltyEntry.account_id)
        .where(
            LoyaltyAccount.customer_id == Payment.customer_id,
            LoyaltyEntry.kind == LoyaltyEntryKind.OPENING,
            LoyaltyEntry.at >= Payment.paid_at,
        )
    )
    query = (
        select(Payment)
        .where(
            Payment.id > after_id,
            Payment.customer_id.is_not(None),
            Payment.status == PaymentStatus.COMPLETED,
            Payment.payment_method.in_(MONEY_METHODS),
            Payment.payment_type != PaymentType.REFUND,
            Payment.currency == DEFAULT_CURRENCY,
            Payment.amount_minor >= settings.loyalty_francs_per_point,
            ~earned.exists(),
            ~opened_later.exists(),
        )
        .options(
            joinedload(Payment.customer),
            selectinload(Payment.refund_requests),
            selectinload(Payment.loyalty_entries),
        )
        .order_by(Payment.id)
        .limit(CREDITED_AT_ONCE)
    )
    if first_day is not None:
        query = query.where(Payment.paid_at >= day_start(first_day))
    if last_day is not None:
        query = query.where(Payment.paid_at < day_end(last_day))
    return list(session.scalars(query))


def _entry_row(entry: LoyaltyEntry) -> LoyaltyEntryRow:
    payment = entry.payment
    return LoyaltyEntryRow(
        sequence=entry.sequence,
        at=entry.at,
        kind=entry.kind,
        points=entry.points,
        balance_after=entry.balance_after,
        owed=entry.owed,
        payment_id=payment.payment_id if payment is not None else "",
        refund_id=entry.refund.refund_id if entry.refund is not None else "",
        invoice_number=(payment.invoice_number or "") if payment is not None else "",
        note=entry.note,
        by=entry.by,
    )
