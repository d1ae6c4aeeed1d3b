"""Whose rows they are: tills, saved filters, and what of the audit trail each group reads.

Rows nobody may touch are not there for them; the owner's own functions see all.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from core.database.postgresql.engine import SCHEMA
from core.database.postgresql.roles.names import Group, ShopRoles, quoted

_ALL = tuple(Group)
_SEE_ALL = (Group.CLERK, Group.MANAGER, Group.ADMIN, Group.SERVICE)
_OWN_TILL = f"user_id = (SELECT {SCHEMA}.acting_user())"
_OWN_FILTER = f"user_name = (SELECT {SCHEMA}.acting_name())"
_OWN_ENTRY = f"user_name = (SELECT {SCHEMA}.acting_name())"
_HISTORY = "subject_type IN ('payment', 'refund', 'invoice', 'credit_note', 'mail')"
_STATEMENTS = "subject_type IN ('reconciliation', 'match', 'statement')"
_UNDECIDED = "status = 'requested'"
_OWN_REQUEST = f"requested_by = (SELECT {SCHEMA}.acting_name())"
_OWN_WINDOW = f"user_name = (SELECT {SCHEMA}.acting_name())"
_LOST_WINDOW = "last_seen < now() - interval '3 minutes'"
_LONG_GONE_WINDOW = "last_seen < now() - interval '1 day'"


@dataclass(frozen=True, slots=True)
class Policy:
    """Which rows of a table groups may read or write by one command.

    ``becomes`` is what a changed row must be like afterwards, where that is not the guard's alone.
    """

    table: str
    name: str
    command: str
    groups: tuple[Group, ...]
    rows: str
    becomes: str = "true"

    @property
    def clause(self) -> str:
        """Return the condition as the command wants it."""
        using, check = f" USING ({self.rows})", f" WITH CHECK ({self.rows})"
        if self.command == "INSERT":
            return check
        if self.command in {"SELECT", "DELETE"}:
            return using
        return f"{using} WITH CHECK ({self.becomes})"


POLICIES = (
    Policy("till_session", "till_seen_own", "SELECT", _ALL, _OWN_TILL),
    Policy("till_session", "till_seen_all", "SELECT", _SEE_ALL, "true"),
    Policy("till_session", "till_opened", "INSERT", _ALL, _OWN_TILL),
    Policy("till_session", "till_counted", "UPDATE", _ALL, _OWN_TILL),
    Policy("saved_filter", "filter_seen", "SELECT", _ALL, _OWN_FILTER),
    Policy("saved_filter", "filter_saved", "INSERT", _ALL, _OWN_FILTER),
    Policy("saved_filter", "filter_changed", "UPDATE", _ALL, _OWN_FILTER),
    Policy("audit_entry", "audit_seen_own", "SELECT", _ALL, _OWN_ENTRY),
    Policy("audit_entry", "audit_seen_history", "SELECT", (Group.CASHIER,), _HISTORY),
    Policy(
        "audit_entry",
        "audit_seen_office",
        "SELECT",
        (Group.CLERK,),
        f"{_HISTORY} OR {_STATEMENTS}",
    ),
    Policy(
        "audit_entry",
        "audit_seen_all",
        "SELECT",
        (Group.MANAGER, Group.ADMIN, Group.SERVICE),
        "true",
    ),
    Policy("audit_entry", "audit_written", "INSERT", _ALL, _OWN_ENTRY),
    Policy("refund_request", "refund_seen", "SELECT", _ALL, "true"),
    Policy(
        "refund_request",
        "refund_asked",
        "INSERT",
        (Group.CASHIER, Group.MANAGER),
        f"requested_by = (SELECT {SCHEMA}.acting_name())",
    ),
    Policy("refund_request", "refund_carried_out", "UPDATE", (Group.SERVICE,), f"NOT {_UNDECIDED}"),
    # What is not decided yet is a manager's alone, but for who asked and takes it back.
    Policy(
        "refund_request",
        "refund_of_a_cashier",
        "UPDATE",
        (Group.CASHIER,),
        f"NOT {_UNDECIDED} OR {_OWN_REQUEST}",
    ),
    Policy(
        "refund_request",
        "refund_decided",
        "UPDATE",
        (Group.MANAGER,),
        "true",
        becomes=f"NOT (status = 'approved' AND {_OWN_REQUEST})",
    ),
    Policy(
        "refund_request",
        "refund_decided_by_owner",
        "UPDATE",
        (Group.ADMIN,),
        f"passed_on_by <> '' AND NOT {_OWN_REQUEST}",
    ),
    Policy("desk_presence", "presence_seen", "SELECT", _ALL, "true"),
    Policy("desk_presence", "presence_come", "INSERT", _ALL, _OWN_WINDOW),
    Policy(
        "desk_presence",
        "presence_told",
        "UPDATE",
        _ALL,
        f"{_OWN_WINDOW} OR is_locked OR {_LOST_WINDOW}",
        becomes=_OWN_WINDOW,
    ),
    Policy(
        "desk_presence",
        "presence_gone",
        "DELETE",
        _ALL,
        f"{_OWN_WINDOW} OR {_LONG_GONE_WINDOW}",
    ),
)


def policy_statements(roles: ShopRoles) -> Iterator[str]:
    """Make every row policy anew."""
    for table in sorted({policy.table for policy in POLICIES}):
        yield f'ALTER TABLE {SCHEMA}."{table}" ENABLE ROW LEVEL SECURITY'
    for policy in POLICIES:
        on = f'{SCHEMA}."{policy.table}"'
        groups = ", ".join(quoted(roles.group(group)) for group in policy.groups)
        yield f"DROP POLICY IF EXISTS {policy.name} ON {on}"
        yield (
            f"CREATE POLICY {policy.name} ON {on} FOR {policy.command} TO {groups}{policy.clause}"
        )
