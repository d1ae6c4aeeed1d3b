"""The folders of this computer that the program uses."""

from __future__ import annotations

from pathlib import Path


def default_data_dir() -> Path:
    """Return the folder of this person's shop, where the operating system keeps such data."""
    from platformdirs import user_data_path  # noqa: PLC0415 - not owed when a folder is named

    return user_data_path("Sanduku", appauthor=False)


def log_folder(data_dir: Path) -> Path:
    """Return where the logs of a shop lie."""
    return data_dir / "logs"
