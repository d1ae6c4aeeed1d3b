"""Payments, refunds, the networks that carry them, and tills."""

from __future__ import annotations

from core.database.postgresql.roles.grants.forms import (
    ADMIN,
    CASHIER,
    CLERK,
    MANAGER,
    SERVICE,
    SHOP,
    TILL,
    Columns,
    TableGrant,
)

_MONEY_STEP = (
    "status error_message invoice_generated invoice_number paid_at transaction_id"
    " transaction_status updated_at version"
)
_AT_THE_TILL = (
    f"{_MONEY_STEP} claimed_transaction_id refund_reason tendered_minor card_approval_code"
    " card_last4 till_session_id gateway_name"
)
_RECONCILED = "reconciled reconciled_at reconciled_by"
_REFUND_PAID = (
    "status processed_by refund_transaction_id response_notes refund_completed_at updated_at"
    " version"
)

GRANTS = (
    TableGrant(
        "payment",
        insert=SHOP,
        update=(
            Columns((CASHIER,), _AT_THE_TILL),
            Columns((CLERK,), f"{_MONEY_STEP} {_RECONCILED}"),
            Columns((MANAGER,), f"{_AT_THE_TILL} {_RECONCILED}"),
            Columns(
                (SERVICE,),
                f"{_MONEY_STEP} refund_reason gateway_response processing_started_at"
                " transaction_reference payment_link",
            ),
        ),
    ),
    TableGrant(
        "refund_request",
        insert=(CASHIER, MANAGER),
        update=(
            Columns(TILL, _REFUND_PAID),
            Columns((MANAGER, ADMIN), "approved_by approved_at rejected_by rejected_at"),
            Columns((MANAGER,), "passed_on_by passed_on_at passed_on_note"),
            Columns((ADMIN,), "status response_notes updated_at version"),
        ),
    ),
    TableGrant(
        "gateway_attempt",
        insert=SHOP,
        update=(
            Columns(SHOP, "status status_since closed_at due_at checks version"),
            Columns(
                (SERVICE,),
                "sent_at accepted_at last_asked_at sends not_found_count not_found_since reason"
                " reason_code trouble message",
            ),
        ),
    ),
    TableGrant(
        "payment_transaction",
        insert=(SERVICE,),
        update=(
            Columns(
                (SERVICE,),
                "transaction_id response_data response_code response_message status success"
                " processing_time_ms error_code error_message response_at",
            ),
        ),
    ),
    TableGrant(
        "gateway_health",
        insert=(SERVICE,),
        update=(Columns((SERVICE,), "trouble told since last_answer_at clock_ahead_s"),),
    ),
    TableGrant(
        "till_session",
        insert=(CASHIER, MANAGER),
        update=(Columns((CASHIER, MANAGER), "counted_minor difference_reason closed_at version"),),
    ),
)
