"""The one object that windows and the command line talk to: every service of one open shop."""

from __future__ import annotations

import uuid
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Self

from core.configuration import Configuration
from core.database import schema
from core.database.change_feed import ChangeFeed, Changes
from core.database.engine import sqlite_url
from core.database.unit_of_work import Database
from core.errors import StorageError
from core.services.audit_trail import AuditService
from core.services.gateway_accounts import GatewayAccounts
from core.services.gateway_desk import GatewayDesk
from core.services.invoices import InvoiceService
from core.services.invoicing import RENDER_CREDIT_NOTE, RENDER_INVOICE
from core.services.network_refunds import NetworkRefunds
from core.services.outbox import Outbox
from core.services.papers import Papers
from core.services.payment_lists import PaymentLists
from core.services.payments import PaymentService
from core.services.providers import ProviderService
from core.services.reconciliations import ReconciliationService
from core.services.refunds import RefundService
from core.services.secrets import SecretBox
from core.services.settings import SettingsService
from core.services.tills import TillService
from core.services.users import UserService

if TYPE_CHECKING:
    from core.services.callback_desk import CallbackDesk
    from core.services.fiscal import FiscalService
    from core.services.gateway_worker import GatewayWorker
    from core.services.handouts import HandoutService
    from core.services.imports import ImportService
    from core.services.matches import MatchService
    from core.services.paper_lists import PaperLists
    from core.services.paper_months import PaperMonths
    from core.services.paper_preview import PaperPreview
    from core.services.paper_templates import PaperTemplates
    from core.services.receipt_printing import ReceiptPrinting
    from core.services.statement_desk import StatementDesk

__all__ = ["App", "Changes", "Configuration", "open_shop"]


class App:
    """An open shop. Use as a context manager, or call :meth:`close`."""

    def __init__(self, configuration: Configuration, database: Database) -> None:
        folder = configuration.data_dir
        self.configuration = configuration
        self.database = database
        self.settings = SettingsService(database)
        self._secrets = SecretBox(folder, use_keyring=configuration.use_keyring)
        self.gateway_accounts = GatewayAccounts(
            database,
            self._secrets,
            configuration.gateway_timing,
            proxy=lambda: self.settings.load().proxy_url,
        )
        self.gateways = GatewayDesk(database, self.gateway_accounts)
        self.payments = PaymentService(database, self.gateway_accounts)
        self.payment_lists = PaymentLists(database)
        self.refunds = RefundService(database)
        self.network_refunds = NetworkRefunds(database, self.gateway_accounts)
        self.invoices = InvoiceService(database, folder)
        self.reconciliations = ReconciliationService(database)
        self.users = UserService(database, password_cost=configuration.password_cost)
        self.providers = ProviderService(database, self._secrets)
        self.tills = TillService(database)
        self.audit = AuditService(database)
        papers = Papers(database, folder)
        self.outbox = Outbox(
            database,
            {RENDER_INVOICE: papers.invoice, RENDER_CREDIT_NOTE: papers.credit_note},
        )
        self.changes = ChangeFeed(database)

    @cached_property
    def gateway_worker(self) -> GatewayWorker:
        """The one that asks the networks; loaded when it is first to work."""
        from core.services.gateway_worker import LOCK_FILE, GatewayWorker  # noqa: PLC0415 - see above

        return GatewayWorker(
            self.database,
            self.gateway_accounts,
            self.configuration.gateway_timing,
            self.configuration.data_dir / LOCK_FILE,
        )

    @cached_property
    def callbacks(self) -> CallbackDesk:
        """What the networks report by themselves; loaded where somebody listens."""
        from core.services.callback_desk import CallbackDesk  # noqa: PLC0415 - not owed at start

        return CallbackDesk(self.database, self._secrets)

    @cached_property
    def receipt_printing(self) -> ReceiptPrinting:
        """Receipt printers on the network; loaded when something is first printed."""
        from core.services.receipt_printing import ReceiptPrinting  # noqa: PLC0415 - see above

        return ReceiptPrinting(self.database, self.invoices, self.handouts)

    @cached_property
    def paper_preview(self) -> PaperPreview:
        """An invoice of nothing, to see what a template makes."""
        from core.services.paper_preview import PaperPreview  # noqa: PLC0415 - not owed at start

        return PaperPreview(self.database)

    @cached_property
    def paper_lists(self) -> PaperLists:
        """Lists of papers; loaded when somebody first looks at them."""
        from core.services.paper_lists import PaperLists  # noqa: PLC0415 - not owed at start

        return PaperLists(self.database)

    @cached_property
    def statements(self) -> StatementDesk:
        """Receiving statements; its readers are loaded when somebody first needs them."""
        from core.services.statement_desk import StatementDesk  # noqa: PLC0415 - not owed at start

        return StatementDesk(self.database, self.configuration.data_dir)

    @cached_property
    def matches(self) -> MatchService:
        """Matching; loaded when somebody first needs it."""
        from core.services.matches import MatchService  # noqa: PLC0415 - not owed at start

        return MatchService(self.database)

    @cached_property
    def imports(self) -> ImportService:
        """Taking payments in from files; loaded when somebody first needs it."""
        from core.services.imports import ImportService  # noqa: PLC0415 - not owed at start

        return ImportService(self.database)

    @cached_property
    def paper_templates(self) -> PaperTemplates:
        """How papers are written; loaded when somebody first needs it."""
        from core.services.paper_templates import PaperTemplates  # noqa: PLC0415 - not owed at start

        return PaperTemplates(self.database)

    @cached_property
    def handouts(self) -> HandoutService:
        """Handing out papers; loaded when somebody first needs it."""
        from core.services.handouts import HandoutService  # noqa: PLC0415 - not owed at start

        return HandoutService(self.database)

    @cached_property
    def fiscal(self) -> FiscalService:
        """What the fiscal machine printed; loaded when somebody first needs it."""
        from core.services.fiscal import FiscalService  # noqa: PLC0415 - not owed at start

        return FiscalService(self.database)

    @cached_property
    def paper_months(self) -> PaperMonths:
        """Drawing a month's invoices; loaded when somebody first needs it."""
        from core.services.paper_months import PaperMonths  # noqa: PLC0415 - not owed at start

        return PaperMonths(self.database, self.configuration.data_dir)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def start_background(self) -> None:
        """Begin to watch for changes of others, to do the work owed and to ask the networks."""
        self.changes.start()
        self.outbox.start()
        self.gateway_worker.start()

    def close(self) -> None:
        """Stop the background threads, finish the job in hand, let go of the file."""
        self.changes.stop()
        if "gateway_worker" in self.__dict__:
            self.gateway_worker.stop()
        self.outbox.stop()
        self.gateway_accounts.close()
        self.database.close()


def open_shop(configuration: Configuration) -> App:
    """Open a shop, made on first use and brought to this program's version.

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
        sqlite_url(configuration.database_path),
        clock=configuration.clock,
        initiator=str(uuid.uuid4()),
    )
    try:
        schema.upgrade(database.engine)
    except BaseException:
        database.close()
        raise
    return App(configuration, database)
