"""A month of a shop and the statement about it, of any size, and what taking it in costs.

Half of the prices are popular, names and payers return, numbers are dense. Run as a program it
takes the statement of an existing folder in and prints what it cost, so that its peak memory is
its own: ``python -m tests.benchmarks.large_statement FOLDER``. Of two folders, the second twice as
large, it prints how much more the second costs as well.

The clock begins when the file is dropped on a page that has been shown for a moment: the process
that is to match it has started and loaded what it needs, as the floor's own Python has before its
clock begins. It has read nothing of the shop. With ``--cold`` it is started within the clock, as
where the page was shown just now or a program without it takes the file in. Its processor time
counts either way.
"""

from __future__ import annotations

import argparse
import csv
import gc
import json
import os
import random
import resource
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import psutil

from core.app import App, Configuration, open_shop
from core.database.unit_of_work import Database
from core.model.reconciliations import StatementProvider
from core.permissions import Actor, Role
from core.services.statements.desk import ImportStatement

CLERK = Actor(2, "claude", Role.CLERK)
FIRST_DAY, DAYS = date(2026, 3, 1), 30
PRICES = (500, 1000, 1500, 2000, 2500, 3000, 5000, 10000, 15000, 20000, 25000, 30000, 50000)
GIVEN = ("Uwase", "Mugisha", "Keza", "Habimana", "Ingabire", "Nshuti", "Gasana", "Umutoni")
FAMILY = ("Jean", "Claude", "Aline", "Diane", "Patrick", "Olivier", "Grace", "Solange", "Yvonne")
METHODS = ("mtn_mobile_money", "airtel_money", "bank_transfer", "card")
COLUMNS = (
    "id, payment_id, payment_method, payment_type, amount_minor, currency, status, transaction_id,"
    " transaction_reference, customer_name, phone_number, account_number, claimed_transaction_id,"
    " card_approval_code, card_last4, invoice_number, invoice_generated, reconciled,"
    " reconciled_by, customer_notes, error_message, refund_reason, gateway_name, payment_link,"
    " created_by, created_at, paid_at, updated_at, version"
)

_LOADED_S = 0.5
"""A process that used no processor for so long has loaded what it needs."""

Sale = tuple[str, date, int, str, str]
"""Invoice number, day, amount, payer, phone."""


def sales(number: int) -> Iterator[Sale]:
    """Yield the month's sales, the same for the same number."""
    rng = random.Random(number)
    for key in range(number):
        yield (
            f"INV{100_000 + key}",
            FIRST_DAY + timedelta(days=rng.randrange(DAYS)),
            rng.choice(PRICES) if rng.random() < 0.5 else rng.randrange(10, 2000) * 50,
            f"{rng.choice(GIVEN)} {rng.choice(FAMILY)}",
            f"2507{rng.randrange(10**8):08d}",
        )


def fill(folder: Path, lines: int, payments: int) -> None:
    """Make a shop with open payments, and a statement of some of them beside it."""
    with open_shop(Configuration(folder / "shop", use_keyring=False)) as shop:
        _record(shop.database, payments)
    with (folder / "statement.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["Date", "Reference", "Narration", "Payer", "Debit", "Credit"])
        writer.writerows(_lines(lines, payments))


def _record(database: Database, payments: int) -> None:
    unused = ("",) * 3
    with sqlite3.connect(database.url.removeprefix("sqlite:///")) as connection:
        connection.execute("PRAGMA cache_size = -500000")
        connection.execute("PRAGMA synchronous = OFF")
        connection.executemany(
            f"INSERT INTO payment ({COLUMNS}) VALUES ({', '.join('?' * 29)})",
            (
                (
                    *(key, f"{key * 2654435761 % 2**32:08x}-{key:08d}", METHODS[key % 4]),
                    *("order_payment", amount, "RWF", "completed", f"{7 * 10**9 + key * 97}", ""),
                    *(payer, f"+{phone}", *unused, "", invoice, 1, 0, *unused, "", *unused[:2]),
                    *("aline", *(f"{day} 09:00:00.000000",) * 3, 1),
                )
                for key, (invoice, day, amount, payer, phone) in enumerate(sales(payments), 1)
            ),
        )
    connection.close()


def _lines(lines: int, payments: int) -> Iterator[tuple[object, ...]]:
    """Yield rows about payments spread over all of them."""
    rng = random.Random(lines)
    wanted = set(rng.sample(range(payments), lines))
    for key, (invoice, day, amount, payer, phone) in enumerate(sales(payments)):
        if key not in wanted:
            continue
        kind = rng.random()
        booked = day + timedelta(days=rng.randrange(3))
        brought = amount
        if kind < 0.62:
            text = f"MoMo pay {invoice} from {payer} {phone}"
        elif kind < 0.74:
            text = f"TRF {_damaged(rng, invoice)} {payer}"
        elif kind < 0.84:
            text = f"Payment received from {payer} {phone}"
        elif kind < 0.92:
            text, brought = f"MoMo settle {invoice} net of fee", amount - max(20, amount // 100)
        elif kind < 0.95:
            text, brought = "POS settlement 3 txns", amount * 3
        elif kind < 0.97:
            text, brought = f"REVERSAL {invoice}", -amount
        else:
            text, brought = "Monthly account charge", -500
        debit, credit = (-brought, "") if brought < 0 else ("", brought)
        yield booked, 9 * 10**12 + key, text, payer, debit, credit


def _damaged(rng: random.Random, invoice: str) -> str:
    place = rng.randrange(3, len(invoice) - 1)
    swapped = invoice[place + 1] + invoice[place]
    return rng.choice(
        (
            invoice[:-2],
            invoice.lower(),
            f"{invoice[:3]} {invoice[3:]}",
            invoice[:place] + swapped + invoice[place + 2 :],
        )
    )


def take_in(folder: Path, *, is_cold: bool = True) -> dict[str, float]:
    """Take the statement in up to stored proposals; return seconds of work, and rows written.

    Unless it ``is_cold`` the page that expects statements was shown before. It runs on a thread
    beside a window whose longest silence is measured. Work and memory are those of the processes
    it starts as well.
    """
    cost: dict[str, float] = {}
    silence = _Silence()

    def run() -> None:
        with open_shop(Configuration(folder / "shop", use_keyring=False)) as shop:
            worked = _work_s()
            if not is_cold:
                _show_page(shop)
            started = time.perf_counter()
            (imported,) = shop.statements.import_file(
                CLERK, ImportStatement(folder / "statement.csv", StatementProvider.BANK)
            )
            cost["import_s"] = _work_s() - worked
            shop.matches.look_for(CLERK, imported.reconciliation.reconciliation_id)
            cost["elapsed_s"] = time.perf_counter() - started
        # Until the shop is closed its processes carry over what they stored.
        cost["work_s"] = _work_s() - worked

    silence.beside(run)
    connection = sqlite3.connect(folder / "shop" / "sanduku.db")
    lines, matches, certain, links = connection.execute(
        "SELECT (SELECT count(*) FROM statement_line), (SELECT count(*) FROM match),"
        " (SELECT count(*) FROM match WHERE automatic),"
        " (SELECT count(*) FROM match_line) + (SELECT count(*) FROM match_payment)"
    ).fetchone()
    connection.close()
    return cost | {
        "lines": lines,
        "certain": certain,
        "rows": lines + matches + links,
        "peak_mb": _peak_mb(resource.RUSAGE_SELF),
        "peak_apart_mb": _peak_mb(resource.RUSAGE_CHILDREN),
        "silent_ms": 1000 * silence.longest_s,
        "busy_ms": 1000 * silence.longest_busy_s,
    }


def _show_page(shop: App) -> None:
    """Do what the page does when it is shown, and wait as long as that takes."""
    shop.statements.expect_files(CLERK)
    shop.statements.expect_no_files()  # after this one no other is to be ready
    processes = psutil.Process().children()
    used_s = -1.0
    while used_s < (used_s := sum(each.cpu_times().user for each in processes)):
        time.sleep(_LOADED_S)


def _work_s() -> float:
    """Return the processor time of this process and of those it started and that have ended.

    What the window takes to come round a hundred times a second is not the statement's.
    """
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    window = time.pthread_getcpuclockid(threading.main_thread().ident or 0)
    return sum(each.ru_utime + each.ru_stime for each in used) - time.clock_gettime(window)


def _peak_mb(who: int) -> float:
    return resource.getrusage(who).ru_maxrss / 1024


class _Silence:
    """How long a real window does not come round to what it has to do, at worst.

    ``longest_s`` by the clock, which counts what other programs take as well; ``longest_busy_s``
    is the processor time that this process spent meanwhile: what it kept its own window waiting.
    """

    _EVERY_MS = 10

    def __init__(self) -> None:
        self.longest_s = 0.0
        self.longest_busy_s = 0.0

    def beside(self, run: Callable[[], None]) -> None:
        """Run something on a thread while a window is shown."""
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        from PySide6.QtCore import QTimer  # noqa: PLC0415 - once there is a platform
        from PySide6.QtWidgets import QApplication, QTableWidget  # noqa: PLC0415 - as above

        application = QApplication.instance() or QApplication([])
        window = QTableWidget(30, 8)
        window.show()
        application.processEvents()
        gc.disable()  # as while a window is open
        thread = threading.Thread(target=run)
        thread.start()
        last, worked = time.perf_counter(), time.process_time()

        def tick() -> None:
            nonlocal last, worked
            now, work = time.perf_counter(), time.process_time()
            self.longest_s = max(self.longest_s, now - last)
            self.longest_busy_s = max(self.longest_busy_s, work - worked)
            last, worked = now, work
            if not thread.is_alive():
                application.quit()

        timer = QTimer()
        timer.timeout.connect(tick)
        timer.start(self._EVERY_MS)
        application.exec()
        thread.join()


def floor(folder: Path, rows: int) -> dict[str, float]:
    """Read the file, join it once on the reference, write as many rows: csv and sqlite3 alone."""
    connection = sqlite3.connect(folder / "shop" / "sanduku.db")
    connection.execute("DROP TABLE IF EXISTS floor")
    connection.execute(
        "CREATE TABLE floor (id INTEGER PRIMARY KEY, date, reference, text, payer, amount, payment)"
    )
    connection.execute("CREATE TEMP TABLE asked (place INTEGER PRIMARY KEY, reference TEXT)")
    connection.commit()
    started, worked = time.perf_counter(), time.process_time()
    with (folder / "statement.csv").open(encoding="utf-8", newline="") as file:
        read = list(csv.reader(file))[1:]
    connection.executemany(
        "INSERT INTO asked VALUES (?, ?)",
        ((place, row[2].partition("INV")[2][:6]) for place, row in enumerate(read)),
    )
    found = dict(
        connection.execute(
            "SELECT place, id FROM asked JOIN payment ON invoice_number = 'INV' || reference"
        ).fetchall()
    )
    connection.executemany(
        "INSERT INTO floor VALUES (NULL, ?, ?, ?, ?, ?, ?)",
        (
            (*read[place % len(read)][:4], read[place % len(read)][5], found.get(place))
            for place in range(rows)
        ),
    )
    connection.commit()
    elapsed, work = time.perf_counter() - started, time.process_time() - worked
    connection.execute("DROP TABLE floor")
    connection.commit()
    connection.close()
    return {"floor_s": elapsed, "floor_work_s": work}


def measure(folder: Path, *, is_cold: bool = True) -> dict[str, float]:
    """Take a folder's statement in; return what it cost, beside the floor."""
    cost = take_in(folder, is_cold=is_cold)
    return cost | floor(folder, int(cost["rows"]))


def _measured_apart(folder: Path, *options: str) -> dict[str, float]:
    """Measure in a process of its own, whose peak memory is this folder's alone."""
    command = [sys.executable, "-m", "tests.benchmarks.large_statement", str(folder), *options]
    told = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    print(told, end="")
    measured: dict[str, float] = json.loads(told)
    return measured


def _times_more(small: dict[str, float], large: dict[str, float]) -> str:
    names = ("lines", "work_s", "elapsed_s", "floor_work_s")
    return ", ".join(f"{name} {large[name] / small[name]:.2f} x" for name in names)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--cold", action="store_true", help="start the process within the clock")
    given = parser.parse_args()
    if len(given.folders) > 1:
        options = ("--cold",) if given.cold else ()
        print(_times_more(*(_measured_apart(each, *options) for each in given.folders)))
    else:
        print(json.dumps(measure(*given.folders, is_cold=given.cold)))
