"""Follows the requests to networks that this desk cares about, until each has its end."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QObject, Signal

from core.app import App
from core.errors import InvalidInputError
from core.model.payments import PaymentStatus
from core.money import display
from core.permissions import Actor
from core.services.gateways.desk import MessageShown
from core.services.gateways.rows import AttemptRow, PaymentPath
from core.services.rows import PaymentRow
from ui.mobile_money.message_dialog import MessageDialog, shown_sentence
from ui.mobile_money.request_panel import RequestPanel
from ui.mobile_money.words import failure_sentence, is_waiting
from ui.pages.cashier.waiting_model import who
from ui.pages.page import Page


@dataclass(frozen=True, slots=True)
class DeskNews:
    """What a desk reads anew: what waits, the open requests by payment, and payments followed."""

    rows: tuple[PaymentRow, ...]
    attempts: dict[str, AttemptRow]
    paths: tuple[PaymentPath, ...]


def read_desk(app: App, actor: Actor, shown: str, followed: Iterable[str]) -> DeskNews:
    """Read what waits; of the payments followed only the one shown, and those that have ended."""
    rows = app.payment_lists.waiting(actor)
    attempts = app.gateways.open_attempts(actor)
    waiting = {row.payment_id for row in rows}
    wanted = [payment_id for payment_id in followed if payment_id not in waiting]
    if shown and shown not in wanted:
        wanted.append(shown)
    paths = tuple(app.gateways.path(actor, payment_id) for payment_id in wanted)
    return DeskNews(rows, attempts, paths)


class RequestWatch(QObject):
    """Shows one payment's way in the panel and tells of the end of every other one followed.

    Signals:
        received(path): the money of the payment shown has just come.
        notice_raised(text): another payment followed has ended.
    """

    received = Signal(object)
    notice_raised = Signal(str)

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self._page = page
        self._followed: dict[str, None] = {}
        self._looked_at = ""
        self.panel = RequestPanel(page.context.app.configuration.clock)
        self.panel.ask_requested.connect(self._on_ask)
        self.panel.message_requested.connect(self._on_message)
        self.panel.news_wanted.connect(self._read)
        self.panel.closed.connect(self.close)
        self.panel.payment_requested.connect(
            lambda row: page.payment_requested.emit(row.payment_id)
        )

    @property
    def followed(self) -> tuple[str, ...]:
        """The ids of the payments whose end is to be told."""
        return tuple(self._followed)

    def follow(self, path: PaymentPath) -> None:
        """Show a payment that this desk has just asked for, and tell its end in any case."""
        self._followed[path.payment.payment_id] = None
        self._looked_at = ""
        self.panel.show_path(path)

    def look_at(self, row: PaymentRow) -> None:
        """Show a payment a person went to; no network stands behind other ways of paying."""
        if row.payment_method.is_mobile_money:
            self._looked_at = row.payment_id
            self._read(row.payment_id)
        else:
            self.close()

    def close(self) -> None:
        """Show no payment any more; those asked for are followed all the same."""
        self._looked_at = ""
        self.panel.clear()

    def take(self, paths: Iterable[PaymentPath]) -> None:
        """Take what was read of the payments shown and followed."""
        for path in paths:
            payment_id = path.payment.payment_id
            has_ended = not is_waiting(path.payment)
            was_followed = payment_id in self._followed
            if has_ended:
                self._followed.pop(payment_id, None)
            if payment_id == self.panel.payment_id:
                self._take_shown(path)
            elif has_ended and was_followed:
                self.notice_raised.emit(self._ending(path))

    def _take_shown(self, path: PaymentPath) -> None:
        before = self.panel.path
        has_come = path.payment.status is PaymentStatus.COMPLETED and (
            before is not None and before.payment.status is not PaymentStatus.COMPLETED
        )
        self.panel.show_path(path)
        if has_come:
            self.received.emit(path)

    def _ending(self, path: PaymentPath) -> str:
        row = path.payment
        if row.status is PaymentStatus.COMPLETED:
            told = self.tr("%1 received from %2.")
        else:
            told = self.tr("%1 from %2 did not come.")
        told = told.replace("%1", display(row.amount_minor, row.currency)).replace("%2", who(row))
        return " ".join(filter(None, [told, failure_sentence(path.attempt, row)]))

    def _read(self, payment_id: str) -> None:
        app, actor = self._page.context.app, self._page.context.actor
        self._page.context.tasks.query(
            self,
            lambda: app.gateways.path(actor, payment_id),
            on_success=self._on_read,
            latest="path",
        )

    def _on_read(self, path: PaymentPath) -> None:
        if path.payment.payment_id == self.panel.payment_id:
            self.take([path])
        elif path.payment.payment_id == self._looked_at:
            self.panel.show_path(path)

    def _on_ask(self, payment_id: str) -> None:
        app, actor = self._page.context.app, self._page.context.actor
        self._page.context.tasks.operation(
            self,
            lambda: app.gateways.ask_now(actor, payment_id),
            on_success=self._on_told,
            on_known_error=self.panel.note.show_error,
            on_finished=self.panel.ask.finish,
        )

    def _on_told(self, path: PaymentPath) -> None:
        if path.payment.payment_id == self.panel.payment_id:
            self._take_shown(path)

    def _on_message(self, row: PaymentRow) -> None:
        dialog = MessageDialog(row, self._page)
        dialog.submitted.connect(partial(self._on_message_submitted, dialog))
        self._page.open_form(dialog)

    def _on_message_submitted(self, dialog: MessageDialog) -> None:
        app, actor = self._page.context.app, self._page.context.actor
        try:
            command = dialog.command()
        except InvalidInputError as error:
            dialog.fail(error)
            return
        dialog.run(
            self._page.context.tasks,
            lambda: app.gateways.show_message(actor, command),
            self._on_message_shown,
        )

    def _on_message_shown(self, shown: MessageShown) -> None:
        if shown.path.payment.payment_id != self.panel.payment_id:
            self.notice_raised.emit(shown_sentence(shown))
            return
        self._take_shown(shown.path)
        level = "success" if shown.on_statement else "info"
        self.panel.note.show_message(shown_sentence(shown), level=level)
