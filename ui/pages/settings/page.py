"""The admin's page: the shop, its channels, its people, its printers, and how the program looks."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QScrollArea,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from core.errors import InvalidInputError, KnownError
from core.services.loyalty.settings import LoyaltySettings
from core.services.matching.write_off_limits import WriteOffLimits
from core.services.providers.forms import BankProviderForm
from core.services.rows import UserRow
from core.services.settings import ShopSettings
from ui.context import PageContext
from ui.pages.page import Page
from ui.pages.settings.backups import BackupsCard
from ui.pages.settings.channel_forms import BankForm
from ui.pages.settings.desk_printing import DeskPrinting
from ui.pages.settings.loyalty_form import LoyaltyForm
from ui.pages.settings.mail_form import MailAccountDesk, MailAccountForm
from ui.pages.settings.network_accounts import airtel_accounts, mtn_accounts
from ui.pages.settings.people import PeopleList, PersonDialog
from ui.pages.settings.refund_form import RefundForm
from ui.pages.settings.shop_form import AppearanceForm, SavingForm, ShopForm
from ui.pages.settings.templates import TemplatesTab
from ui.pages.settings.write_off_form import WriteOffForm
from ui.theme import gap, set_look
from ui.widgets.basics import PageHeader, PlainLabel, page_layout
from ui.widgets.messages import InlineMessage

_CHANNELS_TAB = 1
_CHARACTERS, _WIDE_CHARACTERS = 130, 260
"""How wide a tab gets: a line of text longer than the first is hard to follow to its beginning."""


class SettingsPage(Page):
    """Tabs of forms; what is being edited is never overwritten by news from another desk."""

    watches = frozenset({"settings", "providers", "users"})

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._settings: ShopSettings | None = None
        self._people_read = False
        self.shop = ShopForm()
        self.appearance = AppearanceForm()
        self.secrets_line = PlainLabel(look="muted", wrap=True)
        self.mtn = mtn_accounts(context)
        self.airtel = airtel_accounts(context)
        self.bank = BankForm()
        self.loyalty = LoyaltyForm()
        self.write_offs = WriteOffForm()
        self.refunds = RefundForm(context)
        self.mail = MailAccountForm()
        self.mail_desk = MailAccountDesk(context, self.mail)
        self.templates = TemplatesTab(context)
        self.printing = DeskPrinting(context)
        self.backups = BackupsCard(context)
        self.people = PeopleList(context.actor)
        self.people_message = InlineMessage()
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.tabBar().setDrawBase(False)
        column = page_layout(self)
        column.addWidget(PageHeader(self.tr("Settings")))
        column.addWidget(self.tabs, 1)
        self._add_tab(self.tr("Shop"), self.shop)
        channels = (self.secrets_line, self.mtn, self.airtel, _in_left_half(self.bank))
        self._add_tab(self.tr("Channels"), *channels, characters=_WIDE_CHARACTERS)
        self._add_tab(self.tr("Mail"), self.mail)
        self._add_tab(self.tr("People"), self.people_message, self.people)
        self._add_tab(self.tr("Loyalty"), self.loyalty)
        self._add_tab(self.tr("Papers"), self.templates, characters=_WIDE_CHARACTERS, fills=True)
        self._add_tab(self.tr("Printing"), self.printing)
        self._add_tab(self.tr("Appearance"), self.appearance)
        self._add_tab(self.tr("Write-offs"), self.write_offs)
        self._add_tab(self.tr("Refunds"), self.refunds)
        self._add_tab(self.tr("Backup"), self.backups)
        self.setFocusProxy(self.tabs)
        self._connect()

    @property
    def is_settled(self) -> bool:
        """Tell whether everything has been read once."""
        return self._settings is not None and self._people_read

    def refresh(self) -> None:
        """Read everything again, but for the forms that are being edited."""
        app, actor, tasks = self.context.app, self.context.actor, self.context.tasks
        tasks.query(self, app.settings.load, on_success=self._on_settings_read, latest="settings")
        tasks.query(self, app.loyalty.settings, on_success=self._on_loyalty_read, latest="loyalty")
        tasks.query(
            self, app.write_off_limits.load, on_success=self._on_limits_read, latest="limits"
        )
        self.refunds.refresh()
        self.templates.refresh()
        self.printing.refresh()
        self.mtn.refresh()
        self.airtel.refresh()
        self.mail_desk.refresh()
        tasks.query(
            self,
            app.providers.describe_secrets,
            on_success=self._on_secrets_described,
            latest="secrets",
        )
        tasks.query(
            self, lambda: app.providers.banks(actor), on_success=self._on_banks_read, latest="banks"
        )
        tasks.query(
            self, lambda: app.users.everyone(actor), on_success=self._on_people_read, latest="users"
        )

    def open_item(self, item_id: str) -> None:
        """Go to a provider's form, named by its kind and its name: "channels:bank:BK main"."""
        section, _, provider = item_id.partition(":")
        if section != "channels":
            return
        self.tabs.setCurrentIndex(_CHANNELS_TAB)
        kind, _, name = provider.partition(":")
        if kind == "bank" and not self.bank.has_edits:
            self.bank.choose(name)
        networks: dict[str, QWidget] = {"mtn": self.mtn.live, "airtel": self.airtel.live}
        form = networks.get(kind, self.bank)
        first = form.findChild(QLineEdit)
        if isinstance(first, QLineEdit):
            first.setFocus()
        scroll = self.tabs.currentWidget()
        if isinstance(scroll, QScrollArea):
            scroll.ensureWidgetVisible(form)

    def has_unsaved_input(self) -> bool:
        """Tell whether a form was changed and not saved."""
        return any(form.has_edits for form in self._forms())

    def _forms(self) -> tuple[SavingForm, ...]:
        forms = (self.shop, self.appearance, self.templates.form, self.printing.form)
        networks = (*self.mtn.forms, *self.airtel.forms)
        return (
            *forms,
            *networks,
            self.bank,
            self.mail,
            self.loyalty,
            self.write_offs,
            self.refunds,
        )

    def _connect(self) -> None:
        self.shop.save_requested.connect(partial(self._save_settings, self.shop))
        self.appearance.save_requested.connect(partial(self._save_settings, self.appearance))
        self.bank.save_requested.connect(self._save_bank)
        self.loyalty.save_requested.connect(self._save_loyalty)
        self.write_offs.save_requested.connect(self._save_limits)
        self.people.add_requested.connect(self._on_add_person)
        self.people.password_requested.connect(self._on_new_password)
        self.people.active_toggled.connect(self._on_active_toggled)
        QShortcut(QKeySequence("Ctrl+S"), self).activated.connect(self._on_save_key)

    def _add_tab(
        self, title: str, *parts: QWidget, characters: int = _CHARACTERS, fills: bool = False
    ) -> None:
        inside = QWidget()
        set_look(inside, look="page")
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, gap(self, 2), gap(self), 0)
        column.setSpacing(gap(self, 2))
        for part in parts:
            column.addWidget(part)
        if not fills:
            column.addStretch(1)
        inside.setMaximumWidth(self.fontMetrics().averageCharWidth() * characters)
        scroll = QScrollArea()
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setWidget(inside)
        self.tabs.addTab(scroll, title)

    # Reading.

    def _on_settings_read(self, settings: ShopSettings) -> None:
        self._settings = settings
        for form in (self.shop, self.appearance):
            if not form.has_edits:
                form.show_settings(settings)

    def _on_loyalty_read(self, rules: LoyaltySettings) -> None:
        if not self.loyalty.has_edits:
            self.loyalty.show_rules(rules)

    def _on_limits_read(self, limits: WriteOffLimits) -> None:
        if not self.write_offs.has_edits:
            self.write_offs.show_limits(limits)

    def _on_secrets_described(self, sentence: str) -> None:
        told = self.tr("Secrets are stored encrypted and never shown again.")
        self.secrets_line.setText(f"{told} {sentence}")

    def _on_banks_read(self, banks: tuple[BankProviderForm, ...]) -> None:
        if not self.bank.has_edits:
            self.bank.show_banks(banks, self.bank.value.name)

    def _on_people_read(self, people: tuple[UserRow, ...]) -> None:
        self._people_read = True
        self.people.show_people(people)

    # Saving.

    def _on_save_key(self) -> None:
        focused = self.focusWidget()
        form = next((f for f in self._forms() if f.isAncestorOf(focused)), None)
        if form is None:
            shown = [form for form in self._forms() if form.isVisible()]
            form = shown[0] if len(shown) == 1 else None
        if form is not None:
            form.save.click()

    def _save_settings(self, form: ShopForm | AppearanceForm) -> None:
        app, actor, change = self.context.app, self.context.actor, form.change()

        def save() -> ShopSettings:
            # The other form's fields, and another desk's changes, are as they stand in the books.
            return app.settings.save(actor, change(app.settings.load()))

        def on_success(settings: ShopSettings) -> None:
            self._settings = settings
            form.show_settings(settings)
            form.tell_saved()

        self._save(form, save, on_success)

    def _save_loyalty(self) -> None:
        app, actor = self.context.app, self.context.actor
        try:
            rules = self.loyalty.typed()
        except InvalidInputError as error:
            self.loyalty.finish()
            self.loyalty.fail(error)
            return

        def on_success(saved: LoyaltySettings) -> None:
            self.loyalty.show_rules(saved)
            self.loyalty.tell_saved()

        self._save(self.loyalty, lambda: app.loyalty.save_settings(actor, rules), on_success)

    def _save_limits(self) -> None:
        app, actor = self.context.app, self.context.actor
        try:
            limits = self.write_offs.typed()
        except InvalidInputError as error:
            self.write_offs.finish()
            self.write_offs.fail(error)
            return

        def on_success(saved: WriteOffLimits) -> None:
            self.write_offs.show_limits(saved)
            self.write_offs.tell_saved()

        self._save(self.write_offs, lambda: app.write_off_limits.save(actor, limits), on_success)

    def _save_bank(self) -> None:
        app, actor, typed = self.context.app, self.context.actor, self.bank.typed()

        def save() -> tuple[str, tuple[BankProviderForm, ...]]:
            return app.providers.save_bank(actor, typed).name, app.providers.banks(actor)

        def on_success(saved: tuple[str, tuple[BankProviderForm, ...]]) -> None:
            name, banks = saved
            self.bank.show_banks(banks, name)
            self.bank.tell_saved()

        self._save(self.bank, save, on_success)

    def _save(
        self,
        form: SavingForm,
        work: Callable[[], object],
        on_success: Callable[..., object],
    ) -> None:
        self.context.tasks.operation(
            form,
            work,
            on_success=on_success,
            on_known_error=form.fail,
            on_finished=form.finish,
        )

    # People.

    def _on_add_person(self) -> None:
        dialog = PersonDialog(parent=self)
        dialog.submitted.connect(partial(self._on_person_submitted, dialog, ""))
        self._open(dialog)

    def _on_new_password(self, name: str) -> None:
        dialog = PersonDialog(name, self)
        dialog.submitted.connect(partial(self._on_person_submitted, dialog, name))
        self._open(dialog)

    def _open(self, dialog: PersonDialog) -> None:
        self.people_message.clear()
        self.open_form(dialog)

    def _on_person_submitted(self, dialog: PersonDialog, name: str) -> None:
        users, actor = self.context.app.users, self.context.actor
        try:
            password = dialog.checked_password()
        except InvalidInputError as error:
            dialog.fail(error)
            return
        new_name, role = dialog.name.text(), dialog.chosen_role()

        def work() -> UserRow:
            if name:
                return users.set_password(actor, name, password)
            return users.add(actor, new_name, role, password)

        def on_success(person: UserRow) -> None:
            text = self.tr("%1 has a new password.") if name else self.tr("%1 may sign in now.")
            self.people_message.show_message(text.replace("%1", person.name), level="success")
            self.refresh()

        dialog.run(
            self.context.tasks,
            work,
            on_success,
        )

    def _on_active_toggled(self, name: str, active: bool) -> None:
        users, actor = self.context.app.users, self.context.actor
        act = users.enable if active else users.disable
        self.people_message.clear()
        self.context.tasks.operation(
            self,
            lambda: act(actor, name),
            on_success=lambda _person: self.refresh(),
            on_known_error=self._on_people_refused,
        )

    def _on_people_refused(self, error: KnownError) -> None:
        self.people_message.show_error(error)


def _in_left_half(card: QWidget) -> QWidget:
    """Return a row with a card as wide as one of two beside each other."""
    row = QWidget()
    across = QHBoxLayout(row)
    across.setContentsMargins(0, 0, 0, 0)
    across.setSpacing(gap(row, 2))
    across.addWidget(card, 1)
    across.addWidget(QWidget(), 1)
    return row
