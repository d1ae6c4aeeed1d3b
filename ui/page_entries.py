"""The pages of the left navigation: who sees which, and where each is found when first shown."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from core.permissions import Actor, Permission
from ui.context import PageContext
from ui.pages.page import Page


@dataclass(frozen=True, slots=True)
class PageEntry:
    """One page. ``factory`` is "module:Class", imported when the page is first shown."""

    key: str
    title: str
    icon: str
    permission: Permission
    factory: str

    @property
    def text(self) -> str:
        """The title in the user's language."""
        return QCoreApplication.translate("PageEntry", self.title)

    def build(self, context: PageContext) -> Page:
        """Import the page and build it for the person signed in."""
        module, name = self.factory.split(":")
        make: Callable[[PageContext], Page] = getattr(importlib.import_module(module), name)
        return make(context)


ENTRIES = (
    PageEntry(
        "cashier",
        str(QT_TRANSLATE_NOOP("PageEntry", "Cashier")),
        "till",
        Permission.TAKE_PAYMENT,
        "ui.pages.cashier.page:CashierPage",
    ),
    PageEntry(
        "dashboard",
        str(QT_TRANSLATE_NOOP("PageEntry", "Today")),
        "today",
        Permission.VIEW_REPORTS,
        "ui.pages.dashboard.page:DashboardPage",
    ),
    PageEntry(
        "payments",
        str(QT_TRANSLATE_NOOP("PageEntry", "Payments")),
        "payments",
        Permission.VIEW_PAYMENTS,
        "ui.pages.payments.page:PaymentsPage",
    ),
    PageEntry(
        "refunds",
        str(QT_TRANSLATE_NOOP("PageEntry", "Refunds")),
        "refund",
        Permission.VIEW_REFUNDS,
        "ui.pages.refunds.page:RefundsPage",
    ),
    PageEntry(
        "reconcile",
        str(QT_TRANSLATE_NOOP("PageEntry", "Reconcile")),
        "reconcile",
        Permission.RECONCILE,
        "ui.pages.reconcile.page:ReconcilePage",
    ),
    PageEntry(
        "invoices",
        str(QT_TRANSLATE_NOOP("PageEntry", "Invoices")),
        "invoice",
        Permission.VIEW_PAYMENTS,
        "ui.pages.invoices.page:InvoicesPage",
    ),
    PageEntry(
        "customers",
        str(QT_TRANSLATE_NOOP("PageEntry", "Customers")),
        "people",
        Permission.VIEW_PAYMENTS,
        "ui.pages.customers.page:CustomersPage",
    ),
    PageEntry(
        "subscriptions",
        str(QT_TRANSLATE_NOOP("PageEntry", "Subscriptions")),
        "calendar",
        Permission.VIEW_PAYMENTS,
        "ui.pages.subscriptions.page:SubscriptionsPage",
    ),
    PageEntry(
        "mail",
        str(QT_TRANSLATE_NOOP("PageEntry", "Mail")),
        "mail",
        Permission.SEND_MAIL,
        "ui.pages.mail.page:MailPage",
    ),
    PageEntry(
        "reports",
        str(QT_TRANSLATE_NOOP("PageEntry", "Reports")),
        "report",
        Permission.VIEW_REPORTS,
        "ui.pages.reports.page:ReportsPage",
    ),
    PageEntry(
        "transactions",
        str(QT_TRANSLATE_NOOP("PageEntry", "Transactions")),
        "calls",
        Permission.VIEW_REPORTS,
        "ui.pages.transactions.page:TransactionsPage",
    ),
    PageEntry(
        "providers",
        str(QT_TRANSLATE_NOOP("PageEntry", "Providers")),
        "provider",
        Permission.VIEW_REPORTS,
        "ui.pages.providers.page:ProvidersPage",
    ),
    PageEntry(
        "audit",
        str(QT_TRANSLATE_NOOP("PageEntry", "Audit trail")),
        "audit",
        Permission.VIEW_AUDIT,
        "ui.pages.audit.page:AuditPage",
    ),
    PageEntry(
        "settings",
        str(QT_TRANSLATE_NOOP("PageEntry", "Settings")),
        "settings",
        Permission.MANAGE_SETTINGS,
        "ui.pages.settings.page:SettingsPage",
    ),
)


def entries_for(actor: Actor) -> tuple[PageEntry, ...]:
    """Return the pages a person may see, in the order of the navigation."""
    return tuple(entry for entry in ENTRIES if actor.may(entry.permission))
