"""The database's own guards, so that no program and no hand-written SQL breaks the money rules.

The state guards are made from the same transition tables the services use. The statements are
generated here, kept in the migrations, and a test compares the two.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from core.model.payments import PAYMENT_TRANSITIONS, TRANSACTION_TRANSITIONS
from core.model.reconciliations import RECONCILIATION_TRANSITIONS
from core.model.refunds import HELD_REFUND_STATUSES, REFUND_TRANSITIONS
from core.model.subscriptions import PERIOD_TRANSITIONS, SUBSCRIPTION_TRANSITIONS

StateT = TypeVar("StateT", bound=StrEnum)

MARK = "sanduku:"


def sqlite_guards() -> dict[str, str]:
    """Return every trigger of a SQLite shop by name."""
    guards = {
        **_transition_guard("payment", PAYMENT_TRANSITIONS),
        **_transition_guard("refund_request", REFUND_TRANSITIONS),
        **_transition_guard("payment_reconciliation", RECONCILIATION_TRANSITIONS),
        **_transition_guard("gateway_attempt", TRANSACTION_TRANSITIONS),
        **_immutable("payment", ("payment_id", "amount_minor", "currency", "payment_method")),
        **_immutable(
            "refund_request",
            ("refund_id", "payment_id", "refund_amount_minor", "currency", "requested_by"),
        ),
        **_immutable(
            "statement_line",
            ("reconciliation_id", "fingerprint", "amount_minor", "currency", "line_date"),
        ),
        **_immutable(
            "gateway_attempt",
            ("kind", "payment_id", "refund_request_id", "provider", "environment", "reference"),
        ),
        **_refund_sum_guard(),
        **_closed_match_guard(),
        **_subscription_guards(),
    }
    for table in (
        "audit_entry",
        "invoice",
        "credit_note",
        "payment",
        "payment_transaction",
        "refund_request",
        "payment_reconciliation",
        "statement_line",
        "match",
        "gateway_attempt",
    ):
        guards |= _no_delete(table)
    guards |= _immutable(
        "audit_entry",
        (
            "user_name",
            "sequence",
            "at",
            "desk",
            "action",
            "subject_type",
            "subject_id",
            "details",
            "previous_hash",
            "entry_hash",
        ),
    )
    return guards


def _subscription_guards() -> dict[str, str]:
    guards = {
        **_transition_guard("subscription", SUBSCRIPTION_TRANSITIONS),
        **_transition_guard("subscription_period", PERIOD_TRANSITIONS),
        **_immutable(
            "subscription_period",
            ("subscription_id", "starts_on", "reference", "amount_minor", "currency"),
        ),
        **_immutable("subscription_charge", ("period_id", "try_number", "payment_id")),
    }
    for table in (
        "subscription",
        "subscription_pause",
        "subscription_period",
        "subscription_charge",
    ):
        guards |= _no_delete(table)
    return guards


def _trigger(name: str, event: str, table: str, condition: str, message: str) -> dict[str, str]:
    return {
        name: (
            f'CREATE TRIGGER {name} BEFORE {event} ON "{table}" FOR EACH ROW\n'
            f"WHEN {condition}\n"
            f"BEGIN SELECT RAISE(ABORT, '{MARK} {message}'); END"
        )
    }


def _transition_guard(
    table: str, transitions: Mapping[StateT, frozenset[StateT]]
) -> dict[str, str]:
    allowed = sorted(
        f"'{start.value}>{end.value}'" for start, ends in transitions.items() for end in ends
    )
    condition = (
        "OLD.status <> NEW.status AND OLD.status || '>' || NEW.status NOT IN ("
        + ", ".join(allowed)
        + ")"
    )
    return _trigger(
        f"guard_{table}_status",
        "UPDATE OF status",
        table,
        condition,
        "This step is not allowed from the present state.",
    )


def _immutable(table: str, columns: tuple[str, ...]) -> dict[str, str]:
    condition = " OR ".join(f'OLD."{column}" IS NOT NEW."{column}"' for column in columns)
    return _trigger(
        f"guard_{table}_facts", "UPDATE", table, condition, "Facts once written stay as they are."
    )


def _no_delete(table: str) -> dict[str, str]:
    return _trigger(f"guard_{table}_delete", "DELETE", table, "1", "Nothing is ever deleted.")


def _refund_sum_guard() -> dict[str, str]:
    held = ", ".join(sorted(f"'{status.value}'" for status in HELD_REFUND_STATUSES))
    condition = (
        "NEW.refund_amount_minor + (SELECT COALESCE(SUM(r.refund_amount_minor), 0)"
        " FROM refund_request r"
        f" WHERE r.payment_id = NEW.payment_id AND r.status IN ({held}))"
        " > (SELECT p.amount_minor FROM payment p WHERE p.id = NEW.payment_id)"
    )
    return _trigger(
        "guard_refund_request_sum",
        "INSERT",
        "refund_request",
        condition,
        "All refunds together would be more than was paid.",
    )


def _closed_match_guard() -> dict[str, str]:
    condition = (
        "(SELECT r.status FROM payment_reconciliation r WHERE r.id = NEW.reconciliation_id)"
        " IN ('COMPLETE', 'DISCREPANCY', 'RESOLVED')"
    )
    message = "This reconciliation is closed."
    return {
        **_trigger("guard_match_closed_insert", "INSERT", "match", condition, message),
        **_trigger("guard_match_closed_update", "UPDATE", "match", condition, message),
        **_trigger(
            "guard_statement_line_closed_insert", "INSERT", "statement_line", condition, message
        ),
        **_trigger(
            "guard_statement_line_closed_update", "UPDATE", "statement_line", condition, message
        ),
    }
