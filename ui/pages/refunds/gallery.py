"""Pictures of the refunds page, for the gallery."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from core.errors import ConflictError
from core.model.refunds import RefundStatus
from core.services.rows import RefundRow
from ui.gallery import SCREENS, Screen
from ui.gallery_shop import MANAGER, SampleShop, close_shop, in_sample_shop, is_settled
from ui.pages.refunds.dialogs import CarryOutSheet, DecisionSheet, RejectDialog
from ui.pages.refunds.page import RefundsPage
from ui.theme import Theme


def _row(shop: SampleShop, status: RefundStatus, place: int = 0) -> RefundRow:
    return shop.app.refunds.page(MANAGER, statuses=frozenset({status})).rows[place]


def _at(status: RefundStatus) -> Callable[[SampleShop], QWidget]:
    def make(shop: SampleShop) -> QWidget:
        page = RefundsPage(shop.context())
        page.open_item(_row(shop, status).refund_id)
        return page

    return make


def _decision(place: int) -> Callable[[SampleShop], QWidget]:
    def make(shop: SampleShop) -> QWidget:
        parent = shop.keep(RefundsPage(shop.context()))
        refund = _row(shop, RefundStatus.REQUESTED, place)
        facts = shop.app.refunds.facts(MANAGER, refund.refund_id)
        return DecisionSheet(shop.context(), facts, print, print, parent)

    return make


def _rejection(shop: SampleShop) -> QWidget:
    parent = shop.keep(RefundsPage(shop.context()))
    refund = _row(shop, RefundStatus.REQUESTED)
    dialog = RejectDialog(shop.context(), refund, print, parent)
    dialog.fail(ConflictError("Nothing was changed. This refund was changed since you opened it."))
    return dialog


def _carry_out(shop: SampleShop) -> QWidget:
    parent = shop.keep(RefundsPage(shop.context()))
    return CarryOutSheet(shop.context(), _row(shop, RefundStatus.APPROVED), print, parent)


def _screen(
    name: str, make: Callable[[SampleShop], QWidget], *, payments: int = 48, small: bool = False
) -> Screen:
    def build(_theme: Theme) -> QWidget:
        return in_sample_shop(make, payments=payments)

    columns, lines = (84, 40) if small else (154, 42)
    return Screen(name, build, is_settled, close_shop, columns, lines)


SCREENS += [
    _screen("refunds", _at(RefundStatus.REQUESTED)),
    _screen("refunds-to-pay", _at(RefundStatus.APPROVED)),
    _screen("refunds-done", _at(RefundStatus.COMPLETED)),
    _screen("refunds-empty", lambda shop: RefundsPage(shop.context()), payments=0),
    _screen("refunds-approve", _decision(0), small=True),
    _screen("refunds-own", _decision(2), small=True),
    _screen("refunds-reject", _rejection, small=True),
    _screen("refunds-carry-out", _carry_out, small=True),
]
