"""The sales of a run: every outcome and fault both networks know, well mixed."""

from __future__ import annotations

import random
from dataclasses import dataclass

from core.configuration import GatewayTiming
from core.gateways.sandbox import TEST_NUMBERS, Fault, Network, Settings, payment_number
from core.model.payments import PaymentMethod
from core.services.payments.rules import RecordPayment

TIMING = GatewayTiming(
    ladder=(0.05, 0.1, 0.2, 0.3),
    unresolved_after_s=5,
    unresolved_wait_s=1,
    late_checks=(0.3, 0.6, 1.2, 2.0),
    send_within_s=120,
    send_again_wait=(0.05, 0.1, 0.3),
    not_found_times=3,
    not_found_for_s=0.4,
    connect_timeout_s=1,
    read_timeout_s=0.6,
    idle_s=0.02,
)
"""The ladder of a real shop, run through in seconds. Nothing is given up: each sale must end."""

NETWORKS = Settings(speed=40)
"""Slow answers come after 0.9 s, later than the shop waits; late successes after 0.75 s."""

_PREFIXES = {Network.MTN: "+250788", Network.AIRTEL: "+250733"}
_METHODS = {
    Network.MTN: PaymentMethod.MTN_MOBILE_MONEY,
    Network.AIRTEL: PaymentMethod.AIRTEL_MONEY,
}
_REFUND_ENDINGS = ("450", "451", "453", "454", "463")
_REFUND_FAULTS = tuple(
    fault for fault in Fault if fault not in {Fault.NUMBERS, Fault.REASON_OBJECT}
)


@dataclass(frozen=True, slots=True)
class Sale:
    """One sale; its key and reference are the same in every life of the shop.

    ``refund_minor`` goes back once it is paid; 0 keeps all. The cashier tries to cancel a sale
    that is ``called_off`` just when the worker wants to send it.
    """

    number: int
    network: Network
    ending: str
    amount_minor: int
    refund_minor: int = 0
    called_off: bool = False

    @property
    def reference(self) -> str:
        """What the shop, and both networks' externalId, call the sale."""
        return f"SALE{self.number:05d}"

    def command(self) -> RecordPayment:
        """Return what the cashier enters, with the key of the form."""
        return RecordPayment(
            key=f"sale-{self.number}",
            method=_METHODS[self.network],
            amount_minor=self.amount_minor,
            transaction_reference=self.reference,
            phone_number=_PREFIXES[self.network] + self.ending,
        )


def fault_ending(fault: Fault, *, refund: bool = False) -> str:
    """Return the last six digits of a number whose payment, or refund, meets a fault."""
    ending = payment_number(fault)
    return ending.replace("9990", "9991", 1) if refund else ending


def payment_endings() -> tuple[str, ...]:
    """Return the endings of every documented outcome and every fault of a payment."""
    numbers = tuple(f"123{ending}" for ending in TEST_NUMBERS)
    return ("555001", *numbers, *(fault_ending(fault) for fault in Fault))


def refund_endings() -> tuple[str, ...]:
    """Return the endings whose payment succeeds and whose refund is to go wrong."""
    numbers = tuple(f"124{ending}" for ending in _REFUND_ENDINGS)
    faults = (fault_ending(fault, refund=True) for fault in _REFUND_FAULTS)
    return ("555002", *numbers, *faults)


def planned_sales(count: int, *, first: int = 0, refunds_every: int = 4) -> tuple[Sale, ...]:
    """Return ``count`` sales from the ``first`` on; each ``refunds_every``-th is sent back.

    The kinds follow each other in an order that is always the same, and begin anew at its end.
    """
    kinds, refunds = (
        _shuffled([(network, end) for end in endings for network in Network])
        for endings in (payment_endings(), refund_endings())
    )
    sales = []
    for number in range(first, first + count):
        turn, rest = divmod(number, refunds_every)
        if rest == refunds_every - 1:
            network, ending = refunds[turn % len(refunds)]
            sales.append(refunded_sale(number, network, ending))
        else:
            network, ending = kinds[(number - turn) % len(kinds)]
            called_off = number % 8 == 5
            sales.append(Sale(number, network, ending, 1000 + number, called_off=called_off))
    return tuple(sales)


def refunded_sale(number: int, network: Network, ending: str) -> Sale:
    """Return a sale that is sent back: in part at MTN, whole at Airtel, which knows no parts."""
    amount = 1000 + number
    part = amount if network is Network.AIRTEL else amount - 300
    return Sale(number, network, ending, amount, refund_minor=part)


def _shuffled(kinds: list[tuple[Network, str]]) -> list[tuple[Network, str]]:
    random.Random(1).shuffle(kinds)
    return kinds
