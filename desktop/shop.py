"""Which shop to open: what was asked for, turned into a configuration."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from core.configuration import DATABASE_FILE, Configuration
from core.errors import InvalidInputError


@dataclass(frozen=True, slots=True)
class FileConfiguration(Configuration):
    """A shop whose database file was named, and may have any name."""

    file: Path = Path(DATABASE_FILE)

    @property
    def database_path(self) -> Path:
        """The shop's file."""
        return self.file


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
        raise InvalidInputError(
            "The address of the database cannot be understood: write sqlite:///FILE.",
            field="database",
        ) from error
    if parsed.get_backend_name() != "sqlite":
        raise InvalidInputError(
            "This version opens a shop's own file only: write sqlite:///FILE.", field="database"
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
        file = database_file(database)
        folder = data_dir.absolute() if data_dir is not None else folder_of(file)
        return FileConfiguration(data_dir=folder, file=file)
    return Configuration(data_dir=data_dir.absolute()) if data_dir is not None else None
