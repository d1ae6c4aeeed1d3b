"""An empty shop to begin a test with: a copy of a file, or a database on the tests' server."""

from __future__ import annotations

import os
import shutil
from contextlib import ExitStack
from pathlib import Path

from core.database.engine import sqlite_url
from tests.postgresql import PostgresqlServer


class EmptyShop(os.PathLike[str]):
    """A shop's file as the migrations make it, and how a test gets one of its own from it."""

    def __init__(self, file: Path, server: PostgresqlServer | None = None) -> None:
        self._file = file
        self._server = server
        self._made: dict[Path, tuple[str, ExitStack]] = {}

    def __fspath__(self) -> str:
        return str(self._file)

    def copied_to(self, path: Path) -> str:
        """Return the address of the shop that belongs to a path, made when first asked for."""
        if self._server is None:
            if not path.exists():
                shutil.copyfile(self._file, path)
            return sqlite_url(path)
        if path not in self._made:
            stack = ExitStack()
            self._made[path] = (stack.enter_context(self._server.fresh_shop()), stack)
        return self._made[path][0]

    @property
    def made(self) -> frozenset[Path]:
        """The paths whose shops lie on the server."""
        return frozenset(self._made)

    def let_go(self, but: frozenset[Path] = frozenset()) -> None:
        """Take the shops on the server away, but for some."""
        for path in self.made - but:
            self._made.pop(path)[1].close()
