from __future__ import annotations

import threading
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import event

from core.clock import shop_date
from core.database.unit_of_work import Database
from core.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError
from core.model.payments import PaymentMethod, PaymentStatus, TransactionStatus
from core.model.providers import BankTransferProvider
from core.money import MAX_MINOR
from core.permissions import Actor
from core.services.papers.invoices import InvoiceService
from core.services.payments.lists import PaymentFilter, PaymentLists
from core.services.payments.rules import CompletePayment, RecordPayment, SaleLine
from core.services.payments.service import PaymentService, find_payment


@pytest.fixture
def payments(database: Database) -> PaymentService:
    return PaymentService(database)


@pytest.fixture
def lists(database: Database) -> PaymentLists:
    return PaymentLists(database)


def cash(key: str = "k1", amount: int = 12_000, tendered: int | None = 15_000) -> RecordPayment:
    return RecordPayment(
        key=key,
        method=PaymentMethod.CASH,
        amount_minor=amount,
        tendered_minor=tendered,
        complete_now=True,
    )


def transfer(key: str = "t1", **fields: object) -> RecordPayment:
    return RecordPayment(
        key=key,
        method=PaymentMethod.BANK_TRANSFER,
        amount_minor=240_000,
        transaction_reference="ORD-77",
        customer_name="Eric Niyonzima",
        **fields,  # type: ignore[arg-type]
    )


def test_cash_is_completed_at_once_with_change_and_an_invoice_number(
    payments: PaymentService, cashier: Actor, database: Database
) -> None:
    row = payments.record(cashier, cash())

    assert row.status is PaymentStatus.COMPLETED
    assert row.change_minor == 3_000
    assert row.paid_at is not None
    assert row.invoice_number == f"INV-{shop_date(row.paid_at):%Y%m%d}-00001"
    assert row.invoice_generated


def test_the_second_press_of_the_button_changes_nothing(
    payments: PaymentService, lists: PaymentLists, cashier: Actor
) -> None:
    first = payments.record(cashier, cash())
    second = payments.record(cashier, cash())

    assert second == first
    assert lists.page(cashier, PaymentFilter()).total == 1


def test_a_key_used_for_another_sale_is_refused(payments: PaymentService, cashier: Actor) -> None:
    payments.record(cashier, cash())

    with pytest.raises(ConflictError, match="already used"):
        payments.record(cashier, cash(amount=13_000))


def test_too_little_cash_is_refused_with_what_is_missing(
    payments: PaymentService, lists: PaymentLists, cashier: Actor
) -> None:
    with pytest.raises(InvalidInputError, match="too little") as refusal:
        payments.record(cashier, cash(tendered=10_000))

    assert refusal.value.field == "tendered"
    assert lists.page(cashier, PaymentFilter()).total == 0


@pytest.mark.parametrize(
    ("method", "field"),
    [
        (PaymentMethod.CASH, "tendered"),
        (PaymentMethod.CARD, "approval_code"),
        (PaymentMethod.BANK_TRANSFER, "transaction_id"),
    ],
)
def test_nothing_counts_as_paid_without_what_was_seen(
    payments: PaymentService, cashier: Actor, method: PaymentMethod, field: str
) -> None:
    command = RecordPayment(key="k", method=method, amount_minor=5_000, complete_now=True)

    with pytest.raises(InvalidInputError) as refusal:
        payments.record(cashier, command)

    assert refusal.value.field == field


def test_a_whole_card_number_is_refused(payments: PaymentService, cashier: Actor) -> None:
    command = RecordPayment(
        key="k",
        method=PaymentMethod.CARD,
        amount_minor=5_000,
        card_approval_code="A1",
        card_last4="4111111111111111",
        complete_now=True,
    )

    with pytest.raises(InvalidInputError, match="last 4"):
        payments.record(cashier, command)


def test_mobile_money_is_an_intent_and_never_completed_at_the_desk(
    payments: PaymentService, cashier: Actor, manager: Actor
) -> None:
    intent = RecordPayment(
        key="m",
        method=PaymentMethod.MTN_MOBILE_MONEY,
        amount_minor=15_000,
        phone_number="0788123456",
    )
    row = payments.record(cashier, intent)

    assert row.status is PaymentStatus.PENDING
    assert row.transaction_status is TransactionStatus.CREATED
    assert row.phone_number == "+250788123456"
    with pytest.raises(NotAllowedError):
        payments.complete(cashier, CompletePayment("c1", row.payment_id, note="seen"))
    with pytest.raises(InvalidInputError, match="why"):
        payments.complete(manager, CompletePayment("c2", row.payment_id))
    done = payments.complete(manager, CompletePayment("c3", row.payment_id, note="SMS shown"))
    assert done.status is PaymentStatus.COMPLETED


def test_one_bank_reference_confirms_one_sale_only(
    payments: PaymentService, cashier: Actor
) -> None:
    payments.record(cashier, transfer("a", transaction_id="FT1", complete_now=True))
    waiting = payments.record(cashier, transfer("b"))

    with pytest.raises(ConflictError, match="already belongs"):
        payments.record(cashier, transfer("c", transaction_id="FT1"))
    with pytest.raises(ConflictError, match="already belongs"):
        payments.complete(cashier, CompletePayment("d", waiting.payment_id, transaction_id="FT1"))


@pytest.mark.parametrize("ended_by", ["fail", "cancel"])
def test_an_ended_payment_stays_ended(
    payments: PaymentService, cashier: Actor, ended_by: str
) -> None:
    waiting = payments.record(cashier, transfer())
    ended = getattr(payments, ended_by)(cashier, waiting.payment_id, note="customer left")

    assert ended.error_message == "customer left"
    with pytest.raises(ConflictError):
        payments.cancel(cashier, waiting.payment_id)


def test_a_clerk_may_not_take_money(payments: PaymentService, clerk: Actor) -> None:
    with pytest.raises(NotAllowedError, match="ask a cashier"):
        payments.record(clerk, cash())


def test_marking_as_reconciled_needs_a_completed_payment(
    payments: PaymentService, cashier: Actor, clerk: Actor
) -> None:
    waiting = payments.record(cashier, transfer())
    with pytest.raises(ConflictError, match="only a completed"):
        payments.mark_reconciled(clerk, waiting.payment_id, note="")

    done = payments.record(cashier, cash())
    assert payments.mark_reconciled(clerk, done.payment_id, note="seen").reconciled
    with pytest.raises(ConflictError, match="already"):
        payments.mark_reconciled(clerk, done.payment_id, note="again")


def test_a_refused_row_stops_no_other(
    payments: PaymentService, cashier: Actor, clerk: Actor
) -> None:
    good = payments.record(cashier, cash("a"))
    waiting = payments.record(cashier, transfer())
    better = payments.record(cashier, cash("b"))

    outcomes = payments.each(
        [good.payment_id, waiting.payment_id, "no-such-payment", better.payment_id],
        lambda payment_id: payments.mark_reconciled(clerk, payment_id, note="bulk"),
    )

    assert [outcome.done for outcome in outcomes] == [True, False, False, True]
    assert all(outcome.refusal for outcome in outcomes if not outcome.done)


def test_lines_of_a_sale_must_add_up(payments: PaymentService, cashier: Actor) -> None:
    lines = (SaleLine("Umuceri 5 kg", 2, 6_000), SaleLine("Amavuta 1 L", 1, 2_500))
    good = RecordPayment(
        key="g",
        method=PaymentMethod.CASH,
        amount_minor=14_500,
        tendered_minor=14_500,
        complete_now=True,
        lines=lines,
    )
    assert payments.record(cashier, good).order_number

    with pytest.raises(InvalidInputError, match="add up"):
        payments.record(
            cashier,
            RecordPayment(key="x", method=PaymentMethod.CASH, amount_minor=14_000, lines=lines),
        )


def test_an_unknown_payment_is_named(payments: PaymentService, cashier: Actor) -> None:
    with pytest.raises(NotFoundError, match="nowhere"):
        payments.cancel(cashier, "nowhere")


def test_two_writers_draw_invoice_numbers_without_gap_or_repeat(
    database: Database, payments: PaymentService, cashier: Actor, lists: PaymentLists
) -> None:
    second_window = Database(database.url, clock=database.clock)
    failures: list[BaseException] = []

    def take(service: PaymentService, prefix: str) -> None:
        try:
            for number in range(25):
                service.record(cashier, cash(f"{prefix}{number}"))
        except BaseException as error:
            failures.append(error)

    desks = [
        threading.Thread(target=take, args=(payments, "a")),
        threading.Thread(target=take, args=(PaymentService(second_window), "b")),
    ]
    for desk in desks:
        desk.start()
    for desk in desks:
        desk.join()
    second_window.close()

    assert not failures
    numbers = sorted(
        int(row.invoice_number.rsplit("-", 1)[1])
        for row in lists.page(cashier, PaymentFilter()).rows
    )
    assert numbers == list(range(1, 51))


def test_search_looks_into_every_field_of_the_specification(
    payments: PaymentService, lists: PaymentLists, cashier: Actor
) -> None:
    row = payments.record(
        cashier,
        transfer(
            "s",
            transaction_id="FT26182ABC",
            phone_number="0788123456",
            account_number="000400123",
            order_number="ORD-9911",
            complete_now=True,
        ),
    )
    payments.record(cashier, cash())
    terms = [
        row.payment_id[:8],
        "ft26182",
        "0788123456",
        "0004001",
        "ord-9911",
        row.invoice_number,
        "ORD-77",
        "niyonz eric",
    ]

    for term in terms:
        found = lists.page(cashier, PaymentFilter(search=term))
        assert row.payment_id in {payment.payment_id for payment in found.rows}, term
    assert lists.page(cashier, PaymentFilter(search="100%")).total == 0


def test_filters_narrow_the_list_and_its_totals(
    payments: PaymentService, lists: PaymentLists, cashier: Actor
) -> None:
    payments.record(cashier, cash())
    payments.record(cashier, transfer())

    waiting = PaymentFilter(statuses=frozenset({PaymentStatus.PENDING}))
    assert [row.amount_minor for row in lists.page(cashier, waiting).rows] == [240_000]
    assert [(t.count, t.amount_minor) for t in lists.totals(cashier, PaymentFilter())] == [
        (2, 252_000)
    ]
    assert [row.amount_minor for row in lists.waiting(cashier)] == [240_000]


def test_the_detail_tells_the_whole_story(
    payments: PaymentService, lists: PaymentLists, cashier: Actor
) -> None:
    row = payments.record(cashier, cash())

    detail = lists.detail(cashier, row.payment_id)

    assert [entry.action for entry in detail.history][:1] == ["payment:recorded"]
    assert {entry.action for entry in detail.history} >= {"payment:completed", "invoice:issued"}
    assert detail.invoice is not None
    assert detail.invoice.tax_minor == 1_831
    assert detail.invoice.subtotal_minor + detail.invoice.tax_minor == 12_000
    assert detail.refundable_minor == 12_000


def test_generating_an_invoice_twice_gives_the_same_one(
    payments: PaymentService,
    cashier: Actor,
    database: Database,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    invoices = InvoiceService(database, tmp_path_factory.mktemp("shop"))
    row = payments.record(cashier, cash())

    again = invoices.generate(cashier, row.payment_id)

    assert again.invoice_number == row.invoice_number
    assert invoices.page(cashier).total == 1
    called_off = payments.record(cashier, transfer())
    payments.cancel(cashier, called_off.payment_id)
    with pytest.raises(ConflictError, match="nothing to be paid"):
        invoices.generate(cashier, called_off.payment_id)


@pytest.mark.parametrize("method", [PaymentMethod.CASH_ON_DELIVERY, PaymentMethod.CASH])
@pytest.mark.parametrize("tendered", [-1, 0, 4_999, MAX_MINOR + 1])
def test_cash_that_cannot_be_is_refused_before_the_payment_is_completed(
    payments: PaymentService,
    lists: PaymentLists,
    cashier: Actor,
    method: PaymentMethod,
    tendered: int,
) -> None:
    command = RecordPayment(
        key="t", method=method, amount_minor=5_000, tendered_minor=tendered, complete_now=False
    )
    with pytest.raises(InvalidInputError) as caught:
        payments.record(cashier, command)
    assert caught.value.field == "tendered"
    assert lists.page(cashier, PaymentFilter()).total == 0


def test_a_currency_that_does_not_exist_is_refused(
    payments: PaymentService, cashier: Actor
) -> None:
    with pytest.raises(InvalidInputError, match="“RFW” is not a currency code"):
        payments.record(cashier, transfer(currency="RFW"))


def test_the_same_bank_reference_in_another_case_confirms_no_second_sale(
    payments: PaymentService, cashier: Actor
) -> None:
    payments.record(cashier, transfer("t1", transaction_id="FT26182A1B2C", complete_now=True))
    with pytest.raises(ConflictError, match="already belongs to payment"):
        payments.record(cashier, transfer("t2", transaction_id="ft26182a1b2c", complete_now=True))


def test_an_admin_handles_no_money_and_issues_no_invoice(
    payments: PaymentService, database: Database, cashier: Actor, admin: Actor, tmp_path: Path
) -> None:
    row = payments.record(cashier, cash())
    with pytest.raises(NotAllowedError, match="An admin may not issue invoices; ask a cashier"):
        InvoiceService(database, tmp_path).generate(admin, row.payment_id)
    with pytest.raises(NotAllowedError):
        payments.record(admin, cash("k2"))


def test_the_last_days_of_the_calendar_may_be_asked_for(
    payments: PaymentService, lists: PaymentLists, cashier: Actor
) -> None:
    payments.record(cashier, cash())
    for first, last in ((date.min, date.max), (date.min, None), (None, date.max)):
        wanted = PaymentFilter(first_day=first, last_day=last)
        assert lists.page(cashier, wanted).total == 1


@pytest.mark.sqlite
def test_every_list_walks_an_index(database: Database, lists: PaymentLists, cashier: Actor) -> None:
    statements: list[tuple[str, object]] = []

    def note(_conn: object, _cursor: object, text: str, values: object, *_rest: object) -> None:
        if text.startswith("SELECT"):
            statements.append((text, values))

    event.listen(database.engine, "before_cursor_execute", note)
    for wanted in (
        PaymentFilter(),
        PaymentFilter(statuses=frozenset({PaymentStatus.COMPLETED})),
        PaymentFilter(methods=frozenset({PaymentMethod.CARD, PaymentMethod.CASH})),
        PaymentFilter(reconciled=False),
        PaymentFilter(first_day=date(2026, 7, 1), last_day=date(2026, 7, 2)),
    ):
        lists.page(cashier, wanted, offset=200)
    event.remove(database.engine, "before_cursor_execute", note)
    with database.engine.connect() as connection:
        plans = [
            row[3]
            for text, values in statements
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", values)
        ]
    assert [plan for plan in plans if "payment" in plan and "USING" not in plan] == []


@pytest.mark.parametrize("written", ["4111111111111111", "4111 1111 1111 1111", "5105-1051-0510"])
def test_a_cards_number_is_never_kept(
    payments: PaymentService, cashier: Actor, written: str
) -> None:
    command = RecordPayment(
        key="c",
        method=PaymentMethod.CARD,
        amount_minor=5_000,
        card_approval_code=written,
        complete_now=True,
    )
    with pytest.raises(InvalidInputError, match="never kept") as caught:
        payments.record(cashier, command)
    assert caught.value.field == "approval_code"
    assert written not in caught.value.message


@pytest.mark.parametrize("key", ["", "x" * 65, "import:a1b2c3d4-e5f6-4a5b-8c9d-e0f1a2b3c4d5"])
def test_a_key_that_could_stand_in_anothers_way_is_refused(
    payments: PaymentService, lists: PaymentLists, cashier: Actor, key: str
) -> None:
    with pytest.raises(InvalidInputError, match="A key has 1 to 64 characters"):
        payments.record(cashier, cash(key))
    assert lists.page(cashier, PaymentFilter()).total == 0


def test_a_transfer_belongs_to_the_shops_only_bank_account(
    database: Database, payments: PaymentService, cashier: Actor
) -> None:
    def add_bank(name: str) -> None:
        with database.write(None) as unit:
            unit.session.add(
                BankTransferProvider(name=name, created_at=unit.now, updated_at=unit.now)
            )
            unit.commit()

    def bank_of(payment_id: str) -> str | None:
        with database.read() as session:
            bank = find_payment(session, payment_id).bank_provider
            return bank.name if bank else None

    add_bank("Bank of Kigali")
    assert bank_of(payments.record(cashier, transfer("a")).payment_id) == "Bank of Kigali"
    assert bank_of(payments.record(cashier, cash("b")).payment_id) is None
    add_bank("Equity")
    assert bank_of(payments.record(cashier, transfer("c")).payment_id) is None


def test_a_transfer_without_its_reference_needs_what_was_seen_in_words(
    payments: PaymentService, lists: PaymentLists, cashier: Actor
) -> None:
    waiting = payments.record(cashier, transfer())
    with pytest.raises(InvalidInputError, match="bank's reference"):
        payments.complete(cashier, CompletePayment("a", waiting.payment_id))

    done = payments.complete(
        cashier, CompletePayment("b", waiting.payment_id, note="seen in the bank's app")
    )

    assert done.status is PaymentStatus.COMPLETED
    history = lists.detail(cashier, waiting.payment_id).history
    assert any("seen in the bank's app" in entry.details for entry in history)
