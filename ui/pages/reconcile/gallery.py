"""Pictures of the reconcile page, for the gallery."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QWidget

from core.clock import shop_date
from core.errors import UnreadableFileError
from core.model.base import new_uuid
from core.model.payments import PaymentMethod
from core.model.reconciliations import StatementProvider
from core.services.matching.by_hand import MatchByHand
from core.services.payments.lists import PaymentFilter
from core.services.reports.contract import ExportFormat
from core.services.statements.desk import ImportStatement
from core.statements.profile import Role
from ui.gallery import SCREENS, Screen
from ui.gallery_shop import CLERK, MANAGER, SampleShop, close_shop, in_sample_shop, is_settled
from ui.pages.reconcile.dialogs import CloseSheet, IgnoreDialog, resolve_dialog
from ui.pages.reconcile.gallery_files import (
    write_five_accounts,
    write_unclear_dates,
    write_unknown_table,
)
from ui.pages.reconcile.intake import FileOutcome
from ui.pages.reconcile.learned_dialog import LearnedDialog
from ui.pages.reconcile.mapping import MappingDialog
from ui.pages.reconcile.memory_dialog import MemoryDialog
from ui.pages.reconcile.page import ReconcilePage
from ui.pages.reconcile.verbs import Verbs
from ui.theme import Theme

_HEADER = "Book Date,Value Date,Reference,Narration,Debit,Credit,Balance"
_BANK = (PaymentMethod.BANK_TRANSFER, PaymentMethod.CARD, PaymentMethod.MTN_MOBILE_MONEY)


def write_bank_statement(shop: SampleShop, *, repeat: int = 1, more: int = 0) -> Path:
    """Write a bank's statement about the shop's payments, with strangers, charges and ``more``."""
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
    for number in range(more):
        balance += 5000
        rows.append(f"2026-06-30,2026-06-30,LATE{number:03d},CASH DEPOSIT,,5000,{balance}")
    name = "BK_statement_to_30_June.csv" if more else "BK_statement_June_2026.csv"
    path = Path(shop.folder.name) / name
    path.write_text("\n".join([_HEADER, *rows]) + "\n", encoding="utf-8")
    return path


def take_in_bank_statement(shop: SampleShop, *, approve: bool = True) -> str:
    """Import the bank's statement, propose its matches and approve half of the certain ones."""
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
    take_in_bank_statement(shop)
    return ReconcilePage(shop.context())


def _unreadable(shop: SampleShop) -> QWidget:
    take_in_bank_statement(shop)
    page = ReconcilePage(shop.context())
    page.start.show_refusal(
        UnreadableFileError(
            "“statement.xlsx” is refused: unpacked it would be larger than a statement can be."
            " Ask the bank for CSV.",
            details="xl/worksheets/sheet1.xml: 4 200 000 000 bytes",
        )
    )
    return page


def _reading(shop: SampleShop) -> QWidget:
    take_in_bank_statement(shop)
    page = ReconcilePage(shop.context())
    page.intake.reading_began.emit("MTN_MoMo_2026_H1.xlsx", False)
    page.intake.reading_moved.emit(31_000, 52_000)
    return page


def _five_accounts(shop: SampleShop) -> QWidget:
    page = ReconcilePage(shop.context())
    page.open_files([write_five_accounts(shop), write_bank_statement(shop)])
    return page


def _date_question(shop: SampleShop) -> QWidget:
    page = ReconcilePage(shop.context())
    page.open_files([write_unclear_dates(shop)])
    return page


def _unknown_columns(shop: SampleShop) -> QWidget:
    page = ReconcilePage(shop.context())
    page.open_files([write_unknown_table(shop)])
    return page


def _report(shop: SampleShop) -> QWidget:
    take_in_bank_statement(shop)
    page = ReconcilePage(shop.context())
    five = write_five_accounts(shop)
    first = ImportStatement(five, StatementProvider.BANK)
    again = ImportStatement(write_bank_statement(shop), StatementProvider.BANK)
    longer = ImportStatement(write_bank_statement(shop, more=14), StatementProvider.BANK)
    outcomes = [
        FileOutcome(five.name, shop.app.statements.import_file(CLERK, first)),
        FileOutcome(again.path.name, shop.app.statements.import_file(CLERK, again)),
        FileOutcome(longer.path.name, shop.app.statements.import_file(CLERK, longer)),
        FileOutcome(
            "IMG_2041.jpg",
            refusal=UnreadableFileError("“IMG_2041.jpg” is a photo or picture, not a statement."),
        ),
    ]
    page.report.show_outcomes(outcomes)
    page.stack.setCurrentWidget(page.report)
    return page


def _memory(shop: SampleShop) -> QWidget:
    parent = shop.keep(ReconcilePage(shop.context()))
    take_in_bank_statement(shop)
    five = ImportStatement(write_five_accounts(shop), StatementProvider.MTN)
    shop.app.statements.import_file(CLERK, five)
    unclear = ImportStatement(write_unclear_dates(shop), StatementProvider.BANK, date_order="dmy")
    shop.app.statements.import_file(CLERK, unclear)
    return MemoryDialog(shop.context(), parent)


def _learned(shop: SampleShop) -> QWidget:
    parent = shop.keep(ReconcilePage(shop.context()))
    wanted = take_in_bank_statement(shop, approve=False)
    matches = shop.app.matches
    detail = matches.propose(CLERK, wanted)
    free = [line for line in detail.lines if "CASH DEPOSIT" in line.description]
    for line, payment in zip(free, detail.unmatched_payments[:2], strict=False):
        command = MatchByHand(new_uuid(), wanted, (line.line_id,), (payment.payment_id,))
        shop.app.hand_matches.match(CLERK, command)
    for line in detail.lines:
        if "charge" in line.description:
            shop.app.reconciliations.ignore(CLERK, line.line_id, reason="Bank charge")
    for offered in matches.propose(CLERK, wanted).proposed(automatic=False)[:3]:
        matches.decline(CLERK, offered.match_id)
    return LearnedDialog(shop.context(CLERK), parent)


def _preview(shop: SampleShop) -> QWidget:
    page = ReconcilePage(shop.context())
    page.open_files([write_bank_statement(shop)])
    return page


def _work(shop: SampleShop) -> QWidget:
    page = ReconcilePage(shop.context(CLERK))
    page.open_item(take_in_bank_statement(shop))
    return page


def _missing(shop: SampleShop) -> QWidget:
    page = ReconcilePage(shop.context(CLERK))
    page.open_item(take_in_bank_statement(shop))
    page.work.chips.choose_missing()
    return page


def _searching(shop: SampleShop) -> QWidget:
    page = ReconcilePage(shop.context(CLERK))
    page.open_item(take_in_bank_statement(shop))
    page.work.progress.show_step("Looking for matches: 13 400 of 100 000 lines", 13_400, 100_000)
    return page


def _closed(shop: SampleShop) -> QWidget:
    wanted = take_in_bank_statement(shop)
    shop.app.reconciliations.close(CLERK, wanted, notes="Two deposits nobody knows.")
    page = ReconcilePage(shop.context())
    page.open_item(wanted)
    return page


def _report_saved(shop: SampleShop) -> QWidget:
    page = ReconcilePage(shop.context(CLERK))
    wanted = take_in_bank_statement(shop)
    page.open_item(wanted)
    path = Path(shop.folder.name) / "reconciliation-BK-2026-06-30.xlsx"
    page.report_desk.write(
        shop.app.reconciliations.detail(CLERK, wanted).reconciliation, ExportFormat.XLSX, path
    )
    return page


def _mapping(shop: SampleShop) -> QWidget:
    parent = shop.keep(ReconcilePage(shop.context()))
    path = write_unknown_table(shop)
    look = shop.app.statements.look(path)
    dialog = MappingDialog(shop.context(), look, shop.app.statements.table(path), parent)
    roles = (Role.DATE, Role.DESCRIPTION, Role.AMOUNT, Role.BALANCE, Role.TRANSACTION_ID)
    for place, role in enumerate(roles):
        dialog.table.choose(place, role)
    return dialog


def _close_sheet(shop: SampleShop) -> QWidget:
    parent = shop.keep(ReconcilePage(shop.context()))
    verbs = Verbs(shop.context(), take_in_bank_statement(shop))
    return CloseSheet(
        shop.context(),
        verbs,
        verbs.summary(),
        print,
        parent,
        missing=verbs.unmatched_payments(1).total,
    )


def _ignore(shop: SampleShop) -> QWidget:
    parent = shop.keep(ReconcilePage(shop.context()))
    verbs = Verbs(shop.context(), take_in_bank_statement(shop))
    return IgnoreDialog(shop.context(), verbs, verbs.open_lines(99)[-1:], print, parent)


def _resolve(shop: SampleShop) -> QWidget:
    parent = shop.keep(ReconcilePage(shop.context()))
    return resolve_dialog(
        shop.context(), Verbs(shop.context(), take_in_bank_statement(shop)), print, parent
    )


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
    _screen("reconcile-unreadable", _unreadable),
    _screen("reconcile-preview", _preview),
    _screen("reconcile-reading", _reading),
    _screen("reconcile-five-accounts", _five_accounts),
    _screen("reconcile-date-question", _date_question, payments=0),
    _screen("reconcile-unknown-columns", _unknown_columns, payments=0),
    _screen("reconcile-report", _report),
    _screen("reconcile-remembered", _memory),
    _screen("reconcile-learned", _learned),
    _screen("reconcile-work", _work),
    _screen("reconcile-missing", _missing),
    _screen("reconcile-searching", _searching),
    _screen("reconcile-closed", _closed),
    _screen("reconcile-report-saved", _report_saved),
    _screen("reconcile-mapping", _mapping, payments=0),
    _screen("reconcile-close", _close_sheet, small=True),
    _screen("reconcile-set-aside", _ignore, small=True),
    _screen("reconcile-resolve", _resolve, small=True),
]
