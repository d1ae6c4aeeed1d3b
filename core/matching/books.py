"""The payments given to the matcher: columns, and the indexes the passes look into.

A shop may have a million open payments of which a statement touches a tenth. So a payment becomes
an object only when evidence touches it, and an index is made only when a pass asks for it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from datetime import date
from functools import cached_property

import numpy as np

from core.matching.facts import PaymentFacts
from core.matching.identifier_index import IdentifierIndex
from core.matching.identifiers import fold_all
from core.matching.letters import Flags, Places
from core.matching.names import name_key, name_words
from core.matching.order import (
    NOTHING,
    UNKNOWN,
    Calendar,
    Codes,
    Groups,
    PlaceOf,
    Stretch,
    order_of,
)
from core.matching.phone_index import PhoneIndex
from core.matching.phones import national_number
from core.matching.records import OpenLine, PaymentColumns

_LATE = (
    "by_id",
    "calendar",
    "amounts_minor",
    "_by_price",
    "_by_price_and_name",
    "_by_name",
    "_by_method",
    "_phones",
    "_price_counts",
    "_name_counts",
)
"""What is made of all payments when it is first asked for."""


class Books(Mapping[str, PaymentFacts]):
    """All payments by id, their facts worked out when first asked for."""

    def __init__(self, columns: PaymentColumns) -> None:
        self.columns = columns
        self.places = PlaceOf(columns.payment_ids)
        self._facts: dict[int, PaymentFacts] = {}
        self._names: dict[str, tuple[str, ...]] = {}
        self._with_phone: dict[str, Stretch] = {}
        self._phones_sought: set[str] = set()

    def __getitem__(self, payment_id: str) -> PaymentFacts:
        """Return a payment's facts."""
        return self.at(self.places[payment_id])

    def __iter__(self) -> Iterator[str]:
        """Go through all ids."""
        return iter(self.columns.payment_ids)

    def __len__(self) -> int:
        """Return how many payments there are."""
        return len(self.columns)

    def at(self, place: int) -> PaymentFacts:
        """Return the facts of the payment at a place."""
        facts = self._facts.get(place)
        if facts is None:
            name = self.name(self.columns.customer_names[place])
            facts = self._facts[place] = PaymentFacts(self, place, name)
            self.places[facts.payment_id] = place
        return facts

    def name(self, written: str) -> tuple[str, ...]:
        """Return a customer's name as words; customers return, so each is read once."""
        words = self._names.get(written)
        if words is None:
            words = self._names[written] = name_words(written)
        return words

    def prepared(self) -> Books:
        """Put in order now what most searches look into, where nobody waits yet; return itself."""
        for index in _LATE:
            getattr(self, index)
        return self

    def written_names(self) -> Mapping[str, int]:
        """Return all customers' names as written, and how many payments have each."""
        counts = np.bincount(self._written_names.at, minlength=len(self._written_names))
        return dict(zip(self._written_names.values, counts.tolist(), strict=True))

    def refunded(self) -> list[PaymentFacts]:
        """Return the payments of which money was given back."""
        return [self.at(place) for place in self.columns.refunded]

    def of_amount(self, currency: str, amount_minor: int) -> Places:
        """Return all payments of one amount, by day, and those of one day by id."""
        return self._by_price.of(self._price(currency, amount_minor))

    def of_amount_between(
        self, currency: str, amount_minor: int, first: date, last: date
    ) -> Places:
        """Return the payments of one amount and some days, by day and id."""
        return self._by_price.between(self._price(currency, amount_minor), first, last)

    def different_amounts(self) -> Sequence[int]:
        """Return every amount that some payment has, once."""
        return self._amounts.values

    def names_of_amount(self, currency: str, amount_minor: int) -> Set[str]:
        """Return the names, as written, of the customers that have payments of an amount."""
        price, number = self._price(currency, amount_minor), len(self._written_names)
        if price not in self._names_of_price:
            codes = self._by_price_and_name.codes(price * number, (price + 1) * number)
            values = self._written_names.values
            self._names_of_price[price] = {values[code % number] for code in codes}
        return self._names_of_price[price]

    def prices(self, lines: Iterable[OpenLine]) -> Places:
        """Return the numbers of some lines' currencies and amounts; ``UNKNOWN`` where none has."""
        return np.array([self._price(each.currency, each.amount_minor) for each in lines], np.int64)

    def by_price_and_name(self) -> tuple[Groups, Codes[str]]:
        """Return all payments by their price's number and, within a price, by the name's."""
        return self._by_price_and_name, self._written_names

    def by_price_and_phone(self, wanted: Sequence[str]) -> Groups:
        """Return the payments of some national numbers, by price and by which of them it is."""
        places, which = self._phones.of(wanted)
        return self._by_price_and(places, which, len(wanted))

    def by_price_and_account(self, wanted: Sequence[str]) -> Groups:
        """Return the payments from some accounts, folded, by price and by which of them it is."""
        which_of = {account: which for which, account in enumerate(wanted)}
        found = [
            (place, which_of[account])
            for place, account in enumerate(fold_all(self.columns.account_numbers))
            if account in which_of
        ]
        places, which = np.array(found, np.int64).reshape(-1, 2).T
        return self._by_price_and(places, which, len(wanted))

    def _by_price_and(self, places: Places, which: Places, number: int) -> Groups:
        codes = np.full(len(self), UNKNOWN, np.int64)
        codes[places] = self._prices[places] * number + which
        return Groups(codes, self.calendar, self.by_id[codes[self.by_id] != UNKNOWN])

    def in_order(self, keys: Places, places: Places) -> Places:
        """Return in which order some payments stand by a key, and those of one key by id."""
        return np.lexsort((self._rank[places], keys))

    def national(self, place: int) -> str:
        """Return the nine national digits of a payment's phone, "" where it has none."""
        if "_phones" in self.__dict__:
            return self._phones.national(place)
        return national_number(self.columns.phones[place])

    def payers(self, places: Places) -> list[tuple[int, str]]:
        """Return by payment a place whose payer has the same phone and name, and that name."""
        names = self._written_names
        phones = self._phones.at[places].tolist()
        codes = names.at[places].tolist()
        first: dict[tuple[int, int], int] = {}
        return [
            (first.setdefault((phone, code), place), names.values[code])
            for phone, code, place in zip(phones, codes, places.tolist(), strict=True)
        ]

    def rank(self, places: Places) -> list[int]:
        """Return which payments come first by their ids."""
        ranks: list[int] = self._rank[places].tolist()
        return ranks

    def of_currency(self, places: Places, currency: str) -> Flags:
        """Tell which payments are of a currency."""
        found: Flags = self._currencies.at[places] == self._currencies.of(currency)
        return found

    def id_at(self, place: int) -> str:
        """Return a payment's id, such that it is found by it without reading all ids."""
        payment_id = self.columns.payment_ids[place]
        self.places[payment_id] = place
        return payment_id

    def touch(self, places: Sequence[int]) -> None:
        """Have some payments found by their ids without reading all ids."""
        payment_ids = map(self.columns.payment_ids.__getitem__, places)
        self.places.update(zip(payment_ids, places, strict=True))

    def with_phones(self, wanted: Set[str]) -> Mapping[str, Stretch]:
        """Return all payments of some payers' phones, nine national digits each, by day."""
        new = wanted - self._phones_sought
        if new:
            self._with_phone |= self._by_mark(self._phones.showing(new))
            self._phones_sought |= new
        return {each: self._with_phone[each] for each in wanted if each in self._with_phone}

    def of_name(self, key: str, first: date, last: date) -> Places:
        """Return all payments of a customer, by :func:`name_key`, of some days: by day and id."""
        code = self._name_keys.of(key)
        return self._by_name.between(code, first, last) if code != UNKNOWN else NOTHING

    def of_days(self, currency: str, days: Iterable[date], methods: Sequence[str]) -> Places:
        """Return all payments of some days and methods, in the order of their places."""
        number, code = len(self._methods), self._currencies.of(currency)
        found = [
            self._by_method.between(code * number + self._methods.of(method), day, day)
            for day in days
            for method in methods
            if code != UNKNOWN
        ]
        return np.sort(np.concatenate([NOTHING, *found]))

    def days_and_methods(self, places: Places) -> tuple[Places, Places]:
        """Return the days of some payments, by the calendar, and the numbers of their methods."""
        return self.calendar.at[places], self._methods.at[places]

    def methods(self) -> list[str]:
        """Return the methods of all payments."""
        return self._methods.values

    def count_of_amount(self, currency: str, amount_minor: int) -> int:
        """Return how many payments have this amount."""
        return self._price_counts.get(self._price(currency, amount_minor), 0)

    def count_of_name(self, name: tuple[str, ...]) -> int:
        """Return how many payments have this customer's name, in whatever order of words."""
        return self._name_counts[frozenset(name)]

    def _price(self, currency: str, amount_minor: int) -> int:
        amount, known = self._amounts.of(amount_minor), self._currencies.of(currency)
        if UNKNOWN in {amount, known}:
            return UNKNOWN
        return amount * len(self._currencies) + known

    @cached_property
    def _rank(self) -> Places:
        rank = np.empty(len(self), np.int64)
        rank[self.by_id] = np.arange(len(self))
        return rank

    @cached_property
    def identifiers(self) -> IdentifierIndex:
        """All identifiers of the payments; what was read of them on the way is let go."""
        columns = self.columns
        read_before = tuple(columns.read_identifiers)
        columns.read_identifiers.clear()
        return IdentifierIndex(columns.identifiers, columns.payment_ids, self.places, read_before)

    @cached_property
    def amounts_minor(self) -> Places:
        """The amount of each payment."""
        return np.array(self.columns.amounts_minor, np.int64)

    @cached_property
    def calendar(self) -> Calendar:
        """The day of each payment."""
        return Calendar(self.columns.days)

    @cached_property
    def by_id(self) -> Places:
        """The places of the payments in the order of their ids."""
        return order_of(self.columns.payment_ids)

    @cached_property
    def _amounts(self) -> Codes[int]:
        return Codes(self.columns.amounts_minor)

    @cached_property
    def _currencies(self) -> Codes[str]:
        return Codes(self.columns.currencies)

    @cached_property
    def _prices(self) -> Places:
        prices: Places = self._amounts.at * len(self._currencies) + self._currencies.at
        return prices

    @cached_property
    def _written_names(self) -> Codes[str]:
        return Codes(self.columns.customer_names)

    @cached_property
    def _by_price(self) -> Groups:
        return Groups(self._prices, self.calendar, self.by_id)

    @cached_property
    def _by_price_and_name(self) -> Groups:
        names = self._written_names
        return Groups(self._prices * len(names) + names.at, self.calendar, self.by_id)

    @cached_property
    def _names_of_price(self) -> dict[int, Set[str]]:
        return {UNKNOWN: set()}

    @cached_property
    def _name_keys(self) -> Codes[str]:
        return Codes([name_key(self.name(written)) for written in self._written_names.values])

    @cached_property
    def _by_name(self) -> Groups:
        keys = self._name_keys.at[self._written_names.at]
        return Groups(keys, self.calendar, self.by_id)

    @cached_property
    def _methods(self) -> Codes[str]:
        return Codes(self.columns.methods)

    @cached_property
    def _by_method(self) -> Groups:
        codes = self._currencies.at * len(self._methods) + self._methods.at
        return Groups(codes, self.calendar, np.arange(len(self)))

    @cached_property
    def _phones(self) -> PhoneIndex:
        return PhoneIndex(self.columns.phones)

    @cached_property
    def _price_counts(self) -> dict[int, int]:
        counts = np.bincount(self._prices)
        return dict(enumerate(counts.tolist()))

    @cached_property
    def _name_counts(self) -> Counter[frozenset[str]]:
        counts: Counter[frozenset[str]] = Counter()
        for written, count in self.written_names().items():
            counts[frozenset(self.name(written))] += count
        return counts

    def _by_mark(self, marks: Iterable[tuple[int, str]]) -> Mapping[str, Stretch]:
        found: dict[str, list[int]] = defaultdict(list)
        for place, mark in marks:
            found[mark].append(place)
        return {mark: self.stretch(places) for mark, places in found.items() if mark}

    def stretch(self, places: Sequence[int]) -> Stretch:
        """Return some places by day, those of one day by id."""
        ids, days = self.columns.payment_ids, self.columns.days
        in_order = sorted(places, key=lambda place: (days[place], ids[place]))
        return Stretch(in_order, [days[place] for place in in_order])
