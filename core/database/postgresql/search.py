"""Parts of words on a server: an index of trigrams made of PostgreSQL's own parts.

The extension pg_trgm would need rights that a shop may not have, and is missing from some
installations; an inverted index (GIN) over an array of trigrams is everywhere. The tables have
the same names and numbers as those of SQLite (:mod:`core.database.payment_search`), so that every
list follows its hits in the same way.
"""

from __future__ import annotations

from core.database import call_search, payment_search, refund_search
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

_TABLES = (SEARCH_TABLE, CALL_SEARCH_TABLE, REFUND_SEARCH_TABLE)

SEARCH_STATEMENTS = (
    _TRIGRAMS_OF,
    *(
        f"CREATE TABLE {SCHEMA}.{table} (rowid bigint PRIMARY KEY, {TRIGRAMS} text[] NOT NULL)"
        for table in _TABLES
    ),
    payment_search.server_fill_statement(),
    call_search.server_fill_statement(),
    refund_search.server_fill_statement(),
    # After the rows there are: an index is made of many at once in a fraction of the time.
    *(
        f"CREATE INDEX ix_{table}_{TRIGRAMS} ON {SCHEMA}.{table} USING gin ({TRIGRAMS})"
        for table in _TABLES
    ),
)
