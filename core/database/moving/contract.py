"""What a move tells when it is done."""

from __future__ import annotations

from dataclasses import dataclass

from core.permissions import Role


@dataclass(frozen=True, slots=True)
class MovedMoney:
    """How much money lies in the rows of one table in one state, alike before and after."""

    table: str
    state: str
    currency: str
    rows: int
    sum_minor: int


@dataclass(frozen=True, slots=True)
class MovedChain:
    """Where a person's chain in the audit trail stood when the shop was carried over."""

    user_name: str
    entries: int
    entry_hash: str


@dataclass(frozen=True, slots=True)
class MovedPerson:
    """A person who signs in to the server now, and the password to begin with.

    It is told this once and is kept nowhere. One who was disabled stays so, and has none.
    """

    name: str
    login: str
    role: Role
    is_active: bool
    password: str


@dataclass(frozen=True, slots=True)
class ServiceLogin:
    """The login of ``sanduku service``, and the password to begin with, told this once."""

    login: str
    password: str


@dataclass(frozen=True, slots=True)
class Moved:
    """A shop that was carried over: what was counted, in both places alike, and who signs in how.

    ``rows`` are by table, ``files`` are the papers and originals beside the books. Nothing was
    counted, and ``was_there_already`` is true, where an earlier run had carried the shop over and
    was killed before it could say so.
    """

    place: str
    rows: tuple[tuple[str, int], ...]
    money: tuple[MovedMoney, ...]
    chains: tuple[MovedChain, ...]
    secrets: int
    files: int
    people: tuple[MovedPerson, ...]
    service: ServiceLogin
    was_there_already: bool = False
