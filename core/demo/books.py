"""Writes the invented shop's days into its books: payments, papers, calls and the journal."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from core.clock import day_end, day_start, shop_date
from core.database.unit_of_work import SYSTEM_USER
from core.demo import sales as sale_rows
from core.demo.bulk import BulkWriter
from core.demo.calendar import Calendar
from core.demo.gateway_calls import answer_of, call_rows, refund_call_row
from core.demo.journal import Journal
from core.demo.loyalty import PointsBook
from core.demo.mails import audit_details, is_mailed, mail_row
from core.demo.papers import DemoPapers
from core.demo.refunding import credit_note_row, number_credit_notes, refund_row
from core.demo.requests_sent import (
    asked_at,
    collect_row,
    is_asked,
    reference_of,
    refund_attempt_row,
    sent_at,
    told_otherwise,
)
from core.demo.sales import Refund, Row, Sale
from core.demo.subscribers import SubscriberBook
from core.model.attempts import GatewayAttempt
from core.model.customers import Order, OrderLine
from core.model.invoices import CreditNote, Invoice, NumberSeries
from core.model.mail import MailMessage
from core.model.payments import (
    Payment,
    PaymentStatus,
    PaymentTransaction,
    TransactionStatus,
)
from core.model.refunds import RefundRequest, RefundStatus
from core.money import DEFAULT_CURRENCY, major

_IMPORTER = "manager"
_DECISIONS = {
    RefundStatus.REJECTED: ("refund:rejected", "manager"),
    RefundStatus.WITHDRAWN: ("refund:withdrawn", "cashier"),
}
"""What was done with a refund that nobody approved, and by whom."""


class Books:
    """Takes sales day by day. A sale paid later waits for its day, where its invoice is drawn."""

    def __init__(
        self,
        rng: random.Random,
        calendar: Calendar,
        writer: BulkWriter,
        journal: Journal,
        papers: DemoPapers,
        points: PointsBook,
    ) -> None:
        self._rng = rng
        self._calendar = calendar
        self._writer = writer
        self._journal = journal
        self._papers = papers
        self._points = points
        self._paid_on: defaultdict[date, list[Sale]] = defaultdict(list)
        self._last_invoice = 0
        self._last_note = 0
        self._brought_in: defaultdict[date, int] = defaultdict(int)
        self._subscribers = SubscriberBook(calendar, writer)

    def write_day(self, day: date, sales: Sequence[Sale]) -> None:
        """Write what was begun or paid on a day."""
        if day == self._calendar.live_from:
            self._note_files()
        for sale in sales:
            self._write_order(sale)
            self._note_recorded(sale)
            if sale.paid_at is None:
                self._write_payment(sale)
            else:
                self._paid_on[shop_date(sale.paid_at)].append(sale)
        paid = sorted(self._paid_on.pop(day, []), key=lambda each: (each.paid_at, each.key))
        for number, sale in enumerate(paid, start=1):
            self._last_invoice += 1
            sale.invoice_key = self._last_invoice
            sale.invoice_number = f"INV-{day:%Y%m%d}-{number:05d}"
            self._write_payment(sale)
            mailed = is_mailed(sale, self._calendar.today, day)
            invoice = sale_rows.invoice_row(sale, day, sent=mailed)
            self._writer.add(Invoice, invoice | self._papers.facts(sale))
            self._papers.write_invoice_lines(sale)
            if mailed:
                self._write_mail(sale, day)
            if sale.paid_at is not None:
                self._points.note_paid(sale, sale.paid_at)
        if paid:
            series = {"name": f"INV-{day:%Y%m%d}", "last_number": len(paid)}
            self._writer.add(NumberSeries, series)
        self._journal.write_until(day_end(day))
        self._writer.flush_if_large()

    def write_refunds(self, refunds: Sequence[Refund]) -> None:
        """Write all refunds with their credit notes, once every sale is written."""
        for day, drawn in sorted(number_credit_notes(refunds).items()):
            series = {"name": f"CN-{day:%Y%m%d}", "last_number": drawn}
            self._writer.add(NumberSeries, series)
        in_order = sorted(refunds, key=lambda each: each.requested_at)
        for key, refund in enumerate(in_order, start=1):
            refund.key = key
            self._writer.add(RefundRequest, refund_row(refund, key))
            if refund.status is RefundStatus.COMPLETED:
                self._write_credit_note(refund, key)
            call = refund_call_row(refund, self._rng)
            if call is not None:
                self._writer.add(PaymentTransaction, call)
            attempt = refund_attempt_row(refund, key)
            if attempt is not None:
                self._writer.add(GatewayAttempt, attempt)

    def _write_credit_note(self, refund: Refund, refund_key: int) -> None:
        self._last_note += 1
        tax_minor = self._papers.write_credit_note_lines(refund, self._last_note)
        row = credit_note_row(refund, refund_key, self._last_note, tax_minor)
        self._writer.add(CreditNote, row | self._papers.facts(refund.sale))

    def note_refund(self, refund: Refund) -> None:
        """Put a refund's steps into the journal, as far as it has come."""
        amount: Row = {
            "payment": refund.sale.payment_id,
            "amount": major(refund.amount_minor),
            "currency": DEFAULT_CURRENCY,
        }
        subject = ("refund", refund.refund_id)
        note = self._journal.note
        note(
            refund.requested_at,
            "cashier",
            "refund:requested",
            subject,
            {**amount, "reason": refund.reason},
        )
        if refund.decided_at is not None:
            action, who = _DECISIONS.get(refund.status, ("refund:approved", "manager"))
            note(refund.decided_at, who, action, subject, {**amount, "note": refund.notes})
        sent = sent_at(refund)
        if sent is not None:
            note(sent, "manager", "refund:handed_to_network", subject, amount)
        if refund.ended_at is not None and refund.status is not RefundStatus.PROCESSING:
            is_left = refund.status is RefundStatus.UNKNOWN
            action = "refund:unresolved" if is_left else f"refund:{refund.status.value}"
            details = {**amount, "transaction": refund.network_id, "note": refund.notes}
            who = SYSTEM_USER if sent is not None else "manager"
            note(refund.ended_at, who, action, subject, details)

    def _write_order(self, sale: Sale) -> None:
        if not sale.has_order:
            return
        self._writer.add(Order, sale_rows.order_row(sale))
        for line in sale_rows.order_line_rows(sale):
            self._writer.add(OrderLine, line)

    def _write_payment(self, sale: Sale) -> None:
        self._writer.add(Payment, sale_rows.payment_row(sale, answer_of(sale)))
        if sale.subscription is not None:
            self._subscribers.charge(sale.subscription, sale)
        if sale.imported:
            self._note_brought_in(sale)
            return
        now = self._calendar.now
        for call in call_rows(sale, self._rng, now):
            self._writer.add(PaymentTransaction, call)
        attempt = collect_row(sale, now)
        if attempt is not None:
            self._writer.add(GatewayAttempt, attempt)
        self._note_ending(sale)

    def _write_mail(self, sale: Sale, day: date) -> None:
        row = mail_row(sale, day)
        self._writer.add(MailMessage, row)
        if sale.paid_at is not None:
            subject, details = ("payment", sale.payment_id), audit_details(row)
            self._journal.note(sale.paid_at, SYSTEM_USER, "mail:queued", subject, details)
            self._journal.note(sale.paid_at, SYSTEM_USER, "mail:sent", subject, details)

    def _note_recorded(self, sale: Sale) -> None:
        if sale.imported:
            return
        subject = ("payment", sale.payment_id)
        details = sale_rows.audit_details(sale)
        self._journal.note(sale.created_at, sale.created_by, "payment:recorded", subject, details)
        if is_asked(sale):
            self._note_request(sale)

    def _note_brought_in(self, sale: Sale) -> None:
        """Put a payment of the old books into the journal, as an import of a file does."""
        self._brought_in[shop_date(sale.created_at).replace(day=1)] += 1
        self._journal.write(
            day_start(self._calendar.live_from),
            _IMPORTER,
            "payment:imported",
            ("payment", sale.payment_id),
            {
                "method": sale.method.value,
                "amount": major(sale.amount_minor, DEFAULT_CURRENCY),
                "currency": DEFAULT_CURRENCY,
                "status": sale.status.value,
                "invoice": sale.invoice_number or "",
            },
        )

    def _note_files(self) -> None:
        """Put into the journal, file by file, what the old books brought in."""
        for month, payments in self._brought_in.items():
            self._journal.write(
                day_start(self._calendar.live_from),
                _IMPORTER,
                "payments:imported",
                ("file", f"{month:%Y-%m}"),
                {"file": f"old-books-{month:%Y-%m}.csv", "new": payments, "known": 0, "refused": 0},
            )

    def _note_request(self, sale: Sale) -> None:
        subject = ("payment", sale.payment_id)
        network = "mtn" if sale.is_mtn else "airtel"
        started = sale.started_at or sale.created_at
        sent: Row = {"network": network, "reference": reference_of(sale), "sending": 1}
        self._journal.note(started, SYSTEM_USER, "payment:sent", subject, sent)
        if sale.attempt is TransactionStatus.UNRESOLVED:
            at = asked_at(sale, self._calendar.now) or started
            details: Row = {"network": network, "note": told_otherwise(sale)[1]}
            self._journal.note(at, SYSTEM_USER, "payment:unresolved", subject, details)

    def _note_ending(self, sale: Sale) -> None:
        subject = ("payment", sale.payment_id)
        note = self._journal.note
        # The network ends a mobile-money payment, a person every other.
        who = SYSTEM_USER if sale.method.is_mobile_money else sale.created_by
        if sale.paid_at is not None and sale.invoice_number is not None:
            issued: Row = {"payment": sale.payment_id, "tax_minor": sale.tax_minor}
            note(sale.paid_at, who, "invoice:issued", ("invoice", sale.invoice_number), issued)
            completed: Row = {"invoice": sale.invoice_number, "note": ""}
            note(sale.paid_at, who, "payment:completed", subject, completed)
        elif sale.ended_at is not None:
            if sale.status is PaymentStatus.CANCELLED:
                who = sale.created_by
            details: Row = {"note": sale.error_message}
            note(sale.ended_at, who, f"payment:{sale.status.value}", subject, details)
