"""One account of a file: how it is read, who sent it, its sums, whether its balances agree."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QFormLayout, QScrollArea, QWidget

from core.model.reconciliations import StatementProvider
from core.services.statements.looking import Asked, LookedInto
from ui.badges import badge_for
from ui.pages.reconcile.accounts import PROVIDERS
from ui.pages.reconcile.reading import control, date_order_words, facts
from ui.pages.reconcile.words import filled, number
from ui.theme import gap, set_look
from ui.widgets.basics import Card, PlainLabel, SelectableLabel
from ui.widgets.buttons import button
from ui.widgets.facts import KeyValueList

CURRENCIES = ("RWF", "USD", "EUR", "GBP", "KES", "UGX", "TZS", "BIF", "CDF", "ZAR")
"""What a file without a currency may be in: the shop's own, its neighbours', the large ones."""


class AccountCard(QScrollArea):
    """What may be chosen for the file, and what the account shown says.

    Signals:
        read_wanted(asked): another way to read the file was chosen.
        provider_chosen(provider): the account shown was sent by this one.
        break_wanted: show the line where the balances break.
    """

    read_wanted = Signal(object)
    provider_chosen = Signal(object)
    break_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        card = Card()
        self._labels: dict[QComboBox, PlainLabel] = {}
        card.body.addLayout(self._make_choices())
        self.facts = KeyValueList()
        card.body.addWidget(self.facts)
        self.balance = SelectableLabel()
        card.body.addWidget(self.balance)
        self.break_button = button("", kind="link")
        self.break_button.clicked.connect(self.break_wanted)
        card.body.addWidget(self.break_button, 0, Qt.AlignmentFlag.AlignLeft)
        card.body.addStretch(1)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(card)

    @property
    def provider(self) -> StatementProvider:
        """Who sent the account shown, as chosen."""
        return StatementProvider(self.provider_choice.currentData())

    @property
    def asked(self) -> Asked:
        """How the file is to be read, as chosen."""
        return Asked(
            str(self.profile_choice.currentData() or ""),
            str(self.date_choice.currentData() or ""),
            str(self.currency_choice.currentData() or ""),
        )

    def show_choices(self, look: LookedInto) -> None:
        """Show with what a file was read."""
        self.profile_choice.clear()
        self.profile_choice.addItem(self.tr("Found by itself"), "")
        for name in look.saved_profiles:
            self.profile_choice.addItem(name, name)
        if look.profile_name and self.profile_choice.findData(look.profile_name) < 0:
            self.profile_choice.addItem(look.profile_name, look.profile_name)
        if look.currency and self.currency_choice.findData(look.currency) < 0:
            self.currency_choice.addItem(look.currency, look.currency)
        for field, value in (
            (self.profile_choice, look.profile_name),
            (self.date_choice, look.date_order),
            (self.currency_choice, look.currency),
        ):
            field.setCurrentIndex(max(0, field.findData(value)))
        self._show_row(self.profile_choice, shown=look.is_table)
        self._show_row(self.date_choice, shown=bool(look.date_order))
        self._show_row(self.currency_choice, shown=look.file is not None)

    def show_provider(self, provider: StatementProvider, *, may_change: bool) -> None:
        """Show who sent the account; what was imported before stays as it was."""
        self.provider_choice.setCurrentIndex(self.provider_choice.findData(provider.value))
        self.provider_choice.setEnabled(may_change)

    def show_account(self, look: LookedInto, index: int) -> None:
        """Show what one account says; nothing where the file could not be read."""
        self.facts.set_facts(facts(look, index))
        is_there = index < len(look.accounts)
        self.balance.setVisible(is_there)
        self.break_button.setVisible(False)
        if not is_there:
            return
        found = control(look.accounts[index].verdict)
        self.balance.setText(found.text)
        set_look(self.balance, look={True: "good", False: "wrong", None: "muted"}[found.holds])
        if found.breaks:
            self.break_button.setText(filled(self.tr("Show line %1 (B)"), number(found.breaks[0])))
            self.break_button.setVisible(True)

    def _make_choices(self) -> QFormLayout:
        form = QFormLayout()
        form.setHorizontalSpacing(gap(self, 2))
        form.setVerticalSpacing(gap(self))
        self.provider_choice = QComboBox()
        for provider in PROVIDERS:
            self.provider_choice.addItem(badge_for("method", provider).text, provider.value)
        self.provider_choice.activated.connect(
            lambda _place: self.provider_chosen.emit(self.provider)
        )
        self.profile_choice = QComboBox()
        self.date_choice = QComboBox()
        for order in ("", "dmy", "mdy", "ymd"):
            words = date_order_words(order) if order else self.tr("As the file shows")
            self.date_choice.addItem(words, order)
        self.currency_choice = QComboBox()
        self.currency_choice.addItem(self.tr("As the file says"), "")
        for code in CURRENCIES:
            self.currency_choice.addItem(code, code)
        for field in (self.profile_choice, self.date_choice, self.currency_choice):
            field.activated.connect(lambda _place: self.read_wanted.emit(self.asked))
        for label, field in (
            (self.tr("&From"), self.provider_choice),
            (self.tr("&Columns"), self.profile_choice),
            (self.tr("&Dates"), self.date_choice),
            (self.tr("C&urrency"), self.currency_choice),
        ):
            text = PlainLabel(label)
            text.setBuddy(field)
            field.setAccessibleName(label.replace("&", ""))
            form.addRow(text, field)
            self._labels[field] = text
        return form

    def _show_row(self, field: QComboBox, *, shown: bool) -> None:
        field.setVisible(shown)
        self._labels[field].setVisible(shown)
