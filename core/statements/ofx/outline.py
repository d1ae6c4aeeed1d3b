"""What an OFX document holds: its statements, their transactions as written, their balances.

Nearly every transaction of every bank has the same few leaves in the order of the standard, and
nothing else. One regular expression takes these whole; only what lies between them, and what is
spelt otherwise, is brought to one form and followed tag by tag. That is six times as fast.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from core.statements.ofx.markup import plain_tags

LEAVES = (
    "TRNTYPE", "DTPOSTED", "DTUSER", "DTAVAIL", "TRNAMT", "FITID", "CHECKNUM", "REFNUM", "NAME",
    "MEMO",
)  # fmt: skip
"""The leaves of a usual transaction, in the standard's order (OFX 2.3 §11.4.4.1)."""

Usual = tuple[str, ...]
"""The values of ``LEAVES`` in their order, "" where there is none."""

_USUAL = re.compile(
    r"<STMTTRN>\s*+"
    + "".join(rf"(?:<{tag}>([^<]*+)(?:</{tag}>\s*+)?+)?+" for tag in LEAVES)
    + r"</STMTTRN>\s*+"
)
_STRUCTURE = re.compile(
    r"<(/?)(S(?:TMTTRNP?|TMTRS|TATUS|AVSTMTRS)|B(?:ANKTRANLISTP?|ANKACCTFROM|ALLIST)"
    r"|C(?:CSTMTRS|CACCTFROM|URDEF)|D(?:TSTART|TEND)|I(?:NVSTMTRS|NVTRANLIST|NVACCTFROM)"
    r"|L(?:EDGERBAL|OANSTMTRS|OANTRANLIST|OANSTMTTRN|OANACCTFROM)|AVAILBAL|OFX)>"
)
"""By first letter: most tags are of transactions, and are passed over at once."""

_LEAF = re.compile(r"<([A-Z][A-Z0-9._-]*)>([^<]*)")
_TRANSACTIONS = frozenset({"STMTTRN", "STMTTRNP", "LOANSTMTTRN"})
_LISTS = frozenset({"BANKTRANLIST", "BANKTRANLISTP", "INVTRANLIST", "LOANTRANLIST"})
_BALANCES = frozenset({"LEDGERBAL", "AVAILBAL", "BALLIST"})
_STATEMENT, _ACCOUNT = "STMTRS", "ACCTFROM"
"""What the names end with: CCSTMTRS, INVSTMTRS, BANKACCTFROM, LOANACCTFROM, ..."""

_EVERY = 1000


@dataclass(slots=True)
class WrittenStatement:
    """One statement as written; a transaction that is not usual is the text between its tags."""

    kind: str
    account: str = ""
    currency: str = ""
    start: str = ""
    end: str = ""
    booked: list[Usual | str] = field(default_factory=list)
    pending: int = 0
    loan_movements: int = 0
    ledger: str | None = None


@dataclass(slots=True)
class Outline:
    """The document: ``closed`` when its root ends, ``cut`` when a list or transaction does not."""

    statements: list[WrittenStatement] = field(default_factory=list)
    statuses: list[str] = field(default_factory=list)
    closed: bool = False
    cut: bool = False
    stray_amounts: int = 0
    """TRNAMT outside of any transaction, or a second time in one."""

    def transactions(self) -> Iterator[Usual]:
        """Yield every booked transaction's usual values."""
        for statement in self.statements:
            for written in statement.booked:
                yield usual_values(leaves(written)) if isinstance(written, str) else written

    def balances(self) -> Iterator[str]:
        """Yield the amounts of the ledger balances, as written."""
        for statement in self.statements:
            if statement.ledger is not None:
                yield leaves(statement.ledger).get("BALAMT", "")


def usual_values(fields: Mapping[str, str]) -> Usual:
    """Return what a transaction of any shape has of the usual leaves."""
    return tuple([fields.get(tag, "") for tag in LEAVES])


def leaves(inside: str) -> dict[str, str]:
    """Return the values in a part of the document by their tags; of equal tags the last."""
    return dict(_LEAF.findall(inside))


def outline_of(text: str, progress: Callable[[int, int], None]) -> Outline:
    """Return what a document holds, in its order."""
    walk = _Walk()
    run: list[Usual] = []
    at, total = 0, 2 * len(text)
    for number, match in enumerate(_USUAL.finditer(text)):
        start, end = match.span()
        if number % _EVERY == 0:
            progress(start, total)
        if start != at:
            walk.take(run)
            walk.follow(text[at:start])
            walk.end_block()
            run = []
        run.append(match.groups(""))
        at = end
    walk.take(run)
    walk.follow(text[at:])
    walk.finish()
    return walk.outline


class _Walk:
    """Follows the tags; a block is a part without structure of its own, such as a balance."""

    def __init__(self) -> None:
        self.outline = Outline()
        self._statement: WrittenStatement | None = None
        self._block = ""
        self._block_start = 0
        self._text = ""
        self._list = ""

    def take(self, run: list[Usual]) -> None:
        """Take usual transactions that follow each other."""
        if not run:
            return
        statement = self._statement or self._begun()
        if self._list == "BANKTRANLISTP":
            statement.pending += len(run)
        else:
            statement.booked += run

    def follow(self, text: str) -> None:
        """Take what lies between usual transactions."""
        self._text = text = plain_tags(text)
        self.outline.stray_amounts += text.count("<TRNAMT>")
        for match in _STRUCTURE.finditer(text):
            closing, name = match.groups()
            if closing:
                self._close(name, match.start())
            else:
                self._open(name, match.start(), match.end())

    def end_block(self) -> None:
        """End what is open: a block does not reach beyond the next usual transaction."""
        self._keep_block(len(self._text))

    def finish(self) -> None:
        """Take the end of the document: a list or transaction that is open now was cut off."""
        self.outline.cut = bool(self._list) or self._block in _TRANSACTIONS
        if not self.outline.cut:
            self.end_block()

    def _open(self, name: str, start: int, end: int) -> None:
        if name in ("CURDEF", "DTSTART", "DTEND"):
            self._value(name, end)
            return
        if (name.endswith(_ACCOUNT) or name == "STATUS") and self._block in _TRANSACTIONS:
            return
        self._keep_block(start)
        if name.endswith(_STATEMENT):
            self._statement = WrittenStatement(name)
            self.outline.statements.append(self._statement)
            self._list = ""
        elif name in _LISTS:
            self._list = name
        elif name == "OFX":
            self.outline.closed = False
        else:
            if name in _BALANCES:
                self._list = ""
            self._block, self._block_start = name, end

    def _close(self, name: str, start: int) -> None:
        if name == self._block:
            self._keep_block(start)
        elif name.endswith(_STATEMENT) or name in _LISTS or name == "OFX":
            self._keep_block(start)
            self._list = ""
            if name.endswith(_STATEMENT):
                self._statement = None
            elif name == "OFX":
                self.outline.closed = True

    def _keep_block(self, end: int) -> None:
        """Keep the block that ends here, if one is open."""
        name = self._block
        if not name:
            return
        self._block = ""
        inside = self._text[self._block_start : end]
        if name in _TRANSACTIONS and "<TRNAMT>" in inside:
            self.outline.stray_amounts -= 1
        if name == "STATUS":
            self.outline.statuses.append(inside)
        elif name == "STMTTRN" and self._list != "BANKTRANLISTP":
            (self._statement or self._begun()).booked.append(inside)
        elif name in ("STMTTRN", "STMTTRNP"):
            (self._statement or self._begun()).pending += 1
        elif name == "LOANSTMTTRN":
            (self._statement or self._begun()).loan_movements += 1
        elif self._statement is not None:
            if name == "LEDGERBAL" and self._statement.ledger is None:
                self._statement.ledger = inside
            elif name.endswith(_ACCOUNT) and not self._statement.account:
                self._statement.account = leaves(inside).get("ACCTID", "")

    def _begun(self) -> WrittenStatement:
        """Return a statement for a transaction that stands outside of any."""
        self._statement = WrittenStatement(_STATEMENT)
        self.outline.statements.append(self._statement)
        return self._statement

    def _value(self, name: str, start: int) -> None:
        if self._statement is None:
            return
        stop = self._text.find("<", start)
        value = self._text[start : stop if stop >= 0 else len(self._text)].strip()
        if name == "CURDEF":
            self._statement.currency = self._statement.currency or value
        elif name == "DTSTART":
            self._statement.start = self._statement.start or value
        else:
            self._statement.end = self._statement.end or value
