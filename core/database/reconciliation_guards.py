"""What keeps a reconciliation's decisions, explanations and lessons as they were made."""

from __future__ import annotations

from core.database.guard_statements import Trigger, immutable, no_delete, trigger

IS_OPEN = "IN ('PENDING', 'IN_PROGRESS')"
"""The states of a reconciliation that is not closed: two, as SQLite would make a table of a longer
list for each row it guards, which costs as much as the row."""


def closed_match_guards() -> dict[str, Trigger]:
    """Lock a closed reconciliation: its lines, its matches, and what these tie together."""

    def closed(reconciliation_id: str) -> str:
        return (
            f"(SELECT r.status FROM payment_reconciliation r WHERE r.id = {reconciliation_id})"
            f" NOT {IS_OPEN}"
        )

    def of_match(match_id: str) -> str:
        return f"(SELECT m.reconciliation_id FROM match m WHERE m.id = {match_id})"

    message = "This reconciliation is closed."
    guards: dict[str, Trigger] = {}
    for table in ("match", "statement_line"):
        new = closed("NEW.reconciliation_id")
        changed = f"{new} OR {closed('OLD.reconciliation_id')}" if table == "match" else new
        guards |= {
            **trigger(f"guard_{table}_closed_insert", "INSERT", table, new, message),
            **trigger(f"guard_{table}_closed_update", "UPDATE", table, changed, message),
        }
    for table, other in (("match_line", "line_id"), ("match_payment", "payment_id")):
        guards |= {
            **trigger(
                f"guard_{table}_closed_insert",
                "INSERT",
                table,
                closed(of_match("NEW.match_id")),
                message,
            ),
            **trigger(
                f"guard_{table}_closed_update",
                "UPDATE",
                table,
                closed(of_match("NEW.match_id")),
                message,
            ),
            **immutable(table, ("match_id", other)),
        }
    return guards


def difference_guards() -> dict[str, Trigger]:
    """Keep what a match differs by, and let nobody explain it without a name and a reason."""
    not_borne_out = (
        "NEW.difference_kind NOT IN ('open', 'fee', 'write_off')"
        " OR (NEW.difference_kind <> 'open' AND (NEW.difference_minor = 0"
        " OR NEW.difference_by = '' OR NEW.difference_at IS NULL))"
        " OR (NEW.difference_kind = 'fee' AND NEW.difference_minor < 0)"
        " OR (NEW.difference_kind = 'write_off') <> (NEW.difference_reason <> '')"
        " OR (NEW.difference_reason = 'other' AND NEW.difference_note = '')"
    )
    return {
        **trigger(
            "guard_match_difference_new",
            "INSERT",
            "match",
            "NEW.difference_kind <> 'open'",
            "A match begins with its difference open.",
        ),
        **trigger(
            "guard_match_difference_amount",
            "UPDATE OF difference_minor",
            "match",
            "OLD.difference_minor <> NEW.difference_minor",
            "Facts once written stay as they are.",
        ),
        **trigger(
            "guard_match_difference",
            "UPDATE OF difference_kind, difference_reason, difference_note, difference_by,"
            " difference_at",
            "match",
            not_borne_out,
            "A difference is explained by somebody, with a reason.",
        ),
    }


def lesson_guards() -> dict[str, Trigger]:
    """Return what keeps a lesson as it was taught; only its standing may change."""
    taught = ("id", "provider", "taught_by", "taught_at")
    guards = {
        **immutable(
            "payer_lesson",
            (*taught, "match_id", "kind", "mark", "mark_words", "customer_id", "payer_key",
             "payer_name", "payer_phone"),
        ),
        **immutable(
            "wording_lesson",
            (*taught, "line_id", "is_money_in", "wording", "wording_words", "reason"),
        ),
        **immutable(
            "forgotten_fee",
            ("id", "provider", "method", "currency", "forgotten_by", "forgotten_at"),
        ),
        **immutable("lifted_decline", ("id", "match_id", "lifted_by", "lifted_at")),
    }  # fmt: skip
    for table in ("payer_lesson", "wording_lesson", "forgotten_fee", "lifted_decline"):
        guards |= no_delete(table)
    return guards
