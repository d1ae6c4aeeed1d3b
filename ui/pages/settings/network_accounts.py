"""A mobile network's two accounts, side by side, and which of them is in use."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Generic

from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QHBoxLayout,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from core.model.providers import Environment
from core.permissions import Actor
from core.services.gateways.rows import ConnectionCheck
from core.services.providers.forms import (
    NETWORK_NAMES,
    AirtelProviderForm,
    MTNProviderForm,
    Network,
)
from ui.context import PageContext
from ui.pages.settings.channel_forms import AccountForm, AirtelForm, MTNForm, NetworkFormT
from ui.tasks import Progress
from ui.theme import gap
from ui.widgets.basics import PlainLabel
from ui.widgets.buttons import BusyButton
from ui.widgets.messages import InlineMessage

_CHOICES = (Environment.LIVE, Environment.SANDBOX, None)


class NetworkAccounts(QWidget, Generic[NetworkFormT]):
    """Reads, saves, tries and switches the live and the sandbox account of one network.

    Each account is saved by itself, so that what is typed into one never waits for the other. The
    switch has a button: the arrow keys walk through all choices, and none of them may act.
    """

    def __init__(
        self,
        context: PageContext,
        network: Network,
        forms: tuple[AccountForm[NetworkFormT], AccountForm[NetworkFormT]],
        *,
        read: Callable[[Actor, Environment], NetworkFormT],
        save: Callable[[Actor, NetworkFormT], NetworkFormT],
    ) -> None:
        super().__init__()
        self._context = context
        self._network = network
        self._read = read
        self._save = save
        self._in_use: Environment | None = None
        self.forms = forms
        self.live, self.sandbox = forms
        self.choices: dict[Environment | None, QRadioButton] = {}
        self._group = QButtonGroup(self)
        self.warning = InlineMessage(self)
        self.message = InlineMessage(self)
        self.switch = BusyButton(self.tr("Switch"), busy_text=self.tr("Switching…"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(gap(self, 1.2))
        column.addLayout(self._build_switch())
        column.addWidget(self.warning)
        column.addWidget(self.message)
        row = QHBoxLayout()
        row.setSpacing(gap(self, 2))
        column.addLayout(row)
        for form in forms:
            title = form.accessibleName()
            form.setAccessibleName(f"{NETWORK_NAMES[network]}: {title}")
            row.addWidget(form, 1)
            form.save_requested.connect(partial(self._on_save, form))
            form.test_requested.connect(partial(self._on_test, form))
        self._show_in_use(None)

    def refresh(self) -> None:
        """Read both accounts again; what is being edited stays."""
        read, actor = self._read, self._context.actor

        def work() -> tuple[NetworkFormT, ...]:
            return tuple(read(actor, environment) for environment in Environment)

        self._context.tasks.query(self, work, on_success=self._on_read, latest="accounts")

    def _build_switch(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(gap(self, 2))
        row.addWidget(PlainLabel(NETWORK_NAMES[self._network], look="heading"))
        row.addStretch(1)
        caption = self.tr("In use:")
        row.addWidget(PlainLabel(caption))
        names = (self.tr("Live"), self.tr("Sandbox"), self.tr("Neither"))
        for environment, name in zip(_CHOICES, names, strict=True):
            choice = QRadioButton(name)
            choice.setAccessibleName(f"{NETWORK_NAMES[self._network]} {caption} {name}")
            self._group.addButton(choice)
            self.choices[environment] = choice
            row.addWidget(choice)
        self.choices[None].setChecked(True)
        self._group.buttonToggled.connect(self._on_toggled)
        self.switch.clicked.connect(self._on_switch)
        row.addWidget(self.switch)
        return row

    def _chosen(self) -> Environment | None:
        checked = (value for value, choice in self.choices.items() if choice.isChecked())
        return next(checked, self._in_use)

    def _show_in_use(self, environment: Environment | None, *, decided: bool = False) -> None:
        """Show what is in force, unless somebody is about to choose something else."""
        is_choosing = self._chosen() is not self._in_use
        self._in_use = environment
        if decided or not is_choosing:
            self.choices[environment].setChecked(True)
        self._on_chosen()
        if environment is not Environment.SANDBOX:
            self.warning.clear()
        elif not self.warning.text:
            self.warning.show_message(
                self.tr("The sandbox account is in use. No real money moves."), level="warning"
            )

    def _on_chosen(self) -> None:
        chosen = self._chosen()
        is_other = chosen is not self._in_use
        names = {
            Environment.LIVE: self.tr("Use the live account"),
            Environment.SANDBOX: self.tr("Use the sandbox account"),
            None: self.tr("Use neither"),
        }
        self.switch.setText(names[chosen] if is_other else self.tr("Switch"))
        # Hidden, it would make the row jump; without a choice to carry out it is only dead.
        self.switch.setEnabled(is_other and not self.switch.is_busy)

    def _on_toggled(self, _choice: QAbstractButton, checked: bool) -> None:
        if checked:
            self._on_chosen()

    # Reading.

    def _on_read(self, accounts: tuple[NetworkFormT, ...]) -> None:
        for form, value in zip(self.forms, accounts, strict=True):
            if not form.has_edits:
                form.show_value(value)
        self._show_in_use(_used(accounts))

    # Switching.

    def _on_switch(self) -> None:
        providers, actor, network = self._context.app.providers, self._context.actor, self._network
        chosen = self._chosen()
        self.message.clear()
        self._context.tasks.operation(
            self,
            lambda: providers.use(actor, network, chosen),
            on_success=lambda _nothing: self._on_switched(chosen),
            on_known_error=self.message.show_error,
            on_finished=self._on_switch_finished,
        )

    def _on_switch_finished(self) -> None:
        self.switch.finish()
        self._on_chosen()

    def _on_switched(self, environment: Environment | None) -> None:
        self._show_in_use(environment, decided=True)
        if environment is Environment.LIVE:
            told = self.tr("The live account is in use now. Real money moves.")
            self.message.show_message(told, level="success")
        elif environment is None:
            told = self.tr("No account is in use now. A person confirms each payment.")
            self.message.show_message(told)
        self.choices[environment].setFocus()

    # Saving and trying.

    def _on_save(self, form: AccountForm[NetworkFormT]) -> None:
        self._keep(form, then_test=False)

    def _on_test(self, form: AccountForm[NetworkFormT]) -> None:
        form.clear_messages()
        if form.has_edits:
            form.save.start()
            self._keep(form, then_test=True)
        else:
            self._test(form)

    def _keep(self, form: AccountForm[NetworkFormT], *, then_test: bool) -> None:
        save, actor, typed = self._save, self._context.actor, form.typed()

        def on_success(value: NetworkFormT) -> None:
            form.show_value(value)
            form.tell_saved()
            if value.is_active:
                self._show_in_use(value.environment)
            if then_test:
                self._test(form)

        def on_finished() -> None:
            form.finish()
            form.test.finish()

        self._context.tasks.operation(
            form,
            lambda: save(actor, typed),
            on_success=on_success,
            on_known_error=form.fail,
            on_finished=on_finished,
        )

    def _test(self, form: AccountForm[NetworkFormT]) -> None:
        accounts, actor, network = (
            self._context.app.gateway_accounts,
            self._context.actor,
            self._network,
        )
        environment = form.environment
        form.test.start()

        def work(_progress: Progress) -> tuple[ConnectionCheck, ...]:
            return accounts.test(actor, network, environment)

        # A network may take half a minute to answer: the shop's own work must not wait for it.
        self._context.tasks.slow(
            form,
            work,
            on_success=form.show_checks,
            on_known_error=form.fail,
            on_finished=form.test.finish,
        )


def _used(accounts: tuple[NetworkFormT, ...]) -> Environment | None:
    return next((account.environment for account in accounts if account.is_active), None)


def mtn_accounts(context: PageContext) -> NetworkAccounts[MTNProviderForm]:
    """Return MTN's two accounts."""
    providers = context.app.providers
    forms = (MTNForm(Environment.LIVE), MTNForm(Environment.SANDBOX))
    return NetworkAccounts(context, "mtn", forms, read=providers.mtn, save=providers.save_mtn)


def airtel_accounts(context: PageContext) -> NetworkAccounts[AirtelProviderForm]:
    """Return Airtel's two accounts."""
    providers = context.app.providers
    forms = (AirtelForm(Environment.LIVE), AirtelForm(Environment.SANDBOX))
    return NetworkAccounts(
        context, "airtel", forms, read=providers.airtel, save=providers.save_airtel
    )
