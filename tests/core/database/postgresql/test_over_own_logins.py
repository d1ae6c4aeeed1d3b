"""What each person is there for works over their own login: the rights are not too narrow."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from core import clock
from core.app import App, Configuration
from core.database.audit_chains import verify_chains
from core.database.postgresql.logins import Logins
from core.database.postgresql.roles.protect import protect
from core.database.unit_of_work import Database
from core.errors import InvalidInputError, KnownError, NotAllowedError, SignInError, StorageError
from core.model.payments import PaymentMethod, PaymentStatus
from core.model.providers import AirtelMoneyProvider
from core.model.reconciliations import (
    LineState,
    PaymentReconciliation,
    ReconciliationStatus,
    StatementLine,
    StatementProvider,
    WithdrawnProof,
)
from core.model.refunds import RefundStatus
from core.permissions import Actor, Role
from core.services.payments.rules import CompletePayment, RecordPayment
from core.services.payments.service import PaymentService
from core.services.presence import PresenceService
from core.services.reconciliations.service import refresh_counts
from core.services.refunds.service import CarryOutRefund, RefundService, RequestRefund
from core.services.sealed_secrets import ciphertext
from core.services.tills import TillService
from tests.core.database.postgresql.peopled_shop import (
    PASSWORD,
    SECRET,
    PeopledShop,
    peopled_shop,
)
from tests.core.services.by_hand import match_by_hand
from tests.postgresql import PostgresqlServer


@pytest.fixture(scope="module")
def shop(postgresql_server: PostgresqlServer) -> Iterator[PeopledShop]:
    with peopled_shop(postgresql_server) as made:
        yield made


def _sale(key: str, method: PaymentMethod = PaymentMethod.CASH, **fields: object) -> RecordPayment:
    return RecordPayment(key=key, method=method, amount_minor=9_000, **fields)  # type: ignore[arg-type]


def test_a_cashier_takes_money_by_every_method_and_counts_the_till(shop: PeopledShop) -> None:
    actor, database = shop.actor("kofi"), shop.opened_by("kofi")
    payments, tills = PaymentService(database), TillService(database)
    for key, method, fields in (
        ("c", PaymentMethod.CASH, {"tendered_minor": 10_000}),
        ("d", PaymentMethod.CARD, {"card_approval_code": "A1B2"}),
        ("b", PaymentMethod.BANK_TRANSFER, {"transaction_id": "BK-1"}),
    ):
        row = payments.record(
            actor, _sale(key, method, complete_now=True, customer_name="Eric", **fields)
        )
        assert row.status is PaymentStatus.COMPLETED
        assert row.invoice_number
    waiting = payments.record(actor, _sale("w", PaymentMethod.CASH_ON_DELIVERY))
    assert (
        payments.complete(actor, CompletePayment("w2", waiting.payment_id, tendered_minor=9_000))
    ).status is PaymentStatus.COMPLETED
    called_off = payments.record(actor, _sale("x"))
    assert payments.cancel(actor, called_off.payment_id).status is PaymentStatus.CANCELLED
    assert tills.close(actor, tills.expected(actor)).difference_minor == 0


def test_a_refund_is_asked_by_one_decided_by_another_and_paid_out(shop: PeopledShop) -> None:
    aline, mary = shop.actor("aline"), shop.actor("mary")
    refunds = RefundService(shop.opened_by("aline"))
    asked = refunds.request(aline, RequestRefund("r1", shop.payment_id, 7_000, "broken"))
    with pytest.raises(NotAllowedError):
        refunds.approve(aline, asked.refund_id)
    decided = RefundService(shop.opened_by("mary"))
    assert decided.approve(mary, asked.refund_id).status is RefundStatus.APPROVED
    paid = refunds.carry_out(aline, CarryOutRefund("p1", asked.refund_id))
    assert paid.status is RefundStatus.COMPLETED
    assert decided.approve(mary, shop.refund_id).status is RefundStatus.APPROVED
    # The last part of the money makes the whole payment refunded.
    refunds.carry_out(aline, CarryOutRefund("p2", shop.refund_id))
    own = decided.request
    with pytest.raises(KnownError):
        own(mary, RequestRefund("r2", shop.payment_id, 1, "more"))


def test_a_refund_is_rejected_with_a_reason(shop: PeopledShop) -> None:
    aline, musa = shop.actor("aline"), shop.actor("musa")
    database = shop.opened_by("aline")
    sale = PaymentService(database).record(
        aline, _sale("rej", complete_now=True, tendered_minor=9_000)
    )
    asked = RefundService(database).request(
        aline, RequestRefund("rej-r", sale.payment_id, 100, "late")
    )
    refused = RefundService(shop.opened_by("musa")).reject(musa, asked.refund_id, reason="no")
    assert refused.status is RefundStatus.REJECTED


def test_an_admin_enters_a_secret_and_only_the_service_reads_it(shop: PeopledShop) -> None:
    for name in ("ann", "aline", "mary", "service"):
        with shop.opened_by(name).read() as session:
            kept = session.query(AirtelMoneyProvider).one().client_secret_encrypted
            assert kept == "sealed:airtel_money_provider:live:client_secret_encrypted"
            if name == "service":
                assert ciphertext(session, kept) == SECRET
    with pytest.raises(StorageError), shop.opened_by("ann").read() as session:
        ciphertext(session, kept)


def test_an_admin_makes_disables_and_resets_logins(shop: PeopledShop) -> None:
    ann, logins = shop.actor("ann"), Logins(shop.opened_by("ann"))
    logins.make(ann, "paul", "Paul Ngabo", Role.CASHIER, PASSWORD)
    with shop.connect("paul") as paul:
        logins.disable(ann, "Paul Ngabo")
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="disabled"):
            paul.execute(
                "INSERT INTO payment (payment_id, payment_method, payment_type, amount_minor,"
                " currency, status, transaction_reference, customer_name, phone_number,"
                " account_number, card_approval_code, card_last4, invoice_generated, reconciled,"
                " reconciled_by, customer_notes, error_message, refund_reason, gateway_name,"
                " payment_link, created_by, created_at, updated_at, version) VALUES ('p', 'cash',"
                " 'order_payment', 1, 'RWF', 'pending', '', '', '', '', '', '', false, false, '',"
                " '', '', '', '', '', 'Paul Ngabo', now(), now(), 1)"
            )
    with pytest.raises(psycopg.OperationalError):
        shop.connect("paul")
    logins.enable(ann, "Paul Ngabo")
    logins.set_password(ann, "Paul Ngabo", "another password")
    shop.connect("paul", "another password").close()
    with pytest.raises(InvalidInputError):
        logins.make(ann, "Robert'); DROP", "Bobby", Role.CASHIER, PASSWORD)
    with pytest.raises(StorageError):
        logins.make(ann, "paul2", "paul ngabo", Role.CASHIER, PASSWORD)


def test_everybody_changes_their_own_password_by_the_old_one(shop: PeopledShop) -> None:
    clara, logins = shop.actor("clara"), Logins(shop.opened_by("clara"))
    with pytest.raises(SignInError):
        logins.change_own_password(clara, "a wrong password", "a new password")
    logins.change_own_password(clara, PASSWORD, "a new password")
    with pytest.raises(psycopg.OperationalError):
        shop.connect("clara")
    logins.change_own_password(clara, "a new password", PASSWORD)


def _statement(database: Database, clara: Actor, file_hash: str = "") -> str:
    """Take in a statement of two transfers, and return its id."""
    day = clock.shop_date(database.clock())
    with database.write(clara) as unit:
        statement = PaymentReconciliation(
            file_name="bk.csv",
            file_sha256=file_hash.ljust(64, "0"),
            provider=StatementProvider.BANK,
            account="00040",
            statement_period_start=day,
            statement_period_end=day,
            total_transactions=2,
            total_amount_minor=18_000,
            imported_by=clara.name,
            imported_at=unit.now,
        )
        unit.session.add(statement)
        unit.session.add_all(
            StatementLine(
                reconciliation=statement,
                line_number=place,
                fingerprint=f"{file_hash}{place}",
                line_date=day,
                amount_minor=9_000,
                currency="RWF",
                reference=reference,
                description=f"TRANSFER {reference}",
            )
            for place, reference in ((2, "ORD-77"), (3, "ORD-78"))
        )
        unit.session.flush()
        refresh_counts(unit.session, statement)
        unit.audit("reconciliation:imported", "reconciliation", statement.reconciliation_id)
        unit.commit()
        return statement.reconciliation_id


def test_a_clerk_matches_a_statement_and_it_completes_what_waited(
    shop: PeopledShop, tmp_path: Path
) -> None:
    clara, aline = shop.actor("clara"), shop.actor("aline")
    waiting = PaymentService(shop.opened_by("aline")).record(
        aline, _sale("waits", PaymentMethod.BANK_TRANSFER, transaction_reference="ORD-77")
    )
    paid = PaymentService(shop.opened_by("aline")).record(
        aline,
        _sale(
            "paid",
            PaymentMethod.BANK_TRANSFER,
            transaction_reference="ORD-78",
            transaction_id="FT78",
            complete_now=True,
        ),
    )
    database = shop.opened_by("clara")
    app = App(Configuration(tmp_path / "shop"), database)
    key = _statement(database, clara)
    app.matches.propose(clara, key)
    app.matches.approve_automatic(clara, key)
    detail = app.reconciliations.detail(clara, key)
    for line, payment in zip(detail.lines, (waiting, paid), strict=True):
        if line.state is not LineState.MATCHED:
            match_by_hand(app, clara, key, [line.line_id], [payment.payment_id])
    for payment in (waiting, paid):
        assert app.payment_lists.one(clara, payment.payment_id).reconciled
    app.reconciliations.close(clara, key, notes="")
    assert (
        app.reconciliations.detail(clara, key).reconciliation.status
        is ReconciliationStatus.COMPLETE
    )


@pytest.mark.parametrize("by", ["clara", "mary"])
def test_an_approved_match_is_undone_and_its_proof_is_withdrawn(
    shop: PeopledShop, tmp_path: Path, by: str
) -> None:
    aline, actor = shop.actor("aline"), shop.actor(by)
    paid = PaymentService(shop.opened_by("aline")).record(
        aline,
        _sale(f"undone by {by}", PaymentMethod.BANK_TRANSFER, transaction_id=f"FT {by}"),
    )
    database = shop.opened_by(by)
    app = App(Configuration(tmp_path / "shop"), database)
    key = _statement(database, actor, file_hash=by)
    line = app.reconciliations.detail(actor, key).lines[0]
    match_by_hand(app, actor, key, [line.line_id], [paid.payment_id])
    assert app.payment_lists.one(actor, paid.payment_id).reconciled
    app.matches.undo_all(actor, key)
    assert not app.payment_lists.one(actor, paid.payment_id).reconciled
    with database.read() as session:
        assert session.query(WithdrawnProof).count()


def test_who_sits_where_is_told_by_every_window_over_its_person_s_login(shop: PeopledShop) -> None:
    mary, aline = shop.actor("mary"), shop.actor("aline")
    marys, alines = shop.opened_by("mary"), shop.opened_by("aline")
    marys.initiator = alines.initiator = "window 1"
    PresenceService(marys).come(mary)
    PresenceService(marys).beat()
    PresenceService(marys).lock(mary)
    # At a locked window another may sit down.
    PresenceService(alines).come(aline)
    (row,) = PresenceService(alines).everyone()
    assert (row.user_name, row.is_locked) == ("aline", False)
    PresenceService(alines).leave()
    assert PresenceService(marys).everyone() == ()


def test_a_window_that_is_not_locked_stays_its_person_s(shop: PeopledShop) -> None:
    mary = shop.actor("mary")
    marys = shop.opened_by("mary")
    marys.initiator = "window 2"
    PresenceService(marys).come(mary)
    with shop.connect("aline") as aline:
        taken = aline.execute("UPDATE desk_presence SET user_name = 'aline'")
        assert taken.rowcount == 0
        assert aline.execute("DELETE FROM desk_presence").rowcount == 0
    PresenceService(marys).leave()


def test_protecting_a_shop_again_takes_nothing_from_anybody(shop: PeopledShop) -> None:
    rights = (
        "SELECT grantee, table_name, column_name, privilege_type"
        " FROM information_schema.column_privileges WHERE table_schema = 'sanduku'"
        " ORDER BY 1, 2, 3, 4"
    )
    with shop.owned().engine.begin() as connection:
        before = connection.exec_driver_sql(rights).all()
        assert protect(connection) == shop.roles
        assert connection.exec_driver_sql(rights).all() == before
    shop.opened_by("aline")


def test_every_chain_holds_as_each_wrote_their_own(shop: PeopledShop) -> None:
    with shop.owned().read() as session:
        checked, breaks = verify_chains(session)
    assert checked > 20
    assert breaks == []
