"""What a shop on a server has besides, so that many desks do not wait for each other.

Sums of a day have a slot in their key. One row that each payment of the day adds to would be held
by every desk until its commit; so each transaction takes a slot that no other has at the time, and
adds to the rows of that slot. Whoever reads adds the slots up. The first free one is taken: a shop
has about as many as it has desks at work in the same instant.

Whoever writes a line of the change feed wakes those who listen (``NOTIFY``), at the commit.
"""

from __future__ import annotations

from sqlalchemy import Column, SmallInteger, Table, text

from core.database.postgresql.engine import SCHEMA

SUM_TABLES = ("payment_day", "call_day")
SLOT = "slot"
SLOT_OF_THIS_ACT = f"{SCHEMA}.day_sum_slot()"

NEWS_CHANNEL = "sanduku_news"
NEWS_TRIGGER = "tell_news"

_DAYS = 0x44415953  # "DAYS"
_SLOTS = 64

# Kept for the transaction: the lock would be had again, but from the next slot on.
_SLOT_FUNCTION = f"""
CREATE FUNCTION {SLOT_OF_THIS_ACT} RETURNS integer LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  had text := current_setting('sanduku.day_sum_slot', true);
BEGIN
  IF had <> '' THEN RETURN had::integer; END IF;
  FOR slot IN 0 .. {_SLOTS - 1} LOOP
    IF pg_try_advisory_xact_lock({_DAYS}, slot) THEN
      PERFORM set_config('sanduku.day_sum_slot', slot::text, true);
      RETURN slot;
    END IF;
  END LOOP;
  -- Beyond that many at once a slot may be shared, which is waited for and never wrong.
  RETURN mod(pg_backend_pid(), {_SLOTS});
END $$
"""

_NEWS_FUNCTION = f"""
CREATE FUNCTION {SCHEMA}.{NEWS_TRIGGER}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM pg_notify('{NEWS_CHANNEL}', '');
  RETURN NULL;
END $$
"""

FUNCTION_STATEMENTS = (_SLOT_FUNCTION, _NEWS_FUNCTION)

NEWS_STATEMENT = (
    f"CREATE TRIGGER {NEWS_TRIGGER} AFTER INSERT ON {SCHEMA}.change"
    f" FOR EACH STATEMENT EXECUTE FUNCTION {SCHEMA}.{NEWS_TRIGGER}()"
)


def add_slot(table: Table) -> None:
    """Give a table of sums the slot in its key."""
    if table.name in SUM_TABLES:
        column = Column(
            SLOT, SmallInteger, primary_key=True, autoincrement=False, server_default=text("0")
        )
        table.append_column(column)
