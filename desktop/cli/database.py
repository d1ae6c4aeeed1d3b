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
from desktop.cli.common import (
    file_argument,
    invocation,
    json_option,
    kept_shop,
    opened_shop,
    shop_options,
)
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
    shop = kept_shop()
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
@click.option("--admin", metavar="NAME", help="The first person, who lets in all others.")
@shop_options
def setup(*, admin: str | None) -> None:
    """Make a shop in an empty database of a PostgreSQL server: once, as the server's owner.

    The first admin's password is asked, or read from SANDUKU_NEW_PASSWORD; that of the login which
    “sanduku service” works under from SANDUKU_SERVICE_PASSWORD.
    """
    shop = invocation().shop()
    if not _is_on_server(shop):
        raise InvalidInputError(
            "Nothing was changed. A shop of one desk needs no setup: name a server with --database"
            " postgresql://NAME@SERVER/DATABASE."
        )
    with _engine(shop) as engine:
        set_up(engine)
    say(f"{shop.place}: version {NEWEST_REVISION}")
    from desktop.cli.server_people import let_in_the_first  # noqa: PLC0415 - needs psycopg

    let_in_the_first(admin)


@command.command("upgrade")
@shop_options
def upgrade() -> None:
    """Bring the shop to this program's version; one that does not exist is made, without users.

    Where a database was renamed on its server, its logins get the new name; passwords stay.
    """
    with opened_shop(make=True, for_keeper=True) as app:
        say(f"{app.configuration.place}: version {NEWEST_REVISION}")
        if _is_on_server(app.configuration):
            from core.database.postgresql.roles.new_name import follow_new_name  # noqa: PLC0415 - a shop of one desk owes none of it

            if follow_new_name(app.database.engine):
                say("The logins bear the database's new name now; all keep their passwords.")


@command.command("backup")
@file_argument
@click.option("--overwrite", is_flag=True, help="Replace FILE if it exists.")
@shop_options
def backup(file: Path, *, overwrite: bool) -> None:
    """Copy the shop, open or not, into FILE; one on a server by PostgreSQL's pg_dump."""
    shop = kept_shop()
    if _is_on_server(shop):
        from core.database.postgresql import dumps  # noqa: PLC0415 - a shop of one desk owes none of it

        dumps.backup(shop.database_url, file.absolute(), overwrite=overwrite)
    else:
        backups.backup(shop.database_path, file.absolute(), overwrite=overwrite)
    say(f"Saved as {file}")


@command.command("look")
@file_argument
@json_option
@shop_options
def look(file: Path, *, as_json: bool) -> int:
    """Tell what the backup FILE holds, and check it; ends with 1 where it is not in order.

    Neither the backup nor the shop is changed. A backup of a shop on a server is brought back for
    that into a database of its own on the server of --database, which goes away after.
    """
    found = _looked_into(file.absolute())
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


def _looked_into(file: Path) -> backups.BackupContents:
    if not backups.is_of_server(file):
        return backups.look(file)
    from core.database.postgresql import dumps  # noqa: PLC0415 - a shop of one desk owes none of it

    return dumps.look(_server(invocation().shop()).database_url, file)


@command.command("restore")
@file_argument
@click.option("--anyway", is_flag=True, help="Take it even if its books are not in order.")
@shop_options
def restore(file: Path, *, anyway: bool) -> None:
    """Put the backup FILE in the place of the shop; the present one is kept beside it.

    Books and audit chains of the backup are checked first. On a server, as its owner, it goes into
    an empty database, with its roles and rights; passwords are not in a backup.
    """
    configuration = invocation().shop()
    if backups.is_of_server(file.absolute()):
        _restore_on_server(_server(configuration), file, anyway=anyway)
        return
    if _is_on_server(configuration):
        raise StorageError(
            f"Nothing was changed. {file} is no backup of a shop on a server; a shop of one desk is"
            " carried to a server by “sanduku database move”."
        )
    shop_file = configuration.database_path
    kept = backups.restore(
        file.absolute(), shop_file, clock=configuration.clock, accept_problems=anyway
    )
    say(f"{shop_file} is the shop of {file} now")
    if kept is not None:
        say(f"The shop that was there is kept as {kept}")


def _restore_on_server(shop: Configuration, file: Path, *, anyway: bool) -> None:
    from core.database.postgresql import dumps  # noqa: PLC0415 - a shop of one desk owes none of it

    restored = dumps.restore(shop.database_url, file.absolute(), accept_problems=anyway)
    say(f"{shop.place} is the shop of {file} now")
    if restored.without_password:
        say("Disabled until they are given a password: " + ", ".join(restored.without_password))


def _is_on_server(shop: Configuration) -> bool:
    return not shop.database_url.startswith("sqlite:")


def _server(shop: Configuration) -> Configuration:
    """Return the shop that was named, which must be on a server.

    Raises:
        InvalidInputError: it is a file.

    """
    if not _is_on_server(shop):
        raise InvalidInputError(
            "Nothing was changed. This is a backup of a shop on a server: name the server with"
            " --database postgresql://NAME@SERVER/DATABASE."
        )
    return shop
