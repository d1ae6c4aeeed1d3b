"""A payment, and the network's word about it: what each row must say truly."""

# ruff: noqa: S608 - statements are made of names in this program, never of input

from __future__ import annotations

from core.database.postgresql.engine import SCHEMA
from core.database.postgresql.roles.rules.forms import (
    MOBILE,
    NO_ENTRY,
    NOT_NOW,
    NOW,
    UNTOLD,
    Check,
    LateCheck,
    PersonRule,
    untold,
)
from core.database.postgresql.roles.steps import ATTEMPT_STEPS, PAYMENT_STEPS


def payment_rule() -> PersonRule:
    """Return what a row of a payment must say truly."""
    active_match = (
        f"SELECT 1 FROM {SCHEMA}.match_payment mp JOIN {SCHEMA}.match m ON m.id = mp.match_id"
        " WHERE mp.payment_id = NEW.id AND mp.active AND m.state = 'approved'"
    )
    returned = (
        f"SELECT coalesce(sum(r.refund_amount_minor), 0) FROM {SCHEMA}.refund_request r"
        " WHERE r.payment_id = NEW.id AND r.status = 'completed'"
    )
    return PersonRule(
        "payment",
        author="created_by",
        names=("reconciled_by",),
        steps=PAYMENT_STEPS,
        checks=(*_payment_facts(), *_payment_proofs()),
        at_commit={
            "told": LateCheck("INSERT", untold("payment", "payment_id"), UNTOLD),
            "proof": LateCheck(
                "UPDATE OF status",
                f"NEW.status IS DISTINCT FROM OLD.status AND ((grp = 'clerk' AND NEW.status ="
                f" 'completed' AND NOT EXISTS ({active_match}))"
                f" OR (NEW.status = 'refunded' AND ({returned}) <> NEW.amount_minor)"
                f" OR {NO_ENTRY})",
                "Nothing is done without its proof and its entry in the audit trail.",
            ),
            "reconciled": LateCheck(
                "UPDATE OF reconciled",
                f"NEW.reconciled IS DISTINCT FROM OLD.reconciled AND {NO_ENTRY}",
                UNTOLD,
            ),
        },
    )


def _payment_facts() -> tuple[Check, ...]:
    is_import = "grp IN ('clerk', 'manager') AND TG_OP = 'INSERT'"
    return (
        Check(
            f"TG_OP = 'INSERT' AND NOT ({is_import}) AND (NEW.status <> 'pending'"
            " OR NEW.reconciled OR NEW.paid_at IS NOT NULL OR NEW.invoice_number IS NOT NULL)",
            "A payment begins as one that is awaited.",
        ),
        Check(
            f"TG_OP = 'INSERT' AND NOT ({is_import}) AND NEW.created_at NOT {NOW}",
            NOT_NOW,
        ),
        Check(
            "TG_OP = 'UPDATE' AND NEW.paid_at IS DISTINCT FROM OLD.paid_at"
            f" AND (NEW.status <> 'completed' OR OLD.status = 'completed'"
            f" OR NEW.paid_at NOT {NOW})",
            "When a payment was paid is written once, when it is completed.",
        ),
        Check(
            "TG_OP = 'UPDATE' AND (NEW.created_by <> OLD.created_by"
            " OR NEW.created_at <> OLD.created_at OR NEW.invoice_number <> OLD.invoice_number)",
            "Facts once written stay as they are.",
        ),
    )


def _payment_proofs() -> tuple[Check, ...]:
    own_till = (
        f"SELECT 1 FROM {SCHEMA}.till_session t WHERE t.id = NEW.till_session_id"
        f" AND t.user_id = {SCHEMA}.acting_user() AND t.closed_at IS NULL"
    )
    return (
        Check(
            "TG_OP = 'UPDATE' AND grp = 'cashier' AND NEW.status = 'completed'"
            f" AND OLD.status <> 'completed' AND NEW.payment_method IN ({MOBILE})",
            "Mobile money is confirmed by its network, by a statement or by a manager.",
        ),
        Check(
            "TG_OP = 'UPDATE' AND grp = 'cashier' AND NEW.status IN ('failed', 'cancelled')"
            " AND OLD.status <> NEW.status AND OLD.transaction_status IN"
            " ('submitting', 'pending', 'unknown', 'unresolved')",
            "The network was asked: only its answer, or a manager, ends this payment.",
        ),
        Check(
            "TG_OP = 'UPDATE' AND NEW.reconciled AND NOT OLD.reconciled"
            " AND (NEW.status <> 'completed' OR NEW.reconciled_by <> who)",
            "Only a completed payment is reconciled, by whoever did it.",
        ),
        Check(
            "NEW.till_session_id IS NOT NULL AND (TG_OP = 'INSERT'"
            " OR NEW.till_session_id IS DISTINCT FROM OLD.till_session_id)"
            f" AND NOT EXISTS ({own_till})",
            "Cash lies in the open till of whoever received it.",
        ),
    )


def attempt_rule() -> PersonRule:
    """Return what a row of a request to a network must say truly."""
    approved = (
        f"SELECT 1 FROM {SCHEMA}.refund_request r WHERE r.id = NEW.refund_request_id"
        " AND r.payment_id = NEW.payment_id AND r.status = 'processing'"
        " AND r.approved_by IS NOT NULL"
    )
    return PersonRule(
        "gateway_attempt",
        steps=ATTEMPT_STEPS,
        checks=(
            Check(
                "TG_OP = 'INSERT' AND (NEW.status <> 'created' OR NEW.sends <> 0"
                " OR NEW.closed_at IS NOT NULL)",
                "A request to a network begins as one that was not sent.",
            ),
            Check(
                "TG_OP = 'INSERT' AND grp <> 'service' AND NEW.kind = 'refund'"
                f" AND NOT EXISTS ({approved})",
                "Nothing is sent back that nobody approved.",
            ),
        ),
    )
