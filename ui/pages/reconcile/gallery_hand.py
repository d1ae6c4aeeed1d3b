"""Pictures of what a clerk does by hand on the reconcile page, for the gallery."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from core.model.reconciliations import DifferenceKind, LineState, MatchState, WriteOffReason
from core.services.matching.differences import DifferenceAnswer
from core.services.rows import MatchRow, PaymentRow, ReconciliationDetail, StatementLineRow
from ui.gallery import SCREENS, Screen
from ui.gallery_shop import CLERK, SampleShop, close_shop, in_sample_shop, is_settled
from ui.pages.reconcile.difference_dialog import DifferenceDialog
from ui.pages.reconcile.gallery import take_in_bank_statement
from ui.pages.reconcile.page import ReconcilePage
from ui.pages.reconcile.split_sheet import SplitSheet
from ui.pages.reconcile.verbs import Verbs
from ui.theme import Theme


def _open_lines(detail: ReconciliationDetail) -> list[StatementLineRow]:
    return [line for line in detail.lines if line.state is LineState.UNMATCHED]


def _below(payments: tuple[PaymentRow, ...], amount_minor: int) -> list[PaymentRow]:
    """Return some payments that together come to less than an amount."""
    taken: list[PaymentRow] = []
    for payment in payments:
        if sum(each.amount_minor for each in taken) + payment.amount_minor < amount_minor:
            taken.append(payment)
    return taken[:3]


def _split(shop: SampleShop) -> QWidget:
    parent = shop.keep(ReconcilePage(shop.context(CLERK)))
    wanted = take_in_bank_statement(shop)
    verbs = Verbs(shop.context(CLERK), wanted)
    detail = shop.app.reconciliations.detail(CLERK, wanted)
    line = max(_open_lines(detail), key=lambda each: each.amount_minor)
    sheet = SplitSheet(
        shop.context(CLERK),
        detail.reconciliation.reconciliation_id,
        verbs.match_by_hand,
        print,
        parent,
        currency=line.currency,
    )
    sheet.offer(
        _open_lines(detail),
        detail.unmatched_payments,
        chosen_lines=[line],
        chosen_payments=_below(detail.unmatched_payments, line.amount_minor),
        answer=DifferenceAnswer(DifferenceKind.WRITE_OFF, WriteOffReason.OVERPAID),
    )
    return sheet


def _difference(shop: SampleShop) -> QWidget:
    parent = shop.keep(ReconcilePage(shop.context(CLERK)))
    wanted = take_in_bank_statement(shop)
    verbs = Verbs(shop.context(CLERK), wanted)
    detail = shop.app.reconciliations.detail(CLERK, wanted)
    line, payment = _open_lines(detail)[0], detail.unmatched_payments[0]
    match = MatchRow(
        match_id=1,
        kind="by_hand",
        automatic=False,
        ambiguous=False,
        confidence=100,
        reasons=(),
        difference_minor=400,
        state=MatchState.APPROVED,
        decided_by="claude",
        decided_at=None,
        lines=(line,),
        payments=(payment,),
    )
    dialog = DifferenceDialog(shop.context(CLERK), match, verbs.explain, print, parent)
    dialog.choice.choose(DifferenceAnswer(DifferenceKind.WRITE_OFF, WriteOffReason.ROUNDING))
    return dialog


def _page(shop: SampleShop) -> QWidget:
    page = ReconcilePage(shop.context(CLERK))
    page.open_item(take_in_bank_statement(shop))
    return page


def _drag(widget: QWidget) -> bool:
    """Show the page as it is while a line is dragged over payments."""
    if not is_settled(widget) or not isinstance(widget, ReconcilePage):
        return False
    pane = widget.work.payments
    if pane.drop_hint.isHidden():
        pane.table.hovered.emit(tuple(pane.table.rows.loaded(range(2)).values()))
    return True


def _screen(name: str, make: str) -> Screen:
    makers = {"split": _split, "difference": _difference, "drag": _page}

    def build(_theme: Theme) -> QWidget:
        return in_sample_shop(makers[make], payments=110)

    return Screen(name, build, _drag if make == "drag" else is_settled, close_shop, 154, 42)


SCREENS += [
    _screen("reconcile-split", "split"),
    _screen("reconcile-difference", "difference"),
    _screen("reconcile-dragging", "drag"),
]
