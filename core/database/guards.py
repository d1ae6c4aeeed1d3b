"""The database's own guards, so that no program and no hand-written SQL breaks the money rules.

The state guards are made from the same transition tables the services use. The statements are
generated here, kept in the migrations, and a test compares the two.
"""

from __future__ import annotations

from core.database.call_search import call_search_triggers
from core.database.day_sums import sum_triggers
from core.database.guard_statements import (
    Trigger,
    immutable,
    no_delete,
    sqlite_trigger,
    transition_guard,
    trigger,
)
from core.database.offer_marks import mark_triggers
from core.database.payment_search import search_triggers
from core.database.reconciliation_guards import (
    closed_match_guards,
    difference_guards,
    lesson_guards,
)
from core.database.refund_search import refund_search_triggers
from core.model.mail import MAIL_TRANSITIONS
from core.model.payments import PAYMENT_TRANSITIONS, TRANSACTION_TRANSITIONS
from core.model.reconciliations import RECONCILIATION_TRANSITIONS
from core.model.refunds import HELD_REFUND_STATUSES, REFUND_TRANSITIONS
from core.model.subscriptions import PERIOD_TRANSITIONS, SUBSCRIPTION_TRANSITIONS

_MAIL_FACTS = (
    "mail_id", "message_id", "act_key", "kind", "automatic", "payment_id", "invoice_id",
    "refund_request_id", "recipient_address", "recipient_name", "language", "subject", "body",
    "created_by", "created_at",
)  # fmt: skip


_UNDELETABLE = (
    "audit_entry",
    "invoice",
    "credit_note",
    "invoice_line",
    "credit_note_line",
    "letterhead",
    "paper_template",
    "handout",
    "payment",
    "payment_transaction",
    "refund_request",
    "payment_reconciliation",
    "statement_line",
    "match",
    "match_line",
    "match_payment",
    "gateway_attempt",
    "mail_message",
    "customer",
    "order",
    "loyalty_account",
    "loyalty_entry",
)

_AUDIT_FACTS = (
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
)


def sqlite_guards() -> dict[str, str]:
    """Return the statement of every trigger of a SQLite shop by name."""
    return {name: sqlite_trigger(each) for name, each in guards().items()}


def guards() -> dict[str, Trigger]:
    """Return every trigger of a shop by name."""
    made = {
        **transition_guard("payment", PAYMENT_TRANSITIONS),
        **transition_guard("refund_request", REFUND_TRANSITIONS),
        **transition_guard("payment_reconciliation", RECONCILIATION_TRANSITIONS),
        **transition_guard("gateway_attempt", TRANSACTION_TRANSITIONS),
        **transition_guard("mail_message", MAIL_TRANSITIONS),
        **immutable("payment", ("payment_id", "amount_minor", "currency", "payment_method")),
        **immutable(
            "refund_request",
            ("refund_id", "payment_id", "refund_amount_minor", "currency", "requested_by"),
        ),
        **immutable(
            "statement_line",
            ("reconciliation_id", "fingerprint", "amount_minor", "currency", "line_date"),
        ),
        **immutable(
            "gateway_attempt",
            ("kind", "payment_id", "refund_request_id", "provider", "environment", "reference"),
        ),
        **_papers_guards(),
        **immutable("mail_message", _MAIL_FACTS),
        **immutable("audit_entry", _AUDIT_FACTS),
        **_refund_sum_guard(),
        **closed_match_guards(),
        **difference_guards(),
        **sum_triggers(),
        **search_triggers(),
        **call_search_triggers(),
        **refund_search_triggers(),
        # Payments are found by it, in an index that holds the number as it was.
        **trigger(
            "guard_order_number",
            "UPDATE OF order_number",
            "order",
            "OLD.order_number IS NOT NEW.order_number",
            "Facts once written stay as they are.",
        ),
        **mark_triggers(),
        **_invoiced_order_guard(),
        **_points_guards(),
        **_subscription_guards(),
        **lesson_guards(),
    }
    for table in _UNDELETABLE:
        made |= no_delete(table)
    return made


def _subscription_guards() -> dict[str, Trigger]:
    made = {
        **transition_guard("subscription", SUBSCRIPTION_TRANSITIONS),
        **transition_guard("subscription_period", PERIOD_TRANSITIONS),
        **immutable(
            "subscription_period",
            ("subscription_id", "starts_on", "reference", "amount_minor", "currency"),
        ),
        **immutable("subscription_charge", ("period_id", "try_number", "payment_id")),
    }
    for table in (
        "subscription",
        "subscription_pause",
        "subscription_period",
        "subscription_charge",
    ):
        made |= no_delete(table)
    return made


_PAPER_FACTS = (
    "currency", "issued_date", "tax_minor", "letterhead_sha256", "template_id", "language",
    "customer_name", "customer_phone", "customer_tin",
)  # fmt: skip
_LINE_FACTS = (
    "id", "position", "description", "quantity", "unit_price_minor", "total_minor", "tax_class",
    "tax_minor",
)  # fmt: skip


def _papers_guards() -> dict[str, Trigger]:
    """Return what keeps an issued paper as it was issued; only its standing may move on."""
    invoice = (
        "invoice_number", "payment_id", "subtotal_minor", "total_minor", "due_date", "notes",
        "order_number", *_PAPER_FACTS,
    )  # fmt: skip
    note = ("credit_note_number", "refund_id", "invoice_id", "amount_minor", *_PAPER_FACTS)
    return {
        **immutable("invoice", invoice),
        **immutable("credit_note", note),
        **immutable("invoice_line", ("invoice_id", *_LINE_FACTS)),
        **immutable("credit_note_line", ("credit_note_id", *_LINE_FACTS)),
        **immutable(
            "letterhead",
            (
                "sha256", "shop_name", "tin", "address", "phone", "email", "bank_details", "footer",
                "accent_colour", "logo",
            ),
        ),
        **immutable(
            "handout",
            ("id", "kind", "number", "channel", "is_copy", "handed_by", "handed_at"),
        ),
        **_line_sum_guard("invoice_line", "invoice", "total_minor"),
        **_line_sum_guard("credit_note_line", "credit_note", "amount_minor"),
    }  # fmt: skip


def _line_sum_guard(table: str, paper: str, total: str) -> dict[str, Trigger]:
    condition = (
        f"NEW.total_minor + (SELECT COALESCE(SUM(l.total_minor), 0) FROM {table} l"
        f" WHERE l.{paper}_id = NEW.{paper}_id)"
        f" > (SELECT p.{total} FROM {paper} p WHERE p.id = NEW.{paper}_id)"
    )
    message = "The lines would be more than the paper they stand on."
    return trigger(
        f"guard_{table}_sum",
        "INSERT",
        table,
        condition,
        message,
        server_lock=f"{paper} WHERE id = NEW.{paper}_id",
    )


def _refund_sum_guard() -> dict[str, Trigger]:
    held = ", ".join(sorted(f"'{status.value}'" for status in HELD_REFUND_STATUSES))
    condition = (
        "NEW.refund_amount_minor + (SELECT COALESCE(SUM(r.refund_amount_minor), 0)"
        " FROM refund_request r"
        f" WHERE r.payment_id = NEW.payment_id AND r.status IN ({held}))"
        " > (SELECT p.amount_minor FROM payment p WHERE p.id = NEW.payment_id)"
    )
    return trigger(
        "guard_refund_request_sum",
        "INSERT",
        "refund_request",
        condition,
        "All refunds together would be more than was paid.",
        server_lock="payment WHERE id = NEW.payment_id",
    )


def _invoiced_order_guard() -> dict[str, Trigger]:
    """What an invoice was made from stays as it was: the lines of its order, and their sum."""

    def invoiced(order_id: str) -> str:
        return (
            "EXISTS (SELECT 1 FROM invoice i JOIN payment p ON p.id = i.payment_id"
            f" WHERE p.order_id = {order_id})"
        )

    message = "An invoice was made from this order: its lines stay as they are."
    changed = " OR ".join(
        f'OLD."{column}" IS NOT NEW."{column}"'
        for column in ("order_number", "total_minor", "currency")
    )
    insert, update, delete = (
        f"guard_order_line_{event}" for event in ("insert", "update", "delete")
    )
    return {
        **trigger(insert, "INSERT", "order_line", invoiced("NEW.order_id"), message),
        **trigger(
            update,
            "UPDATE",
            "order_line",
            f"{invoiced('OLD.order_id')} OR {invoiced('NEW.order_id')}",
            message,
        ),
        **trigger(delete, "DELETE", "order_line", invoiced("OLD.order_id"), message),
        **trigger(
            "guard_order_facts", "UPDATE", "order", f"({changed}) AND {invoiced('NEW.id')}", message
        ),
    }


def _points_guards() -> dict[str, Trigger]:
    """Keep the ledger of points append-only and adding up, and each account at its sum."""
    last = (
        "(SELECT e.{0} FROM loyalty_entry e WHERE e.account_id = {1}"
        " ORDER BY e.sequence DESC LIMIT 1)"
    )

    def before(column: str) -> str:
        return f"COALESCE({last.format(column, 'NEW.account_id')}, 0)"

    does_not_add_up = (
        f"NEW.sequence <> {before('sequence')} + 1"
        f" OR NEW.balance_after <> {before('balance_after')} + NEW.points"
        f" OR NEW.owed_after <> {before('owed_after')} + NEW.owed"
    )
    is_not_the_sum = f"NEW.points <> COALESCE({last.format('balance_after', 'NEW.id')}, 0)"
    told = "An account of points is the sum of its ledger."
    return {
        **trigger(
            "guard_loyalty_entry_sum",
            "INSERT",
            "loyalty_entry",
            does_not_add_up,
            "The ledger of points would not add up.",
            server_lock="loyalty_account WHERE id = NEW.account_id",
        ),
        **trigger(
            "guard_loyalty_entry_facts",
            "UPDATE",
            "loyalty_entry",
            "1",
            "Facts once written stay as they are.",
        ),
        **trigger(
            "guard_loyalty_account_new", "INSERT", "loyalty_account", "NEW.points <> 0", told
        ),
        **trigger(
            "guard_loyalty_account_points",
            "UPDATE OF points",
            "loyalty_account",
            is_not_the_sum,
            told,
        ),
    }
