"""The statements that grant what :mod:`.grants` says."""

# ruff: noqa: S608 - statements are made of names in this program, never of input

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

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

SEQUENCES_SET = {"match_id_seq": OFFICE, "statement_line_id_seq": OFFICE}
"""Taking a statement in numbers its lines itself, and a search its proposals by the thousand; each
then says where it ended."""

COLUMNS_OF_THE_SERVER = frozenset({"written_in"})
"""What the server writes by itself, and nobody else."""


@dataclass(frozen=True, slots=True)
class Right:
    """What a role may do with a table (with some columns of it), a sequence or a function."""

    kind: str
    thing: str
    privilege: str
    role: str
    columns: tuple[str, ...] = ()

    @property
    def statement(self) -> str:
        """Return what grants it."""
        listed = ", ".join(quoted(name) for name in self.columns)
        columns = f" ({listed})" if listed else ""
        thing = quoted(self.thing) if self.kind == "TABLE" else self.thing
        return (
            f"GRANT {self.privilege}{columns} ON {self.kind} {SCHEMA}.{thing} TO"
            f" {quoted(self.role)}"
        )


def rights(roles: ShopRoles, columns: dict[str, tuple[str, ...]]) -> Iterator[Right]:
    """Yield every right on tables and sequences; ``columns`` are those of the schema's tables."""
    for table, names in sorted(columns.items()):
        if table in HIDDEN_TABLES:
            continue
        hidden = HIDDEN_COLUMNS.get(table, frozenset())
        shown = tuple(name for name in names if name not in hidden)
        yield Right("TABLE", table, "SELECT", roles.people, shown)
        if not hidden:
            # Whole, so that counting rows needs no column.
            yield Right("TABLE", table, "SELECT", roles.people)
    for grant in TABLE_GRANTS:
        names = tuple(n for n in columns[grant.table] if n not in COLUMNS_OF_THE_SERVER)
        for group in grant.insert:
            yield Right("TABLE", grant.table, "INSERT", roles.group(group), names)
        for changed in grant.update:
            for group in changed.groups:
                written = tuple(changed.names.split())
                yield Right("TABLE", grant.table, "UPDATE", roles.group(group), written)
        for group in grant.delete:
            yield Right("TABLE", grant.table, "DELETE", roles.group(group))
    for sequence, groups in SEQUENCES_SET.items():
        for group in groups:
            yield Right("SEQUENCE", sequence, "UPDATE", roles.group(group))


def grant_statements(roles: ShopRoles, columns: dict[str, tuple[str, ...]]) -> Iterator[str]:
    """Grant what is granted; ``columns`` are those of every table of the schema."""
    for right in rights(roles, columns):
        yield right.statement
    yield f"""
DO $$ DECLARE each record; BEGIN
  FOR each IN SELECT oid::regclass AS thing FROM pg_class
    WHERE relnamespace = '{SCHEMA}'::regnamespace AND relkind = 'S'
  LOOP EXECUTE 'GRANT USAGE ON SEQUENCE ' || each.thing || ' TO '
    || '{quoted(roles.people)}'; END LOOP;
END $$"""


def function_rights(roles: ShopRoles) -> Iterator[Right]:
    """Yield what each group may call; nobody else may call anything."""
    for functions, role in (
        (FUNCTIONS_OF_ALL, roles.people),
        (ADMIN_FUNCTIONS, roles.group(Group.ADMIN)),
        (("open_secret(text)",), roles.group(Group.SERVICE)),
    ):
        for function in functions:
            yield Right("FUNCTION", function, "EXECUTE", role)


def function_grant_statements(roles: ShopRoles) -> Iterator[str]:
    """Let each group call what it needs."""
    for right in function_rights(roles):
        yield right.statement
