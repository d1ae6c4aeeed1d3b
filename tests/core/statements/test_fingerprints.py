from __future__ import annotations

import datetime as dt

from core.statements.fingerprints import fingerprints
from core.statements.statement import StatementLine

LINE = StatementLine(
    line=2, date=dt.date(2026, 1, 5), amount_minor=5000, currency="RWF", description="Cash deposit"
)
OTHER = LINE._replace(amount_minor=7000)
WITH_ID = LINE._replace(transaction_id="23301", description="Payment by A")


def test_the_same_file_again_adds_nothing():
    lines = [LINE, OTHER, WITH_ID]
    assert fingerprints("111", lines) == fingerprints("1-1-1", lines)


def test_two_truly_equal_rows_stay_two():
    first, second = fingerprints("111", [LINE, LINE])
    assert first != second


def test_an_overlapping_file_adds_only_what_is_new():
    known = set(fingerprints("111", [LINE, LINE]))
    later = fingerprints("111", [OTHER, LINE, LINE, LINE])
    assert sum(print_ not in known for print_ in later) == 2


def test_the_order_of_the_export_does_not_matter():
    assert set(fingerprints("1", [LINE, OTHER])) == set(fingerprints("1", [OTHER, LINE]))


def test_balance_line_number_and_time_do_not_count():
    moved = LINE._replace(
        line=9,
        balance_minor=1,
        time=dt.datetime(2026, 1, 5, tzinfo=dt.UTC),
        description="cash  deposit ",
    )
    assert fingerprints("1", [LINE]) == fingerprints("1", [moved])


def test_a_line_with_an_id_is_known_even_when_its_text_was_cut():
    cut = WITH_ID._replace(description="Payment b")
    assert fingerprints("1", [WITH_ID]) == fingerprints("1", [cut])


def test_amount_date_account_and_id_each_count():
    lines = [
        WITH_ID,
        WITH_ID._replace(amount_minor=-5000),
        WITH_ID._replace(date=dt.date(2026, 1, 6)),
        WITH_ID._replace(transaction_id="23302"),
        WITH_ID._replace(reference="23301", transaction_id=""),
        WITH_ID._replace(currency="USD"),
    ]
    prints = {fingerprints("1", [line])[0] for line in lines} | set(fingerprints("2", [WITH_ID]))
    assert len(prints) == 7
