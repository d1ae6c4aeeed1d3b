from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit

from core.gateways.sandbox.server import Sandbox
from core.gateways.sandbox.settings import DEMO_ACCOUNT
from core.model.providers import Environment
from core.permissions import Role
from tests.ui.pages.small_shop import PASSWORD, Shop, open_small_shop
from ui.pages.settings.page import SettingsPage
from ui.pages.settings.people import PersonDialog

LIVE, SANDBOX = Environment.LIVE, Environment.SANDBOX


@pytest.fixture
def shop(qapp, tmp_path) -> Iterator[Shop]:
    made = open_small_shop(tmp_path)
    yield made
    made.close()


@pytest.fixture
def page(qtbot, shop) -> SettingsPage:
    made = SettingsPage(shop.context("ange"))
    qtbot.addWidget(made)
    made.resize(1100, 680)
    made.show()
    qtbot.waitUntil(lambda: made.is_settled and not shop.tasks.is_busy)
    return made


def save(qtbot, shop: Shop, form) -> str:
    form.save.click()
    qtbot.waitUntil(lambda: not shop.tasks.is_busy)
    return form.message.text


def test_the_shop_s_data_are_kept(qtbot, shop, page):
    qtbot.keyClicks(page.shop.fields["shop_name"], "Inzozi")
    page.shop.fields["address"].setPlainText("KN 4 Ave\nKigali")
    assert page.has_unsaved_input()
    assert save(qtbot, shop, page.shop) == "Saved."
    settings = shop.app.settings.load()
    assert (settings.shop_name, settings.address) == ("Inzozi", "KN 4 Ave\nKigali")
    assert not page.has_unsaved_input()


def test_a_wrong_tax_number_is_told_and_marked(qtbot, shop, page):
    tin = page.shop.fields["tin"]
    qtbot.keyClicks(tin, "12")
    assert "nine digits" in save(qtbot, shop, page.shop)
    assert tin.property("invalid") == "true"
    assert shop.app.settings.load().tin == ""


def test_another_desk_s_change_reaches_a_form_that_is_not_being_edited(qtbot, shop, page):
    qtbot.keyClicks(page.mtn.live.fields["merchant_id"], "M-1")
    settings = replace(shop.app.settings.load(), shop_name="Elsewhere")
    shop.app.settings.save(shop.actor("ange"), settings)
    page.changes_arrived({"settings", "providers"})
    qtbot.waitUntil(lambda: page.shop.fields["shop_name"].text() == "Elsewhere")
    qtbot.waitUntil(lambda: not shop.tasks.is_busy)
    assert page.mtn.live.fields["merchant_id"].text() == "M-1"


def test_saving_the_look_leaves_another_desk_s_shop_data_alone(qtbot, shop, page):
    settings = replace(shop.app.settings.load(), shop_name="Elsewhere")
    shop.app.settings.save(shop.actor("ange"), settings)
    page.appearance.theme.setCurrentIndex(2)
    save(qtbot, shop, page.appearance)
    kept = shop.app.settings.load()
    assert (kept.shop_name, kept.theme) == ("Elsewhere", "dark")


def test_only_languages_with_texts_are_offered(page):
    box = page.appearance.language
    assert [box.itemData(place) for place in range(box.count())] == ["en"]


@pytest.mark.parametrize("place", [0, 1])
def test_a_secret_is_kept_hidden_and_stays_unless_replaced(qtbot, shop, page, place):
    form = page.mtn.forms[place]
    secret = form.secrets["api_key"]
    assert secret.placeholderText() == "not set"
    qtbot.keyClicks(secret, "s3cret")
    assert secret.echoMode() is QLineEdit.EchoMode.Password
    assert save(qtbot, shop, form) == "Saved."
    assert secret.text() == ""
    assert "type to replace" in secret.placeholderText()
    qtbot.keyClicks(form.fields["merchant_id"], "M-1")
    assert save(qtbot, shop, form) == "Saved."
    kept = shop.app.providers.mtn(shop.actor("ange"), form.environment)
    assert (kept.api_key_is_set, kept.merchant_id) == (True, "M-1")
    other = shop.app.providers.mtn(shop.actor("ange"), page.mtn.forms[1 - place].environment)
    assert (other.api_key_is_set, other.merchant_id) == (False, "")


def test_plain_http_to_airtel_is_refused_in_the_form(qtbot, shop, page):
    form = page.airtel.sandbox
    form.fields["base_url"].setText("http://example.com")
    assert "https" in save(qtbot, shop, form)
    assert form.fields["base_url"].property("invalid") == "true"
    assert form.has_edits
    assert page.airtel.live.message.text == ""


def test_what_is_typed_into_one_account_outlives_saving_the_other(qtbot, shop, page):
    qtbot.keyClicks(page.mtn.live.fields["merchant_id"], "L")
    qtbot.keyClicks(page.mtn.live.secrets["api_key"], "typed")
    qtbot.keyClicks(page.mtn.sandbox.fields["merchant_id"], "S")
    assert save(qtbot, shop, page.mtn.sandbox) == "Saved."
    page.changes_arrived({"providers"})
    qtbot.waitUntil(lambda: not shop.tasks.is_busy)
    assert page.mtn.live.fields["merchant_id"].text() == "L"
    assert page.mtn.live.secrets["api_key"].text() == "typed"
    assert page.has_unsaved_input()


def test_the_form_offers_the_network_s_own_addresses(page):
    assert page.mtn.live.fields["base_url"].text() == "https://proxy.momoapi.mtn.co.rw"
    assert page.mtn.sandbox.fields["currency"].text() == "EUR"
    assert page.airtel.sandbox.fields["base_url"].text() == "https://openapiuat.airtel.co.rw"
    assert not page.has_unsaved_input()


def test_the_page_says_how_secrets_are_kept(shop, page):
    assert "encrypted" in page.secrets_line.text()
    assert shop.app.providers.describe_secrets() in page.secrets_line.text()


def in_use(shop) -> list[Environment | None]:
    rows = shop.app.providers.list(shop.actor("ange"))
    return [row.environment for row in rows if row.is_active]


def test_the_first_live_account_shows_as_in_use(qtbot, shop, page):
    assert page.mtn.choices[None].isChecked()
    save(qtbot, shop, page.mtn.live)
    assert page.mtn.choices[LIVE].isChecked()
    assert not page.mtn.switch.isEnabled()


def test_choosing_changes_nothing_until_the_button_is_pressed(qtbot, shop, page):
    save(qtbot, shop, page.mtn.live)
    save(qtbot, shop, page.mtn.sandbox)
    page.tabs.setCurrentIndex(1)
    page.mtn.choices[LIVE].setFocus()
    qtbot.keyClick(page.mtn.choices[LIVE], Qt.Key.Key_Right)
    assert page.mtn.choices[SANDBOX].isChecked()
    assert page.mtn.switch.text() == "Use the sandbox account"
    page.changes_arrived({"providers"})
    qtbot.waitUntil(lambda: not shop.tasks.is_busy)
    assert page.mtn.choices[SANDBOX].isChecked()
    assert in_use(shop) == [LIVE]
    assert page.mtn.warning.text == ""

    qtbot.keyClick(page.mtn.switch, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: not shop.tasks.is_busy)
    assert in_use(shop) == [SANDBOX]
    assert "No real money moves" in page.mtn.warning.text
    assert page.mtn.warning.isVisible()
    assert not page.mtn.switch.isEnabled()

    page.mtn.choices[None].setChecked(True)
    page.mtn.switch.click()
    qtbot.waitUntil(lambda: not shop.tasks.is_busy)
    assert in_use(shop) == []
    assert not page.mtn.warning.isVisible()


def test_an_account_never_saved_is_refused_with_the_reason(qtbot, shop, page):
    page.airtel.choices[SANDBOX].setChecked(True)
    page.airtel.switch.click()
    qtbot.waitUntil(lambda: not shop.tasks.is_busy)
    assert "no sandbox account" in page.airtel.message.text
    assert page.airtel.switch.isEnabled()
    assert page.airtel.warning.text == ""


def test_a_switch_at_another_desk_is_shown(qtbot, shop, page):
    save(qtbot, shop, page.mtn.sandbox)
    shop.app.providers.use(shop.actor("ange"), "mtn", SANDBOX)
    page.changes_arrived({"providers"})
    qtbot.waitUntil(page.mtn.choices[SANDBOX].isChecked)
    assert "No real money" in page.mtn.warning.text


@pytest.fixture
def networks() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


def fill_mtn(form, url: str) -> None:
    form.fields["base_url"].setText(url)
    form.fields["currency"].setText("RWF")
    form.fields["target_environment"].setText("sandbox")
    form.fields["api_user"].setText(DEMO_ACCOUNT.api_user)
    for name in form.secrets:
        form.secrets[name].setText(getattr(DEMO_ACCOUNT, name))


def test_what_was_typed_is_saved_and_tested_step_by_step(qtbot, shop, page, networks):
    page.tabs.setCurrentIndex(1)
    form = page.mtn.sandbox
    assert form.test.text() == "Test connection"
    fill_mtn(form, networks.url)
    assert form.test.text() == "Save and test"
    form.test.click()
    assert form.test.text() == "Testing…"
    assert not form.test.isEnabled()
    qtbot.waitUntil(lambda: not shop.tasks.is_busy)
    assert form.message.text == "Saved."
    assert len(form.steps.texts) > 2
    assert not any("failed" in text for text in form.steps.texts)
    assert form.steps.isVisible()
    assert (form.test.text(), form.test.isEnabled()) == ("Test connection", True)
    shown = form.steps.findChildren(QLabel)
    assert all(label.textFormat() is Qt.TextFormat.PlainText for label in shown)
    assert DEMO_ACCOUNT.api_key not in " ".join(form.steps.texts)

    qtbot.keyClicks(form.secrets["api_key"], "wrong-key")
    assert form.steps.texts == ()
    form.test.click()
    qtbot.waitUntil(lambda: not shop.tasks.is_busy)
    assert any("failed" in text for text in form.steps.texts)


def test_an_account_that_cannot_be_saved_is_not_tested(qtbot, shop, page):
    form = page.mtn.live
    form.fields["base_url"].setText("http://example.com")
    form.test.click()
    qtbot.waitUntil(lambda: not shop.tasks.is_busy)
    assert "https" in form.message.text
    assert form.steps.texts == ()
    assert form.test.isEnabled()
    assert form.save.isEnabled()


def test_an_incomplete_account_says_what_it_needs(qtbot, shop, page):
    save(qtbot, shop, page.airtel.live)
    page.airtel.live.test.click()
    qtbot.waitUntil(lambda: not shop.tasks.is_busy)
    assert "client_secret" in page.airtel.live.message.text


def test_a_silent_network_leaves_the_window_and_the_shop_at_work(qtbot, shop, page):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        form = page.mtn.live
        fill_mtn(form, f"http://127.0.0.1:{silent.getsockname()[1]}")
        save(qtbot, shop, form)
        form.test.click()
        answered: list[object] = []
        shop.tasks.query(page, shop.app.settings.load, on_success=answered.append)
        qtbot.waitUntil(lambda: bool(answered), timeout=2000)
        assert form.test.is_busy
    qtbot.waitUntil(lambda: not shop.tasks.is_busy, timeout=8000)
    assert "failed" in form.steps.texts[0]


def test_every_field_and_button_of_a_channel_is_reached_by_tab_in_order(qtbot, page):
    page.tabs.setCurrentIndex(1)
    page.mtn.choices[SANDBOX].setChecked(True)
    wanted = [
        page.mtn.choices[SANDBOX],
        page.mtn.switch,
        *page.mtn.live.fields.values(),
        page.mtn.live.test,
        page.mtn.live.save,
        *page.mtn.sandbox.fields.values(),
        page.mtn.sandbox.test,
        page.mtn.sandbox.save,
    ]
    wanted[0].setFocus()
    for widget in wanted:
        assert page.focusWidget() is widget, widget.accessibleName()
        page.window().focusNextChild()


def test_a_proxy_is_kept_and_one_with_a_password_refused(qtbot, shop, page):
    proxy = page.shop.fields["proxy_url"]
    qtbot.keyClicks(proxy, "http://me:word@proxy:3128")
    assert "without a name and password" in save(qtbot, shop, page.shop)
    assert proxy.property("invalid") == "true"
    proxy.setText("http://proxy:3128")
    assert save(qtbot, shop, page.shop) == "Saved."
    assert shop.app.settings.load().proxy_url == "http://proxy:3128"


def test_bank_accounts_are_added_and_changed(qtbot, shop, page):
    bank = page.bank
    bank.fields["bank_name"].setText("Bank of Kigali")
    bank.fields["account_number"].setText("00040")
    assert save(qtbot, shop, bank) == "Saved."
    assert bank.account.currentText() == "Bank of Kigali 00040"
    bank.fields["branch"].setText("Remera")
    save(qtbot, shop, bank)
    (kept,) = shop.app.providers.banks(shop.actor("ange"))
    assert kept.branch == "Remera"
    bank.account.setCurrentIndex(1)
    bank.account.activated.emit(1)
    assert bank.fields["bank_name"].text() == ""


def test_a_person_is_added_and_may_sign_in(qtbot, shop, page):
    page.people.add.click()
    dialog = page.findChild(PersonDialog)
    dialog.name.setText("eric")
    dialog.role.setCurrentIndex(dialog.role.findData(Role.MANAGER))
    dialog.password.setText(PASSWORD)
    dialog.again.setText("other")
    dialog.submit_button.click()
    assert "differ" in dialog.message.text
    dialog.again.setText(PASSWORD)
    dialog.submit_button.click()
    qtbot.waitUntil(lambda: ("eric", "toggle") in page.people.buttons)
    assert shop.actor("eric").role is Role.MANAGER


def test_a_name_twice_is_told_in_the_dialog(qtbot, shop, page):
    page.people.add.click()
    dialog = page.findChild(PersonDialog)
    for field, text in (
        (dialog.name, "Aline"),
        (dialog.password, PASSWORD),
        (dialog.again, PASSWORD),
    ):
        field.setText(text)
    dialog.submit_button.click()
    qtbot.waitUntil(lambda: "already" in dialog.message.text)
    assert dialog.name.text() == "Aline"


def test_a_new_password_ends_the_old_one(qtbot, shop, page):
    page.people.buttons["aline", "password"].click()
    dialog = page.findChild(PersonDialog)
    qtbot.keyClicks(dialog.password, "another-1")
    qtbot.keyClick(dialog.password, Qt.Key.Key_Return)
    qtbot.keyClicks(dialog.again, "another-1")
    qtbot.keyClick(dialog.again, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "new password" in page.people_message.text)
    assert shop.app.users.sign_in("aline", "another-1", "desk").name == "aline"


def test_a_disabled_person_is_out_and_can_be_let_in_again(qtbot, shop, page):
    page.people.buttons["claude", "toggle"].click()
    qtbot.waitUntil(lambda: "claude" not in shop.app.users.names())
    qtbot.waitUntil(lambda: page.people.buttons["claude", "toggle"].text() == "Enable")
    page.people.buttons["claude", "toggle"].click()
    qtbot.waitUntil(lambda: "claude" in shop.app.users.names())
    assert not page.people.buttons["ange", "toggle"].isEnabled()
    qtbot.waitUntil(lambda: not shop.tasks.is_busy)


def test_the_rules_of_points_are_kept_and_wrong_ones_are_marked(qtbot, shop, page):
    form = page.loyalty
    page.tabs.setCurrentIndex(3)
    rate = form.fields["loyalty_francs_per_point"]
    assert rate.amount_minor == 10_000
    assert not form.has_edits
    rate.set_amount(5_000)
    assert "earns 10 points, worth 1\u202f000" in form.example.text()
    form.part_payments.setChecked(False)
    assert page.has_unsaved_input()
    assert save(qtbot, shop, form) == "Saved."
    rules = shop.app.loyalty.settings()
    assert (rules.loyalty_francs_per_point, rules.loyalty_part_payments) == (5_000, False)

    form.fields["loyalty_gold_from"].set_amount(1_000)
    assert "higher than" in save(qtbot, shop, form)
    assert form.fields["loyalty_gold_from"].property("invalid") == "true"
    form.fields["loyalty_gold_from"].set_amount(None)
    assert "Type an amount" in save(qtbot, shop, form)
    assert shop.app.loyalty.settings() == rules


def test_what_a_clerk_may_write_off_is_kept_and_may_be_nothing(qtbot, shop, page):
    form = page.write_offs
    page.tabs.setCurrentWidget(form)
    qtbot.waitUntil(lambda: form.amount.amount_minor == 1_000)
    form.amount.edit.setText("2 500")
    form.share.setValue(2)
    assert page.has_unsaved_input()
    assert save(qtbot, shop, form) == "Saved."
    limits = shop.app.write_off_limits.load()
    assert (limits.write_off_limit_minor, limits.write_off_limit_percent) == (2_500, 2)

    form.amount.edit.setText("1.5")
    assert "Type an amount" in save(qtbot, shop, form)
    form.amount.edit.setText("")
    assert save(qtbot, shop, form) == "Saved."
    assert shop.app.write_off_limits.load().write_off_limit_minor == 0

    form.day.edit.setText("20 000")
    assert save(qtbot, shop, form) == "Saved."
    assert shop.app.write_off_limits.load().write_off_day_limit_minor == 20_000
