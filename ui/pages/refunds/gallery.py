"""Pictures of the refunds page, for the gallery."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from PySide6.QtWidgets import QWidget

from core.errors import ConflictError, SignInError
from core.model.payments import TransactionStatus
from core.model.refunds import RefundStatus
from core.permissions import Actor, Role
from core.services.refunds.rules import RefundRules
from core.services.rows import RefundRow
from ui.gallery import SCREENS, Screen
from ui.gallery_networks import approved_refund, sent_refund, use_mtn
from ui.gallery_shop import CASHIER, MANAGER, SampleShop, close_shop, in_sample_shop, is_settled
from ui.pages.refunds.bulk import RefundBulkSheet, sort_out
from ui.pages.refunds.carry_out import CarryOutSheet
from ui.pages.refunds.decision import DecisionSheet
from ui.pages.refunds.detail import RefundAct
from ui.pages.refunds.dialogs import ReasonsDialog, RejectDialog, WithdrawDialog
from ui.pages.refunds.page import RefundsPage
from ui.pages.refunds.settle import SettleSheet
from ui.theme import Theme

_OWNER = Actor(4, "ange", Role.ADMIN, desk="office")


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


def _for_the_owner(shop: SampleShop) -> QWidget:
    shop.app.refund_rules.save(_OWNER, 10_000, ("Wrong item or amount",))
    return _decision(0)(shop)


def _on_the_spot(shop: SampleShop) -> QWidget:
    parent = shop.keep(RefundsPage(shop.context(CASHIER)))
    refund = _row(shop, RefundStatus.REQUESTED, 0)
    facts = shop.app.refunds.facts(CASHIER, refund.refund_id, on_the_spot=True)
    sheet = DecisionSheet(shop.context(CASHIER), facts, print, print, parent, on_the_spot=True)
    sheet.fail(SignInError("Nothing was approved. The name or the password is wrong."))
    return sheet


def _asker(shop: SampleShop) -> QWidget:
    page = RefundsPage(shop.context(CASHIER))
    page.open_item(_row(shop, RefundStatus.REQUESTED).refund_id)
    return page


def _withdrawal(shop: SampleShop) -> QWidget:
    parent = shop.keep(RefundsPage(shop.context(CASHIER)))
    return WithdrawDialog(shop.context(CASHIER), _row(shop, RefundStatus.REQUESTED), print, parent)


def _reasons(shop: SampleShop) -> QWidget:
    parent = shop.keep(RefundsPage(shop.context()))
    return ReasonsDialog(shop.context(), shop.app.refund_rules.load(), print, parent)


def _bulk(shop: SampleShop) -> QWidget:
    page = RefundsPage(shop.context())
    page.model.dataChanged.connect(page.table.selectAll)
    return page


def _bulk_sheet(shop: SampleShop) -> QWidget:
    parent = shop.keep(RefundsPage(shop.context()))
    refunds = shop.app.refunds.page(MANAGER, statuses=frozenset({RefundStatus.REQUESTED})).rows
    found = sort_out(RefundAct.APPROVE, MANAGER, refunds, RefundRules(limit_minor=15_000))
    return RefundBulkSheet(shop.context(), RefundAct.APPROVE, found, lambda: None, parent)


def _rejection(shop: SampleShop) -> QWidget:
    parent = shop.keep(RefundsPage(shop.context()))
    refund = _row(shop, RefundStatus.REQUESTED)
    dialog = RejectDialog(shop.context(), refund, print, parent)
    dialog.fail(ConflictError("Nothing was changed. This refund was changed since you opened it."))
    return dialog


def _carry_out(shop: SampleShop) -> QWidget:
    return _sheet(shop, _row(shop, RefundStatus.APPROVED))


def _carry_out_network(shop: SampleShop) -> QWidget:
    use_mtn(shop)
    sheet = _sheet(shop, approved_refund(shop, 1))
    sheet.choices.buttons[0].click()
    return sheet


def _carry_out_choose(shop: SampleShop) -> QWidget:
    use_mtn(shop)
    return _sheet(shop, approved_refund(shop, 1))


def _carry_out_by_hand_only(shop: SampleShop) -> QWidget:
    return _sheet(shop, approved_refund(shop, 1))


def _sheet(shop: SampleShop, refund: RefundRow) -> CarryOutSheet:
    parent = shop.keep(RefundsPage(shop.context()))
    facts = shop.app.refunds.facts(MANAGER, refund.refund_id)
    mobile = refund.payment_method.is_mobile_money
    ways = shop.app.network_refunds.ways(MANAGER, refund.refund_id) if mobile else None
    return CarryOutSheet(shop.context(), facts, ways, print, parent)


def _sent(status: TransactionStatus) -> Callable[[SampleShop], QWidget]:
    def make(shop: SampleShop) -> QWidget:
        use_mtn(shop)
        refund = sent_refund(shop, 1, status)
        shop.clock.now += timedelta(seconds=9)
        page = RefundsPage(shop.context())
        page.open_item(refund.refund_id)
        return page

    return make


def _settle(shop: SampleShop) -> QWidget:
    parent = shop.keep(RefundsPage(shop.context()))
    use_mtn(shop)
    refund = sent_refund(shop, 1, TransactionStatus.UNRESOLVED)
    facts = shop.app.refunds.facts(MANAGER, refund.refund_id)
    attempt = shop.app.gateways.path(MANAGER, refund.payment_id).refunds[-1]
    sheet = SettleSheet(shop.context(), facts, attempt, print, parent)
    sheet.choices.buttons[0].click()
    return sheet


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
    _screen("refunds-for-the-owner", _for_the_owner, small=True),
    _screen("refunds-on-the-spot", _on_the_spot, small=True),
    _screen("refunds-asker", _asker),
    _screen("refunds-withdraw", _withdrawal, small=True),
    _screen("refunds-reasons", _reasons, small=True),
    _screen("refunds-bulk", _bulk),
    _screen("refunds-approve-many", _bulk_sheet, small=True),
    _screen("refunds-own", _decision(2), small=True),
    _screen("refunds-reject", _rejection, small=True),
    _screen("refunds-carry-out", _carry_out, small=True),
    _screen("refunds-carry-out-choose", _carry_out_choose, small=True),
    _screen("refunds-carry-out-network", _carry_out_network, small=True),
    _screen("refunds-carry-out-by-hand", _carry_out_by_hand_only, small=True),
    _screen("refunds-processing", _sent(TransactionStatus.PENDING)),
    _screen("refunds-unknown", _sent(TransactionStatus.UNRESOLVED)),
    _screen("refunds-failed", _sent(TransactionStatus.FAILED)),
    _screen("refunds-settle", _settle, small=True),
]
