"""What the current line may be: its candidates with their reasons, or what was decided."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from core.clock import shop_time
from core.model.reconciliations import LineCategory
from core.money import display
from core.services.learning.rows import SuggestedReason
from core.services.matching.line_candidates import Candidate, LineDetail
from core.services.rows import MatchRow, PaymentRow
from ui.badges import badge_for
from ui.pages.reconcile.reasons import explained_text
from ui.pages.reconcile.why_not import why_not
from ui.pages.reconcile.words import (
    category_badge,
    filled,
    kind_words,
    line_reference,
    line_text,
    number,
    payment_day,
    payment_identifiers,
    signed,
    usual_text,
)
from ui.theme import gap, set_look
from ui.widgets.basics import BadgeLabel, PlainLabel, SelectableLabel
from ui.widgets.buttons import button

_SHOWN_CANDIDATES = 9
_SHOWN_PAYMENTS = 4


class CandidatesPane(QScrollArea):
    """The current line, and under it one card per candidate.

    Signals:
        approve_wanted(candidate), decline_wanted(candidate), decline_all_wanted(match),
            undo_wanted(match), take_back_wanted, as_before_wanted: a button of a card was pressed.
    """

    approve_wanted = Signal(object)
    decline_wanted = Signal(object)
    decline_all_wanted = Signal(object)
    undo_wanted = Signal(object)
    take_back_wanted = Signal()
    as_before_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(self.tr("What this line may be"))
        self._shown: tuple[LineDetail | None, bool, bool] | None = None
        self.show_line(None, is_locked=False)

    def show_line(
        self, shown: LineDetail | None, *, is_locked: bool, is_searching: bool = False
    ) -> None:
        """Show another line; the same again changes nothing.

        While matches are being searched for, a line without any is not said to have none.
        """
        if (shown, is_locked, is_searching) == self._shown:
            return
        self._shown = (shown, is_locked, is_searching)
        body = QWidget()
        set_look(body, look="page")
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, gap(self, 0.5), 0)
        column.setSpacing(gap(self))
        if shown is None:
            text = PlainLabel(self.tr("No line is selected."), look="muted")
            text.setAlignment(Qt.AlignmentFlag.AlignCenter)
            column.addWidget(text)
        else:
            column.addWidget(self._line_head(shown))
            for card in self._cards(shown, is_locked=is_locked, is_searching=is_searching):
                column.addWidget(card)
        column.addStretch(1)
        self.setWidget(body)
        self._put_in_tab_order(body)

    def _put_in_tab_order(self, body: QWidget) -> None:
        """Let Tab go from the pane to its cards: what is made later would else come last of all."""
        before: QWidget = self
        for made in body.findChildren(QPushButton):
            self.setTabOrder(before, made)
            before = made

    def _line_head(self, shown: LineDetail) -> QWidget:
        line = shown.line
        head = QWidget()
        column = QVBoxLayout(head)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(gap(self, 0.4))
        row = QHBoxLayout()
        row.setSpacing(gap(self))
        amount = PlainLabel(signed(line.amount_minor, line.currency), look="heading")
        row.addWidget(amount)
        row.addWidget(BadgeLabel(category_badge(shown.category)))
        row.addStretch(1)
        place = filled(self.tr("Line %1 · %2"), number(line.line_number), str(line.line_date))
        row.addWidget(PlainLabel(place, look="muted"))
        column.addLayout(row)
        told = " · ".join(filter(None, [line_text(line), line_reference(line)]))
        column.addWidget(SelectableLabel(told))
        return head

    def _cards(self, shown: LineDetail, *, is_locked: bool, is_searching: bool) -> list[QWidget]:
        if shown.category is LineCategory.MATCHED:
            return [self._decided_card(shown.approved, is_locked=is_locked)]
        if shown.category is LineCategory.IGNORED:
            return [self._ignored_card(shown, is_locked=is_locked)]
        cards: list[QWidget] = []
        if shown.suggested is not None:
            cards.append(self._usual_card(shown.suggested, is_locked=is_locked))
        if not shown.candidates and is_searching:
            told = self.tr("The search for matches is under way. What fits this line comes then.")
            return [*cards, self._note(told)]
        if not shown.candidates:
            told = self.tr(
                "Nothing recorded fits this line. Tick payments below and press S, or set"
                " the line aside with I."
            )
            if is_locked:
                told = self.tr("Nothing recorded fits this line.")
            return [*cards, self._note(told)]
        if shown.best is None:
            cards.append(self._note(self.tr("These fit equally well. Choose one by its number.")))
        for place, candidate in enumerate(shown.candidates[:_SHOWN_CANDIDATES], start=1):
            is_best = candidate is shown.best
            against = why_not(shown, candidate)
            cards.append(
                self._card(candidate, place, against, is_best=is_best, is_locked=is_locked)
            )
        hidden = len(shown.candidates) - _SHOWN_CANDIDATES
        if hidden > 0:
            cards.append(self._note(filled(self.tr("and %1 more"), number(hidden))))
        return cards

    def _card(
        self,
        candidate: Candidate,
        place: int,
        against: tuple[str, ...],
        *,
        is_best: bool,
        is_locked: bool,
    ) -> QWidget:
        match = candidate.match
        card, column = self._frame()
        self._add_match(column, match, candidate.payments)
        if against:
            self._add_reasons(column, self.tr("Why not"), against)
        if not is_locked:
            row = QHBoxLayout()
            row.setSpacing(gap(self))
            key = self.tr("Enter") if is_best else str(place)
            approve = button(
                filled(self.tr("Approve (%1)"), key), kind="primary" if is_best else ""
            )
            approve.setToolTip(filled(self.tr("Also key %1"), str(place)))
            approve.clicked.connect(lambda: self.approve_wanted.emit(candidate))
            row.addWidget(approve)
            for made in self._decline_buttons(candidate, place):
                row.addWidget(made)
            row.addStretch(1)
            column.addLayout(row)
        return card

    def _decline_buttons(self, candidate: Candidate, place: int) -> list[QWidget]:
        """Return the buttons that say no: to this one, and, of a choice, to all it names."""
        match = candidate.match
        is_part = candidate.is_choice and len(match.payments) > len(candidate.payments)
        told = filled(self.tr("Not this (Ctrl+Alt+%1)"), str(place))
        if place == 1 and not is_part:
            told = self.tr("Not this (D)")
        one = button(told, kind="quiet")
        one.setToolTip(filled(self.tr("Also Ctrl+Alt+%1"), str(place)))
        one.clicked.connect(lambda: self.decline_wanted.emit(candidate))
        if not is_part or place > 1:
            return [one]
        none = button(self.tr("None of these (D)"), kind="quiet")
        none.clicked.connect(lambda: self.decline_all_wanted.emit(match))
        return [one, none]

    def _usual_card(self, usual: SuggestedReason, *, is_locked: bool) -> QWidget:
        card, column = self._frame()
        column.addWidget(PlainLabel(usual_text(usual), look="heading", wrap=True))
        told = self.tr("Lines worded so were set aside for it: %1. Last by %2.")
        column.addWidget(
            PlainLabel(filled(told, number(usual.times), usual.last_by), look="muted", wrap=True)
        )
        if not is_locked:
            accept = button(self.tr("Set aside (B)"))
            accept.clicked.connect(self.as_before_wanted)
            column.addWidget(accept, 0, Qt.AlignmentFlag.AlignLeft)
        return card

    def _decided_card(self, match: MatchRow | None, *, is_locked: bool) -> QWidget:
        if match is None:
            return self._note(self.tr("Matched."))
        card, column = self._frame()
        when = f"{shop_time(match.decided_at):%Y-%m-%d %H:%M}" if match.decided_at else ""
        told = filled(self.tr("Matched by %1 on %2"), match.decided_by, when)
        column.addWidget(PlainLabel(told, look="good", wrap=True))
        self._add_match(column, match, match.payments)
        if not is_locked:
            undo = button(self.tr("Undo this match (U)"), icon_name="undo")
            undo.clicked.connect(lambda: self.undo_wanted.emit(match))
            column.addWidget(undo, 0, Qt.AlignmentFlag.AlignLeft)
        return card

    def _ignored_card(self, shown: LineDetail, *, is_locked: bool) -> QWidget:
        card, column = self._frame()
        column.addWidget(PlainLabel(self.tr("Set aside"), look="heading"))
        column.addWidget(SelectableLabel(shown.line.ignored_reason))
        if not is_locked:
            back = button(self.tr("Take back (U)"), icon_name="undo")
            back.clicked.connect(self.take_back_wanted)
            column.addWidget(back, 0, Qt.AlignmentFlag.AlignLeft)
        return card

    def _add_match(
        self, column: QVBoxLayout, match: MatchRow, payments: tuple[PaymentRow, ...]
    ) -> None:
        head = QHBoxLayout()
        head.addWidget(PlainLabel(kind_words(match), look="heading", wrap=True), 1)
        sure = PlainLabel(filled(self.tr("%1 % sure"), str(match.confidence)), look="muted")
        head.addWidget(sure, 0, Qt.AlignmentFlag.AlignTop)
        column.addLayout(head)
        for payment in payments[:_SHOWN_PAYMENTS]:
            column.addWidget(self._payment(payment))
        if len(payments) > _SHOWN_PAYMENTS:
            hidden = payments[_SHOWN_PAYMENTS:]
            total = display(sum(payment.amount_minor for payment in hidden), hidden[0].currency)
            more = self.tr("and %1 more, together %2")
            column.addWidget(PlainLabel(filled(more, number(len(hidden)), total), look="muted"))
        if len(match.lines) > 1:
            numbers = ", ".join(str(line.line_number) for line in match.lines[:8])
            column.addWidget(
                PlainLabel(filled(self.tr("Together: lines %1"), numbers), look="muted", wrap=True)
            )
        if match.reasons:
            self._add_reasons(column, self.tr("Why"), match.reasons)
        # A charge of the bank has no payment: there is nothing that it could differ from.
        if match.difference_minor and match.lines and match.payments:
            gap_text = signed(match.difference_minor, match.lines[0].currency)
            told = explained_text(match)
            if match.is_open_difference:
                told = filled(
                    self.tr("Recorded less statement: %1, open (F fee, W write off)"), gap_text
                )
            told = told or filled(self.tr("Recorded less statement: %1"), gap_text)
            look = "wrong" if match.is_open_difference else "muted"
            column.addWidget(PlainLabel(told, look=look, wrap=True))

    def _add_reasons(self, column: QVBoxLayout, word: str, reasons: Sequence[str]) -> None:
        """Add a word and, each on its line, what it introduces."""
        column.addWidget(PlainLabel(word, look="small"))
        column.addWidget(SelectableLabel("\n".join(f"•  {reason}" for reason in reasons)))

    def _payment(self, payment: PaymentRow) -> QWidget:
        made = QWidget()
        column = QVBoxLayout(made)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(gap(self, 0.2))
        row = QHBoxLayout()
        row.setSpacing(gap(self))
        row.addWidget(PlainLabel(display(payment.amount_minor, payment.currency)))
        row.addWidget(BadgeLabel(badge_for("method", payment.payment_method)))
        row.addWidget(PlainLabel(payment.customer_name, wrap=True), 1)
        row.addWidget(PlainLabel(payment_day(payment), look="muted"))
        column.addLayout(row)
        identifiers = SelectableLabel(payment_identifiers(payment), look="small")
        column.addWidget(identifiers)
        return made

    def _frame(self) -> tuple[QFrame, QVBoxLayout]:
        card = QFrame()
        set_look(card, look="card")
        column = QVBoxLayout(card)
        margin = gap(self, 1.3)
        column.setContentsMargins(margin, margin, margin, margin)
        column.setSpacing(gap(self, 0.7))
        return card, column

    def _note(self, text: str) -> QWidget:
        return PlainLabel(text, look="muted", wrap=True)
