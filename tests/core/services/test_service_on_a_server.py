"""What a desk of a shop on a server leaves to the service, each over a login of its own."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from core.app import App, open_shop
from core.database.consistency import check
from core.database.postgresql.service_seat import ServiceSeat
from core.errors import KnownError, StorageError
from core.gateways.sandbox import DEMO_ACCOUNT, Sandbox, Settings
from core.model.invoices import Invoice
from core.model.journal import AuditEntry
from core.model.mail import MailMessage
from core.model.payments import PaymentMethod, PaymentStatus
from core.model.providers import Environment, MTNMobileMoneyProvider
from core.model.refunds import RefundStatus
from core.permissions import Actor
from core.services.customers.form import CustomerForm
from core.services.customers.service import AddCustomer
from core.services.mail.settings import MailSettings
from core.services.papers.months import MonthExport
from core.services.payments.rules import RecordPayment
from core.services.presence import LOST_AFTER_S
from core.services.providers.forms import MTNProviderForm
from core.services.refunds.network_refunds import SendRefund
from core.services.refunds.service import RequestRefund
from core.services.rows import PaymentRow
from tests.core.services.network_shop import FAST
from tests.postgresql import PostgresqlServer
from tests.served_shop import PASSWORD, ServedShop, served_shop

WAIT_S = 30


@pytest.fixture(scope="module")
def shop(postgresql_server: PostgresqlServer) -> Iterator[ServedShop]:
    with served_shop(postgresql_server) as made:
        yield made


@pytest.fixture(scope="module")
def networks() -> Iterator[Sandbox]:
    with Sandbox(Settings(speed=20, prompt_s=2)) as sandbox:
        yield sandbox


@pytest.fixture
def service(shop: ServedShop, tmp_path: Path) -> Iterator[App]:
    """The service at work, on a computer of its own."""
    folder = tmp_path / "server"
    configuration = replace(shop.service_configuration(folder), gateway_timing=FAST)
    with open_shop(configuration) as app, ServiceSeat(app.database.engine) as seat:
        assert seat.take()
        app.serve()
        yield app


class People:
    """Who sits where: each at a desk of their own."""

    def __init__(self, shop: ServedShop, folder: Path, stack: ExitStack) -> None:
        self._shop = shop
        self._folder = folder
        self._stack = stack

    def __call__(self, name: str) -> tuple[App, Actor]:
        app = self._stack.enter_context(self._shop.opened(self._folder / name, name))
        return app, app.users.sign_in(name, PASSWORD, name)


@pytest.fixture
def at_desk(shop: ServedShop, tmp_path: Path) -> Iterator[People]:
    with ExitStack() as stack:
        yield People(shop, tmp_path, stack)
    with shop.owned() as database:
        assert not check(database.engine)


def until(is_so: Callable[[], bool]) -> None:
    end_s = time.monotonic() + WAIT_S
    while not is_so():
        assert time.monotonic() < end_s
        time.sleep(0.05)


def card_sale(app: App, actor: Actor, key: str, phone: str = "0788123456") -> PaymentRow:
    sale = RecordPayment(
        key=key,
        method=PaymentMethod.CARD,
        amount_minor=9_000,
        card_approval_code="A1",
        customer_name="Eric",
        phone_number=phone,
        complete_now=True,
    )
    return app.payments.record(actor, sale)


def connect_mtn(app: App, admin: Actor, url: str) -> None:
    app.providers.save_mtn(
        admin,
        MTNProviderForm(
            base_url=url,
            target_environment="sandbox",
            collection_subscription_key=DEMO_ACCOUNT.collection_subscription_key,
            disbursement_subscription_key=DEMO_ACCOUNT.disbursement_subscription_key,
            api_user=DEMO_ACCOUNT.api_user,
            api_key=DEMO_ACCOUNT.api_key,
        ),
    )


def test_no_secret_is_entered_before_there_is_a_key_to_lock_it(at_desk: People) -> None:
    office, ange = at_desk("ange")
    with pytest.raises(KnownError, match="start “sanduku service”"):
        connect_mtn(office, ange, "http://127.0.0.1:9")


def test_a_desk_shows_a_paper_that_the_service_has_not_drawn_yet(at_desk: People) -> None:
    till, aline = at_desk("aline")
    sale = card_sale(till, aline, "early")
    assert till.invoices.pdf(aline, sale.payment_id).read_bytes().startswith(b"%PDF-")
    today = till.configuration.clock()
    month = till.paper_months.draw_month(aline, today.year, today.month)
    assert all(path.is_file() for path in month.paths)
    with till.database.read() as session:
        wanted = select(Invoice.pdf_file).where(Invoice.invoice_number == sale.invoice_number)
        assert session.scalars(wanted).one() == ""


def test_a_paper_is_drawn_by_the_service_and_copied_by_a_desk(
    at_desk: People, service: App
) -> None:
    till, aline = at_desk("aline")
    sale = card_sale(till, aline, "paper")
    number = sale.invoice_number

    def record() -> tuple[str, str]:
        with till.database.read() as session:
            paper = session.scalars(select(Invoice).where(Invoice.invoice_number == number)).one()
            return paper.pdf_file, paper.pdf_sha256

    early = till.invoices.pdf(aline, sale.payment_id).read_bytes()
    until(lambda: bool(record()[1]))
    name, _ = record()
    drawn = service.configuration.data_dir / name
    copied = till.invoices.pdf(aline, sale.payment_id)
    assert copied != drawn
    assert copied.read_bytes() == drawn.read_bytes() == early
    with service.database.read() as session:
        told = select(AuditEntry.user_name).where(
            AuditEntry.subject_id == number, AuditEntry.action == "invoice:rendered"
        )
        assert session.scalars(told).all() == ["sanduku"]


def test_an_accountant_gets_a_month_of_papers_at_a_desk(at_desk: People, service: App) -> None:
    office, claude = at_desk("claude")
    till, aline = at_desk("aline")
    card_sale(till, aline, "month")
    today = service.configuration.clock()
    target = office.configuration.data_dir / "month.zip"
    month = office.paper_months.write_month(
        claude, today.year, today.month, target, MonthExport.ZIP
    )
    assert target.is_file()
    assert month.paths


def test_a_mail_that_goes_by_itself_is_written_by_the_service(
    at_desk: People, service: App
) -> None:
    office, ange = at_desk("ange")
    form = office.mail_settings.form(ange)
    settings = replace(
        form.settings,
        mail_host="127.0.0.1",
        mail_from_address="shop@example.com",
        mail_receipt_on_completion=True,
    )
    office.mail_settings.save(ange, replace(form, settings=settings, password="of the mail"))
    assert isinstance(office.mail_settings.load(), MailSettings)
    with pytest.raises(StorageError):
        office.mail_settings.account()
    assert service.mail_settings.account().server.password == "of the mail"
    till, aline = at_desk("aline")
    form_of_eric = CustomerForm("Eric", "0788999888", "eric@example.com")
    till.customers.add(aline, AddCustomer("eric", form_of_eric))
    card_sale(till, aline, "mail", "0788999888")

    def written() -> list[str]:
        with till.database.read() as session:
            return list(session.scalars(select(MailMessage.recipient_address)))

    until(lambda: written() == ["eric@example.com"])


def test_a_desk_asks_for_money_and_sends_it_back_and_the_service_does_it(
    at_desk: People, service: App, networks: Sandbox
) -> None:
    office, ange = at_desk("ange")
    connect_mtn(office, ange, networks.url)
    with office.database.read() as session:
        kept = session.scalars(select(MTNMobileMoneyProvider)).one().api_key_encrypted
    assert kept.startswith("sealed:")
    assert service.gateway_accounts.gateway("mtn", Environment.LIVE).can_refund
    with pytest.raises(KnownError, match="No desk of a shop on a server"):
        office.gateway_accounts.test(ange, "mtn", Environment.LIVE)

    till, aline = at_desk("aline")
    asked = RecordPayment(
        key="momo",
        method=PaymentMethod.MTN_MOBILE_MONEY,
        amount_minor=5_000,
        phone_number="0788200001",
    )
    payment = till.payments.record(aline, asked)
    till.start_urgent()
    seen: list[bool] = []
    till.changes.subscribe(lambda _news: seen.append(True))

    def stands() -> PaymentStatus:
        return till.gateways.path(aline, payment.payment_id).payment.status

    until(lambda: stands() is PaymentStatus.COMPLETED)
    until(lambda: bool(seen))

    refund = till.refunds.request(
        aline, RequestRefund("back", payment.payment_id, 2_000, "returned")
    )
    upstairs, marie = at_desk("marie")
    upstairs.refunds.approve(marie, refund.refund_id)
    ways = till.network_refunds.ways(aline, refund.refund_id)
    assert (ways.by_network, ways.why_not) == (True, "")
    till.network_refunds.send(aline, SendRefund("send", refund.refund_id))

    def refunded() -> RefundStatus:
        return till.refunds.facts(aline, refund.refund_id).refund.status

    until(lambda: refunded() is RefundStatus.COMPLETED)


def test_a_desk_sees_that_the_service_is_there_and_since_when_it_is_not(
    shop: ServedShop, at_desk: People, tmp_path: Path
) -> None:
    till, aline = at_desk("aline")
    configuration = shop.service_configuration(tmp_path / "server")
    with open_shop(configuration) as app, ServiceSeat(app.database.engine) as seat:
        assert seat.take()
        app.service_watch.tell("server")
        there = till.service_watch.standing()
        assert (there.is_needed, there.is_there, there.place) == (True, True, "server")
    gone = till.service_watch.standing()
    assert (gone.is_there, gone.last_seen) == (False, there.last_seen)
    till.presence.come(aline)
    assert [row.user_name for row in till.presence.everyone()] == ["aline"]
    assert LOST_AFTER_S > 0
    with open_shop(configuration) as app:
        app.service_watch.tell("another")
    assert till.service_watch.standing().place == "another"
