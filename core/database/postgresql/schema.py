"""The schema of a shop on a server: the same nouns, spelt as PostgreSQL likes them.

A shop on a server begins at the newest revision: its tables are made of the models, its guards of
the same rules as SQLite's triggers. What differs from the models is here and nowhere else:

- texts have no length and compare by their bytes (``COLLATE "C"``), whole numbers have 64 bits:
  all as in a shop's own file, so that the same order and the same limits hold in both;
- a generated column is stored (only PostgreSQL 18 can do otherwise);
- the change feed knows the transaction that wrote a line (:mod:`core.database.change_feed`);
- sums of a day have slots, and news wakes whoever listens (:mod:`.many_desks`);
- parts of words are found by :mod:`core.database.postgresql.search`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Connection,
    Enum,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    text,
)
from sqlalchemy.schema import AddConstraint, CreateIndex, CreateTable
from sqlalchemy.sql.elements import TextClause
from sqlalchemy.types import TypeEngine

import core.model  # noqa: F401 - makes every mapped class known
from core.database.guards import guards
from core.database.postgresql.engine import SCHEMA
from core.database.postgresql.guards import create_guard
from core.database.postgresql.many_desks import (
    FUNCTION_STATEMENTS,
    NEWS_STATEMENT,
    add_slot,
)
from core.database.postgresql.roles.protect import protect
from core.database.postgresql.search import SEARCH_STATEMENTS
from core.model.base import WHERE_ON_SERVER, Base
from core.model.invoices import INVOICE_STANDING, INVOICE_STANDING_ON_SERVER
from core.model.refunds import PAID_BACK_AT

_DAY_TEXT = f"""
CREATE FUNCTION {SCHEMA}.day_text(day date) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog AS $$
BEGIN
  RETURN to_char(day, 'YYYY-MM-DD');
END $$
"""

_SPELT = {
    f"({INVOICE_STANDING})": f"({INVOICE_STANDING_ON_SERVER})",
    f"({PAID_BACK_AT})": "refund_completed_at",
}

_TRANSACTION_OF_CHANGE = (
    f"ALTER TABLE {SCHEMA}.change ADD COLUMN written_in xid8 NOT NULL DEFAULT pg_current_xact_id()",
    f"CREATE INDEX ix_change_written_in ON {SCHEMA}.change (written_in, id)",
)


def create_shop(
    connection: Connection, revision: str, fill: Callable[[Connection], None] | None = None
) -> None:
    """Make everything of a new shop in this transaction, and stamp it with its revision.

    ``fill`` writes the rows of a shop that was elsewhere before: when the tables are there and
    nothing yet that looks at each row, so that indexes and foreign keys are made of all at once.
    """
    connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}"))
    connection.exec_driver_sql(_DAY_TEXT)
    tables = server_metadata().sorted_tables
    for table in tables:
        connection.execute(CreateTable(table, include_foreign_key_constraints=()))
    if fill is not None:
        fill(connection)
    for table in tables:
        for index in sorted(table.indexes, key=lambda each: str(each.name)):
            connection.execute(CreateIndex(index))
    for table in tables:
        for constraint in sorted(table.foreign_key_constraints, key=lambda each: str(each.name)):
            connection.execute(AddConstraint(constraint))
    for statement in (*_TRANSACTION_OF_CHANGE, *SEARCH_STATEMENTS, *FUNCTION_STATEMENTS):
        connection.exec_driver_sql(statement)
    for guard in guards().values():
        for statement in create_guard(guard):
            connection.exec_driver_sql(statement)
    connection.exec_driver_sql(NEWS_STATEMENT)
    connection.execute(
        text(f"CREATE TABLE {SCHEMA}.alembic_version (version_num varchar(32) PRIMARY KEY)")
    )
    connection.execute(
        text("INSERT INTO alembic_version VALUES (:revision)"), {"revision": revision}
    )
    protect(connection)


def server_metadata() -> MetaData:
    """Return the tables of the models as a server gets them."""
    metadata = MetaData(naming_convention=Base.metadata.naming_convention)
    for table in Base.metadata.sorted_tables:
        adapted = table.to_metadata(metadata)
        add_slot(adapted)
        _adapt(adapted)
    return metadata


def _adapt(table: Table) -> None:
    for column in table.columns:
        column.type = _server_type(column.type)
        if column.computed is not None:
            column.computed.persisted = True
    for index in tuple(table.indexes):
        if any(isinstance(each, TextClause) for each in index.expressions):
            table.indexes.remove(index)
            _spelt_for_server(index, table)
    conditions = {each.name: each.info for each in Base.metadata.tables[table.name].indexes}
    for index in table.indexes:
        where = conditions.get(index.name, {}).get(WHERE_ON_SERVER)
        index.dialect_options["postgresql"]["where"] = where


def _server_type(kind: TypeEngine[Any]) -> TypeEngine[Any]:
    if isinstance(kind, String | Enum):
        return Text(collation="C")
    if isinstance(kind, Integer) and not isinstance(kind, BigInteger | Boolean):
        return BigInteger()
    return kind


def _spelt_for_server(index: Index, table: Table) -> None:
    """Spell an index over an expression as the lists do on a server."""
    expressions = []
    for each in index.expressions:
        if isinstance(each, TextClause):
            spelt = _SPELT.get(each.text, each.text)
            expressions.append(text(f"({spelt})" if spelt.startswith("CASE") else spelt))
        else:
            expressions.append(table.c[each.name])  # type: ignore[arg-type, union-attr]
    Index(index.name, *expressions, unique=index.unique, _table=table)
