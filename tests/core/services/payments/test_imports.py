from __future__ import annotations

import csv
import io
import json
import shutil
import tempfile
import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event, func, select, text

from core.database.backup import check
from core.database.engine import sqlite_url
from core.database.unit_of_work import Database
from core.errors import NotAllowedError, StorageError, UnreadableFileError
from core.model.customers import Customer, Order
from core.model.invoices import Invoice
from core.model.journal import Change
from core.model.payments import Payment, PaymentMethod, PaymentStatus, PaymentType
from core.permissions import Actor, Role
from core.services.audit.trail import AuditService
from core.services.papers.invoices import InvoiceService
from core.services.payments import files as payment_files
from core.services.payments.import_report import ImportReport
from core.services.payments.imports import ImportService
from core.services.payments.json_form import payment_document
from core.services.payments.lists import PaymentFilter, PaymentLists
from core.services.payments.rules import CompletePayment, RecordPayment
from core.services.payments.service import PaymentService
from core.services.rows import PaymentRow
from tests.core.services.conftest import SettableClock

SAMPLE = {
    "payment_id": "a1b2c3d4-e5f6-4a5b-8c9d-e0f1a2b3c4d5",
    "order_id": 1001,
    "payment_method": "mtn_mobile_money",
    "payment_type": "order_payment",
    "amount": "15000.00",
    "currency": "RWF",
    "status": "completed",
    "transaction_id": "TXN123456789",
    "transaction_reference": "ORD-2026-01-16-001",
    "phone_number": "+250788123456",
    "gateway_name": "MTN Mobile Money",
    "invoice_number": "INV-20260116-00001",
    "reconciled": True,
    "created_at": "2026-01-16T10:30:00Z",
    "paid_at": "2026-01-16T10:35:00Z",
}
PLAIN = {"payment_method": "cash", "amount": "500", "status": "completed"}

Import = Callable[[object], ImportReport]


@pytest.fixture
def take_in(database: Database, clerk: Actor, tmp_path: Path) -> Import:
    """Import some content: bytes or text as they are, anything else as JSON."""

    def run(content: object) -> ImportReport:
        path = tmp_path / "payments.any"
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            text = content if isinstance(content, str) else json.dumps(content)
            path.write_text(text, encoding="utf-8", newline="")
        return ImportService(database).import_file(clerk, path)

    return run


def rows_of(database: Database, actor: Actor) -> tuple[PaymentRow, ...]:
    return PaymentLists(database).page(actor, PaymentFilter(), limit=1000).rows


def only_reason(report: ImportReport) -> str:
    assert (report.new, len(report.refused)) == (0, 1), report
    return report.refused[0].reason


def as_csv(documents: list[dict[str, object]], delimiter: str = ",") -> str:
    columns = list(dict.fromkeys(name for document in documents for name in document))
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, columns, delimiter=delimiter)
    writer.writeheader()
    writer.writerows(documents)
    return file.getvalue()


def test_the_sample_payment_goes_in_as_it_is(
    take_in: Import, database: Database, clerk: Actor
) -> None:
    assert (take_in(SAMPLE).new, take_in(SAMPLE).known) == (1, 1)
    (row,) = rows_of(database, clerk)
    assert row.payment_method is PaymentMethod.MTN_MOBILE_MONEY
    assert row.status is PaymentStatus.COMPLETED
    assert row.amount_minor == 15_000
    assert row.order_number == "1001"
    assert row.reconciled
    assert row.invoice_generated
    assert row.created_at == datetime(2026, 1, 16, 10, 30, tzinfo=UTC)
    assert row.paid_at == datetime(2026, 1, 16, 10, 35, tzinfo=UTC)
    document = payment_document(row)
    assert {name: document[name] for name in SAMPLE} == SAMPLE | {"amount": "15000"}
    with database.read() as session:
        invoice = session.scalars(select(Invoice)).one()
        assert invoice.invoice_number == "INV-20260116-00001"
        assert invoice.issued_date == date(2026, 1, 16)
        assert invoice.tax_minor == 2_288
        assert session.scalars(select(Order.order_number)).one() == "1001"
    assert check(database.engine) == ()


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("form", ["array", "pretty array", "lines", "csv", "csv ;", "csv tab"])
def test_every_form_of_the_same_payments_is_the_same(
    form: str, mark: str, line_end: str, take_in: Import
) -> None:
    documents: list[dict[str, object]] = [
        SAMPLE | {"customer_name": "Uwase; Aline, “A”", "customer_notes": "two\nlines"},
        PLAIN | {"created_at": "2026-01-16T10:30:00"},
    ]
    assert take_in(documents).new == 2
    text = {
        "array": json.dumps(documents),
        "pretty array": json.dumps(documents, indent=2, ensure_ascii=False),
        "lines": "\n".join(json.dumps(document) for document in documents) + "\n\n",
        "csv": as_csv(documents).replace("\r\n", "\n"),
        "csv ;": as_csv(documents, ";").replace("\r\n", "\n"),
        "csv tab": as_csv(documents, "\t").replace("\r\n", "\n"),
    }[form]
    if "csv" not in form:
        text = text.replace("\n", line_end)
    report = take_in(mark + text)
    assert (report.new, report.known, report.refused) == (0, 2, ())


def test_two_truly_equal_rows_without_an_id_stay_two_and_come_in_once(take_in: Import) -> None:
    assert take_in([PLAIN, PLAIN]).new == 2
    again = take_in([PLAIN, PLAIN])
    assert (again.new, again.known) == (0, 2)
    more = take_in([PLAIN, PLAIN, PLAIN])
    assert (more.new, more.known) == (1, 2)


def test_the_same_id_with_another_amount_is_refused(take_in: Import) -> None:
    take_in(SAMPLE)
    report = take_in([SAMPLE | {"amount": "12000"}])
    assert only_reason(report) == "differs in amount: 15000 here, 12000 in the file"
    assert report.refused[0].payment_id == SAMPLE["payment_id"]


def test_a_payment_that_moved_on_here_is_still_known_when_its_file_comes_again(
    take_in: Import, database: Database, cashier: Actor, clerk: Actor
) -> None:
    waiting = PLAIN | {"status": "pending"}
    take_in(waiting)
    (row,) = rows_of(database, clerk)
    command = CompletePayment(key="k", payment_id=row.payment_id, tendered_minor=500)
    PaymentService(database).complete(cashier, command)
    assert take_in(waiting).known == 1
    (row,) = rows_of(database, clerk)
    assert row.status is PaymentStatus.COMPLETED


def test_what_this_program_writes_it_knows_again(
    take_in: Import, database: Database, cashier: Actor, clerk: Actor
) -> None:
    for method, done in ((PaymentMethod.CASH, True), (PaymentMethod.MTN_MOBILE_MONEY, False)):
        command = RecordPayment(
            key=method.value, method=method, amount_minor=5_000, order_number="0042" + method,
            customer_name="Eric", phone_number="0788123456",
            tendered_minor=6_000 if done else None, complete_now=done,
        )  # fmt: skip
        PaymentService(database).record(cashier, command)
    report = take_in([payment_document(row) for row in rows_of(database, clerk)])
    assert (report.new, report.known, report.refused) == (0, 2, ())


def test_a_transaction_or_invoice_number_of_another_payment_is_refused(take_in: Import) -> None:
    take_in(SAMPLE)
    other = SAMPLE | {"payment_id": str(uuid.uuid4()), "invoice_number": None}
    assert "TXN123456789 already belongs to payment a1b2c3d4" in only_reason(take_in([other]))
    other = SAMPLE | {"payment_id": str(uuid.uuid4()), "transaction_id": "T2"}
    assert "INV-20260116-00001 already belongs to" in only_reason(take_in([other]))
    other |= {"invoice_number": None, "transaction_id": "TXN123456789", "payment_method": "airtel"}
    assert take_in([other]).new == 1


def test_a_doubled_transaction_within_one_file_is_refused(take_in: Import) -> None:
    row = PLAIN | {"transaction_id": "T1"}
    report = take_in([row, row])
    assert (report.new, [one.position for one in report.refused]) == (1, [2])
    again = take_in([row, row])
    assert (again.new, again.known, len(again.refused)) == (0, 1, 1)


def test_good_rows_go_in_and_bad_ones_are_named_by_their_place(take_in: Import) -> None:
    rows = [PLAIN, 5, PLAIN | {"amount": "-3"}, {}, PLAIN | {"status": "paid?"}]
    report = take_in(rows)
    assert report.new == 1
    assert [one.position for one in report.refused] == [2, 3, 4, 5]
    by_line = take_in(
        "amount;payment_method;status;customer_notes\n"
        '700;cash;completed;"a\nb"\n\n0;cash;completed;\n800;cash;completed;;extra\n'
    )
    assert (by_line.new, [one.position for one in by_line.refused]) == (1, [5, 6])
    lines = take_in('\n{"amount": 1}\n' + json.dumps(PLAIN | {"amount": 900}) + "\n{}")
    assert (lines.new, [one.position for one in lines.refused]) == (1, [2, 4])


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"amount": "12.5"}, "finer than the smallest RWF coin"),
        ({"amount": "15,000"}, "is not an amount"),
        ({"amount": 0}, "more than zero"),
        ({"amount": True}, "amount is not a number"),
        ({"amount": None}, "amount is missing"),
        ({"amount": "1" * 50}, "not an amount"),
        ({"payment_method": "goat"}, "“goat” is not a payment_method; known are cash"),
        ({"payment_method": None}, "payment_method is missing"),
        ({"payment_type": "gift"}, "“gift” is not a payment_type"),
        ({"status": "maybe"}, "“maybe” is not a status"),
        ({"transaction_status": "odd"}, "“odd” is not a transaction_status"),
        ({"phone_number": "12"}, "not a telephone number"),
        ({"currency": "francs"}, "not a currency code"),
        ({"created_at": "yesterday"}, "created_at “yesterday” is not a time"),
        ({"paid_at": "0001-01-01T00:00:00+14:00"}, "is not a time"),
        ({"created_at": 5.5}, "created_at is not a text"),
        ({"payment_id": "12"}, "is not a UUID"),
        ({"customer_name": ["Eric"]}, "customer_name is not a text"),
        ({"customer_name": "E" * 201}, "longer than 200"),
        ({"customer_name": "a\x00b"}, "no text"),
        ({"customer_name": "\ud800"}, "no text"),
        ({"reconciled": "perhaps"}, "neither true nor false"),
        ({"reconciled": True, "status": "pending"}, "only a completed payment"),
        ({"card_last4": "4111111111111111"}, "not four digits"),
    ],
)
def test_a_field_that_cannot_be_used_refuses_the_row_with_its_reason(
    change: dict[str, object], reason: str, take_in: Import
) -> None:
    assert reason in only_reason(take_in([PLAIN | change]))


def test_a_number_too_long_to_print_is_refused_at_once(take_in: Import) -> None:
    text = '[{"payment_method":"cash","status":"completed","amount":%s}]'
    for amount in ("1e999999999", "9" * 5000, "NaN", "1e-999999"):
        assert "amount" in only_reason(take_in(text % amount))


def test_other_words_for_the_same_are_understood(
    take_in: Import, database: Database, clerk: Actor
) -> None:
    take_in(
        [
            PLAIN | {"payment_method": "Cash on Delivery", "status": "Completed"},
            PLAIN | {"payment_method": "COD", "status": "canceled"},
            PLAIN
            | {"payment_method": "MoMo", "payment_type": "subscription_payment", "amount": 15.0},
            PLAIN | {"payment_method": "bank", "phone_number": "0788 123 456", "reconciled": "yes"},
        ]
    )
    rows = {row.payment_method: row for row in rows_of(database, clerk)}
    assert PaymentMethod.CASH_ON_DELIVERY in rows
    assert rows[PaymentMethod.MTN_MOBILE_MONEY].payment_type is PaymentType.SUBSCRIPTION
    assert rows[PaymentMethod.MTN_MOBILE_MONEY].amount_minor == 15
    assert rows[PaymentMethod.BANK_TRANSFER].phone_number == "+250788123456"
    assert rows[PaymentMethod.BANK_TRANSFER].reconciled


def test_an_unsent_attempt_of_another_program_never_asks_a_customer_for_money(
    take_in: Import, database: Database, clerk: Actor
) -> None:
    unsent = {"payment_method": "mtn", "status": "pending", "transaction_status": "created"}
    take_in([PLAIN | unsent])
    (row,) = rows_of(database, clerk)
    assert row.transaction_status == "unknown"


def test_a_moment_without_a_zone_is_shop_time(
    take_in: Import, database: Database, clerk: Actor
) -> None:
    take_in([PLAIN | {"created_at": "2026-01-16T00:30:00"}])
    (row,) = rows_of(database, clerk)
    assert row.created_at == row.paid_at == datetime(2026, 1, 15, 22, 30, tzinfo=UTC)


def test_a_number_drawn_after_an_import_is_a_new_one(
    take_in: Import, database: Database, cashier: Actor
) -> None:
    today = f"INV-{database.clock():%Y%m%d}"
    take_in(
        [
            PLAIN | {"invoice_number": f"{today}-00041"},
            PLAIN | {"invoice_number": f"{today}-00007"},
            PLAIN | {"invoice_number": "OLD/7"},
        ]
    )
    command = RecordPayment(
        key="k", method=PaymentMethod.CASH, amount_minor=1, tendered_minor=1, complete_now=True
    )
    assert PaymentService(database).record(cashier, command).invoice_number == f"{today}-00042"
    assert check(database.engine) == ()


def test_orders_and_customers_are_shared_not_doubled(take_in: Import, database: Database) -> None:
    who = {"order_id": "A-1", "customer_name": "Eric", "phone_number": "0788123456"}
    take_in([PLAIN | who | {"amount": 1}, PLAIN | who | {"amount": 2}])
    take_in([PLAIN | who | {"amount": 3}])
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Order)) == 1
        assert session.scalar(select(func.count()).select_from(Customer)) == 1
        assert session.scalar(select(func.count()).select_from(Payment)) == 3


def test_the_trail_names_every_payment_and_the_file_with_its_counts(
    take_in: Import, database: Database, manager: Actor, clerk: Actor
) -> None:
    take_in([PLAIN, PLAIN, {}])
    rows = AuditService(database).page(manager).rows
    assert [row.action for row in rows] == [
        "payments:imported", "payment:imported", "payment:imported",
    ]  # fmt: skip
    assert json.loads(rows[0].details) == {
        "file": "payments.any", "known": 0, "new": 2, "refused": 1,
    }  # fmt: skip
    assert rows[0].user_name == clerk.name
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Change)) == 1


BROKEN = json.dumps([PLAIN] * 600)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf \r\n", "is empty"),
        (b"%PDF-1.7 \x00\x01", "not a text file"),
        (json.dumps([PLAIN]).encode("utf-16"), "UTF-16"),
        (b"amount,payment_method,status\n5,\xff,x", "line 2, column 3: it is not UTF-8"),
        (BROKEN[:-1], "a comma or ] is missing"),
        (BROKEN[:-1] + ", }]", "it is not JSON"),
        (BROKEN + "x", "more after the array"),
        ('{"amount": 1', "line 1, column"),
        ('{"amount": 1}\n{"amount": \n', "line 2, column 12"),
        ('{"amount": 1}\n{"amount": 2} x', "line 2, column 15"),
        ('{"amount": 1} {"amount": 2}', "line 1, column 15"),
        ('{\n"amount": 1}\n{"amount": 2}', "line 3, column 1"),
        ("[" * 100_000, "nested too deeply"),
        ("hello there", "neither JSON nor a CSV table"),
        ("amount,status\n5,completed", "payment_method"),
        ("amount,payment_method,status,amount\n5,cash,x,6", "amount twice"),
        ('amount,payment_method,status\n5,"cash,x\n', "line 2: it is not CSV"),
        ("amount,payment_method,status\n5," + "x" * 200_000, "it is not CSV"),
    ],
)
def test_a_file_that_cannot_be_read_changes_nothing(
    content: bytes | str, said: str, take_in: Import, database: Database, manager: Actor
) -> None:
    with pytest.raises(UnreadableFileError, match=r"^Nothing was imported\.") as caught:
        take_in(content)
    assert said in caught.value.message
    assert AuditService(database).page(manager).total == 0


def test_a_folder_a_missing_and_a_huge_file_are_refused(
    database: Database, clerk: Actor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = ImportService(database)
    with pytest.raises(UnreadableFileError, match="folder"):
        service.import_file(clerk, tmp_path)
    with pytest.raises(UnreadableFileError, match="does not exist"):
        service.import_file(clerk, tmp_path / "none.json")
    with pytest.raises(UnreadableFileError, match="not the name of a file"):
        service.import_file(clerk, tmp_path / "a\x00b")
    monkeypatch.setattr(payment_files, "MAX_BYTES", 3)
    (tmp_path / "large.json").write_text("[{}]")
    with pytest.raises(UnreadableFileError, match="larger than"):
        service.import_file(clerk, tmp_path / "large.json")


@pytest.mark.sqlite
def test_a_disk_that_fills_up_says_what_is_in_and_the_same_file_ends_it_later(
    take_in: Import, database: Database
) -> None:
    def limit(pages: int) -> None:
        database.engine.dispose()
        event.listen(
            database.engine,
            "connect",
            lambda connection, _: connection.execute(f"PRAGMA max_page_count={pages}").fetchall(),
        )

    documents = [PLAIN | {"amount": number} for number in range(1, 1501)]
    with database.read() as session:
        pages = session.scalar(text("PRAGMA page_count")) or 0
    limit(pages + 400)
    with pytest.raises(StorageError, match=r"^(500|1000) payments were imported, then") as caught:
        take_in(documents)
    imported = int(caught.value.message.split()[0])
    limit(2**30)
    report = take_in(documents)
    assert (report.new, report.known) == (1500 - imported, imported)


def test_a_cashier_may_not_import(database: Database, cashier: Actor, tmp_path: Path) -> None:
    with pytest.raises(NotAllowedError):
        ImportService(database).import_file(cashier, tmp_path / "none.json")


DOCUMENTS = st.lists(
    st.fixed_dictionaries(
        {
            "payment_method": st.sampled_from(["cash", "mtn", "card"]),
            "status": st.sampled_from(["pending", "completed", "refunded", "?"]),
            "amount": st.sampled_from(["1", 2, "0", "15000.00"]),
        },
        optional={
            "payment_id": st.sampled_from([str(uuid.UUID(int=n)) for n in range(3)]),
            "transaction_id": st.sampled_from(["T1", "T2"]),
            "invoice_number": st.sampled_from(["INV-20260101-00001", "X-1"]),
            "order_id": st.sampled_from([1, "A"]),
            "customer_name": st.text(max_size=3),
            "created_at": st.sampled_from(["2026-01-01T00:00:00Z", "2026-01-01"]),
        },
    ),
    max_size=12,
)


@settings(max_examples=40, deadline=None)
@given(first=DOCUMENTS, second=DOCUMENTS)
def test_importing_again_adds_nothing_and_the_books_agree(
    empty_shop_file: Path, first: list[dict[str, object]], second: list[dict[str, object]]
) -> None:
    actor = Actor(1, "claude", Role.CLERK)
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(empty_shop_file, Path(folder) / "shop.db")
        database = Database(sqlite_url(Path(folder) / "shop.db"))
        try:
            service = ImportService(database)
            reports = []
            for number, documents in enumerate((first, second)):
                path = Path(folder) / f"{number}.json"
                path.write_text(json.dumps(documents), encoding="utf-8")
                reports.append((service.import_file(actor, path), len(documents)))
            for report, count in reports:
                assert report.new + report.known + len(report.refused) == count
            with database.read() as session:
                total = session.scalar(select(func.count()).select_from(Payment))
            assert total == sum(report.new for report, _ in reports)
            for number, (report, _) in enumerate(reports):
                again = service.import_file(actor, Path(folder) / f"{number}.json")
                assert again.new == 0
                assert again.known == report.new + report.known
                assert [one.position for one in again.refused] == [
                    one.position for one in report.refused
                ]
            assert check(database.engine) == ()
        finally:
            database.close()


def test_a_currency_that_does_not_exist_is_refused(take_in: Import) -> None:
    assert "“RFW” is not a currency code" in only_reason(take_in([PLAIN | {"currency": "RFW"}]))


@pytest.mark.parametrize("moment", ["9999-12-31T23:59:59Z", "0001-01-01T00:30:00+02:00"])
def test_a_moment_outside_the_shops_calendar_refuses_its_row(take_in: Import, moment: str) -> None:
    numbered = PLAIN | {"invoice_number": "INV-20260101-00001", "paid_at": moment}
    assert "is not a time" in only_reason(take_in([numbered]))


def test_decimals_of_a_foreign_currency_are_read_exactly(
    take_in: Import, database: Database, clerk: Actor
) -> None:
    written = '[{{"payment_method":"cash","status":"completed","currency":"{}","amount":{}}}]'
    for currency, amount in (("USD", "12.50"), ("USD", '"0.01"'), ("KWD", "1.125"), ("JPY", "7.0")):
        assert take_in(written.format(currency, amount)).new == 1
    minor = sorted(row.amount_minor for row in rows_of(database, clerk))
    assert minor == [1, 7, 1_125, 1_250]
    assert "finer than the smallest USD coin" in only_reason(
        take_in(written.format("USD", "12.505"))
    )


def test_numbers_of_different_widths_keep_the_series_ahead_of_the_largest(
    take_in: Import, database: Database, cashier: Actor, clock: SettableClock
) -> None:
    today = f"INV-{clock.now:%Y%m%d}"
    numbers = (f"{today}-00010", f"{today}-000009")
    assert take_in([PLAIN | {"invoice_number": number} for number in numbers]).new == 2
    sale = RecordPayment(
        key="k", method=PaymentMethod.CASH, amount_minor=5, tendered_minor=5, complete_now=True
    )
    assert PaymentService(database).record(cashier, sale).invoice_number == f"{today}-00011"


def test_an_invoice_numbered_later_bears_the_day_of_its_number(
    take_in: Import, database: Database, clerk: Actor, tmp_path: Path, clock: SettableClock
) -> None:
    take_in([PLAIN | {"paid_at": "2026-01-16T10:35:00Z"}])
    (row,) = rows_of(database, clerk)
    invoice = InvoiceService(database, tmp_path).generate(clerk, row.payment_id)
    assert invoice.invoice_number == f"INV-{clock.now:%Y%m%d}-00001"
    assert invoice.issued_date == clock.now.date()
    assert invoice.paid_date == date(2026, 1, 16)
