"""Logins of a shop that was brought back from a backup, which holds names but no passwords.

The roles of a shop belong to the server, not to its database. Where the backup's shop had been on
this very server under this name, its logins are still there: each goes on with its password, if
it is still in the group that the backup says. Any other login is made anew, disabled, until an
admin (the first of them by the server's owner) sets a password and enables it; so nobody gets in
whom the shop has sent away since. A login that the backup does not know is disabled too.
"""

# ruff: noqa: S608 - statements are made of names in this program, never of input

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import Connection, text

from core.database.postgresql.engine import SCHEMA
from core.database.postgresql.roles.login_functions import CONNECTION_LIMIT
from core.database.postgresql.roles.names import ShopRoles, literal, quoted

_KEPT = text(
    "SELECT r.rolcanlogin AND array_agg(g.rolname) = ARRAY[CAST(:group AS name)] FROM pg_roles r"
    " LEFT JOIN pg_auth_members m ON m.member = r.oid LEFT JOIN pg_roles g ON g.oid = m.roleid"
    " WHERE r.rolname = :role GROUP BY r.oid, r.rolcanlogin"
)
_GROUPS = text(
    "SELECT g.rolname FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid"
    " JOIN pg_roles r ON r.oid = m.member WHERE r.rolname = :role"
)
_STRANGERS = text(
    "SELECT rolname FROM pg_roles WHERE starts_with(rolname, :prefix) AND rolcanlogin"
    f" AND rolname NOT IN (SELECT role_name FROM {SCHEMA}.login)"
)
_LOGINS = text(
    f"SELECT role_name, user_name, group_name, disabled_at IS NULL AS is_active FROM {SCHEMA}.login"
    " ORDER BY user_name"
)


_DISABLED = text(
    f"UPDATE {SCHEMA}.login SET disabled_at = coalesce(disabled_at, clock_timestamp())"
    " WHERE role_name = :role"
)
_INACTIVE = text(f'UPDATE {SCHEMA}."user" SET is_active = false WHERE name = :name AND is_active')


def give_prefix_statements(old: ShopRoles, new: ShopRoles) -> Iterator[str]:
    """Name the logins of a shop as those of another database, before its roles are made."""
    yield (
        f"CREATE OR REPLACE FUNCTION {SCHEMA}.role_prefix() RETURNS text LANGUAGE sql IMMUTABLE"
        f" SET search_path = pg_catalog AS $$ SELECT {literal(new.prefix)}::text $$"
    )
    yield (
        f"UPDATE {SCHEMA}.login SET role_name = {literal(new.prefix + '.')}"
        f" || substr(role_name, {len(old.prefix) + 2})"
    )


def return_logins(connection: Connection, roles: ShopRoles) -> tuple[str, ...]:
    """Keep or make the login of everybody; return who cannot sign in until they get a password."""
    waiting = []
    for row in connection.execute(_LOGINS).all():
        group = roles.prefix + ":" + row.group_name
        is_kept = connection.scalar(_KEPT, {"role": row.role_name, "group": group})
        if row.is_active and is_kept:
            continue
        groups = connection.scalars(_GROUPS, {"role": row.role_name}).all()
        disabled = _disabled(row.role_name, group, groups, is_there=is_kept is not None)
        _as_login_maker(connection, roles, disabled)
        connection.execute(_DISABLED, {"role": row.role_name})
        connection.execute(_INACTIVE, {"name": row.user_name})
        if row.is_active:
            waiting.append(row.user_name)
    strangers = connection.scalars(_STRANGERS, {"prefix": roles.prefix + "."}).all()
    _as_login_maker(
        connection, roles, (f"ALTER ROLE {quoted(stranger)} NOLOGIN" for stranger in strangers)
    )
    return tuple(waiting)


def _as_login_maker(connection: Connection, roles: ShopRoles, statements: Iterable[str]) -> None:
    """Make and change logins as the role that the shop's functions do it as: they stay its own."""
    connection.exec_driver_sql(f"SET LOCAL ROLE {quoted(roles.login_maker)}")
    for statement in statements:
        connection.exec_driver_sql(statement)
    connection.exec_driver_sql("RESET ROLE")


def _disabled(role: str, group: str, groups: Sequence[str], *, is_there: bool) -> Iterator[str]:
    if is_there:
        yield f"ALTER ROLE {quoted(role)} NOLOGIN"
        for other in groups:
            yield f"REVOKE {quoted(other)} FROM {quoted(role)}"
    else:
        yield (
            f"CREATE ROLE {quoted(role)} NOLOGIN NOSUPERUSER NOCREATEROLE NOCREATEDB"
            f" NOREPLICATION NOBYPASSRLS CONNECTION LIMIT {CONNECTION_LIMIT}"
        )
        yield f"ALTER ROLE {quoted(role)} SET search_path = {SCHEMA}, pg_temp"
    yield f"GRANT {quoted(group)} TO {quoted(role)}"
