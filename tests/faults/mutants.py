"""Mistakes a payment program can make; the judge must find every one of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from core.app import App
from core.gateways.contract import CallOutcome, GatewayCall, MobileMoneyGateway, Reply, Trouble
from core.model.attempts import AttemptKind, GatewayAttempt
from core.model.base import new_uuid
from core.permissions import Actor
from core.services.gateways import attempt_records, attempt_steps
from core.services.gateways import worker as gateway_worker
from core.services.gateways.attempt_steps import Step
from core.services.gateways.attempts import collect_order, open_collect
from core.services.payments.rules import checked_recording
from core.services.payments.service import _new_payment
from core.services.session import once
from tests.faults.sales import TIMING, Sale

Seller = Callable[[App, Actor, Sale], None]

LATE_COMMIT = "commit after the call"
UNKNOWN_IS_FAILED = "unknown is failed"
NEW_REFERENCE = "a new reference on retry"
LOST_IS_NOT_SENT = "a lost answer is not sent"
ANY_SUCCESS = "any success is believed"


def seller(mutant: str) -> Seller | None:
    """Return who sells wrongly; None where the selling itself is right."""
    return _sell_committing_late if mutant == LATE_COMMIT else None


def plant(mutant: str) -> None:
    """Make a mistake part of this process."""
    if mutant == UNKNOWN_IS_FAILED:
        _change_replies(lambda reply: _with_outcome(reply, CallOutcome.FAILED))
    elif mutant == LOST_IS_NOT_SENT:
        _change_replies(_not_sent_where_nothing_came)
    elif mutant == ANY_SUCCESS:
        _believe_every_success()
    elif mutant == NEW_REFERENCE:
        gateway_worker._describe = _describe_with_new_reference


def _with_outcome(reply: Reply, outcome: CallOutcome) -> Reply:
    return replace(reply, outcome=outcome) if reply.outcome is CallOutcome.UNKNOWN else reply


def _not_sent_where_nothing_came(reply: Reply) -> Reply:
    is_cut = reply.trouble is Trouble.CONNECTION_CUT
    return _with_outcome(reply, CallOutcome.NOT_SENT) if is_cut else reply


def _change_replies(change: Callable[[Reply], Reply]) -> None:
    take_sent = attempt_steps.take_sent

    def changed(attempt: GatewayAttempt, reply: Reply, *args: Any, **kwargs: Any) -> None:
        take_sent(attempt, change(reply), *args, **kwargs)

    attempt_steps.take_sent = changed


def _believe_every_success() -> None:
    finish_call = attempt_records.finish_call

    def changed(
        unit: Any, attempt: GatewayAttempt, call_id: int, reply: Reply, *args: Any, **kwargs: Any
    ) -> None:
        finish_call(unit, attempt, call_id, replace(reply, mismatches=()), *args, **kwargs)

    attempt_records.finish_call = changed


_describe = gateway_worker._describe


def _describe_with_new_reference(
    gateway: MobileMoneyGateway, attempt: GatewayAttempt, step: Step
) -> GatewayCall:
    if step is Step.SEND and attempt.sends and attempt.kind is AttemptKind.COLLECT:
        return gateway.collect(replace(collect_order(attempt), reference=new_uuid()))
    return _describe(gateway, attempt, step)


def _sell_committing_late(app: App, cashier: Actor, sale: Sale) -> None:
    """Call the network inside the unit of work, and commit only when the answer is there."""
    command = sale.command()
    account = app.gateway_accounts.in_use(command.method)
    if account is None:
        raise AssertionError("the shop has no account")
    gateway = app.gateway_accounts.gateway(account.provider, account.environment)
    with app.database.write(cashier) as unit:

        def act() -> str:
            payment = _new_payment(unit, cashier, checked_recording(command))
            unit.session.add(payment)
            unit.session.flush()
            attempt = open_collect(unit, payment, account)
            call = gateway.collect(collect_order(attempt))
            call_id = attempt_records.begin_call(unit, attempt, call, TIMING)
            reply = call.send()
            attempt_records.finish_call(unit, attempt, call_id, reply, TIMING, can_ask=True)
            return payment.payment_id

        once(unit, "payment:record", command, act)
        unit.commit()
