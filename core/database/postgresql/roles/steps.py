"""Which steps each group may take: a part of the models' transition tables, never more."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from core.database.guard_statements import StateT
from core.database.postgresql.roles.names import Group
from core.model.payments import (
    PAYMENT_TRANSITIONS,
    TRANSACTION_TRANSITIONS,
    PaymentStatus,
    TransactionStatus,
)
from core.model.reconciliations import RECONCILIATION_TRANSITIONS, ReconciliationStatus
from core.model.refunds import REFUND_TRANSITIONS, RefundStatus

Steps = Mapping[Group, frozenset[tuple[str, str]]]


def steps_between(
    transitions: Mapping[StateT, frozenset[StateT]],
    *,
    ends: Collection[StateT] | None = None,
    starts: Collection[StateT] | None = None,
) -> frozenset[tuple[str, str]]:
    """Return the part of a transition table that begins or ends in some states."""
    return frozenset(
        (start.value, end.value)
        for start, found in transitions.items()
        for end in found
        if (ends is None or end in ends) and (starts is None or start in starts)
    )


PAYMENT_STEPS: Steps = {
    Group.CASHIER: steps_between(
        PAYMENT_TRANSITIONS,
        ends={
            PaymentStatus.COMPLETED,
            PaymentStatus.FAILED,
            PaymentStatus.CANCELLED,
            PaymentStatus.REFUNDED,
        },
    ),
    Group.CLERK: steps_between(PAYMENT_TRANSITIONS, ends={PaymentStatus.COMPLETED}),
    Group.MANAGER: steps_between(PAYMENT_TRANSITIONS),
    Group.SERVICE: steps_between(PAYMENT_TRANSITIONS),
}

_CARRIED_OUT = steps_between(REFUND_TRANSITIONS, ends={RefundStatus.PROCESSING}) | steps_between(
    REFUND_TRANSITIONS, starts={RefundStatus.PROCESSING}, ends={RefundStatus.COMPLETED}
)
_WITHDRAWN = steps_between(REFUND_TRANSITIONS, ends={RefundStatus.WITHDRAWN})
REFUND_STEPS: Steps = {
    Group.CASHIER: _CARRIED_OUT | _WITHDRAWN,
    Group.MANAGER: _CARRIED_OUT
    | _WITHDRAWN
    | steps_between(REFUND_TRANSITIONS, ends={RefundStatus.APPROVED, RefundStatus.REJECTED})
    | steps_between(REFUND_TRANSITIONS, starts={RefundStatus.UNKNOWN}),
    Group.ADMIN: steps_between(
        REFUND_TRANSITIONS, ends={RefundStatus.APPROVED, RefundStatus.REJECTED}
    ),
    Group.SERVICE: steps_between(
        REFUND_TRANSITIONS,
        ends={
            RefundStatus.PROCESSING,
            RefundStatus.COMPLETED,
            RefundStatus.FAILED,
            RefundStatus.UNKNOWN,
        },
    ),
}

_NOT_LEFT = {TransactionStatus.CREATED, TransactionStatus.NOT_SENT}
ATTEMPT_STEPS: Steps = {
    Group.CASHIER: steps_between(
        TRANSACTION_TRANSITIONS, starts=_NOT_LEFT, ends={TransactionStatus.FAILED}
    ),
    Group.CLERK: steps_between(TRANSACTION_TRANSITIONS, ends={TransactionStatus.SUCCEEDED}),
    Group.MANAGER: steps_between(
        TRANSACTION_TRANSITIONS, ends={TransactionStatus.SUCCEEDED, TransactionStatus.FAILED}
    ),
    Group.SERVICE: steps_between(TRANSACTION_TRANSITIONS),
}

_OPEN = {status for status in ReconciliationStatus if not status.is_closed}
RECONCILIATION_STEPS: Steps = {
    Group.CLERK: steps_between(RECONCILIATION_TRANSITIONS, starts=_OPEN)
    | steps_between(RECONCILIATION_TRANSITIONS, ends={ReconciliationStatus.RESOLVED}),
    Group.MANAGER: steps_between(RECONCILIATION_TRANSITIONS),
}
