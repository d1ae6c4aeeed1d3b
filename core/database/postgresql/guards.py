"""The guards of a shop on a server: a function and a trigger for each rule of SQLite's.

The rules are written once (:mod:`core.database.guards`); here is only how PostgreSQL spells them.
Each function runs with the rights of the schema's owner, as what it adds up may be hidden from
whoever writes the row, and finds nothing outside the shop's schema.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, text

from core.database.guard_statements import MARK, Trigger
from core.database.guards import guards
from core.database.postgresql.engine import SCHEMA
from core.database.postgresql.roles.changed import changed_protection
from core.database.postgresql.roles.protect import shop_roles

_SPELT = (
    (" IS NOT NEW.", " IS DISTINCT FROM NEW."),
    (" IS NOT OLD.", " IS DISTINCT FROM OLD."),
)


def create_guard(made: Trigger) -> tuple[str, str]:
    """Return the statements that make a rule's function and its trigger."""
    condition = "true" if made.condition == "1" else made.condition
    for sqlite, server in _SPELT:
        condition = condition.replace(sqlite, server)
    # A trigger's own condition may not look at other rows; without those it saves the call.
    asked_inside = "SELECT" in condition
    done = _refusal(made) if made.message else made.server_body
    if asked_inside:
        done = f"  IF {condition} THEN\n{done}\n  END IF;"
    if made.server_lock:
        done = f"  PERFORM 1 FROM {made.server_lock} FOR UPDATE;\n{done}"
    written = "OLD" if made.event == "DELETE" else "NEW"
    function = (
        f"CREATE FUNCTION {SCHEMA}.{made.name}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER"
        f" SET search_path = pg_catalog, {SCHEMA}, pg_temp AS $$\n"
        f"BEGIN\n{done}\n  RETURN {written if made.message else 'NULL'};\nEND $$"
    )
    when = "" if asked_inside else f" WHEN ({condition})"
    time = "BEFORE" if made.message else "AFTER"
    trigger = (
        f'CREATE TRIGGER {made.name} {time} {made.event} ON {SCHEMA}."{made.table}"'
        f" FOR EACH ROW{when} EXECUTE FUNCTION {SCHEMA}.{made.name}()"
    )
    return function, trigger


def _refusal(made: Trigger) -> str:
    return f"    RAISE EXCEPTION '{MARK} {made.message}' USING ERRCODE = 'check_violation';"


_PRESENT = text(
    "SELECT t.tgname, t.tgenabled IN ('O', 'A') AS works, p.prosrc"
    " FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid JOIN pg_class c ON c.oid = t.tgrelid"
    " WHERE NOT t.tgisinternal AND c.relnamespace = to_regnamespace(:schema)"
)


def changed_guards(connection: Connection) -> Iterator[tuple[str, str]]:
    """Yield the guards that are not as they were made, and what became of them."""
    present = {row.tgname: row for row in connection.execute(_PRESENT, {"schema": SCHEMA})}
    for name, made in guards().items():
        found = present.get(name)
        if found is None:
            yield name, "taken out"
        elif not found.works:
            yield name, "switched off"
        elif found.prosrc != create_guard(made)[0].split("$$")[1]:
            yield name, "changed"
    yield from changed_protection(connection, shop_roles(connection))
