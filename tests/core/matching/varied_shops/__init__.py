"""Shops of several shapes whose statement lines carry the truth, made from what statements do.

``make_shop`` deals stories (a payment, a settlement, a reversal …) into books and a statement and
works out afterwards, from the finished data alone, which lines a careful person could decide.
"""

from tests.core.matching.varied_shops.shapes import SHAPES, make_shop
from tests.core.matching.varied_shops.truth import Shop, Story, Truth

__all__ = ["SHAPES", "Shop", "Story", "Truth", "make_shop"]
