"""Money as the networks and the bank saw it move, from which every statement is made."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from core.clock import day_start, shop_date, shop_time
from core.demo.sales import Refund, Sale
from core.model.payments import PaymentMethod
from core.model.reconciliations import StatementProvider

MTN_FEE_PER_THOUSAND = 5
SMS_FEE_MINOR = 500
ACCOUNT_FEE_MINOR = 5_000


class MovementKind(StrEnum):
    """What a movement is to the shop."""

    PAYMENT = "payment"
    SETTLEMENT = "settlement"
    REFUND = "refund"
    CHARGE = "charge"
    REVERSAL = "reversal"
    UNKNOWN = "unknown"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Movement:
    """One movement of an account; the amount is signed, + is money in, before ``fee_minor``."""

    at: datetime
    amount_minor: int
    kind: MovementKind
    transaction_id: str
    reference: str = ""
    text: str = ""
    name: str = ""
    phone: str = ""
    fee_minor: int = 0
    sales: tuple[Sale, ...] = ()

    @property
    def effect_minor(self) -> int:
        """By how much the balance moves."""
        return 0 if self.kind is MovementKind.FAILED else self.amount_minor - self.fee_minor


class Accounts:
    """Collects each account's movements by day until its statement is made."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._days: dict[StatementProvider, defaultdict[date, list[Movement]]] = {
            provider: defaultdict(list) for provider in StatementProvider
        }
        self._card_sales: defaultdict[date, list[Sale]] = defaultdict(list)

    def receive(self, sale: Sale) -> None:
        """Note the money of a sale that reached an account."""
        if sale.arrived_at is None or sale.imported:
            return
        if sale.method is PaymentMethod.CARD:
            self._card_sales[shop_date(sale.arrived_at)].append(sale)
        elif sale.method is PaymentMethod.BANK_TRANSFER:
            self._note(StatementProvider.BANK, _transfer(sale, sale.arrived_at, self._rng))
        elif sale.method is PaymentMethod.MTN_MOBILE_MONEY:
            self._note(StatementProvider.MTN, _mobile(sale, sale.arrived_at))
        elif sale.method is PaymentMethod.AIRTEL_MONEY:
            self._note(StatementProvider.AIRTEL, _mobile(sale, sale.arrived_at))

    def send_back(self, refund: Refund) -> None:
        """Note the money of a refund that left through a network."""
        sale = refund.sale
        if not refund.network_id or refund.ended_at is None or sale.customer is None:
            return
        mtn = sale.method is PaymentMethod.MTN_MOBILE_MONEY
        self._note(
            StatementProvider.MTN if mtn else StatementProvider.AIRTEL,
            Movement(
                at=refund.ended_at,
                amount_minor=-refund.amount_minor,
                kind=MovementKind.REFUND,
                transaction_id=refund.network_id,
                reference=sale.reference,
                name=sale.customer.name,
                phone=sale.customer.phone,
                sales=(sale,),
            ),
        )

    def take(self, provider: StatementProvider, first: date, last: date) -> list[Movement]:
        """Return an account's movements of some days in order, and forget them."""
        days = self._days[provider]
        taken: list[Movement] = []
        day = first
        while day <= last:
            if provider is StatementProvider.BANK:
                days[day] += self._bank_routine(day)
            taken += sorted(days.pop(day, []), key=lambda each: each.at)
            day += timedelta(days=1)
        return taken

    def _note(self, provider: StatementProvider, movement: Movement) -> None:
        self._days[provider][shop_date(movement.at)].append(movement)

    def _bank_routine(self, day: date) -> list[Movement]:
        """Return what the bank does by itself: pays card sales out and takes its charges."""
        at = day_start(day)
        routine = []
        sales = self._card_sales.pop(day, [])
        if sales:
            routine.append(_payout(sales, at + timedelta(hours=6)))
        if day.weekday() == 4:
            routine.append(_charge(at, "SMS Alert Fee : AC-RWF1440001", SMS_FEE_MINOR))
        if day.day == 1:
            text = "Account Maintenance Fee : AC-RWF1440001"
            routine.append(_charge(at, text, ACCOUNT_FEE_MINOR))
        return routine


def _mobile(sale: Sale, at: datetime) -> Movement:
    customer = sale.customer
    mtn = sale.method is PaymentMethod.MTN_MOBILE_MONEY
    return Movement(
        at=at,
        amount_minor=sale.amount_minor,
        kind=MovementKind.PAYMENT,
        transaction_id=sale.network_id,
        reference=sale.reference,
        name=customer.name if customer else "",
        phone=customer.phone if customer else "",
        fee_minor=sale.amount_minor * MTN_FEE_PER_THOUSAND // 1000 if mtn else 0,
        sales=(sale,),
    )


def _transfer(sale: Sale, at: datetime, rng: random.Random) -> Movement:
    name = sale.customer.name if sale.customer else ""
    own_bank = rng.random() < 0.5
    text = (
        f"New App BK-BK Account Transfer : {name.upper()} | {sale.reference}"
        if own_bank
        else f"Incoming Trsf frm local banks | {name.upper()} {sale.reference}"
    )
    return Movement(
        at=at,
        amount_minor=sale.amount_minor,
        kind=MovementKind.PAYMENT,
        transaction_id=sale.network_id,
        reference=sale.reference,
        text=text,
        name=name,
        sales=(sale,),
    )


def _payout(sales: Sequence[Sale], at: datetime) -> Movement:
    sold = shop_time(at) - timedelta(days=1)
    return Movement(
        at=at,
        amount_minor=sum(sale.amount_minor for sale in sales),
        kind=MovementKind.SETTLEMENT,
        transaction_id=f"POS{shop_time(at):%y%j}",
        text=f"POS SETTLEMENT {sold:%d/%m/%Y} {len(sales)} TXNS TID 70014",
        sales=tuple(sales),
    )


def _charge(start: datetime, text: str, amount_minor: int) -> Movement:
    at = start + timedelta(hours=22)
    return Movement(
        at=at,
        amount_minor=-amount_minor,
        kind=MovementKind.CHARGE,
        transaction_id=f"FTCM{shop_time(at):%y%j}HS",
        text=text,
    )


def with_reference(movement: Movement, reference: str) -> Movement:
    """Return a movement whose payer wrote the reference differently."""
    return replace(
        movement,
        reference=reference,
        text=movement.text.replace(movement.reference, reference) if movement.reference else "",
    )
