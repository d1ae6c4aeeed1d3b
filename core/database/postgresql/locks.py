"""The locks that keep units of work apart on a server, as SQLite's one write lock does in a file.

Every unit is alone in the shop unless it says that it may go on beside others; such a unit shares
the shop's lock with its like, and locks by name what it decides about, in the one order of
:mod:`core.database.lock_order`. Names rather than rows: a row policy hides from a person the rows
they may not change, and a row that is not there yet cannot be locked. The guards lock the rows they
add up besides, against whoever writes by hand.

A person's audit chain is locked first of all by either kind, so that two desks of one name wait for
each other. All are let go of when the transaction ends: whoever gets a person's chain knows that
nothing of that person's is under way (:mod:`core.database.postgresql.lost_commits`).
"""

from __future__ import annotations

from sqlalchemy import Connection, text

from core.database.lock_order import Lock

_SHOP = 0x53414E44  # "SAND"
_CHAIN = 0x4348414E  # "CHAN"
_KINDS = 0x53410000  # "SA", and the kind

AWAY_AFTER_S = 20
"""A desk that goes away in the middle of such an act is let go of, with all it held."""

_ALONE = text("SELECT pg_advisory_xact_lock(:shop)").bindparams(shop=_SHOP)
_BESIDE_OTHERS = text(
    "SELECT pg_advisory_xact_lock_shared(:shop), pg_advisory_xact_lock(:chain, hashtext(:person)),"
    " set_config('idle_in_transaction_session_timeout', :away, true)"
).bindparams(shop=_SHOP, chain=_CHAIN, away=f"{AWAY_AFTER_S}s")
_NAMED = text("SELECT pg_advisory_xact_lock(:kind, hashtext(:name))")


def be_alone(connection: Connection) -> None:
    """Wait until no other unit of work is under way, and keep others out."""
    connection.execute(_ALONE)


def go_beside_others(connection: Connection, person: str) -> None:
    """Wait until no unit that must be alone is under way, nor another of this person."""
    connection.execute(_BESIDE_OTHERS, {"person": person})


def lock_name(connection: Connection, kind: Lock, name: str) -> None:
    """Wait for whoever else holds this name, such as that of a row of numbers without gaps."""
    connection.execute(_NAMED, {"kind": _KINDS + kind, "name": name})
