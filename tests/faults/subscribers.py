"""A shop with many subscribers, what each owes by a day, and the judge of what was charged."""

from __future__ import annotations

import random
import sqlite3
from calendar import monthrange
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path

from sqlalchemy import insert

from core.app import open_shop
from core.clock import system_clock
from core.configuration import DATABASE_FILE
from core.gateways.sandbox import Sandbox
from core.model.customers import Customer, Subscription
from core.model.payments import PaymentMethod
from core.model.subscriptions import Plan
from core.services.subscriptions.renewal_settings import MAX_PROMPTS_A_DAY, RenewalSettings
from tests.faults import renewal_mutants
from tests.faults.books import read_books
from tests.faults.orders import log_of
from tests.faults.renewal_life import RenewalLife, live
from tests.faults.sales import TIMING
from tests.faults.shop import actor, configuration, connect, make_shop

FIRST_DAY = date(2028, 1, 31)
"""A monthly subscription begun then meets a leap year's February."""

_KILLED = (-9, 255)
"""255 is what the fork server says where its own record of the death was lost."""

_BUGS = ("stumbled", "Traceback", "failed by a bug")
_METHODS = (
    PaymentMethod.CASH,
    PaymentMethod.BANK_TRANSFER,
    PaymentMethod.CASH,
    PaymentMethod.BANK_TRANSFER,
    PaymentMethod.CASH,
)


@dataclass(frozen=True, slots=True)
class Subscriber:
    """One subscription; a prompt on its phone, where there is one, is answered with the PIN."""

    number: int
    plan: Plan
    method: PaymentMethod

    @property
    def name(self) -> str:
        """The subscription's number as customers read it."""
        return f"SUB-{self.number:05d}"

    @property
    def phone(self) -> str:
        """A telephone number of its own."""
        prefix = "+25073" if self.method is PaymentMethod.AIRTEL_MONEY else "+25078"
        return f"{prefix}{5_550_000 + self.number:07d}"

    def owed(self, day: date) -> set[date]:
        """Return the first days of all periods begun by a day, counted apart from the program."""
        if self.plan is Plan.MONTHLY:
            months = ((FIRST_DAY.year + (FIRST_DAY.month - 1 + n) // 12,
                       (FIRST_DAY.month - 1 + n) % 12 + 1) for n in range(60))  # fmt: skip
            starts = (date(y, m, min(FIRST_DAY.day, monthrange(y, m)[1])) for y, m in months)
        else:
            step = 1 if self.plan is Plan.DAILY else 7
            starts = (FIRST_DAY + timedelta(days=step * n) for n in range(2000))
        return {start for start in starts if start <= day}


def subscribers(count: int, *, mobile_every: int, daily_every: int = 16) -> tuple[Subscriber, ...]:
    """Return as many, each so-manieth of them daily, and each so-manieth paying by a network.

    Nobody is asked for a PIN each day: missed days would take days to catch up.
    """
    found = []
    for number in range(1, count + 1):
        is_daily = number % daily_every == 0
        plan = Plan.DAILY if is_daily else (Plan.WEEKLY, Plan.MONTHLY)[number % 2]
        method = _METHODS[number % len(_METHODS)]
        if number % mobile_every == 0 and not is_daily:
            is_airtel = number // mobile_every % 4 == 1
            method = PaymentMethod.AIRTEL_MONEY if is_airtel else PaymentMethod.MTN_MOBILE_MONEY
        found.append(Subscriber(number, plan, method))
    return tuple(found)


@dataclass
class RenewalRuns:
    """One shop with its subscribers, renewed by two processes that are killed again and again."""

    folder: Path
    sandbox: Sandbox
    who: tuple[Subscriber, ...]
    mutant: str = ""
    ends: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        make_shop(self.folder, TIMING)
        connect(self.folder, self.sandbox, TIMING)
        renewal_mutants.weaken(self.folder, self.mutant)
        self._context = get_context("forkserver")
        self._context.set_forkserver_preload(["tests.faults.renewal_life"])
        with (
            open_shop(configuration(self.folder, TIMING)) as app,
            app.database.write(None) as unit,
        ):
            unit.session.execute(insert(Customer), [_customer(each) for each in self.who])
            unit.session.execute(insert(Subscription), [_row(each) for each in self.who])
            unit.commit()
            rules = RenewalSettings(prompts_a_day=MAX_PROMPTS_A_DAY)
            app.renewal_settings.save(actor(app, "ange"), rules)

    def renew_under_kills(self, day: date, kills: int, longest_s: float, seed: int) -> None:
        """Renew on a day in two processes, each killed so often, until both find nothing more."""
        ten_o_clock = datetime(day.year, day.month, day.day, 8, tzinfo=UTC)
        life = RenewalLife(self.folder, ten_o_clock - system_clock(), self.mutant)
        with ThreadPoolExecutor(2) as lanes:
            done = [
                lanes.submit(self._lane, life, kills, longest_s, random.Random(10 * seed + lane))
                for lane in range(2)
            ]
            for each in done:
                each.result()

    def findings(self, day: date) -> list[str]:
        """Return whatever is not as it must be once a day's renewal has ended."""
        text = log_of(self.folder).read_text(encoding="utf-8", errors="replace")
        return [
            *read_books(self.folder).faults,
            *self._wrong_charges(day),
            *self._wrong_prompts(),
            *(line for line in text.splitlines() if any(sign in line for sign in _BUGS)),
        ]

    def charges(self) -> int:
        """Return how many payments there are."""
        return int(self._rows("SELECT COUNT(*) FROM payment")[0][0])

    def _lane(self, life: RenewalLife, kills: int, longest_s: float, chance: random.Random) -> None:
        for turn in range(kills + 1):
            heard, said = self._context.Pipe(duplex=False)
            process = self._context.Process(target=live, args=(life, said))
            process.start()
            said.close()
            try:
                heard.recv_bytes()
                if turn < kills:
                    process.join(chance.uniform(0, longest_s))
                    process.kill()
                process.join()
            except EOFError:
                process.join()
            finally:
                heard.close()
            was_killed = turn < kills and process.exitcode in _KILLED
            self.ends["killed" if was_killed else f"code {process.exitcode}"] += 1

    def _wrong_charges(self, day: date) -> Iterator[str]:
        found = Counter(
            self._rows(
                "SELECT s.subscription_number, d.starts_on FROM subscription_period d"
                " JOIN subscription s ON s.id = d.subscription_id"
            )
        )
        wanted = {(each.name, f"{start}") for each in self.who for start in each.owed(day)}
        yield from (f"not charged: {each}" for each in sorted(wanted - found.keys()))
        yield from (f"charged, but not due: {each}" for each in sorted(found.keys() - wanted))
        yield from (f"begun {n} times: {each}" for each, n in found.items() if n > 1)
        paid = Counter(row[0] for row in self._rows("SELECT transaction_reference FROM payment"))
        yield from (f"{n} payments for {reference}" for reference, n in paid.items() if n > 1)
        if paid.total() != len(wanted):
            yield f"{paid.total()} payments for {len(wanted)} periods"

    def _wrong_prompts(self) -> Iterator[str]:
        """Yield each period that a network did not charge exactly once."""
        charged = Counter(
            {_folded(entry.external_id): entry.times_charged for entry in self.sandbox.ledger()}
        )
        mobile = "('mtn_mobile_money', 'airtel_money')"
        for reference, status in self._rows(
            f"SELECT transaction_reference, status FROM payment WHERE payment_method IN {mobile}"
        ):
            times = charged.pop(_folded(reference), 0)
            if (times, status) != (1, "completed"):
                yield f"{reference} is {status} and was charged {times} times"
        yield from (f"charged, but not in the books: {reference}" for reference in charged)

    def _rows(self, query: str) -> list[tuple[str, ...]]:
        connection = sqlite3.connect(self.folder / DATABASE_FILE)
        try:
            return connection.execute(query).fetchall()
        finally:
            connection.close()


def _folded(reference: str) -> str:
    """Return a reference as Airtel is told it: letters and digits only."""
    return reference.replace("-", "")


def _customer(who: Subscriber) -> dict[str, object]:
    return {
        "id": who.number,
        "name": f"Customer {who.number}",
        "phone_number": who.phone,
        "email": "",
        "tin": "",
        "language": "rw",
        "created_at": datetime(2028, 1, 1, tzinfo=UTC),
        "version": 1,
    }


def _row(who: Subscriber) -> dict[str, object]:
    return {
        "id": who.number,
        "subscription_number": who.name,
        "customer_id": who.number,
        "plan": who.plan,
        "price_minor": 8_000 + who.number % 7 * 1_000,
        "currency": "RWF",
        "starts_on": FIRST_DAY,
        "next_due_on": FIRST_DAY,
        "anchor_day": FIRST_DAY.day,
        "auto_renewal": True,
        "payment_method": who.method,
        "phone_number": who.phone,
        "notes": "",
        "version": 1,
    }
