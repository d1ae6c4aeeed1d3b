"""Values at no cost, frozen or worked out late: a statement and its books make a million of them.

A frozen dataclass sets each field through ``object.__setattr__``: 4.5 us for an open payment, where
a plain one takes 0.6. So it is the type checker that keeps these frozen, and nothing at run time.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

__all__ = ["late", "value_class"]

if TYPE_CHECKING:
    from dataclasses import dataclass as value_class
    from functools import cached_property as late
else:

    class late:  # noqa: N801 - a decorator
        """A ``cached_property`` without its lock, which costs a microsecond each time."""

        def __init__(self, work_out):
            self._work_out = work_out
            self.__doc__ = work_out.__doc__

        def __set_name__(self, owner, name):
            self._name = name

        def __get__(self, instance, owner=None):
            value = self._work_out(instance)
            setattr(instance, self._name, value)
            return value

    def value_class(*, frozen: bool, slots: bool):
        """Make a class a dataclass with the equality and hash that a frozen one has."""
        return dataclasses.dataclass(slots=slots, unsafe_hash=frozen)
