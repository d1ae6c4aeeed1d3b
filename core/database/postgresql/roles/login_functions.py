"""The one way a login comes to be, is disabled, or gets another password: functions of the server.

They run as a role that may make roles and that nobody logs in as, for an admin who may not. They
take no password, only what proves one (SCRAM-SHA-256), so that none stands in a log. Each use is
an entry in the audit trail that the admin writes in the same transaction, or it is not done.
"""

# ruff: noqa: S608 - statements are made of names in this program, never of input

from __future__ import annotations

from collections.abc import Iterator

from core.database.postgresql.engine import SCHEMA
from core.database.postgresql.roles.names import (
    LOGIN_PATTERN,
    Group,
    ShopRoles,
    literal,
    quoted,
)
from core.database.postgresql.roles.persons import refusal
from core.database.unit_of_work import SYSTEM_USER
from core.permissions import Role

CONNECTION_LIMIT = 16
"""Connections of one login: a desk's pages, its feed and its writer, at two desks at once."""

SCRAM_PATTERN = (
    r"^SCRAM-SHA-256\$\d{4,7}:[A-Za-z0-9+/=]{20,64}\$[A-Za-z0-9+/=]{44}:[A-Za-z0-9+/=]{44}$"
)

LOGIN_CHECK_TRIGGER = "person_login_told"

_HEAD = f"LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, {SCHEMA}, pg_temp"

ADMIN_FUNCTIONS = (
    "make_login(text, text, text, text)",
    "set_login_password(text, text)",
    "set_login_active(text, boolean)",
)
OWNER_FUNCTION = "make_service_login(text, text)"
OWN_FUNCTION = "change_own_password(text)"


def login_table_statements() -> Iterator[str]:
    """Make the table of who stands behind which login."""
    groups = ", ".join(literal(group) for group in Group)
    yield f"""
CREATE TABLE IF NOT EXISTS {SCHEMA}.login (
  role_name name PRIMARY KEY,
  user_name text COLLATE "C" NOT NULL UNIQUE,
  group_name text COLLATE "C" NOT NULL CHECK (group_name IN ({groups})),
  created_by text COLLATE "C" NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  disabled_at timestamptz
)"""


def login_statements(roles: ShopRoles) -> Iterator[str]:
    """Make the functions; whose they are and who may call them comes after."""
    yield _make_login(roles)
    yield _make_service_login(roles)
    yield _set_password()
    yield _set_active()
    yield _change_own_password()
    yield from _told()


def login_maker_statements(roles: ShopRoles) -> Iterator[str]:
    """Let the functions act as the role that may make roles, with no more than they need."""
    maker = quoted(roles.login_maker)
    for signature in (*ADMIN_FUNCTIONS, OWNER_FUNCTION, OWN_FUNCTION):
        yield f"ALTER FUNCTION {SCHEMA}.{signature} OWNER TO {maker}"
    yield f"GRANT SELECT, INSERT, UPDATE ON {SCHEMA}.login TO {maker}"
    yield f'GRANT SELECT, INSERT, UPDATE ON {SCHEMA}."user" TO {maker}'
    yield f"GRANT USAGE ON SEQUENCE {SCHEMA}.user_id_seq TO {maker}"
    yield f"GRANT EXECUTE ON FUNCTION {SCHEMA}.acting_group(), {SCHEMA}.acting_name() TO {maker}"


def _require_admin() -> str:
    return (
        f"  IF {SCHEMA}.acting_group() NOT IN ('admin', 'owner') THEN"
        f" {refusal('Only an admin makes and changes logins.')} END IF;"
    )


def _require_verifier() -> str:
    return (
        f"  IF verifier IS NULL OR verifier !~ {literal(SCRAM_PATTERN)} THEN"
        f" {refusal('A password is not sent, only what proves it (SCRAM-SHA-256).')} END IF;"
    )


def _made(roles: ShopRoles, group: str) -> str:
    return f"""
  EXECUTE 'CREATE ROLE ' || quote_ident(made) || ' LOGIN NOSUPERUSER NOCREATEROLE NOCREATEDB'
    || ' NOREPLICATION NOBYPASSRLS CONNECTION LIMIT {CONNECTION_LIMIT} PASSWORD '
    || quote_literal(verifier) || ' IN ROLE ' || quote_ident({literal(roles.prefix + ":")} || {group});
  EXECUTE 'ALTER ROLE ' || quote_ident(made) || ' SET search_path = {SCHEMA}, pg_temp';"""  # noqa: E501


def _make_login(roles: ShopRoles) -> str:
    people = ", ".join(literal(role) for role in Role)
    return f"""
CREATE OR REPLACE FUNCTION {SCHEMA}.make_login(
  login_name text, person text, role text, verifier text) RETURNS void {_HEAD} AS $$
DECLARE made text := {literal(roles.prefix + ".")} || login_name;
BEGIN
{_require_admin()}
{_require_verifier()}
  IF login_name IS NULL OR login_name !~ {literal(LOGIN_PATTERN)} OR octet_length(made) > 63 THEN
    {refusal("A login has 1 to 31 small letters, digits and underscores, and begins with a letter.")}
  END IF;
  IF role IS NULL OR role NOT IN ({people}) THEN {refusal("There is no such role.")} END IF;
  IF person IS NULL OR person = '' OR length(person) > 80 OR person <> btrim(person)
    OR lower(person) = {literal(SYSTEM_USER)} OR person ~ '[[:cntrl:]]' THEN
    {refusal("This name cannot be a person's.")}
  END IF;
  IF EXISTS (SELECT 1 FROM {SCHEMA}.login l WHERE lower(l.user_name) = lower(person)) THEN
    {refusal("There is already a login of this person.")}
  END IF;
{_made(roles, "role")}
  INSERT INTO {SCHEMA}.login (role_name, user_name, group_name, created_by)
    VALUES (made, person, role, coalesce({SCHEMA}.acting_name(), session_user));
  INSERT INTO {SCHEMA}."user"
    (name, role, password_hash, is_active, failed_sign_ins, created_at, version)
    VALUES (person, role, '', true, 0, clock_timestamp(), 1)
    ON CONFLICT (name) DO UPDATE SET role = excluded.role, password_hash = '', is_active = true;
END $$"""  # noqa: E501


def _make_service_login(roles: ShopRoles) -> str:
    return f"""
CREATE OR REPLACE FUNCTION {SCHEMA}.make_service_login(login_name text, verifier text)
RETURNS void {_HEAD} AS $$
DECLARE made text := {literal(roles.prefix + ".")} || login_name;
BEGIN
  IF {SCHEMA}.acting_group() <> 'owner' THEN
    {refusal("Only the server's owner makes the login of the service.")}
  END IF;
{_require_verifier()}
  IF login_name IS NULL OR login_name !~ {literal(LOGIN_PATTERN)} OR octet_length(made) > 63 THEN
    {refusal("A login has 1 to 31 small letters, digits and underscores, and begins with a letter.")}
  END IF;
{_made(roles, "'service'")}
  INSERT INTO {SCHEMA}.login (role_name, user_name, group_name, created_by)
    VALUES (made, {literal(SYSTEM_USER)}, 'service', session_user);
END $$"""  # noqa: E501


def _role_of(person: str = "person") -> str:
    return f"""
  SELECT l.role_name INTO made FROM {SCHEMA}.login l WHERE l.user_name = {person};
  IF made IS NULL THEN {refusal("There is no login of this person.")} END IF;"""


def _set_password() -> str:
    return f"""
CREATE OR REPLACE FUNCTION {SCHEMA}.set_login_password(person text, verifier text)
RETURNS void {_HEAD} AS $$
DECLARE made text;
BEGIN
{_require_admin()}
{_require_verifier()}
{_role_of()}
  IF person = {literal(SYSTEM_USER)} AND {SCHEMA}.acting_group() <> 'owner' THEN
    {refusal("Only the server's owner changes the login of the service.")}
  END IF;
  EXECUTE 'ALTER ROLE ' || quote_ident(made) || ' PASSWORD ' || quote_literal(verifier);
  UPDATE {SCHEMA}.login SET created_at = created_at WHERE user_name = person;
END $$"""


def _set_active() -> str:
    return f"""
CREATE OR REPLACE FUNCTION {SCHEMA}.set_login_active(person text, active boolean)
RETURNS void {_HEAD} AS $$
DECLARE made text;
BEGIN
{_require_admin()}
{_role_of()}
  IF person = {literal(SYSTEM_USER)} AND {SCHEMA}.acting_group() <> 'owner' THEN
    {refusal("Only the server's owner changes the login of the service.")}
  END IF;
  IF NOT active AND person = {SCHEMA}.acting_name() THEN
    {refusal("Nobody can disable themselves.")}
  END IF;
  EXECUTE 'ALTER ROLE ' || quote_ident(made) || CASE WHEN active THEN ' LOGIN' ELSE ' NOLOGIN' END;
  UPDATE {SCHEMA}.login
    SET disabled_at = CASE WHEN active THEN NULL ELSE clock_timestamp() END
    WHERE user_name = person;
  UPDATE {SCHEMA}."user" SET is_active = active, version = version + 1 WHERE name = person;
END $$"""


def _change_own_password() -> str:
    return f"""
CREATE OR REPLACE FUNCTION {SCHEMA}.change_own_password(verifier text) RETURNS void {_HEAD} AS $$
DECLARE made text;
BEGIN
{_require_verifier()}
  SELECT l.role_name INTO made FROM {SCHEMA}.login l
    WHERE l.role_name = session_user AND l.disabled_at IS NULL;
  IF made IS NULL THEN {refusal("This login is disabled.")} END IF;
  EXECUTE 'ALTER ROLE ' || quote_ident(made) || ' PASSWORD ' || quote_literal(verifier);
  UPDATE {SCHEMA}.login SET created_at = created_at WHERE role_name = session_user;
END $$"""


def _told() -> Iterator[str]:
    """Hold every change of a login to an audit entry about that person in the same transaction."""
    yield f"""
CREATE OR REPLACE FUNCTION {SCHEMA}.{LOGIN_CHECK_TRIGGER}() RETURNS trigger {_HEAD} AS $$
BEGIN
  IF {SCHEMA}.acting_group() <> 'owner' AND NOT EXISTS (
    SELECT 1 FROM {SCHEMA}.audit_entry a WHERE a.user_name = {SCHEMA}.acting_name()
      AND a.subject_type = 'user' AND a.subject_id = NEW.user_name
      AND a.written_in = pg_current_xact_id()) THEN
    {refusal("Nothing is done without its entry in the audit trail.")}
  END IF;
  RETURN NULL;
END $$"""
    yield f"DROP TRIGGER IF EXISTS {LOGIN_CHECK_TRIGGER} ON {SCHEMA}.login"
    yield (
        f"CREATE CONSTRAINT TRIGGER {LOGIN_CHECK_TRIGGER} AFTER INSERT OR UPDATE ON"
        f" {SCHEMA}.login DEFERRABLE INITIALLY DEFERRED FOR EACH ROW"
        f" EXECUTE FUNCTION {SCHEMA}.{LOGIN_CHECK_TRIGGER}()"
    )
