"""Brings a shop's database to the version this program knows, whole or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import DBAPIError

from core.database.engine import READ_ONLY_OPTION, is_server, storage_error
from core.database.moved_mark import MOVED, find_mark
from core.errors import StorageError

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).parent / "migrations"

NEWEST_REVISION = "0028"
"""The revision the models stand at; kept here so that opening a shop need not load the scripts."""


def migration_config(engine: Engine) -> Config:
    """Return alembic's configuration for an engine."""
    from alembic.config import Config  # noqa: PLC0415 - only an upgrade owes this

    config = Config()
    config.set_main_option("script_location", MIGRATIONS.as_posix())
    config.attributes["engine"] = engine
    return config


def current_revision(engine: Engine) -> str | None:
    """Return the revision a database stands at; None when it holds no shop yet.

    Raises:
        StorageError: the file cannot be read or is not a database.

    """
    try:
        with engine.execution_options(**{READ_ONLY_OPTION: True}).connect() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return None
            found = connection.execute(text("SELECT version_num FROM alembic_version"))
            revision: str | None = found.scalar_one_or_none()
            return revision
    except DBAPIError as error:
        raise storage_error(error) or error from error


def upgrade(engine: Engine) -> None:
    """Bring the database to the newest revision; a kill in the middle leaves old or new.

    A shop on a server is made by :func:`set_up` and by nothing else.

    Raises:
        StorageError: it was written by a newer program, was moved to a server, or is not a shop.

    """
    revision = current_revision(engine)
    if revision == NEWEST_REVISION:
        return
    if revision == MOVED:
        refuse_moved(engine)
    if revision is not None and revision > NEWEST_REVISION:
        raise StorageError(
            "Nothing was changed. This shop was last opened by a newer version of Sanduku; update"
            " the program on this computer, then open it again."
        )
    if revision is None and is_server(engine):
        raise StorageError(
            "Nothing was changed. There is no shop in this database yet: the server's owner makes"
            " it once with “sanduku database setup”."
        )
    try:
        if revision is None and inspect(engine).get_table_names():
            raise StorageError(
                "Nothing was changed. The file holds another program's database, not a shop."
            )
        from alembic import command  # noqa: PLC0415 - only an upgrade owes this

        command.upgrade(migration_config(engine), "head")
    except DBAPIError as error:
        raise storage_error(error) or error from error


def refuse_other_version(engine: Engine) -> None:
    """Refuse a shop on a server that this program cannot work in, whoever asks.

    Raises:
        StorageError: it stands at another version, or there is none.

    """
    revision = current_revision(engine)
    if revision is None:
        raise StorageError(
            "You are not signed in. There is no shop in this database yet: the server's owner makes"
            " it once with “sanduku database setup”."
        )
    if revision != NEWEST_REVISION:
        older, newer = "the shop's server", "this computer"
        if revision > NEWEST_REVISION:
            older, newer = newer, older
        raise StorageError(
            f"You are not signed in. The program on {newer} is newer than the one of {older}: the"
            " server's owner brings the shop up to date with “sanduku database upgrade”, and every"
            " desk takes the same version of the program."
        )


def refuse_moved(engine: Engine) -> None:
    """Refuse a file whose shop lives on a server now, and say where.

    Raises:
        StorageError: always.

    """
    with engine.execution_options(**{READ_ONLY_OPTION: True}).connect() as connection:
        found = find_mark(connection)
    where = found.sentence if found is not None else "This shop was moved to a server."
    raise StorageError(f"Nothing was changed. {where}")


def set_up(engine: Engine) -> None:
    """Make a new shop on a server, whole or not at all; one that is there is left as it is.

    Two that try at once make one shop: the second waits for the first and finds it made.

    Raises:
        StorageError: the server refuses, or who asks may not make roles there.

    """
    from core.database.postgresql import locks  # noqa: PLC0415 - a shop of one desk owes none of it
    from core.database.postgresql.roles.set_up_rights import require_set_up_rights  # noqa: PLC0415 - as above
    from core.database.postgresql.schema import create_shop  # noqa: PLC0415 - as above

    try:
        with engine.begin() as connection:
            locks.be_alone(connection)
            if not inspect(connection).has_table("alembic_version"):
                require_set_up_rights(connection)
                create_shop(connection, NEWEST_REVISION)
    except DBAPIError as error:
        raise storage_error(error) or error from error
