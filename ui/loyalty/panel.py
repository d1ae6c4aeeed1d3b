"""A customer's points: balance, tier, what is missing to the next, and every movement.

Self-contained, for any page: ``PointsPanel(context)``, then ``show_customer(customer_id)``. The
page hands on news of topics by ``changes_arrived`` and opens the correction as any other form.
"""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from core.errors import KnownError
from core.permissions import Permission
from core.services.loyalty.rows import LoyaltyEntryRow, MemberRow
from core.services.rows import Page as RowPage
from ui.badges import badge_for
from ui.context import PageContext
from ui.loyalty.correction import CorrectionDialog
from ui.loyalty.words import (
    movement_note,
    next_tier_text,
    owed_text,
    points_text,
    spending_text,
    worth_text,
)
from ui.models.columns import badge_column, time_column
from ui.models.fetching import fetch_page
from ui.models.table import Column, ColumnKind, PagedTableModel
from ui.refresh import RefreshWhenVisible
from ui.theme import gap
from ui.widgets.basics import BadgeLabel, PlainLabel
from ui.widgets.buttons import button
from ui.widgets.data_table import DataTable
from ui.widgets.messages import InlineMessage

translate = QCoreApplication.translate
_STEPS = 1000
"""How finely the bar to the next tier moves."""


class PointsPanel(RefreshWhenVisible):
    """Shows one customer's points and lets a manager correct them.

    Signals:
        payment_requested(payment_id): a movement was opened; show its payment.
        corrected(member): points were corrected.
    """

    watches = frozenset({"loyalty", "payments", "settings"})
    payment_requested = Signal(str)
    corrected = Signal(object)

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._customer_id: int | None = None
        self._member: MemberRow | None = None
        self.points = PlainLabel(look="amount")
        self.worth = PlainLabel(look="muted")
        self.tier = BadgeLabel()
        self.next_tier = PlainLabel()
        self.spending = PlainLabel(look="small")
        self.progress = QProgressBar()
        self.progress.setRange(0, _STEPS)
        self.progress.setTextVisible(False)
        self.progress.setFixedHeight(gap(self))
        self.progress.setAccessibleName(self.tr("Way to the next tier"))
        self.message = InlineMessage(self)
        self.correct = button(self.tr("Correct points (Ctrl+K)"), icon_name="edit")
        self.correct.setShortcut("Ctrl+K")
        self.correct.setVisible(context.actor.may(Permission.ADJUST_POINTS))
        self.correct.clicked.connect(self._on_correct)
        self.model: PagedTableModel[LoyaltyEntryRow] = PagedTableModel(
            ledger_columns(), row_id=lambda row: row.sequence, parent=self
        )
        self.model.page_wanted.connect(self._fetch)
        self.table = DataTable(self.model, self.tr("Movements of points"))
        self.table.row_opened.connect(self._on_opened)
        self.table.setMinimumHeight(self.fontMetrics().height() * 12)
        self.nothing = PlainLabel(
            self.tr("No points yet: they come with what is paid with money."), look="muted"
        )
        self.model.total_changed.connect(self._on_total)
        self._lay_out()
        self._show(None)

    @property
    def member(self) -> MemberRow | None:
        """The customer shown, once read."""
        return self._member

    def show_customer(self, customer_id: int | None) -> None:
        """Show another customer's points; None shows nothing."""
        self._customer_id = customer_id
        self._show(None)
        self.message.clear()
        self.model.ask_again()
        self.refresh()

    def refresh(self) -> None:
        """Read the points again."""
        app, actor, customer_id = self._context.app, self._context.actor, self._customer_id
        if customer_id is None:
            return
        self._context.tasks.query(
            self,
            lambda: app.loyalty.member(actor, customer_id),
            on_success=self._on_read,
            on_known_error=self.message.show_error,
            latest="member",
        )
        self.model.refresh()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(gap(self, 1.2))
        head = QHBoxLayout()
        head.setSpacing(gap(self, 1.5))
        balance = QVBoxLayout()
        balance.setSpacing(gap(self, 0.3))
        balance.addWidget(self.points)
        balance.addWidget(self.worth)
        head.addLayout(balance)
        head.addStretch(1)
        head.addWidget(self.correct, 0, Qt.AlignmentFlag.AlignTop)
        column.addLayout(head)
        tier = QHBoxLayout()
        tier.setSpacing(gap(self, 1.2))
        tier.addWidget(self.tier)
        tier.addWidget(self.next_tier, 1)
        tier.addWidget(self.spending)
        column.addLayout(tier)
        column.addWidget(self.progress)
        column.addWidget(self.message)
        column.addWidget(self.nothing)
        column.addWidget(self.table, 1)
        column.addStretch(0)
        self._on_total(0)

    def _on_read(self, member: MemberRow) -> None:
        if member.customer_id == self._customer_id:
            self._show(member)

    def _show(self, member: MemberRow | None) -> None:
        self._member = member
        self.correct.setEnabled(member is not None)
        if member is None:
            self.points.setText("–")
            for label in (self.worth, self.next_tier, self.spending):
                label.setText("")
            self.tier.set_badge(None)
            self.progress.setValue(0)
            return
        standing = member.standing
        self.points.setText(points_text(member.points))
        self.worth.setText(worth_text(member))
        self.tier.set_badge(badge_for("tier", standing.tier))
        self.next_tier.setText(next_tier_text(standing))
        self.spending.setText(spending_text(standing))
        goal = standing.next_from_minor or standing.spent_minor or 1
        self.progress.setValue(min(_STEPS, standing.spent_minor * _STEPS // goal))
        owed = owed_text(member.owed_points)
        if owed:
            self.message.show_message(owed, level="warning")
        else:
            self.message.clear()

    def _fetch(self, question: int, number: int) -> None:
        app, actor, customer_id = self._context.app, self._context.actor, self._customer_id

        def read(offset: int, limit: int) -> RowPage[LoyaltyEntryRow]:
            if customer_id is None:
                return RowPage((), offset, 0)
            return app.loyalty.ledger(actor, customer_id, offset=offset, limit=limit)

        fetch_page(
            self._context.tasks,
            self,
            self.model,
            question,
            number,
            read,
            on_refused=self.message.show_error,
        )

    def _on_total(self, total: int) -> None:
        self.nothing.setVisible(not total)
        self.table.setVisible(bool(total))

    def _on_opened(self, entry: LoyaltyEntryRow) -> None:
        if entry.payment_id:
            self.payment_requested.emit(entry.payment_id)

    def _on_correct(self) -> None:
        if self._member is None:
            return
        dialog = CorrectionDialog(self._member, self)
        dialog.submitted.connect(partial(self._on_correction_submitted, dialog))
        self.open_form(dialog)

    def _on_correction_submitted(self, dialog: CorrectionDialog) -> None:
        app, actor = self._context.app, self._context.actor
        try:
            command = dialog.command()
        except KnownError as error:
            dialog.fail(error)
            return
        dialog.run(
            self._context.tasks, lambda: app.loyalty.correct(actor, command), self._on_corrected
        )

    def _on_corrected(self, member: MemberRow) -> None:
        self._show(member)
        self.model.refresh()
        self.corrected.emit(member)


def ledger_columns() -> tuple[Column[LoyaltyEntryRow], ...]:
    """Return the columns of the movements, titled in the user's language."""
    return (
        time_column("at", translate("PointsPanel", "When"), lambda row: row.at),
        badge_column(
            "kind", translate("PointsPanel", "What"), "points", lambda row: row.kind, width=13
        ),
        Column(
            "points",
            translate("PointsPanel", "Points"),
            lambda row: f"{row.points:+,}".replace(",", "\u202f").replace("-", "\u2212"),
            ColumnKind.AMOUNT,
            copy=lambda row: str(row.points),
            tone=lambda row: "danger" if row.points < 0 else None,
            width=8,
        ),
        Column(
            "balance_after",
            translate("PointsPanel", "Balance"),
            lambda row: f"{row.balance_after:,}".replace(",", "\u202f"),
            ColumnKind.AMOUNT,
            copy=lambda row: str(row.balance_after),
            width=8,
        ),
        Column("by", translate("PointsPanel", "By"), lambda row: row.by, width=10),
        Column("note", translate("PointsPanel", "For"), movement_note, width=18),
    )
