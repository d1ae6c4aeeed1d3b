"""What the commands share: their options, which shop is meant, and who is asking."""

from __future__ import annotations

import logging
import os
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from core.errors import KnownError, SignInError, StorageError
from desktop.logs import hide, start_log
from desktop.paths import default_data_dir

if TYPE_CHECKING:
    from core.app import App
    from core.clock import Clock
    from core.configuration import Configuration, PasswordCost
    from core.permissions import Actor

FunctionT = TypeVar("FunctionT", bound=Callable[..., object])

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Invocation:
    """How the program was started: which shop, and how much it says when something fails.

    ``clock`` and ``password_cost`` are the shop's own unless a test gives others.
    """

    data_dir: Path | None = None
    database: str | None = None
    verbose: bool = False
    clock: Clock | None = None
    password_cost: PasswordCost | None = None

    def shop(self) -> Configuration:
        """Return the shop meant: by options, else by environment, else this person's own.

        Raises:
            InvalidInputError: the database's address names no file.

        """
        from core.configuration import Configuration  # noqa: PLC0415 - not owed by --help
        from desktop.shop import configuration_of  # noqa: PLC0415 - not owed by --help

        found = (
            configuration_of(self.data_dir, self.database)
            or configuration_of(_environment_path(), os.environ.get("SANDUKU_DATABASE"))
            or Configuration(data_dir=default_data_dir())
        )
        return self.fitted(found)

    def fitted(self, configuration: Configuration) -> Configuration:
        """Return a configuration with the clock and the password cost of this start."""
        if self.clock is not None:
            configuration = replace(configuration, clock=self.clock)
        if self.password_cost is not None:
            configuration = replace(configuration, password_cost=self.password_cost)
        return configuration


def _environment_path() -> Path | None:
    named = os.environ.get("SANDUKU_DATA_DIR")
    return Path(named) if named else None


def invocation() -> Invocation:
    """Return how the program was started."""
    return click.get_current_context().ensure_object(Invocation)


def _remember(context: click.Context, parameter: click.Parameter, value: object) -> None:
    if value is not None and parameter.name is not None:
        setattr(context.ensure_object(Invocation), parameter.name, value)


def shop_options(function: FunctionT) -> FunctionT:
    """Add the options that every command takes, before or after its name."""
    options = (
        click.option(
            "--data-dir",
            type=click.Path(path_type=Path),
            metavar="DIR",
            expose_value=False,
            callback=_remember,
            help="The folder of the shop (SANDUKU_DATA_DIR).",
        ),
        click.option(
            "--database",
            metavar="URL",
            expose_value=False,
            callback=_remember,
            help=(
                "The shop's file as sqlite:///FILE, or its server as"
                " postgresql://SERVER/DATABASE (SANDUKU_DATABASE)."
            ),
        ),
        click.option(
            "--verbose",
            is_flag=True,
            default=None,
            expose_value=False,
            callback=_remember,
            help="Say the details of an error too.",
        ),
    )
    for option in reversed(options):
        function = option(function)
    return function


EVERY_ROW = 2**31
"""A limit above any shop, where a command lists all there is."""

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON, for scripts.")
key_option = click.option(
    "--key",
    default=lambda: str(uuid.uuid4()),
    metavar="TEXT",
    help="Your own key of this act: given again, nothing is done twice.",
)
file_argument = click.argument("file", type=click.Path(path_type=Path))


def _as_day(_context: click.Context, parameter: click.Parameter, value: str | None) -> date | None:
    try:
        return date.fromisoformat(value) if value is not None else None
    except ValueError as error:
        raise click.BadParameter(
            f"“{value}” is not a date such as 2026-01-16.", param=parameter
        ) from error


def day_option(flag: str, name: str, text: str) -> Callable[[FunctionT], FunctionT]:
    """Return an option for a calendar day of the shop, written 2026-01-16."""
    return click.option(flag, name, metavar="DATE", callback=_as_day, help=text)


@contextmanager
def opened_shop(
    *,
    make: bool = False,
    for_person: bool = False,
    for_service: bool = False,
    for_keeper: bool = False,
) -> Iterator[App]:
    """Open the shop meant; one that does not exist is only made where ``make`` says so.

    ``for_person`` is for whoever then signs in: a login in the address of a server is another's.
    ``for_service`` opens one on a server under the service's login, ``for_keeper`` as
    :func:`kept_shop` says, unless its address bears one.

    Raises:
        StorageError: there is no shop in the folder, or it cannot be used.

    """
    from core.app import open_shop  # noqa: PLC0415 - not owed by --help
    from desktop.shop import for_a_person, under_login  # noqa: PLC0415 - not owed by --help

    configuration = invocation().shop()
    if for_person:
        configuration = for_a_person(configuration)
    elif for_service and configuration.asks_for_login:
        configuration = under_login(configuration, *_service_login())
    elif for_keeper:
        configuration = kept_shop()
    if not make and not configuration.is_there:
        raise StorageError(
            f"There is no shop at {configuration.place}: choose it with --data-dir, or make"
            " one with “sanduku users add NAME --role admin”."
        )
    start_log(configuration.data_dir)
    with open_shop(configuration) as app:
        yield app


def kept_shop() -> Configuration:
    """Return the shop meant, as whoever looks after it opens it.

    In a file nobody signs in for that. On a server it is the login that the address bears, else
    the person of SANDUKU_USER, else the login named as the user of this computer, as PostgreSQL's
    own programs take it.

    Raises:
        SignInError: SANDUKU_USER is set, SANDUKU_PASSWORD is not, and nobody can be asked.

    """
    from desktop.shop import under_login, under_own_name  # noqa: PLC0415 - not owed by --help

    configuration = invocation().shop()
    if not configuration.asks_for_login:
        return configuration
    name = os.environ.get("SANDUKU_USER")
    if not name:
        return under_own_name(configuration)
    from core.database.postgresql.login_names import login_of  # noqa: PLC0415 - needs psycopg

    return under_login(configuration, login_of(name), _password_of(name))


@contextmanager
def signed_in() -> Iterator[tuple[App, Actor]]:
    """Open the shop as the person named by the environment, or asked for.

    Raises:
        SignInError: the name or password is wrong, or nobody can be asked.

    """
    with opened_shop(for_person=True) as app:
        yield app, sign_in(app)


def draw_papers(app: App, *numbers: str) -> None:
    """Draw the invoices or credit notes a command just issued, before it ends.

    What cannot be drawn now stays owed; the act itself is done, so the command has not failed. In a
    shop on a server the service draws.
    """
    if app.database.is_shared:
        return
    try:
        app.outbox.run_waiting([number for number in numbers if number])
    except KnownError as error:
        logger.info("papers stay owed: %s", error.message)


def sign_in(app: App) -> Actor:
    """Return the person who acts: SANDUKU_USER and SANDUKU_PASSWORD, else asked.

    Raises:
        SignInError: the name or password is wrong, or nobody can be asked.

    """
    name = os.environ.get("SANDUKU_USER")
    password = os.environ.get("SANDUKU_PASSWORD")
    if (not name or password is None) and not can_ask():
        raise SignInError(
            "You are not signed in. Set SANDUKU_USER and SANDUKU_PASSWORD, or run this in a"
            " terminal to be asked."
        )
    if not name:
        name = str(click.prompt("Name", err=True))
    if password is None:
        password = ask_secret(f"Password of {name}")
    hide(password)
    return app.users.sign_in(name, password, app.configuration.desk)


def _service_login() -> tuple[str, str]:
    """Return the name and password of the service: SANDUKU_USER, SANDUKU_PASSWORD, else asked."""
    name = os.environ.get("SANDUKU_USER") or "service"
    return name, _password_of(name)


def _password_of(name: str) -> str:
    password = os.environ.get("SANDUKU_PASSWORD")
    if password is None:
        if not can_ask():
            raise SignInError(
                f"Nothing was done. Set SANDUKU_PASSWORD to the password of {name}, or run this in"
                " a terminal to be asked."
            )
        password = ask_secret(f"Password of {name}")
    hide(password)
    return password


def new_password(name: str) -> str:
    """Return the password for a new person: SANDUKU_NEW_PASSWORD, else asked twice.

    Raises:
        SignInError: nobody can be asked.

    """
    password = os.environ.get("SANDUKU_NEW_PASSWORD")
    if password is None:
        if not can_ask():
            raise SignInError(
                "Nothing was changed. Set SANDUKU_NEW_PASSWORD, or run this in a terminal to be"
                " asked."
            )
        password = ask_secret(f"New password of {name}", twice=True)
    hide(password)
    return password


def ask_secret(label: str, *, twice: bool = False) -> str:
    """Return what a person types unseen; the question goes to stderr, so stdout stays data."""
    secret = str(click.prompt(label, hide_input=True, confirmation_prompt=twice, err=True))
    hide(secret)
    return secret


def can_ask() -> bool:
    """Tell whether somebody sits at a terminal and can be asked."""
    return sys.stdin is not None and sys.stdin.isatty()
