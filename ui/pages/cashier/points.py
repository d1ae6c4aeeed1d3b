"""Points at the cashier's form: who the customer is, what they have, and paying with it."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QWidget

from core.money import display, grouped
from core.services.loyalty.rows import MemberRow, PaymentPoints
from ui.badges import badge_for
from ui.context import PageContext
from ui.loyalty.words import next_tier_text, points_text, worth_text
from ui.pages.cashier.method_panels import MethodPanel
from ui.theme import gap
from ui.widgets.basics import BadgeLabel, ElidedLabel, IconLabel, PlainLabel

translate = QCoreApplication.translate
LOOK_UP_DELAY_MS = 250


class MemberLine(QWidget):
    """One line beside the form: the customer's tier and points; no room while nobody is known."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(gap(self))
        row.addWidget(IconLabel("star", "accent", self))
        self.points = PlainLabel()
        self.tier = BadgeLabel()
        self.next_tier = ElidedLabel(look="muted")
        row.addWidget(self.points)
        row.addWidget(self.tier)
        row.addWidget(self.next_tier)
        row.addStretch(1)
        self.hide()

    def set_member(self, member: MemberRow | None) -> None:
        """Show a customer's points, or nobody's."""
        is_shown = member is not None and member.settings.loyalty_enabled
        self.setVisible(is_shown)
        if member is None:
            return
        self.points.setText(f"{points_text(member.points)}, {worth_text(member)}")
        self.tier.set_badge(badge_for("tier", member.standing.tier))
        self.next_tier.setText(next_tier_text(member.standing))
        self.setAccessibleName(
            f"{member.customer_name}: {self.points.text()}, {self.tier.accessibleName()},"
            f" {self.next_tier.text()}"
        )


class PointsPanel(MethodPanel):
    """Points needed, what is there and what is left: nothing to type."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._member: MemberRow | None = None
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(gap(self, 3))
        grid.setVerticalSpacing(gap(self, 0.5))
        self.needed, self.before, self.after = (PlainLabel("–", look="amount") for _ in range(3))
        figures = (
            (self.tr("POINTS NEEDED"), self.needed),
            (self.tr("BALANCE NOW"), self.before),
            (self.tr("BALANCE AFTER"), self.after),
        )
        for place, (text, figure) in enumerate(figures):
            figure.setAccessibleName(text)
            grid.addWidget(PlainLabel(text, look="small"), 0, place)
            grid.addWidget(figure, 1, place, Qt.AlignmentFlag.AlignTop)
            grid.setColumnStretch(place, 1)
        grid.setRowStretch(2, 1)

    @property
    def points_needed(self) -> int | None:
        """How many points the amount costs; None without an amount that points can make."""
        if self._member is None or self._amount_minor is None:
            return None
        return self._member.settings.points_needed(self._amount_minor)

    def set_member(self, member: MemberRow | None) -> None:
        """Follow whose points they are."""
        self._member = member
        self._show()

    def set_amount(self, amount_minor: int | None) -> None:
        """Follow the amount to be paid."""
        super().set_amount(amount_minor)
        self._show()

    def why_not(self) -> str:
        """Return why points cannot pay now; "" when they can, whatever the amount will be."""
        member = self._member
        if member is None or not member.settings.loyalty_enabled:
            return self.tr("Type a known customer's name and telephone: nobody's points are here.")
        if not member.points:
            return self.tr("%1 has no points.").replace("%1", member.customer_name)
        return self.problem()

    def problem(self) -> str:
        """Ask for an amount that the points there are can make."""
        member = self._member
        if member is None or not member.settings.loyalty_enabled:
            return self.why_not()
        if self._amount_minor is None:
            return ""
        needed = self.points_needed
        if needed is None:
            step = display(member.settings.loyalty_point_worth)
            return self.tr("Points pay in steps of %1: change the amount.").replace("%1", step)
        if needed > member.points:
            return (
                self.tr("%1 needed, %2 there: at most %3.")
                .replace("%1", points_text(needed))
                .replace("%2", grouped(member.points))
                .replace("%3", display(member.worth_minor))
            )
        return ""

    def completes(self) -> bool:
        """Points that are there are spent at once."""
        return True

    def _show(self) -> None:
        member, needed = self._member, self.points_needed
        self.needed.setText("–" if needed is None else grouped(needed))
        self.before.setText("–" if member is None else grouped(member.points))
        is_enough = member is not None and needed is not None and needed <= member.points
        after = member.points - needed if member is not None and needed is not None else 0
        self.after.setText(grouped(after) if is_enough else "–")


class MemberWatch(QObject):
    """Looks up who the typed name and telephone are, once typing rests.

    Signals:
        member_found(member): a ``MemberRow``, or None where nobody is known.
    """

    member_found = Signal(object)

    def __init__(self, context: PageContext, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._who = ("", "")
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(LOOK_UP_DELAY_MS)
        self._timer.timeout.connect(self.look_up)

    def follow(self, name: str, phone: str) -> None:
        """Note another name or telephone; what was found for the last one holds no longer."""
        who = (name.strip(), phone)
        if who == self._who:
            return
        self._who = who
        self.member_found.emit(None)
        if any(who):
            self._timer.start()
        else:
            self._timer.stop()

    def look_up(self) -> None:
        """Ask the books; points may have come or gone since."""
        name, phone = who = self._who
        if not any(who):
            return
        app, actor = self._context.app, self._context.actor

        def found(member: MemberRow | None) -> None:
            if who == self._who:
                self.member_found.emit(member)

        self._context.tasks.query(
            self, lambda: app.loyalty.known(actor, name, phone), on_success=found, latest="member"
        )


def moved_text(moved: PaymentPoints | None) -> str:
    """Return what a payment did to points, as the receipt strip says it."""
    if moved is None:
        return ""
    told = []
    if moved.spent:
        told.append(translate("PointsMoved", "%1 spent").replace("%1", points_text(moved.spent)))
    if moved.earned:
        told.append(translate("PointsMoved", "%1 earned").replace("%1", points_text(moved.earned)))
    if moved.settled:
        told.append(
            translate("PointsMoved", "%1 of them owed").replace("%1", grouped(moved.settled))
        )
    told.append(translate("PointsMoved", "%1 now").replace("%1", grouped(moved.balance_after)))
    return ", ".join(told)
