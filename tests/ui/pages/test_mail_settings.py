"""The mail account's form, saved, tried against a real server, and its troubles in words."""

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QLineEdit

from core.services.mail.rows import MailChannelRow, MailTrouble
from tests.mail_host import PASSWORD, USER, MailHost, make_certificates
from tests.ui.pages.small_shop import Shop, open_small_shop
from ui.network_banner import mail_notices
from ui.pages.settings.page import SettingsPage


@pytest.fixture
def host(tmp_path_factory, monkeypatch) -> Iterator[MailHost]:
    certificates = make_certificates(tmp_path_factory.mktemp("authority"))
    monkeypatch.setenv("SSL_CERT_FILE", str(certificates.authority))
    with MailHost(certificates, needs_sign_in=True) as server:
        yield server


@pytest.fixture
def shop(qapp, tmp_path) -> Iterator[Shop]:
    made = open_small_shop(tmp_path)
    yield made
    made.close()


@pytest.fixture
def page(qtbot, shop) -> SettingsPage:
    made = SettingsPage(shop.context("ange"))
    qtbot.addWidget(made)
    made.resize(1100, 780)
    made.show()
    made.tabs.setCurrentWidget(made.tabs.widget(2))
    qtbot.waitUntil(lambda: made.is_settled and not shop.tasks.is_busy)
    return made


def fill(form, host):
    form.fields["mail_host"].setText("localhost")
    form.fields["mail_port"].setValue(host.port)
    form.fields["mail_user"].setText(USER)
    form.fields["mail_from_address"].setText(USER)
    form.password.setText(PASSWORD)


def test_the_account_is_saved_tried_and_sends_a_test_mail(qtbot, shop, page, host):
    form = page.mail
    fill(form, host)
    form.test_address.setText("ange@example.rw")
    assert form.test.text() == "Save and send a test mail"
    form.test.click()
    qtbot.waitUntil(lambda: len(form.steps.texts) == 4 and not shop.tasks.is_busy)
    assert form.steps.texts[-1].startswith("Send a test mail to ange@example.rw: The server took")
    assert [one.recipient for one in host.received] == ["ange@example.rw"]
    assert form.password.text() == ""
    assert form.password.echoMode() is QLineEdit.EchoMode.Password
    assert "type to replace" in form.password.placeholderText()
    assert not page.has_unsaved_input()


def test_what_fails_is_told_step_by_step(qtbot, shop, page, host):
    form = page.mail
    fill(form, host)
    form.password.setText("wrong")
    assert form.test.text() == "Save and test"
    form.test.click()
    qtbot.waitUntil(lambda: len(form.steps.texts) == 3 and not shop.tasks.is_busy)
    assert form.steps.texts[-1].startswith(f"Sign in as {USER} failed:")


def test_a_wrong_value_is_told_and_its_field_marked(qtbot, shop, page, host):
    form = page.mail
    fill(form, host)
    form.fields["mail_from_address"].setText("shop")
    form.save.click()
    qtbot.waitUntil(lambda: "not an e-mail address" in form.message.text)
    assert form.fields["mail_from_address"].property("invalid") == "true"
    assert form.fields["mail_host"].text() == "localhost"
    assert page.has_unsaved_input()


def test_the_usual_port_follows_the_encryption(page):
    form = page.mail
    form.security.setCurrentIndex(1)
    form.security.activated.emit(1)
    assert form.fields["mail_port"].value() == 465
    form.fields["mail_port"].setValue(2525)
    form.security.setCurrentIndex(0)
    form.security.activated.emit(0)
    assert form.fields["mail_port"].value() == 2525


def test_the_line_under_the_bar_tells_of_mail_only_while_some_waits(shop):
    now = shop.app.configuration.clock()
    held = MailChannelRow(MailTrouble.SIGN_IN, "It refuses the password.", "535 no", now, now, 2)
    (notice,) = mail_notices(held, now)
    assert notice.word == "Mail"
    assert "It refuses the password. Waiting: 2." in notice.text
    idle = MailChannelRow(MailTrouble.SIGN_IN, "It refuses the password.", "535 no", now, now, 0)
    assert mail_notices(idle, now) == ()
    well = MailChannelRow(None, "", "", None, None, 2)
    assert mail_notices(well, now) == ()
