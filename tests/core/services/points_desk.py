"""One of two desks that race for the same points: a process of its own on the shared file.

Run as ``python -m tests.core.services.points_desk URL DESK ROUNDS GO [--check-then-write]``.
Prints how many payments were made and refused, as JSON. With ``--check-then-write`` it makes the
classic mistake on purpose: it trusts a balance that was read before the lock was taken.
"""

from __future__ import annotations

import json
import sys
import time
from itertools import count
from pathlib import Path

from sqlalchemy import select

from core.database.unit_of_work import Database
from core.errors import ConflictError
from core.model.customers import LoyaltyAccount
from core.services.loyalty import ledger as loyalty_ledger
from tests.core.services.loyalty_shop import LoyaltyShop


class Desk(LoyaltyShop):
    """Keys of two processes must differ."""

    name = ""

    def key(self) -> str:
        return f"{self.name}{next(self.keys)}"


def trust_a_balance_read_before_the_lock(database: Database) -> None:
    """Let the check see the balance of a moment ago, as a program without the lock would."""
    rightful = loyalty_ledger.account_of
    seen: dict[int, int] = {}

    class Stale:
        """An account as it was read before."""

        def __init__(self, account: LoyaltyAccount) -> None:
            self.__dict__["account"] = account

        def __getattr__(self, name: str) -> object:
            return seen["points"] if name == "points" else getattr(self.account, name)

    def read_first() -> None:
        with database.read() as session:
            seen["points"] = session.scalar(select(LoyaltyAccount.points)) or 0
        time.sleep(0.003)

    write = database.write

    def write_after_reading(actor: object, **more: bool) -> object:
        read_first()
        return write(actor, **more)

    database.write = write_after_reading
    spend_write = loyalty_ledger._write

    def write_entry(unit: object, account: object, *args: object, **more: object) -> None:
        spend_write(unit, getattr(account, "account", account), *args, **more)

    loyalty_ledger.account_of = lambda session, customer: Stale(rightful(session, customer))
    loyalty_ledger._write = write_entry


def main(url: str, name: str, rounds: str, go: str, *flags: str) -> None:
    database = Database(url)
    desk = Desk(database, count())
    desk.name = name
    if flags:
        trust_a_balance_read_before_the_lock(database)
    while not Path(go).exists():
        time.sleep(0.001)
    made = refused = 0
    for _ in range(int(rounds)):
        try:
            desk.spend(3)
        except ConflictError:
            refused += 1
        else:
            made += 1
    database.close()
    sys.stdout.write(json.dumps({"made": made, "refused": refused}))


if __name__ == "__main__":
    main(*sys.argv[1:])
