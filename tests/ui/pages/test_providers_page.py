"""Looking at the shop's providers through the page's own widgets on a real shop."""

import pytest
from PySide6.QtCore import Qt

from core.model.calls import CallResult
from core.model.payments import PaymentMethod, RequestType
from core.model.providers import Environment
from core.permissions import Actor, Role
from core.services.providers.forms import BankProviderForm, MTNProviderForm
from tests.ui.pages.payments_steps import take
from tests.ui.pages.test_transactions_page import MTN, call
from ui.gallery_shop import MANAGER, open_sample_shop
from ui.models.roles import DISPLAY
from ui.pages.providers.page import ProvidersPage
from ui.pages.settings.page import SettingsPage
from ui.widgets.basics import SelectableLabel

ADMIN = Actor(4, "ange", Role.ADMIN, desk="office")
SECRET = "sub-key-4711-secret"


@pytest.fixture
def shop(qapp):
    opened = open_sample_shop(payments=0)
    for environment in (Environment.LIVE, Environment.SANDBOX):
        opened.app.providers.save_mtn(
            ADMIN,
            MTNProviderForm(
                environment=environment,
                merchant_id=f"M-{environment}",
                base_url="https://proxy.momoapi.mtn.co.rw",
                target_environment="mtnrwanda",
                collection_subscription_key=SECRET,
                api_user="6f1a",
                api_key=SECRET,
            ),
        )
    for number, bank in ((1, "BK"), (2, "Equity")):
        opened.app.providers.save_bank(
            ADMIN,
            BankProviderForm(
                name=f"{bank} main",
                is_active=number == 1,
                bank_name=bank,
                account_name="Kigali Shop Ltd",
                account_number=f"0004-{number}",
                customer_instructions="Write the order's number",
            ),
        )
    yield opened
    opened.close()


def opened(qtbot, shop, actor=MANAGER):
    page = ProvidersPage(shop.context(actor))
    qtbot.addWidget(page)
    page.resize(1300, 700)
    with qtbot.waitActive(page):
        page.show()
        page.activateWindow()
    qtbot.waitUntil(lambda: not shop.tasks.is_busy and page.model.rowCount() > 0)
    return page


def column(page, key):
    place = [each.key for each in page.model.columns].index(key)
    return [page.model.index(row, place).data(DISPLAY) for row in range(page.model.rowCount())]


def choose(page, row):
    selection = page.table.selectionModel()
    flag = selection.SelectionFlag
    selection.setCurrentIndex(page.model.index(row, 0), flag.ClearAndSelect | flag.Rows)


def test_every_kind_stands_with_its_state_and_account(qtbot, shop):
    page = opened(qtbot, shop)
    assert column(page, "is_active") == ["Active", "Inactive", "Active", "Inactive"]
    assert column(page, "kind") == ["MTN", "MTN", "Bank", "Bank"]
    assert column(page, "environment") == ["Live", "Sandbox", "", ""]
    assert column(page, "account") == ["M-live", "M-sandbox", "0004-1", "0004-2"]


def test_failures_of_thirty_days_stand_beside_the_account_in_use_and_lead_to_their_calls(
    qtbot, shop
):
    owner = take(shop, 1, method=PaymentMethod.MTN_MOBILE_MONEY).payment_id
    for minute in range(3):
        call(shop, owner, minute, request_type=RequestType.QUERY)
    call(shop, owner, 4, success=False, error_code="EXPIRED")
    call(shop, owner, 5, success=False)
    call(shop, owner, -60 * 24 * 40, success=False, error_code="EXPIRED")
    page = opened(qtbot, shop)
    assert column(page, "failed") == ["25.0\u00a0%", "", "", ""]
    assert column(page, "last_success_at")[0].endswith(":03")
    assert column(page, "last_success_at")[1:] == ["", "", ""]
    with qtbot.waitSignal(page.calls_requested) as asked:
        qtbot.keyClick(page, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    wanted = asked.args[0]
    assert (wanted.gateway_name, wanted.result) == (MTN, CallResult.FAILED)
    assert shop.app.call_lists.totals(MANAGER, wanted).count == 1


def test_a_bank_is_shown_with_what_customers_are_told(qtbot, shop):
    page = opened(qtbot, shop)
    choose(page, 2)
    shown = [label.text() for label in page.pane.findChildren(SelectableLabel)]
    assert {"BK", "Kigali Shop Ltd", "0004-1", "Write the order's number"} <= set(shown)
    assert page.pane.environment.badge is None


def test_no_secret_is_ever_shown(qtbot, shop):
    page = opened(qtbot, shop, ADMIN)
    for row in range(page.model.rowCount()):
        choose(page, row)
        texts = [label.text() for label in page.pane.findChildren(SelectableLabel)]
        cells = [page.model.index(row, place).data(DISPLAY) for place in range(8)]
        assert SECRET not in " ".join([*texts, *cells])
    assert SECRET not in repr(shop.app.provider_standings.list(MANAGER))


def test_a_manager_looks_and_an_admin_goes_on_to_the_form(qtbot, shop):
    page = opened(qtbot, shop)
    assert not page.pane.edit_button.isVisible()
    with qtbot.waitSignal(page.notice_raised):
        qtbot.keyClick(page, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    admins = opened(qtbot, shop, ADMIN)
    choose(admins, 3)
    admins.table.setFocus()
    with qtbot.waitSignal(admins.item_requested) as asked:
        qtbot.keyClick(admins.table, Qt.Key.Key_Return)
    assert asked.args == ["settings", "channels:bank:Equity main"]
    settings = SettingsPage(shop.context(ADMIN))
    qtbot.addWidget(settings)
    settings.resize(1300, 700)
    settings.show()
    settings.open_item(asked.args[1])
    qtbot.waitUntil(lambda: settings.bank.value.name == "Equity main")
    assert settings.bank.isVisible()


def test_a_provider_switched_on_another_desk_is_seen_at_once(qtbot, shop):
    page = opened(qtbot, shop)
    choose(page, 1)
    shop.app.providers.use(ADMIN, "mtn", Environment.SANDBOX)
    page.changes_arrived(frozenset({"providers"}))
    qtbot.waitUntil(lambda: column(page, "is_active")[:2] == ["Inactive", "Active"])
    assert page.table.currentIndex().row() == 1
    assert page.pane.active.badge.text == "Active"
