"""Invoices for completed payments and credit notes for refunds; both numbered without gaps."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import BigInteger, CheckConstraint, Date, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.model.base import Base, Versioned

if TYPE_CHECKING:
    from core.model.payments import Payment
    from core.model.refunds import RefundRequest


class Invoice(Versioned, Base):
    """The invoice of one payment. ``subtotal_minor`` + ``tax_minor`` = ``total_minor``."""

    __tablename__ = "invoice"
    __table_args__ = (
        CheckConstraint("subtotal_minor + tax_minor = total_minor", name="sums_agree"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    invoice_number: Mapped[str] = mapped_column(String(40), unique=True)
    payment_id: Mapped[int] = mapped_column(ForeignKey("payment.id"), unique=True)
    subtotal_minor: Mapped[int] = mapped_column(BigInteger)
    tax_minor: Mapped[int] = mapped_column(BigInteger)
    total_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3), default="RWF")
    issued_date: Mapped[date] = mapped_column(Date, index=True)
    due_date: Mapped[date | None] = mapped_column(Date)
    is_paid: Mapped[bool] = mapped_column(default=False)
    paid_date: Mapped[date | None] = mapped_column(Date)
    sent_to_customer: Mapped[bool] = mapped_column(default=False)
    sent_at: Mapped[datetime | None]
    pdf_file: Mapped[str] = mapped_column(String(300), default="")
    pdf_sha256: Mapped[str] = mapped_column(String(64), default="")
    notes: Mapped[str] = mapped_column(Text, default="")

    payment: Mapped[Payment] = relationship(back_populates="invoice")
    credit_notes: Mapped[list[CreditNote]] = relationship(back_populates="invoice")

    __mapper_args__ = {"version_id_col": Versioned.version}  # noqa: RUF012 - SQLAlchemy's own form


class CreditNote(Base):
    """The paper of one completed refund; it points at the invoice it reduces, where one exists."""

    __tablename__ = "credit_note"

    id: Mapped[int] = mapped_column(primary_key=True)
    credit_note_number: Mapped[str] = mapped_column(String(40), unique=True)
    refund_id: Mapped[int] = mapped_column(ForeignKey("refund_request.id"), unique=True)
    invoice_id: Mapped[int | None] = mapped_column(ForeignKey("invoice.id"), index=True)
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    tax_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3), default="RWF")
    issued_date: Mapped[date] = mapped_column(Date)
    pdf_file: Mapped[str] = mapped_column(String(300), default="")
    pdf_sha256: Mapped[str] = mapped_column(String(64), default="")

    invoice: Mapped[Invoice | None] = relationship(back_populates="credit_notes")
    refund: Mapped[RefundRequest] = relationship(back_populates="credit_note")


class NumberSeries(Base):
    """The last number drawn of a series, in the same transaction as the paper that bears it."""

    __tablename__ = "number_series"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    last_number: Mapped[int]
