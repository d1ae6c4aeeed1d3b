"""Turns mapped objects into the frozen rows that may leave a unit of work."""

from __future__ import annotations

import json
from collections.abc import Mapping

from core.model.invoices import Invoice
from core.model.journal import AuditEntry
from core.model.payments import Payment, PaymentTransaction
from core.model.reconciliations import PaymentReconciliation, StatementLine
from core.model.refunds import RefundRequest
from core.services.rows import (
    AuditRow,
    InvoiceRow,
    PaymentRow,
    ReconciliationRow,
    RefundRow,
    StatementLineRow,
    TransactionRow,
)


def payment_row(payment: Payment) -> PaymentRow:
    """Return a payment as lists show it; its order is expected to be loaded with it."""
    return PaymentRow(
        payment_id=payment.payment_id,
        created_at=payment.created_at,
        paid_at=payment.paid_at,
        customer_name=payment.customer_name,
        phone_number=payment.phone_number,
        account_number=payment.account_number,
        amount_minor=payment.amount_minor,
        currency=payment.currency,
        payment_method=payment.payment_method,
        payment_type=payment.payment_type,
        status=payment.status,
        transaction_status=payment.transaction_status,
        transaction_id=payment.transaction_id or "",
        transaction_reference=payment.transaction_reference,
        order_number=payment.order.order_number if payment.order else "",
        invoice_number=payment.invoice_number or "",
        invoice_generated=payment.invoice_generated,
        reconciled=payment.reconciled,
        reconciled_at=payment.reconciled_at,
        gateway_name=payment.gateway_name,
        customer_notes=payment.customer_notes,
        error_message=payment.error_message,
        tendered_minor=payment.tendered_minor,
        card_last4=payment.card_last4,
        card_approval_code=payment.card_approval_code,
        created_by=payment.created_by,
        version=payment.version,
        claimed_transaction_id=payment.claimed_transaction_id,
    )


def json_text(data: Mapping[str, object] | None) -> str:
    """Return stored JSON as indented text for people; empty where there is none."""
    return "" if data is None else json.dumps(data, ensure_ascii=False, indent=2)


def transaction_row(call: PaymentTransaction, payment_id: str) -> TransactionRow:
    """Return one gateway call of the payment with this public id."""
    return TransactionRow(
        payment_id=payment_id,
        transaction_id=call.transaction_id,
        gateway_name=call.gateway_name,
        request_type=call.request_type,
        request_data=json_text(call.request_data),
        response_data=json_text(call.response_data),
        response_code=call.response_code,
        response_message=call.response_message,
        status=call.status,
        success=call.success,
        processing_time_ms=call.processing_time_ms,
        error_code=call.error_code,
        error_message=call.error_message,
        request_at=call.request_at,
        response_at=call.response_at,
    )


def invoice_row(invoice: Invoice, payment: Payment) -> InvoiceRow:
    """Return an invoice with what lists show of its payment."""
    return InvoiceRow(
        invoice_number=invoice.invoice_number,
        payment_id=payment.payment_id,
        customer_name=payment.customer_name,
        payment_method=payment.payment_method,
        subtotal_minor=invoice.subtotal_minor,
        tax_minor=invoice.tax_minor,
        total_minor=invoice.total_minor,
        currency=invoice.currency,
        issued_date=invoice.issued_date,
        due_date=invoice.due_date,
        is_paid=invoice.is_paid,
        paid_date=invoice.paid_date,
        sent_to_customer=invoice.sent_to_customer,
        sent_at=invoice.sent_at,
        pdf_file=invoice.pdf_file,
        notes=invoice.notes,
        void_date=invoice.void_date,
        language=invoice.language,
        ebm_receipt_number=invoice.ebm_receipt_number,
        ebm_signature=invoice.ebm_signature,
    )


def refund_row(refund: RefundRequest, payment: Payment) -> RefundRow:
    """Return a refund with what lists show of its payment."""
    return RefundRow(
        refund_id=refund.refund_id,
        payment_id=payment.payment_id,
        customer_name=payment.customer_name,
        payment_method=payment.payment_method,
        paid_minor=payment.amount_minor,
        refund_amount_minor=refund.refund_amount_minor,
        currency=refund.currency,
        reason=refund.reason,
        status=refund.status,
        refund_transaction_id=refund.refund_transaction_id,
        requested_by=refund.requested_by,
        requested_at=refund.requested_at,
        approved_by=refund.approved_by or "",
        approved_at=refund.approved_at,
        rejected_by=refund.rejected_by,
        processed_by=refund.processed_by,
        response_notes=refund.response_notes,
        refund_completed_at=refund.refund_completed_at,
        invoice_number=payment.invoice_number or "",
        credit_note_number=refund.credit_note.credit_note_number if refund.credit_note else "",
        version=refund.version,
        reason_note=refund.reason_note,
        passed_on_by=refund.passed_on_by,
        passed_on_note=refund.passed_on_note,
    )


def audit_row(entry: AuditEntry) -> AuditRow:
    """Return an entry of the audit trail."""
    return AuditRow(
        at=entry.at,
        user_name=entry.user_name,
        desk=entry.desk,
        action=entry.action,
        subject_type=entry.subject_type,
        subject_id=entry.subject_id,
        details=entry.details,
    )


def line_row(line: StatementLine) -> StatementLineRow:
    """Return one line of an imported statement."""
    return StatementLineRow(
        line_id=line.id,
        line_number=line.line_number,
        line_date=line.line_date,
        amount_minor=line.amount_minor,
        fee_minor=line.fee_minor,
        balance_minor=line.balance_minor,
        currency=line.currency,
        reference=line.reference,
        transaction_id=line.transaction_id,
        description=line.description,
        counterparty=line.counterparty,
        counterparty_account=line.counterparty_account,
        state=line.state,
        ignored_reason=line.ignored_reason,
    )


def reconciliation_row(reconciliation: PaymentReconciliation) -> ReconciliationRow:
    """Return a reconciliation as lists show it."""
    return ReconciliationRow(
        reconciliation_id=reconciliation.reconciliation_id,
        file_name=reconciliation.file_name,
        provider=reconciliation.provider,
        profile_name=reconciliation.profile_name,
        account=reconciliation.account,
        currency=reconciliation.currency,
        statement_date=reconciliation.statement_date,
        statement_period_start=reconciliation.statement_period_start,
        statement_period_end=reconciliation.statement_period_end,
        opening_balance_minor=reconciliation.opening_balance_minor,
        closing_balance_minor=reconciliation.closing_balance_minor,
        balance_gap_minor=reconciliation.balance_gap_minor,
        total_transactions=reconciliation.total_transactions,
        total_amount_minor=reconciliation.total_amount_minor,
        known_transactions=reconciliation.known_transactions,
        matched_count=reconciliation.matched_count,
        unmatched_count=reconciliation.unmatched_count,
        discrepancy_amount_minor=reconciliation.discrepancy_amount_minor,
        status=reconciliation.status,
        imported_by=reconciliation.imported_by,
        imported_at=reconciliation.imported_at,
        reconciled_by=reconciliation.reconciled_by,
        reconciled_at=reconciliation.reconciled_at,
        notes=reconciliation.notes,
        file_upload=reconciliation.file_upload,
        version=reconciliation.version,
    )
