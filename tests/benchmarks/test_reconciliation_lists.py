"""What the reconcile page asks of a large statement, beside the same SQL through bare sqlite3."""

from __future__ import annotations

import os
import sqlite3
import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import event

from core.app import App, Configuration, open_shop
from core.matching.records import MatchingResult, MatchKind, Proposal
from core.model.reconciliations import LineCategory, StatementProvider
from core.permissions import Actor, Role
from core.services.matching.proposals import payment_keys, store_proposals
from core.services.reconciliations.lists import LineFilter
from core.services.reconciliations.service import find_reconciliation, refresh_counts
from core.services.statements.desk import ImportStatement
from tests.benchmarks.large_statement import fill

LINES = int(os.environ.get("SANDUKU_BENCHMARK_LINES", "10000"))
ROUNDS = 7
CLERK = Actor(2, "claude", Role.CLERK)


@dataclass(frozen=True, slots=True)
class LargeShop:
    app: App
    path: Path
    reconciliation_id: str
    line_ids: tuple[int, ...]
    payment_ids: tuple[str, ...]

    def propose(self) -> None:
        """Store proposals of every class for three quarters of the lines."""
        matches, suggestions = [], []
        for place, line_id in enumerate(self.line_ids):
            kind = place % 8
            if kind < 5:
                matches.append(self._proposal(line_id, (place,), automatic=True))
            elif kind == 5:
                suggestions.append(self._proposal(line_id, (place, place - 1, place - 2)))
            elif kind == 6:
                suggestions.append(self._proposal(line_id, (place, place - 5), ambiguous=True))
        result = MatchingResult(tuple(matches), tuple(suggestions), (), ())
        keys: Future[Mapping[str, int]] = Future()
        keys.set_result(payment_keys(self.app.database, result))
        with self.app.database.write(CLERK) as unit:
            row = find_reconciliation(unit.session, self.reconciliation_id)
            store_proposals(unit, row, result, keys)
            refresh_counts(unit.session, row)
            unit.commit()

    def _proposal(
        self,
        line_id: int,
        places: tuple[int, ...],
        *,
        automatic: bool = False,
        ambiguous: bool = False,
    ) -> Proposal:
        return Proposal(
            line_ids=(line_id,),
            payment_ids=tuple(self.payment_ids[place] for place in places),
            kind=MatchKind.ONE_TO_ONE,
            confidence=97 if automatic else 60,
            reasons=("The reference names the invoice.", "The amount is the payment's."),
            automatic=automatic,
            ambiguous=ambiguous,
            difference_minor=0,
        )


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LargeShop]:
    folder = tmp_path_factory.mktemp("lists")
    fill(folder, LINES, 2 * LINES)
    with open_shop(Configuration(folder / "shop", use_keyring=False)) as app:
        (imported,) = app.statements.import_file(
            CLERK, ImportStatement(folder / "statement.csv", StatementProvider.BANK)
        )
        path = folder / "shop" / "sanduku.db"
        with sqlite3.connect(path) as connection:
            lines = [row[0] for row in connection.execute("SELECT id FROM statement_line")]
            payments = [row[0] for row in connection.execute("SELECT payment_id FROM payment")]
        connection.close()
        made = LargeShop(
            app, path, imported.reconciliation.reconciliation_id, tuple(lines), tuple(payments)
        )
        made.propose()
        yield made


def _asked(shop: LargeShop) -> dict[str, Callable[[], object]]:
    lists, wanted = shop.app.reconciliation_lists, shop.reconciliation_id
    middle = shop.line_ids[len(shop.line_ids) // 2]
    suggested = LineFilter(LineCategory.SUGGESTED)
    return {
        "summary": lambda: lists.summary(CLERK, wanted),
        "lines, first page": lambda: lists.lines(CLERK, wanted, LineFilter()),
        "lines, last page": lambda: lists.lines(CLERK, wanted, LineFilter(), offset=LINES - 100),
        "lines after a key": lambda: lists.lines(
            CLERK, wanted, LineFilter(), after=(LINES // 2, middle)
        ),
        "lines suggested": lambda: lists.lines(CLERK, wanted, suggested, offset=LINES // 16),
        "lines searched": lambda: lists.lines(CLERK, wanted, LineFilter(search="Uwase 5000")),
        "line": lambda: lists.line(CLERK, middle),
        "next open": lambda: lists.next_open(CLERK, wanted, LineFilter(), middle),
        "place": lambda: lists.place(CLERK, wanted, LineFilter(), shop.line_ids[-1]),
        "payments, first page": lambda: lists.unmatched_payments(CLERK, wanted),
        "payments, last page": lambda: lists.unmatched_payments(
            CLERK, wanted, offset=2 * LINES - 100
        ),
        "payments searched": lambda: lists.unmatched_payments(CLERK, wanted, search="INV10500"),
    }


def _recorded(shop: LargeShop, ask: Callable[[], object]) -> list[tuple[str, object]]:
    """Return the statements a question sends, with what is bound."""
    sent: list[tuple[str, object]] = []

    def note(_c: object, _cursor: object, sql: str, bound: object, *_rest: object) -> None:
        if sql.startswith("SELECT"):
            sent.append((sql, bound))

    event.listen(shop.app.database.engine, "before_cursor_execute", note)
    try:
        ask()
    finally:
        event.remove(shop.app.database.engine, "before_cursor_execute", note)
    return sent


def _work_ms(act: Callable[[], object]) -> float:
    found = []
    for _ in range(ROUNDS):
        started = time.process_time()
        act()
        found.append((time.process_time() - started) * 1000)
    return statistics.median(found)


def test_each_question_beside_its_own_sql(shop: LargeShop) -> None:
    bare = sqlite3.connect(shop.path)
    bare.execute("PRAGMA cache_size = -32000")
    print(f"\n  {LINES} lines, {2 * LINES} payments; milliseconds of processor time")
    for name, ask in _asked(shop).items():
        sent = _recorded(shop, ask)

        def floor(sent: list[tuple[str, object]] = sent) -> None:
            for sql, bound in sent:
                bare.execute(sql, bound).fetchall()  # type: ignore[arg-type]  # as the driver got it

        floor_ms = _work_ms(floor)
        ours_ms = _work_ms(ask)
        print(
            f"  {name:22} {ours_ms:8.1f} ms, {ours_ms / floor_ms:5.2f} x its SQL ({floor_ms:.1f})"
        )
    bare.close()


def test_what_keeping_the_offers_costs(shop: LargeShop) -> None:
    whole = _once_ms(shop.propose)
    with shop.app.database.write(CLERK) as unit:
        row = find_reconciliation(unit.session, shop.reconciliation_id)
        unit.session.connection().exec_driver_sql("UPDATE statement_line SET offer = NULL")
        settled = _once_ms(lambda: refresh_counts(unit.session, row))
        counted = _once_ms(lambda: refresh_counts(unit.session, row))
    print(
        f"\n  storing the proposals again {whole:.0f} ms, of it settling all offers"
        f" {settled - counted:.0f} ms; counts with nothing to settle {counted:.1f} ms"
    )


def _once_ms(act: Callable[[], object]) -> float:
    started = time.process_time()
    act()
    return (time.process_time() - started) * 1000
