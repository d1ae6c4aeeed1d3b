"""Statements, matches, and what was learnt from them."""

from __future__ import annotations

from core.database.postgresql.roles.grants.forms import (
    OFFICE,
    Columns,
    TableGrant,
)

GRANTS = (
    TableGrant(
        "payment_reconciliation",
        insert=OFFICE,
        update=(
            Columns(
                OFFICE,
                "matched_count unmatched_count discrepancy_amount_minor status not_searched"
                " reconciled_by reconciled_at notes version",
            ),
        ),
    ),
    TableGrant(
        "statement_line", insert=OFFICE, update=(Columns(OFFICE, "state ignored_reason offer"),)
    ),
    TableGrant(
        "match",
        insert=OFFICE,
        update=(
            Columns(
                OFFICE,
                "state decided_by decided_at difference_kind difference_reason difference_note"
                " difference_by difference_at version",
            ),
        ),
    ),
    TableGrant("match_line", insert=OFFICE, update=(Columns(OFFICE, "active"),)),
    TableGrant("match_payment", insert=OFFICE, update=(Columns(OFFICE, "active completed_here"),)),
    TableGrant("withdrawn_proof", insert=OFFICE),
    TableGrant(
        "payer_lesson",
        insert=OFFICE,
        update=(Columns(OFFICE, "taken_back_at forgotten_by forgotten_at customer_id"),),
    ),
    TableGrant(
        "wording_lesson",
        insert=OFFICE,
        update=(Columns(OFFICE, "taken_back_at forgotten_by forgotten_at"),),
    ),
    TableGrant("forgotten_fee", insert=OFFICE, update=(Columns(OFFICE, "restored_at"),)),
    TableGrant("lifted_decline", insert=OFFICE, update=(Columns(OFFICE, "restored_at"),)),
    TableGrant(
        "statement_answer", insert=OFFICE, update=(Columns(OFFICE, "forgotten_by forgotten_at"),)
    ),
    TableGrant(
        "statement_profile",
        insert=OFFICE,
        update=(Columns(OFFICE, "definition saved_by saved_at"),),
    ),
)
