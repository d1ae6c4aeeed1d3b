"""What whoever makes, upgrades or brings back a shop must be allowed to on its server."""

from __future__ import annotations

from sqlalchemy import Connection, text

from core.errors import NOTHING_CHANGED, StorageError

_RIGHTS = text(
    "SELECT r.rolsuper, r.rolcreaterole, pg_has_role(d.datdba, 'USAGE') AS owns,"
    " current_user AS name, d.datname AS database"
    " FROM pg_roles r, pg_database d"
    " WHERE r.rolname = current_user AND d.datname = current_database()"
)


def require_set_up_rights(connection: Connection) -> None:
    """Refuse whoever may not make the roles and rights of a shop, before anything is done.

    The server's superuser may; so may one who makes roles and owns the database, as servers give
    that others run.

    Raises:
        StorageError: a right is missing; the message names it and who gives it.

    """
    found = connection.execute(_RIGHTS).one()
    if found.rolsuper:
        return
    if not found.owns:
        raise StorageError(
            f"{NOTHING_CHANGED} {found.name} does not own the database {found.database}: whoever"
            f" does makes the shop, or gives it away (ALTER DATABASE {found.database} OWNER TO"
            f" {found.name})."
        )
    if not found.rolcreaterole:
        raise StorageError(
            f"{NOTHING_CHANGED} {found.name} may not make roles, and every person of a shop gets"
            " one: let the server's administrator allow it (ALTER ROLE"
            f" {found.name} CREATEROLE)."
        )
