"""One account with MTN, Airtel or a bank. A secret is never shown, only whether there is one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Generic, TypeVar

from PySide6.QtCore import QCoreApplication, QTimer, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QLineEdit,
    QScrollArea,
    QSizePolicy,
    QWidget,
)

from core.model.providers import Environment
from core.services.gateways.rows import ConnectionCheck
from core.services.providers.forms import (
    AirtelProviderForm,
    BankProviderForm,
    MTNProviderForm,
)
from ui.pages.settings.connection_steps import ConnectionSteps
from ui.pages.settings.shop_form import Field, SavingForm, text_of
from ui.widgets.buttons import BusyButton

FormT = TypeVar("FormT", bound=AirtelProviderForm | MTNProviderForm | BankProviderForm)
NetworkFormT = TypeVar("NetworkFormT", bound=AirtelProviderForm | MTNProviderForm)


class ChannelForm(SavingForm, Generic[FormT]):
    """Base of the three: texts, secrets and switches by the names the service gives them."""

    def __init__(self, heading: str, empty: FormT, parent: QWidget | None = None) -> None:
        super().__init__(heading, parent)
        self.value: FormT = empty
        self._texts: dict[str, Field] = {}
        self.secrets: dict[str, QLineEdit] = {}
        self._switches: dict[str, QCheckBox] = {}

    def show_value(self, value: FormT) -> None:
        """Fill the fields; secret fields stay empty."""
        self.value = value

        def put() -> None:
            for name, field in self._texts.items():
                text = str(getattr(value, name))
                if isinstance(field, QLineEdit):
                    field.setText(text)
                    field.setCursorPosition(0)  # an address is known by its beginning
                else:
                    field.setPlainText(text)
            for name, switch in self._switches.items():
                switch.setChecked(bool(getattr(value, name)))
            for name, secret in self.secrets.items():
                secret.clear()
                is_set = bool(getattr(value, f"{name}_is_set"))
                secret.setPlaceholderText(
                    self.tr("set – type to replace it") if is_set else self.tr("not set")
                )

        self.fill(put)

    def typed(self) -> FormT:
        """Return the form as typed; a secret left empty stays as it is."""
        changes: dict[str, object] = {name: text_of(f).strip() for name, f in self._texts.items()}
        changes |= {name: switch.isChecked() for name, switch in self._switches.items()}
        changes |= {name: edit.text() or None for name, edit in self.secrets.items()}
        return _replaced(self.value, changes)

    def add_plain(self, name: str, label: str, *, lines: int = 1, hint: str = "") -> None:
        """Add a field that may be read."""
        self._texts[name] = self.add_text(name, label, lines=lines, hint=hint)

    def add_secret(self, name: str, label: str) -> None:
        """Add a field whose content is never shown again."""
        edit = QLineEdit()
        edit.setEchoMode(QLineEdit.EchoMode.Password)
        edit.textChanged.connect(self.note_edit)
        self.add_field(name, label, edit)
        self.secrets[name] = edit

    def add_switch(self, name: str, label: str) -> None:
        """Add a yes-or-no field."""
        switch = QCheckBox(label)
        switch.toggled.connect(self.note_edit)
        switch.setAccessibleName(label)
        self.form.addRow(switch)
        self.keep_field(name, switch)
        self._switches[name] = switch


class AccountForm(ChannelForm[NetworkFormT]):
    """One account at a mobile network, which can be tried out.

    Signals:
        test_requested: Test was pressed; it is busy until ``test.finish()``.
    """

    test_requested = Signal()

    def __init__(self, empty: NetworkFormT, parent: QWidget | None = None) -> None:
        heading = (
            QCoreApplication.translate("AccountForm", "Live account")
            if empty.environment is Environment.LIVE
            else QCoreApplication.translate("AccountForm", "Sandbox account")
        )
        super().__init__(heading, empty, parent)
        self.test = BusyButton("", busy_text=self.tr("Testing…"), kind="")
        self.test.clicked.connect(self.test_requested)
        self.add_action(self.test)
        self.steps = ConnectionSteps(self)
        self.body.addWidget(self.steps)
        # Beside a taller card the fields stay level with those over there.
        self.body.addStretch(1)
        self.edited.connect(self._on_edited)

    @property
    def environment(self) -> Environment:
        """Which of the two accounts this is."""
        return self.value.environment

    def show_value(self, value: NetworkFormT) -> None:
        """Fill the fields; secret fields stay empty."""
        super().show_value(value)
        self._name_test()

    def clear_messages(self) -> None:
        """Take away what was told, and the marks of wrong fields."""
        super().clear_messages()
        self.steps.clear()

    def show_checks(self, checks: tuple[ConnectionCheck, ...]) -> None:
        """Show what came of a test, and bring it into view."""
        self.steps.show_checks(checks)
        QTimer.singleShot(0, self, self._show_steps)

    def _show_steps(self) -> None:
        """Scroll, once the layout has given the steps their room."""
        above = self.parentWidget()
        while above is not None and not isinstance(above, QScrollArea):
            above = above.parentWidget()
        if isinstance(above, QScrollArea):
            above.ensureWidgetVisible(self.steps)

    def _on_edited(self) -> None:
        # The steps were of the account as it was.
        self.steps.clear()
        self._name_test()

    def _name_test(self) -> None:
        self.test.setText(
            self.tr("Save and test") if self.has_edits else self.tr("Test connection")
        )


class MTNForm(AccountForm[MTNProviderForm]):
    """An account at MTN Mobile Money."""

    def __init__(self, environment: Environment, parent: QWidget | None = None) -> None:
        super().__init__(MTNProviderForm(environment=environment), parent)
        self.add_plain("merchant_id", self.tr("Merchant id"))
        self.add_plain("base_url", self.tr("Address of the service"), hint="https://…")
        self.add_plain("target_environment", self.tr("Target environment"), hint="mtnrwanda")
        self.add_plain("currency", self.tr("Currency"))
        self.add_plain("api_user", self.tr("API user"))
        self.add_secret("api_key", self.tr("API key"))
        self.add_secret("collection_subscription_key", self.tr("Key for collections"))
        self.add_secret("disbursement_subscription_key", self.tr("Key for refunds"))
        self.add_plain("webhook_url", self.tr("Callback address"), hint="https://…")
        self.show_value(self.value)


class AirtelForm(AccountForm[AirtelProviderForm]):
    """An account at Airtel Money."""

    def __init__(self, environment: Environment, parent: QWidget | None = None) -> None:
        super().__init__(AirtelProviderForm(environment=environment), parent)
        self.add_plain("merchant_id", self.tr("Merchant id"))
        self.add_plain("base_url", self.tr("Address of the service"), hint="https://…")
        self.add_plain("country", self.tr("Country"))
        self.add_plain("currency", self.tr("Currency"))
        self.add_plain("client_id", self.tr("Client id"))
        self.add_secret("client_secret", self.tr("Client secret"))
        self.add_secret("callback_key", self.tr("Callback key"))
        self.add_switch("signed", self.tr("Requests are signed"))
        self.add_plain("webhook_url", self.tr("Callback address"), hint="https://…")
        self.show_value(self.value)


class BankForm(ChannelForm[BankProviderForm]):
    """The shop's bank accounts, one at a time; the list's last entry makes a new one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(
            QCoreApplication.translate("BankForm", "Bank transfer"), BankProviderForm(), parent
        )
        self._banks: tuple[BankProviderForm, ...] = ()
        self._wanted = ""
        self.account = QComboBox()
        self.account.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.account.activated.connect(self._on_chosen)
        self.add_field("provider_id", self.tr("Account"), self.account)
        self.add_switch("is_active", self.tr("Active"))
        self.add_plain("bank_name", self.tr("Bank"))
        self.add_plain("account_name", self.tr("Account name"))
        self.add_plain("account_number", self.tr("Account number"))
        self.add_plain("branch", self.tr("Branch"))
        self.add_plain("swift_code", self.tr("SWIFT code"))
        self.add_plain("customer_instructions", self.tr("Told to customers"), lines=3)
        self.show_banks((), "")

    def choose(self, name: str) -> None:
        """Show the account of this name, as soon as it is known."""
        self._wanted = name
        self.show_banks(self._banks, name)

    def show_banks(self, banks: tuple[BankProviderForm, ...], chosen: str) -> None:
        """Show the accounts there are, one of them by its name."""
        self._banks = banks
        self.account.clear()
        for bank in self._banks:
            self.account.addItem(bank.name)
        self.account.addItem(self.tr("New account…"))
        names = [bank.name for bank in self._banks]
        if self._wanted in names:
            chosen, self._wanted = self._wanted, ""
        self.account.setCurrentIndex(names.index(chosen) if chosen in names else 0)
        self._on_chosen(self.account.currentIndex())

    def _on_chosen(self, place: int) -> None:
        self.message.clear()
        self.show_value(self._banks[place] if place < len(self._banks) else BankProviderForm())


def _replaced(value: FormT, changes: Mapping[str, object]) -> FormT:
    return replace(value, **changes)  # type: ignore[arg-type]  # names and types are the form's
