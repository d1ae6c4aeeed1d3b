"""What the shop's days add up to: kept by the database itself, so that reports need not count.

Triggers (:mod:`core.database.day_sums`) keep each row true in the transaction that changes a
payment or a call. No service writes here, and a row whose count fell to zero may stay.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from sqlalchemy import BigInteger, Date, String
from sqlalchemy.orm import Mapped, mapped_column

from core.model.base import Base, stored_by_value
from core.model.payments import PaymentMethod, PaymentStatus, RequestType


class DayBasis(StrEnum):
    """Which of a payment's moments puts it on a day."""

    CREATED = "created"
    PAID = "paid"


class PaymentDay(Base):
    """How many payments of one kind a day of the shop has, and their sum.

    Each payment counts once by its day of recording, and once more by the day it was paid.
    """

    __tablename__ = "payment_day"
    __table_args__ = ({"sqlite_with_rowid": False},)

    basis: Mapped[DayBasis] = mapped_column(stored_by_value(DayBasis, length=8), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    currency: Mapped[str] = mapped_column(String(3), primary_key=True)
    payment_method: Mapped[PaymentMethod] = mapped_column(
        stored_by_value(PaymentMethod), primary_key=True
    )
    status: Mapped[PaymentStatus] = mapped_column(stored_by_value(PaymentStatus), primary_key=True)
    reconciled: Mapped[bool] = mapped_column(primary_key=True)
    payments: Mapped[int]
    amount_minor: Mapped[int] = mapped_column(BigInteger)


class CallDay(Base):
    """How many calls of one kind were made to one gateway on a day of the shop.

    A call without success and without an error code awaits its answer. ``timed`` of them have a
    response time.
    """

    __tablename__ = "call_day"
    __table_args__ = ({"sqlite_with_rowid": False},)

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    gateway_name: Mapped[str] = mapped_column(String(80), primary_key=True)
    request_type: Mapped[RequestType] = mapped_column(
        stored_by_value(RequestType), primary_key=True
    )
    success: Mapped[bool] = mapped_column(primary_key=True)
    error_code: Mapped[str] = mapped_column(String(80), primary_key=True)
    calls: Mapped[int]
    timed: Mapped[int]
