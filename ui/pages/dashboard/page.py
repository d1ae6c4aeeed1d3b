"""Today: what came in, what waits, what goes back, what is not proven, what differs; live."""

from __future__ import annotations

from PySide6.QtCore import QLocale, QTimer
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QWidget

from core.clock import shop_time
from core.errors import KnownError
from core.services.dashboard import DashboardFigures
from core.services.payments.filters import PaymentFilter
from ui.context import PageContext
from ui.page_entries import entries_for
from ui.pages.dashboard.cards import FigureCard
from ui.pages.dashboard.contents import PageItem, PageList, Target, cards_of
from ui.pages.page import Page
from ui.theme import gap, set_look
from ui.widgets.basics import PageHeader, page_layout
from ui.widgets.messages import InfoBar
from ui.words import days_text

_AGE_INTERVAL_MS = 60_000
_CARD_CHARACTERS = 52
_MOST_COLUMNS = 3


class DashboardPage(Page):
    """The figures of the day as cards; pressing a figure shows what stands behind it."""

    watches = frozenset(
        {"payments", "refunds", "reconciliations", "tills", "providers", "settings", "mail"}
    )

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._pages = frozenset(entry.key for entry in entries_for(context.actor))
        self._subject = ""
        self.figures: DashboardFigures | None = None
        self.cards: dict[str, FigureCard] = {}
        column = page_layout(self)
        self.header = PageHeader(self.tr("Today"), " ")
        column.addWidget(self.header)
        self.bar = InfoBar()
        self.bar.action_triggered.connect(self._on_try_again)
        column.addWidget(self.bar)
        content = QWidget()
        set_look(content, look="page")
        self._grid = QGridLayout(content)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(gap(self, 1.6))
        self._columns = 0
        self.area = QScrollArea()
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setWidgetResizable(True)
        self.area.setWidget(content)
        column.addWidget(self.area, 1)
        self.setFocusProxy(self.area)
        self._timer = QTimer(self)
        self._timer.setInterval(_AGE_INTERVAL_MS)
        self._timer.timeout.connect(self.refresh)

    @property
    def subject(self) -> str:
        """The title of the card whose figure was pressed."""
        return self._subject

    def refresh(self) -> None:
        """Read the figures again."""
        app, actor = self.context.app, self.context.actor
        self.context.tasks.query(
            self,
            lambda: app.dashboard.figures(actor),
            on_success=self._on_figures,
            on_known_error=self._on_refused,
            latest="figures",
        )

    def showEvent(self, event: QShowEvent) -> None:
        """Let ages grow while they are seen."""
        super().showEvent(event)
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Let nothing run for a page nobody sees."""
        super().hideEvent(event)
        self._timer.stop()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Stand as many cards beside each other as there is room for."""
        super().resizeEvent(event)
        self._place_cards()

    def _place_cards(self) -> None:
        needed = self.fontMetrics().averageCharWidth() * _CARD_CHARACTERS
        columns = max(1, min(_MOST_COLUMNS, self.width() // needed))
        if columns == self._columns or not self.cards:
            return
        self._columns = columns
        for place, card in enumerate(self.cards.values()):
            self._grid.addWidget(card, place // columns, place % columns)
        for column in range(_MOST_COLUMNS):
            self._grid.setColumnStretch(column, 1 if column < columns else 0)
        self._grid.setRowStretch(len(self.cards), 1)

    def _on_figures(self, figures: DashboardFigures) -> None:
        self.figures = figures
        self.bar.clear()
        now = shop_time(figures.as_of)
        day = f"{QLocale().dayName(now.isoweekday())}, {days_text(figures.day, figures.day)}"
        told = self.tr("%1, as of %2").replace("%1", day).replace("%2", f"{now:%H:%M}")
        self.header.subtitle.setText(told)
        contents = cards_of(figures, self._pages)
        for key in [key for key in self.cards if key not in {each.key for each in contents}]:
            gone = self.cards.pop(key)
            self._grid.removeWidget(gone)
            gone.deleteLater()
            self._columns = 0
        for each in contents:
            card = self.cards.get(each.key)
            if card is None:
                card = self.cards[each.key] = FigureCard(each.title)
                card.pressed.connect(lambda target, card=card: self._on_pressed(card, target))
                self._columns = 0
            card.show_content(each)
        self._place_cards()

    def _on_pressed(self, card: FigureCard, target: Target) -> None:
        self._subject = card.title.text()
        if isinstance(target, PaymentFilter):
            self.payments_requested.emit(target)
        elif isinstance(target, PageItem):
            self.item_requested.emit(target.page, target.item_id)
        elif isinstance(target, PageList):
            self.list_requested.emit(target.page, target.values)

    def _on_refused(self, error: KnownError) -> None:
        self.bar.show_state(error.message, level="error", action=self.tr("Try again"))

    def _on_try_again(self) -> None:
        self.bar.clear()
        self.refresh()
