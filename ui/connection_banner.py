"""The line over everything while the shop's server cannot be reached, and what became of acts.

It comes and goes by itself. Whatever is typed stays; nothing is done a second time.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from PySide6.QtCore import QCoreApplication, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from core.app import App, UnknownAct
from core.clock import shop_time
from ui.tasks import TaskRunner
from ui.widgets.messages import InfoBar, Toast, announce

LOST_AFTER_S = 4.0
"""A server that has said nothing for so long is told as away; it is asked each second."""

KEY = "Ctrl+Shift+L"
_LOOK_EVERY_MS = 500


class ConnectionBanner(InfoBar):
    """Watches the server of a shop that many desks share; takes no room while all is well."""

    def __init__(self, app: App, tasks: TaskRunner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._app = app
        self._tasks = tasks
        self._since: datetime | None = None
        self._is_asking = False
        self._answers: dict[UnknownAct, bool] = {}
        self._shortcut = QShortcut(QKeySequence(KEY), self)
        self._shortcut.activated.connect(self._on_action)
        self.action_triggered.connect(self._on_action)
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_EVERY_MS)
        self._timer.timeout.connect(self.look)
        self._timer.start()

    @property
    def is_lost(self) -> bool:
        """Tell whether the server is away."""
        return self._since is not None

    def look(self) -> None:
        """See whether the server answers, and ask it about what is not known."""
        silent_s = self._app.changes.silent_s
        was_lost = self.is_lost
        if silent_s <= LOST_AFTER_S:
            self._since = None
        elif not was_lost:
            self._since = self._app.configuration.clock() - timedelta(seconds=silent_s)
        if not self.is_lost and self._app.unknown_acts:
            self._ask()
        self._tell()
        if was_lost and not self.text:
            Toast.of(self).tell(self.tr("The shop's server is back. The lists are up to date."))

    def _tell(self) -> None:
        told = [self._loss()] if self.is_lost else []
        told += [_unknown(act) for act in self._app.unknown_acts]
        told += [_known(act, is_done=done) for act, done in self._answers.items()]
        text = " ".join(told)
        if text == self.text:
            return
        if not text:
            self.clear()
            return
        self.show_state(text, level=self._level(), action=self._action_word())
        announce(self, text)

    def _loss(self) -> str:
        told = self.tr(
            "The shop's server cannot be reached since %1. What you type stays, and what was saved"
            " is safe; the program tries again by itself."
        )
        return told.replace("%1", f"{shop_time(self._since):%H:%M}" if self._since else "")

    def _level(self) -> str:
        if self.is_lost:
            return "error"
        is_well = not self._app.unknown_acts and all(self._answers.values())
        return "success" if is_well else "warning"

    def _action_word(self) -> str:
        if self.is_lost:
            return ""
        word = self.tr("Look again (%1)") if self._app.unknown_acts else self.tr("Close (%1)")
        return word.replace("%1", KEY)

    def _ask(self) -> None:
        if not self._is_asking:
            self._is_asking = True
            self._tasks.operation(
                self,
                self._app.look_again,
                on_success=self._answers.update,
                on_finished=self._on_asked,
            )

    def _on_asked(self) -> None:
        self._is_asking = False
        self._tell()

    def _on_action(self) -> None:
        if self._app.unknown_acts and not self.is_lost:
            self._ask()
            return
        self._answers.clear()
        self._tell()


def _unknown(act: UnknownAct) -> str:
    told = QCoreApplication.translate(
        "ConnectionBanner",
        "%1 at %2: it is not known yet whether it was saved, and it is looked up when the server"
        " answers.",
    )
    return told.replace("%1", _deed(act)).replace("%2", f"{shop_time(act.at):%H:%M}")


def _known(act: UnknownAct, *, is_done: bool) -> str:
    told = (
        QCoreApplication.translate("ConnectionBanner", "%1 at %2: it was saved.")
        if is_done
        else QCoreApplication.translate(
            "ConnectionBanner", "%1 at %2: nothing was saved; do it again."
        )
    )
    return told.replace("%1", _deed(act)).replace("%2", f"{shop_time(act.at):%H:%M}")


def _deed(act: UnknownAct) -> str:
    translate = QCoreApplication.translate
    words = {
        "payment:recorded": translate("ConnectionBanner", "The payment recorded"),
        "payment:completed": translate("ConnectionBanner", "The payment confirmed"),
        "payment:failed": translate("ConnectionBanner", "The payment marked as failed"),
        "payment:cancelled": translate("ConnectionBanner", "The payment called off"),
        "invoice:issued": translate("ConnectionBanner", "The payment confirmed"),
        "refund:requested": translate("ConnectionBanner", "The refund asked for"),
        "refund:approved": translate("ConnectionBanner", "The refund approved"),
        "refund:rejected": translate("ConnectionBanner", "The refund rejected"),
        "refund:passed_on": translate("ConnectionBanner", "The refund passed on"),
        "refund:withdrawn": translate("ConnectionBanner", "The refund withdrawn"),
        "credit_note:issued": translate("ConnectionBanner", "The refund paid back"),
        "till:opened": translate("ConnectionBanner", "The till opened"),
        "till:closed": translate("ConnectionBanner", "The till counted"),
    }
    return words.get(act.action, translate("ConnectionBanner", "What you did"))
