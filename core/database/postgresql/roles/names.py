"""The names of a shop's roles, which all shops on one server share a space with."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from enum import StrEnum

from core.errors import InvalidInputError
from core.permissions import Role

LONGEST_ROLE_NAME_BYTES = 63
"""PostgreSQL cuts longer names off without a word."""
LONGEST_LOGIN = 31
_LONGEST_PREFIX = LONGEST_ROLE_NAME_BYTES - LONGEST_LOGIN - 1
LOGIN_PATTERN = r"^[a-z][a-z0-9_]{0,30}$"


class Group(StrEnum):
    """The kinds of logins: those of people by their role, and the one of the service."""

    CASHIER = Role.CASHIER
    CLERK = Role.CLERK
    MANAGER = Role.MANAGER
    ADMIN = Role.ADMIN
    SERVICE = "service"


@dataclass(frozen=True, slots=True)
class ShopRoles:
    """The role names of one shop; a dot stands before a login, a colon before what is none."""

    prefix: str

    @property
    def owner(self) -> str:
        """Who owns every table and function, and never logs in."""
        return f"{self.prefix}:owner"

    @property
    def login_maker(self) -> str:
        """As whom the one function acts that makes logins; never logs in."""
        return f"{self.prefix}:logins"

    @property
    def people(self) -> str:
        """What every login may: connect and look."""
        return f"{self.prefix}:people"

    def group(self, group: Group) -> str:
        """Return the role of a group."""
        return f"{self.prefix}:{group}"

    def login(self, name: str) -> str:
        """Return the login role of a person's login name.

        Raises:
            InvalidInputError: the name cannot be a login.

        """
        if re.fullmatch(LOGIN_PATTERN, name) is None:
            raise InvalidInputError(
                "Nothing was changed. A login has 1 to 31 small letters, digits and underscores,"
                " and begins with a letter.",
                field="login",
            )
        return f"{self.prefix}.{name}"


def roles_of_database(database: str) -> ShopRoles:
    """Return the roles of the shop in a database of this name, which is unique on its server."""
    if len(database.encode()) <= _LONGEST_PREFIX and re.fullmatch(r"[a-z0-9_-]+", database):
        return ShopRoles(database)
    digest = hashlib.sha256(database.encode()).hexdigest()[:12]
    plain = re.sub(r"[^a-z0-9_-]", "_", database.lower())
    return ShopRoles(f"{plain[: _LONGEST_PREFIX - 13]}_{digest}")


def quoted(name: str) -> str:
    """Return a name as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Return a text as SQL writes it."""
    return "'" + text.replace("'", "''") + "'"
