"""An empty shop's file as the migrations make it: made once in a process, laid down for each test.

The migrations have tests of their own; everybody else's shop begins with what they leave behind.
"""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

from core.configuration import DATABASE_FILE
from core.database import schema
from core.database.engine import sqlite_url
from core.database.unit_of_work import Database


def lay_empty_shop(folder: Path) -> Path:
    """Put an empty shop into a folder, which is made if need be; return its file."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = folder / DATABASE_FILE
    assert not file.exists()
    file.write_bytes(empty_shop_content())
    return file


@cache
def empty_shop_content() -> bytes:
    """Return the bytes of an empty shop's file."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / DATABASE_FILE
        shop = Database(sqlite_url(file))
        schema.upgrade(shop.engine)
        shop.close()
        return file.read_bytes()
