"""The providers page: through whom the shop takes money, and how well each of them does."""

from __future__ import annotations

from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QStackedWidget, QWidget

from core.errors import KnownError
from core.model.calls import CallResult
from core.permissions import Permission
from core.services.calls.filters import CallFilter
from core.services.providers.standings import ProviderStanding
from ui.context import PageContext
from ui.models.rows import RowsModel
from ui.pages.page import Page
from ui.pages.providers.columns import provider_columns
from ui.pages.providers.detail import ProviderPane
from ui.widgets.basics import PageHeader, page_layout, splitter
from ui.widgets.data_table import DataTable
from ui.widgets.messages import EmptyState, InfoBar
from ui.widgets.panes import turn_panes


class ProvidersPage(Page):
    """Everybody who sees reports may look; an admin goes on to the form."""

    watches = frozenset({"providers", "calls", "payments"})

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._may_edit = context.actor.may(Permission.MANAGE_PROVIDERS)
        self.model: RowsModel[ProviderStanding] = RowsModel(
            provider_columns(),
            row_id=lambda row: (row.provider.kind, row.provider.name),
            parent=self,
        )
        self.table = DataTable(self.model, self.tr("Providers"))
        self.table.current_row_changed.connect(self._on_current_changed)
        self.table.row_opened.connect(self._on_opened)
        self.pane = ProviderPane(context.actor)
        self.pane.edit_wanted.connect(self._on_edit)
        self.pane.failures_wanted.connect(self._on_failures)
        self.pane.hide()
        column = page_layout(self)
        column.addWidget(PageHeader(self.tr("Providers")))
        self.bar = InfoBar()
        self.bar.action_triggered.connect(self._on_try_again)
        column.addWidget(self.bar)
        self.stack = QStackedWidget()
        self.stack.addWidget(splitter(self.table, self.pane, shares=(5, 3)))
        self.empty = EmptyState(
            "provider",
            self.tr("No provider yet. Mobile money and bank transfers need an account.")
            if self._may_edit
            else self.tr("No provider yet. An admin adds them in Settings."),
            self.tr("Add one in Settings") if self._may_edit else "",
        )
        self.empty.action_triggered.connect(self._on_edit)
        self.stack.addWidget(self.empty)
        column.addWidget(self.stack, 1)
        self.setFocusProxy(self.table)
        QShortcut(QKeySequence("Ctrl+E"), self).activated.connect(self._on_edit)
        QShortcut(QKeySequence("Ctrl+L"), self).activated.connect(self._on_failures)
        turn_panes(self, lambda: self.table, lambda: self.pane.area)

    def refresh(self) -> None:
        """Read the providers and their figures again; the one chosen stays."""
        standings, actor = self.context.app.provider_standings, self.context.actor
        self.context.tasks.query(
            self,
            lambda: standings.list(actor),
            on_success=self._on_read,
            on_known_error=self._show_error,
            latest="providers",
        )

    def _on_read(self, found: tuple[ProviderStanding, ...]) -> None:
        self.stack.setCurrentIndex(0 if found else 1)
        self.model.show_rows(found)
        if found and self.table.current_row() is None:
            self.table.selectRow(0)
        self._on_current_changed(self.table.current_row())

    def _on_current_changed(self, row: ProviderStanding | None) -> None:
        self.pane.setVisible(row is not None)
        if row is not None:
            self.pane.show_standing(row)

    def _on_opened(self) -> None:
        if self._may_edit:
            self._on_edit()
        else:
            self.pane.area.setFocus()

    def _on_edit(self) -> None:
        if not self._may_edit:
            self.notice_raised.emit(self.tr("An admin edits providers in Settings"))
            return
        standing = self.pane.standing
        kind = standing.provider.kind if standing is not None else "mtn"
        name = standing.provider.name if standing is not None else ""
        self.item_requested.emit("settings", f"channels:{kind}:{name}")

    def _on_failures(self) -> None:
        standing = self.pane.standing
        if standing is None or not standing.failed:
            self.notice_raised.emit(self.tr("No call to it failed"))
            return
        self.calls_requested.emit(
            CallFilter(
                gateway_name=standing.gateway_name,
                result=CallResult.FAILED,
                first_day=self.context.app.provider_standings.first_day(),
            )
        )

    def _show_error(self, error: KnownError) -> None:
        self.bar.show_state(error.message, level="error", action=self.tr("Try again"))

    def _on_try_again(self) -> None:
        self.bar.clear()
        self.refresh()
