"""Invoices of payments and credit notes of refunds: numbered without gaps, each whole in itself.

What stands on a paper is kept with it: its lines, its customer, its letterhead. Settings, orders
and customers may change afterwards; the paper does not.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.model.base import Base, Versioned, stored_by_value
from core.model.customers import TaxClass

if TYPE_CHECKING:
    from core.model.payments import Payment
    from core.model.refunds import RefundRequest


INVOICE_STANDING = (
    "CASE WHEN is_paid THEN '3' || issued_date"
    " WHEN void_date IS NOT NULL THEN '2' || void_date"
    " ELSE '1' || coalesce(due_date, '9999-12-31') END"
)
"""SQL by which lists put invoices awaited first, the longest due before the others, then void ones,
then those paid."""

INVOICE_STANDING_ON_SERVER = (
    "CASE WHEN is_paid THEN '3' || day_text(issued_date)"
    " WHEN void_date IS NOT NULL THEN '2' || day_text(void_date)"
    " ELSE '1' || coalesce(day_text(due_date), '9999-12-31') END"
)
"""The same as PostgreSQL spells it, whose days are no texts."""


class _Paper:
    """What a paper keeps for itself. ``letterhead_sha256`` names the letterhead it bears.

    ``template_id`` is the template it was written by, empty for the shop's settings alone. The
    EBM's number and signature are the fiscal machine's for the same sale.
    """

    pdf_file: Mapped[str] = mapped_column(String(300), default="")
    pdf_sha256: Mapped[str] = mapped_column(String(64), default="")
    letterhead_sha256: Mapped[str] = mapped_column(String(64), default="", server_default="")
    template_id: Mapped[str] = mapped_column(String(36), default="", server_default="")
    language: Mapped[str] = mapped_column(String(5), default="en", server_default="en")
    customer_name: Mapped[str] = mapped_column(String(200), default="", server_default="")
    customer_phone: Mapped[str] = mapped_column(String(24), default="", server_default="")
    customer_tin: Mapped[str] = mapped_column(String(20), default="", server_default="")
    ebm_receipt_number: Mapped[str] = mapped_column(String(40), default="", server_default="")
    ebm_signature: Mapped[str] = mapped_column(String(100), default="", server_default="")


class Invoice(_Paper, Versioned, Base):
    """The invoice of one payment. ``subtotal_minor`` + ``tax_minor`` = ``total_minor``.

    It may be issued while the money is awaited; ``void_date`` is the day it was given up.
    ``payment_reference`` is the network's or bank's id, or the reference the money is to bear.
    """

    __tablename__ = "invoice"
    __table_args__ = (
        CheckConstraint("subtotal_minor + tax_minor = total_minor", name="sums_agree"),
        Index("ix_invoice_paid_issued", "is_paid", "issued_date"),
        Index("ix_invoice_sent_issued", "sent_to_customer", "issued_date"),
        Index("ix_invoice_standing", text(f"({INVOICE_STANDING})")),
        Index("ix_invoice_total", "total_minor"),
        Index("ix_invoice_tax", "tax_minor"),
        Index("ix_invoice_subtotal", "subtotal_minor"),
        Index("ix_invoice_ebm", "ebm_receipt_number"),
        Index("ix_invoice_pdf", "pdf_file"),
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
    notes: Mapped[str] = mapped_column(Text, default="")
    void_date: Mapped[date | None] = mapped_column(Date)
    order_number: Mapped[str] = mapped_column(String(64), default="", server_default="")
    payment_reference: Mapped[str] = mapped_column(String(128), default="", server_default="")

    lines: Mapped[list[InvoiceLine]] = relationship(
        back_populates="invoice", order_by="InvoiceLine.position"
    )
    payment: Mapped[Payment] = relationship(back_populates="invoice")
    credit_notes: Mapped[list[CreditNote]] = relationship(back_populates="invoice")

    __mapper_args__ = {"version_id_col": Versioned.version}  # noqa: RUF012 - SQLAlchemy's own form


class _PaperLine:
    """One line of a paper; the price includes ``tax_minor``."""

    position: Mapped[int]
    description: Mapped[str] = mapped_column(String(400))
    quantity: Mapped[int]
    unit_price_minor: Mapped[int] = mapped_column(BigInteger)
    total_minor: Mapped[int] = mapped_column(BigInteger)
    tax_class: Mapped[TaxClass] = mapped_column(stored_by_value(TaxClass, length=1))
    tax_minor: Mapped[int] = mapped_column(BigInteger)


class InvoiceLine(_PaperLine, Base):
    """One line of an invoice."""

    __tablename__ = "invoice_line"
    __table_args__ = (UniqueConstraint("invoice_id", "position", name="uq_invoice_line_position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoice.id"))

    invoice: Mapped[Invoice] = relationship(back_populates="lines")


class CreditNote(_Paper, Base):
    """The paper of one completed refund; it points at the invoice it reduces, where one exists."""

    __tablename__ = "credit_note"

    id: Mapped[int] = mapped_column(primary_key=True)
    credit_note_number: Mapped[str] = mapped_column(String(40), unique=True)
    refund_id: Mapped[int] = mapped_column(ForeignKey("refund_request.id"), unique=True)
    invoice_id: Mapped[int | None] = mapped_column(ForeignKey("invoice.id"), index=True)
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    tax_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3), default="RWF")
    issued_date: Mapped[date] = mapped_column(Date, index=True)

    lines: Mapped[list[CreditNoteLine]] = relationship(
        back_populates="credit_note", order_by="CreditNoteLine.position"
    )
    invoice: Mapped[Invoice | None] = relationship(back_populates="credit_notes")
    refund: Mapped[RefundRequest] = relationship(back_populates="credit_note")


class CreditNoteLine(_PaperLine, Base):
    """One line of a credit note."""

    __tablename__ = "credit_note_line"
    __table_args__ = (
        UniqueConstraint("credit_note_id", "position", name="uq_credit_note_line_position"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    credit_note_id: Mapped[int] = mapped_column(ForeignKey("credit_note.id"))

    credit_note: Mapped[CreditNote] = relationship(back_populates="lines")


class NumberSeries(Base):
    """The last number drawn of a series, in the same transaction as the paper that bears it."""

    __tablename__ = "number_series"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    last_number: Mapped[int]
