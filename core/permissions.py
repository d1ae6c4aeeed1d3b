"""Who may do what: one table of roles and permissions, asked by every service."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from core.errors import NotAllowedError


class Role(StrEnum):
    """The four kinds of people in a shop."""

    CASHIER = "cashier"
    CLERK = "clerk"
    MANAGER = "manager"
    ADMIN = "admin"

    @property
    def with_article(self) -> str:
        """Return the role as a sentence names it: "a clerk", "an admin"."""
        return f"an {self}" if self is Role.ADMIN else f"a {self}"


class Permission(StrEnum):
    """One act a role may hold."""

    TAKE_PAYMENT = "take payments"
    CONFIRM_PAYMENT = "confirm payments"
    COMPLETE_BY_HAND = "complete a mobile-money payment by hand"
    VIEW_PAYMENTS = "see payments"
    IMPORT_PAYMENTS = "import payments"
    ISSUE_INVOICE = "issue invoices"
    SEND_MAIL = "send mail to customers"
    MANAGE_CUSTOMERS = "change customers and orders"
    MANAGE_SUBSCRIPTIONS = "change subscriptions"
    ADJUST_POINTS = "correct loyalty points"
    VIEW_REPORTS = "see reports"
    REQUEST_REFUND = "ask for refunds"
    DECIDE_REFUND = "approve or reject refunds"
    DECIDE_PASSED_ON_REFUND = "decide refunds that were passed on to the owner"
    CARRY_OUT_REFUND = "carry out refunds"
    VIEW_REFUNDS = "see the queue of refunds"
    KEEP_REFUND_REASONS = "keep the list of reasons for refunds"
    RECONCILE = "reconcile statements"
    WRITE_OFF_ANY_AMOUNT = "write off a difference of any amount"
    REOPEN_RECONCILIATION = "reopen a closed reconciliation"
    MARK_RECONCILED = "mark payments as reconciled"
    VIEW_AUDIT = "read the audit trail"
    MANAGE_USERS = "manage users"
    MANAGE_PROVIDERS = "manage payment providers"
    MANAGE_SETTINGS = "change the shop's settings"


_CASHIER = frozenset(
    {
        Permission.TAKE_PAYMENT,
        Permission.CONFIRM_PAYMENT,
        Permission.VIEW_PAYMENTS,
        Permission.ISSUE_INVOICE,
        Permission.SEND_MAIL,
        Permission.MANAGE_CUSTOMERS,
        Permission.REQUEST_REFUND,
        Permission.VIEW_REFUNDS,
        Permission.CARRY_OUT_REFUND,
    }
)
_CLERK = frozenset(
    {
        Permission.VIEW_PAYMENTS,
        Permission.ISSUE_INVOICE,
        Permission.SEND_MAIL,
        Permission.MANAGE_CUSTOMERS,
        Permission.MANAGE_SUBSCRIPTIONS,
        Permission.VIEW_REPORTS,
        Permission.IMPORT_PAYMENTS,
        Permission.RECONCILE,
        Permission.MARK_RECONCILED,
    }
)
GRANTS: dict[Role, frozenset[Permission]] = {
    Role.CASHIER: _CASHIER,
    Role.CLERK: _CLERK,
    Role.MANAGER: _CASHIER
    | _CLERK
    | {
        Permission.COMPLETE_BY_HAND,
        Permission.ADJUST_POINTS,
        Permission.DECIDE_REFUND,
        Permission.KEEP_REFUND_REASONS,
        Permission.WRITE_OFF_ANY_AMOUNT,
        Permission.REOPEN_RECONCILIATION,
        Permission.VIEW_AUDIT,
    },
    Role.ADMIN: frozenset(
        {
            Permission.VIEW_PAYMENTS,
            Permission.VIEW_REPORTS,
            Permission.VIEW_AUDIT,
            Permission.VIEW_REFUNDS,
            Permission.DECIDE_PASSED_ON_REFUND,
            Permission.KEEP_REFUND_REASONS,
            Permission.MANAGE_USERS,
            Permission.MANAGE_PROVIDERS,
            Permission.MANAGE_SETTINGS,
        }
    ),
}


@dataclass(frozen=True, slots=True)
class Actor:
    """The person signed in, and the desk they sit at."""

    user_id: int
    name: str
    role: Role
    desk: str = ""

    def may(self, permission: Permission) -> bool:
        """Tell whether the person's role holds a permission."""
        return permission in GRANTS[self.role]

    def require(self, permission: Permission) -> None:
        """Refuse the act unless the person's role holds the permission.

        Raises:
            NotAllowedError: the role does not hold it.

        """
        if not self.may(permission):
            raise NotAllowedError(
                f"Nothing was changed. {self.role.with_article.capitalize()} may not {permission};"
                f" ask {_first_role_with(permission).with_article}."
            )


def _first_role_with(permission: Permission) -> Role:
    return next(role for role in Role if permission in GRANTS[role])
