"""Finds where somebody with the rights of the server's owner changed what protects a shop."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sqlalchemy import Connection, text

from core.database.postgresql.engine import SCHEMA
from core.database.postgresql.roles.audit_guard import AUDIT_TRIGGER, audit_statements
from core.database.postgresql.roles.login_functions import (
    LOGIN_CHECK_TRIGGER,
    login_statements,
)
from core.database.postgresql.roles.names import ShopRoles
from core.database.postgresql.roles.persons import (
    acting_statements,
    person_statements,
    person_trigger_names,
)
from core.database.postgresql.roles.policies import POLICIES
from core.database.postgresql.roles.sealed import sealed_statements, sealed_trigger_names

_FUNCTION = re.compile(
    rf"\s*CREATE OR REPLACE FUNCTION {SCHEMA}\.(\w+)\(.*?\$\$(.*)\$\$\s*", re.DOTALL
)

_FUNCTIONS = text(
    "SELECT proname, prosrc, prosecdef FROM pg_proc WHERE pronamespace = to_regnamespace(:schema)"
)
_TRIGGERS = text(
    "SELECT t.tgname, t.tgenabled IN ('O', 'A') AS works FROM pg_trigger t"
    " JOIN pg_class c ON c.oid = t.tgrelid"
    " WHERE NOT t.tgisinternal AND c.relnamespace = to_regnamespace(:schema)"
)
_UNWATCHED = text(
    "SELECT relname FROM pg_class WHERE relnamespace = to_regnamespace(:schema)"
    " AND relkind = 'r' AND NOT relrowsecurity"
)
_POLICIES = text("SELECT tablename, policyname FROM pg_policies WHERE schemaname = :schema")
_MIGHTY = text(
    "SELECT r.rolname FROM pg_roles r WHERE starts_with(r.rolname, :prefix) AND (r.rolsuper"
    " OR r.rolcreaterole OR r.rolcreatedb OR r.rolreplication OR r.rolbypassrls"
    " OR EXISTS (SELECT 1 FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid"
    " WHERE m.member = r.oid AND g.rolname NOT IN (:cashier, :clerk, :manager, :admin, :service)))"
    " ORDER BY 1"
)


def role_trigger_names() -> frozenset[str]:
    """Return the names of all triggers that know who acts."""
    return person_trigger_names() | sealed_trigger_names() | {AUDIT_TRIGGER, LOGIN_CHECK_TRIGGER}


def changed_protection(connection: Connection, roles: ShopRoles) -> Iterator[tuple[str, str]]:
    """Yield each guard of persons, secrets and logins that is not as made, and what became of it.

    Rights that were granted besides are not looked for; logins that may more than a login are.
    """
    schema = {"schema": SCHEMA}
    functions = {row.proname: row for row in connection.execute(_FUNCTIONS, schema)}
    for name, body in _bodies(roles).items():
        found = functions.get(name)
        if found is None:
            yield name, "taken out"
        elif found.prosrc != body or not found.prosecdef:
            yield name, "changed"
    triggers = {row.tgname: row.works for row in connection.execute(_TRIGGERS, schema)}
    for name in sorted(role_trigger_names()):
        if name not in triggers:
            yield name, "taken out"
        elif not triggers[name]:
            yield name, "switched off"
    unwatched = set(connection.scalars(_UNWATCHED, schema))
    policies = {tuple(row) for row in connection.execute(_POLICIES, schema)}
    for table in sorted({policy.table for policy in POLICIES} & unwatched):
        yield f"of whose rows those of {table} are", "switched off"
    for policy in POLICIES:
        if (policy.table, policy.name) not in policies:
            yield policy.name, "taken out"
    groups = {group: roles.prefix + f":{group}" for group in _GROUPS}
    for (login,) in connection.execute(_MIGHTY, {"prefix": f"{roles.prefix}.", **groups}):
        yield f"of the login {login}", "lifted: it may do more than a person's"


_GROUPS = ("cashier", "clerk", "manager", "admin", "service")


def _bodies(roles: ShopRoles) -> dict[str, str]:
    """Return the body of every function that protects the shop, by its name."""
    found = {}
    for statement in (
        *acting_statements(roles),
        *person_statements(),
        *audit_statements(),
        *sealed_statements(),
        *login_statements(roles),
    ):
        made = _FUNCTION.match(statement)
        if made is not None:
            found[made.group(1)] = made.group(2)
    return found
