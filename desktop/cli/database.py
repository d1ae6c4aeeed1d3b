"""``sanduku database``: check, upgrade, back up and restore the shop's file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from sqlalchemy import Engine

from core.clock import iso_utc
from core.configuration import Configuration
from core.database import backup as backups
from core.database.engine import open_engine
from core.database.moved_mark import MOVED
from core.database.schema import NEWEST_REVISION, current_revision, refuse_moved, set_up
from core.errors import InvalidInputError, StorageError
from desktop.cli import moving
from desktop.cli.common import file_argument, invocation, json_option, opened_shop, shop_options
from desktop.cli.output import local, print_json, say, warn


@click.group("database")
@shop_options
def command() -> None:
    """Check, upgrade, back up and restore the shop's file, or move it to a server.

    Whoever may read and write the file may do this; nobody is asked to sign in.
    """


command.add_command(moving.command)


@command.command("check")
@json_option
@shop_options
def check(*, as_json: bool) -> int:
    """See whether the books agree with themselves; ends with 1 where they do not."""
    shop = invocation().shop()
    file = shop.place
    with _engine(shop) as engine:
        revision = current_revision(engine)
        if revision is None:
            raise StorageError(f"{file} holds no shop of this program.")
        if revision == MOVED:
            refuse_moved(engine)
        if revision != NEWEST_REVISION:
            raise StorageError(
                f"The shop at {file} stands at version {revision}, this program at"
                f" {NEWEST_REVISION}: run “sanduku database upgrade”, or update the program."
            )
        problems = backups.check(engine)
    if as_json:
        print_json({"database": file, "version": revision, "problems": list(problems)})
    elif not problems:
        say(f"{file}: all is well (version {revision})")
    for problem in problems:
        warn(problem)
    return 1 if problems else 0


@contextmanager
def _engine(shop: Configuration) -> Iterator[Engine]:
    """Open the shop as it is: a check must change nothing, not even its version."""
    if not shop.is_there:
        raise StorageError(f"There is no shop at {shop.place}: choose it with --data-dir.")
    engine = open_engine(shop.database_url)
    try:
        yield engine
    finally:
        engine.dispose()


@command.command("setup")
@shop_options
def setup() -> None:
    """Make a shop in an empty database of a PostgreSQL server: once, as the server's owner."""
    shop = invocation().shop()
    if shop.database_url.startswith("sqlite:"):
        raise InvalidInputError(
            "Nothing was changed. A shop of one desk needs no setup: name a server with --database"
            " postgresql://NAME@SERVER/DATABASE."
        )
    with _engine(shop) as engine:
        set_up(engine)
    say(f"{shop.place}: version {NEWEST_REVISION}")


@command.command("upgrade")
@shop_options
def upgrade() -> None:
    """Bring the shop to this program's version; one that does not exist is made, without users."""
    with opened_shop(make=True) as app:
        say(f"{app.configuration.place}: version {NEWEST_REVISION}")


@command.command("backup")
@file_argument
@click.option("--overwrite", is_flag=True, help="Replace FILE if it exists.")
@shop_options
def backup(file: Path, *, overwrite: bool) -> None:
    """Copy the shop, open or not, into FILE."""
    backups.backup(_own_file(), file.absolute(), overwrite=overwrite)
    say(f"Saved as {file}")


@command.command("look")
@file_argument
@json_option
@shop_options
def look(file: Path, *, as_json: bool) -> int:
    """Tell what the backup FILE holds, and check it; ends with 1 where it is not in order.

    Neither the backup nor the shop is changed.
    """
    found = backups.look(file.absolute())
    last = iso_utc(found.last_act_at) if found.last_act_at else None
    if as_json:
        print_json(
            {
                "file": str(file),
                "version": found.version,
                "shop_name": found.shop_name,
                "payments": found.payments,
                "refunds": found.refunds,
                "statements": found.statements,
                "people": list(found.people),
                "audit_entries": found.audit_entries,
                "last_act_at": last,
                "problems": list(found.problems),
            }
        )
    else:
        say(f"{file}: {found.shop_name or 'a shop without a name'}, version {found.version}")
        say(f"{found.payments} payments, {found.refunds} refunds, {found.statements} statements")
        say(f"people: {', '.join(found.people) or 'none'}")
        when = local(found.last_act_at) if found.last_act_at else "never"
        say(f"{found.audit_entries} entries in the audit trail, the last one {when}")
        if not found.problems:
            say("the books agree with themselves, and every audit chain holds")
    for problem in found.problems:
        warn(problem)
    return 1 if found.problems else 0


@command.command("restore")
@file_argument
@click.option("--anyway", is_flag=True, help="Take it even if its books are not in order.")
@shop_options
def restore(file: Path, *, anyway: bool) -> None:
    """Put the backup FILE in the place of the shop; the present one is kept beside it.

    Books and audit chains of the backup are checked first.
    """
    configuration = invocation().shop()
    shop_file = _own_file()
    kept = backups.restore(
        file.absolute(), shop_file, clock=configuration.clock, accept_problems=anyway
    )
    say(f"{shop_file} is the shop of {file} now")
    if kept is not None:
        say(f"The shop that was there is kept as {kept}")


def _own_file() -> Path:
    """Return the file of a shop of one desk."""
    shop = invocation().shop()
    if not shop.database_url.startswith("sqlite:"):
        raise StorageError(
            "Nothing was changed. A shop on a server is saved by the server's own tools (pg_dump)."
        )
    return shop.database_path
