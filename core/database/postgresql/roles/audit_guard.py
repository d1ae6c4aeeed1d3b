"""The guard of the audit trail: each entry is its writer's own, now, and next in the chain.

It makes the same hash that :func:`core.database.audit.entry_hash` does, so that nobody writes a
chain that only the next look at it finds broken.
"""

# ruff: noqa: S608 - statements are made of names in this program, never of input

from __future__ import annotations

from collections.abc import Iterator

from core.database.audit import FIRST_HASH
from core.database.postgresql.engine import SCHEMA
from core.database.postgresql.roles.persons import DEFINER, OWNER, refusal
from core.database.postgresql.roles.rules.forms import NOT_NOW, NOW

AUDIT_TRIGGER = "person_audit_entry"

_TEXTS = ("desk", "action", "subject_type", "subject_id", "details", "previous_hash")

HASH_OF_NEW = (
    "encode(sha256(convert_to('[' || to_json(NEW.user_name)::text || ', ' || NEW.sequence"
    " || ', \"' || to_char(NEW.at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS')"
    " || CASE WHEN to_char(NEW.at, 'US') = '000000' THEN '' ELSE '.' || to_char(NEW.at, 'US') END"
    " || '+00:00\"'"
    + "".join(f" || ', ' || to_json(NEW.{column})::text" for column in _TEXTS)
    + " || ']', 'UTF8')), 'hex')"
)


def audit_statements() -> Iterator[str]:
    """Make the guard, and let the server write in which transaction an entry was written."""
    yield (
        f"ALTER TABLE {SCHEMA}.audit_entry ADD COLUMN IF NOT EXISTS"
        " written_in xid8 NOT NULL DEFAULT pg_current_xact_id()"
    )
    yield f"""
CREATE OR REPLACE FUNCTION {SCHEMA}.{AUDIT_TRIGGER}() RETURNS trigger LANGUAGE plpgsql {DEFINER}
AS $$
DECLARE
  grp text := {SCHEMA}.acting_group();
  last_sequence bigint;
  last_hash text;
BEGIN
  IF grp = '{OWNER}' THEN RETURN NEW; END IF;
  IF grp = 'nobody' THEN {refusal("This login is disabled.")} END IF;
  IF NEW.user_name IS DISTINCT FROM {SCHEMA}.acting_name() THEN
    {refusal("Nobody writes in the name of another.")}
  END IF;
  IF NEW.at NOT {NOW} THEN {refusal(NOT_NOW)} END IF;
  SELECT a.sequence, a.entry_hash INTO last_sequence, last_hash FROM {SCHEMA}.audit_entry a
    WHERE a.user_name = NEW.user_name ORDER BY a.sequence DESC LIMIT 1;
  IF NEW.sequence <> coalesce(last_sequence, 0) + 1
    OR NEW.previous_hash <> coalesce(last_hash, '{FIRST_HASH}')
    OR NEW.entry_hash <> {HASH_OF_NEW} THEN
    {refusal("The audit trail would not hold.")}
  END IF;
  NEW.written_in := pg_current_xact_id();
  RETURN NEW;
END $$"""
    yield (
        f"CREATE OR REPLACE TRIGGER {AUDIT_TRIGGER} BEFORE INSERT ON {SCHEMA}.audit_entry"
        f" FOR EACH ROW EXECUTE FUNCTION {SCHEMA}.{AUDIT_TRIGGER}()"
    )
