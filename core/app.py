"""The one object that windows and the command line talk to: every service of one open shop."""

from __future__ import annotations

import socket
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from core.clock import Clock, system_clock
from core.database import schema
from core.database.change_feed import ChangeFeed, Changes
from core.database.engine import sqlite_url
from core.database.unit_of_work import Database
from core.errors import StorageError
from core.services.audit_trail import AuditService
from core.services.imports import ImportService
from core.services.invoices import InvoiceService
from core.services.invoicing import RENDER_CREDIT_NOTE, RENDER_INVOICE
from core.services.matches import MatchService
from core.services.outbox import Outbox
from core.services.papers import Papers
from core.services.payment_lists import PaymentLists
from core.services.payments import PaymentService
from core.services.providers import ProviderService
from core.services.reconciliations import ReconciliationService
from core.services.refunds import RefundService
from core.services.secrets import SecretBox
from core.services.settings import SettingsService
from core.services.statement_desk import StatementDesk
from core.services.tills import TillService
from core.services.users import DEFAULT as DEFAULT_PASSWORD_COST
from core.services.users import PasswordCost, UserService

DATABASE_FILE = "sanduku.db"

__all__ = ["App", "Changes", "Configuration", "open_shop"]


@dataclass(frozen=True, slots=True)
class Configuration:
    """Which shop to open, and how.

    ``desk`` names this computer in the audit trail. Without ``use_keyring`` the key to the
    providers' secrets lies in the shop's folder: for the demo, which holds none worth keeping.
    """

    data_dir: Path
    desk: str = field(default_factory=socket.gethostname)
    clock: Clock = system_clock
    password_cost: PasswordCost = DEFAULT_PASSWORD_COST
    use_keyring: bool = True

    @property
    def database_path(self) -> Path:
        """The shop's file."""
        return self.data_dir / DATABASE_FILE


class App:
    """An open shop. Use as a context manager, or call :meth:`close`."""

    def __init__(self, configuration: Configuration, database: Database) -> None:
        folder = configuration.data_dir
        self.configuration = configuration
        self.database = database
        self.payments = PaymentService(database)
        self.payment_lists = PaymentLists(database)
        self.refunds = RefundService(database)
        self.invoices = InvoiceService(database, folder)
        self.statements = StatementDesk(database, folder)
        self.reconciliations = ReconciliationService(database)
        self.matches = MatchService(database)
        self.imports = ImportService(database)
        self.users = UserService(database, password_cost=configuration.password_cost)
        self.settings = SettingsService(database)
        self.providers = ProviderService(
            database, SecretBox(folder, use_keyring=configuration.use_keyring)
        )
        self.tills = TillService(database)
        self.audit = AuditService(database)
        papers = Papers(database, folder)
        self.outbox = Outbox(
            database,
            {RENDER_INVOICE: papers.render_invoice, RENDER_CREDIT_NOTE: papers.render_credit_note},
        )
        self.changes = ChangeFeed(database)

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
        """Begin to watch for changes of others and to do the work owed."""
        self.changes.start()
        self.outbox.start()

    def close(self) -> None:
        """Stop the background threads, finish the job in hand, let go of the file."""
        self.changes.stop()
        self.outbox.stop()
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
