"""What each table's rows must say truly, whoever writes them."""

# ruff: noqa: S608 - statements are made of names in this program, never of input

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from core.database.postgresql.engine import SCHEMA
from core.database.postgresql.roles.steps import (
    ATTEMPT_STEPS,
    PAYMENT_STEPS,
    RECONCILIATION_STEPS,
    REFUND_STEPS,
    Steps,
)
from core.model.payments import PaymentMethod

CLOCK_TOLERANCE = "15 minutes"
"""How far a desk's clock may be off before what it writes is called backdated."""

NOW = (
    f"BETWEEN clock_timestamp() - interval '{CLOCK_TOLERANCE}'"
    f" AND clock_timestamp() + interval '{CLOCK_TOLERANCE}'"
)

NOT_NOW = "What is done now is written as of now: set the clock of this computer."


@dataclass(frozen=True, slots=True)
class Check:
    """What must not hold when a row is written, and the sentence it is refused with."""

    condition: str
    sentence: str


@dataclass(frozen=True, slots=True)
class LateCheck:
    """What must not hold once all of an act is there, and the event that calls for the look."""

    event: str
    condition: str
    sentence: str


@dataclass(frozen=True, slots=True)
class PersonRule:
    """What a table's rows must say truly.

    ``author`` names whoever wrote the row, ``names`` whoever did a later act or nobody, ``moments``
    are stamped now. ``steps`` are those of the column ``state``. ``checks`` are
    looked at when the row is written, ``at_commit`` when the transaction ends.
    """

    table: str
    author: str = ""
    names: tuple[str, ...] = ()
    moments: tuple[str, ...] = ()
    state: str = "status"
    steps: Steps | None = None
    checks: tuple[Check, ...] = ()
    at_commit: Mapping[str, LateCheck] = field(default_factory=dict)


_MOBILE = ", ".join(f"'{method}'" for method in PaymentMethod if method.is_mobile_money)

_ENTRY = (
    f"SELECT 1 FROM {SCHEMA}.audit_entry a WHERE a.user_name = who"
    " AND a.written_in = pg_current_xact_id()"
)
_NO_ENTRY = f"NOT EXISTS ({_ENTRY} ORDER BY a.sequence DESC LIMIT 1)"
_UNTOLD = "Nothing is done without its entry in the audit trail."


def _untold(subject: str, key: str) -> str:
    """Return that this act wrote no entry about the thing itself."""
    return f"NOT EXISTS ({_ENTRY} AND a.subject_type = '{subject}' AND a.subject_id = NEW.{key})"


def person_rules() -> tuple[PersonRule, ...]:
    """Return the rules of every table whose rows say who acted."""
    return (
        _payment_rule(),
        _refund_rule(),
        _attempt_rule(),
        *_reconciliation_rules(),
        PersonRule(
            "till_session",
            moments=("opened_at", "closed_at"),
            checks=(
                Check(
                    f"NEW.user_id IS DISTINCT FROM {SCHEMA}.acting_user()",
                    "Everybody has a till of their own.",
                ),
                Check(
                    "TG_OP = 'UPDATE' AND (OLD.closed_at IS NOT NULL OR OLD.opening_float_minor"
                    " <> NEW.opening_float_minor OR OLD.opened_at <> NEW.opened_at)",
                    "A till that was counted stays as it was counted.",
                ),
            ),
        ),
        PersonRule(
            "loyalty_entry",
            author="by",
            moments=("at",),
            checks=(
                Check(
                    "NEW.kind = 'corrected' AND grp <> 'manager'",
                    "Only a manager corrects points.",
                ),
            ),
        ),
        PersonRule("mail_message", author="created_by", moments=("created_at",)),
        PersonRule("handout", author="handed_by", moments=("handed_at",)),
        PersonRule("order", names=("created_by", "cancelled_by")),
        PersonRule("statement_profile", author="saved_by"),
        PersonRule("statement_answer", author="answered_by", names=("forgotten_by",)),
        PersonRule("payer_lesson", author="taught_by", names=("forgotten_by",)),
        PersonRule("wording_lesson", author="taught_by", names=("forgotten_by",)),
        PersonRule("forgotten_fee", author="forgotten_by"),
        PersonRule("lifted_decline", author="lifted_by"),
        PersonRule("saved_filter", author="user_name"),
    )


def _payment_rule() -> PersonRule:
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
            "told": LateCheck("INSERT", _untold("payment", "payment_id"), _UNTOLD),
            "proof": LateCheck(
                "UPDATE OF status",
                f"NEW.status IS DISTINCT FROM OLD.status AND ((grp = 'clerk' AND NEW.status ="
                f" 'completed' AND NOT EXISTS ({active_match}))"
                f" OR (NEW.status = 'refunded' AND ({returned}) <> NEW.amount_minor)"
                f" OR {_NO_ENTRY})",
                "Nothing is done without its proof and its entry in the audit trail.",
            ),
            "reconciled": LateCheck(
                "UPDATE OF reconciled",
                f"NEW.reconciled IS DISTINCT FROM OLD.reconciled AND {_NO_ENTRY}",
                _UNTOLD,
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
            f" AND OLD.status <> 'completed' AND NEW.payment_method IN ({_MOBILE})",
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


def _refund_rule() -> PersonRule:
    paid = f"SELECT p.status FROM {SCHEMA}.payment p WHERE p.id = NEW.payment_id FOR UPDATE"
    mobile = (
        f"SELECT p.payment_method IN ({_MOBILE}) FROM {SCHEMA}.payment p WHERE p.id ="
        " NEW.payment_id"
    )
    moved = "TG_OP = 'UPDATE' AND NEW.status <> OLD.status"
    return PersonRule(
        "refund_request",
        author="requested_by",
        names=("approved_by", "rejected_by", "processed_by"),
        moments=("requested_at", "approved_at", "rejected_at", "refund_completed_at"),
        steps=REFUND_STEPS,
        checks=(
            Check(
                "TG_OP = 'INSERT' AND (NEW.status <> 'requested' OR NEW.approved_by IS NOT NULL)",
                "A refund begins as one that is asked for.",
            ),
            Check(
                f"TG_OP = 'INSERT' AND ({paid}) IS DISTINCT FROM 'completed'",
                "Only a completed payment can be refunded.",
            ),
            Check(
                f"{moved} AND NEW.status = 'approved' AND (OLD.requested_by = who"
                " OR NEW.approved_by IS DISTINCT FROM who)",
                "Nobody approves what they asked for, or in the name of another.",
            ),
            Check(
                "TG_OP = 'UPDATE' AND NEW.approved_by IS DISTINCT FROM OLD.approved_by"
                " AND NOT (NEW.status = 'approved' AND OLD.status = 'requested')",
                "Who approved stays as it was written.",
            ),
            Check(
                f"{moved} AND NEW.status = 'rejected' AND NEW.rejected_by <> who",
                "Nobody writes in the name of another.",
            ),
            Check(
                f"{moved} AND NEW.status NOT IN ('requested', 'rejected')"
                " AND NEW.approved_by IS NULL",
                "Nothing is paid back that nobody approved.",
            ),
            Check(
                f"{moved} AND NEW.status = 'completed' AND grp <> 'service'"
                f" AND NEW.refund_transaction_id = '' AND ({mobile})",
                "Mobile money sent back has the network's id of it.",
            ),
        ),
        at_commit={
            "told": LateCheck("INSERT", _untold("refund", "refund_id"), _UNTOLD),
            "step_told": LateCheck(
                "UPDATE OF status",
                f"NEW.status IS DISTINCT FROM OLD.status AND {_untold('refund', 'refund_id')}",
                _UNTOLD,
            ),
        },
    )


def _attempt_rule() -> PersonRule:
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


def _reconciliation_rules() -> tuple[PersonRule, ...]:
    return (
        PersonRule(
            "payment_reconciliation",
            author="imported_by",
            names=("reconciled_by",),
            moments=("imported_at", "reconciled_at"),
            steps=RECONCILIATION_STEPS,
            checks=(
                Check(
                    "TG_OP = 'INSERT' AND NEW.status <> 'PENDING'",
                    "A statement begins as one that nobody has worked on.",
                ),
            ),
            at_commit={
                "told": LateCheck("INSERT", _NO_ENTRY, _UNTOLD),
                "step_told": LateCheck(
                    "UPDATE OF status",
                    f"NEW.status IS DISTINCT FROM OLD.status AND {_NO_ENTRY}",
                    _UNTOLD,
                ),
            },
        ),
        PersonRule(
            "match",
            names=("decided_by", "difference_by"),
            moments=("decided_at", "difference_at"),
            state="state",
            checks=(
                Check(
                    "NEW.state = 'approved' AND (TG_OP = 'INSERT' OR OLD.state <> 'approved')"
                    " AND NEW.decided_by <> who",
                    "Nobody writes in the name of another.",
                ),
            ),
            at_commit={
                "told": LateCheck(
                    "UPDATE OF state",
                    f"NEW.state IS DISTINCT FROM OLD.state AND NEW.state = 'approved'"
                    f" AND {_NO_ENTRY}",
                    _UNTOLD,
                )
            },
        ),
    )
