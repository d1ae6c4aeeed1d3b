"""Commands that wait for the mobile networks: the worker in this process, and for how long."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

from core.app import App
from core.model.payments import PaymentMethod, PaymentStatus
from core.money import DEFAULT_CURRENCY
from core.permissions import Actor
from core.services.gateways.rows import Awaited, Charged, PaymentPath
from desktop.cli.output import warn

_LOOK_EVERY_S = 0.1
_STOP_WAIT_S = 3.0

wait_option = click.option(
    "--wait",
    "wait_s",
    type=click.FloatRange(0, 86_400),
    metavar="SECONDS",
    help="Wait so long for the network to tell the end.",
)


@contextmanager
def asking_networks(app: App) -> Iterator[None]:
    """Serve the networks from this process, unless a window or the service does already."""
    app.gateway_worker.start()
    try:
        yield
    finally:
        app.gateway_worker.stop(wait_s=_STOP_WAIT_S)


def wait_until(is_so: Callable[[], bool], longest_s: float) -> bool:
    """Look again and again, at most so many seconds; return whether it came to be so."""
    end_s = time.monotonic() + longest_s
    while not is_so():
        if time.monotonic() >= end_s:
            return False
        time.sleep(_LOOK_EVERY_S)
    return True


def longest_send_s(app: App) -> float:
    """Return how long a request may take until its first answer, or the lack of one, is known."""
    timing = app.configuration.gateway_timing
    return 2 * (timing.connect_timeout_s + timing.read_timeout_s) + 5


def currency_of(app: App, actor: Actor, method: PaymentMethod) -> str:
    """Return the currency meant where none is given."""
    found = (row.currency for row in app.gateways.connections(actor) if row.method is method)
    return next(found, DEFAULT_CURRENCY)


def follow(app: App, actor: Actor, payment_id: str, wait_s: float | None) -> PaymentPath:
    """Wait until a network was asked, or for so many seconds until it told the outcome."""
    path = app.gateways.path(actor, payment_id)
    if path.attempt is None or path.attempt.closed_at is not None:
        return path
    with asking_networks(app):
        if wait_s is None:
            wait_until(lambda: not app.gateways.is_sending(actor, payment_id), longest_send_s(app))
        else:
            wait_until(lambda: not app.gateways.still_open(actor, [payment_id]), wait_s)
    return app.gateways.path(actor, payment_id)


def tell_outcome(path: PaymentPath) -> int:
    """Say on stderr what the status alone does not; return the exit code."""
    row, attempt = path.payment, path.attempt
    if row.status is PaymentStatus.FAILED:
        warn(row.error_message or "Nothing was charged. The payment failed.")
        return 1
    if row.payment_method.is_mobile_money and row.status is PaymentStatus.PENDING:
        if attempt is None:
            warn(
                "Nothing was charged. No account with this network is in use, so the customer was"
                " not asked to pay; a manager completes the payment by hand once the money is"
                " there."
            )
    elif attempt is not None and attempt.awaited is Awaited.PERSON:
        warn(f"A manager must find out whether the customer was charged. {attempt.message}".strip())
    elif attempt is not None and attempt.charged is Charged.UNKNOWN:
        warn("It is not known yet whether the customer was charged. Do not charge again.")
    return 0
