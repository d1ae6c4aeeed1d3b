"""The roles nobody logs in as, whose everything is, and what the public loses."""

# ruff: noqa: S608 - statements are made of names in this program, never of input

from __future__ import annotations

from collections.abc import Iterator

from core.database.postgresql.engine import SCHEMA
from core.database.postgresql.roles.names import Group, ShopRoles, literal, quoted

_LARGE_OBJECTS = (
    "lo_creat(integer)",
    "lo_create(oid)",
    "lo_from_bytea(oid, bytea)",
    "lo_import(text)",
    "lo_import(text, oid)",
    "lo_export(oid, text)",
    "lo_open(oid, integer)",
    "lo_put(oid, bigint, bytea)",
    "lo_unlink(oid)",
)

_IS_SUPERUSER = "(SELECT rolsuper FROM pg_roles WHERE rolname = current_user)"


def group_statements(roles: ShopRoles) -> Iterator[str]:
    """Make the roles that are not there yet, and say what each is a member of."""
    yield _made(roles.owner, "NOLOGIN")
    yield _made(roles.people, "NOLOGIN")
    # Only PostgreSQL 16 and later ask for the right to hand a group on; earlier take it as said.
    yield _made(roles.login_maker, "NOLOGIN NOINHERIT CREATEROLE")
    yield from _of_the_server_s_owner(roles)
    for group in Group:
        name = quoted(roles.group(group))
        yield _made(roles.group(group), "NOLOGIN")
        yield f"GRANT {quoted(roles.people)} TO {name}"
        yield f"GRANT {name} TO {quoted(roles.login_maker)} WITH ADMIN OPTION"


def _of_the_server_s_owner(roles: ShopRoles) -> Iterator[str]:
    """Let whoever makes the shop act as the roles that nobody logs in as, if they may not already.

    A superuser may. One who only makes roles, as servers give that others run, must be a member;
    from PostgreSQL 16 on whoever makes a role is none of its members by that alone.
    """
    wanted = literal(f"{quoted(roles.owner)}, {quoted(roles.login_maker)}")
    yield f"""
DO $$ BEGIN
  IF NOT {_IS_SUPERUSER} THEN
    EXECUTE 'GRANT ' || {wanted} || ' TO ' || quote_ident(current_user)
      || CASE WHEN current_setting('server_version_num')::int >= 160000
         THEN ' WITH INHERIT TRUE, SET TRUE' ELSE '' END;
  END IF;
END $$"""


def _made(name: str, options: str) -> str:
    return (
        f"DO $$ BEGIN IF to_regrole({literal(quoted(name))}) IS NULL THEN"
        f" CREATE ROLE {quoted(name)} {options}; END IF; END $$"
    )


def ownership_statements(roles: ShopRoles) -> Iterator[str]:
    """Give the schema and all in it to the owner nobody logs in as."""
    owner = literal(quoted(roles.owner))
    # Who is to own a schema must be one who may make it; only a superuser hands it on regardless.
    yield _on_database("GRANT CREATE", "TO", roles.owner)
    yield f"ALTER SCHEMA {SCHEMA} OWNER TO {quoted(roles.owner)}"
    yield f"""
DO $$ DECLARE each record; BEGIN
  FOR each IN SELECT oid::regclass AS thing FROM pg_class
    WHERE relnamespace = '{SCHEMA}'::regnamespace AND relkind IN ('r', 'v', 'p')
  LOOP EXECUTE 'ALTER TABLE ' || each.thing || ' OWNER TO ' || {owner}; END LOOP;
  FOR each IN SELECT oid::regprocedure AS thing FROM pg_proc
    WHERE pronamespace = '{SCHEMA}'::regnamespace
  LOOP EXECUTE 'ALTER FUNCTION ' || each.thing || ' OWNER TO ' || {owner}; END LOOP;
END $$"""
    yield _on_database("REVOKE CREATE", "FROM", roles.owner)


def _on_database(done: str, word: str, role: str) -> str:
    return (
        f"DO $$ BEGIN EXECUTE '{done} ON DATABASE ' || quote_ident(current_database())"
        f" || ' {word} ' || {literal(quoted(role))}; END $$"
    )


def public_statements(roles: ShopRoles) -> Iterator[str]:
    """Take from everybody what PostgreSQL gives by itself; what a login needs is granted after."""
    everybody = ", ".join(
        ["PUBLIC", quoted(roles.people), *(quoted(roles.group(group)) for group in Group)]
    )
    yield (
        "DO $$ BEGIN EXECUTE 'REVOKE ALL ON DATABASE ' || quote_ident(current_database())"
        f" || ' FROM ' || {literal(everybody)};"
        " EXECUTE 'GRANT CONNECT ON DATABASE ' || quote_ident(current_database())"
        f" || ' TO ' || {literal(quoted(roles.people))}; END $$"
    )
    yield "REVOKE ALL ON SCHEMA public FROM PUBLIC"
    yield f"REVOKE ALL ON SCHEMA {SCHEMA} FROM {everybody}"
    yield f"GRANT USAGE ON SCHEMA {SCHEMA} TO {quoted(roles.people)}, {quoted(roles.login_maker)}"
    for kind in ("TABLES", "SEQUENCES", "FUNCTIONS"):
        yield f"REVOKE ALL ON ALL {kind} IN SCHEMA {SCHEMA} FROM {everybody}"
    # Whoever may not read a column may not have kept it from an earlier version either.
    yield f"""
DO $$ DECLARE each record; BEGIN
  FOR each IN SELECT c.oid::regclass AS thing, quote_ident(a.attname) AS name
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relnamespace = '{SCHEMA}'::regnamespace AND c.relkind = 'r' AND a.attacl IS NOT NULL
  LOOP EXECUTE 'REVOKE ALL (' || each.name || ') ON ' || each.thing || ' FROM '
    || {literal(everybody)}; END LOOP;
END $$"""
    yield (
        f"ALTER DEFAULT PRIVILEGES FOR ROLE {quoted(roles.owner)}"
        " REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC"
    )
    # On a server that others run only they may do this: there a login can make large objects.
    revoked = "; ".join(
        f"REVOKE EXECUTE ON FUNCTION pg_catalog.{function} FROM PUBLIC"
        for function in _LARGE_OBJECTS
    )
    yield f"DO $$ BEGIN IF {_IS_SUPERUSER} THEN {revoked}; END IF; END $$"
