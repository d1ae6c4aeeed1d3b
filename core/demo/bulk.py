"""Many rows at once: kept per table, written in the order foreign keys ask for."""

from __future__ import annotations

from collections import Counter, defaultdict

from sqlalchemy import Connection, insert

from core.model.base import Base

CHUNK_ROWS = 20_000

Row = dict[str, object]


class BulkWriter:
    """Collects rows and writes them in chunks, so that a million payments need little memory.

    All rows of a table have the same columns. Guards stay on: a bad row fails as anywhere else.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._waiting: defaultdict[str, list[Row]] = defaultdict(list)
        self._size = 0
        self.written: Counter[str] = Counter()

    def add(self, model: type[Base], row: Row) -> None:
        """Keep one row of a mapped class, by column name."""
        self._waiting[model.__tablename__].append(row)
        self._size += 1
        self.written[model.__tablename__] += 1

    def flush_if_large(self) -> None:
        """Write what is kept once it is a chunk; call where every foreign key is satisfied."""
        if self._size >= CHUNK_ROWS:
            self.flush()

    def flush(self) -> None:
        """Write what is kept, parents before children."""
        for table in Base.metadata.sorted_tables:
            rows = self._waiting.pop(table.name, None)
            if rows:
                self._connection.execute(insert(table), rows)
        self._size = 0
