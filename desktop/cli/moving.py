"""``sanduku database move``: a shop of one desk becomes one that many desks share on a server."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from core.errors import InvalidInputError
from core.money import major
from desktop.cli.common import invocation, json_option, shop_options
from desktop.cli.output import print_json, print_table, say, warn
from desktop.logs import hide
from desktop.shop import server_configuration

if TYPE_CHECKING:
    from core.services.moving_up import Moved


@click.command("move")
@click.option(
    "--to",
    "address",
    required=True,
    metavar="URL",
    help="The server, as its owner: postgresql://NAME@SERVER/DATABASE.",
)
@click.option(
    "--leave-secrets",
    is_flag=True,
    help="Leave the providers' secrets behind; they are entered again.",
)
@click.option(
    "--service-dir",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="The folder “sanduku service” is started with (its --data-dir), if not its usual one.",
)
@json_option
@shop_options
def command(*, address: str, leave_secrets: bool, service_dir: Path | None, as_json: bool) -> None:
    """Carry the shop's file over to an empty database on a PostgreSQL server.

    The database is made where it is missing. The shop must be closed everywhere. All of it
    arrives, counted and compared, or nothing does; afterwards the file says where the shop lives
    and is no shop any more. Run this on the computer on which “sanduku service” will run: papers,
    original statements and the key of the secrets go into its folder.

    Everybody gets a new password, which is shown this once.
    """
    from core.services.moving_up import confirm, move_up  # noqa: PLC0415 - not owed by --help

    shop = invocation().shop()
    if not shop.database_url.startswith("sqlite:"):
        raise InvalidInputError(
            "Nothing was moved. The shop is on a server already; name its file with --data-dir or"
            " --database sqlite:///FILE."
        )
    there = server_configuration(address, service_dir)
    if there is None:
        raise InvalidInputError(
            "Nothing was moved. A shop is moved to a server: write"
            " postgresql://NAME@SERVER/DATABASE.",
            field="to",
        )
    moved = move_up(
        shop,
        address,
        there.data_dir,
        leave_secrets=leave_secrets,
        told=_no_one if as_json else warn,
    )
    for password in (*(each.password for each in moved.people), moved.service.password):
        hide(password)
    if as_json:
        print_json(_document(moved, shop.place))
    else:
        _print(moved)
    confirm(shop.database_path)


def _no_one(_: str) -> None:
    """Hear nothing: a script waits for the end."""


def _document(moved: Moved, origin: str) -> dict[str, object]:
    return {
        "from": origin,
        "to": moved.place,
        "was_there_already": moved.was_there_already,
        "rows": dict(moved.rows),
        "money": [
            {
                "table": each.table,
                "status": each.state,
                "currency": each.currency,
                "rows": each.rows,
                "amount": major(each.sum_minor, each.currency),
            }
            for each in moved.money
        ],
        "chains": [
            {"user": each.user_name, "entries": each.entries, "head": each.entry_hash}
            for each in moved.chains
        ],
        "secrets": moved.secrets,
        "files": moved.files,
        "people": [
            {
                "name": each.name,
                "login": each.login,
                "role": each.role,
                "active": each.is_active,
                "password": each.password,
            }
            for each in moved.people
        ],
        "service": {"login": moved.service.login, "password": moved.service.password},
    }


def _print(moved: Moved) -> None:
    if moved.was_there_already:
        say(f"The shop was moved before, and lives at {moved.place}")
    else:
        rows = sum(count for _, count in moved.rows)
        say(f"The shop lives at {moved.place} now: {rows} rows, each compared")
        print_table(
            ["Table", "Status", "Currency", ">Rows", ">Amount"],
            [
                [each.table, each.state, each.currency, str(each.rows),
                 major(each.sum_minor, each.currency)]
                for each in moved.money
            ],
        )  # fmt: skip
        say(f"{len(moved.chains)} audit chains, {moved.secrets} secrets, {moved.files} files")
    say("Passwords to begin with, shown this once; everybody changes their own:")
    print_table(
        ["Name", "Login", "Role", "Password"],
        [
            *([each.name, each.login, each.role, each.password or "disabled"]
              for each in moved.people),
            ["sanduku service", moved.service.login, "service", moved.service.password],
        ],
    )  # fmt: skip
