"""Pictures of the payments page, for the gallery."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from PySide6.QtWidgets import QWidget

from core.errors import StorageError, UnreadableFileError
from core.model.payments import PaymentMethod, PaymentStatus, TransactionStatus
from core.services.mail.rows import MailKind
from core.services.payments.choices import ChosenPayments, PaymentSelection
from core.services.payments.import_report import ImportedRow, ImportReport
from core.services.payments.lists import PaymentFilter
from core.services.reports.contract import ExportFormat
from core.services.rows import PaymentRow
from ui.gallery import SCREENS, Screen
from ui.gallery_mail import set_up_mail
from ui.gallery_networks import ask_customer, come_late, sent_refund, use_mtn
from ui.gallery_shop import MANAGER, SampleShop, close_shop, in_sample_shop, is_settled
from ui.lists.columns import ColumnsDialog
from ui.lists.filter_values import FilterValues
from ui.lists.saved_filters import NameDialog
from ui.mail.send_dialog import SendMailDialog
from ui.pages.payments.acts import Act
from ui.pages.payments.bulk import SHOWN_ROWS, BulkSheet
from ui.pages.payments.chosen import export_job
from ui.pages.payments.dialogs import CompleteDialog, EndDialog, RefundRequestDialog
from ui.pages.payments.importing import FileOutcome, ImportReportDialog
from ui.pages.payments.mailing import read_reminders
from ui.pages.payments.page import PaymentsPage
from ui.pages.payments.reminders import ReminderSheet
from ui.theme import Theme


def _rows(shop: SampleShop, *states: PaymentStatus) -> tuple[PaymentRow, ...]:
    wanted = PaymentFilter(statuses=frozenset(states))
    return shop.app.payment_lists.page(MANAGER, wanted).rows


def _page(shop: SampleShop) -> QWidget:
    page = PaymentsPage(shop.context())
    page.list.model.dataChanged.connect(lambda: page.list.table.selectRow(2))
    return page


def _waiting(shop: SampleShop) -> QWidget:
    page = PaymentsPage(shop.context())
    page.list.show_values(FilterValues.choosing(statuses=frozenset({"pending", "failed"})))
    page.list.model.dataChanged.connect(lambda: page.list.table.selectRow(1))
    return page


def _filtered(shop: SampleShop) -> QWidget:
    page = PaymentsPage(shop.context())
    page.list.show_values(
        FilterValues.choosing(
            "uwase",
            methods=frozenset({"cash", "card", "bank_transfer"}),
            statuses="completed",
            amount="5000..",
        )
    )
    return page


def _columns(shop: SampleShop) -> QWidget:
    page = shop.keep(PaymentsPage(shop.context()))
    page.list.memory.show_column(0, False)
    return ColumnsDialog(page.list.memory, page)


def _name(shop: SampleShop) -> QWidget:
    page = shop.keep(PaymentsPage(shop.context()))
    return NameDialog(page.list.saved, "Large, not on a statement")


def _no_results(shop: SampleShop) -> QWidget:
    page = PaymentsPage(shop.context())
    page.list.show_values(FilterValues(search="nobody of this name"))
    return page


def _behind(shop: SampleShop) -> QWidget:
    page = PaymentsPage(shop.context())
    wanted = PaymentFilter(
        methods=frozenset({PaymentMethod.CASH, PaymentMethod.CARD}),
        statuses=frozenset({PaymentStatus.COMPLETED}),
        paid_first_day=date(2026, 6, 1),
        paid_last_day=date(2026, 6, 30),
    )
    page.show_filter(wanted, "Revenue")
    return page


def _error(shop: SampleShop) -> QWidget:
    page = PaymentsPage(shop.context())
    page.list.failed.emit(StorageError("The list cannot be read: the disk does not answer."))
    return page


def _complete(shop: SampleShop) -> QWidget:
    parent = shop.keep(PaymentsPage(shop.context()))
    row = next(r for r in _rows(shop, PaymentStatus.PENDING) if r.payment_method
               is PaymentMethod.CASH)  # fmt: skip
    dialog = CompleteDialog(shop.context(), row, print, parent)
    dialog.tendered.set_amount(row.amount_minor + 2500)
    return dialog


def _fail(shop: SampleShop) -> QWidget:
    parent = shop.keep(PaymentsPage(shop.context()))
    row = _rows(shop, PaymentStatus.PENDING)[0]
    return EndDialog(shop.context(), row, Act.FAIL, print, parent)


def _refund(shop: SampleShop) -> QWidget:
    parent = shop.keep(PaymentsPage(shop.context()))
    row = _rows(shop, PaymentStatus.COMPLETED)[0]
    detail = shop.app.payment_lists.detail(MANAGER, row.payment_id)
    return RefundRequestDialog(shop.context(), detail, print, parent)


def _chosen(shop: SampleShop) -> ChosenPayments:
    wanted = PaymentFilter(statuses=frozenset({PaymentStatus.PENDING}))
    return shop.app.payment_choices.chosen(MANAGER, PaymentSelection(wanted), shown=SHOWN_ROWS)


def _bulk(shop: SampleShop) -> QWidget:
    parent = shop.keep(PaymentsPage(shop.context()))
    return BulkSheet(shop.context(), Act.COMPLETE, _chosen(shop), lambda: None, parent)


def _bulk_done(shop: SampleShop) -> QWidget:
    sheet = _bulk(shop)
    chosen = _chosen(shop)
    shop.app.payments.cancel(MANAGER, chosen.first[1].payment_id, note="He left")
    if isinstance(sheet, BulkSheet):
        sheet.note.setPlainText("Seen in the drawer")
        sheet.submit_button.click()
    return sheet


def _exported(shop: SampleShop) -> QWidget:
    page = PaymentsPage(shop.context(), opener=lambda _url: False)
    path = shop.app.configuration.data_dir / "payments.csv"
    job = export_job(shop.context(), page.list.table, PaymentSelection())
    page.bulk.export.write(job, ExportFormat.CSV, path)
    return page


def _reminders(shop: SampleShop) -> QWidget:
    parent = shop.keep(PaymentsPage(shop.context()))
    rows = _rows(shop, PaymentStatus.PENDING)[:3]
    return ReminderSheet(shop.context(), read_reminders(shop.context(), rows), parent)


def _mail_reminders(shop: SampleShop) -> QWidget:
    set_up_mail(shop)
    sheet = _reminders(shop)
    if isinstance(sheet, ReminderSheet):
        sheet.cards[0].fold.setChecked(True)
    return sheet


def _mail_form(shop: SampleShop) -> QWidget:
    set_up_mail(shop)
    parent = shop.keep(PaymentsPage(shop.context()))
    row = _rows(shop, PaymentStatus.COMPLETED)[0]
    kinds = (MailKind.INVOICE, MailKind.RECEIPT)
    draft = shop.app.mail_queue.draft(MANAGER, MailKind.INVOICE, row.payment_id, language="fr")
    return SendMailDialog(shop.context(), kinds, draft, print, parent)


def _report(shop: SampleShop) -> QWidget:
    parent = shop.keep(PaymentsPage(shop.context()))
    refused = tuple(
        ImportedRow(position, f"a1b2c3d4-{position}", reason)
        for position, reason in (
            (7, "“1.5” is not an amount."),
            (19, "“bitcoin” is not a payment method."),
            (24, "The transaction id TXN123 already belongs to payment 5f0c…"),
        )
    )
    error = UnreadableFileError("Nothing was imported. june.json, line 3, column 8: not JSON.")
    outcomes = (
        FileOutcome("july.csv", ImportReport("july.csv", 212, 4, refused)),
        FileOutcome("june.json", None, error),
    )
    return ImportReportDialog(outcomes, parent)


def _network(status: TransactionStatus) -> Callable[[SampleShop], QWidget]:
    def make(shop: SampleShop) -> QWidget:
        use_mtn(shop)
        row = ask_customer(shop, 1, status)
        shop.clock.now += timedelta(seconds=9)
        page = PaymentsPage(shop.context())
        page.open_item(row.payment_id)
        return page

    return make


def _came_late(shop: SampleShop) -> QWidget:
    use_mtn(shop)
    row = come_late(shop, 1)
    page = PaymentsPage(shop.context())
    page.open_item(row.payment_id)
    return page


def _needs_person(shop: SampleShop) -> QWidget:
    use_mtn(shop)
    ask_customer(shop, 1, TransactionStatus.UNRESOLVED)
    shop.clock.now += timedelta(minutes=50)
    sent_refund(shop, 2, TransactionStatus.UNRESOLVED)
    shop.clock.now += timedelta(hours=3)
    page = PaymentsPage(shop.context())
    page.needed.button.setChecked(True)
    page.needed.list.model.replaced.connect(lambda: page.needed.list.table.selectRow(0))
    return page


def _no_money_came(shop: SampleShop) -> QWidget:
    parent = shop.keep(PaymentsPage(shop.context()))
    use_mtn(shop)
    row = ask_customer(shop, 1, TransactionStatus.UNRESOLVED)
    return EndDialog(shop.context(), row, Act.FAIL, print, parent)


def _screen(
    name: str, make: Callable[[SampleShop], QWidget], *, payments: int = 48, small: bool = False
) -> Screen:
    def build(_theme: Theme) -> QWidget:
        return in_sample_shop(make, payments=payments)

    columns, lines = (88, 34) if small else (154, 42)
    return Screen(name, build, is_settled, close_shop, columns, lines)


SCREENS += [
    _screen("payments", _page),
    _screen("payments-waiting", _waiting),
    _screen("payments-empty", lambda shop: PaymentsPage(shop.context()), payments=0),
    _screen("payments-no-results", _no_results),
    _screen("payments-filtered", _filtered),
    _screen("payments-columns", _columns, small=True),
    _screen("payments-save-filter", _name, small=True),
    _screen("payments-behind", _behind),
    _screen("payments-error", _error),
    _screen("payments-complete", _complete, small=True),
    _screen("payments-fail", _fail, small=True),
    _screen("payments-refund", _refund, small=True),
    _screen("payments-bulk", _bulk, small=True),
    _screen("payments-bulk-done", _bulk_done, small=True),
    _screen("payments-exported", _exported),
    _screen("payments-reminders", _reminders, small=True),
    _screen("payments-mail-reminders", _mail_reminders, small=True),
    _screen("payments-mail", _mail_form, small=True),
    _screen("payments-import", _report, small=True),
    _screen("payments-asked", _network(TransactionStatus.PENDING)),
    _screen("payments-unknown", _network(TransactionStatus.UNKNOWN)),
    _screen("payments-unresolved", _network(TransactionStatus.UNRESOLVED)),
    _screen("payments-came-late", _came_late),
    _screen("payments-needs-person", _needs_person),
    _screen("payments-no-money-came", _no_money_came, small=True),
]
