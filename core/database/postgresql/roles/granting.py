"""The statements that grant what :mod:`.grants` says."""

# ruff: noqa: S608 - statements are made of names in this program, never of input

from __future__ import annotations

from collections.abc import Iterator

from core.database.postgresql.engine import SCHEMA
from core.database.postgresql.roles.grants import (
    acts,
    customers,
    money,
    papers,
    settings,
    statements,
)
from core.database.postgresql.roles.grants.forms import OFFICE
from core.database.postgresql.roles.login_functions import ADMIN_FUNCTIONS, OWN_FUNCTION
from core.database.postgresql.roles.names import Group, ShopRoles, quoted

TABLE_GRANTS = (
    *acts.GRANTS,
    *money.GRANTS,
    *customers.GRANTS,
    *papers.GRANTS,
    *statements.GRANTS,
    *settings.GRANTS,
)

HIDDEN_COLUMNS = {"user": frozenset({"password_hash"})}
"""What no login may even look at; the hashes of a shop of one desk, where it was carried over."""

HIDDEN_TABLES = frozenset({"login", "sealed_secret"})

FUNCTIONS_OF_ALL = (
    # Within indexes and searches, which run with the rights of whoever writes or asks.
    "day_text(date)",
    "trigrams_of(text)",
    "role_prefix()",
    "acting_group()",
    "acting_name()",
    "acting_user()",
    OWN_FUNCTION,
)

SEQUENCES_SET = {"match_id_seq": OFFICE}
"""A search for matches numbers thousands of proposals itself, then says where it ended."""

COLUMNS_OF_THE_SERVER = frozenset({"written_in"})
"""What the server writes by itself, and nobody else."""


def grant_statements(roles: ShopRoles, columns: dict[str, tuple[str, ...]]) -> Iterator[str]:
    """Grant what is granted; ``columns`` are those of every table of the schema."""
    for table, names in sorted(columns.items()):
        if table in HIDDEN_TABLES:
            continue
        hidden = HIDDEN_COLUMNS.get(table, frozenset())
        shown = _listed(name for name in names if name not in hidden)
        yield f'GRANT SELECT ({shown}) ON {SCHEMA}."{table}" TO {quoted(roles.people)}'
        if not hidden:
            # Whole, so that counting rows needs no column.
            yield f'GRANT SELECT ON {SCHEMA}."{table}" TO {quoted(roles.people)}'
    for grant in TABLE_GRANTS:
        names = tuple(n for n in columns[grant.table] if n not in COLUMNS_OF_THE_SERVER)
        table = f'{SCHEMA}."{grant.table}"'
        for group in grant.insert:
            to = quoted(roles.group(group))
            yield f"GRANT INSERT ({_listed(names)}) ON {table} TO {to}"
        for changed in grant.update:
            for group in changed.groups:
                to = quoted(roles.group(group))
                yield f"GRANT UPDATE ({_listed(changed.names.split())}) ON {table} TO {to}"
        for group in grant.delete:
            yield f"GRANT DELETE ON {table} TO {quoted(roles.group(group))}"
    yield f"""
DO $$ DECLARE each record; BEGIN
  FOR each IN SELECT oid::regclass AS thing FROM pg_class
    WHERE relnamespace = '{SCHEMA}'::regnamespace AND relkind = 'S'
  LOOP EXECUTE 'GRANT USAGE ON SEQUENCE ' || each.thing || ' TO '
    || '{quoted(roles.people)}'; END LOOP;
END $$"""

    for sequence, groups in SEQUENCES_SET.items():
        for group in groups:
            to = quoted(roles.group(group))
            yield f"GRANT UPDATE ON SEQUENCE {SCHEMA}.{sequence} TO {to}"


def function_grant_statements(roles: ShopRoles) -> Iterator[str]:
    """Let each group call what it needs; nobody else may call anything."""
    for functions, role in (
        (FUNCTIONS_OF_ALL, roles.people),
        (ADMIN_FUNCTIONS, roles.group(Group.ADMIN)),
        (("open_secret(text)",), roles.group(Group.SERVICE)),
    ):
        for function in functions:
            yield f"GRANT EXECUTE ON FUNCTION {SCHEMA}.{function} TO {quoted(role)}"


def _listed(names: Iterator[str] | tuple[str, ...] | list[str]) -> str:
    return ", ".join(quoted(name) for name in names)
