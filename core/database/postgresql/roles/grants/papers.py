"""Invoices, credit notes and mail."""

from __future__ import annotations

from core.database.postgresql.roles.grants.forms import (
    ADMIN,
    SERVICE,
    SHOP,
    TILL,
    Columns,
    TableGrant,
)

GRANTS = (
    TableGrant("number_series", insert=SHOP, update=(Columns(SHOP, "last_number"),)),
    TableGrant(
        "invoice",
        insert=SHOP,
        update=(
            Columns(
                SHOP,
                "is_paid paid_date payment_reference void_date pdf_file pdf_sha256"
                " ebm_receipt_number ebm_signature version",
            ),
            Columns((SERVICE,), "sent_to_customer sent_at"),
        ),
    ),
    TableGrant("invoice_line", insert=SHOP),
    TableGrant(
        "credit_note",
        insert=TILL,
        update=(Columns(TILL, "pdf_file pdf_sha256 ebm_receipt_number ebm_signature"),),
    ),
    TableGrant("credit_note_line", insert=TILL),
    TableGrant("letterhead", insert=SHOP),
    TableGrant("handout", insert=SHOP),
    TableGrant(
        "paper_template",
        insert=(ADMIN,),
        update=(
            Columns(
                (ADMIN,),
                "name language due_days is_default retired_at shop_name tin address phone email"
                " bank_details footer accent_colour logo version",
            ),
        ),
    ),
    TableGrant(
        "mail_message",
        insert=SHOP,
        update=(
            Columns(SHOP, "status next_attempt_at version"),
            Columns(
                (SERVICE,),
                "attempts trying_since sending_since sent_at last_code last_answer reason"
                " attachment_name attachment_sha256",
            ),
        ),
    ),
    TableGrant(
        "mail_channel",
        insert=(SERVICE,),
        update=(
            Columns((SERVICE,), "trouble told answer since next_try_at failures"),
            Columns((ADMIN,), "next_try_at failures"),
        ),
    ),
)
