"""Secrets put away where only the service reads them.

What an admin enters (already ciphertext) is moved by a trigger into a table nobody may look at;
in its place stays a mark, so that every desk sees whether a secret is set and none sees which.
"""

# ruff: noqa: S608 - statements are made of names in this program, never of input

from __future__ import annotations

from collections.abc import Iterator

from core.database.postgresql.engine import SCHEMA
from core.database.postgresql.roles.persons import DEFINER

SEALED_MARK = "sealed:"

SECRET_COLUMNS = {
    "airtel_money_provider": ("client_secret_encrypted", "callback_key_encrypted"),
    "mtn_mobile_money_provider": (
        "collection_subscription_key_encrypted",
        "disbursement_subscription_key_encrypted",
        "api_key_encrypted",
    ),
    "setting": ("value",),
}


def sealed_trigger_names() -> frozenset[str]:
    """Return the names of the triggers that :func:`sealed_statements` makes."""
    return frozenset(f"seal_{table}" for table in SECRET_COLUMNS)


def sealed_statements() -> Iterator[str]:
    """Make the table of secrets, the triggers that fill it and the one function that reads it."""
    yield (
        f"CREATE TABLE IF NOT EXISTS {SCHEMA}.sealed_secret"
        " (place text PRIMARY KEY, content text NOT NULL, sealed_at timestamptz NOT NULL)"
    )
    yield f"ALTER TABLE {SCHEMA}.sealed_secret ENABLE ROW LEVEL SECURITY"
    for table, columns in SECRET_COLUMNS.items():
        moved = "\n".join(_moved(table, column) for column in columns)
        yield f"""
CREATE OR REPLACE FUNCTION {SCHEMA}.seal_{table}() RETURNS trigger LANGUAGE plpgsql {DEFINER} AS $$
DECLARE key text;
BEGIN
{moved}
  RETURN NEW;
END $$"""
        yield (
            f"CREATE OR REPLACE TRIGGER seal_{table} BEFORE INSERT OR UPDATE ON {SCHEMA}.{table}"
            f" FOR EACH ROW EXECUTE FUNCTION {SCHEMA}.seal_{table}()"
        )
    yield f"""
CREATE OR REPLACE FUNCTION {SCHEMA}.open_secret(mark text) RETURNS text LANGUAGE sql STABLE {DEFINER}
AS $$
  SELECT s.content FROM {SCHEMA}.sealed_secret s
  WHERE s.place = substr(mark, {len(SEALED_MARK) + 1}) AND starts_with(mark, '{SEALED_MARK}')
$$"""  # noqa: E501


def _moved(table: str, column: str) -> str:
    """Return what moves one secret; the mark names the place, so it cannot point elsewhere."""
    if table == "setting":
        place, is_secret = "'setting:' || NEW.name", "right(NEW.name, 10) = '_encrypted' AND "
    else:
        place, is_secret = f"'{table}:' || NEW.environment || ':{column}'", ""
    return f"""
  key := {place};
  IF {is_secret}NEW.{column} <> '' AND NEW.{column} <> '{SEALED_MARK}' || key THEN
    IF starts_with(NEW.{column}, '{SEALED_MARK}') THEN
      RAISE EXCEPTION USING MESSAGE = 'sanduku: A secret is entered, not pointed to.',
        ERRCODE = 'insufficient_privilege';
    END IF;
    INSERT INTO {SCHEMA}.sealed_secret VALUES (key, NEW.{column}, clock_timestamp())
      ON CONFLICT (place) DO UPDATE SET content = excluded.content, sealed_at = excluded.sealed_at;
    NEW.{column} := '{SEALED_MARK}' || key;
  END IF;"""
