"""What the program and the process that matches a statement for it say to each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from core.errors import KnownError
from core.permissions import Actor
from core.services.proposing.ahead import Frame


@dataclass(frozen=True, slots=True)
class MatchingTask:
    """One reconciliation to match, in whose name, and in which shop.

    The database's URL goes over the pipe: it may hold a password, and a command line is public.
    ``initiator`` is the window that asked, for the change feed.
    """

    url: str = field(repr=False)
    initiator: str
    actor: Actor
    reconciliation_id: str


@dataclass(frozen=True, slots=True)
class ReadAhead:
    """Before the statement is read: whose it is, and of which shop; its days are not known yet."""

    url: str = field(repr=False)
    guess: Frame


@dataclass(frozen=True, slots=True)
class FrameKnown:
    """The statement is read: this is what tells which payments it could prove."""

    frame: Frame


@dataclass(frozen=True, slots=True)
class LinesAhead:
    """Before the task: some lines of a statement that is being stored, to begin to match them.

    ``columns`` are the fields of :class:`~core.matching.records.OpenLine`, in their order, under
    the keys that the lines are stored with. After those that are ``last`` the matching begins.
    """

    reconciliation_id: str
    columns: tuple[Sequence[object], ...] = field(repr=False)
    is_last: bool


@dataclass(frozen=True, slots=True)
class Stop:
    """The person wants no more of it."""


@dataclass(frozen=True, slots=True)
class PaymentsRead:
    """What was to be read ahead is, or cannot be: the processors are free for something else."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How much is done of how much."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Stored:
    """The proposals are stored."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Nothing was stored, for a reason that a person can understand."""

    error: KnownError


@dataclass(frozen=True, slots=True)
class Failure:
    """The matching has a mistake: what it raised, as text."""

    trace: str


Asked = ReadAhead | FrameKnown | LinesAhead | MatchingTask
"""What a process is asked, in this order."""

Message = PaymentsRead | Progress | Stored | Refusal | Failure
