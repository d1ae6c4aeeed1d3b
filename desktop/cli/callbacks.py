"""``sanduku callbacks``: listens for what the mobile networks report."""

from __future__ import annotations

import logging

import click

from core.errors import ConflictError
from desktop.callbacks import CallbackServer
from desktop.cli.common import opened_shop, shop_options
from desktop.cli.output import say
from desktop.cli.running import LOOK_EVERY_S, told_to_stop

logger = logging.getLogger(__name__)

_MAX_PORT = 65535


@click.command("callbacks")
@click.option(
    "--port",
    type=click.IntRange(0, _MAX_PORT),
    required=True,
    metavar="N",
    help="The port to listen on; 0 for any free one.",
)
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    metavar="ADDRESS",
    help="The address of this computer to listen on.",
)
@click.option(
    "--behind-proxy",
    is_flag=True,
    help="A proxy stands in front: believe the last address in its X-Forwarded-For.",
)
@shop_options
def command(*, port: int, host: str, behind_proxy: bool) -> None:
    """Listen for the callbacks of MTN (/mtn) and Airtel (/airtel) until Ctrl+C or SIGTERM.

    A callback has the network asked at once, by the window or the service that is at work; what
    it says is never believed. Payments are followed without callbacks too, only less promptly.
    Put an https proxy in front.
    """
    with told_to_stop() as stopping:
        with opened_shop(for_service=True) as app:
            server = CallbackServer(app.callbacks, host=host, port=port, behind_proxy=behind_proxy)
            _start(server)
            say(f"Listening at {_address(server)} for {app.configuration.place}")
            logger.info("callbacks are listened for at %s", _address(server))
            while server.is_running and not stopping.wait(LOOK_EVERY_S):
                pass
            failed = not server.is_running
            server.stop()
            if failed:
                raise RuntimeError("the thread that listens has ended by itself")
            logger.info("callbacks are no longer listened for")
        say("Stopped")


def _start(server: CallbackServer) -> None:
    try:
        server.start()
    except OSError as error:
        raise ConflictError(
            f"Nothing is listened for. Port {server.port} at {server.host} is taken or not allowed"
            " here; choose another with --port.",
            details=str(error),
        ) from error


def _address(server: CallbackServer) -> str:
    host = f"[{server.host}]" if ":" in server.host else server.host
    return f"http://{host}:{server.port}"
