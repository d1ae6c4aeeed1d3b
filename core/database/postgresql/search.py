"""Parts of words on a server: an index of trigrams made of PostgreSQL's own parts.

The extension pg_trgm would need rights that a shop may not have, and is missing from some
installations; an inverted index (GIN) over an array of trigrams is everywhere. The tables have
the same names and numbers as those of SQLite (:mod:`core.database.payment_search`), so that every
list follows its hits in the same way.
"""

from __future__ import annotations

from core.database.call_search import CALL_SEARCH_TABLE
from core.database.payment_search import SEARCH_TABLE
from core.database.postgresql.engine import SCHEMA
from core.database.refund_search import REFUND_SEARCH_TABLE

TRIGRAMS = "trigrams"

_TRIGRAMS_OF = f"""
CREATE FUNCTION {SCHEMA}.trigrams_of(words text) RETURNS text[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog AS $$
  SELECT coalesce(array_agg(DISTINCT substr(lower(words COLLATE "C"), place, 3)), '{{}}')
  FROM generate_series(1, length(words) - 2) AS place
$$
"""  # noqa: S608 - names

SEARCH_STATEMENTS = (
    _TRIGRAMS_OF,
    *(
        statement
        for table in (SEARCH_TABLE, CALL_SEARCH_TABLE, REFUND_SEARCH_TABLE)
        for statement in (
            f"CREATE TABLE {SCHEMA}.{table} (rowid bigint PRIMARY KEY, {TRIGRAMS} text[] NOT NULL)",
            f"CREATE INDEX ix_{table}_{TRIGRAMS} ON {SCHEMA}.{table} USING gin ({TRIGRAMS})",
        )
    ),
)
