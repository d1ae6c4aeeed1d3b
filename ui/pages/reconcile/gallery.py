"""Pictures of the reconcile page, for the gallery."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QWidget

from core.clock import shop_date
from core.errors import UnreadableFileError
from core.model.payments import PaymentMethod
from core.model.reconciliations import StatementProvider
from core.services.payment_lists import PaymentFilter
from core.services.statement_desk import ImportStatement
from ui.gallery import SCREENS, Screen
from ui.gallery_shop import CLERK, MANAGER, SampleShop, close_shop, in_sample_shop, is_settled
from ui.pages.reconcile.dialogs import CloseSheet, IgnoreDialog, resolve_dialog
from ui.pages.reconcile.mapping import MappingDialog
from ui.pages.reconcile.page import ReconcilePage
from ui.pages.reconcile.verbs import Verbs
from ui.theme import Theme

_HEADER = "Book Date,Value Date,Reference,Narration,Debit,Credit,Balance"
_BANK = (PaymentMethod.BANK_TRANSFER, PaymentMethod.CARD, PaymentMethod.MTN_MOBILE_MONEY)


def write_bank_statement(shop: SampleShop, *, repeat: int = 1) -> Path:
    """Write a bank's statement about the shop's payments, with strangers and charges."""
    wanted = PaymentFilter(methods=frozenset(_BANK))
    payments = shop.app.payment_lists.page(MANAGER, wanted, limit=200).rows
    rows, balance = [], 1_000_000
    for number, payment in enumerate(reversed(payments * repeat)):
        day = shop_date(payment.created_at)
        reference = payment.transaction_id or f"TRF{number:06d}"
        name, amount = payment.customer_name, payment.amount_minor
        if number % 7 == 3:
            reference, name, amount = f"STR{number:06d}", "CASH DEPOSIT", amount + 1700
        elif number % 5 == 4:
            reference = f"POS{number:06d}"
        text = f"Transfer {payment.transaction_reference if number % 3 else ''} {name}"
        balance += amount
        rows.append(f"{day},{day},{reference},{text},,{amount},{balance}")
        if number % 9 == 8:
            balance -= 1200
            rows.append(f"{day},{day},CHG{number:04d},Account maintenance charge,1200,,{balance}")
    path = Path(shop.folder.name) / "BK_statement_June_2026.csv"
    path.write_text("\n".join([_HEADER, *rows]) + "\n", encoding="utf-8")
    return path


def write_unknown_table(shop: SampleShop) -> Path:
    """Write a table whose columns nobody knows."""
    lines = ["Export of my wallet;;;;;", "Kuwa;Wuzuye;Amafaranga;Asigaye;Nimero"]
    balance = 50_000
    for number in range(40):
        amount = 1500 * (number % 9 + 1)
        balance += amount
        lines.append(
            f"{number % 28 + 1:02d}.06.2026;Umukiriya {number};{amount};{balance};K{number}"
        )
    path = Path(shop.folder.name) / "ubwishyu.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def _take_in(shop: SampleShop, *, approve: bool = True) -> str:
    command = ImportStatement(write_bank_statement(shop), StatementProvider.BANK)
    (imported,) = shop.app.statements.import_file(CLERK, command)
    wanted = imported.reconciliation.reconciliation_id
    detail = shop.app.matches.propose(CLERK, wanted)
    certain = [match.match_id for match in detail.proposed(automatic=True)]
    if approve and certain:
        shop.app.matches.approve(CLERK, certain[: len(certain) // 2])
    return wanted


def _empty(shop: SampleShop) -> QWidget:
    return ReconcilePage(shop.context())


def _list(shop: SampleShop) -> QWidget:
    _take_in(shop)
    return ReconcilePage(shop.context())


def _unreadable(shop: SampleShop) -> QWidget:
    page = ReconcilePage(shop.context())
    page.start.message.show_error(
        UnreadableFileError("“IMG_2041.jpg” is a picture: ask for the statement as CSV or XLSX.")
    )
    return page


def _preview(shop: SampleShop) -> QWidget:
    page = ReconcilePage(shop.context())
    page.open_files([write_bank_statement(shop)])
    return page


def _work(shop: SampleShop) -> QWidget:
    page = ReconcilePage(shop.context(CLERK))
    page.open_item(_take_in(shop))
    return page


def _closed(shop: SampleShop) -> QWidget:
    wanted = _take_in(shop)
    shop.app.reconciliations.close(CLERK, wanted, notes="Two deposits nobody knows.")
    page = ReconcilePage(shop.context())
    page.open_item(wanted)
    return page


def _mapping(shop: SampleShop) -> QWidget:
    parent = shop.keep(ReconcilePage(shop.context()))
    path = write_unknown_table(shop)
    look = shop.app.statements.look(path)
    return MappingDialog(shop.context(), look, shop.app.statements.table(path), parent)


def _close_sheet(shop: SampleShop) -> QWidget:
    parent = shop.keep(ReconcilePage(shop.context()))
    verbs = Verbs(shop.context(), _take_in(shop))
    return CloseSheet(shop.context(), verbs, verbs.read(), print, parent)


def _ignore(shop: SampleShop) -> QWidget:
    parent = shop.keep(ReconcilePage(shop.context()))
    verbs = Verbs(shop.context(), _take_in(shop))
    return IgnoreDialog(shop.context(), verbs, verbs.read().lines[-1].line, print, parent)


def _resolve(shop: SampleShop) -> QWidget:
    parent = shop.keep(ReconcilePage(shop.context()))
    return resolve_dialog(shop.context(), Verbs(shop.context(), _take_in(shop)), print, parent)


def _screen(
    name: str, make: Callable[[SampleShop], QWidget], *, payments: int = 110, small: bool = False
) -> Screen:
    def build(_theme: Theme) -> QWidget:
        return in_sample_shop(make, payments=payments)

    columns, lines = (88, 34) if small else (154, 42)
    return Screen(name, build, is_settled, close_shop, columns, lines)


SCREENS += [
    _screen("reconcile-empty", _empty, payments=0),
    _screen("reconcile-list", _list),
    _screen("reconcile-unreadable", _unreadable, payments=0),
    _screen("reconcile-preview", _preview),
    _screen("reconcile-work", _work),
    _screen("reconcile-closed", _closed),
    _screen("reconcile-mapping", _mapping, payments=0),
    _screen("reconcile-close", _close_sheet, small=True),
    _screen("reconcile-set-aside", _ignore, small=True),
    _screen("reconcile-resolve", _resolve, small=True),
]
