"""The first page of a search over payments, told while it is looked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from core.database.unit_of_work import Database
from core.services.lists.keyset import FirstRows
from core.services.lists.search_slices import FirstHits
from core.services.payments.filters import PaymentFilter
from core.services.payments.listed import ListedPayment
from core.services.payments.look_ups import beginning_like
from core.services.payments.orders import KEYS, PaymentOrder
from core.services.payments.search import SearchTerms


class FirstPage:
    """The first page of a search, told while it is looked for.

    Until it is whole, what plain indexes know of numbers that begin as typed stands in it too,
    unless half of it was found at once.
    """

    def __init__(
        self,
        database: Database,
        wanted: PaymentFilter,
        order: PaymentOrder,
        hits: FirstHits,
        find: Callable[[Sequence[int]], Sequence[ListedPayment]],
    ) -> None:
        self._database = database
        self._wanted = wanted
        self._order = order
        self._hits = hits
        self._find = find
        self._looked_up: Sequence[ListedPayment] | None = None

    def read(self, limit: int, cancelled: Callable[[], bool]) -> FirstRows[ListedPayment]:
        """Go on for a short while, and return what is known by then."""
        is_whole = self._hits.go_on(limit, cancelled)
        found = {row[0]: ListedPayment._make(row) for row in self._hits.rows}
        if is_whole:
            return FirstRows(tuple(found.values()), is_whole=True)
        if self._looked_up is None and len(found) < limit // 2:
            terms = SearchTerms.of(self._wanted.search)
            known = beginning_like(self._database, terms, cancelled)
            self._looked_up = self._find(known) if known else ()
        found |= {row.id: row for row in self._looked_up or () if row.id not in found}
        rows = sorted(found.values(), key=KEYS[self._order.column], reverse=self._order.descending)
        return FirstRows(tuple(rows[:limit]), is_whole=False)
