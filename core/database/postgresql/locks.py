"""The locks that keep units of work apart on a server, as SQLite's one write lock does in a file.

Every unit is alone in the shop unless it says that it may go on beside others; such a unit shares
the shop's lock with its like, and locks the rows it decides about (``SELECT … FOR UPDATE``).
A person's audit chain is locked first of all by either, so that two desks of one name wait for
each other instead of meeting in a deadlock. All are let go of when the transaction ends.
"""

from __future__ import annotations

from sqlalchemy import Connection, text

_SHOP = 0x53414E44  # "SAND"
_CHAIN = 0x4348414E  # "CHAN"

_ALONE = text("SELECT pg_advisory_xact_lock(:shop)").bindparams(shop=_SHOP)
_BESIDE_OTHERS = text(
    "SELECT pg_advisory_xact_lock_shared(:shop), pg_advisory_xact_lock(:chain, hashtext(:person))"
).bindparams(shop=_SHOP, chain=_CHAIN)
_NAMED = text("SELECT pg_advisory_xact_lock(:shop, hashtext(:name))").bindparams(shop=_SHOP)


def be_alone(connection: Connection) -> None:
    """Wait until no other unit of work is under way, and keep others out."""
    connection.execute(_ALONE)


def go_beside_others(connection: Connection, person: str) -> None:
    """Wait until no unit that must be alone is under way, nor another of this person."""
    connection.execute(_BESIDE_OTHERS, {"person": person})


def lock_name(connection: Connection, name: str) -> None:
    """Wait for whoever else holds this name, such as that of a row of numbers without gaps."""
    connection.execute(_NAMED, {"name": name})
