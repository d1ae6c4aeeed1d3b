"""``sanduku service``: asks the networks, draws papers, sends mail and renews, without a window."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from core.errors import KnownError, StorageError
from core.services.presence import BEAT_S
from desktop.cli.common import opened_shop, shop_options
from desktop.cli.output import say
from desktop.cli.running import LOOK_EVERY_S, told_to_stop

if TYPE_CHECKING:
    from core.app import App
    from core.database.postgresql.service_seat import ServiceSeat

logger = logging.getLogger(__name__)

_STOP_WAIT_S = 30.0


@click.command("service")
@shop_options
def command() -> None:
    """Serve a shop without a window until told to stop (Ctrl+C, or SIGTERM).

    Requests to the mobile networks are sent and followed, papers drawn, mails sent and
    subscriptions renewed, as a window would. A shop is served by one program at a time: with
    another at work, this one waits its turn. Of a shop on a server only this does it, no window;
    it works under the login “service” (SANDUKU_USER) with SANDUKU_PASSWORD.
    """
    with told_to_stop() as stopping:
        with opened_shop(for_service=True) as app, _seat_in(app) as seat:
            while seat is not None and not seat.take():
                if stopping.wait(LOOK_EVERY_S):
                    return
            app.serve()
            told_at = time.monotonic()
            say(f"Serving {app.configuration.place}")
            logger.info("the service has started")
            while not stopping.wait(LOOK_EVERY_S):
                if seat is not None and not seat.is_held():
                    raise StorageError(
                        "The service stopped: its connection to the server was lost, and another"
                        " may serve the shop now. Start it again."
                    )
                if seat is not None and time.monotonic() - told_at >= BEAT_S:
                    told_at = time.monotonic()
                    _tell(app)
            app.mail_sender.stop(wait_s=_STOP_WAIT_S)
            app.renewal_clock.stop()
            app.gateway_worker.stop(wait_s=_STOP_WAIT_S)
            logger.info("the service has stopped")
        say("Stopped")


def _tell(app: App) -> None:
    try:
        app.service_watch.tell(app.configuration.desk)
    except KnownError as error:
        logger.info("that the service is at work could not be told: %s", error.message)


@contextmanager
def _seat_in(app: App) -> Iterator[ServiceSeat | None]:
    """Open the seat of a shop on a server; a shop in a file has a lock beside it instead."""
    if not app.database.is_shared:
        yield None
        return
    from core.database.postgresql.service_seat import ServiceSeat  # noqa: PLC0415 - a shop of one desk owes none of it

    with ServiceSeat(app.database.engine) as seat:
        yield seat
