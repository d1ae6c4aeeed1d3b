"""What stands on invoices and credit notes adds up to the franc, in whatever parts it was paid."""

from __future__ import annotations

import re
from collections import Counter
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from core.app import App, Configuration
from core.database.consistency import check
from core.database.unit_of_work import Database
from core.documents.text import plain
from core.model.customers import Order, TaxClass
from core.model.invoices import Invoice
from core.model.payments import Payment, PaymentMethod, PaymentStatus
from core.money import grouped, vat_inside
from core.permissions import Actor
from core.services.papers.issuing import issue_invoice
from core.services.papers.tax_shares import Share, left_of, part_of
from tests.core.services.paper_shop import Goods, add_order, give_back, pay, sell, text_of

CLASSES = tuple(TaxClass)
_numbers = count()
goods = st.lists(
    st.tuples(st.sampled_from(CLASSES), st.integers(1, 12), st.integers(1, 400_000)),
    min_size=1,
    max_size=6,
)
many_times = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.fixture
def shop(database: Database, tmp_path: Path) -> App:
    return App(Configuration(tmp_path), database)


def tax_by_class(lines: Goods) -> Counter[TaxClass]:
    taxes: Counter[TaxClass] = Counter()
    for tax_class, quantity, price in lines:
        if tax_class is TaxClass.STANDARD:
            taxes[tax_class] += vat_inside(quantity * price)
    return taxes


def cut(total: int, weights: list[int]) -> list[int]:
    """Return positive parts of a total in roughly these proportions."""
    parts, left = [], total
    for at, weight in enumerate(weights):
        part = max(1, left * weight // sum(weights[at:]))
        if part >= left:
            break
        parts.append(part)
        left -= part
    return [*parts, left]


@given(sold=goods, weights=st.lists(st.integers(1, 50), min_size=1, max_size=7))
@many_times
def test_the_parts_of_an_order_together_bear_its_amounts_and_its_tax(
    shop: App, cashier: Actor, sold: Goods, weights: list[int]
) -> None:
    number = next(_numbers)
    total = add_order(shop, f"O-{number}", sold)
    for at, part in enumerate(cut(total, weights)):
        pay(shop, cashier, f"O-{number}", part, f"{number}-{at}")

    with shop.database.read() as session:
        invoices = session.scalars(
            select(Invoice).where(Invoice.order_number == f"O-{number}")
        ).all()
        lines = [line for invoice in invoices for line in invoice.lines]
        by_class: Counter[TaxClass] = Counter()
        taxes: Counter[TaxClass] = Counter()
        for line in lines:
            by_class[line.tax_class] += line.total_minor
            taxes[line.tax_class] += line.tax_minor
        for invoice in invoices:
            assert sum(line.total_minor for line in invoice.lines) == invoice.total_minor
            assert sum(line.tax_minor for line in invoice.lines) == invoice.tax_minor
            assert all(0 <= line.tax_minor <= line.total_minor for line in invoice.lines)
    expected: Counter[TaxClass] = Counter()
    for tax_class, quantity, price in sold:
        expected[tax_class] += quantity * price
    assert by_class == expected
    assert +taxes == +tax_by_class(sold)


@given(sold=goods, weights=st.lists(st.integers(1, 50), min_size=1, max_size=5))
@many_times
def test_all_credit_notes_together_give_back_what_the_invoice_bears(
    shop: App,
    cashier: Actor,
    manager: Actor,
    sold: Goods,
    weights: list[int],
) -> None:
    number = next(_numbers)
    total = add_order(shop, f"O-{number}", sold)
    sale = pay(shop, cashier, f"O-{number}", total, f"p{number}")
    for at, part in enumerate(cut(total, weights)):
        give_back(shop, cashier, manager, sale.payment_id, part, f"{number}-{at}")

    with shop.database.read() as session:
        invoice = session.scalars(
            select(Invoice).where(Invoice.order_number == f"O-{number}")
        ).one()
        borne: Counter[tuple[TaxClass, str]] = Counter()
        for line in invoice.lines:
            borne[line.tax_class, "total"] += line.total_minor
            borne[line.tax_class, "tax"] += line.tax_minor
        returned: Counter[tuple[TaxClass, str]] = Counter()
        for note in invoice.credit_notes:
            assert sum(line.total_minor for line in note.lines) == note.amount_minor
            assert sum(line.tax_minor for line in note.lines) == note.tax_minor
            for line in note.lines:
                returned[line.tax_class, "total"] += line.total_minor
                returned[line.tax_class, "tax"] += line.tax_minor
        assert +returned == +borne


def test_a_part_of_an_exempt_order_bears_no_tax(shop: App, cashier: Actor) -> None:
    add_order(shop, "MILK", [(TaxClass.EXEMPT, 10, 1_200)])
    pay(shop, cashier, "MILK", 5_000, "part")
    with shop.database.read() as session:
        assert session.scalars(select(Invoice.tax_minor)).one() == 0


def test_what_was_given_back_on_a_part_may_be_paid_again(
    shop: App, cashier: Actor, manager: Actor
) -> None:
    add_order(shop, "O", [(TaxClass.STANDARD, 1, 6), (TaxClass.EXEMPT, 1, 4)])
    first = pay(shop, cashier, "O", 5, "returned")
    give_back(shop, cashier, manager, first.payment_id, 5, "1")
    later = [pay(shop, cashier, "O", 1, f"p{number}").invoice_number for number in range(10)]
    with shop.database.read() as session:
        invoices = session.scalars(select(Invoice).where(Invoice.invoice_number.in_(later)))
        by_class: Counter[TaxClass] = Counter()
        for invoice in invoices:
            for line in invoice.lines:
                by_class[line.tax_class] += line.total_minor
    assert by_class == {TaxClass.STANDARD: 6, TaxClass.EXEMPT: 4}


def test_more_than_the_order_is_taxed_as_the_order(shop: App, cashier: Actor) -> None:
    total = add_order(shop, "O", [(TaxClass.STANDARD, 1, 6_000), (TaxClass.EXEMPT, 1, 6_000)])
    pay(shop, cashier, "O", total - 2_000, "1")
    # The desk refuses so much; a network that reports success late does not ask.
    with shop.database.write(cashier) as unit:
        late = Payment(
            order=unit.session.scalars(select(Order)).one(),
            payment_method=PaymentMethod.MTN_MOBILE_MONEY,
            amount_minor=4_000,
            status=PaymentStatus.COMPLETED,
            paid_at=unit.now,
            created_at=unit.now,
            updated_at=unit.now,
        )
        unit.session.add(late)
        unit.session.flush()
        invoice = issue_invoice(unit, late)
        assert [(line.tax_class, line.total_minor) for line in invoice.lines] == [
            (TaxClass.EXEMPT, 2_000),
            (TaxClass.STANDARD, 2_000),
        ]


@given(
    whole=st.dictionaries(st.sampled_from(CLASSES), st.integers(1, 10**9), min_size=1, max_size=4),
    amount=st.integers(1, 10**10),
)
def test_a_part_is_exactly_its_amount_and_never_more_than_is_left(
    whole: dict[TaxClass, int], amount: int
) -> None:
    shares = {
        tax_class: Share(total, vat_inside(total) if tax_class is TaxClass.STANDARD else 0)
        for tax_class, total in whole.items()
    }
    part = part_of(amount, left=shares, whole=shares)
    assert sum(share.total_minor for share in part.values()) == amount
    if amount <= sum(whole.values()):
        for tax_class, share in part.items():
            assert 0 < share.total_minor <= shares[tax_class].total_minor
            assert 0 <= share.tax_minor <= shares[tax_class].tax_minor
        rest = left_of(shares, part)
        rest_minor = sum(share.total_minor for share in rest.values())
        assert rest_minor == sum(whole.values()) - amount


@given(sold=goods, weights=st.lists(st.integers(1, 50), min_size=1, max_size=3))
@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_every_amount_on_the_paper_is_the_databases(
    shop: App, cashier: Actor, sold: Goods, weights: list[int]
) -> None:
    number = next(_numbers)
    total = add_order(shop, f"O-{number}", sold)
    for at, part in enumerate(cut(total, weights)):
        payment = pay(shop, cashier, f"O-{number}", part, f"{number}-{at}")
        text = text_of(shop.invoices.pdf(cashier, payment.payment_id))
        with shop.database.read() as session:
            invoice = session.scalars(
                select(Invoice).where(Invoice.invoice_number == payment.invoice_number)
            ).one()
            assert _amount_after("Total", text) == shown(invoice.total_minor)
            assert _amount_after("Subtotal without VAT", text) == shown(invoice.subtotal_minor)
            assert _amount_after(r"VAT 18 % \(in the price\)", text) == shown(invoice.tax_minor)
            for line in invoice.lines:
                wanted = (
                    f"{plain(line.description)} {shown(line.quantity)}"
                    f" {shown(line.unit_price_minor)} {line.tax_class} {shown(line.total_minor)}"
                )
                assert wanted in text


def shown(amount_minor: int) -> str:
    return grouped(amount_minor).replace("\u202f", " ")


def _amount_after(label: str, text: str) -> str:
    found = re.search(rf"{label} ([\d ]+) RWF", text)
    assert found, text
    return found[1]


@pytest.mark.sqlite
@pytest.mark.usefixtures("bent_books")
def test_the_books_of_papers_are_found_sound_and_each_broken_rule_is_told(
    shop: App, cashier: Actor, manager: Actor
) -> None:
    sale = sell(shop, cashier)
    give_back(shop, cashier, manager, sale.payment_id, 700, "part")
    assert check(shop.database.engine) == ()

    for statement, sentence in (
        ("UPDATE invoice_line SET total_minor = total_minor + 1", "The lines of invoice"),
        ("UPDATE credit_note_line SET tax_minor = 0", "The lines of credit note"),
        ("UPDATE credit_note SET amount_minor = 99000", "give back 99000"),
        ("UPDATE letterhead SET sha256 = 'x'", "bears a letterhead that is not there"),
        ("UPDATE invoice SET is_paid = 0", "does not stand as its payment"),
        ("UPDATE number_series SET last_number = 4 WHERE name LIKE 'CN-%'", "00004 was drawn"),
        ("UPDATE number_series SET last_number = 0 WHERE name LIKE 'CN-%'", "stands at 0"),
    ):
        _spoil(shop.database, statement)
        assert any(sentence in told for told in check(shop.database.engine)), sentence


def _spoil(database: Database, statement: str) -> None:
    with database.engine.begin() as connection:
        names = connection.exec_driver_sql(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        ).all()
        for (name,) in names:
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        connection.exec_driver_sql(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE invoice_line SET description = 'x'",
        "UPDATE invoice_line SET total_minor = 1",
        "DELETE FROM invoice_line",
        (
            "INSERT INTO invoice_line (invoice_id, position, description, quantity,"
            " unit_price_minor, total_minor, tax_class, tax_minor)"
            " VALUES (1, 9, 'x', 1, 1, 1, 'B', 0)"
        ),
        "UPDATE invoice SET customer_name = 'x'",
        "UPDATE invoice SET letterhead_sha256 = 'x'",
        "UPDATE invoice SET total_minor = 1, subtotal_minor = 1, tax_minor = 0",
        "UPDATE credit_note SET amount_minor = 1",
        "UPDATE credit_note_line SET tax_class = 'A'",
        "UPDATE letterhead SET shop_name = 'x'",
        "DELETE FROM letterhead",
    ],
)
def test_hand_written_sql_changes_no_issued_paper(
    shop: App, cashier: Actor, manager: Actor, statement: str
) -> None:
    sale = sell(shop, cashier)
    give_back(shop, cashier, manager, sale.payment_id, 700, "part")
    connection = shop.database.engine.raw_connection()
    try:
        with pytest.raises(Exception, match="sanduku:"):
            connection.cursor().execute(statement)
    finally:
        connection.close()
