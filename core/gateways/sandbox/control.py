"""The sandbox's own doors under ``/_sandbox/``: look at the money, plan faults, know payments."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from core.gateways.sandbox.airtel import airtel_money_id
from core.gateways.sandbox.faults import plan_of
from core.gateways.sandbox.ledger import Kind, LedgerEntry, Operation, charged_twice
from core.gateways.sandbox.merchant import Merchant
from core.gateways.sandbox.mtn import mtn_transaction_id
from core.gateways.sandbox.outcomes import Network, named_outcome
from core.gateways.sandbox.wire import Reply, Request, json_reply, members

PREFIX = "/_sandbox/"


@dataclass(frozen=True, slots=True)
class KnownPayment:
    """A payment that the sandbox shall know as if it had been asked for it before.

    ``reference`` is X-Reference-Id or transaction.id, ``outcome`` an outcome's name and
    ``settles_after_s`` when it comes about. Without a ``transaction_id`` the network makes its own.
    """

    network: Network
    reference: str
    amount: str
    currency: str
    phone: str
    external_id: str = ""
    outcome: str = "successful"
    settles_after_s: float = 0.0
    transaction_id: str = ""


class Control:
    """What whoever runs the sandbox may do with it."""

    def __init__(self, merchant: Merchant) -> None:
        self._merchant = merchant

    def answer(self, request: Request) -> Reply | None:
        """Return the answer; None where the path is not the sandbox's own."""
        if not request.path.startswith(PREFIX):
            return None
        door = (request.method, request.path.removeprefix(PREFIX))
        try:
            if door == ("GET", "ledger"):
                return json_reply(200, ledger_document(self.entries()))
            if door == ("POST", "plan"):
                self._merchant.plan = plan_of(request.fields())
            elif door == ("POST", "known"):
                self.know(_known(request.fields()))
            elif door == ("POST", "reset"):
                self._merchant.reset()
            else:
                return Reply(404)
        except (ValueError, TypeError) as error:
            return json_reply(400, {"error": str(error)})
        return json_reply(200, {})

    def entries(self) -> tuple[LedgerEntry, ...]:
        """Return every money operation."""
        return self._merchant.ledger.entries(self._merchant.now_s())

    def know(self, payments: Iterable[KnownPayment]) -> None:
        """Register payments; one that is known already stays as it is.

        Raises:
            ValueError: an outcome's name is unknown; then no payment is registered.

        """
        made = [_operation(payment) for payment in payments]
        for operation in made:
            ledger = self._merchant.ledger
            if ledger.find(operation.network, Kind.PAYMENT, operation.reference) is None:
                ledger.add(operation)
                operation.accept(self._merchant.now_s())


def _operation(payment: KnownPayment) -> Operation:
    is_mtn = payment.network is Network.MTN
    made_id = (
        mtn_transaction_id(payment.reference)
        if is_mtn
        else airtel_money_id("MP", payment.reference)
    )
    return Operation(
        network=payment.network,
        kind=Kind.PAYMENT,
        reference=payment.reference.lower() if is_mtn else payment.reference,
        external_id=payment.external_id,
        amount=payment.amount,
        currency=payment.currency,
        phone=payment.phone,
        outcome=named_outcome(payment.outcome, payment.network, payment.settles_after_s),
        transaction_id=payment.transaction_id or made_id,
    )


def _known(document: Mapping[str, object]) -> list[KnownPayment]:
    listed = document.get("payments")
    if not isinstance(listed, list):
        raise TypeError("payments is no list")
    return [_known_payment(members(item)) for item in listed]


def _known_payment(fields: Mapping[str, object]) -> KnownPayment:
    names = {field.name for field in dataclasses.fields(KnownPayment)}
    if unknown := set(fields) - names:
        raise ValueError(f"a payment has no {', '.join(sorted(unknown))}")
    wait_s = fields.get("settles_after_s", 0)
    if isinstance(wait_s, bool) or not isinstance(wait_s, int | float):
        raise TypeError("settles_after_s is no number")
    texts = {
        name: str(value)
        for name, value in fields.items()
        if name not in {"network", "settles_after_s"}
    }
    network = Network(str(fields.get("network")))
    return KnownPayment(network=network, settles_after_s=wait_s, **texts)


def ledger_document(entries: tuple[LedgerEntry, ...]) -> dict[str, object]:
    """Return the ledger as JSON shows it."""
    return {
        "operations": [
            {field.name: _shown(getattr(entry, field.name)) for field in dataclasses.fields(entry)}
            for entry in entries
        ],
        "charged_twice": charged_twice(entries),
    }


def _shown(value: object) -> object:
    if isinstance(value, tuple):
        return [_shown(item) for item in value]
    return value.isoformat() if isinstance(value, datetime) else value
