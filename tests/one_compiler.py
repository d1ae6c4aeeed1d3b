"""Every statement is compiled once in a test process, whichever shop asks it first.

SQLAlchemy keeps what it compiled beside the engine. A shop at work has one engine from morning to
evening; the tests open a new shop each, and half of a service's test went into compiling again
what the test before it had compiled.
"""

from __future__ import annotations

from sqlalchemy import Engine
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.util import LRUCache

_MOST_STATEMENTS = 5_000


def share_compiled_statements() -> None:
    """Let all engines of one database's kind and version share what was compiled for any."""
    for kind in (SQLiteDialect_pysqlite, PGDialect_psycopg):
        compiled = LRUCache(_MOST_STATEMENTS)

        def share(engine: Engine, compiled: LRUCache = compiled) -> None:
            engine._compiled_cache = compiled

        kind.engine_created = staticmethod(share)
        # The dialect is part of each statement's key.
        kind.__hash__ = _hash_of_kind
        kind.__eq__ = _are_alike


def _hash_of_kind(dialect: DefaultDialect) -> int:
    return hash(type(dialect))


def _are_alike(dialect: DefaultDialect, other: object) -> bool:
    return type(dialect) is type(other) and dialect.server_version_info == other.server_version_info
