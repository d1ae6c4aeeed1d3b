"""The logins of a shop whose database somebody renamed on the server.

The roles of a shop are named after its database, since all shops of one server share their names
and a desk must know its login before it may ask anything. Renaming a database renames no role.
"""

from __future__ import annotations

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from core.database.engine import storage_error
from core.database.postgresql.roles.names import ShopRoles, quoted
from core.database.postgresql.roles.persons import acting_statements
from core.database.postgresql.roles.protect import protect, roles_here, shop_roles
from core.database.postgresql.roles.returned_logins import give_prefix_statements
from core.database.postgresql.roles.set_up_rights import require_set_up_rights
from core.errors import NOTHING_CHANGED, ConflictError

_ROLES = text("SELECT rolname FROM pg_roles WHERE starts_with(rolname, :start) ORDER BY rolname")
_USED_ELSEWHERE = text(
    "SELECT d.datname FROM pg_shdepend s JOIN pg_database d ON d.oid = s.dbid"
    " JOIN pg_roles r ON r.oid = s.refobjid"
    " WHERE s.refclassid = 'pg_authid'::regclass AND d.datname <> current_database()"
    " AND starts_with(r.rolname, :groups) ORDER BY 1 LIMIT 1"
)


def follow_new_name(engine: Engine) -> bool:
    """Name the logins and groups of a shop after its database again; tell whether it was needed.

    Everybody keeps their password. A copy of a shop that is on this server too is left as it is:
    the logins are the other's.

    Raises:
        ConflictError: roles of the new name are there already.
        StorageError: who asks may not rename roles.

    """
    try:
        with engine.begin() as connection:
            old = shop_roles(connection)
            new = roles_here(connection)
            is_used_elsewhere = connection.scalar(_USED_ELSEWHERE, {"groups": f"{old.prefix}:"})
            if old == new or is_used_elsewhere is not None:
                return False
            require_set_up_rights(connection)
            _require_unused(connection, new)
            _rename(connection, old, new)
            for statement in (*acting_statements(new), *give_prefix_statements(old, new)):
                connection.exec_driver_sql(statement)
            # What was written is judged now: a table under judgement changes no owner.
            connection.exec_driver_sql("SET CONSTRAINTS ALL IMMEDIATE")
            protect(connection)
            return True
    except DBAPIError as error:
        raise storage_error(error) or error from error


def _rename(connection: Connection, old: ShopRoles, new: ShopRoles) -> None:
    logins = connection.scalars(_ROLES, {"start": f"{old.prefix}."}).all()
    groups = connection.scalars(_ROLES, {"start": f"{old.prefix}:"}).all()
    # Who made the logins may rename them, and is renamed after them by the shop's owner.
    connection.exec_driver_sql(f"SET LOCAL ROLE {quoted(old.login_maker)}")
    for number, role in enumerate((*logins, *groups)):
        if number == len(logins):
            connection.exec_driver_sql("RESET ROLE")
        renamed = new.prefix + role.removeprefix(old.prefix)
        connection.exec_driver_sql(f"ALTER ROLE {quoted(role)} RENAME TO {quoted(renamed)}")


def _require_unused(connection: Connection, roles: ShopRoles) -> None:
    for mark in ".:":
        found = connection.scalars(_ROLES, {"start": roles.prefix + mark}).first()
        if found is not None:
            raise ConflictError(
                f"{NOTHING_CHANGED} The server has a role {found} already, of an earlier shop under"
                " this name: drop its roles, or give the database another name."
            )
