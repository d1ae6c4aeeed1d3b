"""The same money in two files, one file twice at once, and files that cannot be kept."""

from __future__ import annotations

import threading
import zipfile
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from core.app import App, Configuration
from core.database.unit_of_work import Database
from core.errors import ConflictError, KnownError, StorageError
from core.model.reconciliations import PaymentReconciliation, StatementLine, StatementProvider
from core.permissions import Actor
from core.services.statements.desk import ImportedStatement, ImportStatement
from core.services.statements.importing import problems_of
from core.statements.statement import Problem, Statement, StatementFile
from core.statements.statement import StatementLine as Line
from tests.core.statements.writers import delimited, mt940

BANK = StatementProvider.BANK
START = date(2026, 7, 1)


@pytest.fixture
def shop(database: Database, tmp_path: Path) -> App:
    return App(Configuration(tmp_path / "shop"), database)


def statement(account: str, lines: int, *, prefix: str = "FT") -> Statement:
    """Return a statement whose lines are all worth the same, two of them on each day."""
    balance, made = 100_000, []
    for number in range(lines):
        balance += 5000
        made.append(
            Line(
                number + 1,
                START + timedelta(days=number // 2),
                5000,
                "RWF",
                value_date=START + timedelta(days=number // 2),
                balance_minor=balance,
                reference=f"{prefix}{number:04}",
                description=f"Sale {number}",
            )
        )
    return Statement(
        account, "RWF", tuple(made), 100_000, balance, START, made[-1].date, number="1/1"
    )


def kept(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def taken_in(shop: App, clerk: Actor, path: Path) -> ImportedStatement:
    (imported,) = shop.statements.import_file(clerk, ImportStatement(path, BANK))
    return imported


def test_the_same_money_in_another_format_is_told_before_and_after_the_import(
    shop: App, clerk: Actor, tmp_path: Path
) -> None:
    swift = mt940.write([statement("BKIGRWRW/00040-07144", 6)])
    taken_in(shop, clerk, kept(tmp_path / "july.sta", swift))
    other = statement("00040-07144", 6, prefix="POS")
    path = kept(tmp_path / "july.csv", delimited.write([other]))
    alike = shop.statements.look(path).accounts[0].standing.alike
    assert alike is not None
    assert (alike.count, alike.file_name) == (6, "july.sta")
    imported = taken_in(shop, clerk, path)
    assert imported.problems[0].startswith("6 of 6 new lines have the day and amount of lines")
    assert shop.statements.look(path).accounts[0].standing.alike is None


def test_a_longer_file_of_the_same_bank_is_not_suspected(
    shop: App, clerk: Actor, tmp_path: Path
) -> None:
    for lines in (5, 8):
        path = kept(tmp_path / f"{lines}.sta", mt940.write([statement("00040-07144", lines)]))
        imported = taken_in(shop, clerk, path)
    assert (imported.new_lines, imported.known_lines, imported.problems) == (3, 5, ())


def test_another_account_of_equal_amounts_is_not_suspected(
    shop: App, clerk: Actor, tmp_path: Path
) -> None:
    for account in ("00040-07144", "00040-07145"):
        content = mt940.write([statement(account, 4, prefix=account)])
        imported = taken_in(shop, clerk, kept(tmp_path / f"{account}.sta", content))
    assert imported.problems == ()


def test_a_letter_packed_beside_a_statement_does_not_keep_it_out(
    shop: App, clerk: Actor, tmp_path: Path
) -> None:
    path = tmp_path / "july.zip"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("july.csv", delimited.write([statement("00040-07144", 3)]))
        packed.writestr("letter.txt", "Dear customer,\nplease find your statement.\n")
    look = shop.statements.look(path)
    assert look.file is not None
    assert look.is_table
    assert shop.statements.table(path).header_row is not None
    assert taken_in(shop, clerk, path).new_lines == 3


def test_what_is_new_is_open_before_anybody_looked_for_matches(
    shop: App, clerk: Actor, tmp_path: Path
) -> None:
    path = kept(tmp_path / "july.sta", mt940.write([statement("00040-07144", 4)]))
    assert taken_in(shop, clerk, path).reconciliation.discrepancy_amount_minor == 20_000


def test_a_sentence_about_one_account_is_not_told_of_the_others() -> None:
    one, longer, third = (
        statement(account, 1) for account in ("00040-07", "00040-07-1", "Savings")
    )
    problems = (
        Problem(None, "On 00040-07 the balances do not agree."),
        Problem(None, "The last page is missing."),
    )
    file = StatementFile("mt940", "MT940", (one, longer, third), problems, "0" * 64)
    assert problems_of(file, 0) == problems
    assert problems_of(file, 1) == problems_of(file, 2) == problems[1:]


def test_one_file_imported_twice_at_once_is_there_once(
    shop: App, clerk: Actor, database: Database, tmp_path: Path
) -> None:
    path = kept(tmp_path / "july.sta", mt940.write([statement("00040-07144", 40)]))
    look = shop.statements.look(path)
    results: list[ImportedStatement | KnownError] = []

    def take_in(begin: threading.Barrier) -> None:
        begin.wait()
        command = ImportStatement(path, BANK, looked=look)
        results.extend(shop.statements.import_file(clerk, command))

    barrier = threading.Barrier(2)
    threads = [threading.Thread(target=take_in, args=(barrier,)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [isinstance(each, ImportedStatement) for each in results] == [True, True]
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(PaymentReconciliation)) == 1
        assert session.scalar(select(func.count()).select_from(StatementLine)) == 40


def test_a_file_that_cannot_be_kept_is_not_imported(
    shop: App, clerk: Actor, database: Database, tmp_path: Path
) -> None:
    path = kept(tmp_path / "july.sta", mt940.write([statement("00040-07144", 2)]))
    shop.configuration.data_dir.mkdir(exist_ok=True)
    (shop.configuration.data_dir / "archive").write_text("a file where a folder belongs")
    with pytest.raises(StorageError):
        taken_in(shop, clerk, path)
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(PaymentReconciliation)) == 0


def test_a_file_without_any_account_is_refused_in_words(
    shop: App, clerk: Actor, tmp_path: Path
) -> None:
    path = kept(tmp_path / "july.sta", mt940.write([statement("00040-07144", 2)]))
    look = shop.statements.look(path)
    assert look.file is not None
    empty = replace(look, file=replace(look.file, statements=()), accounts=())
    with pytest.raises(ConflictError, match="holds no lines"):
        shop.statements.import_file(clerk, ImportStatement(path, BANK, looked=empty))
    assert not (shop.configuration.data_dir / "archive").exists()
