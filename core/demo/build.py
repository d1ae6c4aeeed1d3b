"""Builds the demo: months of a believable shop, the same for the same seed and moment."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import bindparam, update

from core.clock import as_utc, day_start, shop_date, system_clock
from core.configuration import DEMO_MARK
from core.database.bulk import draw_keys_after, join_search_pieces
from core.database.unit_of_work import Database, UnitOfWork
from core.demo.books import Books
from core.demo.bulk import BulkWriter
from core.demo.calendar import Calendar
from core.demo.endings import Endings
from core.demo.floor import FOUND_TODAY, ShopFloor
from core.demo.fresh_statements import FreshStatements, StatementToDrop
from core.demo.journal import Journal
from core.demo.loyalty import PointsBook
from core.demo.movements import Accounts
from core.demo.papers import DemoPapers
from core.demo.people import Clientele, customer_row
from core.demo.placed_orders import PlacedOrders
from core.demo.premises import PASSWORD, PEOPLE, SETTINGS, write_premises
from core.demo.refunding import RefundDesk
from core.demo.rhythm import business_days
from core.demo.samples import write_sample_import
from core.demo.stored_statements import StoredStatements, weeks_over
from core.demo.subscribers import due_row, subscriptions_of, write_subscribers
from core.demo.tills import Tills
from core.errors import InvalidInputError
from core.model.customers import Customer, Subscription
from core.model.journal import Topic
from core.services.secrets import SecretBox

__all__ = ["PASSWORD", "DemoCounts", "DemoShop", "StatementToDrop", "build_demo"]

MAX_PAYMENTS = 5_000_000
_PAYMENTS_A_DAY = 40
_SHORTEST_DAYS = 45
_LONGEST_DAYS = 3 * 365
_MOST_CUSTOMERS = 20_000


@dataclass(frozen=True, slots=True)
class DemoCounts:
    """How many rows of each kind the demo holds."""

    payments: int
    orders: int
    invoices: int
    transactions: int
    refunds: int
    reconciliations: int
    matches: int
    customers: int
    audit_entries: int


@dataclass(frozen=True, slots=True)
class DemoShop:
    """What was built: who may sign in, how much there is, and which files wait to be dropped."""

    users: tuple[str, ...]
    counts: DemoCounts
    statements: tuple[StatementToDrop, ...]
    import_file: Path


def build_demo(
    database: Database,
    folder: Path,
    *,
    payments: int = 5000,
    seed: int = 1,
    today: datetime | None = None,
    password_hash: Callable[[], str],
) -> DemoShop:
    """Fill an empty shop; ``folder`` is the shop's own, where originals and files to try go.

    ``today`` is the moment at which the story ends, now by default. ``password_hash`` gives the
    stored form of the demo's password and is asked once. Everything is one transaction: the demo
    is there whole or not at all.

    Raises:
        InvalidInputError: the number of payments is negative or beyond any shop.

    """
    if not 0 <= payments <= MAX_PAYMENTS:
        raise InvalidInputError(f"A demo has 0 to {MAX_PAYMENTS} payments.", field="payments")
    now = (as_utc(today) if today is not None else system_clock()).replace(microsecond=0)
    hashed = password_hash()
    with database.write(None) as unit:
        shop = _Builder(unit, folder, payments, seed, now).build(hashed)
        for topic in Topic:
            unit.changed(topic)
        unit.commit()
    (folder / DEMO_MARK).write_text(
        f"An invented shop to try Sanduku with; every password is “{PASSWORD}”.\n", encoding="utf-8"
    )
    return shop


class _Builder:
    """The parts of one build, put together."""

    def __init__(
        self, unit: UnitOfWork, folder: Path, payments: int, seed: int, now: datetime
    ) -> None:
        length_days = min(_LONGEST_DAYS, max(_SHORTEST_DAYS, payments // _PAYMENTS_A_DAY))
        first_day = shop_date(now) - timedelta(days=length_days - 1)
        rng = self._rng = random.Random(f"sanduku demo {seed}")
        calendar = self._calendar = Calendar(now, first_day)
        self._connection = unit.session.connection()
        self._folder = folder
        self._days = business_days(
            payments, now, length_days=length_days, least_today=len(FOUND_TODAY) + 6
        )
        self._people = Clientele(rng, min(_MOST_CUSTOMERS, max(60, payments // 12)))
        self._subscriptions = subscriptions_of(
            self._people, rng, calendar, payments_a_day=payments // length_days
        )
        writer = self._writer = BulkWriter(self._connection)
        self._journal = Journal(writer)
        self._endings = Endings(rng, calendar)
        self._floor = ShopFloor(rng, calendar, self._people, self._subscriptions, self._endings)
        self._tills = Tills(rng, calendar, writer, self._journal)
        self._refunds = RefundDesk(rng, calendar, self._endings)
        self._papers = DemoPapers(writer, SETTINGS)
        self._points = PointsBook(calendar, writer, self._journal)
        self._books = Books(rng, calendar, writer, self._journal, self._papers, self._points)
        self._placed = PlacedOrders(
            seed, calendar, self._people, writer, self._journal, first_key=payments
        )
        self._accounts = Accounts(rng)
        self._stored = StoredStatements(calendar, self._accounts, writer, self._journal, folder)

    def build(self, hashed: str) -> DemoShop:
        """Write everything and return what there is."""
        self._begin(hashed)
        for business_day in self._days:
            day = business_day.day
            sales = self._floor.sales_of(business_day)
            self._placed.write_day(day, sales)
            self._tills.run(day, sales)
            for sale in sales:
                self._refunds.consider(sale)
                self._accounts.receive(sale)
                if sale.refund is not None:
                    self._books.note_refund(sale.refund)
                    self._accounts.send_back(sale.refund)
            self._books.write_day(day, sales)
            for week in weeks_over(self._calendar, day):
                self._stored.keep_week(week)
        return self._finish()

    def _begin(self, hashed: str) -> None:
        since = day_start(self._calendar.live_from)
        box = SecretBox(self._folder, use_keyring=False)
        write_premises(
            self._writer, self._journal, since=since, password_hash=hashed, encrypt=box.encrypt
        )
        self._papers.write_templates(since)
        joined = day_start(self._calendar.first_day)
        for customer in self._people.everyone:
            self._writer.add(Customer, customer_row(customer, joined))
        write_subscribers(self._writer, self._journal, self._calendar, self._subscriptions)

    def _finish(self) -> DemoShop:
        self._books.write_refunds(self._refunds.refunds)
        self._placed.finish()
        self._points.write(self._connection)
        self._journal.write_until(None)
        self._stored.close(self._connection)
        self._set_due_days()
        draw_keys_after(self._connection)
        join_search_pieces(self._connection)
        files = FreshStatements(self._rng, self._calendar, self._accounts, self._endings).write(
            self._folder / "statements",
            self._stored.balances_minor,
            self._people.everyone[-3:],
        )
        sample = write_sample_import(
            self._folder / "imports", self._rng, self._people, self._calendar.now
        )
        return DemoShop(tuple(PEOPLE), self._counts(), files, sample)

    def _set_due_days(self) -> None:
        due = [
            {"subscription_key": each.key, "due": due_row(each, self._calendar)}
            for each in self._subscriptions
        ]
        statement = (
            update(Subscription.__table__)  # type: ignore[arg-type]
            .where(Subscription.__table__.c.id == bindparam("subscription_key"))
            .values(next_due_on=bindparam("due"))
        )
        self._connection.execute(statement, due)

    def _counts(self) -> DemoCounts:
        written = self._writer.written
        return DemoCounts(
            payments=written["payment"],
            orders=written["order"],
            invoices=written["invoice"],
            transactions=written["payment_transaction"],
            refunds=written["refund_request"],
            reconciliations=written["payment_reconciliation"],
            matches=written["match"],
            customers=written["customer"],
            audit_entries=written["audit_entry"],
        )
