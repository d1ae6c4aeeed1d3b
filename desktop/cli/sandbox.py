"""``sanduku sandbox``: both mobile networks, invented, to try and develop with."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import click

from core.errors import ConflictError, StorageError
from core.gateways.sandbox import (
    TEST_NUMBERS,
    Fault,
    Sandbox,
    Settings,
    airtel_keys,
    mtn_keys,
    payment_number,
    serve_until_stopped,
)
from desktop.cli.common import shop_options
from desktop.cli.output import print_table, say

MAX_PORT = 65535
MAX_SPEED = 1000.0


@click.command("sandbox")
@click.option(
    "--port",
    type=click.IntRange(0, MAX_PORT),
    default=0,
    metavar="N",
    help="The port on this computer; any free one unless given.",
)
@click.option(
    "--speed",
    type=click.FloatRange(0.01, MAX_SPEED),
    default=1.0,
    show_default=True,
    metavar="X",
    help="Divides every delay of the networks.",
)
@click.option(
    "--currency", default="RWF", show_default=True, metavar="CODE", help="The only one they take."
)
@click.option(
    "--environment",
    default="sandbox",
    show_default=True,
    metavar="NAME",
    help="MTN's target environment.",
)
@click.option(
    "--write",
    "folder",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Write mtn.json and airtel.json here, for “providers set mtn --from DIR/mtn.json”.",
)
@shop_options
def command(
    *, port: int, speed: float, currency: str, environment: str, folder: Path | None
) -> int:
    """Behave like MTN MoMo and Airtel Money on this computer, until Ctrl+C.

    No money moves and no account is needed. The customer's number chooses what happens.
    """
    settings = Settings(currency=currency, environment=environment, speed=speed)
    sandbox = _started(settings, port)
    try:
        accounts = {
            "mtn": mtn_keys(sandbox.url, settings),
            "airtel": airtel_keys(sandbox.url, settings),
        }
        say(f"Both networks answer at {sandbox.url}")
        _show_accounts(accounts)
        if folder is not None:
            _write(folder, accounts)
        _show_numbers()
        say("Stop with Ctrl+C.")
        serve_until_stopped(sandbox)
    finally:
        sandbox.stop()
    return 0


def _started(settings: Settings, port: int) -> Sandbox:
    sandbox = Sandbox(settings, port=port)
    try:
        sandbox.start()
    except OSError as error:
        raise ConflictError(
            f"The sandbox was not started. Port {port} is taken or not allowed; choose another"
            " with --port.",
            details=str(error),
        ) from error
    return sandbox


def _show_accounts(accounts: Mapping[str, Mapping[str, str | bool]]) -> None:
    for provider, keys in accounts.items():
        say(
            f"Save as {provider}.json for “sanduku providers set {provider} --from {provider}.json”"
        )
        click.echo(json.dumps(keys, indent=2))


def _write(folder: Path, accounts: Mapping[str, Mapping[str, str | bool]]) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for provider, keys in accounts.items():
            path = folder / f"{provider}.json"
            path.write_text(json.dumps(keys, indent=2) + "\n", encoding="utf-8")
            say(f"Written: {path}")
    except OSError as error:
        raise StorageError(
            f"The sandbox was not started. “{folder}” cannot be written to.", details=str(error)
        ) from error


def _show_numbers() -> None:
    say("A customer's number ending in these digits, for example 0788 123 451 or 0733 123 451:")
    print_table(
        ["Ends in", "At MTN", "At Airtel"],
        [
            [f"123{number.ending}", number.mtn.summary(), number.airtel.summary()]
            for number in TEST_NUMBERS.values()
        ],
    )
    say("124 in the place of 123 lets the payment succeed and does it to the refund.")
    say("Faults; 9991 in the place of 9990 lets the payment be and does it to the refund:")
    print_table(
        ["Ends in", "Fault", "What happens"],
        [[payment_number(fault), fault.value, fault.explanation] for fault in Fault],
    )
    say("Any other number: pending for a moment, then successful.")
