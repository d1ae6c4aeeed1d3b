"""The one object that windows and the command line talk to: every service of one open shop."""

from __future__ import annotations

import uuid
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Self

from core.configuration import Configuration
from core.database import schema
from core.database.change_feed import ChangeFeed, Changes
from core.database.unit_of_work import Database
from core.database.unknown_acts import UnknownAct
from core.errors import StorageError
from core.late_services import LateServices
from core.services.audit.trail import AuditService
from core.services.gateways.accounts import GatewayAccounts
from core.services.gateways.desk import GatewayDesk
from core.services.mail.automatic import MAIL_PAYMENT, MAIL_REFUND, AutomaticMail
from core.services.matching.write_off_limits import WriteOffLimitService
from core.services.outbox import Outbox
from core.services.papers.drawing import Papers
from core.services.papers.invoices import InvoiceService
from core.services.papers.issuing import RENDER_CREDIT_NOTE, RENDER_INVOICE
from core.services.payments.choices import PaymentChoices
from core.services.payments.lists import PaymentLists
from core.services.payments.service import PaymentService
from core.services.people import People
from core.services.providers.service import ProviderService
from core.services.providers.standings import ProviderStandings
from core.services.reconciliations.pages import ReconciliationPages
from core.services.reconciliations.service import ReconciliationService
from core.services.refunds.network_refunds import NetworkRefunds
from core.services.refunds.news import RefundNewsService
from core.services.refunds.on_the_spot import SpotDecisions
from core.services.refunds.pages import RefundLists
from core.services.refunds.rules import RefundRuleService
from core.services.refunds.service import RefundService
from core.services.secrets import SecretBox
from core.services.settings import SettingsService
from core.services.tills import TillService
from core.services.users import UserService

if TYPE_CHECKING:
    from core.services.dashboard import DashboardService
    from core.services.gateways.callback_desk import CallbackDesk
    from core.services.gateways.worker import GatewayWorker
    from core.services.mail.sender import MailSender
    from core.services.mail.settings import MailSettingsService
    from core.services.mail.trial import MailTrial
    from core.services.papers.receipt_printing import ReceiptPrinting
    from core.services.subscriptions.period_acts import PeriodActs
    from core.services.subscriptions.renewal_clock import RenewalClock
    from core.services.subscriptions.renewals import RenewalService

DESK_MEMORY = "desk.json"
"""Who signed in at this desk, and the wrong tries at it; of a shop on a server."""

__all__ = ["App", "Changes", "Configuration", "UnknownAct", "open_shop"]


class App(LateServices):
    """An open shop. Use as a context manager, or call :meth:`close`."""

    def __init__(self, configuration: Configuration, database: Database) -> None:
        folder = configuration.data_dir
        self.configuration = configuration
        self.database = database
        self.settings = SettingsService(database)
        self.users = self._people()
        self._secrets = self._secret_box()
        self.gateway_accounts = GatewayAccounts(
            database,
            self._secrets,
            configuration.gateway_timing,
            proxy=lambda: self.settings.load().proxy_url,
        )
        self.gateways = GatewayDesk(database, self.gateway_accounts)
        self.payments = PaymentService(database, self.gateway_accounts)
        self.payment_lists = PaymentLists(database)
        self.payment_choices = PaymentChoices(database)
        self.refunds = RefundService(database)
        self.refund_lists = RefundLists(database)
        self.refund_rules = RefundRuleService(database)
        self.refund_news = RefundNewsService(database)
        self.network_refunds = NetworkRefunds(database, self.gateway_accounts)
        self.invoices = InvoiceService(database, folder)
        self.reconciliations = ReconciliationService(database)
        self.reconciliation_pages = ReconciliationPages(database)
        self.write_off_limits = WriteOffLimitService(database)
        self.spot_decisions = SpotDecisions(database, self.users)
        self.providers = ProviderService(database, self._secrets)
        self.provider_standings = ProviderStandings(database)
        self.tills = TillService(database)
        self.audit = AuditService(database)
        papers = Papers(database, folder)
        mails = AutomaticMail(database)
        self.outbox = Outbox(
            database,
            {
                RENDER_INVOICE: papers.invoice,
                RENDER_CREDIT_NOTE: papers.credit_note,
                MAIL_PAYMENT: mails.write_of_payment,
                MAIL_REFUND: mails.write_of_refund,
            },
        )
        self.changes = ChangeFeed(database)
        self._is_followed = False

    def _people(self) -> People:
        if not self.database.is_shared:
            return UserService(self.database, password_cost=self.configuration.password_cost)
        from core.services.login_users import LoginUserService  # noqa: PLC0415 - a shop of one desk owes none of it
        from core.services.sign_in_waits import DeskMemory  # noqa: PLC0415 - as above

        memory = DeskMemory(self.configuration.data_dir / DESK_MEMORY, self.configuration.clock)
        return LoginUserService(self.database, memory, leaving=self._leave, come=self._follow)

    def _secret_box(self) -> SecretBox:
        own = SecretBox(self.configuration.data_dir, use_keyring=self.configuration.use_keyring)
        if not self.database.is_shared:
            return own
        from core.services.shared_secrets import SharedSecretBox  # noqa: PLC0415 - as above

        return SharedSecretBox(own, self.database, lambda: self.users.is_a_persons)

    def _leave(self) -> None:
        """Tell that a person goes, and stop asking in their name."""
        self.changes.stop()
        if self.users.is_open:
            self.presence.leave_quietly()

    def _follow(self) -> None:
        if self._is_followed:
            self.changes.start()

    @cached_property
    def gateway_worker(self) -> GatewayWorker:
        """The one that asks the networks; loaded when it is first to work."""
        from core.services.gateways.worker import LOCK_FILE, GatewayWorker  # noqa: PLC0415 - see above

        return GatewayWorker(
            self.database,
            self.gateway_accounts,
            self.configuration.gateway_timing,
            self.configuration.data_dir / LOCK_FILE,
        )

    @cached_property
    def callbacks(self) -> CallbackDesk:
        """What the networks report by themselves; loaded where somebody listens."""
        from core.services.gateways.callback_desk import CallbackDesk  # noqa: PLC0415 - not owed at start

        return CallbackDesk(self.database, self._secrets)

    @cached_property
    def receipt_printing(self) -> ReceiptPrinting:
        """Receipt printers on the network; loaded when something is first printed."""
        from core.services.papers.receipt_printing import ReceiptPrinting  # noqa: PLC0415 - see above

        return ReceiptPrinting(self.database, self.invoices, self.handouts)

    @cached_property
    def mail_settings(self) -> MailSettingsService:
        """The shop's mail account; loaded when somebody first needs it."""
        from core.services.mail.settings import (  # noqa: PLC0415 - not owed at start
            MailSettingsService,
        )

        return MailSettingsService(self.database, self._secrets)

    @cached_property
    def mail_trial(self) -> MailTrial:
        """Trying the mail account; loaded when somebody first needs it."""
        from core.services.mail.trial import MailTrial  # noqa: PLC0415 - not owed at start

        return MailTrial(self.database, self.mail_settings)

    @cached_property
    def mail_sender(self) -> MailSender:
        """The one that hands mails to the mail server; loaded when it is first to work."""
        from core.services.mail.attachments import MailAttachments  # noqa: PLC0415 - see above
        from core.services.mail.sender import LOCK_FILE, MailSender  # noqa: PLC0415 - see above

        folder = self.configuration.data_dir
        return MailSender(
            self.database,
            self.mail_settings,
            MailAttachments(self.database, folder),
            folder / LOCK_FILE,
            self.configuration.mail_timing,
        )

    @cached_property
    def period_acts(self) -> PeriodActs:
        """What a person does about one period of a subscription; loaded when first needed."""
        from core.services.subscriptions.period_acts import PeriodActs  # noqa: PLC0415 - not owed at start

        return PeriodActs(self.database, self.gateway_accounts)

    @cached_property
    def renewals(self) -> RenewalService:
        """Charging what is due; loaded when it is first to work."""
        from core.services.subscriptions.renewals import RenewalService  # noqa: PLC0415 - not owed at start

        return RenewalService(self.database, self.gateway_accounts)

    @cached_property
    def renewal_clock(self) -> RenewalClock:
        """The one that renews by itself; loaded when it is first to work."""
        from core.services.subscriptions.renewal_clock import RenewalClock  # noqa: PLC0415 - not owed at start

        return RenewalClock(self.renewals)

    @cached_property
    def dashboard(self) -> DashboardService:
        """Today at one glance; loaded when somebody first looks."""
        from core.services.dashboard import DashboardService  # noqa: PLC0415 - not owed at start
        from core.services.mail.figures import mail_figures  # noqa: PLC0415 - not owed at start

        return DashboardService(self.database, self.gateways, mail=mail_figures)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def unknown_acts(self) -> tuple[UnknownAct, ...]:
        """Acts whose answer a server lost, of which nobody knows yet whether they were done."""
        return self.database.unknown_acts.acts

    def look_again(self) -> dict[UnknownAct, bool]:
        """Ask the server which of the unknown acts were done; what it cannot tell stays unknown."""
        return self.database.unknown_acts.look_again()

    def start_background(self) -> None:
        """Begin everything that goes on beside the person: what is urgent, and the chores."""
        self.start_urgent()
        self.start_chores()

    def start_urgent(self) -> None:
        """Begin to watch for changes of others, to do the work owed and to ask the networks.

        Of a shop on a server the service alone works, asks and sends, no desk; and changes are
        watched in the name of who is signed in.
        """
        self._is_followed = True
        if self.users.is_open:
            self.changes.start()
        if not self.database.is_shared:
            self.outbox.start()
            self.gateway_worker.start()

    def start_chores(self) -> None:
        """Begin to send mail and to renew subscriptions, which no one at the desk waits for."""
        if not self.database.is_shared:
            self.mail_sender.start()
            self.renewal_clock.start()

    def serve(self) -> None:
        """Begin, as the one service of a shop, everything that no person waits at."""
        if self.database.is_shared:
            self._secrets.publish()
            self.service_watch.tell(self.configuration.desk)
        self.outbox.start()
        self.gateway_worker.start()
        self.mail_sender.start()
        self.renewal_clock.start()

    def close(self) -> None:
        """Stop the background threads, finish the job in hand, let go of the file."""
        self.changes.stop()
        if "renewal_clock" in self.__dict__:
            self.renewal_clock.stop()
        if "gateway_worker" in self.__dict__:
            self.gateway_worker.stop()
        if "mail_sender" in self.__dict__:
            self.mail_sender.stop()
        if "matching_standby" in self.__dict__:
            self.matching_standby.close()
        self.outbox.stop()
        self.gateway_accounts.close()
        self.database.close()


def open_shop(configuration: Configuration) -> App:
    """Open a shop, made on first use and brought to this program's version.

    One whose address bears no login is not asked anything before somebody signs in.

    Raises:
        StorageError: the folder or file cannot be used, or belongs to a newer program.

    """
    try:
        configuration.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(
            f"The folder {configuration.data_dir} cannot be used for a shop: choose another.",
            details=str(error),
        ) from error
    database = Database(
        configuration.database_url,
        clock=configuration.clock,
        initiator=str(uuid.uuid4()),
    )
    try:
        if not configuration.asks_for_login:
            schema.upgrade(database.engine)
    except BaseException:
        database.close()
        raise
    return App(configuration, database)
