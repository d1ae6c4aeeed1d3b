"""The set-up of a new shop: four short steps; Back always works, and only the end writes."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QStackedWidget, QVBoxLayout, QWidget

from core.app import App
from core.errors import KnownError
from core.permissions import Actor
from resources import resource_path
from ui.pages.first_run.set_up import NewShop, set_up
from ui.pages.first_run.steps import OwnerStep, ReviewStep, ShopStep, Step, TeamStep
from ui.tasks import TaskRunner
from ui.theme import gap
from ui.widgets.basics import Card, PlainLabel
from ui.widgets.buttons import BusyButton, button
from ui.widgets.logo import Logo
from ui.widgets.messages import InlineMessage


class FirstRunPage(QWidget):
    """Asks for the shop, its owner and its first people.

    Signals:
        finished(actor): the shop is written; the owner is signed in.
    """

    finished = Signal(object)

    def __init__(self, app: App, tasks: TaskRunner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._app = app
        self._tasks = tasks
        self.shop = ShopStep()
        self.owner = OwnerStep()
        self.team = TeamStep(self.owner)
        self.review = ReviewStep()
        self._steps: tuple[Step, ...] = (self.shop, self.owner, self.team, self.review)
        self.stack = QStackedWidget()
        for step in self._steps:
            self.stack.addWidget(step)
        self.progress = PlainLabel(look="muted")
        self.message = InlineMessage()
        self.back = button(self.tr("Back (Alt+←)"))
        self.back.setShortcut("Alt+Left")
        self.back.clicked.connect(self._on_back)
        self.next = BusyButton(self.tr("Next (Enter)"), busy_text=self.tr("Setting up…"))
        self.next.clicked.connect(self._on_next)
        self._lay_out()
        self.show_step(0)

    @property
    def step(self) -> Step:
        """The step shown."""
        return self._steps[self.stack.currentIndex()]

    def new_shop(self) -> NewShop:
        """Return everything typed."""
        return NewShop(
            shop_name=self.shop.name.text().strip(),
            tin=self.shop.tin.text().strip(),
            phone=self.shop.phone.edit.text().strip(),
            address=self.shop.address.text().strip(),
            owner=self.owner.person(),
            team=self.team.people(),
        )

    def show_step(self, number: int) -> None:
        """Show a step by its number from 0."""
        self.message.clear()
        if self._steps[number] is self.review:
            self.review.show_shop(self.new_shop())
        self.stack.setCurrentIndex(number)
        self.back.setEnabled(number > 0)
        is_last = number == len(self._steps) - 1
        self.next.setText(self.tr("Open the shop (Enter)") if is_last else self.tr("Next (Enter)"))
        self.progress.setText(
            self.tr("Step %1 of %2")
            .replace("%1", str(number + 1))
            .replace("%2", str(len(self._steps)))
        )
        self.step.start()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let Enter go to the next field, and from the last one to the next step."""
        if event.key() not in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            super().keyPressEvent(event)
            return
        fields = [edit for edit in self.step.findChildren(QLineEdit) if edit.isVisible()]
        focused = self.focusWidget()
        if focused is self.back:
            self.back.click()
        elif isinstance(focused, QLineEdit) and focused in fields[:-1]:
            fields[fields.index(focused) + 1].setFocus()
        else:
            self.next.click()

    def showEvent(self, event: QShowEvent) -> None:
        """Begin with the first field."""
        super().showEvent(event)
        self.step.start()

    def _lay_out(self) -> None:
        outer = QHBoxLayout(self)
        outer.addStretch(1)
        middle = QVBoxLayout()
        middle.addStretch(1)
        head = QHBoxLayout()
        head.addWidget(Logo(resource_path("icons", "sanduku.svg"), lines=2.6))
        head.addWidget(PlainLabel(self.tr("Welcome to Sanduku"), look="title"))
        head.addStretch(1)
        head.addWidget(self.progress)
        middle.addLayout(head)
        card = Card()
        card.setFixedWidth(self.fontMetrics().averageCharWidth() * 100)
        card.body.setSpacing(gap(self, 2))
        card.body.addWidget(self.stack, 1)
        card.body.addWidget(self.message)
        buttons = QHBoxLayout()
        buttons.addWidget(self.back)
        buttons.addStretch(1)
        buttons.addWidget(self.next)
        card.body.addLayout(buttons)
        middle.addWidget(card)
        middle.addStretch(2)
        outer.addLayout(middle)
        outer.addStretch(1)

    def _on_back(self) -> None:
        if not self.next.is_busy and self.stack.currentIndex() > 0:
            self.show_step(self.stack.currentIndex() - 1)

    def _on_next(self) -> None:
        problem, field = self.step.problem()
        if problem:
            self.next.finish()
            self.message.show_message(problem, level="error")
            if field is not None:
                field.setFocus()
            return
        if self.step is not self.review:
            self.next.finish()
            self.show_step(self.stack.currentIndex() + 1)
            return
        self.message.clear()
        self.back.setEnabled(False)
        shop, app = self.new_shop(), self._app
        self._tasks.operation(
            self,
            lambda: set_up(app, shop),
            on_success=self._on_set_up,
            on_known_error=self._on_refused,
            on_finished=self._on_finished,
        )

    def _on_set_up(self, actor: Actor) -> None:
        for name, password in self.team.rows.values():
            name.clear()
            password.clear()
        self.owner.password.clear()
        self.owner.again.clear()
        self.finished.emit(actor)

    def _on_refused(self, error: KnownError) -> None:
        self.message.show_error(error)

    def _on_finished(self) -> None:
        self.next.finish()
        self.back.setEnabled(True)
