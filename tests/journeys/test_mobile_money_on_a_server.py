"""Mobile money at a desk of a server: asked for here, carried out by the service, watched live."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from core.app import open_shop
from core.database.postgresql.service_seat import ServiceSeat
from core.gateways.sandbox import DEMO_ACCOUNT, Sandbox, Settings
from core.model.payments import PaymentMethod, PaymentStatus
from core.services.providers.forms import MTNProviderForm
from tests.core.services.network_shop import FAST
from tests.journeys.test_desks_on_a_server import WAIT_MS, make_desk, press, seated, shop
from tests.ui.conftest import theme

__all__ = ["make_desk", "shop", "theme"]

MTN = PaymentMethod.MTN_MOBILE_MONEY


@pytest.fixture
def service(shop, tmp_path):
    configuration = replace(shop.service_configuration(tmp_path / "server"), gateway_timing=FAST)
    with open_shop(configuration) as app, ServiceSeat(app.database.engine) as seat:
        assert seat.take()
        app.serve()
        yield app


@pytest.fixture
def networks():
    with Sandbox(Settings(speed=20, prompt_s=2)) as sandbox:
        yield sandbox


def test_a_cashier_asks_for_money_and_sees_it_come(qtbot, make_desk, service, networks):
    till, office = make_desk(), make_desk("office")
    admin = seated(qtbot, office, "ange")
    form = MTNProviderForm(
        base_url=networks.url,
        target_environment="sandbox",
        collection_subscription_key=DEMO_ACCOUNT.collection_subscription_key,
        disbursement_subscription_key=DEMO_ACCOUNT.disbursement_subscription_key,
        api_user=DEMO_ACCOUNT.api_user,
        api_key=DEMO_ACCOUNT.api_key,
    )
    office.app.providers.save_mtn(admin.context.actor, form)

    window = seated(qtbot, till, "aline")
    page = window.pages["cashier"]
    qtbot.waitUntil(lambda: page.is_settled and not till.tasks.is_busy, timeout=WAIT_MS)
    page.form.methods.buttons[MTN].click()
    qtbot.keyClicks(page.form.amount.edit, "5000")
    qtbot.keyClicks(page.form.phone.edit, "0788200001")
    press(qtbot, page.form, Qt.Key.Key_F12)
    qtbot.waitUntil(
        lambda: page.strip.isVisible() and "received" in page.strip.text.text(), timeout=WAIT_MS
    )
    paid = page.strip.row
    assert (paid.status, paid.payment_method) == (PaymentStatus.COMPLETED, MTN)
    assert paid.transaction_id
    with service.database.read() as session:
        told = session.connection().exec_driver_sql(
            "SELECT DISTINCT user_name FROM audit_entry WHERE subject_id = %s AND action ="
            " 'payment:completed'",
            (paid.payment_id,),
        )
        assert told.scalars().all() == ["sanduku"]
