"""What the report of a reconciliation says is what the books hold, in every file alike."""

from __future__ import annotations

import csv
import io
import json
import random
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from functools import partial
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import select

from core.database.unit_of_work import Database
from core.errors import KnownError, NotAllowedError, NotFoundError, StorageError
from core.model.payments import Payment
from core.model.reconciliations import Match, MatchLine, MatchPayment, StatementLine
from core.services.reconciliation_report.contract import (
    DifferenceGroup,
    ReportHead,
    Row,
    SectionName,
    Tally,
)
from core.services.reconciliation_report.sections import COLUMNS, sections_of
from core.services.refunds.service import CarryOutRefund, RequestRefund
from core.services.reports.contract import ExportFormat
from tests.core.documents import reading
from tests.core.services.by_hand import match_by_hand
from tests.core.services.conftest import SettableClock
from tests.core.services.statement_shop import CASHIER, CLERK, MANAGER, StatementShop

LIVE = "=cmd|'/c calc'!A1"
AWKWARD = f"{LIVE} <b>bold</b> مرحبا 😀"


@pytest.fixture
def shop(database: Database, tmp_path: Path) -> StatementShop:
    return StatementShop.of(database, tmp_path)


def head_of(shop: StatementShop) -> ReportHead:
    return shop.app.reconciliation_reports.head(CLERK, shop.reconciliation_id)


def rows_of(shop: StatementShop, name: SectionName) -> list[dict[str, object]]:
    """Return a section's rows by the keys of their columns."""
    found = shop.app.reconciliation_reports.rows(CLERK, shop.reconciliation_id, name)
    keys = [column.key for column in COLUMNS[name]]
    return [dict(zip(keys, row, strict=True)) for row in found]


def written(shop: StatementShop, format_: ExportFormat) -> bytes:
    return shop.app.reconciliation_reports.content(CLERK, shop.reconciliation_id, format_)


def random_shop(shop: StatementShop, seed: int) -> None:
    """Work a statement through as chance has it: overlaps, differences, undone acts and all."""
    dice = random.Random(seed)
    amounts = (2_000, 5_000, 5_000, 12_500, 40_000)
    payments = [shop.paid(dice.choice(amounts)) for _ in range(14)]
    lines = [
        (
            payment.transaction_id if dice.random() < 0.5 else f"OWN{place}",
            f"Transfer {payment.customer_name}",
            payment.amount_minor - dice.choice((0, 0, 0, 50, -100)),
        )
        for place, payment in enumerate(payments)
        if dice.random() < 0.8
    ]
    lines += [(f"OUT{place}", "Account charge", -dice.randint(1, 900)) for place in range(3)]
    lines += [(f"NEW{place}", "Deposit", dice.randint(1, 9_000)) for place in range(3)]
    shop.take_in(lines, earlier=[dice.randint(-900, 900) for _ in range(dice.randint(0, 3))])
    shop.propose()
    shop.approve_certain()
    for match in shop.detail.proposed(automatic=False):
        if dice.random() < 0.5:
            _tried(partial(shop.app.matches.approve, CLERK, [match.match_id]))
    numbers = [line.line_number for line in shop.detail.lines]
    for _ in range(6):
        chosen, proved = dice.sample(numbers, 2), dice.sample(payments, dice.randint(1, 3))
        _tried(partial(shop.match, chosen[: dice.randint(1, 2)], proved))
        _tried(partial(shop.set_aside, dice.choice(numbers), "a bank's charge"))
    for match in shop.detail.approved():
        if dice.random() < 0.2:
            shop.app.matches.undo(CLERK, [match.match_id])


def _tried(act: Callable[[], object]) -> None:
    with suppress(KnownError):
        act()


def summed(rows: tuple[Row, ...], place: int) -> int:
    return sum(cell for row in rows if isinstance(cell := row[place], int))


@pytest.mark.parametrize("seed", range(5))
def test_the_sums_below_every_section_are_those_of_its_rows_and_of_the_head(
    shop: StatementShop, seed: int
) -> None:
    random_shop(shop, seed)
    check_sums(shop)
    shop.close()
    check_sums(shop)


def check_sums(shop: StatementShop) -> None:
    head, detail = head_of(shop), shop.detail
    figures = head.figures

    for section in sections_of(head):
        rows = shop.app.reconciliation_reports.rows(CLERK, shop.reconciliation_id, section.name)
        for place, total in enumerate(section.totals):
            if total is not None:
                assert summed(rows, place) == total, (section.name, section.columns[place].key)
        assert bool(rows) == bool(section.count)
        if section.name is not SectionName.MATCHED:
            assert len(rows) == section.count
    lines = [row["line"] for row in rows_of(shop, SectionName.MATCHED) if row["line"] is not None]
    assert len(lines) == len(set(lines)) == figures.matched.count
    every = figures.matched + figures.set_aside + figures.open
    assert every == Tally(len(detail.lines), sum(line.amount_minor for line in detail.lines))
    assert every == figures.money_in + figures.money_out
    assert (every + figures.earlier).amount_minor == head.reconciliation.total_amount_minor
    assert figures.matched.count == detail.reconciliation.matched_count
    assert figures.open.count == detail.reconciliation.unmatched_count
    assert figures.missing_in_statement.count == detail.unmatched_payments_total
    unexplained = sum(
        tally.amount_minor
        for group, tally in figures.differences
        if group in {DifferenceGroup.OVER, DifferenceGroup.UNDER}
    )
    discrepancy_minor = figures.open.amount_minor + unexplained
    assert discrepancy_minor == detail.reconciliation.discrepancy_amount_minor
    received = figures.matched.amount_minor - sum(
        line.amount_minor
        for match in detail.approved()
        if match.kind in {"reversal", "refund", "bank_charge"}
        for line in match.lines
    )
    assert received - figures.proved.amount_minor == figures.difference.amount_minor


def test_a_line_of_several_payments_stands_once_with_each_payment_beside_it(
    shop: StatementShop,
) -> None:
    payments = [shop.paid(amount) for amount in (10_000, 20_000, 5_000)]
    shop.take_in([("X1", "Payout", 34_000)])
    shop.match([2], payments)

    rows = rows_of(shop, SectionName.MATCHED)

    assert [row["amount"] for row in rows] == [34_000, None, None]
    assert [row["recorded"] for row in rows] == [10_000, 20_000, 5_000]
    assert [row["difference"] for row in rows] == [-1_000, None, None]
    assert len({row["match"] for row in rows}) == 1
    [difference] = rows_of(shop, SectionName.DIFFERENCES)
    assert (difference["recorded"], difference["difference"]) == (35_000, -1_000)
    assert difference["difference_reason"] == "Received too little"
    assert difference["who"] == CLERK.name


def test_the_sections_say_what_is_missing_on_either_side_and_who_set_what_aside(
    shop: StatementShop, clock: SettableClock
) -> None:
    shop.paid(99_000, customer="Habimana Éric")
    shop.take_in([("X1", "Nobody knows", 7_000), ("X2", "Charge", -500), ("X3", "Cheque", -9_000)])
    shop.set_aside(3, "Charge of June")
    shop.app.reconciliations.take_back_ignored(CLERK, shop.line(3).line_id)
    clock.advance(hours=1)
    line_id = shop.line(3).line_id
    shop.app.reconciliations.ignore(MANAGER, line_id, reason="The bank's own charge")

    [in_books] = rows_of(shop, SectionName.MISSING_IN_BOOKS)
    [money_out] = rows_of(shop, SectionName.MONEY_OUT)
    [in_statement] = rows_of(shop, SectionName.MISSING_IN_STATEMENT)
    [set_aside] = rows_of(shop, SectionName.SET_ASIDE)

    assert (in_books["line"], in_books["amount"]) == (2, 7_000)
    assert (money_out["line"], money_out["amount"]) == (4, -9_000)
    assert (in_statement["customer"], in_statement["recorded"]) == ("Habimana Éric", 99_000)
    assert (set_aside["reason"], set_aside["who"]) == ("The bank's own charge", "marie")
    assert set_aside["when"] == clock.now


def test_lines_of_an_earlier_file_are_counted_and_not_told_again(shop: StatementShop) -> None:
    shop.take_in([("X2", "Second", 8_000)], earlier=[7_000])

    head = head_of(shop)

    assert head.figures.earlier == Tally(1, 7_000)
    assert head.figures.money_in == Tally(1, 8_000)
    assert head.figures.closing_computed_minor == head.figures.closing_stated_minor == 1_015_000


def test_what_happens_after_the_closing_does_not_change_what_it_found(
    shop: StatementShop, clock: SettableClock
) -> None:
    late = shop.paid(99_000)
    shop.take_in([("X1", "Nobody knows", 7_000)])
    clock.advance(hours=1)
    shop.close("One transfer is late.")
    closed = shop.reconciliation_id
    before = written(shop, ExportFormat.PDF)
    figures = head_of(shop).figures
    clock.advance(hours=1)
    assert written(shop, ExportFormat.PDF) == before
    assert written(shop, ExportFormat.XLSX) == written(shop, ExportFormat.XLSX)

    shop.take_in([(late.transaction_id, "Transfer", 99_000)])
    shop.match([2], [late])
    shop.paid(55_000)
    shop.reconciliation_id = closed

    assert head_of(shop).figures == figures
    [row] = rows_of(shop, SectionName.MISSING_IN_STATEMENT)
    assert (row["recorded"], row["proved_later"]) == (99_000, clock.now)
    ids = shop.app.reconciliations.unmatched_payment_ids(CLERK, closed)
    assert ids == (late.payment_id,)


@pytest.mark.parametrize("matched_again", [False, True])
def test_a_match_of_another_statement_undone_later_does_not_change_a_closed_report(
    shop: StatementShop, clock: SettableClock, matched_again: bool
) -> None:
    paid = shop.paid(99_000)
    shop.take_in([(paid.transaction_id, "Transfer", 99_000)])
    elsewhere, match = shop.reconciliation_id, shop.match([2], [paid])
    shop.take_in([("X1", "Nobody knows", 7_000)])
    closed = shop.reconciliation_id
    clock.advance(hours=1)
    shop.close("A deposit nobody knows.")
    figures, paper = head_of(shop).figures, written(shop, ExportFormat.PDF)
    assert figures.missing_in_statement == Tally()

    clock.advance(hours=1)
    shop.app.matches.undo(CLERK, [match.match_id])
    if matched_again:
        shop.reconciliation_id = elsewhere
        shop.match([2], [paid])
        shop.reconciliation_id = closed

    assert head_of(shop).figures == figures
    assert rows_of(shop, SectionName.MISSING_IN_STATEMENT) == []
    assert shop.app.reconciliations.unmatched_payment_ids(CLERK, closed) == ()
    assert written(shop, ExportFormat.PDF) == paper


def test_a_draft_says_so_on_its_pages_and_a_closed_one_does_not(shop: StatementShop) -> None:
    shop.take_in([("X1", "Nobody knows", 7_000)])
    draft = reading.squeezed(written(shop, ExportFormat.PDF))
    assert head_of(shop).is_draft
    assert "Draft:stillopen" in draft
    assert json.loads(written(shop, ExportFormat.JSON))["draft"] is True

    shop.close()

    final = reading.squeezed(written(shop, ExportFormat.PDF))
    assert "Draft" not in final
    assert "Discrepancy" in final
    assert json.loads(written(shop, ExportFormat.JSON))["draft"] is False


def test_every_closing_and_reopening_is_told_with_who_when_and_why(
    shop: StatementShop, clock: SettableClock
) -> None:
    shop.take_in([("X1", "Nobody knows", 7_000)])
    shop.close("Asked the bank.")
    clock.advance(hours=1)
    shop.app.reconciliations.reopen(MANAGER, shop.reconciliation_id, reason="A payment came up.")
    shop.close("Nothing came up.")
    shop.app.reconciliations.resolve(MANAGER, shop.reconciliation_id, notes="Given back.")

    rows = rows_of(shop, SectionName.HISTORY)

    assert [(row["act"], row["who"], row["reason"]) for row in rows] == [
        ("Closed", "claude", "Asked the bank."),
        ("Reopened", "marie", "A payment came up."),
        ("Closed", "claude", "Nothing came up."),
        ("Resolved", "marie", "Given back."),
    ]
    assert head_of(shop).status == "Resolved"


def test_text_from_outside_is_plain_in_every_file(shop: StatementShop) -> None:
    payment = shop.paid(5_000, customer=AWKWARD)
    shop.take_in([("X1", AWKWARD, 5_000), ("X2", f"{LIVE} " + "long " * 2_000, 3_000)])
    shop.match([2], [payment])

    text = written(shop, ExportFormat.CSV).decode("utf-8-sig")
    cells = [cell for line in csv.reader(io.StringIO(text, newline="")) for cell in line]
    assert f"'{AWKWARD}" in cells
    assert not any(cell.startswith("=") for cell in cells)

    book = openpyxl.load_workbook(io.BytesIO(written(shop, ExportFormat.XLSX)))
    found = [cell for sheet in book for line in sheet.iter_rows() for cell in line]
    assert {cell.data_type for cell in found if str(cell.value).startswith("=")} == {"s"}
    assert AWKWARD in {cell.value for cell in found}

    pdf = written(shop, ExportFormat.PDF)
    assert "=cmd|'/ccalc'!A1<b>bold</b>" in reading.squeezed(pdf)
    assert reading.outside(pdf, 20) == []
    assert reading.overlapping(pdf) == []
    document = json.loads(written(shop, ExportFormat.JSON))
    assert document["matched"][0]["customer"] == AWKWARD


def test_a_workbook_can_be_added_up_sorted_and_filtered(shop: StatementShop) -> None:
    payments = [shop.paid(amount) for amount in (10_000, 20_000)]
    shop.take_in([("X1", "One", 10_000), ("X2", "Two", 19_500), ("X3", "Three", 7_000)])
    shop.match([2], payments[:1])
    shop.match([3], payments[1:])

    book = openpyxl.load_workbook(io.BytesIO(written(shop, ExportFormat.XLSX)))

    assert book.sheetnames == [
        "Summary",
        "Differences",
        "Missing in our books",
        "Money out, not explained",
        "Unmatched payments",
        "Set aside",
        "Matched",
        "Closed, resolved, reopened",
    ]
    sheet = book["Matched"]
    head, first, second, total = sheet.iter_rows()
    by_title = {cell.value: place for place, cell in enumerate(head)}
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:P3"
    amount, day, when = (by_title[title] for title in ("Amount", "Date", "When"))
    assert (first[amount].value, first[amount].number_format) == (10_000, "#,##0")
    assert second[by_title["Difference"]].value == -500
    assert first[day].value == datetime(2026, 7, 1)  # noqa: DTZ001 - a sheet knows no zone
    assert (first[day].number_format, first[when].is_date) == ("yyyy-mm-dd", True)
    assert (total[0].value, total[amount].value, total[amount].font.bold) == ("Total", 29_500, True)
    figures = {line[0].value: line[2].value for line in book["Summary"].iter_rows(min_col=1)}
    assert figures["Missing in our books"] == 7_000
    assert figures["Received too little"] == -500


def test_csv_has_one_row_for_everything_and_says_of_which_section(shop: StatementShop) -> None:
    payment = shop.paid(10_000)
    shop.take_in([("X1", "One", 9_000), ("X2", "Two", 7_000)])
    shop.match([2], [payment])

    text = written(shop, ExportFormat.CSV).decode("utf-8-sig")

    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    sections = {row["section"] for row in rows}
    assert sections == {"statement", "figures", "differences", "missing_in_books", "matched"}
    [matched] = [row for row in rows if row["section"] == "matched"]
    assert (matched["line"], matched["date"], matched["amount"]) == ("2", "2026-07-01", "9000")
    assert (matched["recorded"], matched["difference"]) == ("10000", "-1000")
    figures = {row["name"]: row for row in rows if row["section"] == "figures"}
    assert (figures["open"]["count"], figures["open"]["amount"]) == ("1", "7000")


def test_only_who_may_see_reports_gets_one(shop: StatementShop, tmp_path: Path) -> None:
    shop.take_in([("X1", "One", 9_000)])
    target = tmp_path / "report.csv"
    reports = shop.app.reconciliation_reports

    with pytest.raises(NotAllowedError):
        reports.save(CASHIER, shop.reconciliation_id, ExportFormat.CSV, target)
    with pytest.raises(NotFoundError):
        reports.save(CLERK, "no such", ExportFormat.CSV, target)

    assert not target.exists()


class StoppedError(Exception):
    """What a caller raises that wants no more of it."""


@pytest.mark.parametrize("format_", list(ExportFormat))
def test_a_report_that_is_stopped_leaves_the_old_file_whole(
    shop: StatementShop, tmp_path: Path, format_: ExportFormat
) -> None:
    shop.take_in([("X1", "One", 9_000)])
    target = tmp_path / "reports" / f"report.{format_}"
    target.parent.mkdir()
    target.write_bytes(b"the report of yesterday")

    def stop(_done: int, _total: int) -> None:
        raise StoppedError

    with pytest.raises(StoppedError):
        shop.app.reconciliation_reports.save(
            CLERK, shop.reconciliation_id, format_, target, progress=stop
        )

    assert target.read_bytes() == b"the report of yesterday"
    assert [path.name for path in target.parent.iterdir()] == [target.name]


def test_a_folder_that_is_none_is_told_as_such(shop: StatementShop, tmp_path: Path) -> None:
    shop.take_in([("X1", "One", 9_000)])
    (tmp_path / "file").write_text("")

    with pytest.raises(StorageError, match="was not saved"):
        shop.app.reconciliation_reports.save(
            CLERK, shop.reconciliation_id, ExportFormat.CSV, tmp_path / "file" / "report.csv"
        )


def test_more_matched_lines_than_anybody_reads_are_summed_on_paper_and_listed_in_a_workbook(
    shop: StatementShop,
) -> None:
    payment = shop.paid(2_001)
    shop.take_in([(f"X{number}", f"Part {number}", 1) for number in range(2_001)])
    lines = [line.line_id for line in shop.detail.lines]
    match_by_hand(shop.app, CLERK, shop.reconciliation_id, lines, [payment.payment_id])
    told: list[tuple[int, int]] = []
    out = io.BytesIO()
    shop.app.reconciliation_reports.write(
        CLERK,
        shop.reconciliation_id,
        ExportFormat.CSV,
        out,
        progress=lambda done, total: told.append((done, total)),
    )

    paper = written(shop, ExportFormat.PDF)

    assert "2001lines,together2001RWF,aretoomanyforpaper" in reading.squeezed(paper)
    assert "Part 77" not in " ".join(reading.pages(paper))
    assert out.getvalue().decode("utf-8-sig").count("\r\nmatched,") == 2_001
    assert told == [(done, 2_001) for done in (0, 500, 1_000, 1_500, 2_000, 2_001)]


def test_a_refund_names_its_payment_and_proves_none(shop: StatementShop) -> None:
    payment = shop.paid(5_000)
    refunds = shop.app.refunds
    asked = refunds.request(CASHIER, RequestRefund("ask", payment.payment_id, 5_000, "broken"))
    refunds.approve(MANAGER, asked.refund_id)
    refunds.carry_out(CASHIER, CarryOutRefund("pay", asked.refund_id, "RF1"))
    shop.take_in([("X1", "Refund to a customer", -5_000)])
    line_id = shop.line(2).line_id
    with shop.app.database.write(CLERK) as unit:
        kept = unit.session.scalars(select(Payment)).one()
        line = unit.session.get_one(StatementLine, line_id)
        refund = Match(
            reconciliation=line.reconciliation,
            kind="refund",
            automatic=True,
            confidence=100,
            difference_minor=10_000,
            proposed_at=unit.now,
            line_links=[MatchLine(line=line)],
            payment_links=[MatchPayment(payment_id=kept.id)],
        )
        unit.session.add(refund)
        unit.commit()
    shop.approve_certain()

    [row] = rows_of(shop, SectionName.MATCHED)

    assert row["payment"] == payment.invoice_number
    assert (row["amount"], row["recorded"], row["difference"]) == (-5_000, None, None)
    assert row["found_by"] == "Certain evidence"
    check_sums(shop)
