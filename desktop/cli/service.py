"""``sanduku service``: asks the networks, draws papers, sends mail and renews, without a window."""

from __future__ import annotations

import logging

import click

from desktop.cli.common import opened_shop, shop_options
from desktop.cli.output import say
from desktop.cli.running import LOOK_EVERY_S, told_to_stop

logger = logging.getLogger(__name__)

_STOP_WAIT_S = 30.0


@click.command("service")
@shop_options
def command() -> None:
    """Serve a shop without a window until told to stop (Ctrl+C, or SIGTERM).

    Requests to the mobile networks are sent and followed, papers drawn, mails sent and
    subscriptions renewed, as a window would. A shop is served by one program at a time: with
    another at work, this one waits its turn.
    """
    with told_to_stop() as stopping:
        with opened_shop() as app:
            app.outbox.start()
            app.gateway_worker.start()
            app.mail_sender.start()
            app.renewal_clock.start()
            say(f"Serving {app.configuration.place}")
            logger.info("the service has started")
            while not stopping.wait(LOOK_EVERY_S):
                pass
            app.mail_sender.stop(wait_s=_STOP_WAIT_S)
            app.renewal_clock.stop()
            app.gateway_worker.stop(wait_s=_STOP_WAIT_S)
            logger.info("the service has stopped")
        say("Stopped")
