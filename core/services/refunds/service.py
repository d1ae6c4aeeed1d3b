"""Refunds: asked by one person, decided by another, carried out, never above what was paid."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import joinedload

from core.database.unit_of_work import Database, UnitOfWork
from core.errors import ConflictError, InvalidInputError, NotAllowedError
from core.model.payments import Payment, PaymentStatus
from core.model.refunds import RefundRequest, RefundStatus
from core.money import display
from core.permissions import Actor, Permission
from core.services.loyalty.ledger import check_refund_of_points
from core.services.payments.lists import refundable
from core.services.payments.service import held_payment
from core.services.refunds.approval import (
    approval_obstacle,
    obstacle_sentence,
    rejection_obstacle,
)
from core.services.refunds.facts import refund_facts
from core.services.refunds.rows import RefundFacts
from core.services.refunds.rules import OTHER_REASON, load_rules
from core.services.refunds.steps import (
    committed,
    complete_refund,
    find_refund,
    held_refund,
    journal_refund,
    requested_refund_row,
    require_as_seen,
)
from core.services.rows import Page, RefundRow, Seen
from core.services.session import KeyedCommand, once


@dataclass(frozen=True, slots=True)
class RequestRefund(KeyedCommand):
    """What is asked: how much of which payment goes back, and why.

    ``reason`` is usually one of the shop's list, ``note`` the asker's own words.
    """

    payment_id: str
    amount_minor: int
    reason: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class CarryOutRefund(KeyedCommand):
    """What was done by hand: the network's or bank's id of the money sent back, and a note."""

    refund_id: str
    refund_transaction_id: str = ""
    note: str = ""


class RefundService:
    """The verbs of a refund; each method is one unit of work."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def request(self, actor: Actor, command: RequestRefund) -> RefundRow:
        """Ask for a refund of part or all of a completed payment.

        Raises:
            InvalidInputError: the amount is not positive, above what is left, or has no reason.
            ConflictError: the payment is not completed.

        """
        self._database.require(actor, Permission.REQUEST_REFUND)
        reason = command.reason.strip()
        if not reason:
            raise InvalidInputError("Write why the money goes back.", field="reason")
        note = command.note.strip()
        if reason == OTHER_REASON and not note:
            raise InvalidInputError(
                "Nothing was asked for. Write which other reason it is.", field="note"
            )
        if command.amount_minor <= 0:
            raise InvalidInputError("A refund is more than zero.", field="amount")
        with self._database.write(actor, beside_others=True) as unit:

            def act() -> str:
                payment = held_payment(unit, command.payment_id)
                _check_room(payment, command.amount_minor)
                check_refund_of_points(payment, command.amount_minor)
                refund = RefundRequest(
                    payment=payment,
                    refund_amount_minor=command.amount_minor,
                    currency=payment.currency,
                    reason=reason,
                    reason_note=note,
                    requested_by=actor.name,
                    requested_at=unit.now,
                    updated_at=unit.now,
                )
                unit.session.add(refund)
                unit.session.flush()
                journal_refund(unit, refund, "refund:requested", reason=reason, **_told(note=note))
                return refund.refund_id

            refund_id, _ = once(unit, "refund:request", command, act)
            row = requested_refund_row(find_refund(unit.session, refund_id))
            unit.commit()
            return row

    def approve(
        self,
        actor: Actor,
        refund_id: str,
        *,
        seen: Seen | None = None,
        note: str = "",
        at_desk_of: str = "",
    ) -> RefundRow:
        """Approve a refund somebody else asked for.

        ``seen`` is what the manager saw: an approval is bound to what was on the screen.
        ``at_desk_of`` is who is signed in where a manager approved on the spot.

        Raises:
            NotAllowedError: the person asked for it themselves, it is above what they may
                approve, or it is somebody else's to decide.
            ConflictError: it was decided or changed meanwhile, or more would go back than was paid.

        """
        with self._database.write(actor, beside_others=True) as unit:
            refund = held_refund(unit, refund_id)
            _require_approver(unit, actor, refund)
            require_as_seen(refund, seen)
            facts = refund_facts(unit.session, actor, refund)
            if refund.status is RefundStatus.REQUESTED and facts.why_not:
                raise ConflictError(f"Nothing was approved. {facts.why_not}")
            refund.move_to(RefundStatus.APPROVED, unit.now)
            refund.approved_by = actor.name
            refund.approved_at = unit.now
            refund.response_notes = note.strip() or refund.response_notes
            told = _told(at_desk_of=at_desk_of)
            journal_refund(unit, refund, "refund:approved", note=note.strip(), **told)
            return committed(unit, refund)

    def pass_on(
        self,
        actor: Actor,
        refund_id: str,
        *,
        note: str,
        seen: Seen | None = None,
        at_desk_of: str = "",
    ) -> RefundRow:
        """Leave the decision on a refund to the owner, with a word.

        A manager passes on what is above their limit, and what they asked for themselves where
        no other manager is there.

        Raises:
            NotAllowedError: the person decides no refunds.
            InvalidInputError: the word is missing.
            ConflictError: it was decided, changed or passed on meanwhile.

        """
        self._database.require(actor, Permission.DECIDE_REFUND)
        if not note.strip():
            raise InvalidInputError(
                "Nothing was passed on. Write a word for the owner.", field="note"
            )
        with self._database.write(actor, beside_others=True) as unit:
            refund = held_refund(unit, refund_id)
            require_as_seen(refund, seen)
            if refund.status is not RefundStatus.REQUESTED or refund.passed_on_by:
                where = "passed on already" if refund.passed_on_by else str(refund.status)
                raise ConflictError(
                    f"Nothing was passed on. This refund is {where}; only one that waits for a"
                    " manager's decision is passed on."
                )
            refund.passed_on_by = actor.name
            refund.passed_on_at = refund.updated_at = unit.now
            refund.passed_on_note = note.strip()
            told = _told(at_desk_of=at_desk_of)
            journal_refund(unit, refund, "refund:passed_on", note=note.strip(), **told)
            return committed(unit, refund)

    def reject(
        self, actor: Actor, refund_id: str, *, reason: str, seen: Seen | None = None
    ) -> RefundRow:
        """Refuse a refund that has not been paid out, and say why.

        Raises:
            NotAllowedError: it is not the person's to decide.
            InvalidInputError: the reason is missing.
            ConflictError: it was paid out, decided or changed meanwhile.

        """
        if not actor.may(Permission.DECIDE_PASSED_ON_REFUND):
            self._database.require(actor, Permission.DECIDE_REFUND)
        if not reason.strip():
            raise InvalidInputError("Write why the refund is rejected.", field="reason")
        with self._database.write(actor, beside_others=True) as unit:
            refund = held_refund(unit, refund_id)
            obstacle = rejection_obstacle(actor, refund)
            if obstacle is not None:
                sentence = obstacle_sentence(obstacle, actor, load_rules(unit.session))
                raise NotAllowedError(f"Nothing was rejected. {sentence}")
            require_as_seen(refund, seen)
            refund.move_to(RefundStatus.REJECTED, unit.now)
            refund.rejected_by = actor.name
            refund.rejected_at = unit.now
            refund.response_notes = reason.strip()
            journal_refund(unit, refund, "refund:rejected", reason=reason.strip())
            return committed(unit, refund)

    def withdraw(
        self, actor: Actor, refund_id: str, *, note: str = "", seen: Seen | None = None
    ) -> RefundRow:
        """Take one's own request back before any money leaves; it can be asked anew.

        Raises:
            NotAllowedError: somebody else asked for it.
            ConflictError: the money is on its way, or it ended or changed meanwhile.

        """
        self._database.require(actor, Permission.REQUEST_REFUND)
        with self._database.write(actor, beside_others=True) as unit:
            refund = held_refund(unit, refund_id)
            if refund.requested_by != actor.name:
                raise NotAllowedError(
                    f"Nothing was withdrawn. {refund.requested_by} asked for this refund; only they"
                    " withdraw it, and a manager may reject it."
                )
            require_as_seen(refund, seen)
            refund.move_to(RefundStatus.WITHDRAWN, unit.now)
            refund.response_notes = note.strip() or refund.response_notes
            journal_refund(unit, refund, "refund:withdrawn", **_told(note=note.strip()))
            return committed(unit, refund)

    def carry_out(self, actor: Actor, command: CarryOutRefund) -> RefundRow:
        """Record that an approved refund was paid out by hand; issues its credit note.

        Raises:
            InvalidInputError: mobile money sent back needs the network's id of it.
            ConflictError: the refund is not approved.

        """
        self._database.require(actor, Permission.CARRY_OUT_REFUND)
        with self._database.write(actor, beside_others=True) as unit:

            def act() -> str:
                refund = held_refund(unit, command.refund_id)
                payment = refund.payment
                # The state first: whoever is asked for an id might send the money meanwhile.
                refund.move_to(RefundStatus.PROCESSING, unit.now)
                _require_proof(payment, command)
                refund.processed_by = actor.name
                refund.refund_transaction_id = command.refund_transaction_id.strip()
                unit.session.flush()
                complete_refund(unit, refund, command.note.strip())
                return refund.refund_id

            refund_id, _ = once(unit, "refund:carry_out", command, act)
            row = requested_refund_row(find_refund(unit.session, refund_id))
            unit.commit()
            return row

    def page(
        self,
        actor: Actor,
        *,
        statuses: frozenset[RefundStatus] = frozenset(),
        offset: int = 0,
        limit: int = 100,
    ) -> Page[RefundRow]:
        """Return a stretch of the refunds in some states, newest first."""
        self._database.require(actor, Permission.VIEW_PAYMENTS)
        conditions: list[ColumnElement[bool]] = []
        if statuses:
            conditions.append(RefundRequest.status.in_(statuses))
        with self._database.read() as session:
            total = session.scalar(
                select(func.count()).select_from(RefundRequest).where(*conditions)
            )
            refunds = session.scalars(
                select(RefundRequest)
                .where(*conditions)
                .options(joinedload(RefundRequest.payment), joinedload(RefundRequest.credit_note))
                .order_by(RefundRequest.requested_at.desc(), RefundRequest.id.desc())
                .offset(offset)
                .limit(limit)
            )
            return Page(
                tuple(requested_refund_row(refund) for refund in refunds), offset, total or 0
            )

    def counts(self, actor: Actor) -> dict[RefundStatus, int]:
        """Return how many refunds are in each state."""
        self._database.require(actor, Permission.VIEW_PAYMENTS)
        with self._database.read() as session:
            rows = session.execute(
                select(RefundRequest.status, func.count()).group_by(RefundRequest.status)
            )
            found = {row[0]: row[1] for row in rows}
        return {status: found.get(status, 0) for status in RefundStatus}

    def facts(self, actor: Actor, refund_id: str, *, on_the_spot: bool = False) -> RefundFacts:
        """Return what a manager weighs before deciding a refund.

        ``on_the_spot``: a manager who steps up at the person's window.

        Raises:
            NotFoundError: there is no such refund.

        """
        self._database.require(actor, Permission.VIEW_PAYMENTS)
        with self._database.read() as session:
            refund = find_refund(session, refund_id)
            return refund_facts(session, actor, refund, on_the_spot=on_the_spot)


def _require_approver(unit: UnitOfWork, actor: Actor, refund: RefundRequest) -> None:
    rules = load_rules(unit.session)
    obstacle = approval_obstacle(actor, refund, rules)
    if obstacle is not None:
        sentence = obstacle_sentence(obstacle, actor, rules)
        raise NotAllowedError(f"Nothing was approved. {sentence}")


def _told(**details: str) -> dict[str, str]:
    """Return the details that say anything."""
    return {name: text for name, text in details.items() if text}


def _check_room(payment: Payment, amount_minor: int) -> None:
    if payment.status is not PaymentStatus.COMPLETED:
        raise ConflictError(
            f"Nothing was asked for. This payment is {payment.status}; only a completed one can be"
            " refunded."
        )
    room = refundable(payment, payment.refund_requests)
    if amount_minor > room:
        raise InvalidInputError(
            f"Nothing was asked for. Of {display(payment.amount_minor, payment.currency)} paid,"
            f" {display(room, payment.currency)} can still be refunded.",
            field="amount",
        )


def _require_proof(payment: Payment, command: CarryOutRefund) -> None:
    needs_id = payment.payment_method.is_mobile_money
    if needs_id and not command.refund_transaction_id.strip():
        raise InvalidInputError(
            "Nothing was recorded. Type the network's transaction id of the money sent back.",
            field="refund_transaction_id",
        )
