"""What is drawn on a page, and which cells of which rows it becomes."""

from __future__ import annotations

import io

import pytest
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from core.errors import UnreadableFileError
from core.statements.reading import read_statement
from tests.core.statements.samples import amounts, messages

SIZE = 8
COLUMNS = (("Date", 30), ("Narration", 100), ("Debit", 330), ("Credit", 420), ("Balance", 510))
RIGHTS = {"Debit": 375, "Credit": 465, "Balance": 560}


class Paper:
    """A page that is drawn on by line number and place."""

    def __init__(self, size=A4):
        self.out = io.BytesIO()
        self.canvas = Canvas(self.out, pagesize=size, invariant=True)
        self.height = size[1]
        self.canvas.setFont("Helvetica", SIZE)

    def at(self, line, x, text, *, right=False):
        y = self.height - 40 - line * 12
        draw = self.canvas.drawRightString if right else self.canvas.drawString
        draw(x, y, text)
        return x + stringWidth(text, "Helvetica", SIZE)

    def rule(self, x0, line0, x1, line1):
        y0, y1 = (self.height - 40 - line * 12 + 9 for line in (line0, line1))
        self.canvas.line(x0, y0, x1, y1)

    def header(self, line, columns=COLUMNS):
        for name, x in columns:
            right = RIGHTS.get(name) if columns is COLUMNS else None
            self.at(line, right or x, name, right=right is not None)

    def row(self, line, day, text, debit="", credit="", balance=""):
        self.at(line, 30, day)
        self.at(line, 100, text)
        for name, amount in (("Debit", debit), ("Credit", credit), ("Balance", balance)):
            self.at(line, RIGHTS[name], amount, right=True)

    def saved(self, folder):
        self.canvas.save()
        path = folder / "paper.pdf"
        path.write_bytes(self.out.getvalue())
        return path


def balances(file):
    return [line.balance_minor for line in file.lines]


def test_a_text_that_runs_into_the_amount_beside_it_stays_apart(tmp_path):
    paper = Paper()
    paper.header(0)
    paper.row(1, "2026-01-05", "Deposit", credit="30,000,000", balance="30,000,000")
    long = "ATM Cash Withdrawal KIMIRONKO BRANCH KG 11 AVE KIGALI 09:44:14"
    paper.row(2, "2026-01-06", long, debit="21,723,811", balance="8,276,189")
    assert paper.at(9, 100, long) > RIGHTS["Debit"] - stringWidth("21,723,811", "Helvetica", SIZE)
    file = read_statement(paper.saved(tmp_path))
    assert amounts(file) == [30_000_000, -21_723_811]
    assert file.lines[1].description == long
    assert not messages(file)


def test_cells_that_touch_without_a_gap_are_cut_where_the_columns_meet(tmp_path):
    paper = Paper()
    paper.header(0)
    paper.row(1, "2026-01-05", "Deposit", credit="30,000,000", balance="30,000,000")
    paper.at(2, 30, "2026-01-06")
    start = RIGHTS["Debit"] - stringWidth("21,723,811", "Helvetica", SIZE)
    paper.at(
        2, start - stringWidth("Withdrawal 09:44:14", "Helvetica", SIZE), "Withdrawal 09:44:14"
    )
    paper.at(2, RIGHTS["Debit"], "21,723,811", right=True)
    paper.at(2, RIGHTS["Balance"], "8,276,189", right=True)
    file = read_statement(paper.saved(tmp_path))
    assert amounts(file) == [30_000_000, -21_723_811]
    assert file.lines[1].description == "Withdrawal 09:44:14"


def test_two_amounts_that_touch_are_two(tmp_path):
    paper = Paper()
    paper.header(0)
    for line, (credit, balance) in enumerate(
        (("77,298,438.09", "77,298,438.09"), ("1,000.00", "77,299,438.09")), start=1
    ):
        paper.at(line, 30, f"2026-01-0{line}")
        paper.at(line, 100, "Deposit")
        start = RIGHTS["Balance"] - stringWidth(balance, "Helvetica", SIZE)
        paper.at(line, start, credit, right=True)
        paper.at(line, RIGHTS["Balance"], balance, right=True)
    file = read_statement(paper.saved(tmp_path), currency="USD")
    assert amounts(file) == [7_729_843_809, 100_000]
    assert not messages(file)


def test_currency_and_balance_printed_as_one_word_are_two_columns(tmp_path):
    paper = Paper((842, 595))
    columns = (("Id", 30), ("Date", 90), ("Type", 190), ("From", 260), ("To", 400), ("Amount", 560))
    paper.header(0, columns)
    end = paper.at(0, 650, "Currency")
    paper.at(0, end, "Balance")
    balance = 1000
    for line, amount in enumerate((5000, -2000, 700), start=1):
        balance += amount
        ours, other = "FRI:250788000111/USER", f"FRI:25078812345{line}/MSISDN"
        source, target = (other, ours) if amount > 0 else (ours, other)
        cells = (f"2330{line}", f"2026-01-0{line} 10:00:00", "Float T", source, target)
        for (_, x), cell in zip(columns, cells, strict=False):
            paper.at(line, x, cell)
        paper.at(line, 590, f"{amount:,}", right=True)
        at = paper.at(line, 662, "RWF")
        paper.at(line, at, f"{balance:,}")
    file = read_statement(paper.saved(tmp_path))
    assert file.profile == "MTN MoMo Rwanda"
    assert amounts(file) == [5000, -2000, 700]
    assert balances(file) == [6000, 4000, 4700]
    assert file.statements[0].currency == "RWF"


def test_names_of_columns_may_stand_in_two_lines(tmp_path):
    paper = Paper()
    for x, above, below in (
        (30, "Book", "Date"),
        (85, "Value", "Date"),
        (500, "Closing", "Balance"),
    ):
        paper.at(0, x, above)
        paper.at(0.8, x, below)
    for x, name in ((140, "Reference"), (220, "Narration"), (380, "Debit"), (440, "Credit")):
        paper.at(0.4, x, name)
    paper.at(2, 30, "03 Dec 24")
    paper.at(2, 85, "04 Dec 24")
    for x, text in ((140, "FT1"), (220, "Transfer"), (440, "1,000"), (500, "3,000")):
        paper.at(2, x, text)
    file = read_statement(paper.saved(tmp_path))
    (line,) = file.lines
    assert (line.amount_minor, line.balance_minor, line.reference) == (1000, 3000, "FT1")
    assert (line.date.isoformat(), line.value_date.isoformat()) == ("2024-12-03", "2024-12-04")


def test_dates_references_and_amounts_broken_over_lines_are_put_together(tmp_path):
    paper = Paper()
    names = (("Date", 30), ("Reference", 70), ("Narration", 130), ("Amount", 330), ("Balance", 400))
    paper.header(0, names)
    rows = (
        ("2026-01-", "05", "FT26005AB", "CDE99", "Trans", "fer", "1,236,", "000", "2,000,000"),
        ("2026-01-", "06", "FT26006AB", "CDE98", "Fee", "", "-500", "", "1,999,500"),
    )
    for at, row in enumerate(rows):
        line = 2 + 3 * at
        for (_, x), pair in zip(names, ((0, 1), (2, 3), (4, 5), (6, 7)), strict=False):
            paper.at(line, x, row[pair[0]])
            paper.at(line + 1, x, row[pair[1]])
        paper.at(line, 400, row[8])
    for line in (1, 4, 7):
        paper.rule(25, line, 460, line)
    file = read_statement(paper.saved(tmp_path))
    assert amounts(file) == [1_236_000, -500]
    assert [line.reference for line in file.lines] == ["FT26005ABCDE99", "FT26006ABCDE98"]
    assert [line.date.day for line in file.lines] == [5, 6]
    assert not messages(file)


def test_a_date_printed_once_a_day_and_a_balance_per_day(tmp_path):
    paper = Paper()
    paper.header(0)
    paper.at(1, 100, "Balance brought forward")
    paper.at(1, RIGHTS["Balance"], "1,000", right=True)
    paper.row(2, "05/01/2026", "one", credit="500", balance="1,500")
    paper.row(3, "", "two", debit="200", balance="1,300")
    paper.row(4, "23/01/2026", "three", credit="50", balance="1,350")
    paper.at(5, 100, "Balance carried forward")
    paper.at(5, RIGHTS["Balance"], "1,350", right=True)
    file = read_statement(paper.saved(tmp_path))
    (statement,) = file.statements
    assert amounts(file) == [500, -200, 50]
    assert (statement.opening_balance_minor, statement.closing_balance_minor) == (1000, 1350)
    assert not messages(file)


def test_sums_printed_above_the_table_in_boxes_are_read(tmp_path):
    paper = Paper()
    labels = ("Opening Balance", "Total Credits", "Total Debits", "Closing Balance")
    for number, (label, value) in enumerate(
        zip(labels, ("1,000", "500", "90", "1,410"), strict=True)
    ):
        paper.at(0, 30 + 130 * number, label)
        paper.at(1.5, 40 + 130 * number, value)
    paper.at(3, 30, "Account Number : 0004001234")
    paper.at(3, 300, "Currency : RWF")
    paper.header(5)
    paper.row(6, "05/01/2026", "one", credit="500", balance="1,500")
    paper.row(7, "26/01/2026", "two", debit="100", balance="1,400")
    file = read_statement(paper.saved(tmp_path))
    (statement,) = file.statements
    assert statement.account == "0004001234"
    assert (statement.opening_balance_minor, statement.closing_balance_minor) == (1000, 1410)
    assert "states 90 as its total of money out" in messages(file)
    assert "do not add up" in messages(file)


def test_a_footer_with_numbers_below_the_table_is_no_row(tmp_path):
    paper = Paper()
    paper.header(0)
    paper.row(1, "2026-01-05", "one", credit="500", balance="1,500")
    paper.row(2, "2026-01-06", "two", credit="500", balance="2,000")
    paper.at(60, 300, "www.bk.rw (+250) 252 593 100")
    paper.at(61, 30, "Printed 2026-02-01 08:15 by 1234")
    file = read_statement(paper.saved(tmp_path))
    assert amounts(file) == [500, 500]
    assert not messages(file)


def test_a_row_that_stands_in_no_table_is_told(tmp_path):
    paper = Paper()
    paper.header(0)
    paper.row(1, "2026-01-05", "one", credit="500", balance="1,500")
    paper.canvas.showPage()
    paper.canvas.setFont("Helvetica", SIZE)
    paper.at(1, 60, "2026-01-06 two 9,000")
    file = read_statement(paper.saved(tmp_path))
    assert amounts(file) == [500]
    assert "Page 2: “2026-01-06 two 9,000” looks like a transaction" in messages(file)


def test_momo_rows_without_any_header_are_read_because_the_balance_proves_them(tmp_path):
    paper = Paper((842, 595))
    balance = 500
    for line in range(1, 8):
        balance += 1000 * line
        cells = (
            (30, f"2330{line}"), (90, f"2026-01-{line:02} 10:30:00"), (200, "SUCCESSFUL"),
            (280, "Payment"), (340, f"FRI:25078812345{line}/MSISDN"),
            (480, "FRI:250788000111/USER"),
            (620, f"{1000 * line:,}"), (680, "0"), (720, f"{balance:,}"),
        )  # fmt: skip
        for x, text in cells:
            paper.at(line, x, text)
    file = read_statement(paper.saved(tmp_path))
    assert amounts(file) == [1000 * line for line in range(1, 8)]
    assert balances(file)[-1] == balance


@pytest.mark.parametrize(
    "lines",
    [
        [
            "Dear customer,",
            "your account was opened on 2026-01-05 with 5,000 RWF.",
            "Yours, the bank",
        ],
        [
            "Invoice 2026/17",
            "Item Quantity Price Amount",
            "Rice 25 kg 2 30,000 60,000",
            "Total 60,000",
        ],
    ],
    ids=["letter", "invoice"],
)
def test_other_papers_are_refused_as_no_statement(tmp_path, lines):
    paper = Paper()
    for number, text in enumerate(lines):
        paper.at(number, 50, text)
    with pytest.raises(UnreadableFileError, match="not recognised as a statement"):
        read_statement(paper.saved(tmp_path))


def test_an_invoice_with_dated_lines_is_still_no_statement(tmp_path):
    paper = Paper()
    paper.at(0, 30, "FACTURE 2026/17")
    paper.header(2, (("Date", 30), ("Description", 100), ("Amount", 400)))
    paper.at(3, 30, "05/01/2026")
    paper.at(3, 100, "Rice")
    paper.at(3, 400, "60,000")
    with pytest.raises(UnreadableFileError, match="not recognised as a statement"):
        read_statement(paper.saved(tmp_path))


def test_a_scan_is_refused_with_what_to_do(tmp_path):
    paper = Paper()
    paper.rule(10, 3, 500, 9)
    with pytest.raises(UnreadableFileError, match=r"is a scan.*Ask the bank"):
        read_statement(paper.saved(tmp_path))


def test_text_that_a_scanner_recognised_is_read_with_a_warning(tmp_path):
    paper = Paper()
    paper.canvas._code.append("3 Tr")
    paper.header(0)
    paper.row(1, "2026-01-05", "one", credit="500", balance="1,500")
    file = read_statement(paper.saved(tmp_path))
    assert amounts(file) == [500]
    assert "recognised from a scanned picture" in messages(file)


def test_amounts_with_spaces_between_their_groups_are_one(tmp_path):
    paper = Paper()
    paper.header(0)
    paper.row(1, "02/01/2026", "VIREMENT 12", credit="1 250 000", balance="1 350 000")
    paper.row(2, "23/01/2026", "FRAIS 002", debit="2 360", balance="1 347 640")
    file = read_statement(paper.saved(tmp_path))
    assert amounts(file) == [1_250_000, -2_360]
    assert [line.description for line in file.lines] == ["VIREMENT 12", "FRAIS 002"]
    assert not messages(file)


def test_dates_without_a_year_take_it_from_the_statement_and_say_so(tmp_path):
    paper = Paper()
    paper.at(0, 30, "Statement as at 05 Jan 2026")
    paper.header(2)
    paper.row(3, "30 Dec", "one", credit="500", balance="1,500")
    paper.row(4, "02 Jan", "two", debit="200", balance="1,300")
    file = read_statement(paper.saved(tmp_path))
    assert [line.date.isoformat() for line in file.lines] == ["2025-12-30", "2026-01-02"]
    assert "no year: it was taken from 05.01.2026" in messages(file)


def test_lines_of_dashes_and_a_footer_right_below_are_left_out(tmp_path):
    paper = Paper()
    paper.header(0)
    paper.at(1, 30, "----------")
    paper.at(1, 340, "----------------------------")
    paper.row(2, "2026-01-05", "one", credit="500", balance="1,500Cr")
    paper.row(3, "2026-01-06", "two", debit="2,000", balance="500Dr")
    paper.at(4, 100, "wrapped text")
    paper.at(5, 30, "Page 1 of 1")
    paper.at(5, 480, "Printed on 01-Feb-2026 10:11")
    file = read_statement(paper.saved(tmp_path))
    assert amounts(file) == [500, -2000]
    assert balances(file) == [1500, -500]
    assert file.lines[1].description == "two wrapped text"
    assert not messages(file)


def test_names_centred_over_their_texts_do_not_move_the_columns(tmp_path):
    paper = Paper()
    names = (("Entry Date", 30), ("Transaction Description", 210), ("Transaction Amount", 330))
    paper.header(0, (*names, ("Statement Balance", 440)))
    for line, (day, text, amount, balance) in enumerate(
        (("01/08/23", "CASH", "120.00-", "380.00"), ("23/08/23", "TRANSFER", "300.00+", "680.00")),
        start=1,
    ):
        paper.at(line, 34, day)
        paper.at(line, 90, text)
        paper.at(line, 405, amount, right=True)
        paper.at(line, 515, balance, right=True)
    file = read_statement(paper.saved(tmp_path), currency="USD")
    assert amounts(file) == [-12_000, 30_000]
    assert [line.description for line in file.lines] == ["CASH", "TRANSFER"]
