"""One search for matches of a statement, from reading the shop to proposals stored."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from core.collector import collector_held
from core.database.bulk import room_for_many
from core.database.unit_of_work import Database
from core.matching.records import MatchingResult
from core.matching.work import stop_if
from core.model.journal import Topic
from core.model.reconciliations import UNFINISHED_SEARCH
from core.permissions import Actor
from core.services.learning.service import learned_for
from core.services.matching.candidates import open_lines, open_payments
from core.services.matching.proposals import (
    not_kept,
    payment_keys,
    set_old_aside,
    store_proposals,
)
from core.services.proposing.ahead import Ahead, result_of, unchanged
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
    ahead: Ahead | None = None,
    kept: AbstractSet[int] = frozenset(),
) -> None:
    """Match every open line and store the proposals; looking holds no lock, only storing does.

    What was decided meanwhile stays as it is. ``ahead`` is what was done beforehand, if anything,
    and ``kept`` the lines whose matches were stored meanwhile: the others are added to those.

    Raises:
        MatchingCancelledError: the watch wanted no more of it; nothing more was stored.

    """
    with collector_held(), ThreadPoolExecutor(max_workers=1) as looking:
        result, is_from_ahead = _found(database, reconciliation_id, watch, ahead)
        if not is_from_ahead:
            kept = frozenset()  # what was found instead takes the place of those matches
        keys = looking.submit(payment_keys, database, not_kept(result, kept))
        with database.write(actor) as unit, room_for_many(unit.session):
            reconciliation = find_reconciliation(unit.session, reconciliation_id)
            reconciliation.require_open()
            store_proposals(unit, reconciliation, result, keys, kept)
            refresh_counts(unit.session, reconciliation)
            found = {"certain": len(result.matches), "suggested": len(result.suggestions)}
            unit.audit("matches:proposed", "reconciliation", reconciliation_id, **found)
            unit.changed(Topic.RECONCILIATIONS, reconciliation_id)
            watch.check()
            unit.commit()


def take_back_unfinished(database: Database, actor: Actor, reconciliation_id: str) -> None:
    """Leave nothing of a search that stored some of its matches and ended before it was over."""
    with database.write(actor) as unit:
        reconciliation = find_reconciliation(unit.session, reconciliation_id)
        if UNFINISHED_SEARCH not in reconciliation.not_searched or reconciliation.status.is_closed:
            return
        set_old_aside(unit.session, reconciliation)
        reconciliation.not_searched = []
        refresh_counts(unit.session, reconciliation)
        unit.audit("matches:search_stopped", "reconciliation", reconciliation_id)
        unit.changed(Topic.RECONCILIATIONS, reconciliation_id)
        unit.commit()


def _found(
    database: Database, reconciliation_id: str, watch: Watch, ahead: Ahead | None
) -> tuple[MatchingResult, bool]:
    """Return what the shop, as it is now, makes of a statement's open lines.

    And whether that is what was thought ahead.
    """
    from core.matching.books import Books  # noqa: PLC0415 - not owed until somebody searches
    from core.matching.engine import match  # noqa: PLC0415 - as above

    with database.read() as session:
        watch.check()
        reconciliation = find_reconciliation(session, reconciliation_id)
        reconciliation.require_open()
        learned = learned_for(session, reconciliation)
        ahead = unchanged(session, reconciliation, ahead)
        if ahead is not None:
            books = ahead.read.books
            found = result_of(session, reconciliation, ahead.thought)
            if found is not None:
                return found, True
        else:
            books = Books(open_payments(session, reconciliation, watch.check))
        lines = open_lines(session, reconciliation)
    found = match(lines, books, learned=learned, cancelled=watch.cancelled, progress=watch.progress)
    return found, False
