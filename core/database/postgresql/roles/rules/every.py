"""All rules together, and those of tables with little to say."""

from __future__ import annotations

from core.database.postgresql.engine import SCHEMA
from core.database.postgresql.roles.rules.forms import (
    NO_ENTRY,
    UNTOLD,
    Check,
    LateCheck,
    PersonRule,
)
from core.database.postgresql.roles.rules.payments import attempt_rule, payment_rule
from core.database.postgresql.roles.rules.refunds import refund_rule
from core.database.postgresql.roles.rules.statements import reconciliation_rules


def person_rules() -> tuple[PersonRule, ...]:
    """Return the rules of every table whose rows say who acted."""
    return (
        payment_rule(),
        refund_rule(),
        attempt_rule(),
        *reconciliation_rules(),
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
        _presence_rule(),
        PersonRule(
            "setting",
            checks=(
                Check(
                    "grp <> 'admin' AND NOT (grp = 'manager' AND NEW.name = 'refund_reasons')"
                    " AND NOT (grp = 'service' AND NEW.name = 'secrets_public_key')",
                    "Only an admin changes what the shop lays down.",
                ),
            ),
            at_commit={"told": LateCheck("INSERT OR UPDATE", NO_ENTRY, UNTOLD)},
        ),
    )


def _presence_rule() -> PersonRule:
    """Whoever sits at a window says so; a locked one is another's once they say they sit there."""
    return PersonRule(
        "desk_presence",
        author="user_name",
        moments=("since", "last_seen"),
        checks=(
            Check(
                "TG_OP = 'UPDATE' AND NEW.user_name <> who",
                "Nobody writes in the name of another.",
            ),
            Check(
                'TG_OP = \'UPDATE\' AND NEW."window" <> OLD."window"',
                "Facts once written stay as they are.",
            ),
        ),
    )
