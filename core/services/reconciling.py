"""The services of an open shop that reconcile statements, each loaded when first needed."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from core.configuration import Configuration
from core.database.unit_of_work import Database

if TYPE_CHECKING:
    from core.services.hand_matches import HandMatchService
    from core.services.learning.service import LearningService
    from core.services.matches import MatchService
    from core.services.reconciliation_lists import ReconciliationLists
    from core.services.reconciliation_report.service import ReconciliationReports
    from core.services.statement_desk import StatementDesk


class ReconcilingServices:
    """What an :class:`~core.app.App` offers about statements; a shop that starts needs none."""

    configuration: Configuration
    database: Database

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
    def hand_matches(self) -> HandMatchService:
        """Matching by hand; loaded when somebody first needs it."""
        from core.services.hand_matches import HandMatchService  # noqa: PLC0415 - not owed at start

        return HandMatchService(self.database)

    @cached_property
    def learning(self) -> LearningService:
        """What decisions taught; loaded when somebody first needs it."""
        from core.services.learning.service import LearningService  # noqa: PLC0415 - not owed at start

        return LearningService(self.database)

    @cached_property
    def reconciliation_lists(self) -> ReconciliationLists:
        """What the page of a statement asks; loaded when somebody first looks at one."""
        from core.services.reconciliation_lists import ReconciliationLists  # noqa: PLC0415 - see above

        return ReconciliationLists(self.database)

    @cached_property
    def reconciliation_reports(self) -> ReconciliationReports:
        """The report of one reconciliation; loaded when somebody first asks for one."""
        from core.services.reconciliation_report.service import (  # noqa: PLC0415 - not owed at start
            ReconciliationReports,
        )

        return ReconciliationReports(self.database)
