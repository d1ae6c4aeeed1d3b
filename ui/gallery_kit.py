"""The shared pieces in all their states, for the gallery."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from PySide6.QtCore import QDate
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDateEdit,
    QGridLayout,
    QHBoxLayout,
    QPlainTextEdit,
    QProgressBar,
    QRadioButton,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from core.errors import ConflictError
from core.money import display
from ui.badges import KINDS, badge_for, values_of
from ui.gallery import SCREENS, Screen
from ui.models.columns import amount_column, badge_column, time_column
from ui.models.table import Column, PagedTableModel
from ui.number_words import amount_in_words
from ui.theme import Theme, gap
from ui.widgets.basics import BadgeLabel, Card, PageHeader, PlainLabel, page_layout, splitter
from ui.widgets.buttons import BusyButton, IconButton, button
from ui.widgets.data_table import DataTable
from ui.widgets.drop_zone import DropZone
from ui.widgets.facts import KeyValueList, MoneyPath, Step, StepState, TotalsBar
from ui.widgets.filters import Chip, Choice, FilterChips
from ui.widgets.form_dialog import FormDialog, ReviewSheet
from ui.widgets.inputs import AmountEdit, CountEdit, PhoneEdit, SearchField
from ui.widgets.json_view import JsonView
from ui.widgets.messages import EmptyState, InfoBar, InlineMessage, Toast
from ui.widgets.navigation import NavigationList


@dataclass(frozen=True, slots=True)
class SampleRow:
    """A made-up payment."""

    number: int
    created_at: datetime
    customer: str
    amount_minor: int
    method: str
    status: str
    reference: str


_NAMES = (
    "Jean Bosco Habimana",
    "Claire Uwase",
    "Eric Niyonzima",
    "Aline Mukamana",
    "Ganza <b>X</b>",
)
_START = datetime(2026, 7, 1, 8, 0, tzinfo=UTC)


def sample_rows(first: int, count: int) -> list[SampleRow]:
    """Return made-up payments."""
    methods, states = values_of("method"), values_of("status")
    return [
        SampleRow(
            number,
            _START - timedelta(minutes=11 * number),
            _NAMES[number % len(_NAMES)],
            500 * (number * 37 % 480 + 1),
            methods[number % len(methods)],
            states[number * 5 % len(states)],
            f"INV-20260701-{number:05d}",
        )
        for number in range(first, first + count)
    ]


SAMPLE_COLUMNS: tuple[Column[SampleRow], ...] = (
    badge_column("status", "Status", "status", lambda row: row.status),
    time_column("created_at", "Time", lambda row: row.created_at, sortable=True),
    Column("customer", "Customer", lambda row: row.customer, width=24),
    amount_column("amount", "Amount", lambda row: row.amount_minor, sortable=True),
    badge_column("method", "Channel", "method", lambda row: row.method),
    Column("reference", "Reference", lambda row: row.reference, width=20),
)


def sample_model(total: int = 1204) -> PagedTableModel[SampleRow]:
    """Return a model that answers itself at once."""
    model = PagedTableModel(SAMPLE_COLUMNS, row_id=lambda row: row.number)

    def answer(question: int, page: int) -> None:
        first = page * model.page_size
        count = max(0, min(model.page_size, total - first))
        model.deliver(question, page, sample_rows(first, count), total)

    model.page_wanted.connect(answer)
    model.ask_again()
    return model


def make_table(_theme: Theme) -> QWidget:
    """Build a page with navigation, filters, table, totals and a toast."""
    window = QWidget()
    row = QHBoxLayout(window)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(0)
    navigation = NavigationList("Sanduku")
    for key, text, icon_name in (
        ("desk", "Cashier", "till"),
        ("payments", "Payments", "payments"),
        ("refunds", "Refunds", "refund"),
        ("reconcile", "Reconcile", "reconcile"),
        ("reports", "Reports", "report"),
        ("admin", "Settings", "settings"),
    ):
        navigation.add_page(key, text, icon_name)
    navigation.choose("payments")
    navigation.set_count("refunds", 3)
    row.addWidget(navigation)
    page = QWidget()
    column = page_layout(page)
    bar = InfoBar()
    column.addWidget(bar)
    bar.show_state("The network is down. Payments are kept and sent later.", action="Try now")
    header = PageHeader("Payments", "Everything taken in this shop")
    header.buttons.addWidget(button("Export", icon_name="download"))
    header.buttons.addWidget(button("New payment", kind="primary", icon_name="plus"))
    column.addWidget(header)
    filters = QHBoxLayout()
    chips = FilterChips(
        [
            Chip("status", "Status", _choices("status")),
            Chip("method", "Channel", _choices("method")),
            Chip("period", "Period", (Choice("today", "Today"),), single=True),
        ]
    )
    chips.set_values({"status": frozenset({"completed", "failed", "pending"})})
    filters.addWidget(SearchField("Search payments"))
    filters.addWidget(chips, 1)
    column.addLayout(filters)
    table = DataTable(sample_model(), "Payments")
    column.addWidget(table, 1)
    totals = TotalsBar()
    totals.show_total(1204, display(267_000), of=81_204)
    totals.show_selection(2, display(255_000))
    column.addWidget(totals)
    row.addWidget(page, 1)
    table.rows.total_changed.connect(lambda _total: table.selectRow(2))
    table.setFocus()
    Toast.of(page).tell("12 000 RWF in cash confirmed.", lambda: None)
    return window


def _choices(kind: str) -> tuple[Choice, ...]:
    return tuple(Choice(value, badge_for(kind, value).text) for value in values_of(kind))


def make_badges(_theme: Theme) -> QWidget:
    """Build every badge of every kind."""
    page = QWidget()
    grid = QGridLayout(page)
    margin = gap(page, 2)
    grid.setContentsMargins(margin, margin, margin, margin)
    for row, kind in enumerate(KINDS):
        grid.addWidget(PlainLabel(kind, look="muted"), row, 0)
        for column, value in enumerate(values_of(kind), start=1):
            grid.addWidget(BadgeLabel(badge_for(kind, value)), row, column)
    return page


def make_inputs(_theme: Theme) -> QWidget:
    """Build every field and button in its states."""
    page = QWidget()
    column = page_layout(page)
    column.addWidget(PageHeader("Fields and buttons", "In every state"))
    row = QHBoxLayout()
    row.addWidget(_fields_card(), 1)
    row.addWidget(_plain_card(), 1)
    column.addLayout(row, 1)
    return page


def _fields_card() -> Card:
    card = Card("Money and people")
    good, wrong, empty = AmountEdit("Amount", big=True), AmountEdit("Tendered"), AmountEdit("Fee")
    good.edit.setText("15000")
    wrong.edit.setText("1.5")
    wrong.edit.editingFinished.emit()
    phone, bad_phone = PhoneEdit(), PhoneEdit()
    phone.edit.setText("0788123456")
    bad_phone.edit.setText("0788 12")
    bad_phone.edit.editingFinished.emit()
    disabled = AmountEdit("Closed")
    disabled.set_amount(12_500)
    disabled.setEnabled(False)
    for field in (good, wrong, empty, phone, bad_phone, SearchField(), disabled):
        card.body.addWidget(field)
    card.body.addStretch(1)
    return card


def _plain_card() -> Card:
    card = Card("Plain controls")
    combo = QComboBox()
    combo.addItems(["Bank of Kigali", "Equity"])
    spin = CountEdit("Pieces")
    spin.setValue(12)
    date = QDateEdit(QDate(2026, 7, 1))
    date.setCalendarPopup(True)
    checked, unchecked, radio = QCheckBox("Signed"), QCheckBox("Not signed"), QRadioButton("Refund")
    checked.setChecked(True)
    radio.setChecked(True)
    for control in (combo, spin, date, checked, unchecked, radio, QRadioButton("Keep")):
        card.body.addWidget(control)
    bar = QProgressBar()
    bar.setValue(60)
    bar.setFormat("13 of 19 lines")
    card.body.addWidget(bar)
    notes = QPlainTextEdit("Notes")
    notes.setMaximumHeight(notes.fontMetrics().height() * 4)
    card.body.addWidget(notes)
    busy, idle = BusyButton("Confirm 15 000 RWF"), BusyButton("Confirm 15 000 RWF")
    busy.start()
    disabled = button("Not allowed", kind="primary")
    disabled.setEnabled(False)
    for buttons in (
        (idle, busy, disabled),
        (button("Refund", kind="danger"), button("Plain"), button("Quiet", kind="quiet")),
        (
            button("Link", kind="link"),
            button("Print", icon_name="printer"),
            IconButton("copy", "Copy"),
        ),
    ):
        line = QHBoxLayout()
        for made in buttons:
            line.addWidget(made)
        line.addStretch(1)
        card.body.addLayout(line)
    card.body.addStretch(1)
    return card


def make_messages(_theme: Theme) -> QWidget:
    """Build messages, empty states, the drop zone and tabs."""
    page = QWidget()
    column = page_layout(page)
    for level, text in (
        ("info", "The statement was read: 214 lines."),
        ("success", "12 000 RWF were paid back."),
        ("warning", "We do not know yet whether the customer was charged. We ask again in 5 s."),
    ):
        message = InlineMessage()
        column.addWidget(message)
        message.show_message(text, level=level)
    error = InlineMessage()
    column.addWidget(error)
    error.show_error(
        ConflictError(
            "Nothing was charged. Marie at Desk 2 has confirmed this payment already; open it to"
            " see what she saw.",
            details="payment 17: version 3, expected 2",
        )
    )
    row = QHBoxLayout()
    for widget in (
        EmptyState("inbox", "No payments yet. Take the first one.", "New payment"),
        EmptyState("search", "No payment fits these filters.", "Clear filters"),
        DropZone("Drop a bank or mobile-money statement here"),
    ):
        card = Card()
        card.body.addWidget(widget)
        row.addWidget(card, 1)
    column.addLayout(row, 1)
    return page


def make_detail(_theme: Theme) -> QWidget:
    """Build a payment's detail: amount, path, facts, JSON, beside a tab widget."""
    left = Card()
    head = QHBoxLayout()
    head.addWidget(PlainLabel(display(15_000), look="amount"))
    head.addWidget(BadgeLabel(badge_for("status", "processing")))
    head.addWidget(BadgeLabel(badge_for("method", "mtn")))
    head.addStretch(1)
    left.body.addLayout(head)
    left.body.addWidget(
        MoneyPath(
            [
                Step("Request sent", StepState.DONE, "10:44"),
                Step("Network accepted", StepState.DONE, "10:44"),
                Step("Customer's PIN", StepState.CURRENT, "since 10:44, asks again in 5 s"),
                Step("Money received", StepState.WAITING),
                Step("On statement", StepState.WAITING),
            ]
        )
    )
    left.body.addWidget(
        KeyValueList(
            [
                ("Payer", "Jean Bosco Habimana <jean@example.com>"),
                ("Telephone", "0788 123 456"),
                ("Reference", "ORD-2026-01-16-001"),
                ("Transaction", ""),
            ],
            copyable=frozenset({"Reference"}),
        )
    )
    view = JsonView("Answer of the network", json.dumps({"status": "PENDING", "amount": "15000"}))
    view.fold.setChecked(True)
    left.body.addWidget(view)
    left.body.addStretch(1)
    tabs = QTabWidget()
    tabs.addTab(EmptyState("audit", "Nothing happened yet."), "History")
    tabs.addTab(QWidget(), "Refunds")
    page = QWidget()
    column = QVBoxLayout(page)
    column.addWidget(splitter(left, tabs))
    return page


def make_form(_theme: Theme) -> QWidget:
    """Build a form with an error and the question about unsaved data."""
    form = FormDialog("New payment", "Take payment", explanation="What the customer pays now.")
    amount = AmountEdit()
    form.add_field("Amount", amount)
    form.add_field("Telephone", PhoneEdit())
    form.add_field("Notes", QPlainTextEdit())
    form.show()
    amount.edit.setText("15 000")
    form.fail(ConflictError("Nothing was changed. The till was closed at 18:02; open it first."))
    form.reject()
    return form


def make_review(_theme: Theme) -> QWidget:
    """Build the sheet that money leaves by."""
    return ReviewSheet(
        "Refund R-0042",
        f"Refund {display(12_000)}",
        display(12_000),
        [
            ("To", "Claire Uwase · 0788 123 456"),
            ("Channel", "MTN Mobile Money"),
            ("Reason", "Wrong item"),
            ("Stays of the payment", display(3_000)),
        ],
        amount_words=amount_in_words(12_000),
        warnings=["This is the third refund asked for by Aline today (usual 0–1)."],
    )


SCREENS += [
    Screen("kit-table", make_table),
    Screen("kit-badges", make_badges, lines=34),
    Screen("kit-inputs", make_inputs, lines=52),
    Screen("kit-messages", make_messages, columns=130, lines=40),
    Screen("kit-detail", make_detail),
    Screen("kit-form", make_form, columns=80, lines=34),
    Screen("kit-review", make_review, columns=80, lines=30),
]
