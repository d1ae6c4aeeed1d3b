"""How every list is measured: its pages beside the very same SQL through the bare driver.

Shops of two sizes are asked turn by turn, so that what a busy machine does meets them all alike.
"""

from __future__ import annotations

import random
import sqlite3
import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import psycopg

from core.database.driver_questions import DriverQuestion
from core.database.unit_of_work import Database
from core.services.lists.keyset import PagedQuestion, Seek
from tests.benchmarks.conftest import ratio_line

PAGE = 100
Work = Callable[[], object]
Asks = Callable[[Database], PagedQuestion[Any]]
"""Asks a shop for a list; what that costs is part of its first page."""


def clocked(work: Work) -> float:
    """Return how long some work takes by the clock."""
    began_s = time.perf_counter()
    work()
    return time.perf_counter() - began_s


def spent(work: Work) -> float:
    """Return what some work takes of the processor, which a busy machine hardly changes."""
    began_s = time.thread_time()
    work()
    return time.thread_time() - began_s


class Bare:
    """The driver alone, given what the product gives it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._connection: Any
        self.name = "psycopg" if database.is_shared else "bare"
        if database.is_shared:
            options = "-c search_path=sanduku -c timezone=UTC -c plan_cache_mode=force_custom_plan"
            self._connection = psycopg.connect(database.url, autocommit=True, options=options)
        else:
            self._connection = sqlite3.connect(str(database.engine.url.database))
            self._connection.execute("PRAGMA cache_size=-32000")

    def close(self) -> None:
        """Let go of the connection."""
        self._connection.close()

    def of(self, work: Work) -> Work:
        """Return the statements of some work, all of them, as the driver's own calls."""
        seen: list[tuple[str, Any]] = []
        database = self._database
        listened_to = {"rows": database.rows, "rows_until": database.rows_until}

        def listens(ask: Callable[..., Any]) -> Callable[..., Any]:
            def keep(question: DriverQuestion, values: Any, *rest: Any) -> Any:
                seen.append((question.sql, question.values(values)))
                return ask(question, values, *rest)

            return keep

        for name, ask in listened_to.items():
            setattr(database, name, listens(ask))
        try:
            work()
        finally:
            for name in listened_to:
                delattr(database, name)
        execute = self._connection.execute
        return lambda: [execute(sql, values).fetchall() for sql, values in seen]


@dataclass(frozen=True, slots=True)
class ListMeasure:
    """Measures the lists of shops by their size, each figure as often as it ``repeats``."""

    shops: Mapping[int, Database]
    taken: Callable[[Work], float] = spent
    repeats: int = 15

    def first_pages(self, lists: Mapping[str, Asks]) -> dict[str, float]:
        """Print first pages; return each list's ratio at the largest size."""
        print()
        return {name: self._first_page(name, ask) for name, ask in lists.items()}

    def first_answers(self, lists: Mapping[str, Asks]) -> None:
        """Print what is known of a list's first rows after a short while."""
        print()
        for name, ask in lists.items():
            taken_s: dict[int, list[float]] = {size: [] for size in self.shops}
            for _ in range(self.repeats):
                for size, database in self.shops.items():
                    first = partial(_first_rows, ask, database)
                    taken_s[size].append(self.taken(first))
            medians_s = [statistics.median(each) for each in taken_s.values()]
            told = [
                f"{size} {median_s * 1000:.2f} ms, {_first_rows(ask, database)} rows"
                for (size, database), median_s in zip(self.shops.items(), medians_s, strict=True)
            ]
            print(f"{name}: {'; '.join(told)}; growth {medians_s[-1] / medians_s[0]:.2f}")

    def next_pages(self, ask: Asks, *, knows_total: bool = True) -> None:
        """Print pages that follow one read anywhere, and what that one takes itself."""
        print()
        for size, database in self.shops.items():
            question, total = ask(database), size if knows_total else None
            jumps_s, ours_s, floor_s = [], [], []
            chance = random.Random(2)
            with _driver(database) as driver:
                for _ in range(self.repeats):
                    place = chance.randrange(size - 3 * PAGE)
                    jump = partial(question.rows, place, PAGE, total=total)
                    jumps_s.append(self.taken(jump))
                    following = partial(question.rows, place + PAGE, PAGE, total=total)
                    floor_s.append(self.taken(driver.of(following)))
                    ours_s.append(self.taken(following))
            print(ratio_line(f"{size:>9} next page", ours_s, floor_s, driver.name))
            print(
                f"          a thumb dropped anywhere: {statistics.median(jumps_s) * 1000:.2f} ms,"
                f" worst {max(jumps_s) * 1000:.1f} ms"
            )

    def totals(self, counts: Mapping[str, Callable[[Database], object]]) -> None:
        """Print what counting and summing takes, once."""
        print()
        for name, count in counts.items():
            for size, database in self.shops.items():
                taken_s = self.taken(partial(count, database))
                print(f"{size:>9} totals of {name}: {taken_s * 1000:.1f} ms")

    def _first_page(self, name: str, ask: Asks) -> float:
        pairs: dict[int, list[tuple[float, float]]] = {size: [] for size in self.shops}
        drivers = {size: Bare(database) for size, database in self.shops.items()}
        pages = {size: partial(_page, ask, database) for size, database in self.shops.items()}
        bare = {size: driver.of(pages[size]) for size, driver in drivers.items()}
        for _ in range(self.repeats):
            for size, of_size in pairs.items():
                floor_s = self.taken(bare[size])
                of_size.append((self.taken(pages[size]), floor_s))
        medians_s = []
        for size, driver in drivers.items():
            driver.close()
            ours, floor = zip(*pairs[size], strict=True)
            medians_s.append(statistics.median(ours))
            print(ratio_line(f"{size:>9} {name}", ours, floor, driver.name))
        if len(medians_s) > 1:
            print(f"          growth {medians_s[-1] / medians_s[0]:.2f}")
        return statistics.median(ours_s / floor_s for ours_s, floor_s in pairs[max(pairs)])


@contextmanager
def _driver(database: Database) -> Iterator[Bare]:
    driver = Bare(database)
    try:
        yield driver
    finally:
        driver.close()


def _page(ask: Asks, database: Database) -> object:
    return ask(database).read(Seek(PAGE))


def _first_rows(ask: Asks, database: Database) -> int:
    return len(ask(database).first_rows(PAGE).rows)
