"""The first people of a shop on a server: its first admin, and the login of its service."""

from __future__ import annotations

import os

import click
from sqlalchemy import text

from core.app import DESK_MEMORY
from core.database.postgresql.engine import SCHEMA
from core.database.postgresql.logins import SERVICE_LOGIN, Logins
from core.database.postgresql.roles.names import Group
from core.database.unit_of_work import Database
from core.permissions import Role
from core.services.login_users import LoginUserService
from core.services.sign_in_waits import DeskMemory
from core.services.user_rules import require_user
from desktop.cli.common import ask_secret, can_ask, invocation, new_password
from desktop.cli.output import say
from desktop.logs import hide

_SERVICE = text(f"SELECT 1 FROM {SCHEMA}.login WHERE group_name = '{Group.SERVICE}'")  # noqa: S608 - names of this program


def let_in_the_first(admin: str | None) -> None:
    """Make the first admin and the service's login, over the connection of the server's owner.

    What cannot be asked is left, and told how to do; a shop that has them keeps them.
    """
    shop = invocation().shop()
    database = Database(shop.database_url, clock=shop.clock)
    try:
        people = LoginUserService(database, DeskMemory(shop.data_dir / DESK_MEMORY, shop.clock))
        _make_service(database)
        if people.has_users():
            return
        if admin is None and can_ask():
            admin = str(click.prompt("Name of the first admin", err=True))
        if admin is None:
            say("Nobody may sign in yet: run this again with --admin NAME")
            return
        row = people.add(None, admin, Role.ADMIN, new_password(admin))
        say(f"{row.name} may sign in now, as {row.role}")
    finally:
        database.close()


def give_password_as_owner(name: str) -> str:
    """Give a person a new password, and let them in, over the connection of the server's owner.

    For a shop whose admins cannot sign in, as one brought back from a backup; return their name.

    Raises:
        NotFoundError: there is nobody of this name.
        StorageError: the address does not bear the owner's login.

    """
    shop = invocation().shop()
    database = Database(shop.database_url, clock=shop.clock)
    try:
        with database.read() as session:
            person = require_user(session, name)
        logins = Logins(database)
        logins.set_password(None, person.name, new_password(person.name))
        logins.enable(None, person.name)
        return person.name
    finally:
        database.close()


def _make_service(database: Database) -> None:
    with database.read() as session:
        if session.scalar(_SERVICE) is not None:
            return
    password = os.environ.get("SANDUKU_SERVICE_PASSWORD")
    if password is None and can_ask():
        password = ask_secret("Password of the service", twice=True)
    if password is None:
        say("The service has no login yet: run this again with SANDUKU_SERVICE_PASSWORD set")
        return
    hide(password)
    Logins(database).make_service(password)
    say(f"“sanduku service” may work now, as {SERVICE_LOGIN}")
