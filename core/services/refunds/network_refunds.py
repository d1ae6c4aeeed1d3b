"""Sending refunds back through the network that took the money, and deciding those left unknown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from core.database.unit_of_work import Database
from core.errors import ConflictError, InvalidInputError, KnownError
from core.model.attempts import AttemptKind, GatewayAttempt
from core.model.payments import TransactionStatus
from core.model.refunds import RefundRequest, RefundStatus
from core.money import display
from core.permissions import Actor, Permission
from core.services.gateways.attempt_steps import close_by_person
from core.services.gateways.attempts import collect_attempt, open_refund
from core.services.refunds.steps import (
    complete_refund,
    find_refund,
    held_refund,
    journal_refund,
    requested_refund_row,
)
from core.services.rows import RefundRow
from core.services.session import KeyedCommand, once

if TYPE_CHECKING:
    from core.services.gateways.accounts import GatewayAccounts
    from core.services.providers.forms import Network

_SENDABLE = frozenset({RefundStatus.APPROVED, RefundStatus.FAILED})


@dataclass(frozen=True, slots=True)
class RefundWays:
    """How a refund can be carried out. By hand is always possible.

    ``gateway_name`` is the network that can send it; where it cannot, ``why_not`` says why.
    """

    gateway_name: str
    why_not: str

    @property
    def by_network(self) -> bool:
        """Tell whether the network itself can send the money back."""
        return not self.why_not


@dataclass(frozen=True, slots=True)
class SendRefund(KeyedCommand):
    """Have the network send an approved refund."""

    refund_id: str


@dataclass(frozen=True, slots=True)
class SettleRefund(KeyedCommand):
    """What a person found out about a refund whose end the network does not tell.

    ``was_sent`` says that the money went back, under ``refund_transaction_id``; ``note`` says
    where it was seen.
    """

    refund_id: str
    was_sent: bool
    refund_transaction_id: str = ""
    note: str = ""


class NetworkRefunds:
    """The verbs of a refund that a network carries out; each method is one unit of work."""

    def __init__(self, database: Database, accounts: GatewayAccounts) -> None:
        self._database = database
        self._accounts = accounts

    def ways(self, actor: Actor, refund_id: str) -> RefundWays:
        """Return whether the network can send a refund, and if not, why.

        Raises:
            NotFoundError: there is no such refund.

        """
        self._database.require(actor, Permission.VIEW_PAYMENTS)
        with self._database.read() as session:
            refund = find_refund(session, refund_id)
            name = refund.payment.gateway_name
            paid_by = collect_attempt(refund.payment)
            why_not = _why_not(refund, paid_by)
        if not why_not and paid_by is not None:
            why_not = self._why_not_now(refund, paid_by)
        return RefundWays(gateway_name=name, why_not=why_not)

    def send(self, actor: Actor, command: SendRefund) -> RefundRow:
        """Hand an approved refund to the network; the worker sends it once, and follows it.

        Raises:
            ConflictError: the network cannot send it, or it is sent already.

        """
        self._database.require(actor, Permission.CARRY_OUT_REFUND)
        ways = self.ways(actor, command.refund_id)
        with self._database.write(actor, beside_others=True) as unit:

            def act() -> str:
                refund = held_refund(unit, command.refund_id)
                paid_by = collect_attempt(refund.payment)
                if ways.why_not or paid_by is None:
                    raise ConflictError(f"Nothing was sent back. {ways.why_not}")
                if refund.status not in _SENDABLE:
                    raise ConflictError(
                        f"Nothing was sent back. This refund is {refund.status}; only an approved"
                        " one can be sent."
                    )
                refund.move_to(RefundStatus.PROCESSING, unit.now)
                refund.processed_by = actor.name
                unit.session.flush()
                open_refund(unit, refund, paid_by)
                journal_refund(unit, refund, "refund:handed_to_network")
                return refund.refund_id

            refund_id, _ = once(unit, "refund:send", command, act)
            unit.session.flush()
            row = requested_refund_row(find_refund(unit.session, refund_id))
            unit.commit()
            return row

    def settle(self, actor: Actor, command: SettleRefund) -> RefundRow:
        """Decide a refund whose end is unknown, on what was seen at the network or a statement.

        Raises:
            NotAllowedError: only a manager decides this.
            InvalidInputError: the id of the money sent back, or the reason, is missing.
            ConflictError: the end of the refund is known, or the network may still tell it.

        """
        self._database.require(actor, Permission.DECIDE_REFUND)
        if not command.note.strip():
            raise InvalidInputError(
                "Nothing was changed. Write where you saw whether the money went back.",
                field="note",
            )
        if command.was_sent and not command.refund_transaction_id.strip():
            raise InvalidInputError(
                "Nothing was changed. Type the network's transaction id of the money sent back.",
                field="refund_transaction_id",
            )
        with self._database.write(actor, beside_others=True) as unit:

            def act() -> str:
                refund = held_refund(unit, command.refund_id)
                if refund.status is not RefundStatus.UNKNOWN:
                    raise ConflictError(
                        f"Nothing was changed. This refund is {refund.status}; only one whose end"
                        " is unknown is decided by hand."
                    )
                if any(each.is_open and not _is_left(each) for each in refund.attempts):
                    raise ConflictError(
                        "Nothing was changed. The network was asked to send this refund again and"
                        " may still tell the end; wait for it."
                    )
                for attempt in refund.attempts:
                    if attempt.is_open:
                        close_by_person(attempt, _end_of(command), unit.now)
                if command.was_sent:
                    refund.refund_transaction_id = command.refund_transaction_id.strip()
                    complete_refund(unit, refund, command.note.strip())
                else:
                    refund.move_to(RefundStatus.FAILED, unit.now)
                    refund.response_notes = command.note.strip()
                    journal_refund(unit, refund, "refund:failed", note=command.note.strip())
                return refund.refund_id

            refund_id, _ = once(unit, "refund:settle", command, act)
            unit.session.flush()
            row = requested_refund_row(find_refund(unit.session, refund_id))
            unit.commit()
            return row

    def _why_not_now(self, refund: RefundRequest, paid_by: GatewayAttempt) -> str:
        try:
            sends_back = self._accounts.sends_back(
                cast("Network", paid_by.provider), paid_by.environment
            )
        except KnownError as error:
            return error.message
        if not sends_back.anything:
            return (
                f"The shop's account at {refund.payment.gateway_name} cannot send money back yet:"
                " an admin enters the key for it under Settings, Channels. Send it by hand and type"
                " its transaction id."
            )
        if not sends_back.parts and refund.refund_amount_minor != refund.payment.amount_minor:
            return (
                f"{refund.payment.gateway_name} sends back whole payments only"
                f" ({display(refund.payment.amount_minor, refund.currency)}); send this part by"
                " hand and type its transaction id."
            )
        return ""


def _why_not(refund: RefundRequest, paid_by: GatewayAttempt | None) -> str:
    payment = refund.payment
    if not payment.payment_method.is_mobile_money:
        return "No network took this payment; give the money back by hand."
    if paid_by is None or paid_by.status is not TransactionStatus.SUCCEEDED:
        return (
            "The network did not confirm this payment through this program; send the money back"
            " by hand and type its transaction id."
        )
    if not payment.transaction_id:
        return "The network's id of this payment is not known; send the money back by hand."
    if any(attempt.kind is AttemptKind.REFUND and attempt.is_open for attempt in payment.attempts):
        return "Another refund of this payment is under way; wait for its end."
    return ""


def _is_left(attempt: GatewayAttempt) -> bool:
    return attempt.status is TransactionStatus.UNRESOLVED


def _end_of(command: SettleRefund) -> TransactionStatus:
    return TransactionStatus.SUCCEEDED if command.was_sent else TransactionStatus.FAILED
