"""The sheet before what is due is charged: how many, how much, whose phone; then what became."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QPushButton, QWidget

from core.money import display
from core.services.subscriptions.renewal_rows import ChargedPeriod, HeldPeriod, RenewalReport
from ui.badges import badge_for
from ui.context import PageContext
from ui.icons import icon
from ui.pages.subscriptions.words import hold_text, sums_text
from ui.tasks import Progress
from ui.theme import color_name, set_look
from ui.widgets.buttons import button
from ui.widgets.form_dialog import ReviewSheet
from ui.widgets.messages import InlineMessage

_MOST_LINES = 300


class RenewSheet(ReviewSheet):
    """Reviews what is due now, charges it, and says what became of each.

    Running it twice charges nothing twice: what is due is decided anew when it is charged.
    """

    def __init__(
        self,
        context: PageContext,
        planned: RenewalReport,
        on_done: Callable[[], object],
        parent: QWidget,
    ) -> None:
        self._context = context
        self._on_done = on_done
        count = str(len(planned.charged))
        super().__init__(
            self.tr("Renew what is due now"),
            self.tr("Charge %1 periods (F12)").replace("%1", count),
            sums_text(planned.sums()) or self.tr("Nothing is due to be charged."),
            self._facts(planned),
            parent,
        )
        set_look(self.submit_button, kind="primary")
        self.warning = InlineMessage(self.body)
        self.form.addRow(self.warning)
        if planned.pushed:
            told = self.tr("%1 phones are asked for a PIN at once; that cannot be called back.")
            self.warning.show_message(told.replace("%1", str(planned.pushed)), level="warning")
        self.submit_button.setVisible(bool(planned.charged))
        self.list = QListWidget()
        self.list.setSpacing(2)
        self.list.setWordWrap(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setAccessibleName(self.tr("Periods"))
        self.list.setMinimumHeight(self.fontMetrics().lineSpacing() * 10)
        self.form.addRow(self.list)
        self.stop_button: QPushButton = button(self.tr("Stop after the one in hand"))
        self.form.addRow(self.stop_button)
        self.form.setRowVisible(self.stop_button, False)
        self._show_lines(planned, is_done=False)
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * 104)
        self.submitted.connect(self._on_submitted)

    def _facts(self, planned: RenewalReport) -> list[tuple[str, str]]:
        waiting = len(planned.charged) - planned.pushed
        facts = [
            (self.tr("Periods"), str(len(planned.charged))),
            (self.tr("Phones asked for a PIN"), str(planned.pushed)),
            (self.tr("Payments that wait at the desk"), str(waiting)),
            (self.tr("Not charged now"), str(len(planned.held))),
        ]
        return [fact for fact in facts if fact[1] != "0"]

    def _on_submitted(self) -> None:
        app, actor = self._context.app, self._context.actor

        def work(progress: Progress) -> RenewalReport:
            return app.renewals.renew(
                actor,
                stop=lambda: progress.is_cancelled,
                on_charged=lambda count: _tell(progress, count),
            )

        task = self._context.tasks.slow(
            self,
            work,
            on_success=self._on_renewed,
            on_known_error=self.fail,
            on_finished=self._on_finished,
            on_progress=self._on_progress,
        )
        # The form is busy: only stopping is left to do.
        self.body.setEnabled(True)
        self.form.setRowVisible(self.stop_button, True)
        if task.progress is not None:
            self.stop_button.clicked.connect(task.progress.cancel)

    def _on_progress(self, count: int, _total: int) -> None:
        self.message.show_message(self.tr("Charged so far: %1").replace("%1", str(count)))

    def _on_finished(self) -> None:
        self.form.setRowVisible(self.stop_button, False)
        self.stop()

    def _on_renewed(self, report: RenewalReport) -> None:
        self._show_lines(report, is_done=True)
        self.warning.clear()
        told = self.tr("Charged: %1.").replace("%1", str(len(report.charged)))
        if report.waits_for_room:
            told += " " + self.tr("The rest follows by itself as soon as requests have left.")
        if report.refused:
            told += " " + self.tr("Refused: %1.").replace("%1", str(len(report.refused)))
        self.message.show_message(told, level="warning" if report.refused else "success")
        self.submit_button.hide()
        self.cancel_button.setText(self.tr("Close"))
        self.cancel_button.setFocus()
        self._on_done()

    def _show_lines(self, report: RenewalReport, *, is_done: bool) -> None:
        self.list.clear()
        for charged in report.charged[:_MOST_LINES]:
            self._add("check" if is_done else "clock", "success" if is_done else "text_muted",
                      self._charged_line(charged))  # fmt: skip
        for refused in report.refused[:_MOST_LINES]:
            told = f"{refused.subscription_number} · {refused.customer_name} – {refused.refusal}"
            self._add("cross", "danger", told)
        for held in report.held[:_MOST_LINES]:
            self._add("ban", "text_muted", _held_line(held))
        hidden = sum(
            max(0, len(rows) - _MOST_LINES)
            for rows in (report.charged, report.refused, report.held)
        )
        if hidden:
            self.list.addItem(self.tr("… and %1 more").replace("%1", str(hidden)))

    def _charged_line(self, row: ChargedPeriod) -> str:
        way = badge_for("method", row.method).text
        happens = self.tr("phone asked") if row.is_pushed else self.tr("waits for its money")
        again = self.tr("try %1").replace("%1", str(row.try_number)) if row.try_number > 1 else ""
        amount = display(row.amount_minor, row.currency)
        parts = [row.reference, row.customer_name, amount, way, happens, again]
        return " · ".join(filter(None, parts))

    def _add(self, icon_name: str, token: str, text: str) -> None:
        self.list.addItem(QListWidgetItem(icon(icon_name, color_name(token)), text))


def _held_line(row: HeldPeriod) -> str:
    amount = display(row.amount_minor, row.currency)
    told = [row.subscription_number, row.customer_name, amount]
    return f"{' · '.join(told)} – {hold_text(row.hold)}"


def _tell(progress: Progress, count: int) -> None:
    if not progress.is_cancelled:
        progress.report(count, 0)
