"""What the invented shop sells: real articles at round prices, picked into baskets."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from functools import cache

from core.model.customers import TaxClass
from core.money import vat_inside
from resources import resource_bytes

_SIZES = (1, 2, 3, 4, 5)
_SIZE_WEIGHTS = (36, 30, 18, 10, 6)
_QUANTITIES = (1, 2, 3, 5)
_QUANTITY_WEIGHTS = (78, 14, 5, 3)


@dataclass(frozen=True, slots=True)
class Article:
    """One article; the price is in minor units and includes tax."""

    name: str
    price_minor: int
    tax_class: TaxClass


@dataclass(frozen=True, slots=True)
class BasketLine:
    """So many of one article."""

    article: Article
    quantity: int

    @property
    def total_minor(self) -> int:
        """The price of the line."""
        return self.quantity * self.article.price_minor


Basket = tuple[BasketLine, ...]


def total_of(basket: Basket) -> int:
    """Return what a basket costs, in minor units."""
    return sum(line.total_minor for line in basket)


def tax_inside(basket: Basket) -> int:
    """Return the VAT inside a basket, by line, as the invoice counts it."""
    return sum(
        vat_inside(line.total_minor)
        for line in basket
        if line.article.tax_class is TaxClass.STANDARD
    )


class Stock:
    """The shelf that baskets are filled from, popular articles more often."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._articles, self._weights = _shelf()

    def basket(self) -> Basket:
        """Return one customer's basket."""
        rng = self._rng
        size = rng.choices(_SIZES, _SIZE_WEIGHTS)[0]
        picked = dict.fromkeys(rng.choices(self._articles, cum_weights=self._weights, k=size))
        quantities = rng.choices(_QUANTITIES, _QUANTITY_WEIGHTS, k=len(picked))
        return tuple(
            BasketLine(article, quantity)
            for article, quantity in zip(picked, quantities, strict=True)
        )


@cache
def _shelf() -> tuple[tuple[Article, ...], tuple[int, ...]]:
    entries = json.loads(resource_bytes("demo", "articles.json"))
    cumulative, reached = [], 0
    for entry in entries:
        reached += entry["weight"]
        cumulative.append(reached)
    articles = tuple(
        Article(entry["name"], entry["price"], TaxClass(entry["tax"])) for entry in entries
    )
    return articles, tuple(cumulative)
