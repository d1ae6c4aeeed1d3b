"""Protects a shop on a server: all of its roles, rights and guards, made or made anew.

It runs at the end of a shop's making and after each upgrade, in the same transaction, as the
server's owner. What it finds it leaves or replaces; it never takes a login away.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from sqlalchemy import Connection, text

from core.database.postgresql.engine import SCHEMA
from core.database.postgresql.roles.audit_guard import audit_statements
from core.database.postgresql.roles.changed import role_trigger_names
from core.database.postgresql.roles.granting import (
    function_grant_statements,
    grant_statements,
)
from core.database.postgresql.roles.groups import (
    group_statements,
    ownership_statements,
    public_statements,
)
from core.database.postgresql.roles.login_functions import (
    login_maker_statements,
    login_statements,
    login_table_statements,
)
from core.database.postgresql.roles.names import ShopRoles, literal, roles_of_database
from core.database.postgresql.roles.persons import (
    acting_statements,
    person_statements,
)
from core.database.postgresql.roles.policies import policy_statements
from core.database.postgresql.roles.sealed import sealed_statements


def shop_roles(connection: Connection) -> ShopRoles:
    """Return the roles of the shop in this database: those it was made with, or will be."""
    if connection.scalar(text(f"SELECT to_regprocedure('{SCHEMA}.role_prefix()')")) is None:
        return roles_here(connection)
    return ShopRoles(connection.scalars(text(f"SELECT {SCHEMA}.role_prefix()")).one())


def roles_here(connection: Connection) -> ShopRoles:
    """Return the roles of a shop that is made in this database, by its name."""
    return roles_of_database(connection.scalars(text("SELECT current_database()")).one())


def protect(connection: Connection) -> ShopRoles:
    """Make or renew every role, right and guard of the shop, and return its roles."""
    roles = shop_roles(connection)

    def run(*statements: str) -> None:
        for statement in statements:
            connection.exec_driver_sql(statement)

    run(*group_statements(roles))
    run(
        f"CREATE OR REPLACE FUNCTION {SCHEMA}.role_prefix() RETURNS text LANGUAGE sql IMMUTABLE"
        f" SET search_path = pg_catalog AS $$ SELECT {literal(roles.prefix)}::text $$"
    )
    run(*_left_over_statements(connection))
    run(*login_table_statements(), *audit_statements(), *sealed_statements())
    run(*acting_statements(roles), *person_statements(), *login_statements(roles))
    run(*ownership_statements(roles), *public_statements(roles), *login_maker_statements(roles))
    run(*grant_statements(roles, columns_of(connection)), *function_grant_statements(roles))
    run(*policy_statements(roles))
    return roles


def _left_over_statements(connection: Connection) -> Iterator[str]:
    """Take out the guards of persons and secrets that an earlier version made and this one not."""
    found = connection.execute(
        text(
            "SELECT t.tgname, c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            " WHERE c.relnamespace = to_regnamespace(:schema)"
            " AND (starts_with(t.tgname, 'person_') OR starts_with(t.tgname, 'seal_'))"
        ),
        {"schema": SCHEMA},
    )
    for name, table in found.all():
        if name not in role_trigger_names():
            yield f'DROP TRIGGER {name} ON {SCHEMA}."{table}"'
            yield f"DROP FUNCTION IF EXISTS {SCHEMA}.{name}()"


def columns_of(connection: Connection) -> dict[str, tuple[str, ...]]:
    """Return the columns of every table of the shop, as they stand."""
    found = connection.execute(
        text(
            "SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
            " WHERE c.relnamespace = to_regnamespace(:schema) AND c.relkind = 'r'"
            " AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''"
            " ORDER BY c.relname, a.attnum"
        ),
        {"schema": SCHEMA},
    )
    columns = defaultdict[str, list[str]](list)
    for table, column in found:
        columns[table].append(column)
    return {table: tuple(names) for table, names in columns.items()}
