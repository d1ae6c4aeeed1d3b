"""What people do about mobile-money requests: look where they stand, ask now, decide the rest."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import select, union, update
from sqlalchemy.orm import joinedload

from core.database.unit_of_work import Database
from core.errors import ConflictError, InvalidInputError
from core.gateways.contract import Reason, Trouble
from core.model.attempts import AttemptKind, GatewayAttempt, GatewayHealth
from core.model.journal import Topic
from core.model.payments import (
    OPEN_TRANSACTION_STATUSES,
    Payment,
    TransactionStatus,
)
from core.model.providers import Environment
from core.permissions import Actor, Permission
from core.services.gateways.accounts import GatewayAccounts, provider_of
from core.services.gateways.attempt_steps import ask_at_once
from core.services.gateways.attempts import collect_attempt, may_be_hastened
from core.services.gateways.rows import (
    AttemptRow,
    Awaited,
    Charged,
    ConnectionRow,
    HealthRow,
    PaymentPath,
    UnresolvedRow,
)
from core.services.mapping import payment_row, refund_row
from core.services.payments.claims import is_on_statement, refuse_claimed
from core.services.payments.rules import refuse_used_transaction
from core.services.payments.service import find_payment
from core.services.providers.forms import Network, account_name
from core.services.session import KeyedCommand, once

_AWAITED = {
    TransactionStatus.CREATED: Awaited.SENDING,
    TransactionStatus.SUBMITTING: Awaited.SENDING,
    TransactionStatus.NOT_SENT: Awaited.CONNECTION,
    TransactionStatus.PENDING: Awaited.PIN,
    TransactionStatus.UNKNOWN: Awaited.ANSWER,
    TransactionStatus.UNRESOLVED: Awaited.PERSON,
}
_CHARGED = {
    TransactionStatus.CREATED: Charged.NO,
    TransactionStatus.NOT_SENT: Charged.NO,
    TransactionStatus.SUBMITTING: Charged.UNKNOWN,
    TransactionStatus.PENDING: Charged.NOT_YET,
    TransactionStatus.UNKNOWN: Charged.UNKNOWN,
    TransactionStatus.UNRESOLVED: Charged.UNKNOWN,
    TransactionStatus.SUCCEEDED: Charged.YES,
    TransactionStatus.FAILED: Charged.NO,
    TransactionStatus.EXPIRED: Charged.NO,
}

_MAY_BE_TOLD = OPEN_TRANSACTION_STATUSES - {TransactionStatus.UNRESOLVED}
_SENDING = frozenset({TransactionStatus.CREATED, TransactionStatus.SUBMITTING})
_WITH_OWNERS = (
    joinedload(GatewayAttempt.payment).joinedload(Payment.order),
    joinedload(GatewayAttempt.refund),
)


@dataclass(frozen=True, slots=True)
class ShowMessage(KeyedCommand):
    """The network's transaction id in the message on a customer's phone."""

    payment_id: str
    transaction_id: str


@dataclass(frozen=True, slots=True)
class MessageShown:
    """What came of a customer's message: the money's way now, and whether a statement has it."""

    path: PaymentPath
    on_statement: bool


class GatewayDesk:
    """The questions and acts of people about requests to the networks."""

    def __init__(self, database: Database, accounts: GatewayAccounts) -> None:
        self._database = database
        self._accounts = accounts

    def path(self, actor: Actor, payment_id: str) -> PaymentPath:
        """Return where the money of one payment is.

        Raises:
            NotFoundError: there is no such payment.

        """
        self._database.require(actor, Permission.VIEW_PAYMENTS)
        with self._database.read() as session:
            return _path(find_payment(session, payment_id))

    def open_attempts(self, actor: Actor) -> dict[str, AttemptRow]:
        """Return the requests to pay whose end is not known, by payment."""
        self._database.require(actor, Permission.VIEW_PAYMENTS)
        with self._database.read() as session:
            attempts = session.scalars(
                select(GatewayAttempt)
                .options(*_WITH_OWNERS)
                .where(
                    GatewayAttempt.closed_at.is_(None), GatewayAttempt.kind == AttemptKind.COLLECT
                )
            )
            return {attempt.payment.payment_id: attempt_row(attempt) for attempt in attempts}

    def unresolved(self, actor: Actor) -> tuple[UnresolvedRow, ...]:
        """Return the requests that a person must look into, the oldest first."""
        self._database.require(actor, Permission.VIEW_PAYMENTS)
        with self._database.read() as session:
            attempts = session.scalars(
                select(GatewayAttempt)
                .options(*_WITH_OWNERS)
                .where(GatewayAttempt.status == TransactionStatus.UNRESOLVED)
                .order_by(GatewayAttempt.created_at, GatewayAttempt.id)
            )
            return tuple(
                UnresolvedRow(
                    payment=payment_row(attempt.payment),
                    refund=refund_row(attempt.refund, attempt.payment) if attempt.refund else None,
                    attempt=attempt_row(attempt),
                )
                for attempt in attempts
            )

    def ask_now(self, actor: Actor, payment_id: str) -> PaymentPath:
        """Have the network asked at once about a payment and its refunds.

        Raises:
            ConflictError: there is nothing to ask.

        """
        self._database.require(actor, Permission.VIEW_PAYMENTS)
        with self._database.write(actor) as unit:
            payment = find_payment(unit.session, payment_id)
            asked = [attempt for attempt in payment.attempts if _can_ask(attempt)]
            if not asked:
                raise ConflictError(
                    "Nothing was changed. No network was asked about this payment, so there is"
                    " nothing to ask it now."
                )
            for attempt in asked:
                ask_at_once(attempt, unit.now)
            unit.audit("payment:asked_now", "payment", payment_id)
            unit.changed(Topic.PAYMENTS, payment_id)
            unit.session.flush()
            path = _path(payment)
            unit.commit()
            return path

    def ask_everything(self, actor: Actor) -> tuple[str, ...]:
        """Have the networks asked at once about all that is open, or failed in the last hours.

        Returns the ids of the payments whose end, or whose refund's end, is not known.
        """
        self._database.require(actor, Permission.VIEW_PAYMENTS)
        with self._database.write(actor) as unit:
            unit.session.execute(
                update(GatewayAttempt)
                .where(
                    GatewayAttempt.due_at.is_not(None),
                    GatewayAttempt.closed_at.is_not(None),
                    may_be_hastened(unit.now),
                )
                .values(due_at=unit.now)
            )
            unit.session.execute(
                update(GatewayAttempt)
                .where(
                    GatewayAttempt.due_at.is_not(None),
                    GatewayAttempt.closed_at.is_(None),
                    may_be_hastened(unit.now),
                )
                .values(due_at=unit.now, checks=0)
            )
            of_payment = select(GatewayAttempt.payment_id)
            # Two questions, each with an index: asked as one, SQLite walks through all requests.
            asked = union(
                of_payment.where(GatewayAttempt.status.in_(OPEN_TRANSACTION_STATUSES)),
                of_payment.where(GatewayAttempt.due_at.is_not(None)),
            )
            found = unit.session.scalars(
                select(Payment.payment_id).where(Payment.id.in_(asked)).order_by(Payment.payment_id)
            ).all()
            unit.commit()
            return tuple(found)

    def still_open(self, actor: Actor, payment_ids: Iterable[str]) -> frozenset[str]:
        """Return which of some payments still have a request whose end the network may tell."""
        self._database.require(actor, Permission.VIEW_PAYMENTS)
        wanted = frozenset(payment_ids)
        with self._database.read() as session:
            rows = session.scalars(
                select(Payment.payment_id)
                .join(GatewayAttempt, GatewayAttempt.payment_id == Payment.id)
                .where(GatewayAttempt.status.in_(_MAY_BE_TOLD))
            )
            return frozenset(rows) & wanted

    def is_sending(self, actor: Actor, payment_id: str) -> bool:
        """Tell whether a request about a payment waits to leave, or for its first answer."""
        self._database.require(actor, Permission.VIEW_PAYMENTS)
        with self._database.read() as session:
            attempts = find_payment(session, payment_id).attempts
            return any(a.is_open and a.status in _SENDING for a in attempts)

    def all_asked_since(self, actor: Actor, moment: datetime) -> bool:
        """Tell whether every question that was due then has been put."""
        self._database.require(actor, Permission.VIEW_PAYMENTS)
        with self._database.read() as session:
            owed = session.scalar(
                select(GatewayAttempt.id)
                .where(
                    (GatewayAttempt.due_at <= moment)
                    | (GatewayAttempt.status == TransactionStatus.SUBMITTING)
                )
                .limit(1)
            )
            return owed is None

    def show_message(self, actor: Actor, command: ShowMessage) -> MessageShown:
        """Take the transaction id a customer shows, look for it, and have the network asked.

        It completes nothing by itself: a message can be forged. It is noted for the match with
        the statement.

        Raises:
            InvalidInputError: no id was typed.
            ConflictError: the id has already confirmed another sale, or the payment is decided.

        """
        self._database.require(actor, Permission.CONFIRM_PAYMENT)
        shown = command.transaction_id.strip()
        if not shown:
            raise InvalidInputError(
                "Type the transaction id in the message.", field="transaction_id"
            )
        with self._database.write(actor) as unit:

            def act() -> str:
                payment = find_payment(unit.session, command.payment_id)
                if not payment.is_pending or not payment.payment_method.is_mobile_money:
                    raise ConflictError(
                        f"Nothing was changed. This payment is {payment.status}; a message is"
                        " looked up only for mobile money that is awaited."
                    )
                refuse_used_transaction(unit, payment.payment_method, shown, but=payment.payment_id)
                refuse_claimed(unit.session, payment, shown)
                payment.claimed_transaction_id = shown
                attempt = collect_attempt(payment)
                if attempt is not None and _can_ask(attempt):
                    ask_at_once(attempt, unit.now)
                unit.audit("payment:message_shown", "payment", payment.payment_id, shown=shown)
                unit.changed(Topic.PAYMENTS, payment.payment_id)
                return payment.payment_id

            payment_id, _ = once(unit, "payment:show_message", command, act)
            unit.session.flush()
            payment = find_payment(unit.session, payment_id)
            outcome = MessageShown(_path(payment), is_on_statement(unit.session, payment, shown))
            unit.commit()
            return outcome

    def health(self, actor: Actor) -> tuple[HealthRow, ...]:
        """Return how each network that is in use answers."""
        self._database.require(actor, Permission.VIEW_PAYMENTS)
        used = {(provider_of(row.method), row.environment) for row in self._accounts.connections()}
        with self._database.read() as session:
            rows = session.scalars(select(GatewayHealth).order_by(GatewayHealth.provider)).all()
            return tuple(
                _health_row(row) for row in rows if (row.provider, row.environment) in used
            )

    def connections(self, actor: Actor) -> tuple[ConnectionRow, ...]:
        """Return which networks take requests from this shop, and what the others lack."""
        self._database.require(actor, Permission.VIEW_PAYMENTS)
        return self._accounts.connections()


def attempt_row(attempt: GatewayAttempt) -> AttemptRow:
    """Return a request as people see it."""
    charged = _CHARGED[attempt.status]
    return AttemptRow(
        payment_id=attempt.payment.payment_id,
        refund_id=attempt.refund.refund_id if attempt.refund else "",
        kind=attempt.kind,
        gateway_name=attempt.payment.gateway_name,
        environment=attempt.environment,
        reference=attempt.reference,
        status=attempt.status,
        status_since=attempt.status_since,
        created_at=attempt.created_at,
        sent_at=attempt.sent_at,
        accepted_at=attempt.accepted_at,
        last_asked_at=attempt.last_asked_at,
        next_check_at=attempt.due_at if attempt.is_open else None,
        closed_at=attempt.closed_at,
        sends=attempt.sends,
        awaited=_AWAITED.get(attempt.status, Awaited.NOTHING),
        charged=charged,
        can_ask=_can_ask(attempt),
        reason=Reason(attempt.reason) if attempt.reason else None,
        reason_code=attempt.reason_code,
        trouble=Trouble(attempt.trouble) if attempt.trouble else None,
        message=attempt.message,
    )


def hint(database: Database, provider: str, references: Iterable[str]) -> int:
    """Have the network asked now about requests that a callback spoke of; return how many.

    ``references`` are ours. A callback proves nothing: whatever it says, only the network's answer
    to our own question counts.
    """
    with database.write(None) as unit:
        attempts = unit.session.scalars(
            select(GatewayAttempt)
            .options(*_WITH_OWNERS)
            .where(
                GatewayAttempt.provider == provider,
                # Named so that the index of references serves.
                GatewayAttempt.environment.in_(list(Environment)),
                GatewayAttempt.reference.in_(set(references)),
            )
        ).all()
        hinted = [attempt for attempt in attempts if _can_ask(attempt)]
        for attempt in hinted:
            ask_at_once(attempt, unit.now)
        unit.commit()
        return len(hinted)


def _can_ask(attempt: GatewayAttempt) -> bool:
    """Tell whether asking now may bring news; a request without a next question has none."""
    return attempt.due_at is not None or (
        attempt.sends > 0
        and attempt.status is not TransactionStatus.SUCCEEDED
        and (attempt.kind is AttemptKind.COLLECT or attempt.provider == "mtn")
    )


def _path(payment: Payment) -> PaymentPath:
    attempt = collect_attempt(payment)
    return PaymentPath(
        payment=payment_row(payment),
        attempt=attempt_row(attempt) if attempt else None,
        refunds=tuple(attempt_row(a) for a in payment.attempts if a.kind is AttemptKind.REFUND),
    )


def _health_row(row: GatewayHealth) -> HealthRow:
    return HealthRow(
        gateway_name=account_name(cast("Network", row.provider), row.environment),
        environment=row.environment,
        trouble=Trouble(row.trouble) if row.trouble else None,
        told=row.told,
        since=row.since,
        last_answer_at=row.last_answer_at,
        clock_ahead_s=row.clock_ahead_s,
    )
