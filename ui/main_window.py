"""The pages of one person: navigation at the left, the bar on top, one page at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QHBoxLayout,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from core.services.calls.filters import CallFilter
from core.services.payments.lists import PaymentFilter
from core.services.settings import ShopSettings
from ui.context import PageContext
from ui.keys_sheet import KeysSheet
from ui.lists.filter_values import FilterValues
from ui.network_banner import NetworkBanner
from ui.page_counts import PAGE_COUNTS, PageCount
from ui.page_entries import PageEntry, entries_for
from ui.pages.page import Page
from ui.people.own_password import OwnPasswordDialog
from ui.people.who_is_here import WhoIsHereDialog
from ui.refund_notices import RefundNotices
from ui.relay import ChangeRelay
from ui.top_bar import TopBar
from ui.widgets.basics import PlainLabel
from ui.widgets.messages import Toast
from ui.widgets.navigation import NavigationList


class MainWindow(QWidget):
    """Hosts the pages a person may see; a page is built when it is first shown.

    Signals:
        lock_requested: F8; hide everything until somebody signs in.
        sign_out_requested: the person leaves.
        scheme_toggled: the other palette is wanted.
        settings_changed(settings): the shop's settings were read, now or after a change.
    """

    lock_requested = Signal()
    sign_out_requested = Signal()
    scheme_toggled = Signal()
    settings_changed = Signal(object)

    def __init__(
        self, context: PageContext, relay: ChangeRelay, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.context = context
        self._relay = relay
        self._entries: dict[str, PageEntry] = {e.key: e for e in entries_for(context.actor)}
        self._pages: dict[str, Page] = {}
        self._hidden_dialogs: list[QDialog] = []
        self.navigation = NavigationList("Sanduku")
        for entry in self._entries.values():
            self.navigation.add_page(entry.key, entry.text, entry.icon)
        self.navigation.add_foot(PlainLabel(context.actor.desk, look="small", wrap=True))
        self.navigation.page_chosen.connect(self.show_page)
        self.top_bar = TopBar(context.actor)
        self.top_bar.keys_requested.connect(self.show_keys)
        self.top_bar.scheme_toggled.connect(self.scheme_toggled)
        self.top_bar.lock_requested.connect(self.lock_requested)
        self.top_bar.sign_out_requested.connect(self.sign_out_requested)
        self.top_bar.password_requested.connect(self.change_password)
        self.top_bar.people_requested.connect(self.show_people)
        self.banner = NetworkBanner(context, self)
        relay.changed.connect(self.banner.changes_arrived)
        self.stack = QStackedWidget()
        self._lay_out()
        self.refund_notices = RefundNotices(context, self._on_notice, self)
        relay.changed.connect(self.refund_notices.changes_arrived)
        self._add_keys()
        relay.changed.connect(self._on_changed)
        QApplication.instance().focusChanged.connect(self._on_focus_changed)  # type: ignore[union-attr]  # a widget has an application
        self._read_settings()
        for count in PAGE_COUNTS:
            self._count(count)
        if self._entries:
            self.show_page(next(iter(self._entries)))

    @property
    def current(self) -> str:
        """The key of the page shown."""
        return self.navigation.current

    @property
    def pages(self) -> dict[str, Page]:
        """The pages built so far."""
        return dict(self._pages)

    def show_page(self, key: str) -> Page:
        """Show a page, building it the first time."""
        page = self._pages.get(key)
        if page is None:
            page = self._build(self._entries[key])
        self.stack.setCurrentWidget(page)
        self.navigation.choose(key)
        page.setFocus()
        return page

    def show_keys(self) -> None:
        """Open the sheet of keys."""
        sheet = KeysSheet(self, page=self.current)
        sheet.finished.connect(sheet.deleteLater)
        sheet.open()

    def change_password(self) -> None:
        """Ask for the person's own old and new password."""
        dialog = OwnPasswordDialog(self.context, self)
        dialog.finished.connect(dialog.deleteLater)
        dialog.accepted.connect(lambda: self._on_notice(self.tr("Your password is changed.")))
        dialog.open()

    def show_people(self) -> None:
        """Show who is signed in at which desk, as it changes."""
        dialog = WhoIsHereDialog(self.context, self)
        self._relay.changed.connect(dialog.changes_arrived)
        dialog.open()

    def unsaved_titles(self) -> list[str]:
        """Return the titles of pages and dialogs whose typed data would be lost by closing."""
        titles = [
            self._entries[key].text for key, page in self._pages.items() if page.has_unsaved_input()
        ]
        dialogs = [*self._open_dialogs(), *self._hidden_dialogs]
        titles += [d.windowTitle() for d in dialogs if getattr(d, "has_changes", False)]
        return titles

    def hide_dialogs(self) -> None:
        """Hide open dialogs while the screen is locked; what is typed in them stays."""
        for dialog in self._open_dialogs():
            self._hidden_dialogs.append(dialog)
            dialog.finished.connect(partial(self._forget_dialog, dialog))
            dialog.hide()

    def resume(self) -> None:
        """Give the keyboard back to the page, and show the dialogs again that locking hid."""
        page = self._pages.get(self.current)
        if page is not None:
            last: QWidget | None = page.focusWidget()
            (page if last is None else last).setFocus()
        dialogs, self._hidden_dialogs = self._hidden_dialogs, []
        for dialog in dialogs:
            dialog.open()

    def changeEvent(self, event: QEvent) -> None:
        """Follow another palette."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "top_bar"):
            self.top_bar.follow_theme()

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.navigation)
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addWidget(self.top_bar)
        column.addWidget(self.banner)
        column.addWidget(self.stack, 1)
        row.addLayout(column, 1)

    def _add_keys(self) -> None:
        keys: Iterable[tuple[str, Callable[[], object]]] = (
            ("F1", self.show_keys),
            ("F5", self._on_refresh),
            ("F8", self.lock_requested.emit),
            ("Ctrl+Shift+W", self.top_bar.person.showMenu),
            ("Ctrl+Shift+D", self.scheme_toggled.emit),
            ("Ctrl+Shift+Q", self.sign_out_requested.emit),
        )
        for key, act in keys:
            QShortcut(QKeySequence(key), self).activated.connect(act)

    def _build(self, entry: PageEntry) -> Page:
        page = entry.build(self.context)
        page.payment_requested.connect(partial(self._open_item, "payments"))
        page.payments_requested.connect(partial(self._open_payments, page))
        page.calls_requested.connect(self._open_calls)
        page.refund_requested.connect(partial(self._open_item, "refunds"))
        page.item_requested.connect(self._open_item)
        page.list_requested.connect(self._open_list)
        page.notice_raised.connect(self._on_notice)
        self._relay.changed.connect(page.changes_arrived)
        self._pages[entry.key] = page
        self.stack.addWidget(page)
        return page

    def _open_item(self, key: str, item_id: str) -> None:
        if key in self._entries:
            self.show_page(key).open_item(item_id)

    def _open_list(self, key: str, values: FilterValues) -> None:
        if key in self._entries:
            self.show_page(key).show_values(values)

    def _open_payments(self, asker: Page, wanted: PaymentFilter) -> None:
        if "payments" in self._entries:
            self.show_page("payments").show_filter(wanted, asker.subject)

    def _open_calls(self, wanted: CallFilter) -> None:
        if "transactions" in self._entries:
            self.show_page("transactions").show_calls(wanted)

    def _on_notice(self, text: str) -> None:
        Toast.of(self).tell(text)

    def _on_refresh(self) -> None:
        page = self._pages.get(self.current)
        if page is not None:
            page.refresh()

    def _on_changed(self, topics: frozenset[str]) -> None:
        if "settings" in topics:
            self._read_settings()
        for count in PAGE_COUNTS:
            if topics & count.topics:
                self._count(count)

    def _read_settings(self) -> None:
        self.context.tasks.query(
            self,
            self.context.app.settings.load,
            on_success=self._on_settings_read,
            latest="settings",
        )

    def _on_settings_read(self, settings: ShopSettings) -> None:
        self.top_bar.set_shop(settings.shop_name)
        self.settings_changed.emit(settings)

    def _count(self, count: PageCount) -> None:
        app, actor = self.context.app, self.context.actor
        if count.page not in self._entries or not actor.may(count.permission):
            return
        self.context.tasks.query(
            self,
            lambda: count.read(app, actor),
            on_success=lambda found: self.navigation.set_count(count.page, found),
            latest=f"count-{count.page}",
        )

    def _open_dialogs(self) -> list[QDialog]:
        return [dialog for dialog in self.findChildren(QDialog) if dialog.isVisible()]

    def _forget_dialog(self, dialog: QDialog, _result: int) -> None:
        if dialog in self._hidden_dialogs:
            self._hidden_dialogs.remove(dialog)

    def _on_focus_changed(self, _old: QWidget | None, now: QWidget | None) -> None:
        # A modal dialog keeps every key of this window away, but locking must always work.
        dialog = now.window() if now is not None else None
        if not isinstance(dialog, QDialog) or dialog.property("locks") or not self._owns(dialog):
            return
        dialog.setProperty("locks", True)
        QShortcut(QKeySequence("F8"), dialog).activated.connect(self.lock_requested)

    def _owns(self, dialog: QDialog) -> bool:
        parent = dialog.parent()
        while parent is not None and parent is not self:
            parent = parent.parent()
        return parent is self
