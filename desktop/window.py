"""The window of a shop: opening it, who is signed in, locking, and leaving in order."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSettings, Qt, QTimer, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication, QFileDialog

from core.configuration import Configuration
from core.errors import KnownError, StorageError
from desktop.crash import install_crash_hooks, remove_crash_hooks
from desktop.look import Look
from resources import resource_path
from ui.idle import WARN_BEFORE_S, IdleWatch
from ui.pages.sign_in.page import SignInPage
from ui.preferences import Preferences
from ui.program_window import OpeningScreen, ProgramWindow
from ui.relay import ChangeRelay
from ui.tasks import TaskRunner
from ui.theme import Theme
from ui.widgets.messages import Toast

if TYPE_CHECKING:
    from core.app import App
    from core.permissions import Actor
    from core.services.settings import ShopSettings
    from desktop.presence import PresenceTeller
    from ui.main_window import MainWindow


CHORES_AFTER_MS = 3000
"""Mail and renewals begin when the first page stands: neither is owed before it."""


def the_application() -> QApplication:
    """Return Qt's one application, made when first asked for."""
    existing = QApplication.instance()
    return existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])


def run(configuration: Configuration, *, sign_in_as: tuple[str, str] | None = None) -> int:
    """Show the window of a shop until it is closed; return the exit code.

    ``sign_in_as`` is a name and password to begin with, as in a demonstration.
    """
    application = the_application()
    application.setApplicationName("Sanduku")
    application.setOrganizationName("Sanduku")
    application.setWindowIcon(QIcon(str(resource_path("icons", "sanduku.svg"))))
    application.setQuitOnLastWindowClosed(False)
    desk = Desk(configuration, Theme(application), Preferences(QSettings()), sign_in_as=sign_in_as)
    install_crash_hooks(configuration.data_dir, desk.bug_escaped.emit)
    desk.finished.connect(application.quit)
    desk.start()
    try:
        return application.exec()
    finally:
        remove_crash_hooks()
        desk.close()


class Desk(QObject):
    """Leads from opening through sign-in to the pages and out again.

    Signals:
        bug_escaped(error): an error nobody expected, from any thread; it is logged already.
        finished: the window was closed and everything has stopped.
    """

    bug_escaped = Signal(object)
    finished = Signal()

    def __init__(
        self,
        configuration: Configuration,
        theme: Theme,
        preferences: Preferences,
        *,
        sign_in_as: tuple[str, str] | None = None,
    ) -> None:
        super().__init__()
        self._configuration = configuration
        self._sign_in_as = sign_in_as
        self._look = Look(theme, preferences)
        self._preferences = preferences
        self._settings: ShopSettings | None = None
        self._app: App | None = None
        self._relay: ChangeRelay | None = None
        self._presence: PresenceTeller | None = None
        self._present: MainWindow | None = None
        self._parked: dict[str, MainWindow] = {}
        self._is_closed = False
        self._chores_timer = QTimer(self)
        self._chores_timer.setSingleShot(True)
        self._chores_timer.setInterval(CHORES_AFTER_MS)
        self._chores_timer.timeout.connect(self._start_chores)
        self.tasks = TaskRunner(self)
        self.tasks.bug_raised.connect(self._on_bug)
        self.tasks.known_error_raised.connect(self._on_known_error)
        self.bug_escaped.connect(self._on_bug, Qt.ConnectionType.QueuedConnection)
        self.idle = IdleWatch(self)
        self.idle.warned.connect(self._on_idle_warned)
        self.idle.returned.connect(self._clear_notice)
        self.idle.idle.connect(self.lock)
        self.window = ProgramWindow(preferences)
        self.window.first_painted.connect(self._open)
        self.window.close_requested.connect(self._on_close_requested)
        self.window.notice_action_triggered.connect(self._on_notice_action)
        self._leaving: str = ""
        self._sign_in = SignInPage(configuration, self.tasks, self._shop)
        self._sign_in.signed_in.connect(self._on_signed_in)
        self.opening = OpeningScreen()
        self.opening.quit_requested.connect(self.window.close)
        self.opening.other_folder_requested.connect(self._on_other_folder)

    @property
    def app(self) -> App | None:
        """The open shop."""
        return self._app

    @property
    def main_window(self) -> MainWindow | None:
        """The pages of the person signed in; None while nobody is, or the screen is locked."""
        return self._present

    @property
    def sign_in_page(self) -> SignInPage:
        """The screen that asks who is there."""
        return self._sign_in

    def start(self) -> None:
        """Show the window; the shop is opened once it has been painted.

        Where there is a shop the sign-in screen comes at once: a name can be typed meanwhile.
        """
        expected = self._configuration.is_there
        if expected and self._sign_in_as is None:
            self._show_sign_in()
        else:
            self.window.show_screen(self.opening)
        self.window.show()

    def close(self) -> None:
        """Finish what was asked for, stop every thread and let go of the shop."""
        if self._is_closed:
            return
        self._is_closed = True
        self._chores_timer.stop()
        self.idle.stop()
        self.window.hide()
        self.tasks.shutdown()
        if self._relay is not None:
            self._relay.close()
        if self._presence is not None:
            self._presence.close()
        if self._app is not None:
            self._app.close()
        self.window.deleteLater()

    def _open(self) -> None:
        self.opening.show_opening()
        self.tasks.operation(
            self,
            self._open_shop,
            on_success=self._on_opened,
            on_known_error=self._on_opening_refused,
        )

    def _open_shop(self) -> tuple[bool, ShopSettings | None]:
        from core.app import open_shop  # noqa: PLC0415 - nothing of a shop before the first paint

        app = open_shop(self._configuration)
        # Kept here at once: if the window is closed meanwhile, closing must find the shop.
        self._app = app
        app.start_urgent()
        return app.users.has_users(), app.settings.load() if app.users.is_open else None

    def _on_opened(self, opened: tuple[bool, ShopSettings | None]) -> None:
        has_users, settings = opened
        app = self._shop()
        self._chores_timer.start()
        self._relay = ChangeRelay(app.changes, self)
        self.window.watch_connection(app, self.tasks)
        if settings is not None:
            self._follow_settings(settings)
        self._sign_in.shop_opened()
        if not has_users:
            self._show_first_run()
        elif self._sign_in_as is not None:
            name, password = self._sign_in_as
            self.tasks.operation(
                self,
                lambda: app.users.sign_in(name, password, self._configuration.desk),
                on_success=self._on_signed_in,
                on_known_error=self._on_sign_in_refused,
            )
        elif not self._sign_in.isVisible():
            self._show_sign_in()

    def _start_chores(self) -> None:
        self.tasks.operation(self, self._shop().start_chores)

    def _on_opening_refused(self, error: KnownError) -> None:
        self.window.show_screen(self.opening)
        self.opening.show_failure(error.message, error.details)

    def _on_other_folder(self) -> None:
        chooser = QFileDialog(self.window, self.tr("The folder of a shop"))
        chooser.setFileMode(QFileDialog.FileMode.Directory)
        chooser.setOption(QFileDialog.Option.ShowDirsOnly)
        chooser.fileSelected.connect(self.open_folder)
        chooser.finished.connect(chooser.deleteLater)
        chooser.open()

    def open_folder(self, folder: str) -> None:
        """Open the shop of another folder, after the one asked for could not be opened."""
        self._configuration = Configuration(
            data_dir=Path(folder),
            desk=self._configuration.desk,
            clock=self._configuration.clock,
            password_cost=self._configuration.password_cost,
        )
        self._open()

    def _show_first_run(self) -> None:
        from ui.pages.first_run.page import FirstRunPage  # noqa: PLC0415 - once in a shop's life

        page = FirstRunPage(self._shop(), self.tasks)
        page.finished.connect(self._on_signed_in)
        page.finished.connect(lambda _actor: self.window.drop_screen(page))
        self.window.show_screen(page)

    def _show_sign_in(self) -> None:
        self._sign_in.show_sign_in()
        self.window.show_screen(self._sign_in)

    def _on_sign_in_refused(self, error: KnownError) -> None:
        self._show_sign_in()
        self._sign_in.message.show_error(error)

    def _on_signed_in(self, actor: Actor) -> None:
        from ui.context import PageContext  # noqa: PLC0415 - after the first paint
        from ui.main_window import MainWindow  # noqa: PLC0415 - after the first paint

        kept = self._parked.pop(actor.name, None)
        if kept is not None and kept.context.actor != actor:
            self.window.drop_screen(kept)  # the role changed meanwhile: other pages, other rights
            kept = None
        is_back = kept is not None
        if kept is None:
            if self._relay is None:
                raise RuntimeError("nobody signs in before the shop is open")
            context = PageContext(self._shop(), actor, self.tasks, self._preferences)
            kept = MainWindow(context, self._relay)
            kept.lock_requested.connect(self.lock)
            kept.sign_out_requested.connect(self._on_sign_out_requested)
            kept.scheme_toggled.connect(self._look.toggle)
            kept.settings_changed.connect(self._follow_settings)
            self.tasks.tidy_memory()
        self._present = kept
        self._tell_presence().come(actor)
        self._watch_idle()
        self.window.show_screen(kept)
        kept.resume()
        if is_back and self._relay is not None and self._shop().database.is_shared:
            self._relay.catch_up()

    def lock(self) -> None:
        """Hide everything of the person signed in until somebody signs in."""
        present = self._present
        if present is None:
            return
        present.hide_dialogs()
        self._present = None
        self._watch_idle()
        actor = present.context.actor
        self._tell_presence().lock(actor)
        self._parked[actor.name] = present
        self._sign_in.show_locked(actor, self._configuration.clock())
        self.window.show_screen(self._sign_in)
        self._clear_notice()
        Toast.of(self.window).hide()

    def sign_out(self) -> None:
        """Take the person's pages away and ask who is there."""
        present, self._present = self._present, None
        self._watch_idle()
        self._clear_notice()
        self._show_sign_in()
        if present is not None:
            self._tell_presence().leave()
            self.window.drop_screen(present)
        self.tasks.operation(self, self._shop().users.sign_out)

    def _on_sign_out_requested(self) -> None:
        unsaved = self._present.unsaved_titles() if self._present is not None else []
        if unsaved:
            self._ask_to_leave("sign_out", unsaved, self.tr("Sign out anyway"))
        else:
            self.sign_out()

    def _on_close_requested(self) -> None:
        windows = [*self._parked.values(), *filter(None, [self._present])]
        unsaved = [title for window in windows for title in window.unsaved_titles()]
        if unsaved and self._leaving != "quit":
            self._ask_to_leave("quit", unsaved, self.tr("Quit anyway"))
        else:
            self._quit()

    def _ask_to_leave(self, way: str, unsaved: list[str], action: str) -> None:
        self._leaving = way
        text = self.tr("What you typed is not saved: %1.").replace("%1", ", ".join(unsaved))
        self.window.notice.show_state(text, level="warning", action=action)

    def _on_notice_action(self) -> None:
        way = self._leaving
        self._clear_notice()
        if way == "quit":
            self._quit()
        elif way == "sign_out":
            self.sign_out()

    def _quit(self) -> None:
        self.window.close_for_good()
        self.close()
        self.finished.emit()

    def _follow_settings(self, settings: ShopSettings) -> None:
        self._settings = settings
        self._look.follow(settings)
        self._watch_idle()

    def _tell_presence(self) -> PresenceTeller:
        from desktop.presence import PresenceTeller  # noqa: PLC0415 - after the first paint

        if self._presence is None:
            self._presence = PresenceTeller(self._shop(), self.tasks, self)
        return self._presence

    def _watch_idle(self) -> None:
        """Count the minutes nobody is at the desk, while there is something to hide."""
        minutes = self._settings.lock_after_minutes if self._settings is not None else 0
        if self._present is None or self._is_closed:
            self.idle.stop()
        else:
            self.idle.start(minutes * 60)

    def _on_idle_warned(self) -> None:
        self._leaving = ""
        told = self.tr("Nobody seems to be here: the desk locks in %1 seconds. Any key keeps it.")
        told = told.replace("%1", str(WARN_BEFORE_S))
        self.window.notice.show_state(told, level="warning", action=self.tr("I am here"))

    def _on_known_error(self, error: KnownError) -> None:
        self._leaving = ""
        self.window.notice.show_state(error.message, level="error", action=self.tr("Close"))

    def _on_bug(self, _error: BaseException) -> None:
        if self._app is None:
            self.window.show_screen(self.opening)
            self.opening.show_failure(
                self.tr("The shop could not be opened. What happened is in the program's log.")
            )
            return
        self._leaving = ""
        self.window.notice.show_state(
            self.tr(
                "Something went wrong inside the program. What you typed is kept; look at the"
                " payments before you repeat anything."
            ),
            level="error",
            action=self.tr("Close"),
        )

    def _clear_notice(self) -> None:
        self._leaving = ""
        self.window.notice.clear()

    def _shop(self) -> App:
        if self._app is None:
            raise StorageError("Nobody was signed in. The shop could not be opened.")
        return self._app
