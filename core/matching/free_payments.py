"""Which payments are still free while lines are matched, one after another or by the column."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from core.matching.books import Books
from core.matching.letters import Flags, Places


class FreePayments:
    """Which payments no match has taken and nobody has proved: asked, and taken from."""

    def __init__(self, books: Books) -> None:
        self._columns, self._places = books.columns, books.places
        self._gone = {self._columns.payment_ids[place] for place in self._columns.reconciled}
        self._gone_places = bytearray(len(books))
        self._gone_flags = np.frombuffer(self._gone_places, np.bool_)
        for place in self._columns.reconciled:
            self._gone_places[place] = True

    def __contains__(self, payment_id: str) -> bool:
        """Tell whether a payment is free."""
        return payment_id not in self._gone

    def __delitem__(self, payment_id: str) -> None:
        """Take a payment.

        Raises:
            KeyError: it was taken before.

        """
        if payment_id in self._gone:
            raise KeyError(payment_id)
        self._gone.add(payment_id)
        self._gone_places[self._places[payment_id]] = True

    def take(self, places: Sequence[int]) -> None:
        """Take the free payments at some places."""
        self._gone.update(map(self._columns.payment_ids.__getitem__, places))
        self._gone_flags[np.array(places, np.int64)] = True

    def give_back(self, payment_id: str) -> None:
        """Make a payment free again that was taken."""
        self._gone.discard(payment_id)
        self._gone_places[self._places[payment_id]] = False

    def __iter__(self) -> Iterator[str]:
        """Go through the free payments."""
        gone = self._gone
        return (each for each in self._columns.payment_ids if each not in gone)

    def are_free(self, places: Places) -> Flags:
        """Tell which payments are free."""
        return ~self._gone_flags[places]

    def places_among(self, places: Places) -> Places:
        """Return those of some places whose payments are free."""
        return places[self.are_free(places)]

    def among(self, places: Iterable[int]) -> list[int]:
        """Return those of some places whose payments are free."""
        gone = self._gone_places
        return [place for place in places if not gone[place]]
