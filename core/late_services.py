"""Services that an open shop loads when somebody first needs them, so that it opens quickly."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from core.configuration import Configuration
from core.database.unit_of_work import Database

if TYPE_CHECKING:
    from core.services.audit.export import AuditExport
    from core.services.audit.lists import AuditLists
    from core.services.backups import BackupService
    from core.services.calls.lists import CallLists
    from core.services.customers.account_statements import AccountStatements
    from core.services.customers.orders import OrderService
    from core.services.customers.service import CustomerService
    from core.services.exports.lists import ListExport
    from core.services.exports.payments import PaymentExport
    from core.services.learning.service import LearningService
    from core.services.lists.saved_filters import SavedFilterService
    from core.services.loyalty.service import LoyaltyService
    from core.services.mail.queue import MailQueue
    from core.services.matching.by_hand import HandMatchService
    from core.services.matching.service import MatchService
    from core.services.papers.fiscal import FiscalService
    from core.services.papers.handouts import HandoutService
    from core.services.papers.lists import PaperLists
    from core.services.papers.months import PaperMonths
    from core.services.papers.preview import PaperPreview
    from core.services.papers.templates import PaperTemplates
    from core.services.payments.imports import ImportService
    from core.services.presence import PresenceService
    from core.services.proposing.standby import Standby
    from core.services.reconciliation_report.service import ReconciliationReports
    from core.services.reconciliations.lists import ReconciliationLists
    from core.services.reconciliations.open_payments import OpenPaymentLists
    from core.services.reports.service import ReportsService
    from core.services.service_watch import ServiceWatch
    from core.services.statements.desk import StatementDesk
    from core.services.subscriptions.lists import SubscriptionLists
    from core.services.subscriptions.renewal_settings import RenewalSettingsService
    from core.services.subscriptions.service import SubscriptionService


class LateServices:
    """What is made of the shop's database and folder alone."""

    configuration: Configuration
    database: Database

    @cached_property
    def paper_preview(self) -> PaperPreview:
        """An invoice of nothing, to see what a template makes."""
        from core.services.papers.preview import PaperPreview  # noqa: PLC0415 - not owed at start

        return PaperPreview(self.database)

    @cached_property
    def paper_lists(self) -> PaperLists:
        """Lists of papers; loaded when somebody first looks at them."""
        from core.services.papers.lists import PaperLists  # noqa: PLC0415 - not owed at start

        return PaperLists(self.database)

    @cached_property
    def statements(self) -> StatementDesk:
        """Receiving statements; its readers are loaded when somebody first needs them."""
        from core.services.statements.desk import StatementDesk  # noqa: PLC0415 - not owed at start

        return StatementDesk(self.database, self.configuration.data_dir, self.matching_standby)

    @cached_property
    def matching_standby(self) -> Standby:
        """A matching process that starts while its statement is being taken in."""
        from core.services.proposing.standby import Standby  # noqa: PLC0415 - not owed at start

        return Standby(self.database)

    @cached_property
    def matches(self) -> MatchService:
        """Matching; loaded when somebody first needs it."""
        from core.services.matching.service import MatchService  # noqa: PLC0415 - not owed at start

        return MatchService(self.database, self.matching_standby)

    @cached_property
    def hand_matches(self) -> HandMatchService:
        """Matching by hand; loaded when somebody first needs it."""
        from core.services.matching.by_hand import HandMatchService  # noqa: PLC0415 - not owed at start

        return HandMatchService(self.database)

    @cached_property
    def learning(self) -> LearningService:
        """What decisions taught; loaded when somebody first needs it."""
        from core.services.learning.service import LearningService  # noqa: PLC0415 - not owed at start

        return LearningService(self.database)

    @cached_property
    def loyalty(self) -> LoyaltyService:
        """Customers' points and tiers; loaded when somebody first asks for them."""
        from core.services.loyalty.service import LoyaltyService  # noqa: PLC0415 - not owed at start

        return LoyaltyService(self.database)

    @cached_property
    def imports(self) -> ImportService:
        """Taking payments in from files; loaded when somebody first needs it."""
        from core.services.payments.imports import ImportService  # noqa: PLC0415 - not owed at start

        return ImportService(self.database)

    @cached_property
    def paper_templates(self) -> PaperTemplates:
        """How papers are written; loaded when somebody first needs it."""
        from core.services.papers.templates import PaperTemplates  # noqa: PLC0415 - not owed at start

        return PaperTemplates(self.database)

    @cached_property
    def handouts(self) -> HandoutService:
        """Handing out papers; loaded when somebody first needs it."""
        from core.services.papers.handouts import HandoutService  # noqa: PLC0415 - not owed at start

        return HandoutService(self.database)

    @cached_property
    def fiscal(self) -> FiscalService:
        """What the fiscal machine printed; loaded when somebody first needs it."""
        from core.services.papers.fiscal import FiscalService  # noqa: PLC0415 - not owed at start

        return FiscalService(self.database)

    @cached_property
    def paper_months(self) -> PaperMonths:
        """Drawing a month's invoices; loaded when somebody first needs it."""
        from core.services.papers.months import PaperMonths  # noqa: PLC0415 - not owed at start

        return PaperMonths(self.database, self.configuration.data_dir)

    @cached_property
    def mail_queue(self) -> MailQueue:
        """Mails to customers; loaded when somebody first needs them."""
        from core.services.mail.queue import MailQueue  # noqa: PLC0415 - not owed at start

        return MailQueue(self.database)

    @cached_property
    def reports(self) -> ReportsService:
        """The reports; loaded when somebody first asks for one."""
        from core.services.reports.service import ReportsService  # noqa: PLC0415 - not owed at start

        return ReportsService(self.database)

    @cached_property
    def open_payments(self) -> OpenPaymentLists:
        """Payments that may be matched; loaded when somebody first works on a statement."""
        from core.services.reconciliations.open_payments import (  # noqa: PLC0415 - not owed at start
            OpenPaymentLists,
        )

        return OpenPaymentLists(self.database)

    @cached_property
    def reconciliation_lists(self) -> ReconciliationLists:
        """What the page of a statement asks; loaded when somebody first looks at one."""
        from core.services.reconciliations.lists import ReconciliationLists  # noqa: PLC0415 - not owed at start

        return ReconciliationLists(self.database)

    @cached_property
    def saved_filters(self) -> SavedFilterService:
        """The filters people keep by name; loaded when a list is first shown."""
        from core.services.lists.saved_filters import SavedFilterService  # noqa: PLC0415 - not owed at start

        return SavedFilterService(self.database)

    @cached_property
    def audit_lists(self) -> AuditLists:
        """The audit trail as a list; loaded when somebody first looks at it."""
        from core.services.audit.lists import AuditLists  # noqa: PLC0415 - not owed at start

        return AuditLists(self.database)

    @cached_property
    def audit_export(self) -> AuditExport:
        """The audit trail as a file; loaded when somebody first wants one."""
        from core.services.audit.export import AuditExport  # noqa: PLC0415 - not owed at start

        return AuditExport(self.database)

    @cached_property
    def backups(self) -> BackupService:
        """Backups of the shop's file; loaded when somebody first wants one."""
        from core.services.backups import BackupService  # noqa: PLC0415 - not owed at start

        return BackupService(self.database, self.configuration.database_path)

    @cached_property
    def presence(self) -> PresenceService:
        """Who sits at which desk; loaded when somebody first signs in at a window."""
        from core.services.presence import PresenceService  # noqa: PLC0415 - not owed at start

        return PresenceService(self.database)

    @cached_property
    def service_watch(self) -> ServiceWatch:
        """Whether a service works for a shop on a server; loaded when a window first asks."""
        from core.services.service_watch import ServiceWatch  # noqa: PLC0415 - not owed at start

        return ServiceWatch(self.database)

    @cached_property
    def call_lists(self) -> CallLists:
        """The calls made to gateways; loaded when somebody first looks at them."""
        from core.services.calls.lists import CallLists  # noqa: PLC0415 - not owed at start

        return CallLists(self.database)

    @cached_property
    def payment_export(self) -> PaymentExport:
        """Payments as files; loaded when somebody first wants one."""
        from core.services.exports.payments import PaymentExport  # noqa: PLC0415 - not owed at start

        return PaymentExport(self.database)

    @cached_property
    def list_export(self) -> ListExport:
        """Other lists as files; loaded when somebody first wants one."""
        from core.services.exports.lists import ListExport  # noqa: PLC0415 - not owed at start

        return ListExport(self.database)

    @cached_property
    def reconciliation_reports(self) -> ReconciliationReports:
        """The report of one reconciliation; loaded when somebody first asks for one."""
        from core.services.reconciliation_report.service import (  # noqa: PLC0415 - not owed at start
            ReconciliationReports,
        )

        return ReconciliationReports(self.database)

    @cached_property
    def customers(self) -> CustomerService:
        """Customers and their accounts; loaded when somebody first needs them."""
        from core.services.customers.service import CustomerService  # noqa: PLC0415 - not owed at start

        return CustomerService(self.database)

    @cached_property
    def orders(self) -> OrderService:
        """Orders; loaded when somebody first needs them."""
        from core.services.customers.orders import OrderService  # noqa: PLC0415 - not owed at start

        return OrderService(self.database)

    @cached_property
    def account_statements(self) -> AccountStatements:
        """Statements of account; loaded when somebody first needs one."""
        from core.services.customers.account_statements import (  # noqa: PLC0415 - not owed at start
            AccountStatements,
        )

        return AccountStatements(self.database, self.configuration.data_dir)

    @cached_property
    def subscriptions(self) -> SubscriptionService:
        """The verbs of subscriptions; loaded when somebody first needs them."""
        from core.services.subscriptions.service import SubscriptionService  # noqa: PLC0415 - not owed at start

        return SubscriptionService(self.database)

    @cached_property
    def subscription_lists(self) -> SubscriptionLists:
        """Looking at subscriptions; loaded when somebody first does."""
        from core.services.subscriptions.lists import SubscriptionLists  # noqa: PLC0415 - not owed at start

        return SubscriptionLists(self.database)

    @cached_property
    def renewal_settings(self) -> RenewalSettingsService:
        """The rules of renewal; loaded when somebody first asks."""
        from core.services.subscriptions.renewal_settings import RenewalSettingsService  # noqa: PLC0415 - not owed at start

        return RenewalSettingsService(self.database)
