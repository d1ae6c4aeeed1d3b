"""``sanduku users``: who may sign in."""

from __future__ import annotations

import click

from core.clock import iso_utc
from core.errors import InvalidInputError
from core.permissions import Role
from desktop.cli.common import (
    invocation,
    json_option,
    new_password,
    opened_shop,
    shop_options,
    sign_in,
    signed_in,
)
from desktop.cli.output import local, print_json, print_table, say


@click.group("users")
@shop_options
def command() -> None:
    """The people of the shop."""


@command.command("add")
@click.argument("name")
@click.option("--role", required=True, type=click.Choice([each.value for each in Role]))
@shop_options
def add(name: str, *, role: str) -> None:
    """Add a person; the password is asked, or read from SANDUKU_NEW_PASSWORD.

    The first person of a new shop is an admin and needs nobody's leave: this makes the shop.
    """
    with opened_shop(make=True) as app:
        actor = sign_in(app) if app.users.has_users() else None
        row = app.users.add(actor, name, Role(role), new_password(name))
    say(f"{row.name} may sign in now, as {row.role}")


@command.command("disable")
@click.argument("name")
@shop_options
def disable(name: str) -> None:
    """Keep a person from signing in; what they did stays."""
    with signed_in() as (app, actor):
        row = app.users.disable(actor, name)
    say(f"{row.name} can no longer sign in")


@command.command("enable")
@click.argument("name")
@shop_options
def enable(name: str) -> None:
    """Let a disabled person sign in again."""
    with signed_in() as (app, actor):
        row = app.users.enable(actor, name)
    say(f"{row.name} may sign in again")


@command.command("password")
@click.argument("name")
@click.option(
    "--as-owner",
    is_flag=True,
    help="Act as the server's owner, whose login the address bears; also lets the person in.",
)
@shop_options
def password(name: str, *, as_owner: bool) -> None:
    """Give a person a new password; it is asked, or read from SANDUKU_NEW_PASSWORD.

    On a server whose admins cannot sign in, as after a backup was brought back, its owner may do
    it without them.
    """
    if as_owner:
        _refuse_file()
        from desktop.cli.server_people import give_password_as_owner  # noqa: PLC0415 - needs psycopg

        say(f"{give_password_as_owner(name)} has a new password")
        return
    with signed_in() as (app, actor):
        row = app.users.set_password(actor, name, new_password(name))
    say(f"{row.name} has a new password")


def _refuse_file() -> None:
    if invocation().shop().database_url.startswith("sqlite:"):
        raise InvalidInputError(
            "Nothing was changed. Only a shop on a server has an owner beside its admins: name it"
            " with --database postgresql://NAME@SERVER/DATABASE."
        )


@command.command("list")
@json_option
@shop_options
def list_users(*, as_json: bool) -> None:
    """List the people of the shop."""
    with signed_in() as (app, actor):
        rows = app.users.everyone(actor)
    if as_json:
        print_json(
            [
                {
                    "name": row.name,
                    "role": row.role,
                    "active": row.is_active,
                    "created_at": iso_utc(row.created_at),
                }
                for row in rows
            ]
        )
        return
    print_table(
        ["Name", "Role", "May sign in", "Since"],
        [
            [row.name, row.role, "yes" if row.is_active else "no", local(row.created_at)]
            for row in rows
        ],
    )
