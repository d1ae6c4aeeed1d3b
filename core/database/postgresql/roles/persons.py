"""The guards that know who acts: the session's own login, never a value of the row.

Whoever PostgreSQL knows by a password is who acted: a row that names another is refused, as is a
moment that is not now, and a step that the person's group may not take. The owner of the server,
who makes and upgrades the shop, acts as nobody and is let through.
"""

# ruff: noqa: S608 - statements are made of names in this program, never of input

from __future__ import annotations

from collections.abc import Iterator

from core.database.guard_statements import MARK
from core.database.postgresql.engine import SCHEMA
from core.database.postgresql.roles.names import Group, ShopRoles, literal, quoted
from core.database.postgresql.roles.rules.every import person_rules
from core.database.postgresql.roles.rules.forms import NOT_NOW, NOW, PersonRule
from core.database.postgresql.roles.steps import Steps

DEFINER = f"SECURITY DEFINER SET search_path = pg_catalog, {SCHEMA}, pg_temp"

OWNER = "owner"


def acting_statements(roles: ShopRoles) -> Iterator[str]:
    """Make the functions that say who the session is."""
    yield f"""
CREATE OR REPLACE FUNCTION {SCHEMA}.acting_group() RETURNS text LANGUAGE sql STABLE {DEFINER} AS $$
  SELECT coalesce(
    (SELECT l.group_name FROM {SCHEMA}.login l
     WHERE l.role_name = session_user AND l.disabled_at IS NULL),
    CASE WHEN pg_has_role(session_user, {literal(roles.owner)}, 'MEMBER') THEN '{OWNER}'
    ELSE 'nobody' END)
$$"""
    yield f"""
CREATE OR REPLACE FUNCTION {SCHEMA}.acting_name() RETURNS text LANGUAGE sql STABLE {DEFINER} AS $$
  SELECT l.user_name FROM {SCHEMA}.login l WHERE l.role_name = session_user
$$"""
    yield f"""
CREATE OR REPLACE FUNCTION {SCHEMA}.acting_user() RETURNS bigint LANGUAGE sql STABLE {DEFINER} AS $$
  SELECT u.id FROM {SCHEMA}.login l JOIN {SCHEMA}."user" u ON u.name = l.user_name
  WHERE l.role_name = session_user
$$"""


def person_statements() -> Iterator[str]:
    """Make the guard of every table whose rows say who acted."""
    for rule in person_rules():
        yield from _guard(rule)


def person_trigger_names() -> frozenset[str]:
    """Return the names of the triggers that :func:`person_statements` makes."""
    made = {f"person_{rule.table}" for rule in person_rules()}
    return frozenset(
        made | {f"person_{rule.table}_{at}" for rule in person_rules() for at in rule.at_commit}
    )


def refusal(sentence: str) -> str:
    """Return the statement that refuses with a sentence, as one not allowed."""
    return (
        f"RAISE EXCEPTION USING MESSAGE = {literal(f'{MARK} {sentence}')},"
        " ERRCODE = 'insufficient_privilege';"
    )


def _guard(rule: PersonRule) -> Iterator[str]:
    name = f"person_{rule.table}"
    yield _function(name, _before(rule), "NEW")
    yield (
        f'CREATE OR REPLACE TRIGGER {name} BEFORE INSERT OR UPDATE ON {SCHEMA}."{rule.table}"'
        f" FOR EACH ROW EXECUTE FUNCTION {SCHEMA}.{name}()"
    )
    for suffix, check in rule.at_commit.items():
        late = f"{name}_{suffix}"
        yield _function(
            late, f"  IF {check.condition} THEN {refusal(check.sentence)} END IF;", "NULL"
        )
        yield f'DROP TRIGGER IF EXISTS {late} ON {SCHEMA}."{rule.table}"'
        yield (
            f'CREATE CONSTRAINT TRIGGER {late} AFTER {check.event} ON {SCHEMA}."{rule.table}"'
            " DEFERRABLE INITIALLY DEFERRED"
            f" FOR EACH ROW EXECUTE FUNCTION {SCHEMA}.{late}()"
        )


def _function(name: str, body: str, returned: str) -> str:
    return f"""
CREATE OR REPLACE FUNCTION {SCHEMA}.{name}() RETURNS trigger LANGUAGE plpgsql {DEFINER} AS $$
DECLARE
  grp text := {SCHEMA}.acting_group();
  who text;
BEGIN
  IF grp = '{OWNER}' THEN RETURN {returned}; END IF;
  IF grp = 'nobody' THEN {refusal("This login is disabled.")} END IF;
  who := {SCHEMA}.acting_name();
{body}
  RETURN {returned};
END $$"""


def _before(rule: PersonRule) -> str:
    lines: list[str] = []
    if rule.author:
        lines.append(
            f"  IF TG_OP = 'INSERT' AND NEW.{quoted(rule.author)} IS DISTINCT FROM who THEN"
            f" {refusal('Nobody writes in the name of another.')} END IF;"
        )
    lines.extend(_name_check(quoted(column)) for column in rule.names)
    lines.extend(_moment_check(quoted(column)) for column in rule.moments)
    if rule.steps is not None:
        lines.append(_steps(rule.state, rule.steps))
    lines.extend(
        f"  IF {check.condition} THEN {refusal(check.sentence)} END IF;" for check in rule.checks
    )
    return "\n".join(lines)


def _name_check(column: str) -> str:
    return (
        f"  IF coalesce(NEW.{column}, '') NOT IN ('', who)"
        f" AND (TG_OP = 'INSERT' OR NEW.{column} IS DISTINCT FROM OLD.{column}) THEN"
        f" {refusal('Nobody writes in the name of another.')} END IF;"
    )


def _moment_check(column: str) -> str:
    return (
        f"  IF NEW.{column} IS NOT NULL AND NEW.{column} NOT {NOW}"
        f" AND (TG_OP = 'INSERT' OR NEW.{column} IS DISTINCT FROM OLD.{column})"
        f" THEN {refusal(NOT_NOW)} END IF;"
    )


def _steps(column: str, steps: Steps) -> str:
    allowed = sorted(
        literal(f"{group}:{start}>{end}")
        for group in Group
        for start, end in steps.get(group, frozenset())
    )
    old, new = f"OLD.{quoted(column)}", f"NEW.{quoted(column)}"
    return (
        f"  IF TG_OP = 'UPDATE' AND {new} <> {old}"
        f" AND grp || ':' || {old} || '>' || {new} NOT IN ({', '.join(allowed)})"
        f" THEN {refusal('This step is not for your role.')} END IF;"
    )
