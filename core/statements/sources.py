"""A statement file's bytes, and its table as a person sees it before the columns are known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from core.statements.profile import ColumnProfile, Role, SignRule


def unwatched(_done: int, _total: int) -> None:
    """Tell nobody how far the reading is."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file that was opened and may be read.

    ``progress`` is called by readers now and then, at least every thousand transactions, with
    how much is done of how much, in any unit; it may raise to stop the reading.
    """

    name: str
    content: bytes
    sha256: str
    progress: Callable[[int, int], None] = field(default=unwatched, compare=False, repr=False)


class BalanceVerdict(StrEnum):
    """What the running balance of a table says about its amounts."""

    ABSENT = "absent"
    """There is no balance column, or too few balances to compare."""
    FOLLOWS = "follows"
    """Every balance is the one before it and the amount: signs and decimals are proved."""
    BREAKS = "breaks"
    """Most follow, and some rows do not."""
    CONTRADICTS = "contradicts"
    """More than one in ten does not follow: it proves nothing."""


@dataclass(frozen=True, slots=True)
class UnderstoodColumn:
    """What was understood of one column: how many of its filled cells, and one that was not.

    ``role`` is None where the column plays no part. ``example`` is a sentence naming the row,
    empty when every cell was understood.
    """

    index: int
    header: str
    role: Role | None
    understood: int
    not_understood: int
    example: str = ""


@dataclass(frozen=True, slots=True)
class Understanding:
    """How a table is read, as settled from its own cells; for a person to check.

    ``date_order`` is "dmy", "mdy" or "ymd" and ``decimal_mark`` "." or ","; each ``_unsure`` is
    True when nothing in the file proves it. ``sign_rule`` is the rule in effect, never AUTO.
    ``breaks`` are the rows (as ``StatementLine.line``) whose balance does not follow.
    """

    columns: tuple[UnderstoodColumn, ...]
    date_order: str
    date_order_unsure: bool
    decimal_mark: str
    decimal_mark_unsure: bool
    sign_rule: SignRule
    sign_rule_unsure: bool
    balance: BalanceVerdict
    breaks: tuple[int, ...] = ()
    fees_separate: bool = False


@dataclass(frozen=True, slots=True)
class RawTable:
    """The first rows of a table file, for a mapping dialog.

    ``header_row`` is an index into ``rows``; ``profile`` maps the columns as far as they were
    guessed and can be edited and saved; ``understanding`` is of all rows, not only those shown.
    All three are None when no header was recognised.
    """

    format: str
    rows: tuple[tuple[str, ...], ...]
    header_row: int | None
    profile: ColumnProfile | None
    sheet: str = ""
    encoding: str = ""
    delimiter: str = ""
    understanding: Understanding | None = None
