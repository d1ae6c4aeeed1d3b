"""Frozen values at no cost: a statement and its books make a million of them.

A frozen dataclass sets each field through ``object.__setattr__``: 4.5 us for an open payment, where
a plain one takes 0.6. So it is the type checker that keeps these frozen, and nothing at run time.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

__all__ = ["value_class"]

if TYPE_CHECKING:
    from dataclasses import dataclass as value_class
else:

    def value_class(*, frozen: bool, slots: bool):
        """Make a class a dataclass with the equality and hash that a frozen one has."""
        return dataclasses.dataclass(slots=slots, unsafe_hash=frozen)
