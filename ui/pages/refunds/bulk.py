"""Deciding on many refunds at once: what all selected allow, one sheet, each told its outcome."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from core.errors import InvalidInputError, KnownError
from core.money import display
from core.permissions import Actor
from core.services.refunds.pages import ListedRefund
from core.services.refunds.rules import RefundRules
from core.services.rows import RefundRow
from ui.context import PageContext
from ui.models.stretches import Stretch, count_of
from ui.pages.page import Page
from ui.pages.refunds.detail import RefundAct
from ui.pages.refunds.dialogs import note_field
from ui.pages.refunds.words import amount_text, why_no_approval, why_no_rejection
from ui.theme import gap, set_look
from ui.widgets.basics import PlainLabel
from ui.widgets.bulk_sheet import BulkActSheet
from ui.widgets.buttons import button
from ui.widgets.data_table import DataTable
from ui.widgets.outcome_list import OutcomeLine
from ui.words import count_text

translate = QCoreApplication.translate
BULK_ACTS = (RefundAct.APPROVE, RefundAct.REJECT)
Read = Callable[[int, int], Sequence[RefundRow]]
"""Reads refunds of the list: from a position, so many; off the GUI thread."""

_ROWS_AT_ONCE = 500
_SHOWN_ROWS = 200
_NAMED_ROWS = 6


def sum_text(refunds: Sequence[RefundRow]) -> str:
    """Return the sum of refunds, by currency: "15 000 RWF + 20.00 USD"."""
    sums: Counter[str] = Counter()
    for refund in refunds:
        sums[refund.currency] += refund.refund_amount_minor
    return " + ".join(display(amount, currency) for currency, amount in sorted(sums.items()))


@dataclass(frozen=True, slots=True)
class Sorted:
    """The selected refunds a person may decide, and by reason those they may not."""

    allowed: tuple[RefundRow, ...]
    left_out: Mapping[str, tuple[RefundRow, ...]]

    @property
    def reason(self) -> str:
        """Why some or all are left out, for the line of the selection; empty where none is."""
        left = {reason: len(refunds) for reason, refunds in self.left_out.items()}
        if not left:
            return ""
        reason, count = Counter(left).most_common(1)[0]
        total = sum(left.values())
        if not self.allowed and count == total:
            return reason
        told = translate("RefundBulk", "%1 of %2 left out: %3")
        told = told.replace("%1", count_text(total))
        return told.replace("%2", count_text(total + len(self.allowed))).replace("%3", reason)


def sort_out(
    act: RefundAct, actor: Actor, refunds: Sequence[RefundRow], rules: RefundRules
) -> Sorted:
    """Tell the refunds a person may decide from those they may not."""
    allowed: list[RefundRow] = []
    left_out: defaultdict[str, list[RefundRow]] = defaultdict(list)
    for refund in refunds:
        reason = (
            why_no_approval(actor, refund, rules)
            if act is RefundAct.APPROVE
            else why_no_rejection(actor, refund)
        )
        (left_out[reason] if reason else allowed).append(refund)
    return Sorted(tuple(allowed), {reason: tuple(found) for reason, found in left_out.items()})


class RefundBulkBar(QWidget):
    """The line under the refunds while several are selected: their sum, and what may be decided."""

    def __init__(
        self,
        page: Page,
        table: DataTable[ListedRefund],
        read: Callable[[], Read],
        rules: Callable[[], RefundRules],
        on_error: Callable[[KnownError], object],
    ) -> None:
        super().__init__()
        self._page = page
        self._table = table
        self._read = read
        self._rules = rules
        self._on_error = on_error
        row = QHBoxLayout(self)
        row.setContentsMargins(0, gap(self, 0.6), 0, 0)
        row.setSpacing(gap(self))
        self.buttons: dict[RefundAct, QPushButton] = {}
        self.reason = PlainLabel(look="muted", wrap=True)
        row.addWidget(self.reason, 1)
        for act, text in (
            (RefundAct.APPROVE, self.tr("Approve all selected… (A)")),
            (RefundAct.REJECT, self.tr("Reject all selected… (J)")),
        ):
            made = self.buttons[act] = button(text)
            made.clicked.connect(lambda _=False, act=act: self.open(act))
            row.addWidget(made)
        table.selection_changed.connect(self._show)
        table.rows.dataChanged.connect(self._show)
        table.rows.replaced.connect(self._show)
        table.rows.modelReset.connect(self._show)
        self._show()

    def takes(self, act: RefundAct) -> bool:
        """Tell whether a key means the selection; then its sheet opens, or it is told why not."""
        if act not in BULK_ACTS or count_of(self._table.selected_stretches()) < 2:
            return False
        self.open(act)
        return True

    def open(self, act: RefundAct) -> None:
        """Read the selected refunds where they are not there, and open the sheet."""
        stretches, read = self._table.selected_stretches(), self._read()
        rows = [each.row for each in self._table.selected_rows()]
        if len(rows) == count_of(stretches):
            self._review(act, rows)
            return
        self._page.context.tasks.query(
            self,
            lambda: _rows_at(stretches, read),
            on_success=lambda found: self._review(act, found),
            on_known_error=self._on_error,
            latest="bulk",
        )

    def _review(self, act: RefundAct, rows: Sequence[RefundRow]) -> None:
        page = self._page
        found = sort_out(act, page.context.actor, rows, self._rules())
        if found.allowed:
            page.open_form(RefundBulkSheet(page.context, act, found, page.refresh, page))
        elif found.left_out:
            page.notice_raised.emit(found.reason)

    def _show(self) -> None:
        count = count_of(self._table.selected_stretches())
        self.setVisible(count > 1)
        if count < 2:
            return
        rows = [each.row for each in self._table.selected_rows()]
        all_there = len(rows) == count
        reasons = []
        for act, made in self.buttons.items():
            found = sort_out(act, self._page.context.actor, rows, self._rules())
            reason = found.reason if all_there else ""
            made.setEnabled(bool(found.allowed) or not all_there)
            made.setToolTip(reason)
            made.setAccessibleDescription(reason)
            reasons.append(reason)
        self.reason.setText("\n".join(dict.fromkeys(filter(None, reasons))))


def _rows_at(stretches: Sequence[Stretch], read: Read) -> list[RefundRow]:
    found: list[RefundRow] = []
    for first, last in stretches:
        for start in range(first, last + 1, _ROWS_AT_ONCE):
            found += read(start, min(_ROWS_AT_ONCE, last + 1 - start))
    return found


class RefundBulkSheet(BulkActSheet):
    """Reviews one decision on many refunds, takes it, and says what became of each.

    Each decision is bound to the version reviewed, so one that changed meanwhile is left alone.
    """

    def __init__(
        self,
        context: PageContext,
        act: RefundAct,
        found: Sorted,
        on_done: Callable[[], object],
        parent: QWidget,
    ) -> None:
        self._context = context
        self._act = act
        refunds = self._refunds = found.allowed
        count = count_text(len(refunds))
        approves = act is RefundAct.APPROVE
        title = self.tr("Approve refunds") if approves else self.tr("Reject refunds")
        submit = self.tr("Approve %1 (F12)") if approves else self.tr("Reject %1 refunds (F12)")
        super().__init__(
            context.tasks,
            title,
            submit.replace("%1", sum_text(refunds) if approves else count),
            sum_text(refunds),
            [(self.tr("Refunds"), count), (self.tr("Asked by"), _askers(refunds))],
            parent,
            count=len(refunds),
            first_lines=[_line(refund) for refund in refunds[:_SHOWN_ROWS]],
            on_done=on_done,
            warnings=[_left_out(reason, rows) for reason, rows in found.left_out.items()],
        )
        if approves:
            set_look(self.submit_button, kind="primary")
        self.note = note_field(
            self.tr("What you checked") if approves else self.tr("Why the money does not go back")
        )
        self.add_field(self.tr("Note") if approves else self.tr("Reason"), self.note)
        self.submitted.connect(self._on_submitted)

    def _on_submitted(self) -> None:
        note = self.note.toPlainText().strip()
        if self._act is RefundAct.REJECT and not note:
            self.fail(InvalidInputError(self.tr("Nothing was changed. Write the reason.")))
            return
        app, actor, refunds = self._context.app, self._context.actor, self._refunds

        def decide(refund: RefundRow) -> None:
            key, seen = refund.refund_id, refund.seen
            if self._act is RefundAct.APPROVE:
                app.refunds.approve(actor, key, seen=seen, note=note)
            else:
                app.refunds.reject(actor, key, reason=note, seen=seen)

        def work(first: int, end: int) -> list[OutcomeLine]:
            return [OutcomeLine(_line(row), _refusal(decide, row)) for row in refunds[first:end]]

        self.begin(work)


def _refusal(decide: Callable[[RefundRow], object], refund: RefundRow) -> str:
    try:
        decide(refund)
    except KnownError as error:
        return error.message
    return ""


def _left_out(reason: str, refunds: Sequence[RefundRow]) -> str:
    """Name the refunds a sheet leaves out, and why."""
    named = [
        " ".join(filter(None, [amount_text(each), each.customer_name]))
        for each in refunds[:_NAMED_ROWS]
    ]
    more = len(refunds) - len(named)
    if more > 0:
        named.append(translate("RefundBulk", "… and %1 more").replace("%1", count_text(more)))
    told = translate("RefundBulk", "Left out, %1 (%2): %3")
    told = told.replace("%1", count_text(len(refunds))).replace("%2", "; ".join(named))
    return told.replace("%3", reason)


def _line(refund: RefundRow) -> str:
    parts = [amount_text(refund), refund.customer_name, refund.whole_reason, refund.requested_by]
    return " · ".join(filter(None, parts))


def _askers(refunds: Sequence[RefundRow]) -> str:
    counted = Counter(refund.requested_by for refund in refunds)
    return ", ".join(f"{name} ({count_text(count)})" for name, count in counted.most_common())
