"""A month of a shop and the statement about it, of any size, and what taking it in costs.

Half of the prices are popular, names and payers return, numbers are dense. Run as a program it
takes the statement of an existing folder in and prints what it cost, so that its peak memory is
its own: ``python -m tests.benchmarks.large_statement FOLDER``.
"""

from __future__ import annotations

import csv
import json
import random
import resource
import sqlite3
import sys
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from core.app import Configuration, open_shop
from core.database.unit_of_work import Database
from core.model.reconciliations import StatementProvider
from core.permissions import Actor, Role
from core.services.statement_desk import ImportStatement

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


def take_in(folder: Path) -> dict[str, float]:
    """Take the statement in up to stored proposals; return seconds of work, and rows written."""
    with open_shop(Configuration(folder / "shop", use_keyring=False)) as shop:
        started, worked = time.perf_counter(), time.process_time()
        (imported,) = shop.statements.import_file(
            CLERK, ImportStatement(folder / "statement.csv", StatementProvider.BANK)
        )
        imported_s = time.process_time() - worked
        shop.matches.look_for(CLERK, imported.reconciliation.reconciliation_id)
        elapsed, work = time.perf_counter() - started, time.process_time() - worked
    connection = sqlite3.connect(folder / "shop" / "sanduku.db")
    lines, matches, certain, links = connection.execute(
        "SELECT (SELECT count(*) FROM statement_line), (SELECT count(*) FROM match),"
        " (SELECT count(*) FROM match WHERE automatic),"
        " (SELECT count(*) FROM match_line) + (SELECT count(*) FROM match_payment)"
    ).fetchone()
    connection.close()
    return {
        "elapsed_s": elapsed,
        "work_s": work,
        "import_s": imported_s,
        "lines": lines,
        "certain": certain,
        "rows": lines + matches + links,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


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


if __name__ == "__main__":
    cost = take_in(Path(sys.argv[1]))
    print(json.dumps(cost | floor(Path(sys.argv[1]), int(cost["rows"]))))
