"""``sanduku demo``: a shop with invented data, to try everything without an account anywhere."""

from __future__ import annotations

import shutil
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

import click

from core.app import Configuration, open_shop
from core.configuration import PasswordCost
from core.demo.build import MAX_PAYMENTS, PASSWORD, DemoShop, build_demo
from core.demo.premises import SANDBOX_PORT
from core.errors import ConflictError
from desktop.cli.common import invocation, shop_options
from desktop.cli.output import say
from desktop.logs import start_log, stop_log
from desktop.opening import obstacle, open_window

DEFAULT_PAYMENTS = 5_000
DEFAULT_SEED = 1
FIRST_PERSON = "manager"
COLLECT = (
    "payments collect --method mtn_mobile_money --amount 5000 --reference TRY-1"
    ' --phone "0788 200 300" --wait 30'
)


@click.command("demo")
@click.option(
    "--to",
    "folder",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Keep the shop in this empty folder; otherwise it is thrown away with its window.",
)
@click.option(
    "--payments",
    type=click.IntRange(0, MAX_PAYMENTS),
    default=DEFAULT_PAYMENTS,
    show_default=True,
    metavar="N",
    help="How many payments to invent.",
)
@click.option(
    "--seed",
    type=int,
    default=DEFAULT_SEED,
    show_default=True,
    metavar="S",
    help="Same seed, same shop.",
)
@click.option("--no-window", is_flag=True, help="Build the shop and stop.")
@shop_options
def command(*, folder: Path | None, payments: int, seed: int, no_window: bool) -> int:
    """Build a shop with invented payments, statements and people, and open its window.

    While the window is open both mobile networks answer it, invented too: no money moves.
    """
    thrown_away = folder is None
    home = _empty_folder(folder)
    configuration = invocation().fitted(Configuration(data_dir=home, use_keyring=False))
    built = _build(configuration, payments=payments, seed=seed)
    say(f"The demo shop is in {home}")
    say(f"Users {', '.join(built.users)}; the password of each is “{PASSWORD}”")
    reason = "" if no_window else obstacle()
    if no_window or reason:
        if reason:
            say(f"{reason} The shop can be used by its commands all the same.")
        _suggest_commands(home, built)
        return 0
    try:
        return open_window(configuration, sign_in_as=(FIRST_PERSON, PASSWORD))
    finally:
        if thrown_away:
            _remove(home)


def _empty_folder(wanted: Path | None) -> Path:
    if wanted is None:
        return Path(tempfile.mkdtemp(prefix="sanduku-demo-"))
    if wanted.exists() and (not wanted.is_dir() or any(wanted.iterdir())):
        raise ConflictError(
            f"Nothing was made. {wanted} is not an empty folder; choose another for the demo."
        )
    return wanted.absolute()


def _build(configuration: Configuration, *, payments: int, seed: int) -> DemoShop:
    home = configuration.data_dir
    start_log(home)
    try:
        with open_shop(configuration) as app:
            return build_demo(
                app.database,
                home,
                payments=payments,
                seed=seed,
                today=configuration.clock(),
                password_hash=lambda: _hash(PASSWORD, configuration.password_cost),
            )
    except BaseException:
        # The folder was empty before; half a demo in it would only be in the way.
        _remove(home)
        raise


def _hash(password: str, cost: PasswordCost) -> str:
    from argon2 import PasswordHasher  # noqa: PLC0415 - not owed by --help

    hasher = PasswordHasher(
        time_cost=cost.time_cost, memory_cost=cost.memory_kib, parallelism=cost.parallelism
    )
    return hasher.hash(password)


def _remove(home: Path) -> None:
    stop_log()
    with suppress(OSError):
        shutil.rmtree(home)


def _program() -> str:
    """Return what starts the program where it was started: it may not be on the PATH."""
    started = Path(sys.argv[0])
    if started.stem.casefold() != "sanduku":
        return "sanduku"
    return f'"{started}"' if " " in str(started) else str(started)


def _suggest_commands(home: Path, built: DemoShop) -> None:
    program = _program()
    say("Try for example, with SANDUKU_USER and SANDUKU_PASSWORD set or asked for:")
    commands = [
        "payments list --limit 10",
        "refunds list",
        *(
            f'reconcile "{statement.path}" --provider {statement.provider}'
            for statement in built.statements[:1]
        ),
        f'payments import "{built.import_file}"',
    ]
    for words in commands:
        say(f'  {program} --data-dir "{home}" {words}')
    say(
        f"To collect by mobile money, let “{program} sandbox --port {SANDBOX_PORT}” run beside it"
        " and try:"
    )
    say(f'  {program} --data-dir "{home}" {COLLECT}')
