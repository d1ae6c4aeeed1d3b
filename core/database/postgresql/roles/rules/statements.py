"""Statements, their matches, and the proofs that are withdrawn."""

# ruff: noqa: S608 - statements are made of names in this program, never of input

from __future__ import annotations

from core.database.postgresql.engine import SCHEMA
from core.database.postgresql.roles.rules.forms import (
    NO_ENTRY,
    UNTOLD,
    Check,
    LateCheck,
    PersonRule,
)
from core.database.postgresql.roles.steps import RECONCILIATION_STEPS


def reconciliation_rules() -> tuple[PersonRule, ...]:
    """Return what rows of statements, matches and withdrawn proofs must say truly."""
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
                "told": LateCheck("INSERT", NO_ENTRY, UNTOLD),
                "step_told": LateCheck(
                    "UPDATE OF status",
                    f"NEW.status IS DISTINCT FROM OLD.status AND {NO_ENTRY}",
                    UNTOLD,
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
                    f" AND {NO_ENTRY}",
                    UNTOLD,
                )
            },
        ),
        _withdrawn_proof_rule(),
    )


def _withdrawn_proof_rule() -> PersonRule:
    standing = (
        f"SELECT 1 FROM {SCHEMA}.payment p WHERE p.id = NEW.payment_id AND p.reconciled"
        " AND p.reconciled_at = NEW.proved_at"
    )
    return PersonRule(
        "withdrawn_proof",
        moments=("withdrawn_at",),
        checks=(Check(f"NOT EXISTS ({standing})", "Only a proof that stands is withdrawn."),),
        at_commit={
            "told": LateCheck(
                "INSERT",
                f"EXISTS ({standing}) OR {NO_ENTRY}",
                "A proof is withdrawn with its payment, and its entry in the audit trail.",
            )
        },
    )
