"""What an act that goes on beside others holds, in the one order in which all acts take it.

Two acts that each wait for what the other holds would wait for ever. Whoever takes what it needs
in this order, and in no other, cannot be part of such a ring; :meth:`~core.database.unit_of_work.
UnitOfWork.lock` refuses any other order. Lock first, then look: what was read before may be old.
"""

from __future__ import annotations

from enum import IntEnum


class Lock(IntEnum):
    """A kind of thing that only one act at a time decides about; earlier ones are taken first.

    Before all of them an act holds its share of the shop and its person's audit chain, so that
    what belongs to one person, such as the till, needs no lock of its own.
    """

    KEY = 1
    """A form's key: one key has one outcome."""
    PAYMENT = 2
    """A payment and everything about it: its refunds, its invoice, its requests."""
    TRANSACTION = 3
    """A network's or bank's id: it confirms one payment."""
    ORDER = 4
    """An order: all its payments together are not more than its total."""
    CUSTOMER = 5
    """A customer's name and telephone: they are written down once."""
    SALE = 6
    """A sale a network is asked for: it is asked once at a time."""
    LETTERHEAD = 7
    """A letterhead's content, kept when a paper first bears it."""
    SUBSCRIPTION = 9
    """A subscription's periods and what became of each."""
    POINTS = 10
    """A customer's account of points."""
    PAPER = 11
    """A paper's handing-out: one of them is the original."""
    NUMBER = 12
    """A row of numbers without gaps, which locks itself when it is drawn from. It is the last, and
    whoever holds it neither locks nor looks up anything more: every other desk waits for it."""
