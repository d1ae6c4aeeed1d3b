"""Finds what somebody with the rights of the server's owner gave or put in besides.

What was taken out or changed is found by :mod:`.roles.changed`. A row policy that was worded anew
is not: PostgreSQL keeps a condition in its own words, which differ from version to version.
"""

# ruff: noqa: S608 - statements are made of names in this program, never of input

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, text

from core.database.guards import guards
from core.database.postgresql.engine import SCHEMA
from core.database.postgresql.many_desks import NEWS_TRIGGER
from core.database.postgresql.roles.changed import role_trigger_names
from core.database.postgresql.roles.granting import function_rights, rights
from core.database.postgresql.roles.names import ShopRoles
from core.database.postgresql.roles.policies import POLICIES
from core.database.postgresql.roles.protect import columns_of, shop_roles

_GRANTEE = "CASE WHEN x.grantee = 0 THEN 'everybody' ELSE pg_get_userbyid(x.grantee)::text END"
_IN_THE_SHOP = "relnamespace = to_regnamespace(:schema)"
_GIVEN = text(
    f"SELECT c.relname::text, '', x.privilege_type, {_GRANTEE}"
    f" FROM pg_class c, aclexplode(c.relacl) x WHERE {_IN_THE_SHOP} AND x.grantee <> c.relowner"
    f" UNION ALL SELECT c.relname, a.attname, x.privilege_type, {_GRANTEE}"
    " FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid, aclexplode(a.attacl) x"
    f" WHERE {_IN_THE_SHOP} AND x.grantee <> c.relowner"
    " UNION ALL SELECT p.proname || '(' || oidvectortypes(p.proargtypes) || ')', '',"
    f" x.privilege_type, {_GRANTEE}"
    " FROM pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) x"
    " WHERE p.pronamespace = to_regnamespace(:schema) AND x.grantee <> p.proowner"
    " ORDER BY 1, 2, 3, 4"
)
_SEQUENCES = text(f"SELECT relname::text FROM pg_class WHERE {_IN_THE_SHOP} AND relkind = 'S'")
_TRIGGERS = text(
    "SELECT t.tgname::text, c.relname::text FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
    f" WHERE NOT t.tgisinternal AND {_IN_THE_SHOP} ORDER BY 1"
)
_POLICIES = text(
    "SELECT policyname::text, tablename::text FROM pg_policies WHERE schemaname = :schema"
    " ORDER BY 1, 2"
)
_MEMBERS = text(
    "SELECT m.rolname::text, g.rolname::text FROM pg_auth_members s"
    " JOIN pg_roles m ON m.oid = s.member JOIN pg_roles g ON g.oid = s.roleid"
    " WHERE starts_with(g.rolname, :groups) AND NOT starts_with(m.rolname, :groups)"
    " AND NOT starts_with(m.rolname, :logins) AND NOT m.rolsuper"
    " AND m.oid <> (SELECT datdba FROM pg_database WHERE datname = current_database())"
    " ORDER BY 1, 2"
)

_Given = tuple[str, str, str, str]


def additions(connection: Connection) -> Iterator[str]:
    """Yield a sentence for each right, trigger, row policy and member that is not the shop's."""
    roles = shop_roles(connection)
    schema = {"schema": SCHEMA}
    made = _made(connection, roles)
    for thing, part, privilege, role in connection.execute(_GIVEN, schema):
        # As who makes logins nobody signs in.
        if role != roles.login_maker and (thing, part, privilege, role) not in made:
            what = f"{thing}.{part}" if part else thing
            yield f"{role} was given the right to {privilege} {what}, which is not theirs."
    triggers = {*guards(), *role_trigger_names(), NEWS_TRIGGER}
    for name, table in connection.execute(_TRIGGERS, schema):
        if name not in triggers:
            yield f"The trigger {name} of {table} is not the shop's own: it may change its rows."
    policies = {(policy.name, policy.table) for policy in POLICIES}
    for name, table in connection.execute(_POLICIES, schema):
        if (name, table) not in policies:
            yield f"The row policy {name} of {table} is not the shop's own: it may show its rows."
    marks = {"groups": f"{roles.prefix}:", "logins": f"{roles.prefix}."}
    for member, group in connection.execute(_MEMBERS, marks):
        yield f"{member}, who is nobody of this shop, was made a member of {group}."


def _made(connection: Connection, roles: ShopRoles) -> set[_Given]:
    """Return every right that the shop was made with, as the server lists them."""
    made: set[_Given] = set()
    for right in rights(roles, columns_of(connection)):
        for column in right.columns or ("",):
            made.add((right.thing, column, right.privilege, right.role))
    for right in function_rights(roles):
        made.add((right.thing, "", right.privilege, right.role))
    for sequence in connection.scalars(_SEQUENCES, {"schema": SCHEMA}):
        made.add((sequence, "", "USAGE", roles.people))
    return made
