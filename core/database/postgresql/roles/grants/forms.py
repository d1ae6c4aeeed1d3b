"""The form of a grant, and the groups that are granted much together."""

from __future__ import annotations

from dataclasses import dataclass

from core.database.postgresql.roles.names import Group

CASHIER, CLERK, MANAGER = Group.CASHIER, Group.CLERK, Group.MANAGER
ADMIN, SERVICE = Group.ADMIN, Group.SERVICE
TILL = (CASHIER, MANAGER, SERVICE)
OFFICE = (CLERK, MANAGER)
SHOP = (CASHIER, CLERK, MANAGER, SERVICE)
EVERYBODY = tuple(Group)


@dataclass(frozen=True, slots=True)
class Columns:
    """Who may change which columns; the names stand in one text."""

    groups: tuple[Group, ...]
    names: str


@dataclass(frozen=True, slots=True)
class TableGrant:
    """Who may add rows to a table, who may change which columns of them, who may take them out."""

    table: str
    insert: tuple[Group, ...] = ()
    update: tuple[Columns, ...] = ()
    delete: tuple[Group, ...] = ()
