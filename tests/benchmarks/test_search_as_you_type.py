"""Searching payments letter by letter: how long each keystroke waits for its first rows.

Where these are not all yet, the time until they are stands beside them ("…"), up to two seconds
by the clock.
``SANDUKU_BENCHMARK_PAYMENTS`` names the larger size (one million). Times are the processor's of
the thread that reads, which is what is waited for on a machine that does nothing else.
"""

from __future__ import annotations

import os
import statistics
import threading
import time
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from core.database.unit_of_work import Database
from core.errors import ReadCancelledError
from core.permissions import Actor, Role
from core.services.lists.keyset import PagedQuestion
from core.services.payments.filters import PaymentFilter
from core.services.payments.listed import ListedPayment
from core.services.payments.lists import PaymentLists
from tests.benchmarks.listed_shop import listed_folder, opened
from tests.ui.live_list import Page

SIZES = (100_000, int(os.environ.get("SANDUKU_BENCHMARK_PAYMENTS", "1000000")))
TYPED = ("uwase jean", "+250788123456", "0788 123 456", "ORD-2024-03-14-0012", "INV-20240314-00512")
BETWEEN_KEYS_MS = 40
PATIENCE_S = 2
MANAGER = Actor(1, "marie", Role.MANAGER)


@pytest.fixture(scope="module", params=SIZES)
def shop(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[int, Database]]:
    made = opened(listed_folder(tmp_path_factory), request.param)
    yield request.param, made
    made.close()


def _goes_on_until_whole(question: PagedQuestion[ListedPayment]) -> bool:
    """Tell whether the page became whole within the time."""
    patience = threading.Timer(PATIENCE_S, question.cancel)
    patience.start()
    try:
        while not question.first_rows(100).is_whole:
            pass
    except ReadCancelledError:
        return False
    finally:
        patience.cancel()
    return True


def test_each_keystroke_for_itself(shop: tuple[int, Database]) -> None:
    size, database = shop
    lists = PaymentLists(database)
    print()
    worst_s = 0.0
    for typed in TYPED:
        told = []
        for length in range(1, len(typed) + 1):
            taken_s = []
            for _ in range(3):
                began_s = time.thread_time()
                question = lists.ask(MANAGER, PaymentFilter(search=typed[:length]))
                found = question.first_rows(100)
                taken_s.append(time.thread_time() - began_s)
            median_s = statistics.median(taken_s)
            worst_s = max(worst_s, median_s)
            told.append(f"{typed[length - 1]} {median_s * 1000:.0f}/{len(found.rows)}")
            if not found.is_whole:
                is_whole = _goes_on_until_whole(question)
                spent_ms = (time.thread_time() - began_s) * 1000
                told[-1] += f"…{spent_ms:.0f}" if is_whole else f"…>{spent_ms:.0f}"
        print(f"{size:>9} {typed}: {'  '.join(told)}")
    print(f"{size:>9} worst keystroke {worst_s * 1000:.0f} ms (milliseconds/rows found)")


def test_typing_fast(qtbot: QtBot, shop: tuple[int, Database]) -> None:
    size, database = shop
    page = Page(database)
    qtbot.addWidget(page)
    page.show()
    qtbot.waitUntil(lambda: page.model.total and not page.tasks.is_busy, timeout=60_000)
    print()
    for typed in TYPED:
        for length in range(1, len(typed) + 1):
            page.wanted = PaymentFilter(search=typed[:length])
            page.model.ask_again()
            qtbot.wait(BETWEEN_KEYS_MS)
        began_s = time.perf_counter()
        qtbot.waitUntil(lambda: page.model.is_answered, timeout=60_000)
        rows_s = time.perf_counter() - began_s
        qtbot.waitUntil(lambda: not page.tasks.is_busy, timeout=60_000)
        counted_s = time.perf_counter() - began_s
        print(
            f"{size:>9} {typed!r} typed in {BETWEEN_KEYS_MS} ms a key: rows {rows_s * 1000:.0f} ms"
            f" after the last key, totals {counted_s * 1000:.0f} ms after it"
        )
    page.tasks.shutdown()
