"""PDF statements of the banks and networks that shops in Rwanda use, read as they are printed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from core.errors import UnreadableFileError
from core.money import display
from core.statements.profile import ColumnProfile, Role
from core.statements.reading import read_statement
from tests.core.statements.samples import messages
from tests.core.statements.writers import pdf_layouts
from tests.core.statements.writers.pdf import Look, sample, write
from tests.core.statements.writers.pdf_layouts import LAYOUTS


def read(tmp_path, content, **options):
    path = tmp_path / "statement.pdf"
    path.write_bytes(content)
    return read_statement(path, **options)


def told(file):
    """Return all problems but the one question that a clerk is asked anyway."""
    return [p.message for p in file.problems if "day first or month first" not in p.message]


def movements(lines):
    return [(line.date, line.amount_minor, line.balance_minor) for line in lines]


@pytest.mark.parametrize("name", LAYOUTS)
@pytest.mark.parametrize(
    "look",
    [
        Look(),
        Look(ruled="rows", upright="middle"),
        Look(ruled="", padding=0.3),
        Look(ruled="head", header_on_each_page=False, embedded=True),
        Look(ruled="", block_on_each_page=False, watermark="COPY"),
        Look(upright="bottom", turned=True),
    ],
    ids=["grid", "rows", "bare", "one-header", "watermark", "turned"],
)
def test_every_layout_is_read_whole_however_it_is_drawn(tmp_path, name, look):
    statement = sample(name, count=50)
    file = read(tmp_path, write([statement], layout=name, look=replace(look, landscape=True)))
    (found,) = file.statements
    lines = found.lines[::-1] if LAYOUTS[name].newest_first else found.lines
    assert movements(lines) == movements(statement.lines)
    assert [line.line for line in found.lines] == list(range(1, 51))
    assert (found.account, found.currency) == (statement.account, "RWF")
    assert found.opening_balance_minor == statement.opening_balance_minor
    assert found.closing_balance_minor == statement.closing_balance_minor
    assert told(file) == []
    assert file.format == "pdf"


@pytest.mark.parametrize(
    ("layout", "profile"),
    [
        ("bk_account", "Bank of Kigali (account statement)"),
        ("bk_branch", "Bank of Kigali (branch)"),
        ("bk_internet", "Bank of Kigali (internet banking)"),
        ("mtn", "MTN MoMo Rwanda"),
        ("airtel", "Airtel Money Rwanda"),
        ("mpesa", "M-Pesa"),
        ("french", "detected"),
    ],
)
def test_the_layouts_are_known_by_name(tmp_path, layout, profile):
    look = Look(landscape=True)
    assert read(tmp_path, write([sample(layout)], layout=layout, look=look)).profile == profile


def test_bank_of_kigali_says_everything_it_prints(tmp_path):
    file = read(tmp_path, write([sample()]))
    (statement,) = file.statements
    first = statement.lines[0]
    assert first.date == first.value_date == date(2026, 1, 1)
    assert first.reference == "FT2600001ABCD"
    assert first.description.endswith("MUKAMANA Aline | Ubwishyu bw'inzu")
    assert (statement.period_start, statement.period_end) == (date(2026, 1, 1), date(2026, 1, 5))
    assert statement.balance_gap_minor() == 0


def test_the_holders_phone_number_is_not_the_account(tmp_path):
    (statement,) = read(tmp_path, write([sample()])).statements
    assert statement.account == "00040-0123456-78"


def test_a_withdrawal_and_its_fee_keep_the_same_reference(tmp_path):
    statement = sample(count=2)
    first, second = statement.lines
    twin = replace(
        statement, lines=(first, second._replace(reference=first.reference, description="Fee"))
    )
    file = read(tmp_path, write([twin]))
    assert [line.reference for line in file.lines] == [first.reference] * 2
    assert file.lines[1].description == "Fee"


def test_the_block_on_each_of_45_pages_is_never_a_row(tmp_path):
    statement = sample(count=45 * 23)
    seen = []
    path = tmp_path / "long.pdf"
    path.write_bytes(write([statement], look=Look(upright="middle")))
    file = read_statement(path)
    assert len(file.lines) == 45 * 23
    assert movements(file.lines) == movements(statement.lines)
    assert told(file) == seen


def test_momo_truncated_types_fees_and_time(tmp_path):
    statement = sample("mtn", count=6)
    types = ("Float T", "External p", "Cash out", "Batch t", "Debit", "External t")
    balance = 500_000
    lines = []
    for line, kind in zip(statement.lines, types, strict=True):
        fee = 100 if line.amount_minor < 0 else 0
        balance += line.amount_minor - fee
        lines.append(line._replace(description=kind, fee_minor=fee, balance_minor=balance))
    paid = replace(statement, lines=tuple(lines), closing_balance_minor=balance)
    file = read(tmp_path, write([paid], layout="mtn", look=Look(landscape=True, ruled="")))
    (found,) = file.statements
    assert [line.description for line in found.lines] == list(types)
    assert [line.fee_minor for line in found.lines] == [0, 0, 100, 0, 0, 100]
    assert found.fees_separate
    assert found.lines[0].time == datetime(2026, 1, 1, 6, 1, 5, tzinfo=UTC)
    assert found.lines[0].counterparty_account == "250788123401"
    assert found.lines[2].counterparty == "JEAN UWASE"
    assert told(file) == []


def test_a_failed_momo_row_is_told_and_never_money(tmp_path):
    statement = sample("mtn", count=4)
    failed = statement.lines[1]._replace(status="FAILED", balance_minor=502_370)
    rest = [line._replace(balance_minor=line.balance_minor - 3740) for line in statement.lines[2:]]
    printed = replace(statement, lines=(statement.lines[0], failed, *rest))
    file = read(tmp_path, write([printed], layout="mtn", look=Look(landscape=True)))
    assert [line.line for line in file.lines] == [1, 3, 4]
    (problem,) = file.problems
    assert problem.line == 2
    assert problem.message.startswith("Transaction 2 (page 1): ")
    assert "FAILED" in problem.message


def test_several_accounts_in_one_file_stay_apart(tmp_path):
    first = sample(count=30)
    second = replace(sample(count=5), account="00040-9999999-11")
    file = read(tmp_path, write([first, second], look=Look(ruled="")))
    one, two = file.statements
    assert (one.account, len(one.lines)) == ("00040-0123456-78", 30)
    assert (two.account, len(two.lines)) == ("00040-9999999-11", 5)
    assert two.opening_balance_minor == 500_000
    assert [line.line for line in two.lines] == [31, 32, 33, 34, 35]
    assert told(file) == []


def test_every_row_whose_balance_breaks_is_named_with_its_page(tmp_path):
    statement = sample(count=60)
    lines = list(statement.lines)
    for at in (4, 50):
        lines[at] = lines[at]._replace(balance_minor=lines[at].balance_minor + 7)
    file = read(tmp_path, write([replace(statement, lines=tuple(lines))]))
    named = [problem.line for problem in file.problems if "balance should be" in problem.message]
    assert named == [5, 6, 51, 52]
    assert "Transaction 5 (page 1): the balance should be" in messages(file)
    assert "Transaction 51 (page 2)" in messages(file)


def test_totals_that_differ_from_the_transactions_are_told(tmp_path):
    look = Look(extra={"credits": "999,999"})
    file = read(tmp_path, write([sample()], look=look))
    (message,) = told(file)
    assert message.startswith("The file states 999,999 as its total of money in, and")
    assert display(73_760, "RWF") in message


def test_a_stated_closing_balance_that_differs_is_told(tmp_path):
    file = read(tmp_path, write([sample()], look=Look(extra={"closing": "528,661"})))
    assert "do not add up" in messages(file)


def test_dates_that_leave_day_and_month_open_take_the_persons_answer(tmp_path):
    content = write([sample("french")], layout="french")
    asked = read(tmp_path, content)
    assert "day first" in messages(asked)
    answered = read(tmp_path, content, profile=ColumnProfile("Mine", date_order="mdy"))
    assert answered.lines[2].date == date(2026, 2, 1)


def test_dollars_keep_their_cents(tmp_path):
    statement = sample(currency="USD", count=8)
    file = read(tmp_path, write([statement], look=Look(ruled="")))
    assert movements(file.lines) == movements(statement.lines)
    assert file.statements[0].currency == "USD"


def test_a_missing_page_is_told(tmp_path):
    from pypdfium2 import PdfDocument  # noqa: PLC0415

    with PdfDocument(write([sample("mtn", count=40)], layout="mtn")) as document:
        document.del_page(2)
        document.save(tmp_path / "cut.pdf")
    file = read_statement(tmp_path / "cut.pdf")
    assert "pages are missing" in messages(file)


def test_only_the_file_of_an_owner_is_opened_without_a_password(tmp_path):
    from reportlab.lib.pdfencrypt import StandardEncryption  # noqa: PLC0415

    owned = StandardEncryption("", ownerPassword="secret", canModify=0, strength=128)
    opened = read(tmp_path, write([sample()], look=Look(encrypt=owned)))
    assert len(opened.lines) == 12
    assert told(opened) == []
    closed = StandardEncryption("user", ownerPassword="secret", strength=128)
    with pytest.raises(UnreadableFileError, match="protected by a password"):
        read(tmp_path, write([sample()], look=Look(encrypt=closed)))


def test_reading_tells_how_far_it_is_and_can_be_stopped(tmp_path):
    from core.statements.reading import READERS, open_source  # noqa: PLC0415

    class StoppedError(Exception):
        pass

    path = tmp_path / "long.pdf"
    path.write_bytes(write([sample(count=120)]))
    seen = []

    def watch(done, total):
        seen.append((done, total))
        if done == 3:
            raise StoppedError

    source = replace(open_source(path), progress=watch)
    with pytest.raises(StoppedError):
        READERS.reader_of(source).read(source, None, "RWF")
    assert seen == [(1, 5), (2, 5), (3, 5)]


def test_the_preview_shows_the_first_rows_and_their_columns(tmp_path):
    from core.statements.pdf.reader import PdfReader  # noqa: PLC0415
    from core.statements.reading import open_source  # noqa: PLC0415

    path = tmp_path / "long.pdf"
    path.write_bytes(write([sample(count=500)], look=Look(ruled="")))
    table = PdfReader().preview(open_source(path), None)
    assert len(table.rows) == 100
    assert table.header_row is not None
    assert table.rows[table.header_row] == tuple(c.name for c in pdf_layouts.BK_ACCOUNT.columns)
    assert table.profile is not None


def test_names_that_no_synonym_knows_are_read_by_a_persons_mapping(tmp_path):
    names = {
        "Book Date": "Umunsi",
        "Narration": "Icyo",
        "Debit": "Byasohotse",
        "Credit": "Byinjiye",
    }
    columns = tuple(
        replace(column, name=names.get(column.name, column.name))
        for column in pdf_layouts.BK_ACCOUNT.columns
        if column.name != "Value Date"
    )
    layout = replace(pdf_layouts.BK_ACCOUNT, columns=columns)
    content = write([sample()], layout=layout, look=Look(ruled=""))
    with pytest.raises(UnreadableFileError, match="not recognised"):
        read(tmp_path, content)
    mapping = ColumnProfile(
        "Mine",
        columns=(
            (Role.DATE, ("Umunsi",)),
            (Role.DESCRIPTION, ("Icyo",)),
            (Role.DEBIT, ("Byasohotse",)),
            (Role.CREDIT, ("Byinjiye",)),
            (Role.BALANCE, ("Balance",)),
        ),
    )
    file = read(tmp_path, content, profile=mapping)
    assert movements(file.lines) == movements(sample().lines)
    assert file.profile == "Mine"
