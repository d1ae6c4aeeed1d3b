"""One search for matches of a statement, from reading the shop to proposals stored."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from core.collector import collector_held
from core.database.unit_of_work import Database
from core.matching.work import stop_if
from core.model.journal import Topic
from core.permissions import Actor
from core.services.learning.service import learned_for
from core.services.matching.candidates import open_lines
from core.services.matching.proposals import store_proposals
from core.services.proposing.ahead import BooksAhead, books_for
from core.services.reconciliations.service import find_reconciliation, refresh_counts


@dataclass(frozen=True, slots=True)
class Watch:
    """Whoever waits for a search: ``cancelled`` is asked, ``progress`` told done and total."""

    cancelled: Callable[[], bool] | None = None
    progress: Callable[[int, int], None] | None = None

    def check(self) -> None:
        """Stop here if the person said so.

        Raises:
            MatchingCancelledError: they did.

        """
        stop_if(self.cancelled)


def search(
    database: Database,
    actor: Actor,
    reconciliation_id: str,
    watch: Watch,
    ahead: BooksAhead | None = None,
) -> None:
    """Match every open line and store the proposals; looking holds no lock, only storing does.

    What was decided meanwhile stays as it is. ``ahead`` are payments read beforehand, if any.

    Raises:
        MatchingCancelledError: the watch wanted no more of it; nothing was stored.

    """
    from core.matching.engine import match  # noqa: PLC0415 - not owed until somebody searches

    with collector_held():
        with database.read() as session:
            reconciliation = find_reconciliation(session, reconciliation_id)
            reconciliation.require_open()
            lines = open_lines(session, reconciliation)
            books = books_for(session, reconciliation, ahead, watch.check)
            learned = learned_for(session, reconciliation)
        result = match(
            lines,
            books,
            learned=learned,
            cancelled=watch.cancelled,
            progress=watch.progress,
        )
        with database.write(actor) as unit:
            reconciliation = find_reconciliation(unit.session, reconciliation_id)
            reconciliation.require_open()
            store_proposals(unit, reconciliation, result)
            refresh_counts(unit.session, reconciliation)
            found = {"certain": len(result.matches), "suggested": len(result.suggestions)}
            unit.audit("matches:proposed", "reconciliation", reconciliation_id, **found)
            unit.changed(Topic.RECONCILIATIONS, reconciliation_id)
            watch.check()
            unit.commit()
