"""A refund: who asked, who decided, whose decision it was, and that nothing is done untold."""

# ruff: noqa: S608 - statements are made of names in this program, never of input

from __future__ import annotations

from core.database.postgresql.engine import SCHEMA
from core.database.postgresql.roles.names import literal
from core.database.postgresql.roles.rules.forms import (
    MOBILE,
    UNTOLD,
    Check,
    LateCheck,
    PersonRule,
    untold,
)
from core.database.postgresql.roles.steps import REFUND_STEPS
from core.model.refunds import DEFAULT_REFUND_LIMIT_MINOR
from core.money import DEFAULT_CURRENCY

_MOVED = "TG_OP = 'UPDATE' AND NEW.status <> OLD.status"
_IN_ANOTHER_NAME = "Nobody writes in the name of another."


def refund_rule() -> PersonRule:
    """Return what a row of a refund must say truly."""
    return PersonRule(
        "refund_request",
        author="requested_by",
        names=("approved_by", "rejected_by", "processed_by", "passed_on_by"),
        moments=(
            "requested_at",
            "approved_at",
            "rejected_at",
            "passed_on_at",
            "refund_completed_at",
        ),
        steps=REFUND_STEPS,
        checks=(*_asked(), *_passed_on(), *_decided(), *_ended()),
        at_commit={
            "told": LateCheck("INSERT", untold("refund", "refund_id"), UNTOLD),
            "step_told": LateCheck("UPDATE", untold("refund", "refund_id"), UNTOLD),
        },
    )


def _asked() -> tuple[Check, ...]:
    paid = f"SELECT p.status FROM {SCHEMA}.payment p WHERE p.id = NEW.payment_id FOR UPDATE"
    empty = ("passed_on_by", "passed_on_note", "rejected_by", "processed_by")
    nothing = ("approved_by", "approved_at", "rejected_at", "passed_on_at", "refund_completed_at")
    written = " OR ".join(
        [
            *(f"NEW.{column} <> ''" for column in (*empty, "refund_transaction_id")),
            *(f"NEW.{column} IS NOT NULL" for column in nothing),
        ]
    )
    return (
        Check(
            f"TG_OP = 'INSERT' AND (NEW.status <> 'requested' OR {written})",
            "A refund begins as one that is asked for.",
        ),
        Check(
            f"TG_OP = 'INSERT' AND ({paid}) IS DISTINCT FROM 'completed'",
            "Only a completed payment can be refunded.",
        ),
    )


def _passed_on() -> tuple[Check, ...]:
    columns = ("passed_on_by", "passed_on_at", "passed_on_note")
    changed = " OR ".join(f"NEW.{column} IS DISTINCT FROM OLD.{column}" for column in columns)
    return (
        Check(
            f"TG_OP = 'UPDATE' AND ({changed}) AND (grp <> 'manager' OR OLD.passed_on_by <> ''"
            " OR OLD.status <> 'requested' OR NEW.status <> 'requested'"
            " OR NEW.passed_on_by <> who OR NEW.passed_on_at IS NULL OR NEW.passed_on_note = '')",
            "A refund that waits is left to the owner once, by a manager, with a word.",
        ),
    )


def _decided() -> tuple[Check, ...]:
    return (
        Check(
            f"{_MOVED} AND NEW.status = 'approved' AND (OLD.requested_by = who"
            " OR NEW.approved_by IS DISTINCT FROM who OR NEW.approved_at IS NULL)",
            "Nobody approves what they asked for, or in the name of another.",
        ),
        Check(
            "TG_OP = 'UPDATE' AND (NEW.approved_by IS DISTINCT FROM OLD.approved_by"
            " OR NEW.approved_at IS DISTINCT FROM OLD.approved_at)"
            " AND NOT (NEW.status = 'approved' AND OLD.status = 'requested')",
            "Who approved stays as it was written.",
        ),
        Check(
            f"{_MOVED} AND NEW.status IN ('approved', 'rejected') AND grp = 'admin'"
            " AND OLD.passed_on_by = ''",
            "An admin decides only what a manager passed on.",
        ),
        Check(
            f"{_MOVED} AND NEW.status = 'approved' AND grp = 'manager' AND OLD.passed_on_by <> ''",
            "It was passed on to the owner: an admin decides it.",
        ),
        Check(
            f"{_MOVED} AND NEW.status = 'approved' AND grp = 'manager' AND ({_is_above_limit()})",
            "It is above what a manager approves: pass it on to the owner.",
        ),
        Check(
            f"{_MOVED} AND NEW.status = 'rejected'"
            " AND (NEW.rejected_by <> who OR NEW.rejected_at IS NULL)",
            _IN_ANOTHER_NAME,
        ),
        Check(
            f"{_MOVED} AND NEW.status = 'withdrawn' AND OLD.requested_by <> who",
            "Only who asked for a refund takes it back.",
        ),
    )


def _is_above_limit() -> str:
    """Return what :meth:`core.services.refunds.rules.RefundRules.is_above` says."""

    def setting(name: str, default: str) -> str:
        return (
            f"coalesce((SELECT s.value FROM {SCHEMA}.setting s WHERE s.name = '{name}'),"
            f" {literal(default)})"
        )

    return (
        f"NEW.currency <> {setting('default_currency', DEFAULT_CURRENCY)}"
        " OR NEW.refund_amount_minor >"
        f" {setting('refund_limit_minor', str(DEFAULT_REFUND_LIMIT_MINOR))}::bigint"
    )


def _ended() -> tuple[Check, ...]:
    mobile = (
        f"SELECT p.payment_method IN ({MOBILE}) FROM {SCHEMA}.payment p WHERE p.id = NEW.payment_id"
    )
    return (
        Check(
            f"{_MOVED} AND NEW.status NOT IN ('requested', 'rejected', 'withdrawn')"
            " AND NEW.approved_by IS NULL",
            "Nothing is paid back that nobody approved.",
        ),
        Check(
            f"{_MOVED} AND NEW.status = 'completed' AND grp <> 'service'"
            f" AND NEW.refund_transaction_id = '' AND ({mobile})",
            "Mobile money sent back has the network's id of it.",
        ),
        Check(
            "TG_OP = 'UPDATE' AND OLD.status IN ('completed', 'rejected', 'withdrawn')",
            "A refund that has ended stays as it ended.",
        ),
        Check(
            "TG_OP = 'UPDATE' AND NEW.refund_completed_at IS DISTINCT FROM OLD.refund_completed_at"
            f" AND NOT ({_MOVED} AND NEW.status = 'completed')",
            "When the money went back is written once, when it did.",
        ),
    )
