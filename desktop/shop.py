"""Which shop to open: what was asked for, turned into a configuration."""

from __future__ import annotations

import getpass
from dataclasses import dataclass, replace
from pathlib import Path

from core.configuration import DATABASE_FILE, Configuration
from core.errors import InvalidInputError
from desktop.paths import default_data_dir


@dataclass(frozen=True, slots=True)
class FileConfiguration(Configuration):
    """A shop whose database file was named, and may have any name."""

    file: Path = Path(DATABASE_FILE)

    @property
    def database_path(self) -> Path:
        """The shop's file."""
        return self.file


@dataclass(frozen=True, slots=True)
class ServerConfiguration(Configuration):
    """A shop on a server; ``data_dir`` is this desk's own folder, for papers and its key."""

    url: str = ""

    @property
    def database_url(self) -> str:
        """The address of the shop's database."""
        return self.url

    @property
    def place(self) -> str:
        """Where the shop is, without the password that its address may hold."""
        from sqlalchemy.engine import make_url  # noqa: PLC0415 - owed only where a URL is given

        return make_url(self.url).render_as_string(hide_password=True)

    @property
    def asks_for_login(self) -> bool:
        """Tell whether nothing can be asked before somebody signs in: the address names nobody."""
        from sqlalchemy.engine import make_url  # noqa: PLC0415 - owed only where a URL is given

        return not make_url(self.url).username

    @property
    def is_there(self) -> bool:
        """A server is asked when the shop is opened."""
        return True


def for_a_person(configuration: Configuration) -> Configuration:
    """Return a shop as one opens it who signs in: the login an address may bear is another's."""
    if not isinstance(configuration, ServerConfiguration):
        return configuration
    from sqlalchemy.engine import make_url  # noqa: PLC0415 - owed only where a URL is given

    nobody = make_url(configuration.url)._replace(username=None, password=None)
    return replace(configuration, url=nobody.render_as_string(hide_password=False))


def under_login(configuration: Configuration, login: str, password: str) -> Configuration:
    """Return a shop on a server as one login uses it.

    Raises:
        InvalidInputError: the name cannot be a login.

    """
    from core.database.postgresql.logins import login_address  # noqa: PLC0415 - needs psycopg

    if not isinstance(configuration, ServerConfiguration):
        return configuration
    return replace(configuration, url=login_address(configuration.url, login, password))


def under_own_name(configuration: Configuration) -> Configuration:
    """Return a shop on a server under the login that is named as the user of this computer."""
    if not isinstance(configuration, ServerConfiguration):
        return configuration
    from sqlalchemy.engine import make_url  # noqa: PLC0415 - owed only where a URL is given

    own = make_url(configuration.url).set(username=getpass.getuser())
    return replace(configuration, url=own.render_as_string(hide_password=False))


def server_configuration(url: str, data_dir: Path | None) -> ServerConfiguration | None:
    """Return the shop on a server that a URL names; None where it names none.

    Raises:
        InvalidInputError: the URL names no database.

    """
    if url.partition(":")[0].partition("+")[0] != "postgresql":
        return None
    from sqlalchemy.engine import make_url  # noqa: PLC0415 - owed only where a URL is given
    from sqlalchemy.exc import ArgumentError  # noqa: PLC0415 - owed only where a URL is given

    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise InvalidInputError(f"{_UNCLEAR}: {_FORMS}.", field="database") from error
    if not parsed.database:
        raise InvalidInputError(f"{_UNCLEAR}: {_FORMS}.", field="database")
    folder = default_data_dir() / "servers" / f"{parsed.host or 'here'}-{parsed.database}"
    return ServerConfiguration(data_dir=(data_dir or folder).absolute(), url=url)


_UNCLEAR = "The address of the database cannot be understood"
_FORMS = "write sqlite:///FILE or postgresql://SERVER/DATABASE"


def database_file(url: str) -> Path:
    """Return the file behind a database URL such as sqlite:////home/ada/sanduku.db.

    Raises:
        InvalidInputError: the URL names no file on this computer.

    """
    from sqlalchemy.engine import make_url  # noqa: PLC0415 - owed only where a URL is given
    from sqlalchemy.exc import ArgumentError  # noqa: PLC0415 - owed only where a URL is given

    try:
        parsed = make_url(url)
    except ArgumentError as error:
        # The text is not repeated: the address of a server may hold a password.
        raise InvalidInputError(f"{_UNCLEAR}: {_FORMS}.", field="database") from error
    if parsed.get_backend_name() != "sqlite":
        raise InvalidInputError(
            f"A shop is a file of its own or on a PostgreSQL server: {_FORMS}.", field="database"
        )
    if not parsed.database or parsed.database == ":memory:":
        raise InvalidInputError(
            "The address of the database names no file: write sqlite:///FILE.", field="database"
        )
    return Path(parsed.database).absolute()


def folder_of(file: Path) -> Path:
    """Return the folder of the papers of a shop's file.

    ``sanduku.db`` keeps them beside itself. A file of any other name has a folder named after it,
    so that two shops in one place never share their invoices.
    """
    return file.parent if file.name == DATABASE_FILE else file.with_name(f"{file.name}.files")


def configuration_of(data_dir: Path | None, database: str | None) -> Configuration | None:
    """Return the shop that a folder and a database URL name; None when neither is given.

    Raises:
        InvalidInputError: the URL names no file on this computer.

    """
    if database:
        server = server_configuration(database, data_dir)
        if server is not None:
            return server
        file = database_file(database)
        folder = data_dir.absolute() if data_dir is not None else folder_of(file)
        return FileConfiguration(data_dir=folder, file=file)
    return Configuration(data_dir=data_dir.absolute()) if data_dir is not None else None
